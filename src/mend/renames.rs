//! Links that led to a file before it moved → edits that lead them to where it is now.

use crate::compare::Inventory;
use crate::compare::moves;
use crate::diag::{Code, Finding};
use crate::link::Site;
use crate::link::find::{relative, rewritten};
use crate::text::path::{join, percent_decode};

/// Gives findings of dead links the edit that follows a file which moved since `old`: surer than any name that is near.
pub fn follow(site: &Site, old: &Inventory, new: &Inventory, findings: &mut [Finding]) {
    let paths = moves::paths(old, new);
    for finding in findings.iter_mut().filter(|f| f.code == Code::BrokenLink) {
        let source = site.sources.get(finding.place.source);
        let written = finding.place.span.of(&source.text).trim();
        let path = written.split(['#', '?']).next().unwrap_or("");
        let meant = join(source.folder(), &percent_decode(path));
        if let Some(now) = meant.and_then(|path| paths.get(&path)) {
            let to = relative(source.folder(), now);
            finding.fix = rewritten(source, finding.place, path, &to);
        }
    }
}
