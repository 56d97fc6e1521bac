//! Paths as written → the file they mean: as GitHub finds it, then as site generators do; near misses.

use crate::diag::{Fix, Place};
use crate::link::resolve::Resolver;
use crate::link::routes::UrlPath;
use crate::model::id::{DocId, ServiceId, TeamId};
use crate::text::nearest::{nearest, only_slip};
use crate::text::path::{join, percent_encode};
use crate::text::source::{Source, SourceKind};
use crate::text::span::Span;

/// What a path leads to.
pub(crate) enum Found {
    /// A document, and whether its name was written exactly.
    Doc(DocId, bool),
    Service(UrlPath),
    Asset(String),
    InRepository(String),
}

impl<'a> Resolver<'a> {
    /// A path inside a repository, as forges write it.
    pub(crate) fn by_repository_path(&self, prefix: &str, path: &str) -> Option<DocId> {
        let path = join(prefix, path.trim_matches('/'))?;
        self.exact(&path).or_else(|| self.index_of(&path))
    }

    pub(crate) fn exact(&self, path: &str) -> Option<DocId> {
        let source = self.sources.by_path(path)?;
        self.doc_of_source[source.id.0 as usize]
    }

    fn index_of(&self, folder: &str) -> Option<DocId> {
        let names = [
            "README.md",
            "readme.md",
            "index.md",
            "_index.md",
            "Readme.md",
            "index.html.md",
            "index.html.md.erb",
            "runbook.md",
        ];
        names.iter().find_map(|name| {
            let path =
                if folder.is_empty() { (*name).to_owned() } else { format!("{folder}/{name}") };
            self.exact(&path)
        })
    }

    pub(crate) fn find(&self, source: &Source, path: &str) -> Option<Found> {
        let repository = self.sources.repository(source.repository);
        let mut bases: Vec<String> = Vec::new();
        if path.starts_with('/') {
            bases.push(repository.prefix.clone());
            bases.push(String::new());
            let mut folder = source.folder();
            while let Some((up, _)) = folder.rsplit_once('/') {
                bases.push(folder.to_owned());
                folder = up;
            }
            bases.push(folder.to_owned());
        } else {
            bases.push(source.folder().to_owned());
        }
        let written = path.trim_start_matches('/');
        let at = |base: &str| join(base, written);
        if let Some(found) = bases.iter().filter_map(|b| at(b)).find_map(|p| self.as_github(&p)) {
            return Some(found);
        }
        // Site generators serve `a/b.md` as `a/b/`, and links are written for that address.
        if !path.starts_with('/') {
            let stem = crate::text::path::stem(source.file_name());
            bases.push(if source.folder().is_empty() {
                stem.to_owned()
            } else {
                format!("{}/{stem}", source.folder())
            });
        }
        if let Some(found) = bases.iter().filter_map(|b| at(b)).find_map(|p| self.as_generators(&p))
        {
            return Some(found);
        }
        let alias = written.trim_end_matches('/').to_lowercase();
        if let Some(id) = self.aliases.get(&alias) {
            return Some(Found::Doc(*id, true));
        }
        let lower = bases
            .iter()
            .filter_map(|b| at(b))
            .find_map(|p| self.by_lower_path.get(&p.to_lowercase()).copied());
        lower.map(|id| Found::Doc(id, false))
    }

    fn as_github(&self, path: &str) -> Option<Found> {
        let path = path.trim_end_matches('/');
        if let Some(source) = self.sources.by_path(path) {
            if let Some(id) = self.doc_of_source[source.id.0 as usize] {
                return Some(Found::Doc(id, true));
            }
            if source.kind == SourceKind::Yaml
                && let Some(address) =
                    self.service_of_source.get(&source.id.0).and_then(|id| self.routes.service(id))
            {
                return Some(Found::Service(address.clone()));
            }
            return Some(Found::InRepository(path.to_owned()));
        }
        if self.sources.assets.contains_key(path) {
            return Some(Found::Asset(path.to_owned()));
        }
        if self.sources.folders.contains(path) {
            let index = self.index_of(path).map(|id| Found::Doc(id, true));
            return index.or_else(|| Some(Found::InRepository(path.to_owned())));
        }
        None
    }

    fn as_generators(&self, path: &str) -> Option<Found> {
        let path = path.trim_end_matches('/');
        if let Some(found) = self.as_github(path) {
            return Some(found);
        }
        let bare = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm")).unwrap_or(path);
        let endings = [".md", ".html.md", ".html.md.erb", ".md.erb", ".markdown", ".mdx"];
        let by_ending = endings.iter().find_map(|ending| self.exact(&format!("{bare}{ending}")));
        let by_index = || {
            let folder = bare.strip_suffix("/index").unwrap_or(bare);
            self.index_of(folder)
        };
        if let Some(id) = by_ending.or_else(by_index) {
            return Some(Found::Doc(id, true));
        }
        // Hugo lowers the case of addresses.
        let lower = bare.to_lowercase();
        let folded =
            endings.iter().find_map(|ending| self.by_lower_path.get(&format!("{lower}{ending}")));
        folded.map(|id| Found::Doc(*id, true))
    }

    pub(crate) fn nearest_service(&self, name: &str) -> Option<String> {
        let id = ServiceId::new(name);
        nearest(
            id.as_str(),
            self.catalog.services.values().filter(|s| s.declared).map(|s| s.id.as_str()),
        )
        .map(str::to_owned)
    }

    pub(crate) fn nearest_team(&self, name: &str) -> Option<String> {
        let id = TeamId::new(name);
        nearest(
            id.as_str(),
            self.catalog.teams.values().filter(|t| t.declared).map(|t| t.id.as_str()),
        )
        .map(str::to_owned)
    }

    pub(crate) fn nearest_alert(&self, name: &str) -> Option<String> {
        let name = name.trim_start_matches("alert:");
        nearest(
            name,
            self.catalog
                .alerts
                .iter()
                .filter(|(_, rules)| !rules.is_empty())
                .map(|(n, _)| n.as_str()),
        )
        .map(str::to_owned)
    }

    pub(crate) fn nearest_id(&self, name: &str, kind: &str) -> Option<String> {
        let name = name.split_once(':').map_or(name, |(_, n)| n);
        nearest(
            name,
            self.catalog
                .documents
                .iter()
                .filter(|d| d.kind.value.word() == kind)
                .map(|d| d.id.value.as_str()),
        )
        .map(str::to_owned)
    }

    pub(crate) fn nearest_of(&self, kind: &str, name: &str) -> Option<String> {
        match kind {
            "service" => self.nearest_service(name),
            "team" => self.nearest_team(name),
            "alert" => self.nearest_alert(name),
            _ => self.nearest_id(name, kind),
        }
    }

    /// The path of the only document with this file name.
    pub(crate) fn moved(&self, path: &str) -> Option<&'a str> {
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        let name = if name.contains('.') { name } else { format!("{name}.md") };
        match self.by_file_name.get(&name).map(Vec::as_slice) {
            Some([only]) => {
                Some(&self.sources.get(self.catalog.documents[only.0 as usize].source).path)
            }
            _ => None,
        }
    }

    /// What to write for the file that is nearest in name, of those in the folder that is meant.
    pub(crate) fn nearest_file(&self, source: &Source, path: &str) -> Option<String> {
        self.beside(source, path, |name, names| nearest(name, names))
    }

    /// What to write for the only file whose name differs by a slip of the pen.
    pub(crate) fn only_file(&self, source: &Source, path: &str) -> Option<String> {
        self.beside(source, path, |name, names| only_slip(name, names))
    }

    fn beside(
        &self,
        source: &Source,
        path: &str,
        choose: impl for<'b> Fn(&str, Vec<&'b str>) -> Option<&'b str>,
    ) -> Option<String> {
        let folder = source.folder();
        let wanted = join(folder, path.trim_start_matches('/'))?;
        let (wanted_folder, name) = wanted.rsplit_once('/').unwrap_or(("", &wanted));
        let prefix =
            if wanted_folder.is_empty() { String::new() } else { format!("{wanted_folder}/") };
        let start = self.sources.files.partition_point(|f| f.path.as_str() < prefix.as_str());
        let beside = self.sources.files[start..]
            .iter()
            .take_while(|f| f.path.starts_with(&prefix))
            .take(500);
        let assets = self
            .sources
            .assets
            .range(prefix.clone()..)
            .map(|(path, _)| path.as_str())
            .take_while(|p| p.starts_with(&prefix))
            .take(500);
        let names = beside
            .map(|f| f.path.as_str())
            .chain(assets)
            .map(|p| &p[prefix.len()..])
            .filter(|n| !n.contains('/'));
        let near = choose(name, names.collect())?;
        let written_folder = path.rsplit_once('/').map_or(String::new(), |(f, _)| format!("{f}/"));
        Some(format!("{written_folder}{near}"))
    }
}

/// Returns true where a file of this name is the one that is meant, wherever it stands: many folders have a `README.md`.
pub(crate) fn names_one_thing(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let (stem, ending) = name.split_once('.').unwrap_or((&name, ""));
    let generic = [
        "readme",
        "index",
        "_index",
        "runbook",
        "service",
        "team",
        "postmortem",
        "lesson",
        "overview",
        "architecture",
        "troubleshooting",
        "setup",
        "install",
        "faq",
        "contributing",
        "changelog",
    ];
    !ending.is_empty() && !generic.contains(&stem)
}

/// Returns the edit by which a link at `place` that is written `path` leads to `to`; `None` where the place holds
/// something else, or where the path counts from the root.
pub(crate) fn rewritten(source: &Source, place: Place, path: &str, to: &str) -> Option<Fix> {
    let written = place.span.of(&source.text);
    let lead = written.len() - written.trim_start().len();
    let is_here = written[lead..].starts_with(path) && is_destination(source, place);
    if path.is_empty() || path.starts_with('/') || !is_here {
        return None;
    }
    let start = place.span.start as usize + lead;
    let place = Place::new(source.id, Span::new(start, start + path.len()));
    Some(Fix { place, text: percent_encode(to) })
}

/// Returns true where a place is what stands between the brackets of a link in markdown, or in a definition behind
/// its label. Elsewhere, as in a link's words, the same text may stand as well.
pub(crate) fn is_destination(source: &Source, place: Place) -> bool {
    let (before, behind) = (
        source.text.get(..place.span.start as usize).unwrap_or(""),
        source.text.get(place.span.end as usize..).unwrap_or(""),
    );
    let before = before.strip_suffix('<').unwrap_or(before).trim_end();
    source.kind == SourceKind::Markdown
        && (before.ends_with("](") || before.ends_with("]:"))
        && (behind.is_empty() || behind.starts_with([')', '>', ' ', '\n', '\r', '\t']))
}

/// Returns what to write in a file of `folder` to link to `path`.
pub(crate) fn relative(folder: &str, path: &str) -> String {
    let from: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    let to: Vec<&str> = path.split('/').collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    format!("{}{}", "../".repeat(from.len() - shared), to[shared..].join("/"))
}
