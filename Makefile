# Everyday commands. `make test` is the whole proof; it installs what it needs on Debian and says so elsewhere.

.PHONY: test lint soak demo bench load fuzz sbom reproducible kill

# Everything: tools, formatting, lints, all tests; the last line counts them.
test:
	@tests/setup/debian.sh
	@tests/setup/peers.sh
	@tests/setup/run.sh

# The fast half of `test`, for the editor.
lint:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings

# The simulator over as many seeds as you have time for: `make soak SEEDS=20000`.
SEEDS ?= 2000
soak:
	RINGBACK_SEEDS=$(SEEDS) cargo test --release --test it -- --nocapture simulator::g01_nothing

demo:
	cargo run --release -- demo

# One table of speed and memory of the release build, in about five minutes on a quiet machine (docs/performance.md).
bench:
	cargo bench --bench speed

# A thousand people at once against a real directory: `make load MINUTES=30`.
MINUTES ?= 3
load:
	cargo bench --bench speed -- load $(MINUTES)

# Every parser of outside bytes for so many seconds: `make fuzz SECONDS=600` (docs/fuzzing.md).
SECONDS ?= 60
fuzz:
	fuzz/run.sh $(SECONDS)

# The software bill of materials of the program, CycloneDX.
sbom:
	@mkdir -p target
	packaging/sbom.py > target/ringback.cdx.json
	@echo target/ringback.cdx.json

# Two release builds in two folders must be the same, byte for byte.
reproducible:
	packaging/reproducible.sh

# Kill the real program hundreds of times while people reset their passwords.
KILLS ?= 500
kill:
	RINGBACK_KILLS=$(KILLS) cargo nextest run -E 'test(/^killing::/)' --no-capture
