//! Findings that were there before ↔ a file: they pass, and the file only ever gets shorter.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::diag::emit::json::{self, JsonFinding};

/// Version of the form of the file.
const VERSION: u32 = 1;

/// Known findings by fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeMap<String, Known>,
}

/// What a person wants to know of a known finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    path: String,
    code: String,
    message: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    opslore_baseline: u32,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    code: String,
    message: String,
    fingerprint: String,
}

impl Baseline {
    /// Returns the baseline that knows these findings.
    pub fn of(rows: &[JsonFinding]) -> Self {
        let known = rows.iter().filter_map(|row| {
            let (path, code) = (row.path.clone(), row.code.clone());
            Some((row.fingerprint.clone()?, Known { path, code, message: row.message.clone() }))
        });
        Self { known: known.collect() }
    }

    /// Reads a file; says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = json::parse(text)?;
        if file.opslore_baseline != VERSION {
            return Err(format!(
                "`opslore_baseline` is {}, this program knows {VERSION}",
                file.opslore_baseline
            ));
        }
        let known = file.findings.into_iter().map(|entry| {
            let Entry { path, code, message, fingerprint } = entry;
            (fingerprint, Known { path, code, message })
        });
        Ok(Self { known: known.collect() })
    }

    /// Returns the file.
    pub fn text(&self) -> Result<String, String> {
        let mut known: Vec<_> = self.known.iter().collect();
        known.sort_by(|a, b| (a.1, a.0).cmp(&(b.1, b.0)));
        let findings = known.into_iter().map(|(fingerprint, known)| Entry {
            path: known.path.clone(),
            code: known.code.clone(),
            message: known.message.clone(),
            fingerprint: fingerprint.clone(),
        });
        let file = File { opslore_baseline: VERSION, findings: findings.collect() };
        Ok(format!("{}\n", json::pretty(&file)?))
    }

    /// Returns whether a finding was there before.
    pub fn knows(&self, fingerprint: &str) -> bool {
        self.known.contains_key(fingerprint)
    }

    /// Returns how many findings it knows.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Returns true where it knows none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Returns the same baseline without what is no longer found.
    #[must_use]
    pub fn shrunk(&self, fingerprints: &[String]) -> Self {
        let found: BTreeSet<&String> = fingerprints.iter().collect();
        let known = self.known.iter().filter(|(fingerprint, _)| found.contains(fingerprint));
        Self { known: known.map(|(f, k)| (f.clone(), k.clone())).collect() }
    }
}
