#!/usr/bin/env bash
# Formatting, lints and every test; the last line is `N passed, M failed`, and the exit code is 0 only for all of them.
# A skipped or ignored test counts as failed: what the repository claims is run, or it is not claimed.
set -uo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PATH:/usr/sbin"

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
broken=()

# Runs one part, shows it, keeps its output for the count.
part() {
    local name=$1
    shift
    echo "== $name"
    "$@" 2>&1 | tee "$out/$name.txt"
    [ "${PIPESTATUS[0]}" -eq 0 ] || broken+=("$name")
}

part format cargo fmt --check
part lints cargo clippy --all-targets --quiet -- -D warnings
if cargo nextest --version >/dev/null 2>&1; then
    part tests cargo nextest run --no-fail-fast --color never --status-level slow --final-status-level fail
else
    part tests cargo test --all-targets --no-fail-fast --color never
fi
part examples cargo test --doc --no-fail-fast --color never

# nextest: "Summary [ 1.2s] 12 tests run: 11 passed (1 slow), 1 failed, 0 skipped"
# cargo:   "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; .."
read -r passed failed < <(cat "$out"/tests.txt "$out"/examples.txt | awk '
    /^ *Summary \[/ || /^test result:/ {
        n = split($0, word, /[ ,;]+/)
        for (i = 2; i <= n; i++) {
            if (word[i] == "passed") passed += word[i-1]
            if (word[i] == "failed" || word[i] == "skipped" || word[i] == "ignored" || word[i] == "timed") failed += word[i-1]
        }
    }
    END { print passed + 0, failed + 0 }')

[ ${#broken[@]} -eq 0 ] || echo "not clean: ${broken[*]}"
if [ "$passed" -eq 0 ]; then echo "no test ran"; fi
echo "$passed passed, $failed failed"
[ ${#broken[@]} -eq 0 ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
