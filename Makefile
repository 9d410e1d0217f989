# Two commands: `make run` (from a clone to a working city) and `make test` (everything that must pass).
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PY := $(BIN)/python
PYTHON ?= python3
# Programs are started hundreds of times: none of them shall compile all sources again.
export PYTHONDONTWRITEBYTECODE :=
# Node comes from a Python package of the lock; no Node of the system is needed.
# Offices behind a proxy have certificates of their own; Node does not look at the system's by itself.
export NODE_EXTRA_CA_CERTS ?= $(wildcard /etc/ssl/certs/ca-certificates.crt)
NPM := PATH="$(CURDIR)/.venv/bin:$$PATH" $(BIN)/npm
ASSETS := $(shell find src/huiyin/*/assets -type f 2>/dev/null) esbuild.config.mjs package-lock.json
CATALOGUES := $(wildcard src/huiyin/*/locale/*/LC_MESSAGES/django.po)
WORKERS ?= 2
PYTEST := $(BIN)/pytest -n $(WORKERS)
INSTALL := DEBIAN_FRONTEND=noninteractive apt-get install -q -y

.PHONY: help
help:  ## show this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)$$/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

# --- setup --------------------------------------------------------------------------------------

.PHONY: setup
setup: .venv/.packages node_modules/.packages .venv/.assets .venv/.catalogues  ## environment, locked packages, assets; starts no server

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Huiyin needs Python 3.11 or newer as $(PYTHON): install python3, or run make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  echo "Python's venv is missing: install it (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@echo "Making the environment …" >&2
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.packages: .venv/.created requirements/dev.txt pyproject.toml
	@echo "Installing the locked packages (about a minute) …" >&2
	@$(PY) -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@$(PY) -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

node_modules/.packages: .venv/.packages package.json package-lock.json
	@echo "Installing what the pages are built from …" >&2
	@$(NPM) ci --loglevel=error --include=dev
	@touch $@

.venv/.assets: node_modules/.packages $(ASSETS)
	@echo "Building the pages' scripts and styles …" >&2
	@$(NPM) run --silent build
	@touch $@

.venv/.catalogues: .venv/.packages $(CATALOGUES)
	@$(PY) scripts/messages.py compile
	@touch $@

# --- run ----------------------------------------------------------------------------------------

.PHONY: run
run: setup  ## start the demo city (ARGS="--scale small --port 8080"); Ctrl-C stops it
	@exec $(BIN)/huiyin demo $(ARGS)

.PHONY: reset
reset: .venv/.packages  ## forget all data of this checkout; asks first (YES=1 does not)
	@$(PY) -m huiyin.ops.reset $(if $(YES),--yes)

# --- test ---------------------------------------------------------------------------------------

.PHONY: test
test:  ## everything that must pass (WORKERS=3 for more at once)
	@$(MAKE) -j2 setup browser
	@$(MAKE) -j4 types lint docs tests

.PHONY: tests
tests: setup
	@$(PYTEST)

.PHONY: quick
quick: setup  ## the part that ends in a minute
	@$(BIN)/ruff check . && $(BIN)/ruff format --check -q . && $(BIN)/lint-imports --no-cache | tail -n 3
	@$(PYTEST) -q -x -m "not browser and not fault"

.PHONY: test-long
test-long: setup browser  ## the same tests with many more examples and many more kills
	@HYPOTHESIS_PROFILE=long $(PYTEST)

.PHONY: lint
lint: .venv/.packages  ## style, floors, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(PY) scripts/messages.py check

.PHONY: types
types: node_modules/.packages  ## types of Python and of the scripts
	@$(BIN)/mypy
	@$(NPM) run --silent check

.PHONY: docs
docs: .venv/.packages  ## build the handbook; a broken link fails
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict -q

.PHONY: browser
browser:  ## Chromium for the browser tests; as root it is installed
	@command -v chromium-headless-shell chrome-headless-shell >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium …" >&2; \
	    apt-get update -q && { $(INSTALL) chromium-headless-shell fonts-noto-cjk || $(INSTALL) chromium fonts-noto-cjk; }; \
	  fi; } || true
	@command -v chromium-headless-shell chrome-headless-shell chromium chromium-browser google-chrome google-chrome-stable >/dev/null || { \
	  echo "The browser tests need Chromium and a Chinese font: run as root: apt-get install chromium-headless-shell fonts-noto-cjk" >&2; \
	  exit 1; }

# LONG=1: up to 1,000,000 matters, in an hour; LONG=5: 5,000,000 as well.
.PHONY: bench
bench: setup  ## measure in ten minutes, write docs/performance.md (LONG=1: in an hour); then every page of the full demo
	@$(PY) scripts/performance.py $(if $(LONG),--long) $(if $(filter 5,$(LONG)),--five) $(ARGS)
	@$(if $(LONG),:,$(PY) scripts/bench_pages.py)

.PHONY: screenshots
screenshots: setup browser  ## photograph every page into the handbook (ARGS="--var var --port 8000" of a running demo)
	@$(PY) scripts/screenshots.py $(ARGS)

# --- upkeep -------------------------------------------------------------------------------------

.PHONY: lock
lock:  ## write the hashed lock files (no index address is recorded)
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header -q -o requirements/dev.txt
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header -q -c requirements/dev.txt -o requirements/base.txt

.PHONY: messages
messages: .venv/.packages  ## collect the texts to be translated
	@$(PY) scripts/messages.py extract

.PHONY: reference
reference: .venv/.packages  ## write the handbook's pages that are read off the code
	@$(PY) scripts/reference.py
	@$(PY) scripts/adr_index.py
	@$(BIN)/huiyin settings --markdown > docs/settings.md
