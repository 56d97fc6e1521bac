//! One alert name with every rule that raises it.

use std::collections::BTreeMap;

use crate::diag::Place;
use crate::model::field::Field;
use crate::model::id::{ServiceId, TeamId};

/// One rule of a Prometheus rule file.
#[derive(Clone, Debug)]
pub struct AlertRule {
    /// Alert name.
    pub name: String,
    /// Where its name stands.
    pub place: Place,
    /// `PromQL` expression as written.
    pub expr: Option<String>,
    /// `for:` as written.
    pub for_: Option<String>,
    /// Labels, templates included.
    pub labels: BTreeMap<String, String>,
    /// Annotations, templates included.
    pub annotations: BTreeMap<String, String>,
    /// The runbook it names: the raw words, with the key they stand under as origin.
    pub runbook: Option<Field<String>>,
    /// True where the file is a template that is not YAML and was read line by line.
    pub read_as_text: bool,
}

impl AlertRule {
    /// Returns the `severity` label.
    pub fn severity(&self) -> Option<&str> {
        self.labels.get("severity").map(String::as_str)
    }

    /// Returns the service that its labels name.
    pub fn service(&self) -> Option<ServiceId> {
        let label = ["service", "type", "app"].iter().find_map(|l| self.labels.get(*l));
        label.map(|l| ServiceId::new(l))
    }

    /// Returns the `team` label where it is not a template.
    pub fn team(&self) -> Option<TeamId> {
        let team = self.labels.get("team")?;
        (!team.contains("{{") && !team.is_empty()).then(|| TeamId::new(team))
    }
}
