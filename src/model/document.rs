//! One parsed markdown file → [`Doc`]: its kind, its title, and what its front matter says.

use std::sync::Arc;

use crate::config::Config;
use crate::diag::{Code, Finding, Place};
use crate::model::catalog::keys::{SERVICE_KEYS, TEAM_KEYS};
use crate::model::catalog::{self, Declared};
use crate::model::field::{Field, Origin, values};
use crate::model::front::{Front, is_address};
use crate::model::headings;
use crate::model::id::{FactorId, LessonId, ServiceId, TeamId};
use crate::model::keys;
use crate::model::kind::{self, Kind};
use crate::model::lesson::LessonPage;
use crate::model::postmortem::{self, Postmortem};
use crate::model::procedure;
use crate::model::runbook::{self, Runbook};
use crate::model::secret;
use crate::parse::Document;
use crate::parse::outline::Heading;
use crate::parse::tree::{self, Tree};
use crate::text::date::{Day, Interval};
use crate::text::keys::Key;
use crate::text::path::stem;
use crate::text::source::{Source, SourceId, Sources};
use crate::text::span::Span;

/// One markdown file, understood.
#[derive(Clone, Debug)]
pub struct Doc {
    /// The file.
    pub source: SourceId,
    /// What it is, and why.
    pub kind: Field<Kind>,
    /// Its title.
    pub title: Field<String>,
    /// The words of its first level-1 heading.
    pub heading: Option<String>,
    /// Index of the heading that the page's own title replaces.
    pub title_heading: Option<u32>,
    /// Its name: the file's, or the folder's for `README.md` and its like.
    pub stem: String,
    /// Its id: stated, or made from its name.
    pub id: Field<String>,
    /// One or two sentences.
    pub description: Option<String>,
    /// The team that owns it.
    pub owner: Option<Field<TeamId>>,
    /// When it was last reviewed.
    pub reviewed: Option<Field<Day>>,
    /// By whom.
    pub reviewed_by: Option<String>,
    /// How often it is to be reviewed.
    pub review_every: Option<Field<Interval>>,
    /// Tags.
    pub tags: Vec<String>,
    /// Older addresses.
    pub aliases: Vec<Field<String>>,
    /// `active`, `draft` or `deprecated`, where stated.
    pub status: Option<String>,
    /// Keys that no schema knows, shown under "more".
    pub extra: Vec<(String, String)>,
    /// What only its kind has.
    pub detail: Detail,
    /// The body, which a preview has in one site after the other.
    pub tree: Arc<Tree>,
    /// Its headings.
    pub outline: Vec<Heading>,
    /// Comments.
    pub hidden: Vec<Span>,
    /// The front matter as written; empty where there is none.
    pub front: Span,
    /// Places of secrets in the front matter, which no page shows.
    pub secrets: Vec<Span>,
    /// True where the front matter could not be understood.
    pub broken: bool,
    /// True where the text is shown unformatted.
    pub plain: bool,
    /// Rules the file allows.
    pub allowed: Vec<Code>,
    /// Faults met while reading; collected once.
    pub findings: Vec<Finding>,
}

impl Doc {
    /// Returns true where two readings of one file tell the pages of others the same, so that what the site worked out of
    /// the one holds for the other.
    pub fn tells_as(&self, other: &Self) -> bool {
        let own = |doc: &Self| {
            let words = (doc.title.value.clone(), doc.heading.clone());
            // An alert may be named by them, and a lesson, a service or a team always is.
            match &doc.detail {
                Detail::Page | Detail::Postmortem(_) => None,
                Detail::Runbook(runbook) => runbook.alerts.is_empty().then_some(words),
                Detail::Service(_) | Detail::Team(_) | Detail::Lesson(_) => Some(words),
            }
        };
        let owner = |doc: &Self| doc.owner.as_ref().map(|owner| owner.value.clone());
        let reviewed = |doc: &Self| doc.reviewed.as_ref().map(|day| day.value);
        self.kind.value == other.kind.value
            && (&self.id.value, &self.id.origin) == (&other.id.value, &other.id.origin)
            && self.stem == other.stem
            && self.tags == other.tags
            && values(&self.aliases) == values(&other.aliases)
            && owner(self) == owner(other)
            && reviewed(self) == reviewed(other)
            && own(self) == own(other)
            && self.detail.tells_as(&other.detail)
    }

    /// Takes over another reading that tells the pages of others the same; what the site worked out stays.
    pub fn take(&mut self, other: &Self) {
        let mut last = std::mem::replace(self, other.clone());
        self.findings.clear();
        self.owner = last.owner.take();
        match (&mut self.detail, last.detail) {
            (Detail::Runbook(new), Detail::Runbook(last)) => {
                new.alerts = last.alerts;
                new.services = last.services;
            }
            (Detail::Postmortem(new), Detail::Postmortem(last)) => new.services = last.services,
            (new, last) => *new = last,
        }
    }

    /// Returns what a link can name behind `#`, in the order of the text.
    pub fn anchors(&self) -> impl Iterator<Item = &str> {
        let tags = self.tree.nodes.iter().filter_map(|node| match &node.kind {
            tree::Kind::Open(tag) => tag.anchor.as_deref(),
            _ => None,
        });
        self.outline.iter().map(|h| h.anchor.as_str()).chain(tags)
    }
}

/// What only one kind has.
#[derive(Clone, Debug)]
pub enum Detail {
    /// A page has nothing more.
    Page,
    /// A runbook.
    Runbook(Box<Runbook>),
    /// A postmortem.
    Postmortem(Box<Postmortem>),
    /// The page of a service; its metadata is in the catalog.
    Service(ServiceId),
    /// The page of a team.
    Team(TeamId),
    /// The page of a lesson.
    Lesson(LessonPage),
}

impl Detail {
    fn tells_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Runbook(one), Self::Runbook(other)) => one.tells() == other.tells(),
            (Self::Postmortem(one), Self::Postmortem(other)) => one.tells() == other.tells(),
            (Self::Service(one), Self::Service(other)) => one == other,
            (Self::Team(one), Self::Team(other)) => one == other,
            (Self::Lesson(one), Self::Lesson(other)) => one == other,
            (Self::Page, Self::Page) => true,
            _ => false,
        }
    }
}

/// Keys of every kind, for did-you-mean.
const KNOWN: [&[Key]; 6] =
    [keys::COMMON, keys::RUNBOOK, keys::POSTMORTEM, keys::LESSON, keys::PAGE, SERVICE_KEYS];

/// Tables of the keys that a file of a kind has.
pub fn tables(kind: Kind) -> &'static [&'static [Key]] {
    match kind {
        Kind::Runbook => &[keys::COMMON, keys::RUNBOOK],
        Kind::Postmortem => &[keys::COMMON, keys::POSTMORTEM],
        Kind::Lesson => &[keys::COMMON, keys::LESSON],
        Kind::Page => &[keys::COMMON, keys::PAGE],
        Kind::Service => &[SERVICE_KEYS, keys::DESCRIBED],
        Kind::Team => &[TEAM_KEYS, keys::DESCRIBED],
    }
}

/// Understands one document; metadata that it declares for the catalog comes beside it.
pub fn read(config: &Config, sources: &Sources, mut document: Document) -> (Doc, Option<Declared>) {
    let source = sources.get(document.source);
    let mut findings = std::mem::take(&mut document.findings);
    let kind = kind::infer(config, source, &document, &mut findings);
    let front_node = document.front.node.take();
    let keys = match kind.value {
        // Their own reader has the rest.
        Kind::Service | Kind::Team => &[keys::COMMON],
        kind => tables(kind),
    };
    let mut front = Front::new(front_node.as_ref(), source.id, keys);
    let heading = document.outline.iter().position(|h| h.level == 1);
    let stem = name_of(source);
    let title = title(&mut front, &document, heading, source, &stem);
    let title_heading = heading.filter(|n| {
        let first = *n == 0 || document.outline[..*n].is_empty();
        first && same_words(&document.outline[*n].title, &title.value)
    });
    front.entry("kind");
    let mut declared = None;
    let mut doc = Doc {
        source: source.id,
        heading: heading.map(|n| document.outline[n].title.clone()),
        title_heading: title_heading.map(|n| n as u32),
        id: Field::derived(stem.clone(), Origin::Path),
        stem,
        kind,
        title,
        description: None,
        owner: None,
        reviewed: None,
        reviewed_by: None,
        review_every: None,
        tags: Vec::new(),
        aliases: Vec::new(),
        status: None,
        extra: Vec::new(),
        detail: Detail::Page,
        front: document.front.raw,
        secrets: front_node.as_ref().map(secret::places).unwrap_or_default(),
        broken: document.front.broken,
        plain: document.plain,
        allowed: std::mem::take(&mut document.allowed),
        hidden: std::mem::take(&mut document.hidden),
        tree: Arc::default(),
        outline: Vec::new(),
        findings: Vec::new(),
    };
    match doc.kind.value {
        Kind::Service | Kind::Team => {
            let fallback = subject(source);
            declared = Some(describe(&mut doc, front_node.as_ref(), source, &document, &fallback));
        }
        Kind::Runbook => {
            common(&mut front, &mut doc);
            let mut read = runbook::read(&mut front, &document);
            read.procedure = procedure::read(
                &document.tree,
                &document.outline,
                &source.text,
                doc.title_heading,
                read.meaning.is_some(),
                &read.parameters.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(),
            );
            doc.detail = Detail::Runbook(Box::new(read));
            doc.status = front.choice("status").map(|f| f.value);
        }
        Kind::Postmortem => {
            common(&mut front, &mut doc);
            let mut read = postmortem::read(&mut front, source, &document);
            read.published = read.published.take().or_else(|| doc.reviewed.clone());
            doc.detail = Detail::Postmortem(Box::new(read));
        }
        Kind::Lesson => {
            common(&mut front, &mut doc);
            let factors = front.list("factors");
            doc.detail = Detail::Lesson(LessonPage {
                id: LessonId::new(&doc.id.value),
                factors: factors.iter().map(|f| FactorId::new(&f.value)).collect(),
            });
        }
        Kind::Page => common(&mut front, &mut doc),
    }
    if declared.is_none() {
        if doc.kind.value == Kind::Page {
            front.entry("date");
        }
        doc.extra.extend(front.rest(&KNOWN));
    }
    findings.append(&mut front.findings);
    if doc.description.is_none() {
        doc.description = headings::first_paragraph(source, &document);
    }
    doc.tree = Arc::new(document.tree);
    doc.outline = document.outline;
    doc.findings = findings;
    (doc, declared)
}

/// Keys that every kind shares.
fn common(front: &mut Front<'_>, doc: &mut Doc) {
    let id = front.text("id");
    if let Some(id) = id {
        doc.id = id;
    } else if doc.kind.value == Kind::Postmortem {
        doc.id.value = incident_id(&doc.stem);
    }
    doc.description = front.text("description").map(|f| f.value);
    let owner = front.text("owner");
    let team = front.text("team");
    let owner = match (owner, team) {
        // The team beside a person's address owns the page.
        (Some(owner), Some(team)) if is_address(&owner.value) => {
            doc.extra.push(("owner".to_owned(), owner.value));
            Some(team)
        }
        (owner, team) => owner.or(team),
    };
    doc.owner = owner.map(|f| Field {
        value: TeamId::new(f.value.trim_start_matches('#')),
        origin: f.origin,
        place: f.place,
    });
    doc.reviewed = front.day("last_reviewed");
    doc.reviewed_by = front.text("reviewed_by").map(|f| f.value);
    doc.review_every = front.interval("review_every");
    doc.tags = front.list("tags").into_iter().map(|f| f.value).collect();
    doc.aliases = front.list("aliases");
}

/// A service or team: its metadata goes to the catalog, the document keeps what a page needs.
fn describe(
    doc: &mut Doc,
    node: Option<&crate::text::yaml::Node>,
    source: &Source,
    document: &Document,
    fallback: &str,
) -> Declared {
    let kind = doc.kind.value;
    let word = kind.word();
    let mut declared = match node {
        Some(node) => catalog::from_front_matter(word, node, source.id, fallback),
        None => Declared::default(),
    };
    let mut front = Front::new(node, source.id, &[keys::DESCRIBED]);
    doc.tags = front.list("tags").into_iter().map(|f| f.value).collect();
    doc.aliases = front.list("aliases");
    doc.reviewed = front.day("last_reviewed");
    doc.review_every = front.interval("review_every");
    if kind == Kind::Service {
        if let Some(mut read) = headings::read(source, document, fallback) {
            match declared.services.first_mut() {
                Some(known) => known.extra.append(&mut read.extra),
                None => declared.services.push(read),
            }
        }
        if declared.services.is_empty() {
            let mut service = crate::model::service::Service::new(
                ServiceId::new(fallback),
                Place::file(source.id),
                true,
            );
            service.name.clone_from(&doc.title.value);
            declared.services.push(service);
        }
        if let Some(service) = declared.services.first_mut() {
            if service.name == service.id.as_str() {
                service.name.clone_from(&doc.title.value);
            }
            doc.title.value.clone_from(&service.name);
            doc.description.clone_from(&service.description);
            doc.id.value = service.id.to_string();
            doc.owner.clone_from(&service.owner);
            doc.detail = Detail::Service(service.id.clone());
        }
    } else {
        if declared.teams.is_empty() {
            let mut team =
                crate::model::team::Team::new(TeamId::new(fallback), Place::file(source.id), true);
            team.name.clone_from(&doc.title.value);
            declared.teams.push(team);
        }
        if let Some(team) = declared.teams.first_mut() {
            if team.name == team.id.as_str() {
                team.name.clone_from(&doc.title.value);
            }
            doc.title.value.clone_from(&team.name);
            doc.description.clone_from(&team.description);
            doc.id.value = team.id.to_string();
            doc.owner = Some(Field::derived(team.id.clone(), Origin::Path));
            doc.detail = Detail::Team(team.id.clone());
        }
    }
    // The page's title now is the entity's name; a heading that says something else stays in the text.
    doc.title_heading = doc
        .title_heading
        .filter(|n| same_words(&document.outline[*n as usize].title, &doc.title.value));
    declared
}

fn title(
    front: &mut Front<'_>,
    document: &Document,
    heading: Option<usize>,
    source: &Source,
    stem: &str,
) -> Field<String> {
    let stated = front.text("title").filter(|f| !f.value.contains("{{"));
    let by_heading = || {
        let heading = &document.outline[heading?];
        (!heading.title.is_empty()).then(|| Field {
            value: heading.title.clone(),
            origin: Origin::Title,
            place: Some(Place::new(source.id, heading.span)),
        })
    };
    stated
        .or_else(by_heading)
        .unwrap_or_else(|| Field::derived(stem.replace(['_'], " "), Origin::Path))
}

/// The file's name without ending, or the folder's for `README.md` and its like.
fn name_of(source: &Source) -> String {
    let name = source.file_name();
    let lower = name.to_lowercase();
    let name = lower.strip_suffix(".erb").map_or(name, |kept| &name[..kept.len()]);
    let has_ending = name.to_lowercase().ends_with(".md")
        || name.to_lowercase().ends_with(".markdown")
        || name.to_lowercase().ends_with(".mdx");
    let mut name = if has_ending { stem(name) } else { name };
    name = name.strip_suffix(".html").unwrap_or(name);
    let generic = matches!(
        name.to_lowercase().as_str(),
        "readme" | "index" | "_index" | "runbook" | "service" | "team" | "postmortem" | "lesson"
    );
    let folder = subject_folder(source.folder());
    if generic && !folder.is_empty() { folder.to_owned() } else { name.to_owned() }
}

/// The id of what a service's or team's file is about.
fn subject(source: &Source) -> String {
    name_of(source)
}

/// The nearest folder upward that names a thing and not a kind of file.
pub(crate) fn subject_folder(folder: &str) -> &str {
    let kinds = ["runbooks", "runbook", "docs", "doc", "ops", ".github"];
    folder.rsplit('/').find(|name| !kinds.contains(name)).unwrap_or("")
}

/// `PM2022-002 -  Logs not shipped` → `PM2022-002`; any other name stays whole.
fn incident_id(stem: &str) -> String {
    let head = stem.split([' ', '_']).next().unwrap_or(stem).trim_end_matches('-');
    let letters = head.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = head[letters..].trim_start_matches('-');
    let numbered =
        letters >= 2 && rest.len() >= 5 && rest.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if numbered { head.to_owned() } else { stem.to_owned() }
}

/// Equal but for case, spaces and punctuation.
fn same_words(a: &str, b: &str) -> bool {
    let plain = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    plain(a) == plain(b)
}
