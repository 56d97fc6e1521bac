//! Markdown sources → what each says, of which files that are as they were are not read again.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::model::catalog::Declared;
use crate::model::document::{self, Doc};
use crate::parse;
use crate::text::par;
use crate::text::source::{Source, SourceKind, Sources};

/// A document, and the metadata that it declares for the catalog.
pub type Understood = (Doc, Option<Declared>);

/// Files as they were when they were last read.
#[derive(Debug, Default)]
pub struct Known {
    /// The site file that they were read with.
    config: String,
    files: BTreeMap<String, (Source, Understood)>,
}

impl Known {
    /// Reads the markdown files, in the order of the paths.
    pub fn read(&mut self, config: &Config, sources: &Sources) -> Vec<Understood> {
        if self.config != config.text {
            self.files.clear();
            self.config.clone_from(&config.text);
        }
        let markdown: Vec<&Source> =
            sources.files.iter().filter(|source| source.kind == SourceKind::Markdown).collect();
        let read = par::map(&markdown, |source| match self.files.get(&source.path) {
            Some((last, understood)) if last == *source => (understood.clone(), false),
            _ => (document::read(config, sources, parse::parse(source)), true),
        });
        let mut documents = Vec::with_capacity(read.len());
        for (source, (understood, is_new)) in markdown.into_iter().zip(read) {
            if is_new {
                self.files.insert(source.path.clone(), (source.clone(), understood.clone()));
            }
            documents.push(understood);
        }
        if self.files.len() > documents.len() {
            self.files.retain(|path, _| sources.by_path(path).is_some());
        }
        documents
    }

    /// Reads a file that is new; `None` where it tells the pages of others something new.
    pub fn read_own(&mut self, config: &Config, sources: &Sources, source: &Source) -> Option<Doc> {
        let (last, (doc, declared)) = self.files.get_mut(&source.path)?;
        let (new, declares) = document::read(config, sources, parse::parse(source));
        let same = last.faults == source.faults && declares == *declared && new.tells_as(doc);
        if !same {
            return None;
        }
        *last = source.clone();
        *doc = new.clone();
        Some(new)
    }
}
