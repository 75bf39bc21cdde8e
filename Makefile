# ordercli: `make demo` and `make test` need only Python 3.11 or newer and make.
PYTHON ?= python3
VENV ?= .venv
AXE_VERSION := 4.14.1
BIN := $(VENV)/bin
T ?=
TIMES ?= 20

# Hundreds of processes start in a run of the suite: none of them may have to compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-postgres campaign check dev docs site golden amazon-sandbox schema rows bench steps recipes axe wheel-smoke clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.runtime: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "ordercli needs Python 3.11 or newer; name one with: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(VENV)/.runtime ## do a day's work on a sample shop, each command shown (build/demo)
	$(BIN)/ordercli demo build/demo

test: $(VENV)/.dev ## run the suite; T=tests/cli runs a part of it
	$(BIN)/python -m pytest -n 2 --dist worksteal $(T)

test-postgres: $(VENV)/.dev ## what is of a server alone, and the suite on private servers of PostgreSQL (the system's package)
	ORDERCLI_TWO_ENGINES=1 ORDERCLI_TEST_ENGINE=postgres ORDERCLI_SOME_CASES=1 $(BIN)/python -m pytest -n 2 --dist worksteal $(or $(T),tests)

campaign: $(VENV)/.dev ## the random tests with TIMES=20 as many examples, other ones each time
	ORDERCLI_CAMPAIGN=$(TIMES) $(BIN)/python -m pytest -n 2 --dist worksteal -m "hypothesis or campaign" $(T)

check: $(VENV)/.dev ## format, lint, types, generated docs current
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m ordercli.cli.reference | diff -u docs/cli.md -
	$(BIN)/python -m ordercli.cli.reports.view_reference | diff -u docs/views.md -
	$(BIN)/python -m ordercli.cli.word_table | diff -u src/ordercli/shells/words.tsv -

dev: $(VENV)/.dev ## the environment for working on ordercli, with its git hook
	@if [ -d .git ]; then printf '#!/bin/sh\nexec make check\n' > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit; fi
	@echo "Ready: $(BIN)/ordercli, make test, make check."

docs: $(VENV)/.dev ## write the command reference and the words of completion anew
	$(BIN)/python -m ordercli.cli.reference > docs/cli.md
	$(BIN)/python -m ordercli.cli.reports.view_reference > docs/views.md
	$(BIN)/python -m ordercli.cli.word_table > src/ordercli/shells/words.tsv

site: $(VENV)/.runtime ## build the documents as web pages (build/site); a link that leads nowhere fails it
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[site]'
	$(BIN)/python -m sphinx -q -W --keep-going -E -b html -c site docs build/site
	@echo "Open build/site/index.html."

golden: $(VENV)/.dev ## write the golden files anew; read the diff before you commit it
	$(BIN)/python -m pytest tests/cli --update-golden

amazon-sandbox: $(VENV)/.dev ## a server on this machine that answers as Amazon does, for the sample shop
	PYTHONPATH=tests $(BIN)/python -m stand_in

schema: $(VENV)/.dev ## write the first migration anew from the models; the first release takes this away
	PYTHONPATH=tests $(BIN)/python tests/migrations/first_schema.py

rows: $(VENV)/.dev ## keep a filled database of this schema, before the models change for a new migration
	PYTHONPATH=tests $(BIN)/python tests/migrations/rows.py

bench: $(VENV)/.dev ## print ratios against named peers (needs the sqlite3 shell; some minutes)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python bench/startup.py
	$(BIN)/python bench/imports.py
	$(BIN)/python bench/health.py
	$(BIN)/python bench/ship.py
	$(BIN)/python bench/ledger.py
	$(BIN)/python bench/settlements.py
	$(BIN)/python bench/reorder.py
	$(BIN)/python bench/writers.py
	$(BIN)/python bench/workbook.py
	$(BIN)/python bench/dashboard.py
	$(BIN)/python bench/backup.py
	$(BIN)/python bench/output.py
	$(BIN)/python bench/growth.py

steps: $(VENV)/.dev ## write anew what each question costs SQLite; read the diff before you commit it
	$(BIN)/python bench/steps.py

recipes: $(VENV)/.dev ## try the recipes of docs/guide/data.md with pandas, DuckDB, sqlite-utils, Datasette
	$(PYTHON) -m venv build/recipes
	build/recipes/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[recipes]'
	build/recipes/bin/python bench/recipes.py

axe: ## get axe, which tests of the dashboard look for faults with; nothing runs without npm or needs it
	npm install --silent --no-audit --no-fund --no-save --prefix build/axe axe-core@$(AXE_VERSION)

wheel-smoke: $(VENV)/.dev ## build the wheel, install it alone, run it
	rm -rf build/wheel build/wheel-venv
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/wheel .
	$(PYTHON) -m venv build/wheel-venv
	build/wheel-venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt build/wheel/*.whl
	cd build && wheel-venv/bin/ordercli --help > /dev/null
	cd build && wheel-venv/bin/ordercli help guide > /dev/null && test -s wheel-venv/share/man/man1/ordercli-order.1
	cd build && rm -f wheel-smoke.db* && wheel-venv/bin/ordercli --db wheel-smoke.db init --time-zone Etc/UTC
	cd build && wheel-venv/bin/ordercli --db wheel-smoke.db db upgrade
	cd build && wheel-venv/bin/ordercli demo wheel-demo > /dev/null
	@echo "The wheel works alone."

clean: ## remove everything made here
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
