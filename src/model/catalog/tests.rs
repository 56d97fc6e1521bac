//! Samples of every format, each with what is read from it.

use std::fmt::Write;

use super::{Declared, from_front_matter, read};
use crate::text::source::{SourceId, line_column};
use crate::text::yaml::{FRONT_MATTER, parse};

/// Everything that was read, one fact a line; blanks are left out.
fn shown(text: &str, declared: &Declared) -> String {
    let mut out = String::new();
    let mut line = |depth: usize, key: &str, value: &str| {
        if !value.is_empty() {
            writeln!(out, "{}{key}: {value}", "  ".repeat(depth)).unwrap();
        }
    };
    let oncall = |oncall: &crate::model::service::OnCall| {
        let steps = oncall.escalation.iter().map(|s| format!("{}={}", s.after, s.who));
        [&oncall.provider, &oncall.schedule, &oncall.url]
            .into_iter()
            .map(|part| part.clone().unwrap_or_else(|| "-".to_owned()))
            .chain(steps)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let contacts = |contacts: &[crate::model::service::Contact]| {
        let shown = contacts.iter().map(|c| {
            let url = c.url.as_ref().map(|url| format!(" <{url}>")).unwrap_or_default();
            format!("{} {}{url}", c.kind, c.value)
        });
        shown.collect::<Vec<_>>().join(", ")
    };
    for s in &declared.services {
        line(0, "service", s.id.as_str());
        line(1, "at", s.place.span.of(text));
        line(1, "name", if s.name == s.id.as_str() { "" } else { &s.name });
        line(1, "description", s.description.as_deref().unwrap_or_default());
        if let Some(owner) = &s.owner {
            let place = owner.place.unwrap().span.of(text);
            line(1, "owner", &format!("{} ({}, {place})", owner.value, owner.origin.words()));
        }
        if let Some(tier) = &s.tier {
            line(1, "tier", &format!("{:?} {}", tier.value.rank, tier.value.word));
        }
        line(1, "lifecycle", s.lifecycle.as_ref().map(|f| f.value.as_str()).unwrap_or_default());
        line(1, "type", s.kind.as_deref().unwrap_or_default());
        line(1, "system", s.system.as_deref().unwrap_or_default());
        line(1, "languages", &s.languages.join(", "));
        line(1, "tags", &s.tags.join(", "));
        line(1, "repo", s.repo.as_deref().unwrap_or_default());
        line(1, "contacts", &contacts(&s.contacts));
        line(1, "oncall", &s.oncall.as_ref().map(oncall).unwrap_or_default());
        for d in &s.depends_on {
            let id = d.service.as_ref().map_or("nothing", |id| id.as_str());
            let note = d.note.as_deref().unwrap_or_default();
            let hard = if d.hard { "hard" } else { "soft" };
            line(1, "depends on", format!("{id} {hard} {note}").trim_end());
        }
        line(1, "provides", &s.provides.join(", "));
        line(1, "consumes", &s.consumes.join(", "));
        let alerts: Vec<_> = s.alerts.iter().map(|a| a.value.as_str()).collect();
        line(1, "alerts", &alerts.join(", "));
        for slo in &s.slos {
            line(1, "slo", &format!("{} {:?} {:?}", slo.name, slo.target, slo.window));
        }
        for l in &s.links {
            line(1, &l.rel, &format!("{} <{}>", l.title, l.url));
        }
        for a in &s.answers {
            let on = a.on.map(|day| day.to_string()).unwrap_or_default();
            line(1, "lesson", &format!("{} {} {on}", a.lesson, a.answer));
        }
        for (key, value) in &s.extra {
            line(1, &format!("+ {key}"), value);
        }
    }
    for t in &declared.teams {
        line(0, "team", t.id.as_str());
        line(1, "name", if t.name == t.id.as_str() { "" } else { &t.name });
        line(1, "description", t.description.as_deref().unwrap_or_default());
        line(1, "url", t.url.as_deref().unwrap_or_default());
        line(1, "contacts", &contacts(&t.contacts));
        line(1, "oncall", &t.oncall.as_ref().map(oncall).unwrap_or_default());
        line(1, "members", &t.members.join(", "));
        for l in &t.links {
            line(1, &l.rel, &format!("{} <{}>", l.title, l.url));
        }
        for (key, value) in &t.extra {
            line(1, &format!("+ {key}"), value);
        }
    }
    for (id, s) in &declared.slos {
        line(0, "slo", &format!("{id} {} {:?} {:?}", s.name, s.target, s.window));
    }
    for (id, d) in &declared.inverse_dependencies {
        line(0, "needed by", &format!("{id} -> {}", d.written));
    }
    for f in &declared.alert_files {
        line(0, "alert file", &format!("{} {}", f.service, f.glob));
    }
    for f in &declared.findings {
        let (row, column) = line_column(text, f.place.span.start as usize);
        let hint = f.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        line(0, f.code.rule().name, &format!("{row}:{column} {}{hint}", f.message));
    }
    out
}

fn check(path: &str, text: &str, expected: &str) {
    let actual = read(path, SourceId(0), text).map(|declared| shown(text, &declared));
    let actual = actual.unwrap_or_else(|| "no metadata\n".to_owned());
    assert_eq!(actual, expected, "{path}\n{actual}");
}

#[test]
fn own_schema_is_read_in_full() {
    check(
        "checkout-api/service.yaml",
        r##"kind: service
id: checkout-api
name: Checkout API
description: Turns a cart into a paid order.
owner: team:payments
tier: 1
lifecycle: production
type: service
system: storefront
languages: [go]
repo: https://git.example.com/payments/checkout-api
contacts:
  - {type: slack, value: "#payments-oncall"}
  - {type: email, value: payments@example.com}
oncall:
  provider: pagerduty
  service: PCHK001
  url: https://example.pagerduty.com/service-directory/PCHK001
  escalation:
    - {after: 0m, who: payments primary}
    - {after: 25m, who: incident commander}
depends_on:
  - {service: orders-db, strength: hard, note: "No orders without it."}
  - {service: fraud-score, strength: soft}
  - event-bus
provides: checkout-v2
consumes: [orders-v1]
alerts:
  files: [ops/alerts/*.yaml]
  names: CheckoutErrorBudgetBurn, CheckoutSlow
slos:
  - {name: availability, target: 99.95, window: 28d, url: https://grafana.example.com/d/chk-slo}
links:
  - {rel: dashboard, title: Golden signals, url: https://grafana.example.com/d/chk}
  - {rel: logs, title: Errors last hour, url: "https://logs.example.com/?q=app%3Dcheckout-api"}
lessons:
  - {lesson: "lesson:retry-budget", answer: applied, on: 2026-11-16, note: done}
tags: [pci, customer-facing]
extra:
  region: [eu, us]
"##,
        r#"service: checkout-api
  at: checkout-api
  name: Checkout API
  description: Turns a cart into a paid order.
  owner: payments (key `owner`, team:payments)
  tier: Some(1) 1
  lifecycle: production
  type: service
  system: storefront
  languages: go
  tags: pci, customer-facing
  repo: https://git.example.com/payments/checkout-api
  contacts: slack #payments-oncall, email payments@example.com
  oncall: pagerduty PCHK001 https://example.pagerduty.com/service-directory/PCHK001 0m=payments primary 25m=incident commander
  depends on: orders-db hard No orders without it.
  depends on: fraud-score soft
  depends on: event-bus hard
  provides: checkout-v2
  consumes: orders-v1
  alerts: CheckoutErrorBudgetBurn, CheckoutSlow
  slo: availability Some("99.95") Some("28d")
  dashboard: Golden signals <https://grafana.example.com/d/chk>
  logs: Errors last hour <https://logs.example.com/?q=app%3Dcheckout-api>
  lesson: retry-budget applied 2026-11-16
  + region: eu, us
alert file: checkout-api ops/alerts/*.yaml
"#,
    );
}

#[test]
fn own_schema_takes_other_spellings_and_shapes() {
    check(
        "shop/ops/service.yml",
        r##"title: The shop
team: "@acme/storefront"
tier: gold
lifecycle: Active
tags: a, b
language: rust
contacts: {slack: "#shop", email: mailto:shop@example.com}
oncall: https://acme.pagerduty.com/schedules#P1
dependencies: {orders-db: hard, search: soft, cart: {note: sessions}}
links:
  Grafana board: https://grafana.example.com/d/shop
  runbooks: [https://wiki.example.com/a, ./b.md]
alerts: [ShopDown]
heard: {canary-config: planned}
slos: {availability: 99.9}
aliases: [/old]
"##,
        r#"service: shop
  name: The shop
  owner: storefront (key `team`, "@acme/storefront")
  tier: Some(2) gold
  lifecycle: production
  languages: rust
  tags: a, b
  contacts: slack #shop, email shop@example.com
  oncall: pagerduty - https://acme.pagerduty.com/schedules#P1
  depends on: orders-db hard
  depends on: search soft
  depends on: cart hard sessions
  alerts: ShopDown
  slo: availability Some("99.9") None
  dashboard: Grafana board <https://grafana.example.com/d/shop>
  runbook: runbooks <https://wiki.example.com/a>
  runbook: runbooks <./b.md>
  lesson: canary-config planned 
"#,
    );
}

#[test]
fn own_schema_reports_unknown_keys_types_and_words() {
    check(
        "shop/service.yaml",
        "id: shop
onwer: payments
tier: {level: 1}
name: [a, b]
tags: {a: b}
description:
depends_on:
  - {service: orders-db, strenght: soft}
  - {service: cart, strength: sofr}
  - [a]
contacts: [[x], 12, {type: slack}]
lessons:
  - {lesson: a, answer: aplied}
  - {lesson: b, answer: planned, on: someday}
  - c
links: [{title: no url}, {rel: dashbord, title: x, url: https://x.example}]
oncall: [1]
Team: second
owner: first
cost centre: {id: 7, owners: [a, {b: c}], none: null}
",
        "service: shop
  at: shop
  owner: first (key `owner`, first)
  contacts: other 12
  depends on: orders-db hard
  depends on: cart hard
  other: x <https://x.example>
  lesson: a aplied 
  lesson: b planned 
  + onwer: payments
  + Team: second
  + cost centre: id: 7; owners: a, b: c
  + depends_on.strenght: soft
wrong-type: 4:7 `name` is a list, expected text
wrong-type: 3:7 `tier` is a map, expected text
wrong-type: 5:7 `tags` is a map, expected a list of texts
wrong-type: 11:12 `contacts` is a list, expected a list of `{type, value}`
wrong-type: 17:9 `oncall` is a list, expected a map
unknown-key: 8:26 `strenght` is not a key of `depends_on` (did you mean `strength`?)
unknown-value: 9:31 `sofr` is not a strength (did you mean `soft`?)
wrong-type: 10:5 `depends_on` is a list, expected a list of names
wrong-type: 16:9 an item of `links` has no `url`
unknown-value: 16:32 `dashbord` is not a purpose of a link (did you mean `dashboard`?)
unknown-value: 13:25 `aplied` is not an answer to a lesson (did you mean `applied`?)
bad-time: 14:38 `someday` is not a date (write it as `2026-05-12`)
unknown-value: 15:5 lesson `c` is named without an `answer` (write `applied`, `planned` or `not-applicable`)
unknown-key: 2:1 `onwer` is not a key of `service` (did you mean `owner`?)
unknown-key: 20:1 `cost centre` is not a key of `service`
",
    );
    // Every key with every wrong type: no panic, and no finding without a place.
    for value in [
        "{a: {b: [c]}}",
        "[[a], {b: c}, null]",
        "true",
        "12",
        "''",
        "null",
        "[]",
        "{}",
        "[{}]",
        "é",
    ] {
        for key in super::keys::SERVICE_KEYS.iter().chain(super::keys::TEAM_KEYS) {
            let text = format!("{}: {value}\n", key.name());
            let node = parse(&text, FRONT_MATTER).unwrap();
            for kind in ["service", "team"] {
                let declared = from_front_matter(kind, &node, SourceId(0), "fallback");
                shown(&text, &declared);
                let blank = node.entries()[0].value.is_blank();
                assert!(
                    !blank || declared.findings.is_empty() || key.name() != "contacts",
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn traps_seen_in_the_field() {
    check(
        "a/service.datadog.yaml",
        "schema-version: v2\ndd-service: a\ndescription: null\ntags:\n---\nschema-version: v2.1\ndd-service: b\ntags: one\n",
        "service: a
  at: a
service: b
  at: b
  tags: one
",
    );
    check(
        "s/service.yaml",
        "id: s\ntags:\ndescription: null\nlanguages: go\ndepends_on: [null, {}, {service: null}, x]\n",
        "service: s
  at: s
  languages: go
  depends on: nothing hard
  depends on: nothing hard
  depends on: nothing hard
  depends on: x hard
",
    );
    check(
        "s/service.yaml",
        "id: s\nname: \"unclosed\nx: [\n",
        "broken-yaml: 2:7 unclosed quote
",
    );
    check(
        "chart/templates/service.yaml",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n  {{- with .x }}\n",
        "no metadata
",
    );
    check(
        "k8s/service.yaml",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n",
        "no metadata
",
    );
    check(
        "skeleton/catalog-info.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\n{% if values.x %}\nmetadata:\n{% endif %}\n  name: ${{ values.name }}\n",
        "read-as-text: 6:10 a template declares nothing; it is left out
",
    );
    check(
        "skeleton/catalog-info.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${{ values.name }}\n",
        "read-as-text: 4:9 a template declares nothing; it is left out
",
    );
    check(
        "docker/services.yml",
        "services:\n  web: {image: nginx}\n",
        "no metadata
",
    );
    check(
        "x.yaml",
        "a: 1\n",
        "no metadata
",
    );
    check(
        "team.yaml",
        "",
        "no metadata
",
    );
    check(
        "services/cart.yaml",
        "kind: service\ntitle: The Cart\n",
        "service: cart
  name: The Cart
",
    );
}

#[test]
fn integration_keys_are_dropped_everywhere() {
    let secret = "0123456789abcdef0123456789abcdef";
    for (path, text) in [
        (
            "catalog-info.yaml",
            format!(
                "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: a\n  annotations:\n    pagerduty.com/integration-key: {secret}\n"
            ),
        ),
        (
            "catalog-info.yaml",
            format!(
                "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: a\n  annotations: {{pagerduty.com/integration-key: {secret}}}\n"
            ),
        ),
        (
            "service.datadog.yaml",
            format!(
                "schema-version: v2.2\ndd-service: a\nextensions:\n  pagerduty: {{integrationKey: {secret}}}\n"
            ),
        ),
        (
            "service.datadog.yaml",
            format!(
                "apiVersion: v3\nkind: service\nmetadata: {{name: a}}\nintegrations:\n  opsgenie: {{api-key: {secret}, serviceURL: https://x.opsgenie.com/a}}\n"
            ),
        ),
        (
            "opslevel.yml",
            format!(
                "version: 1\nservice:\n  name: a\n  properties:\n    - {{name: integration_key, value: {secret}}}\n"
            ),
        ),
        ("service.yaml", format!("id: a\noncall:\n  integration_key: {secret}\n")),
        ("service.yaml", format!("id: a\ntags: [x, 'api-key:{secret}']\n")),
        (
            "service.yaml",
            format!("id: a\nlinks: [https://events.pagerduty.com/integration/{secret}/enqueue]\n"),
        ),
        ("teams.yml", format!("teams:\n- name: a\n  pagerduty_integration_key: {secret}\n")),
    ] {
        let declared = read(path, SourceId(0), &text).unwrap();
        let all = format!("{declared:?}");
        assert!(!all.contains(secret), "{path}: {all}");
        let keys = declared.findings.iter().filter(|f| f.code == crate::diag::Code::IntegrationKey);
        assert_eq!(keys.count(), 1, "{path}: {all}");
    }
    // A key without value is no secret.
    check(
        "service.yaml",
        "id: a\nintegration_key:\n",
        "service: a
  at: a
",
    );
}

#[test]
fn teams_are_a_list_or_a_map() {
    check(
        "teams.yml",
        r##"teams:
- name: sre_reliability
  url: https://about.example.com/sre
  slack_channel: production
  engagement_policy:
  oncall_schedule: https://acme.pagerduty.com/schedules#P22HQSG
- name: gitaly
  slack_alerts_channel: gitaly-alerts
  product_stage_group: gitaly
  ignored_components: [graphql_queries, rails_requests]
- id: checkout
  name: Checkout
  contacts: [{type: slack, value: "#checkout-ops"}]
  oncall: {url: https://oncall.example.com/checkout, escalation: [{after: 0m, who: primary}]}
  members: [Ann, {name: Bo, role: lead}]
  colour: red
- bare
"##,
        "team: sre_reliability
  url: https://about.example.com/sre
  contacts: slack #production
  oncall: pagerduty - https://acme.pagerduty.com/schedules#P22HQSG
team: gitaly
  contacts: slack #gitaly-alerts
  + product_stage_group: gitaly
  + ignored_components: graphql_queries, rails_requests
team: checkout
  name: Checkout
  contacts: slack #checkout-ops
  oncall: - - https://oncall.example.com/checkout 0m=primary
  members: Ann, Bo
  + colour: red
team: bare
unknown-key: 16:3 `colour` is not a key of `team`
",
    );
    check(
        "teams.yaml",
        "teams:\n  payments: {name: Payments}\n  search:\n  data: [1]\n",
        "team: payments
  name: Payments
team: search
team: data
wrong-type: 4:9 `data` is a list, expected a map
",
    );
    check(
        "x/team.yaml",
        "kind: team\nname: Data Platform\nlinks: [https://wiki.example.com/data]\n",
        "team: x
  name: Data Platform
  other: https://wiki.example.com/data <https://wiki.example.com/data>
",
    );
    check(
        "teams.yaml",
        "groups: []\n",
        "no metadata
",
    );
}

#[test]
fn gitlab_catalogue() {
    check(
        "services/service-catalog.yml",
        "tiers:
- name: sv
services:
- name: api
  friendly_name: GitLab API
  tier: sv
  teams: [create, geo]
  label: Service:API
  business:
    requirement: |
      API is required.
    customers: [GitLab.com customers]
    SLA: {overall_sla_weighting: 5, availability: }
  technical:
    project: [https://gitlab.com/ce, https://gitlab.com/ee]
    documents:
      design:
      architecture: https://about.example.com/a
      service: [https://docs.example.com/1, null]
    dependencies:
      - service: consul
      - service:
    configurations: [{location: /srv, name: web}]
    security: {data_classification: red, security_reviewed: }
    logging:
      - {name: Rails, permalink: https://log.example.com/1}
      - {name: , permalink: }
  operations:
    runbooks: [https://gitlab.com/runbooks/api]
    playbooks:
    error_budget: https://docs.example.com/e
  observability:
    monitors: {primary_grafana_dashboard: api-main/api-overview, gitlab_dashboard: https://ops.example.com/d}
",
        "service: api
  at: api
  name: GitLab API
  description: API is required.
  owner: create (key `teams`, create)
  tier: None sv
  tags: Service:API
  repo: https://gitlab.com/ce
  depends on: consul hard
  depends on: nothing hard
  repo: https://gitlab.com/ee <https://gitlab.com/ee>
  logs: Rails <https://log.example.com/1>
  doc: architecture <https://about.example.com/a>
  doc: service <https://docs.example.com/1>
  runbook: https://gitlab.com/runbooks/api <https://gitlab.com/runbooks/api>
  dashboard: gitlab dashboard <https://ops.example.com/d>
  + other teams: geo
  + customers: GitLab.com customers
  + SLA: overall_sla_weighting: 5
  + data_classification: red
  + configurations: location: /srv; name: web
  + error_budget: https://docs.example.com/e
  + primary_grafana_dashboard: api-main/api-overview
",
    );
}

#[test]
fn backstage_entities() {
    check(
        "catalog-info.yaml",
        r#"apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: storefront, title: Storefront}
spec:
  type: team
  profile: {displayName: Store Front, email: storefront@example.com, picture: x.png}
  children: []
  members: [user:default/ann]
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: shop-front, description: What customers see.}
spec: {owner: group:storefront, domain: retail}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: web-shop
  title: Web shop
  tags: [typescript, tier-1]
  annotations:
    github.com/project-slug: acme/web-shop
    pagerduty.com/service-id: PABC
    grafana/dashboard-selector: web-shop
  links:
    - {url: "https://grafana.example.com/d/web", title: Pages, icon: dashboard}
    - {url: "https://ops.example.com/x", title: Error rate, type: runbook}
spec:
  type: website
  lifecycle: production
  owner: group:default/storefront
  system: shop-front
  providesApis: [api:default/shop-v1]
  consumesApis: [checkout-v2]
  dependsOn: [component:default/cart, resource:push-tokens]
  dependencyOf: [component:mobile-bff]
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: push-tokens, labels: {acme.example/tier: "2"}}
spec: {type: database, owner: storefront}
---
apiVersion: backstage.io/v1alpha1
kind: Location
spec: {targets: [./a.yaml]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: [broken]
"#,
        "service: shop-front
  at: shop-front
  description: What customers see.
  owner: storefront (key `owner`, group:storefront)
  type: system
  system: retail
service: web-shop
  at: web-shop
  name: Web shop
  owner: storefront (key `owner`, group:default/storefront)
  tier: Some(1) tier-1
  lifecycle: production
  type: website
  system: shop-front
  tags: typescript, tier-1
  repo: https://github.com/acme/web-shop
  oncall: pagerduty PABC -
  depends on: cart hard
  depends on: push-tokens hard
  provides: shop-v1
  consumes: checkout-v2
  dashboard: Pages <https://grafana.example.com/d/web>
  runbook: Error rate <https://ops.example.com/x>
  + grafana/dashboard-selector: web-shop
service: push-tokens
  at: push-tokens
  owner: storefront (key `owner`, storefront)
  tier: Some(2) 2
  type: database
  + labels: acme.example/tier: 2
team: storefront
  name: Store Front
  contacts: email storefront@example.com
  members: ann
needed by: mobile-bff -> web-shop
wrong-type: 49:11 `metadata` is a list, expected a map
",
    );
}

#[test]
fn datadog_definitions() {
    check(
        "service.datadog.yaml",
        r#"schema-version: v2.2
dd-service: cart
team: checkout
application: shop
description: Baskets
tier: "2"
lifecycle: production
type: web
languages: [go]
contacts:
  - {name: Ops, type: slack, contact: "https://acme.slack.com/archives/C1"}
  - {name: Mail, type: email, contact: cart@example.com}
links:
  - {name: Repo, type: repo, url: https://git.example.com/cart}
  - {name: Errors, type: other, provider: logs, url: https://logs.example.com/}
tags: [env:prod]
integrations:
  pagerduty: {service-url: https://acme.pagerduty.com/service-directory/PX}
extensions: {acme.example/cost: 7}
ci-pipeline-fingerprints: [a]
"#,
        "service: cart
  at: cart
  description: Baskets
  owner: checkout (key `team`, checkout)
  tier: Some(2) 2
  lifecycle: production
  type: web
  system: shop
  languages: go
  tags: env:prod
  repo: https://git.example.com/cart
  contacts: slack Ops <https://acme.slack.com/archives/C1>, email cart@example.com
  oncall: pagerduty - https://acme.pagerduty.com/service-directory/PX
  repo: Repo <https://git.example.com/cart>
  logs: Errors <https://logs.example.com/>
  + acme.example/cost: 7
  + ci-pipeline-fingerprints: a
",
    );
    check(
        "entity.datadog.yaml",
        r#"apiVersion: v3
kind: datastore
metadata:
  name: orders-db
  displayName: Orders
  owner: data
  additionalOwners: [{name: dba, type: operator}]
spec:
  tier: "1"
  componentOf: ["system:order-path"]
  dependsOn: [service:object-store]
  dependencyOf: [service:checkout-api]
integrations:
  opsgenie: {serviceURL: https://acme.opsgenie.com/service/1, region: US}
"#,
        "service: orders-db
  at: orders-db
  name: Orders
  owner: data (key `owner`, data)
  tier: Some(1) 1
  type: datastore
  system: order-path
  oncall: opsgenie - https://acme.opsgenie.com/service/1
  depends on: object-store hard
  + other owners: dba
needed by: checkout-api -> orders-db
",
    );
}

#[test]
fn portals() {
    check(
        "opslevel.yml",
        "version: 1
service:
  name: Shopping Cart
  aliases: [shopping_cart]
  owner: order_team
  tier: tier_1
  lifecycle: beta
  language: Ruby
  product: Shop
  tags: [{key: db, value: pg}]
  dependencies: [{alias: catalog}, {service: {alias: pay}}, mail]
  tools: [{name: Board, category: metrics_tracking, url: https://x.grafana.net/d/1}, {name: Steps, category: runbooks, url: https://wiki.example.com/r}]
  repositories: [{name: acme/cart, provider: github, path: /}]
  alert_sources: [{type: pagerduty, external_id: PCART}]
  properties: {is_pii: true}
",
        "service: shopping_cart
  at: Shopping Cart
  name: Shopping Cart
  owner: order_team (key `owner`, order_team)
  tier: Some(1) tier_1
  lifecycle: experimental
  system: Shop
  languages: Ruby
  tags: db:pg
  repo: https://github.com/acme/cart
  oncall: pagerduty PCART -
  depends on: catalog hard
  depends on: pay hard
  depends on: mail hard
  dashboard: Board <https://x.grafana.net/d/1>
  runbook: Steps <https://wiki.example.com/r>
  + properties: is_pii: true
",
    );
    check(
        "cortex.yaml",
        r#"openapi: 3.0.1
info:
  title: Pay
  description: Pays.
  x-cortex-tag: pay-svc
  x-cortex-type: service
  x-cortex-groups: [tier-2, pci]
  x-cortex-owners: [{type: group, name: payments}, {type: slack, channel: pay}, {type: email, email: p@example.com}]
  x-cortex-link: [{name: Steps, type: runbook, url: https://wiki.example.com/r}]
  x-cortex-git: {github: {repository: acme/pay}}
  x-cortex-oncall: {pagerduty: {id: PPAY, type: SERVICE}}
  x-cortex-domain-parents: [{tag: money}]
  x-cortex-dependency: {cortex: [{tag: ledger, method: GET}]}
  x-cortex-slos: {datadog: [{id: "123"}]}
  x-cortex-custom-metadata: {region: eu}
"#,
        "service: pay-svc
  at: pay-svc
  name: Pay
  description: Pays.
  owner: payments (key `x-cortex-owners`, {type: group, name: payments)
  tier: Some(2) tier-2
  type: service
  system: money
  tags: tier-2, pci
  repo: https://github.com/acme/pay
  contacts: slack pay, email p@example.com
  oncall: pagerduty PPAY -
  depends on: ledger hard
  slo: 123 None None
  runbook: Steps <https://wiki.example.com/r>
  + custom-metadata: region: eu
",
    );
    check(
        "compass.yml",
        r##"name: pay
configVersion: 1
typeId: SERVICE
ownerId: ari:cloud:teams::team/123
fields: {tier: 4, lifecycle: Pre-Release}
labels: ["language:python", imported]
links:
  - {name: Pager, type: ON_CALL, url: https://acme.pagerduty.com/x}
  - {name: "#pay", type: CHAT_CHANNEL, url: https://acme.slack.com/archives/C2}
  - {name: Code, type: REPOSITORY, url: https://git.example.com/pay}
  - {name: Runbook, type: DOCUMENT, url: https://wiki.example.com/r}
relationships: {DEPENDS_ON: ["ari:cloud:compass:x:component/1/2", ledger]}
customFields: [{name: Region, type: text, value: eu}]
"##,
        "service: pay
  at: pay
  tier: Some(4) 4
  lifecycle: experimental
  type: service
  languages: python
  tags: imported
  repo: https://git.example.com/pay
  contacts: slack #pay <https://acme.slack.com/archives/C2>
  oncall: - - https://acme.pagerduty.com/x
  depends on: ledger hard
  runbook: Runbook <https://wiki.example.com/r>
  + ownerId: ari:cloud:teams::team/123
  + DEPENDS_ON: ari:cloud:compass:x:component/1/2
  + Region: eu
",
    );
}

#[test]
fn objectives_workloads_and_applications() {
    check(
        "slo.yaml",
        "apiVersion: openslo/v1
kind: SLO
metadata: {name: availability}
spec:
  service: service:checkout-api
  timeWindow: [{duration: 28d, isRolling: true}]
  objectives: [{target: 0.9995}]
---
apiVersion: openslo/v1
kind: Service
metadata: {name: checkout-api}
",
        r#"slo: checkout-api availability Some("99.95") Some("28d")
"#,
    );
    check(
        "score.yaml",
        "apiVersion: score.dev/v1b1\nmetadata: {name: hello}\ncontainers: {c: {image: x}}\nresources: {db: {type: postgres}, other: {type: service}}\n",
        "service: hello
  at: hello
  depends on: other hard
  + resources: db (postgres)
",
    );
    check(
        "app.yml",
        "$schema: /app-sre/app-1.yml
name: quay
description: Registry
onboardingStatus: OnBoarded
serviceOwners: [{name: Ann, email: ann@example.com}]
sopsUrl: https://git.example.com/sops
grafanaUrls: [{title: Quay, url: https://grafana.example.com/q}]
dependencies: [{$ref: /dependencies/aws.yml}]
escalationPolicy: {$ref: /teams/quay/escalation-policies/quay.yml}
parentApp: {$ref: /services/registry/app.yml}
",
        "service: quay
  at: quay
  description: Registry
  system: registry
  contacts: email ann@example.com
  oncall: - quay -
  depends on: aws hard
  runbook: SOPs <https://git.example.com/sops>
  dashboard: Quay <https://grafana.example.com/q>
  + onboardingStatus: OnBoarded
",
    );
}
