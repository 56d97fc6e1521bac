//! Work on many items at once with ordered results: the only file that names rayon.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

/// Stack of each worker: pages are nested no deeper than the depth budget, this is many times what they need.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Most items that a thread takes at once: of larger pieces the last keeps one thread at work and the others waiting.
const PIECE: usize = 1;

/// Returns `f` of every item, in the order of the items.
pub fn map<'a, T: Sync, R: Send>(items: &'a [T], f: impl Fn(&'a T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().with_max_len(PIECE).map(f).collect()
}

/// Returns `f` of every item, in the order of the items, consuming them.
pub fn map_owned<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    items.into_par_iter().with_max_len(PIECE).map(f).collect()
}

/// Runs `work` on a pool of `threads` workers; 0 takes one a core.
pub fn on_threads<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> Result<R, String> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK_BYTES)
        .build()
        .map_err(|e| format!("cannot start worker threads: {e}"))?;
    Ok(pool.install(work))
}

/// Runs both at once and returns both results.
pub fn both<A: Send, B: Send>(
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    rayon::join(a, b)
}

/// Returns what `work` returns, or `None` where it panicked: one page's fault stays that page's.
pub fn caught<R>(work: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
