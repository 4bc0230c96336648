# Everyday commands. `make test` is the whole proof; it installs what it needs on Debian and says so elsewhere.

.PHONY: test lint demo

# Everything: tools, formatting, lints, all tests; the last line counts them.
test:
	@tests/setup/debian.sh
	@tests/setup/run.sh

# The fast half of `test`, for the editor.
lint:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings

demo:
	cargo run --release -- demo
