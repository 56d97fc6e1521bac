//! Text and places in it, with no knowledge of the project: everything else builds on these nouns.

pub mod date;
pub mod escape;
pub mod glob;
pub mod hash;
pub mod history;
pub mod html;
pub mod keys;
pub(crate) mod ln;
pub(crate) mod map;
pub mod nearest;
pub mod par;
pub mod path;
pub mod schema;
pub mod slug;
pub mod source;
pub mod span;
pub mod tokens;
pub mod words;
pub mod yaml;
