//! The rules, one file a subject.

pub(crate) mod actions;
pub(crate) mod alerts;
pub(crate) mod code;
pub(crate) mod cycles;
pub(crate) mod drift;
pub(crate) mod factors;
pub(crate) mod names;
pub(crate) mod ownership;
pub(crate) mod parts;
pub(crate) mod review;
pub(crate) mod theme;
pub(crate) mod times;
