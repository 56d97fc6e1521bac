//! A value together with where it came from.

use crate::diag::Place;

/// A value, its origin and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
    /// Where it is said, if it is said anywhere.
    pub place: Option<Place>,
}

/// How a value was found. `inspect` and the pages print it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Stated in front matter or a metadata file, under this key.
    Stated(String),
    /// Read from a heading or section with this title.
    Section(String),
    /// Derived from the file's path.
    Path,
    /// The first level-1 heading.
    Title,
    /// A rule of CODEOWNERS.
    CodeOwners,
    /// The team of the source in the configuration.
    SourceTeam,
    /// Taken over from this service.
    Service(String),
    /// A label of an alert rule.
    Label(String),
    /// A default of the configuration.
    Default,
}

impl Origin {
    /// Returns the origin in words: "front matter `owner`", "CODEOWNERS", …
    pub fn words(&self) -> String {
        match self {
            Self::Stated(key) => format!("key `{key}`"),
            Self::Section(title) => format!("section “{title}”"),
            Self::Path => "its path".to_owned(),
            Self::Title => "its title".to_owned(),
            Self::CodeOwners => "CODEOWNERS".to_owned(),
            Self::SourceTeam => "the source's team".to_owned(),
            Self::Service(id) => format!("service {id}"),
            Self::Label(label) => format!("alert label `{label}`"),
            Self::Default => "the default".to_owned(),
        }
    }
}

/// Returns the values of fields, wherever they came from.
pub fn values<T: Clone>(fields: &[Field<T>]) -> Vec<T> {
    fields.iter().map(|field| field.value.clone()).collect()
}

impl<T> Field<T> {
    /// Returns a value stated under `key`.
    pub fn stated(value: T, key: &str, place: Place) -> Self {
        Self { value, origin: Origin::Stated(key.to_owned()), place: Some(place) }
    }

    /// Returns a value with any origin and no place.
    pub fn derived(value: T, origin: Origin) -> Self {
        Self { value, origin, place: None }
    }
}
