# The one front door. `make` alone lists what it can do.

PYTHON ?= python3
WORKERS ?= 2
SHELL := /bin/sh
BIN := .venv/bin

# One empty file for each finished stage; .venv/made also holds the folder the environment was made in.
MADE := .venv/made
RUN := .venv/run
DEV := .venv/dev

# A moved folder or an upgraded Python leaves a dead environment behind: make it again.
STALE := $(shell [ -x $(BIN)/python ] && [ "$$(cat $(MADE) 2>/dev/null)" = "$(CURDIR)" ] || echo again)

# Twice quiet: errors are still printed.
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input
COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links \
	--custom-compile-command 'make lock' \
	$(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help run test check lint types imports unused dependencies spelling dockerfile \
	format lock soak bench mutate clean again
.DELETE_ON_ERROR:

help: ## List what make can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: $(RUN) ## Set up if need be, then start Skerry
	@$(BIN)/python -m bot run

test: check ## Check, then run all tests with coverage
	@echo "pytest: all tests, with coverage"
	@$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal --cov --cov-report term-missing:skip-covered

check: lint types imports unused dependencies spelling dockerfile ## Lint, check types, imports and spelling

lint: $(DEV)
	@echo "ruff: faults, style and format"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check

types: $(DEV)
	@echo "mypy: types"
	@$(BIN)/mypy --no-error-summary

imports: $(DEV)
	@echo "import-linter: imports point one way"
	@report=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$report"; exit 1; }

unused: $(DEV)
	@echo "vulture: code that nobody calls"
	@$(BIN)/vulture --min-confidence 80 --ignore-names cls $(wildcard bot scheduler console)

dependencies: $(DEV)
	@echo "deptry: each import declared, each dependency used"
	@report=$$($(BIN)/deptry . 2>&1) || { echo "$$report"; exit 1; }

spelling: $(DEV)
	@echo "codespell: spelling"
	@$(BIN)/codespell

dockerfile: $(DEV)
	@echo "hadolint: the Dockerfile"
	@$(BIN)/hadolint Dockerfile

format: $(DEV) ## Format the code and mend what ruff can mend
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

lock: $(DEV) ## Write the locks after a change to pyproject.toml (UPGRADE=1 for newer releases)
	@$(COMPILE) --group build --group dev --output-file requirements/dev.txt >/dev/null
	@$(COMPILE) --group build --constraint requirements/dev.txt \
		--output-file requirements/run.txt >/dev/null
	@echo "Locked: requirements/run.txt and requirements/dev.txt"

soak: $(DEV) ## Run the long tests
	@$(BIN)/pytest -m soak

bench: $(DEV) ## Measure what we promise about speed
	@$(BIN)/python -m bench

mutate: $(DEV) ## Break the pure rooms on purpose; see whether a test notices
	@$(BIN)/mutmut run
	@$(BIN)/mutmut results

clean: ## Remove the environment, caches and reports; keep var/
	@rm -rf .venv .coverage .coverage.* htmlcov mutants dist build
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE): $(if $(STALE),again)
	@for python in "$(PYTHON)" python3.13 python3.12 python3.11; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
		python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Skerry needs Python 3.11 or newer: install it, or name it: make PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi; \
	version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "Skerry needs Python's venv module: install it (Debian, Ubuntu: apt install python$$version-venv)" >&2; \
		exit 1; \
	fi; \
	echo "Set-up: an environment in .venv with Python $$version" >&2; \
	rm -rf .venv && "$$python" -m venv .venv
	@echo "$(CURDIR)" > $@

$(RUN): $(MADE) requirements/run.txt pyproject.toml
	@echo "Set-up: the locked packages (one to two minutes the first time)" >&2
	@$(PIP) install --require-hashes -r requirements/run.txt
	@echo "Set-up: Skerry itself" >&2
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUN) requirements/dev.txt
	@echo "Set-up: the locked development tools (one to two minutes the first time)" >&2
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
