PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$name && break; done || echo python3)
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/installed
DEMO   ?= /tmp/celery-converge-demo

.PHONY: help install demo docs test check types style bench corpus soak matrix clean

help:  ## what can be made here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(STAMP): pyproject.toml target_runtime/pyproject.toml constraints.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, found %s: make PYTHON=/path/to/python3.11" % sys.version.split()[0])'
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group dev --editable . --editable target_runtime
	@$(BIN)/python -m tests.servers
	@$(BIN)/python -m tests.celeries
	@touch $@

install: $(STAMP)  ## .venv with the tool, the runtime, and all that tests need

demo: $(STAMP)  ## the whole migration on the bundled legacy project, no server needed
	@$(BIN)/migrate demo --force "$(DEMO)"

docs: $(STAMP)  ## docs/ as pages, in .docs/index.html; a warning is an error
	$(BIN)/python -m sphinx -W --keep-going --nitpicky --quiet -b html -d .docs/.doctrees docs .docs

check: $(STAMP)  ## format, lint, types, import contracts
	@$(MAKE) --no-print-directory -j 2 types style

types: $(STAMP)
	$(BIN)/mypy

style: $(STAMP)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports

test: check  ## every test; one process more than cores, since many wait for servers
	$(BIN)/pytest -n 3 --dist worksteal

corpus: $(STAMP)  ## real projects installed, booted, migrated and compared
	$(BIN)/python -m tests.corpus.run --all

soak: $(STAMP)  ## god files, declarations, routes and settings run by Celery and compared; names changed under way; an hour of modules generated and spoilt; workers and stores killed for 5 minutes; the report's page and the documentation in a browser with axe-core
	SOAK_PROJECTS=300 $(BIN)/pytest -n 2 tests/codemods/split/test_god_projects.py
	SOAK_DECLARED=2000 $(BIN)/pytest -n 2 tests/codemods/inventory/test_declared_projects.py
	SOAK_SCHEDULES=2000 $(BIN)/pytest -n 2 tests/codemods/beat/test_beat.py tests/codemods/routes/test_routes.py tests/codemods/tables/test_joins.py
	SOAK_ROUTES=100000 SOAK_PROGRAMS=1500 $(BIN)/pytest -n 2 tests/codemods/in_force
	SOAK_RENAMES=1 $(BIN)/pytest -n 2 tests/migrate/drain/test_renames.py
	KILL_EVERY=1 KILL_RANDOM=200 $(BIN)/pytest -n 2 tests/migrate/test_killed.py
	SOAK_SPOILT=500 $(BIN)/pytest -rP tests/mutants
	SOAK_RENEWED=100 $(BIN)/pytest -n 2 tests/migrate/test_renewed.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group fuzz
	$(BIN)/python -m tests.fuzz.run 3600
	SOAK_SECONDS=300 $(BIN)/pytest -rP tests/target_runtime/test_soak.py
	npm install --silent --no-audit --no-fund --no-save --prefix .axe axe-core
	$(BIN)/migrate demo --force "$(DEMO)" > /dev/null
	$(BIN)/migrate report -C "$(DEMO)" --format html --out .axe/report.html
	AXE_CORE=.axe/node_modules/axe-core/axe.min.js REPORT_PAGE=.axe/report.html $(BIN)/pytest -rs tests/reports/html/test_browser.py tests/docs/test_browser.py

bench: $(STAMP)  ## ratios against peers in the same run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group bench
	$(BIN)/python -m tests.benchmarks.run
	$(BIN)/python -m tests.benchmarks.runtime

matrix: $(STAMP)  ## the tests on every Python that this machine has
	$(BIN)/python -m tests.matrix

clean:  ## remove what was made
	rm -rf $(VENV) .corpus .matrix .celery .axe .docs .fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis
