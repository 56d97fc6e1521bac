//! A map that is fast and has no order of its own: the only file that names its crate.
//!
//! What is made of it must not depend on the order of its entries: number them as they come, or sort.

/// Entries by hash; the hash is the same in every run.
pub(crate) use rustc_hash::FxHashMap as FastMap;

/// Items by hash, of which nobody asks for the order.
pub(crate) use rustc_hash::FxHashSet as FastSet;
