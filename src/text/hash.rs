//! Bytes → fingerprints: the only file that names blake3, sha2 and base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// Collects bytes whose order and borders count.
#[derive(Debug, Default)]
pub struct Fingerprint {
    hasher: blake3::Hasher,
}

impl Fingerprint {
    /// Takes one part; its length is part of it, so that no two lists of parts are alike.
    pub fn part(&mut self, bytes: &[u8]) -> &mut Self {
        self.hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
        self
    }

    /// Returns the fingerprint.
    pub fn finish(&self) -> [u8; 32] {
        *self.hasher.finalize().as_bytes()
    }

    /// Returns the first `digits` hexadecimal digits of the fingerprint, at most 64.
    pub fn hex(&self, digits: usize) -> String {
        self.hasher.finalize().to_hex()[..digits.min(64)].to_owned()
    }
}

/// Returns the hash of `bytes`.
pub fn hash(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

/// Returns the first `digits` hexadecimal digits of the hash of `bytes`, at most 64.
pub fn hex(bytes: &[u8], digits: usize) -> String {
    blake3::hash(bytes).to_hex()[..digits.min(64)].to_owned()
}

/// Returns the source expression by which a content security policy allows one inline script:
/// `sha256-…` (Content Security Policy Level 3, section 2.3.1).
pub fn csp_source(script: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(script.as_bytes())))
}
