//! Tables of keys → JSON Schemas (draft 2020-12), which also older readers of schemas understand.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::text::keys::{Key, Shape, Word};

/// Most days look like the first; all forms that are read are here.
const DAY: &str = r"^\s*([0-9]{4}[-/.][0-9]+[-/.][0-9]+([T ].*)?|[0-9]{1,2}[a-z]*,? +[A-Za-z]+,? +[0-9]{4}|[A-Za-z]+,? +[0-9]{1,2}[a-z]*,? +[0-9]{4})?\s*$";
const TIME: &str = r"^\s*([~≈]?\s*([0-9]{4}[-/.][0-9]+[-/.][0-9]+|[0-9]{1,2}[a-z]*,? +[A-Za-z]+|[A-Za-z]+,? +[0-9]{1,2}).*)?$";
const INTERVAL: &str = r"^\s*([0-9]+\s*([dD]|[dD][aA][yY]|[wW]|[wW][eE][eE][kK]|[mM]|[mM][oO]|[mM][oO][nN][tT][hH]|[yY]|[yY][eE][aA][rR])[sS]*)?\s*$";
/// A number or a share, as text.
const SHARE: &str = r"^\s*([0-9]+(\.[0-9]+)?\s*%?)?\s*$";

/// The schema of a file, or of the front matter of one.
#[derive(Debug)]
pub struct Schema<'a> {
    /// What it describes.
    pub title: &'a str,
    /// The tables that hold its keys; of two rows of one name the first counts.
    pub tables: &'a [&'static [Key]],
    /// True where a key that no table has is an error and not passed on.
    pub closed: bool,
}

impl Serialize for Schema<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows: Vec<&Key> = Vec::new();
        for row in self.tables.iter().copied().flatten() {
            if rows.iter().all(|other| other.name() != row.name()) {
                rows.push(row);
            }
        }
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("$schema", "https://json-schema.org/draft/2020-12/schema")?;
        out.serialize_entry("title", self.title)?;
        out.serialize_entry("type", "object")?;
        object(&rows, self.closed, &mut out)?;
        out.end()
    }
}

fn object<M: SerializeMap>(rows: &[&Key], closed: bool, out: &mut M) -> Result<(), M::Error> {
    out.serialize_entry("properties", &Properties { rows, closed })?;
    if closed {
        out.serialize_entry("additionalProperties", &false)?;
    }
    Ok(())
}

/// Keys in the order of their tables, then their other spellings.
struct Properties<'a> {
    rows: &'a [&'a Key],
    closed: bool,
}

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        let named = |name: &str| self.rows.iter().any(|row| row.name() == name);
        let closed = self.closed;
        for row in self.rows {
            let value = Value { shape: &row.shape, closed, says: Some(row.says), of: None };
            out.serialize_entry(row.name(), &value)?;
        }
        let mut told: Vec<&str> = Vec::new();
        for row in self.rows {
            for name in row.names.iter().skip(1).filter(|name| !named(name)) {
                // A spelling that two keys share is told once.
                if !told.contains(name) {
                    told.push(name);
                    let of = Some(row.name());
                    let value = Value { shape: &row.shape, closed, says: Some(row.says), of };
                    out.serialize_entry(name, &value)?;
                }
            }
        }
        out.end()
    }
}

/// One value: its shape, what is said of it, and the key that it is another spelling of.
struct Value<'a> {
    shape: &'a Shape,
    closed: bool,
    says: Option<&'a str>,
    of: Option<&'a str>,
}

impl<'a> Value<'a> {
    fn part(&self, shape: &'a Shape) -> Self {
        Self { shape, closed: self.closed, says: None, of: None }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        self.describe(&mut out)?;
        match (self.says, self.of) {
            (_, Some(name)) => {
                out.serialize_entry("description", &format!("Another spelling of `{name}`."))?;
                out.serialize_entry("deprecated", &true)?;
                // Known to editors: not offered while one types.
                out.serialize_entry("doNotSuggest", &true)?;
            }
            (Some(says), None) => out.serialize_entry("description", says)?,
            (None, None) => {}
        }
        out.end()
    }
}

impl Value<'_> {
    fn describe<M: SerializeMap>(&self, out: &mut M) -> Result<(), M::Error> {
        const SCALAR: [&str; 4] = ["string", "number", "boolean", "null"];
        match self.shape {
            Shape::Any => Ok(()),
            Shape::Text | Shape::Flag => out.serialize_entry("type", &SCALAR),
            Shape::Day => pattern(DAY, out),
            Shape::Time => pattern(TIME, out),
            Shape::Interval => pattern(INTERVAL, out),
            Shape::Like(like) => pattern(like, out),
            Shape::Number(least, most) => number("integer", *least, *most, r"^\s*[0-9]*\s*$", out),
            Shape::Share => number("number", 0, 100, SHARE, out),
            Shape::Word(words) => out.serialize_entry("anyOf", &Choice(words)),
            Shape::Exactly(words) => out.serialize_entry("enum", &Scalars(words)),
            Shape::Usual(words) => {
                let any = Value { shape: &Shape::Text, closed: false, says: None, of: None };
                out.serialize_entry("anyOf", &(Enum { r#enum: Scalars(words) }, any))
            }
            Shape::Texts => {
                let either = (self.part(&Shape::Text), self.part(&Shape::List(&Shape::Text)));
                out.serialize_entry("anyOf", &either)
            }
            Shape::List(item) => {
                out.serialize_entry("type", &["array", "null"])?;
                out.serialize_entry("items", &self.part(item))
            }
            Shape::OneOrMany(item) => {
                let either = (self.part(item), Many { item, closed: self.closed });
                out.serialize_entry("anyOf", &either)
            }
            Shape::Map(rows) => self.map(&rows.iter().collect::<Vec<_>>(), out),
            Shape::Made(rows) => self.map(&rows().iter().collect::<Vec<_>>(), out),
            Shape::Open(rows, other) => {
                out.serialize_entry("type", &["object", "null"])?;
                let rows: Vec<&Key> = rows.iter().collect();
                object(&rows, false, out)?;
                out.serialize_entry("additionalProperties", &self.part(other))
            }
            Shape::ByName(item) => {
                out.serialize_entry("type", &["object", "null"])?;
                out.serialize_entry("additionalProperties", &self.part(item))
            }
            Shape::Either(shapes) => {
                let shapes: Vec<Self> = shapes.iter().map(|shape| self.part(shape)).collect();
                out.serialize_entry("anyOf", &shapes)
            }
        }
    }

    fn map<M: SerializeMap>(&self, rows: &[&Key], out: &mut M) -> Result<(), M::Error> {
        out.serialize_entry("type", &["object", "null"])?;
        object(rows, self.closed, out)
    }
}

/// A list of one shape.
struct Many<'a> {
    item: &'a Shape,
    closed: bool,
}

impl Serialize for Many<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("type", "array")?;
        let items = Value { shape: self.item, closed: self.closed, says: None, of: None };
        out.serialize_entry("items", &items)?;
        out.end()
    }
}

fn pattern<M: SerializeMap>(pattern: &str, out: &mut M) -> Result<(), M::Error> {
    out.serialize_entry("type", &["string", "null"])?;
    out.serialize_entry("pattern", pattern)
}

/// A number, also as text.
fn number<M: SerializeMap>(
    kind: &str,
    least: u32,
    most: u32,
    as_text: &str,
    out: &mut M,
) -> Result<(), M::Error> {
    out.serialize_entry("type", &[kind, "string", "null"])?;
    out.serialize_entry("minimum", &least)?;
    out.serialize_entry("maximum", &most)?;
    out.serialize_entry("pattern", as_text)
}

#[derive(serde::Serialize)]
struct Enum {
    r#enum: Scalars,
}

/// Words, and beside `1` and `false` what YAML makes of them.
struct Scalars(&'static [&'static str]);

impl Serialize for Scalars {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = Vec::new();
        for word in self.0 {
            out.push(serde_json::Value::from(*word));
            if let Ok(number) = word.parse::<u32>() {
                out.push(number.into());
            }
            if let Ok(flag) = word.parse::<bool>() {
                out.push(flag.into());
            }
        }
        out.push(serde_json::Value::Null);
        out.serialize(serializer)
    }
}

/// Words to choose from: first what editors offer, then every spelling that is read.
struct Choice(&'static [Word]);

impl Serialize for Choice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Offered {
            r#enum: Vec<&'static str>,
        }
        #[derive(serde::Serialize)]
        struct Read {
            r#type: &'static [&'static str],
            pattern: String,
        }
        let offered = self.0.iter().filter_map(|word| word.first().copied()).collect();
        let spellings: Vec<String> =
            self.0.iter().copied().flatten().map(|w| any_case(w)).collect();
        let pattern = format!(r"^\s*({})?\s*$", spellings.join("|"));
        let is_flag = self.0.iter().copied().flatten().any(|word| word.parse::<bool>().is_ok());
        let types: &[&str] = &["string", "null", "boolean"];
        let r#type = if is_flag { types } else { &types[..2] };
        (Offered { r#enum: offered }, Read { r#type, pattern }).serialize(serializer)
    }
}

/// A pattern of a word in any case, its parts joined by any sign.
fn any_case(word: &str) -> String {
    let one = |c: char| match c {
        '-' => "[-_ ]?".to_owned(),
        c if c.is_ascii_alphabetic() => format!("[{}{c}]", c.to_ascii_uppercase()),
        c => c.to_string(),
    };
    word.chars().map(one).collect()
}
