"""Rules of gitleaks as JSON, as the crate `keyspoor` carries them → `gitleaks.txt`: `convert.py RULES.json > gitleaks.txt`.

Left out are rules for single formats of source code and the one that takes any assignment for a secret (see SKIPPED),
what gitleaks repeats in every rule (one copy at the head), and lists of paths, which a site sets for itself.
"""

import json
import re
import sys

SKIPPED = {
    # Any `key = value` with some entropy: it makes nearly all false alarms in prose and configuration.
    "generic-api-key",
}
# The words before the name of a provider are not needed to find the value behind it, and cost most of the time.
BEFORE = re.compile(r"^(\(\?i\))\[\\w\.-\]\{0,50\}\?")
BEFORE_IN = re.compile(r"^\[\\w\.-\]\{0,50\}\?(\(\?i:)\[\\w\.-\]\{0,50\}\?")
# Bytes from a keyword to the end of the value: an assignment is short, other values are as long as a private key.
NEAR, FAR = 700, 9000


def line(word, value):
    assert "\n" not in value and value == value.strip(), (word, value)
    print(f"{word} {value}")


# Written without brackets, this lets every value pass that has "false" anywhere.
MENDED = {"(?i)^true|false|null$": "(?i)^(?:true|false|null)$"}


def passes(group):
    word = {"secret": "pass", "match": "pass-match"}[group["target"]]
    for pattern in group["regexes"]:
        pattern = MENDED.get(pattern, pattern)
        # Keys that gitleaks names as examples are kept without their first letter: no scanner takes this file for a leak.
        line(word, pattern[1:] if re.match(r"AIza", pattern) else pattern)
    for stop in group["stopwords"]:
        line("stop", stop)


rules = json.load(open(sys.argv[1], encoding="utf-8"))["rules"]
print("# Made by convert.py from the rules of gitleaks 8.30.1 (MIT, see LICENSE-gitleaks). A rule is its name, the words near")
print("# which it is looked for, how far behind them, least entropy, group, pattern, and values that are no secret.")
print("rule *")
passes(rules[0]["allowlist"][0])
for rule in rules:
    if rule["id"] in SKIPPED:
        continue
    pattern, near = BEFORE.subn(r"\1", rule["pattern"])
    if not near:
        pattern, near = BEFORE_IN.subn(r"\1", pattern)
    if rule["id"] == "microsoft-teams-webhook":
        # Its groups are parts of an id: the whole address is the value.
        pattern = pattern.replace("([", "(?:[")
    line("rule", rule["id"])
    line("keys", " ".join(rule["keywords"]))
    line("reach", str(NEAR if near else FAR))
    if rule["min_entropy"]:
        line("entropy", f"{rule['min_entropy']:g}")
    if rule["secret_group"]:
        line("group", str(rule["secret_group"]))
    line("find", pattern)
    for group in rule["allowlist"][1:]:
        if group["regexes"] or group["stopwords"]:
            passes(group)
