//! Documents → [`Catalog`]: services, teams, alerts, runbooks, postmortems, lessons and factors.

pub mod action;
pub mod alert;
pub mod catalog;
pub mod codeowners;
pub mod collect;
pub mod document;
pub mod factors;
pub mod field;
pub mod front;
pub mod headings;
pub mod id;
pub mod keys;
pub mod kind;
pub mod known;
pub mod lesson;
mod owners;
pub mod postmortem;
pub mod procedure;
pub mod rules;
pub mod runbook;
pub mod secret;
pub mod sections;
pub mod service;
pub mod team;
pub mod timeline;
