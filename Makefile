# Everything a developer or a user types. Each target installs what it needs.

SHELL := /bin/bash
PROFILE ?= dev
SEEDS ?= 20000
FUZZ ?= definition
FUZZ_SECONDS ?= 60
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: run build console test test-rust test-python test-console test-browser check bench fuzz sim clean

# Builds and serves http://127.0.0.1:8083, data in ./data; prints the exports that a shell needs.
run: console
	cargo run --release --bin stepwell -- serve

build:
	cargo build -p stepwell -p bench

# The web console, where there is Node; the server works without it.
console:
	@if command -v npm >/dev/null; then \
		tools/build-console; \
	else \
		echo "no npm on this machine: building without the console"; \
	fi

# Every test, on a fresh machine.
test: test-rust test-console test-python test-browser

test-rust:
	cargo test --workspace

test-console: console
	tools/test-console

# The built binary in a real browser; installs Debian's Chromium if there is none.
test-browser: console
	cargo build --bin stepwell
	tools/test-browser

test-python: build console
	tools/test-python

# Formatting and lints, with warnings denied.
check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	tools/tidy

# What operations cost the server, beside what is aimed at; BENCH="--only waits" measures a part.
bench:
	cargo build --release -p stepwell -p bench
	$(TARGET)/release/bench --binary $(TARGET)/release/stepwell $(BENCH)

# Arbitrary input for a parser: FUZZ is one of json, definition, jsonpath, jsonata, journal.
fuzz:
	RUSTC_BOOTSTRAP=1 cargo fuzz run $(FUZZ) -- -max_total_time=$(FUZZ_SECONDS) -timeout=10

# Many seeds of the simulation: make sim SEEDS=100000
sim:
	STEPWELL_SIM_SEEDS=$(SEEDS) cargo test --release -p runtime sim -- --nocapture

clean:
	cargo clean
	rm -rf crates/console/web/node_modules crates/console/web/dist .venv
