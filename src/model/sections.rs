//! Heading → the part of a runbook or postmortem it stands for, by the synonyms of real repositories.

/// Parts of a runbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunbookPart {
    /// What the alert says.
    Meaning,
    /// What users feel.
    Impact,
    /// How to find the cause.
    Diagnosis,
    /// How to end it.
    Mitigation,
    /// How to know that it worked.
    Verification,
    /// How to take it back.
    Rollback,
    /// Whom to call.
    Escalation,
    /// What is needed before.
    Prerequisites,
    /// Further reading.
    References,
}

/// Parts of a postmortem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PostmortemPart {
    /// What happened, in short.
    Summary,
    /// What users felt.
    Impact,
    /// What happened when.
    Timeline,
    /// Contributing factors.
    Causes,
    /// How it was noticed.
    Detection,
    /// How it ended.
    Resolution,
    /// What was learned.
    Lessons,
    /// What will be done.
    Actions,
    /// Who took part.
    People,
    /// Figures and key events.
    Stats,
}

/// Synonyms of the parts of a runbook (counted over 1,142 files in eleven repositories), normalized.
const RUNBOOK: &[(RunbookPart, &[&str])] = &[
    (
        RunbookPart::Meaning,
        &[
            "meaning",
            "alert description",
            "what this alert means",
            "what does this alert mean",
            "about this alert",
            "when to use",
            "含义",
        ],
    ),
    (RunbookPart::Impact, &["impact", "user impact", "customer impact", "business impact", "影响"]),
    (
        RunbookPart::Diagnosis,
        &[
            "diagnosis",
            "diagnostics",
            "diagnose",
            "investigation",
            "investigate",
            "possible checks",
            "steps to check",
            "initial steps",
            "initial steps overview",
            "check runbook match",
            "triage",
            "symptoms",
            "symptom",
            "checks",
            "troubleshooting",
            "troubleshoot",
            "debugging",
            "how to diagnose",
            "diagnosis steps",
            "诊断",
        ],
    ),
    (
        RunbookPart::Mitigation,
        &[
            "mitigation",
            "mitigate",
            "mitigations",
            "resolution",
            "resolution steps",
            "remediation",
            "remediation steps",
            "procedure to fix",
            "actions",
            "solutions",
            "solution",
            "detailed steps",
            "recovery",
            "recovery steps",
            "fix",
            "how to fix",
            "mitigation steps",
            "steps",
            "procedure",
            "缓解",
        ],
    ),
    (
        RunbookPart::Verification,
        &[
            "verification",
            "verify",
            "check resolution",
            "validation",
            "post-checks",
            "post checks",
            "confirm recovery",
        ],
    ),
    (RunbookPart::Rollback, &["rollback", "roll back", "back-out", "back out", "backout", "undo"]),
    (
        RunbookPart::Escalation,
        &[
            "escalation",
            "escalate",
            "further steps",
            "contacts",
            "contact",
            "owner",
            "second line troubleshooting",
            "escalation path",
            "who to contact",
            "escalations",
        ],
    ),
    (
        RunbookPart::Prerequisites,
        &[
            "prerequisites",
            "requirements",
            "access",
            "before you begin",
            "preconditions",
            "preparation",
        ],
    ),
    (
        RunbookPart::References,
        &[
            "references",
            "further information",
            "additional resources",
            "links",
            "see also",
            "further reading",
        ],
    ),
];

/// Synonyms of the parts of a postmortem, normalized.
const POSTMORTEM: &[(PostmortemPart, &[&str])] = &[
    (
        PostmortemPart::Summary,
        &[
            "summary",
            "overview",
            "incident summary",
            "issue summary",
            "executive summary",
            "what happened",
            "tl;dr",
            "tldr",
        ],
    ),
    (PostmortemPart::Impact, &["impact", "impacts", "customer impact", "user impact"]),
    (
        PostmortemPart::Timeline,
        &["timeline", "chronology", "chain of events", "incident timeline", "timeline of events"],
    ),
    (
        PostmortemPart::Causes,
        &[
            "cause",
            "causes",
            "root cause",
            "root causes",
            "contributing factors",
            "contributing conditions",
            "contributing factor",
            "trigger",
            "what went wrong",
            "root cause analysis",
            "technical elements",
        ],
    ),
    (PostmortemPart::Detection, &["detection", "identified", "how it was detected"]),
    (
        PostmortemPart::Resolution,
        &[
            "resolution",
            "recovery",
            "resolution and recovery",
            "mitigation",
            "fix",
            "how it was resolved",
        ],
    ),
    (
        PostmortemPart::Lessons,
        &[
            "lessons",
            "lessons learned",
            "lessons learnt",
            "lesson learned",
            "lessons-learned",
            "what went well",
            "what went poorly",
            "where we got lucky",
            "how'd we do",
            "what we learned",
            "what we learnt",
            "learnings",
        ],
    ),
    (
        PostmortemPart::Actions,
        &[
            "actions",
            "action items",
            "action points",
            "corrective and preventative measures",
            "corrective and preventive measures",
            "corrective actions",
            "proposal improvements",
            "improvements",
            "next steps",
            "follow-ups",
            "follow ups",
            "followups",
            "follow-up actions",
            "recommendations",
            "review actions",
            "process improvements",
            "technical improvements",
            "documentation improvements",
            "remediation items",
        ],
    ),
    (PostmortemPart::People, &["attendees", "responders", "authors", "participants", "people"]),
    (PostmortemPart::Stats, &["stats", "statistics", "key events", "metrics"]),
];

/// Headings that FT-style service runbooks use as fields.
pub(crate) const SERVICE_FIELDS: [&str; 24] = [
    "service tier",
    "lifecycle stage",
    "host platform",
    "architecture",
    "contains personal data",
    "contains sensitive data",
    "failover architecture type",
    "failover process type",
    "failback process type",
    "failover details",
    "data recovery process type",
    "data recovery details",
    "release process type",
    "rollback process type",
    "release details",
    "key management process type",
    "key management details",
    "monitoring",
    "first line troubleshooting",
    "second line troubleshooting",
    "primary url",
    "delivered by",
    "supported by",
    "code",
];

/// Returns the part of a runbook that a heading stands for.
pub fn runbook_part(title: &str) -> Option<RunbookPart> {
    find(RUNBOOK, title)
}

/// Returns the part of a postmortem that a heading stands for.
pub fn postmortem_part(title: &str) -> Option<PostmortemPart> {
    find(POSTMORTEM, title)
}

/// Returns true for a heading that names a field of a service.
pub fn is_service_field(title: &str) -> bool {
    SERVICE_FIELDS.contains(&normalized(title).as_str())
}

/// Headings of a section that says what to do before anything else, normalized.
const FIRST: [&str; 12] = [
    "do this first",
    "first",
    "first command",
    "first things first",
    "first response",
    "first action",
    "first actions",
    "immediate action",
    "immediate actions",
    "quick fix",
    "quick start",
    "in a hurry",
];

/// Headings of sections that can be read tomorrow, normalized.
const BACKGROUND: [&str; 16] = [
    "background",
    "context",
    "cause",
    "causes",
    "possible causes",
    "root cause",
    "root causes",
    "overview",
    "description",
    "details",
    "why",
    "how it works",
    "architecture",
    "history",
    "notes",
    "changelog",
];

/// Returns true for a heading that says what to do before anything else.
pub fn is_first(title: &str) -> bool {
    FIRST.contains(&normalized(title).as_str())
}

/// Returns true for a heading of something that can be read tomorrow.
pub fn is_background(title: &str) -> bool {
    BACKGROUND.contains(&normalized(title).as_str())
}

fn find<T: Copy>(table: &[(T, &[&str])], title: &str) -> Option<T> {
    let title = normalized(title);
    table.iter().find(|(_, words)| words.contains(&title.as_str())).map(|(part, _)| *part)
}

/// Lower case, without numbering, emoji, trailing `:` or `?` and what stands in parentheses.
pub(crate) fn normalized(title: &str) -> String {
    let lower = title.to_lowercase().replace(['’', '‘'], "'");
    let head = lower.split(['(', '（']).next().unwrap_or(&lower);
    let head = head.trim_start_matches(|c: char| !c.is_alphabetic());
    let head = head.trim_end_matches(|c: char| !c.is_alphanumeric());
    head.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{PostmortemPart, RunbookPart, is_service_field, postmortem_part, runbook_part};

    #[test]
    fn synonyms_are_found_in_every_dress() {
        assert_eq!(runbook_part("1. Possible checks:"), Some(RunbookPart::Diagnosis));
        assert_eq!(runbook_part("🔥 Impact"), Some(RunbookPart::Impact));
        assert_eq!(runbook_part("含义"), Some(RunbookPart::Meaning));
        assert_eq!(runbook_part("Impacted hosts"), None);
        assert_eq!(postmortem_part("Root cause(s)"), Some(PostmortemPart::Causes));
        assert_eq!(postmortem_part("How’d we do?"), Some(PostmortemPart::Lessons));
        assert!(is_service_field("Service Tier"));
    }
}
