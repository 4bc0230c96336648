#!/usr/bin/env bash
# Runs every fuzz target for some seconds, one after another, on the toolchain that builds the program: coverage counters
# come from the compiler's own pass, so neither a nightly compiler nor another tool is needed.
#   fuzz/run.sh [seconds each] [target ..]
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=($(ls fuzz_targets | sed 's/\.rs$//'))
host=$(rustc -vV | sed -n 's/^host: //p')
counters="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
counters+=" -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1"
# The program's own versions of everything: its lock file, to which cargo adds the fuzzer.
cp ../Cargo.lock Cargo.lock
# With `--target` the flags are for what is fuzzed, not for build scripts.
RUSTFLAGS="$counters" cargo build --release --target "$host" --bins
for target in "${targets[@]}"; do
    # What is found new goes to a folder of its own; the kept corpus stays as it is.
    mkdir -p "target/found/$target" "target/crashes/$target"
    echo "== $target"
    "target/$host/release/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 \
        -artifact_prefix="target/crashes/$target/" "target/found/$target" "corpus/$target" 2>&1 |
        grep -E "^(stat::number_of_executed|stat::new_units|SUMMARY|==.*ERROR|thread|artifact)|DONE" || true
done
if [ -n "$(find target/crashes -type f)" ]; then
    echo "inputs that broke something:"; find target/crashes -type f
    exit 1
fi
