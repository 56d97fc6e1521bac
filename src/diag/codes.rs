//! The one table of every rule: code, name, level by default, and what it says in one line.

/// How much a finding matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not reported.
    Off,
    /// Worth knowing.
    Info,
    /// Ought to be mended.
    Warning,
    /// A reader is misled, or something is lost.
    Error,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::Off, Self::Info, Self::Warning, Self::Error];

    /// Returns the level's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `OL` and three digits; never reused.
    pub code: &'static str,
    /// Reads after "allow".
    pub name: &'static str,
    /// Level where the configuration says nothing.
    pub level: Level,
    /// One line.
    pub summary: &'static str,
    /// The long text that `explain` prints.
    pub explanation: &'static str,
}

macro_rules! rules {
    ($($variant:ident $code:literal $name:literal $level:ident $summary:literal;)+) => {
        /// A rule, by its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $summary] $variant,)+
        }

        /// Every rule, in the order of the codes.
        pub const RULES: &[Rule] = &[
            $(Rule {
                code: $code,
                name: $name,
                level: Level::$level,
                summary: $summary,
                explanation: include_str!(concat!("explain/", $code, ".md")),
            },)+
        ];

        /// Every code, in the order of [`RULES`].
        pub const CODES: &[Code] = &[$(Code::$variant,)+];
    };
}

rules! {
    UnreadableFile "OL101" "unreadable-file" Error "a file could not be read";
    NotUtf8 "OL102" "not-utf8" Warning "a file holds bytes that are not UTF-8";
    FileTooLarge "OL103" "file-too-large" Warning "a file is larger than the size limit";
    BrokenFrontMatter "OL104" "broken-front-matter" Error "front matter is not YAML";
    BrokenYaml "OL105" "broken-yaml" Error "a YAML file is not YAML";
    UnknownKey "OL106" "unknown-key" Warning "a key that the schema does not know";
    WrongType "OL107" "wrong-type" Error "a value of the wrong type";
    UnknownValue "OL108" "unknown-value" Warning "a word that is not one of the words allowed";
    BadTime "OL109" "bad-time" Error "a date or time that cannot be read";
    TimeWithoutZone "OL110" "time-without-zone" Warning "a time that names no zone";
    FrontMatterTooLarge "OL111" "front-matter-too-large" Warning "front matter is larger than the limit";
    ControlCharacters "OL112" "control-characters" Warning "a file holds control characters";
    UnclosedFence "OL113" "unclosed-fence" Warning "a code fence is never closed";
    ReadAsText "OL114" "read-as-text" Info "a rule file is a template and was read line by line";
    TooDeep "OL115" "too-deep" Warning "text is nested deeper than the limit";
    UnclosedFrontMatter "OL116" "unclosed-front-matter" Warning "front matter is never closed";
    UnknownKind "OL117" "unknown-kind" Error "a `kind` that does not exist";
    DateForm "OL118" "date-form" Off "a date or time in another form than the standard's";
    BrokenLink "OL201" "broken-link" Error "a link to a file that does not exist";
    BrokenAnchor "OL202" "broken-anchor" Warning "a link to a heading that does not exist";
    MissingImage "OL203" "missing-image" Error "an image that does not exist";
    UnknownService "OL204" "unknown-service" Warning "a service that nothing declares";
    UnknownTeam "OL205" "unknown-team" Warning "a team that nothing declares";
    UnknownAlert "OL206" "unknown-alert" Warning "an alert that no rule raises";
    UnknownRunbook "OL207" "unknown-runbook" Warning "a runbook that does not exist";
    UnknownPostmortem "OL208" "unknown-postmortem" Warning "a postmortem that does not exist";
    DuplicateId "OL209" "duplicate-id" Error "two files claim one id";
    EmptyDependency "OL210" "empty-dependency" Warning "a dependency that names nothing";
    DeadRunbookUrl "OL211" "dead-runbook-url" Error "an alert points at a runbook that does not exist";
    DeadRunbookAnchor "OL212" "dead-runbook-anchor" Warning "an alert points at a heading that does not exist";
    PlaceholderRunbookUrl "OL213" "placeholder-runbook-url" Warning "an alert's runbook is a placeholder";
    TemplatedRunbookUrl "OL214" "templated-runbook-url" Info "an alert's runbook depends on a label";
    UnknownLesson "OL215" "unknown-lesson" Warning "a reference to a lesson that does not exist";
    NearDuplicateFactor "OL216" "near-duplicate-factor" Warning "a contributing factor used once, close to another";
    DependencyCycle "OL217" "dependency-cycle" Info "services that need each other in a circle";
    MissingPath "OL218" "missing-path" Warning "a runbook names a file that its repository does not have";
    MissingTarget "OL219" "missing-target" Warning "a runbook runs a target that the `Makefile` does not have";
    UnknownMetric "OL220" "unknown-metric" Warning "a runbook names a metric nearly as an alert does";
    AlertWithoutRunbook "OL301" "alert-without-runbook" Warning "an alert that nobody wrote a runbook for";
    RunbookWithoutAlert "OL302" "runbook-without-alert" Info "a runbook written for an alert that no rule raises";
    OwnerMissing "OL303" "owner-missing" Warning "a service or runbook that nobody owns";
    StaleRunbook "OL304" "stale-runbook" Warning "a review is overdue";
    ActionWithoutOwner "OL305" "action-without-owner" Warning "an action item without owner";
    ActionWithoutDate "OL306" "action-without-date" Warning "an action item without due date";
    OverdueAction "OL307" "overdue-action" Warning "an action item is overdue";
    EndBeforeStart "OL308" "end-before-start" Error "an incident ends before it starts";
    TimelineOutOfOrder "OL309" "timeline-out-of-order" Warning "a timeline goes back in time";
    DurationMismatch "OL310" "duration-mismatch" Warning "a stated duration disagrees with the time stamps";
    RunbookByNameOnly "OL311" "runbook-by-name-only" Info "an alert has a runbook that its rule does not name";
    RivalRunbooks "OL312" "rival-runbooks" Warning "two runbooks claim one alert";
    NoFirstCommand "OL313" "no-first-command" Warning "a runbook without anything to do first";
    NoEscalation "OL314" "no-escalation" Warning "a runbook that says nobody to call";
    NoRollback "OL315" "no-rollback" Warning "a runbook that deletes and does not say how to undo it";
    RecurrenceWithOpenAction "OL316" "recurrence-with-open-action" Warning "it came back, and an action of the time before is still open";
    NoticedByCustomer "OL317" "noticed-by-customer" Info "a customer noticed it first, and no action is to detect it";
    AddressCollision "OL401" "address-collision" Warning "two pages want one address";
    BadAlias "OL402" "bad-alias" Warning "an alias that cannot be an address";
    OutputTooLarge "OL403" "output-too-large" Warning "a page grew past the output limit";
    InternalFault "OL404" "internal-fault" Error "a page could not be rendered";
    LowContrast "OL405" "low-contrast" Warning "colours of a theme that are too near to be read";
    RefusedUrl "OL501" "refused-url" Warning "a link with a scheme that is not allowed";
    HiddenCharacters "OL502" "hidden-characters" Warning "code holds characters that cannot be seen";
    IntegrationKey "OL503" "integration-key" Error "metadata holds a key that opens incidents";
    SymlinkSkipped "OL504" "symlink-skipped" Info "a symbolic link was not followed";
    RawHtmlShown "OL505" "raw-html-shown" Info "raw HTML that is not allowed is shown as text";
    PrivateKey "OL506" "private-key" Error "a text holds a private key";
    AccessToken "OL507" "access-token" Error "a text holds a token that lets its bearer in";
    PasswordInText "OL508" "password-in-text" Error "a text holds a password";
}

impl Code {
    /// Returns the row of the table.
    pub fn rule(self) -> &'static Rule {
        &RULES[self as usize]
    }

    /// Returns the code with this name (`broken-link`) or number (`OL201`), in any case.
    pub fn find(name: &str) -> Option<Self> {
        CODES.iter().copied().find(|code| {
            let rule = code.rule();
            rule.name.eq_ignore_ascii_case(name) || rule.code.eq_ignore_ascii_case(name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{CODES, Code, RULES};

    #[test]
    fn the_table_is_sorted_and_without_repetition() {
        assert!(RULES.windows(2).all(|w| w[0].code < w[1].code));
        let mut names: Vec<_> = RULES.iter().map(|r| r.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|w| w[0] != w[1]));
        assert_eq!(CODES.len(), RULES.len());
        assert_eq!(Code::find("ol201"), Some(Code::BrokenLink));
        assert_eq!(Code::find("broken-link"), Some(Code::BrokenLink));
    }
}
