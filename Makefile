# Two commands are enough: `make up` and `make test`. Both make their own virtual environment.
VENV ?= .venv
PORT ?= 8000
DATA_DIR ?= data
# The system's own interpreter first: it is built with profile-guided optimisation, those of version managers mostly are
# not, and everything here takes an eighth less time with it.
PYTHON ?= $(shell for each in /usr/bin/python3 python3; do \
  $$each -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
WORKERS ?= 2
BIN := $(VENV)/bin
READY := $(VENV)/ready
DEV := $(VENV)/ready-dev
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
  --no-emit-index-url --no-annotate --all-extras
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help up test check bench prove fmt lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

ifdef UV
INSTALL := $(UV) pip install --quiet --python $(BIN)/python
else
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

$(READY): pyproject.toml requirements.lock
ifdef UV
	$(UV) venv --quiet --allow-existing --python '$(or $(PYTHON),>=3.11)' $(VENV)
else
	@[ -n '$(PYTHON)' ] || \
	  { echo "Python >= 3.11 with venv is needed (Debian: apt-get install python3-venv), or uv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
endif
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps -e .
	@touch $(READY)

$(DEV): $(READY) requirements-dev.lock
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $(DEV)

up: $(READY) ## run everything with live sample traffic (PORT=8000 DATA_DIR=data)
	@$(BIN)/openclaw-otel up --demo --port $(PORT) --data-dir $(DATA_DIR)

test: $(DEV) ## the everyday test suite (WORKERS=2)
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m "not prove"

check: $(DEV) ## format, lint, types, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/basedpyright
	$(BIN)/python -m pytest -q tests/test_architecture.py

bench: $(DEV) ## benchmarks, as ratios measured in one run
	$(BIN)/python -m tests.benchmarks

prove: $(DEV) ## the same code at full size: faults, fuzz, soak, a million events
	OPENCLAW_OTEL_FULL=1 $(BIN)/python -m pytest -q

fmt: $(DEV) ## format and fix what can be fixed
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

lock: $(DEV) ## make requirements.lock and requirements-dev.lock anew from pyproject.toml
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
