//! Names of things: one newtype a kind, so that a team is never taken for a service.

use std::fmt;

use crate::text::slug::slug;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Returns the id of a name as written: references lose their `kind:` prefix, `@` and `group/`.
            pub fn new(name: &str) -> Self {
                Self(normal(name))
            }

            /// Returns the id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// Id of a service, such as `checkout-api`.
    ServiceId,
    /// Id of a team, such as `payments`.
    TeamId,
    /// Id of a lesson, such as `canary-config`.
    LessonId,
    /// Id of a contributing factor, such as `config-without-canary`.
    FactorId,
}

/// Index of a document in `Catalog::documents`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocId(pub u32);

/// Returns a name as an id: `group:default/content-team` → `content-team`; letters lower case,
/// anything but letters, digits, `.` and `_` becomes one `-`.
fn normal(name: &str) -> String {
    let name = name.trim();
    let name = match name.split_once(':') {
        Some((kind, rest)) if kind.bytes().all(|b| b.is_ascii_alphabetic()) => rest,
        _ => name,
    };
    let name = name.rsplit('/').next().unwrap_or(name).trim_start_matches('@');
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') {
            out.push(c.to_ascii_lowercase());
        } else if c.is_ascii() {
            if !out.is_empty() && !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.push_str(&slug(&c.to_string()));
        }
    }
    out.trim_matches(['-', '.']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{ServiceId, TeamId};

    #[test]
    fn references_in_every_spelling_are_one_id() {
        for (name, id) in [
            ("team:payments", "payments"),
            ("group:default/content-team", "content-team"),
            ("@Financial-Times/content-team", "content-team"),
            ("Data Platform", "data-platform"),
            ("sre_reliability", "sre_reliability"),
            ("updates.jenkins.io", "updates.jenkins.io"),
        ] {
            assert_eq!(TeamId::new(name).as_str(), id);
        }
        assert_eq!(ServiceId::new("service:Checkout API").as_str(), "checkout-api");
    }
}
