//! Behaviour tests, in one binary.
#![expect(
    clippy::pedantic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test that cannot read its input or run the program has failed"
)]

mod bad;
mod cases;
mod cli;
mod diff;
mod docs;
mod drift;
mod fix;
mod formats;
mod history;
mod hostile;
mod html;
mod new;
mod output;
mod ratchet;
mod recipes;
mod reports;
mod schema;
mod search;
mod secrets;
mod serve;
mod show;
mod similar;
mod sites;
mod support;
mod theme;
mod tidy;
mod twelve;
mod words;
