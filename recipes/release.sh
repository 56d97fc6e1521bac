#!/usr/bin/env bash
# One program file for Linux that needs no library of the machine. From the program's folder:
#   bash recipes/release.sh
set -euo pipefail
rustup target add x86_64-unknown-linux-musl
cargo build --locked --release --target x86_64-unknown-linux-musl
file=target/x86_64-unknown-linux-musl/release/opslore
"$file" --version
sha256sum "$file"
