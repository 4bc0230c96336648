#!/usr/bin/env bash
# Builds the committed tree twice, in two folders, and compares the programs byte for byte.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in one another-folder; do
    mkdir -p "$work/$name"
    git archive HEAD | tar -x -C "$work/$name"
    # Paths of the machine that built it are not in the program.
    (cd "$work/$name" && RUSTFLAGS="--remap-path-prefix=$PWD=/source --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo" \
        SOURCE_DATE_EPOCH=0 cargo build --release --locked --quiet)
    sha256sum "$work/$name/target/release/ringback" | cut -d' ' -f1 >>"$work/sums"
done
cat "$work/sums"
[ "$(sort -u "$work/sums" | wc -l)" -eq 1 ] && echo "the two builds are equal"
