#!/usr/bin/env bash
# One program file for Linux that needs no library of the machine. From the program's folder:
#   bash recipes/release.sh
set -euo pipefail
rustup target add x86_64-unknown-linux-musl
# The allocator is C.
if ! command -v x86_64-linux-musl-gcc > /dev/null; then
  echo 'x86_64-linux-musl-gcc is missing: apt-get install musl-tools' >&2
  exit 2
fi
cargo build --locked --release --target x86_64-unknown-linux-musl
file=target/x86_64-unknown-linux-musl/release/opslore
"$file" --version
sha256sum "$file"
