# Everything a person or a machine does with a checkout. `make` alone lists it.

PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& command -v $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
INSTALL_SELF := $(PIP) install --no-deps --no-build-isolation --editable .
PYTEST := $(BIN)/pytest

.DEFAULT_GOAL := help
.PHONY: help up test check bench format migrations lock docs doctor clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | awk -F'\t' '{printf "make %-11s %s\n", $$1, $$2}'

up: $(VENV)/installed ## install what is missing and run everything, with a demo tenant
	@exec $(BIN)/tangram serve

test: $(VENV)/installed-dev ## install what is missing and run every test on real embedded servers
	$(PYTEST) -n logical --dist worksteal $(ARGS)

check: $(VENV)/installed-dev ## formatting, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed-dev ## the benchmarks, as ratios in one run
	$(BIN)/python -m bench $(ARGS)

format: $(VENV)/installed-dev ## put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

migrations: $(VENV)/installed-dev ## write the migration that leads to the models as they are: NAME=add_something
	$(BIN)/tangram migrate --write $(or $(NAME),$(error NAME is missing: make migrations NAME=add_something))

docs: $(VENV)/installed-dev ## write the pages that are made from code
	$(BIN)/python -m server.config > docs/settings.md
	$(BIN)/python -m metadata.fields.reference > docs/field-types.md
	$(BIN)/python -m metadata.expressions.functions.reference

lock: $(VENV)/installed-dev ## renew requirements.lock and requirements-dev.lock from pyproject.toml
	$(PIP) install uv
	$(BIN)/uv pip compile pyproject.toml $(LOCK) --extra embedded --extra source -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml $(LOCK) --extra embedded --extra source --extra dev -o requirements-dev.lock
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade

doctor: $(VENV)/installed ## explain what is wrong with this environment
	@$(BIN)/tangram doctor

clean: ## remove the virtual environment and caches; data in .tangram stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis build *.egg-info

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say where it is: make PYTHON=/path" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing: on Debian and Ubuntu run apt-get install python3-venv" >&2; exit 1; }

$(VENV)/installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing, which takes a minute or two the first time …"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(INSTALL_SELF)
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing, which takes a minute or two the first time …"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@$(INSTALL_SELF)
	@touch $@ $(VENV)/installed
