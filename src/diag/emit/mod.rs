//! Findings → text, in the format that was asked for.

pub mod human;
pub mod json;
