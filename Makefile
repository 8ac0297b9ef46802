# Two commands are enough: `make up` and `make test`. Both make their own virtual environment.
VENV ?= .venv
PORT ?= 8000
DATA_DIR ?= data
PYTHON ?= python3
WORKERS ?= 2
BIN := $(VENV)/bin
READY := $(VENV)/ready
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help up test check bench prove fmt lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml requirements.lock
ifdef UV
	$(UV) venv --quiet --allow-existing --python '>=3.11' $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
else
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python >= 3.11 with venv is needed (Debian: apt-get install python3-venv), or uv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
endif
	@touch $(READY)

up: $(READY) ## run everything with live sample traffic (PORT=8000 DATA_DIR=data)
	@$(BIN)/openclaw-otel up --demo --port $(PORT) --data-dir $(DATA_DIR)

test: $(READY) ## the everyday test suite (WORKERS=2)
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m "not prove"

check: $(READY) ## format, lint, types, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/basedpyright
	$(BIN)/python -m pytest -q tests/test_architecture.py

bench: $(READY) ## benchmarks, as ratios measured in one run
	$(BIN)/python -m tests.benchmarks

prove: $(READY) ## the same code at full size: faults, fuzz, soak, a million events
	OPENCLAW_OTEL_FULL=1 $(BIN)/python -m pytest -q

fmt: $(READY) ## format and fix what can be fixed
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

lock: $(READY) ## make requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  --no-annotate --all-extras --group dev --output-file requirements.lock pyproject.toml

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
