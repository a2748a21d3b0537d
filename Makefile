# Two commands matter: `make demo` runs the whole platform with a city in it, `make test` runs every test.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --no-compile
RUN_READY := $(VENV)/run-ready
READY := $(VENV)/ready
# Packages are installed uncompiled and compiled when they are first used; where that may not be kept, every start pays for it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-quick check check-python check-front format lock reference front clean

# --- what each command needs ---------------------------------------------------------------------------------------

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python is missing. Install Python 3.11 or newer (Debian: apt install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { echo "$(PYTHON) is not Python 3.11 to 3.13. Name one: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: its venv module is missing (Debian: apt install python3-venv)."; exit 1; }
	@echo "Making a Python environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

# The demonstration needs a third less than the tests; whoever has run the tests once has all of it.
$(RUN_READY): requirements-run.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the platform needs (about 300 MB to fetch, versions and hashes pinned) ..."
	$(PIP) --require-hashes -r requirements-run.lock
	$(PIP) --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(READY): requirements.lock $(RUN_READY)
	@echo "Installing what tests and checks need ..."
	$(PIP) --require-hashes -r requirements.lock
	@touch $@

front: $(RUN_READY)
	@$(BIN)/python hatch_build.py

# --- commands ------------------------------------------------------------------------------------------------------

demo: $(RUN_READY) front
	$(BIN)/chengmai demo

test: $(READY) front
	$(BIN)/python -m tests

test-quick: $(READY)
	$(BIN)/python -m pytest tests/unit tests/properties tests/contracts

# Two halves that know nothing of each other: `make -j2 -O check` takes as long as the longer one, which installs more.
check: check-python check-front

check-python: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-front: $(RUN_READY)
	$(BIN)/python hatch_build.py check

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python hatch_build.py format

# Pages and types that are written from the code.
reference: $(READY)
	$(BIN)/python -m docs.generate
	$(BIN)/python hatch_build.py types

COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --quiet --no-annotate --no-header

# The second lock is cut from the first, so both pin the same versions. UPGRADE=--upgrade moves all pins.
lock: $(READY)
	$(COMPILE) $(UPGRADE) --group dev --extra postgresql -o requirements.lock
	$(COMPILE) --group build --constraint requirements.lock -o requirements-run.lock

clean:
	rm -rf $(VENV) .tools build dist src/chengmai/portal/static web/node_modules
