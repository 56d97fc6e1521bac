//! Opslore turns the runbooks, postmortems, service metadata and alert rules which teams keep beside
//! their code into one searchable, linked static site.
//!
//! `discover → parse → model → link → report → export → { check, render } → write`: each stage is a folder named by a
//! verb, its entry function has the folder's name, its result is a noun that nobody fills in later, and
//! [`pipeline`] is the only file that names them all. What is wrong with the input is a [`diag`] finding.

pub mod pipeline;

pub mod cli;
pub mod config;
pub mod diag;
pub mod discover;

pub mod parse;

pub mod model;

pub mod link;

pub mod export;
pub mod report;

pub mod check;
pub mod compare;
pub mod index;
pub mod mend;
pub mod render;
pub mod theme;

pub mod serve;
pub mod write;

pub mod code;
pub mod secret;
pub mod text;

pub use crate::cli::run;
