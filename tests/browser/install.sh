#!/usr/bin/env bash
# Turns a fresh Debian machine into one that can run the browser tests; does nothing where all is there.
set -euo pipefail
folder="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
missing=()
need() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }

need chromium chromium
need pdftotext poppler-utils
need node nodejs
need npm npm
if [ "${#missing[@]}" -gt 0 ]; then
  root apt-get update -qq
  root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
  echo "Node 20.19 or newer is needed, this is $(node --version)" >&2
  exit 2
fi

# npm writes this file when an installation is complete; a newer lock file means that it is not
done="$folder/node_modules/.package-lock.json"
if [ ! -f "$done" ] || [ "$folder/package-lock.json" -nt "$done" ]; then
  npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error
fi
