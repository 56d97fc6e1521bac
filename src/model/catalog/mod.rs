//! Service and team metadata in the formats of the field → [`Service`] and [`Team`].
//!
//! A file is recognised by its name and by the shape of each of its documents; what is no metadata
//! (a Kubernetes `service.yaml`, say) is left to others without a word.

mod backstage;
mod datadog;
mod gitlab;
pub mod keys;
mod other;
mod own;
mod parts;
mod portals;
mod promises;
mod reader;
mod words;

use crate::diag::{Code, Finding, Place};
use crate::model::catalog::reader::Reader;
pub use crate::model::catalog::words::{lifecycle, tier};
use crate::model::id::ServiceId;
use crate::model::service::{Dependency, Service, Slo};
use crate::model::team::Team;
use crate::text::source::SourceId;
use crate::text::span::Span;
use crate::text::yaml::{FILE, Node, Value, YamlError, parse_documents};

/// What one metadata file declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Services, in the order of the file.
    pub services: Vec<Service>,
    /// Teams, in the order of the file.
    pub teams: Vec<Team>,
    /// Objectives of services that are declared elsewhere.
    pub slos: Vec<(ServiceId, Slo)>,
    /// Dependencies said from the other side (`dependencyOf`): the service that needs, and what.
    pub inverse_dependencies: Vec<(ServiceId, Dependency)>,
    /// Rule files whose alerts belong to a service.
    pub alert_files: Vec<AlertFile>,
    /// Faults of the file.
    pub findings: Vec<Finding>,
}

/// A glob of rule files that a service claims: `alerts: {files: [...]}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertFile {
    /// The service.
    pub service: ServiceId,
    /// The glob as written, relative to the folder of the file.
    pub glob: String,
    /// Where it is said.
    pub place: Place,
}

/// Reads one YAML file; `None` where it is no metadata in a format we know.
pub fn read(path: &str, source: SourceId, text: &str) -> Option<Declared> {
    let name = FileName::of(path);
    if name == FileName::Any && !hints(text) {
        return None;
    }
    let documents = match parse_documents(text, FILE) {
        Ok(documents) => documents,
        Err(error) => return broken(name, source, text, &error),
    };
    let mut reader = Reader::new(source);
    let mut out = Declared::default();
    let mut known = false;
    for mut node in documents {
        let Some(shape) = shape(&node, name) else { continue };
        known = true;
        reader.drop_secrets(&mut node);
        reader.strict = false;
        shape.read(&mut reader, &node, fallback_id(path, name), &mut out);
    }
    out.findings = reader.findings;
    known.then_some(out)
}

/// Reads the front matter of a page about a service or a team, in our own schema.
///
/// `kind` is `team`, or anything else for a service; `fallback_id` is the id where the front matter
/// gives none.
pub fn from_front_matter(kind: &str, node: &Node, source: SourceId, fallback_id: &str) -> Declared {
    let mut node = node.clone();
    let mut reader = Reader::new(source);
    let mut out = Declared::default();
    reader.drop_secrets(&mut node);
    reader.strict = true;
    if kind == "team" {
        own::team(&mut reader, &node, fallback_id, &mut out);
    } else {
        own::service(&mut reader, &node, fallback_id, &mut out);
    }
    out.findings = reader.findings;
    out
}

/// What a file's name promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileName {
    Backstage,
    Service,
    Services,
    Team,
    Teams,
    Datadog,
    OpsLevel,
    Cortex,
    Compass,
    Any,
}

impl FileName {
    fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
        let Some(stem) = stem else { return Self::Any };
        match stem {
            _ if stem.contains("catalog-info") => Self::Backstage,
            "service" => Self::Service,
            "service-catalog" | "service_catalog" | "services" => Self::Services,
            "team" => Self::Team,
            "teams" => Self::Teams,
            "service.datadog" | "entity.datadog" => Self::Datadog,
            "opslevel" => Self::OpsLevel,
            "cortex" => Self::Cortex,
            "compass" => Self::Compass,
            _ => Self::Any,
        }
    }
}

/// The format of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    AppSre,
    Backstage,
    Compass,
    Cortex,
    Datadog2,
    Datadog3,
    OpenSlo,
    OpsLevel,
    OwnService,
    OwnTeam,
    Score,
    Services,
}

/// Returns true where a text may be metadata whatever its name; spares most files the parser.
fn hints(text: &str) -> bool {
    [
        "backstage.io/",
        "openslo/",
        "score.dev/",
        "x-cortex-",
        "app-sre/app-1",
        "dd-service:",
        "kind: service",
        "kind: team",
    ]
    .into_iter()
    .any(|hint| text.contains(hint))
}

fn shape(node: &Node, name: FileName) -> Option<Shape> {
    let version = node.text_at("apiVersion").unwrap_or_default();
    let kind = node.text_at("kind").unwrap_or_default().to_ascii_lowercase();
    let is_map = |key: &str| node.get(key).is_some_and(|node| !node.entries().is_empty());
    let has = |keys: &[&str]| keys.iter().any(|key| node.get(key).is_some());
    if version.starts_with("backstage.io/") {
        return Some(Shape::Backstage);
    }
    if version.starts_with("openslo/") {
        return Some(Shape::OpenSlo);
    }
    if version.starts_with("score.dev/") {
        return Some(Shape::Score);
    }
    if version == "v3" && is_map("metadata") && (name == FileName::Datadog || kind == "service") {
        return Some(Shape::Datadog3);
    }
    if node.get("dd-service").is_some() {
        return Some(Shape::Datadog2);
    }
    if node.text_at("$schema").is_some_and(|schema| schema.contains("app-sre/app-1"))
        || has(&["serviceOwners", "onboardingStatus"])
    {
        return Some(Shape::AppSre);
    }
    let info = node.get("info").map(Node::entries).unwrap_or_default();
    if info.iter().any(|e| e.key.starts_with("x-cortex-")) {
        return Some(Shape::Cortex);
    }
    if !version.is_empty() || node.entries().is_empty() {
        return None;
    }
    let is_list = |key: &str| node.get(key).is_some_and(|n| matches!(n.value, Value::Seq(_)));
    if name == FileName::Compass
        && has(&["typeId", "ownerId", "relationships", "configVersion", "fields"])
    {
        return Some(Shape::Compass);
    }
    if matches!(name, FileName::OpsLevel | FileName::Service) && is_map("service") {
        return Some(Shape::OpsLevel);
    }
    // A map of services is docker-compose's; a map of teams is ours.
    if matches!(name, FileName::Services | FileName::Teams)
        && (is_list("services") || is_list("teams") || is_map("teams"))
    {
        return Some(Shape::Services);
    }
    let named = has(&["id", "name", "title"]);
    if named && (kind == "team" || (name == FileName::Team && kind.is_empty())) {
        return Some(Shape::OwnTeam);
    }
    // serverless.com's files are named alike, and have these.
    let foreign = has(&["functions", "provider", "containers"]);
    let by_name = name == FileName::Service && kind.is_empty() && !foreign;
    let owned = has(&["owner", "team", "tier", "depends_on"]);
    ((kind == "service" || by_name) && (named || owned)).then_some(Shape::OwnService)
}

impl Shape {
    fn read(self, reader: &mut Reader, node: &Node, folder: &str, out: &mut Declared) {
        match self {
            Self::AppSre => other::app_sre(reader, node, out),
            Self::Backstage => backstage::entity(reader, node, out),
            Self::Compass => portals::compass(reader, node, out),
            Self::Cortex => {
                if let Some(info) = node.get("info") {
                    portals::cortex(reader, info, out);
                }
            }
            Self::Datadog2 => datadog::v2(reader, node, out),
            Self::Datadog3 => datadog::v3(reader, node, out),
            Self::OpenSlo => other::openslo(reader, node, out),
            Self::OpsLevel => {
                if let Some(service) = node.get("service") {
                    portals::opslevel(reader, service, out);
                }
            }
            Self::OwnService => {
                reader.strict = true;
                own::service(reader, node, folder, out);
            }
            Self::OwnTeam => {
                reader.strict = true;
                own::team(reader, node, folder, out);
            }
            Self::Score => other::score(reader, node, out),
            Self::Services => read_lists(reader, node, out),
        }
    }
}

/// Reads `services:` and `teams:` of one document.
fn read_lists(reader: &mut Reader, node: &Node, out: &mut Declared) {
    for item in node.get("services").map(Node::items).unwrap_or_default() {
        if item.entries().is_empty() {
            reader.wrong("an item of services", item, "a map");
        } else if item.entries().iter().any(|e| gitlab::SIGNS.contains(&e.key.as_str())) {
            gitlab::service(reader, item, out);
        } else {
            reader.strict = true;
            own::service(reader, item, "", out);
            reader.strict = false;
        }
    }
    if let Some(teams) = node.get("teams") {
        reader.strict = true;
        own::teams(reader, teams, out);
    }
}

/// What to say of a file that is not YAML.
fn broken(name: FileName, source: SourceId, text: &str, error: &YamlError) -> Option<Declared> {
    let is_template = text.contains("{{") || text.contains("{%");
    let is_backstage = name == FileName::Backstage || text.contains("backstage.io/");
    let finding = if is_template {
        // A Helm template named `service.yaml` is a manifest, and no concern of ours.
        if !is_backstage {
            return None;
        }
        let start = text.find("{{").or_else(|| text.find("{%")).unwrap_or_default();
        let place = Place::new(source, Span::new(start, start + 2));
        Finding::new(Code::ReadAsText, place, "a template declares nothing; it is left out")
    } else {
        if name == FileName::Any || (name == FileName::Service && text.contains("apiVersion:")) {
            return None;
        }
        Finding::new(Code::BrokenYaml, Place::new(source, error.span), error.message.clone())
    };
    Some(Declared { findings: vec![finding], ..Declared::default() })
}

/// The part of a path that names what the file is about: `checkout/ops/service.yaml` → `checkout`,
/// `services/cart.yaml` → `cart`.
fn fallback_id(path: &str, name: FileName) -> &str {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    if name == FileName::Any {
        return file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    }
    let vague = ["ops", "docs", "doc", "config", "catalog", "metadata", ".github", ".opslore"];
    folder.rsplit('/').find(|name| !vague.contains(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
