//! Samples of every wrapping, each with the rules that are read from it.

use std::fmt::Write;

use super::{RuleFile, read, unwrapped};
use crate::text::source::{SourceId, line_column};

fn shown(text: &str, file: &RuleFile) -> String {
    let mut out = String::new();
    for rule in &file.rules {
        let at = rule.place.span;
        let (line, column) = line_column(text, at.start as usize);
        let how = if rule.read_as_text { " as text" } else { "" };
        writeln!(out, "{} {line}:{column} {:?}{how}", rule.name, at.of(text)).unwrap();
        if let Some(expr) = &rule.expr {
            writeln!(out, "  expr {expr:?} for {:?}", rule.for_.as_deref().unwrap_or("-")).unwrap();
        }
        for (key, value) in &rule.labels {
            writeln!(out, "  label {key}={value}").unwrap();
        }
        for (key, value) in &rule.annotations {
            writeln!(out, "  {key}={value:?}").unwrap();
        }
        if let Some(runbook) = &rule.runbook {
            let place = runbook.place.unwrap().span.of(text);
            let origin = runbook.origin.words();
            writeln!(out, "  runbook {} from {origin} at {place:?}", runbook.value).unwrap();
        }
    }
    for finding in &file.findings {
        let (line, column) = line_column(text, finding.place.span.start as usize);
        writeln!(out, "{} {line}:{column} {}", finding.code.rule().name, finding.message).unwrap();
    }
    out
}

fn check(text: &str, expected: &str) {
    let actual = read("a/rules.yaml", SourceId(0), text)
        .map_or_else(|| "no rules\n".to_owned(), |file| shown(text, &file));
    assert_eq!(actual, expected, "{text}\n{actual}");
}

#[test]
fn plain_files_keep_names_places_and_runbooks() {
    check(
        r#"groups:
- name: g
  rules:
  - record: a:b
    expr: sum(a)
  - alert: Slow
    expr: |
      sum(rate(a[5m]))
        > 1
    for: 5m
    labels: {severity: page, team: search, n: 1}
    annotations:
      summary: "{{ $value }} is slow"
      runbook_url: https://ops.example.com/Slow
  - alert: "Quoted"
    expr: up == 0
    labels: {runbook: docs/a.md}
    annotations: {link: see the wiki, runbook: ""}
  - alert: Linked
    expr: up
    annotations: {link: docs/x.md#y}
  - alert: Todo
    expr: up
    annotations: {runbook: }
  - alert: None
    expr: up
    labels: [a]
    annotations: {a: [b], c: null}
  - alert: [x]
"#,
        r#"Slow 6:12 "Slow"
  expr "sum(rate(a[5m]))\n  > 1" for "5m"
  label n=1
  label severity=page
  label team=search
  runbook_url="https://ops.example.com/Slow"
  summary="{{ $value }} is slow"
  runbook https://ops.example.com/Slow from key `runbook_url` at "https://ops.example.com/Slow"
Quoted 15:12 "\"Quoted\""
  expr "up == 0" for "-"
  label runbook=docs/a.md
  link="see the wiki"
  runbook=""
  runbook docs/a.md from alert label `runbook` at "docs/a.md"
Linked 19:12 "Linked"
  expr "up" for "-"
  link="docs/x.md#y"
  runbook docs/x.md#y from key `link` at "docs/x.md#y"
Todo 22:12 "Todo"
  expr "up" for "-"
  runbook=""
  runbook  from key `runbook` at ""
None 25:12 "None"
  expr "up" for "-"
  c=""
wrong-type 27:13 `labels` is a list, expected a map
wrong-type 28:22 `a` is a list, expected text
wrong-type 29:12 `alert` is a list, expected a name
"#,
    );
}

#[test]
fn every_wrapping_is_opened() {
    for text in [
        "groups: [{name: g, rules: [{alert: A, expr: up}]}]\n",
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n  groups:\n  - name: g\n    rules:\n    - alert: A\n      expr: up\n",
        "kind: List\nitems:\n- kind: PrometheusRule\n  spec: {groups: [{rules: [{alert: A, expr: up}]}]}\n",
        "kind: SelectorSyncSet\nspec:\n  resources:\n  - kind: PrometheusRule\n    spec: {groups: [{rules: [{alert: A}]}]}\n",
        "kind: Template\nobjects:\n- kind: SelectorSyncSet\n  spec: {resources: [{spec: {groups: [{rules: [{alert: A}]}]}}]}\n",
        "a: 1\n---\ngroups:\n- rules:\n  - {alert: A, expr: up}\n",
        "namespace-a:\n- name: g\n  rules: [{alert: A, expr: up}]\n",
        "namespace-a:\n  groups:\n  - rules: [{alert: A, expr: up}]\n",
        "namespace: x\ngroups:\n- rules:\n  - 'alert': A\n    expr: up\n",
        "additionalPrometheusRulesMap:\n  mine:\n    groups: [{name: g, rules: [{alert: A, expr: up}]}]\n",
        "kube-prometheus-stack:\n  additionalPrometheusRules:\n  - name: x\n    groups: [{rules: [{alert: A, expr: up}]}]\n",
        "- alert: A\n  expr: up\n",
    ] {
        let file = read("x.yaml", SourceId(0), text).unwrap();
        assert_eq!(file.rules.len(), 1, "{text}");
        assert_eq!(file.rules[0].place.span.of(text), "A", "{text}");
        assert!(file.findings.is_empty() && !file.rules[0].read_as_text, "{text}");
    }
}

#[test]
fn other_files_are_no_rules() {
    for text in [
        "",
        "a: 1\n",
        "alert: me\n",
        "alerts: [A]\n",
        "x: {alert: {a: b}}\n",
        "record: me\n",
        "x: [\nalert: y\n",
        "rule_files: [a.yml]\ntests: [{alert_rule_test: [{alertname: A}]}]\n",
        "groups:\n- rules:\n  - alert:\n    expr: up\n",
        "- alert: ]\n",
    ] {
        let file = read("x.yaml", SourceId(0), text);
        let names: Vec<_> = file.iter().flat_map(|f| &f.rules).map(|r| r.name.as_str()).collect();
        assert!(names.is_empty() || names == ["]"], "{text} {names:?}");
    }
}

#[test]
fn helm_templates_are_read_line_by_line() {
    check(
        r#"{{- if .Values.alerts.enabled }}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {{ include "search.fullname" . }}-rules
  labels:
    {{- include "search.labels" . | nindent 4 }}
spec:
  groups:
    - name: search
      rules:
        - alert: SearchLatencyHigh
          expr: rate(x[5m]) > {{ .Values.latency }} # a comment
          for: {{ .Values.for | default "10m" }}
          labels:
            severity: page
            team: {{ .Values.team | default "search" }}
            {{- toYaml .Values.labels | nindent 12 }}
            service: 'search-api'
          annotations:
            summary: '{{`Queries take {{ $value }} (p95)`}}'
            runbook_url: '{{`https://ops.example.com/x/?C={{ $labels.cluster }}`}}'
        {{- range .Values.indexes }}
        - expr: |-
            time()
            {{- if .x }}
              - max(a{index={{ .name | quote }}})
            {{- end }}
            > {{ .max }}
          alert: "Lag {{ .name }}"
          labels: {severity: ticket, team: search}
          annotations:
            description: >
              Behind by
              {{ $value }}.
            "runbook": docs/lag.md
        - record: a:b
          expr: x
        {{- end }}
    - name: other
      rules:
      - alert: Other
        expr:
          up
          == 0
{{- end }}
"#,
        r#"SearchLatencyHigh 12:18 "SearchLatencyHigh" as text
  expr "rate(x[5m]) > {{ .Values.latency }}" for "{{ .Values.for | default \"10m\" }}"
  label service=search-api
  label severity=page
  label team={{ .Values.team | default "search" }}
  runbook_url="https://ops.example.com/x/?C={{ $labels.cluster }}"
  summary="Queries take {{ $value }} (p95)"
  runbook https://ops.example.com/x/?C={{ $labels.cluster }} from key `runbook_url` at "'{{`https://ops.example.com/x/?C={{ $labels.cluster }}`}}'"
Lag {{ .name }} 30:18 "\"Lag {{ .name }}\"" as text
  expr "time()\n- max(a{index={{ .name | quote }}})\n> {{ .max }}" for "-"
  label severity=ticket
  label team=search
  description="Behind by {{ $value }}."
  runbook="docs/lag.md"
  runbook docs/lag.md from key `runbook` at "docs/lag.md"
Other 42:16 "Other" as text
  expr "up == 0" for "-"
read-as-text 1:1 `rules.yaml` is a template; it was read line by line
"#,
    );
}

#[test]
fn a_fault_in_plain_yaml_has_its_place() {
    check(
        "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    annotations:\n      summary: {{ $value }} is: up\n      runbook_url: https://x.example/A\n  - alert: B\n    expr: up\n",
        r#"A 4:12 "A" as text
  expr "up" for "-"
  runbook_url="https://x.example/A"
  summary="{{ $value }} is: up"
  runbook https://x.example/A from key `runbook_url` at "https://x.example/A"
B 9:12 "B" as text
  expr "up" for "-"
broken-yaml 7:17 expected string scalar
"#,
    );
    check(
        "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    expr: down\n    labels:\n      a: \"unclosed\n",
        r#"A 4:12 "A" as text
  expr "down" for "-"
  label a="unclosed
broken-yaml 6:5 duplicate mapping key: expr
"#,
    );
}

#[test]
fn broken_input_never_panics() {
    let text = "{{ if }}\n- alert: |\n    é\n  labels: {a: [}\n  annotations:\n   runbook: '\n\n  - x\n- alert: >2 x\n- alert: \"\n  for:\n";
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        for start in (0..=end).filter(|start| text.is_char_boundary(*start)) {
            if let Some(file) = read("x.yaml", SourceId(0), &text[start..end]) {
                shown(&text[start..end], &file);
            }
        }
    }
}

#[test]
fn escapes_are_unwrapped() {
    for (text, expected) in [
        ("{{`a {{ $x }}`}}", "a {{ $x }}"),
        ("x{{`a`}}y{{`b`}}", "xayb"),
        ("{{`open", "{{`open"),
        ("{{ $x }}", "{{ $x }}"),
    ] {
        assert_eq!(unwrapped(text), expected);
    }
}
