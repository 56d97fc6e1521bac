#!/usr/bin/env bash
# Checks the program's numbers and files by other people's libraries, and by a script that counts anew.
#   bash tests/reports/run.sh path/to/opslore
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
opslore="${1:-target/debug/opslore}"
venv=target/reports-venv
wanted=tests/reports/requirements.txt
if [ ! -f "$venv/done" ] || [ "$wanted" -nt "$venv/done" ]; then
  if ! python3 -m venv "$venv" >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then sudo=""; else sudo=sudo; fi
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    python3 -m venv "$venv"
  fi
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$wanted"
  touch "$venv/done"
fi
site=target/reports-site
"$opslore" build content -o "$site" --now 2026-11-22 --quiet >/dev/null 2>&1
"$venv/bin/python" tests/reports/recompute.py "$opslore" content
"$venv/bin/python" tests/reports/formats.py "$site"
"$venv/bin/python" tests/reports/schemas.py "$opslore" content "$site"
