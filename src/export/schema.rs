//! What each file of the interface holds → JSON Schemas (draft 2020-12).

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A key, its type, and what it says.
pub(crate) struct Field(&'static str, Type, &'static str);

/// What a value may be.
enum Type {
    Text,
    Day,
    Time,
    Count,
    Whether,
    Word(&'static [&'static str]),
    Maybe(&'static Type),
    List(&'static Type),
    Object(&'static [Field]),
}

use Type::{Count, Day, List, Maybe, Object, Text, Time, Whether, Word};

const CONTACT: Type = Object(&[
    Field("type", Text, "slack, email, phone, …"),
    Field("value", Text, "Channel, address or number"),
    Field("url", Maybe(&Text), "Where to click"),
]);
const ON_CALL: Type = Object(&[
    Field("provider", Maybe(&Text), "pagerduty, opsgenie, …"),
    Field("url", Maybe(&Text), "Where to click"),
    Field(
        "escalation",
        List(&Object(&[
            Field("after", Text, "After how long, as written"),
            Field("who", Text, "Who"),
        ])),
        "Steps in order",
    ),
]);
const LINK: Type = Object(&[
    Field("rel", Text, "dashboard, logs, traces, runbook, doc, status, repo or other"),
    Field("title", Text, "Its words"),
    Field("url", Text, "As written: absolute, or relative to the file"),
]);
const URGENCY: Type = Maybe(&Word(&["page", "ticket", "info", "none"]));

/// Every file: name, what it holds, and the keys of its rows.
pub(crate) const SCHEMAS: [(&str, &str, &[Field]); 9] = [
    (
        "services",
        "Services, by id",
        &[
            Field("id", Text, "Its id"),
            Field("url", Maybe(&Text), "Its page"),
            Field("name", Text, "Name for people"),
            Field("description", Maybe(&Text), "One or two sentences"),
            Field("declared", Whether, "False where it is only named by others"),
            Field("owner", Maybe(&Text), "Id of the owning team"),
            Field("tier", Maybe(&Count), "1 (most critical) to 4"),
            Field("tier_word", Maybe(&Text), "The tier as written"),
            Field("lifecycle", Maybe(&Text), "production, deprecated, …"),
            Field("type", Maybe(&Text), "service, database, queue, …"),
            Field("system", Maybe(&Text), "The system it is part of"),
            Field("languages", List(&Text), "Programming languages"),
            Field("tags", List(&Text), "Tags"),
            Field("repo", Maybe(&Text), "Where its code is"),
            Field("contacts", List(&CONTACT), "Ways to reach its people"),
            Field("on_call", Maybe(&ON_CALL), "Who is called, and then whom"),
            Field(
                "depends_on",
                List(&Object(&[
                    Field("service", Maybe(&Text), "Id of the service it needs"),
                    Field("hard", Whether, "False where it works without"),
                    Field("note", Maybe(&Text), "Why"),
                ])),
                "Services it needs",
            ),
            Field("dependents", List(&Text), "Ids of services that need it directly"),
            Field("blast_radius", Count, "Services that feel it when it is down, over any steps"),
            Field("runbooks", List(&Text), "Pages of its runbooks"),
            Field("postmortems", List(&Text), "Pages of its incidents, newest first"),
            Field("links", List(&LINK), "Links by purpose"),
            Field("source", Text, "The file that declares it, or names it first"),
        ],
    ),
    (
        "teams",
        "Teams, by id",
        &[
            Field("id", Text, "Its id"),
            Field("url", Maybe(&Text), "Its page"),
            Field("name", Text, "Name for people"),
            Field("description", Maybe(&Text), "One or two sentences"),
            Field("declared", Whether, "False where it is only named as owner"),
            Field("contacts", List(&CONTACT), "Ways to reach it"),
            Field("on_call", Maybe(&ON_CALL), "Who is called, and then whom"),
            Field("members", List(&Text), "Members as written"),
            Field("services", List(&Text), "Ids of its services"),
            Field("links", List(&LINK), "Links by purpose"),
        ],
    ),
    (
        "alerts",
        "Alerts that a rule raises, by name",
        &[
            Field("name", Text, "Its name"),
            Field("url", Maybe(&Text), "Its page"),
            Field("urgency", URGENCY, "The most urgent of its rules"),
            Field(
                "runbook_class",
                Word(&[
                    "ok",
                    "by name only",
                    "outside",
                    "templated",
                    "dead anchor",
                    "dead page",
                    "placeholder",
                    "missing",
                    "exempt",
                ]),
                "Where its rules lead, the worst of them",
            ),
            Field("covered", Whether, "True where it leads to a runbook"),
            Field("team", Maybe(&Text), "Id of the team it is for"),
            Field("services", List(&Text), "Ids of the services that raise it"),
            Field("runbooks", List(&Text), "Pages that help"),
            Field(
                "rules",
                List(&Object(&[
                    Field("expr", Maybe(&Text), "Expression as written"),
                    Field("for", Maybe(&Text), "How long it must hold, as written"),
                    Field("severity", Maybe(&Text), "Label as written"),
                    Field("runbook", Maybe(&Text), "The runbook it names, as written"),
                    Field("source", Text, "Its file"),
                    Field("line", Count, "Its line"),
                ])),
                "Its rules",
            ),
        ],
    ),
    (
        "runbooks",
        "Runbooks, in the order of their files",
        &[
            Field("id", Text, "Its id"),
            Field("url", Text, "Its page"),
            Field("title", Text, "Its title"),
            Field("description", Maybe(&Text), "One or two sentences"),
            Field("owner", Maybe(&Text), "Id of the owning team"),
            Field("services", List(&Text), "Ids of the services it is about"),
            Field("alerts", List(&Text), "Names of the alerts it answers"),
            Field("severity", Maybe(&Text), "As written"),
            Field("urgency", URGENCY, "What the severity asks for"),
            Field("status", Maybe(&Text), "active, draft or deprecated, where stated"),
            Field("reviewed", Maybe(&Day), "Last review"),
            Field("review_due", Maybe(&Day), "Next review"),
            Field("last_exercised", Maybe(&Day), "As stated, or used in an incident"),
            Field("incidents", Count, "Incidents that used it"),
            Field("tags", List(&Text), "Tags"),
            Field("source", Text, "Its file"),
        ],
    ),
    (
        "postmortems",
        "Postmortems, newest first",
        &[
            Field("id", Text, "Its id"),
            Field("url", Text, "Its page"),
            Field("title", Text, "Its title"),
            Field("status", Text, "draft, review or final"),
            Field("severity", Maybe(&Text), "As written"),
            Field("day", Maybe(&Day), "The day it happened"),
            Field("services", List(&Text), "Ids of services that were hit"),
            Field("teams", List(&Text), "Ids of teams that were hit"),
            Field("authors", List(&Text), "Who wrote it"),
            Field("started_at", Maybe(&Time), "When it began"),
            Field("detected_at", Maybe(&Time), "When somebody or something noticed"),
            Field("acknowledged_at", Maybe(&Time), "When somebody took it on"),
            Field("mitigated_at", Maybe(&Time), "When users were well again"),
            Field("resolved_at", Maybe(&Time), "When it was over"),
            Field("detect_seconds", Maybe(&Count), "From start to detection"),
            Field("acknowledge_seconds", Maybe(&Count), "From detection to acknowledgement"),
            Field("mitigate_seconds", Maybe(&Count), "From start to mitigation"),
            Field("resolve_seconds", Maybe(&Count), "From start to resolution"),
            Field("detection", Maybe(&Text), "How it was noticed"),
            Field("detection_alerts", List(&Text), "Alerts that caught it"),
            Field("impact", Maybe(&Text), "What users felt"),
            Field("factors", List(&Text), "Ids of contributing factors"),
            Field(
                "runbooks_used",
                List(&Object(&[
                    Field("runbook", Text, "Reference as written"),
                    Field("helped", Maybe(&Text), "yes, partly, no or missing"),
                ])),
                "Runbooks used",
            ),
            Field("actions", Count, "How many action items it has"),
            Field("source", Text, "Its file"),
        ],
    ),
    (
        "actions",
        "Action items of all postmortems, overdue ones first",
        &[
            Field("name", Text, "A name that stays the same"),
            Field("title", Text, "What will be done"),
            Field(
                "state",
                Word(&["open", "in progress", "done", "won't do", "not stated"]),
                "Where it stands",
            ),
            Field("overdue", Whether, "True where it is open and its day is past"),
            Field("due", Maybe(&Day), "Until when"),
            Field("done_on", Maybe(&Day), "When it was done"),
            Field("age_days", Maybe(&Count), "Days from the incident until it was done, or today"),
            Field("owner", Maybe(&Text), "Who, as written"),
            Field("team", Maybe(&Text), "Id of the team that has to do it"),
            Field("type", Maybe(&Text), "prevent, detect, mitigate, process or document"),
            Field("link", Maybe(&Text), "Its ticket, as written"),
            Field("postmortem", Text, "Id of its postmortem"),
            Field("postmortem_url", Text, "Page of its postmortem"),
            Field("source", Text, "Its file"),
            Field("line", Count, "Its line"),
        ],
    ),
    (
        "lessons",
        "Lessons, by id",
        &[
            Field("id", Text, "Its id"),
            Field("url", Maybe(&Text), "Its page"),
            Field("text", Text, "The sentence"),
            Field("day", Maybe(&Day), "The day of the newest incident that taught it"),
            Field("teams", List(&Text), "Ids of teams that learned it"),
            Field("postmortems", List(&Text), "Pages of postmortems that state it"),
            Field(
                "concerns",
                List(&Object(&[
                    Field("service", Text, "Id of the service"),
                    Field(
                        "weight",
                        Count,
                        "How much, in thousandths; 0 where it answered by itself",
                    ),
                    Field(
                        "reasons",
                        List(&Text),
                        "Why, weightiest first; names between back ticks",
                    ),
                    Field("answer", Maybe(&Text), "applied, planned or not-applicable"),
                    Field("on", Maybe(&Day), "Since when"),
                    Field("note", Maybe(&Text), "In the team's words"),
                ])),
                "Services that it concerns, and what they answered",
            ),
        ],
    ),
    (
        "pages",
        "Pages that a file stands behind, in the order of the files",
        &[
            Field("url", Text, "Its address"),
            Field("title", Text, "Its title"),
            Field("kind", Text, "runbook, postmortem, service, team, lesson or page"),
            Field("owner", Maybe(&Text), "Id of the owning team"),
            Field("tags", List(&Text), "Tags"),
            Field("source", Text, "Its file"),
            Field("id", Text, "Its id"),
            Field("aliases", List(&Text), "Other addresses that lead to it"),
            Field("anchors", List(&Text), "Its headings and other places that a link can name"),
            Field("text", Text, "Hash of its file's text: another one is another text"),
        ],
    ),
    (
        "links",
        "Links between pages, by the page they stand on",
        &[
            Field("from", Text, "The page"),
            Field("to", List(&Text), "Pages it links to or is about"),
            Field("written", List(&Text), "What its author linked to, with `#` and the heading"),
        ],
    ),
];

/// A schema as a document.
pub(crate) struct Document<'a> {
    pub(crate) name: &'a str,
    pub(crate) about: &'a str,
    pub(crate) fields: &'static [Field],
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const HEAD: [Field; 4] = [
            Field("$schema", Text, "Where this schema stands"),
            Field("version", Count, "Version of the interface: keys are added, never changed"),
            Field("today", Day, "The day of the build, by which dates are judged"),
            Field("base_url", Maybe(&Text), "What addresses of pages are relative to"),
        ];
        let mut properties = Entries(Vec::new());
        for field in &HEAD {
            properties.0.push((field.0, Node::Of(&field.1, field.2)));
        }
        properties.0.push((self.name, Node::Rows(self.fields, self.about)));
        let mut required: Vec<&str> = HEAD.iter().map(|field| field.0).collect();
        required.push(self.name);
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("$schema", "https://json-schema.org/draft/2020-12/schema")?;
        out.serialize_entry("title", self.about)?;
        out.serialize_entry("type", "object")?;
        out.serialize_entry("required", &required)?;
        out.serialize_entry("properties", &properties)?;
        out.end()
    }
}

/// Keys in their order.
struct Entries<'a>(Vec<(&'a str, Node<'a>)>);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, node)| (key, node)))
    }
}

/// A part of a schema.
enum Node<'a> {
    Of(&'static Type, &'a str),
    Rows(&'static [Field], &'a str),
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        let about = match self {
            Self::Of(of, about) => {
                describe(of, &mut out)?;
                about
            }
            Self::Rows(fields, about) => {
                out.serialize_entry("type", "array")?;
                out.serialize_entry("items", &Fields(fields))?;
                about
            }
        };
        if !about.is_empty() {
            out.serialize_entry("description", about)?;
        }
        out.end()
    }
}

/// An object of these keys.
struct Fields(&'static [Field]);

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        object(self.0, &mut out)?;
        out.end()
    }
}

fn object<M: SerializeMap>(fields: &'static [Field], out: &mut M) -> Result<(), M::Error> {
    out.serialize_entry("type", "object")?;
    out.serialize_entry("required", &fields.iter().map(|field| field.0).collect::<Vec<_>>())?;
    let properties = fields.iter().map(|field| (field.0, Node::Of(&field.1, field.2)));
    out.serialize_entry("properties", &Entries(properties.collect()))
}

fn describe<M: SerializeMap>(of: &'static Type, out: &mut M) -> Result<(), M::Error> {
    match of {
        Text => out.serialize_entry("type", "string"),
        Day => {
            out.serialize_entry("type", "string")?;
            out.serialize_entry("format", "date")
        }
        Time => {
            out.serialize_entry("type", "string")?;
            out.serialize_entry("format", "date-time")
        }
        Count => out.serialize_entry("type", "integer"),
        Whether => out.serialize_entry("type", "boolean"),
        Word(words) => {
            out.serialize_entry("type", "string")?;
            out.serialize_entry("enum", words)
        }
        Maybe(inner) => {
            out.serialize_entry("anyOf", &(Node::Of(inner, ""), Null { r#type: "null" }))
        }
        List(inner) => {
            out.serialize_entry("type", "array")?;
            out.serialize_entry("items", &Node::Of(inner, ""))
        }
        Object(fields) => object(fields, out),
    }
}

#[derive(serde::Serialize)]
struct Null {
    r#type: &'static str,
}
