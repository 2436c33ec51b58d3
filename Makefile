# Everything a newcomer needs: `make demo` and `make test`. Both make their own .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One worker a processor; tests talk to servers of their own, so they may run side by side.
WORKERS ?= auto

.PHONY: demo test check bench fuzz soak screenshots clean help

help:
	@echo "make demo         open the application on a demo server full of made-up patients"
	@echo "make test         run every test"
	@echo "make check        formatting, lint, types and import contracts"
	@echo "make bench        measure speed beside DCMTK's findscu"
	@echo "make fuzz         coverage-guided fuzzing (FUZZ_SECONDS=60)"
	@echo "make soak         query a flaky server for minutes (SOAK_SECONDS=120)"
	@echo "make screenshots  make the README's pictures anew from the real application"
	@echo "make clean        remove what these made"

$(VENV)/.run: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(VENV)/.fuzz: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	@touch $@

demo: $(VENV)/.run
	@$(BIN)/findtui demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench

fuzz: $(VENV)/.fuzz
	$(BIN)/python -m tests.fuzz

soak: $(VENV)/.dev
	$(BIN)/python -m tests.soak

screenshots: $(VENV)/.dev
	$(BIN)/python screenshots/make.py

clean:
	rm -rf $(VENV) build dist .fuzz .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
