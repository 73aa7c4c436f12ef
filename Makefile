# The door that people use; the work is done by `python -m analysis`.
PYTHON ?= python3
REPORT_LANG ?= nb
FORMATS ?= html pdf
RENDERER ?= builtin
WAVE ?=
ARTICLE ?=
DATA ?=
DRAFT ?=
BLIND ?=
MANUSCRIPT ?=
REASON ?=
APPROVER ?=
DOCUMENTS ?=
INDICATOR ?=
BY ?=
WHERE ?=
LEVEL ?=
SECONDS ?= 60
VENV := .venv
RUN := $(VENV)/bin/python -m analysis
HOW = --lang "$(REPORT_LANG)" --formats "$(FORMATS)" --renderer "$(RENDERER)" --data "$(DATA)" --draft "$(DRAFT)" --blind "$(BLIND)" --manuscript "$(MANUSCRIPT)"
export PYTHONHASHSEED := 0
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help report reports article articles check export data publish table verify crosscheck impact bundle test coverage fuzz bench clean environment

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

environment: $(VENV)/complete

$(VENV)/complete: requirements.lock tests/files.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"Python 3.11, 3.12 or 3.13 is needed; $(PYTHON) is {v[0]}.{v[1]}. Try make PYTHON=python3.12 ...")'
	@echo "Setting up the environment in $(VENV) (once; some minutes)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r tests/files.lock
	@touch $@

report: environment ## the report of a wave: make report WAVE=2026
	@$(RUN) report --wave "$(WAVE)" $(HOW)

reports: environment ## the reports of all waves
	@$(RUN) reports $(HOW)

article: environment ## an article: make article ARTICLE=ai-use WAVE=2026
	@$(RUN) article --article "$(ARTICLE)" --wave "$(WAVE)" $(HOW)

articles: environment ## all articles of a wave
	@$(RUN) articles --wave "$(WAVE)" $(HOW)

check: environment ## read and validate a wave's raw files: make check WAVE=2026
	@$(RUN) check --wave "$(WAVE)" --data "$(DATA)"

export: environment ## the analysis file of a wave for other software: make export WAVE=2026
	@$(RUN) export --wave "$(WAVE)" --data "$(DATA)"

data: environment ## write the synthetic raw exports (DATA=folder: elsewhere)
	@$(RUN) data --data "$(DATA)"

publish: environment ## publish a wave: make publish WAVE=2026 (REASON="..." to replace a publication)
	@$(RUN) publish --wave "$(WAVE)" --data "$(DATA)" --reason "$(REASON)" --approver "$(APPROVER)" --documents "$(DOCUMENTS)"

table: environment ## a table on demand: make table INDICATOR=jss BY=region WHERE="sex=female" WAVE=2026
	@$(RUN) table --indicator "$(INDICATOR)" --by "$(BY)" --where "$(WHERE)" --wave "$(WAVE)" --lang "$(REPORT_LANG)" --data "$(DATA)" --reason "$(REASON)" --approver "$(APPROVER)"

verify: environment ## whether a publication is what the data give: make verify WAVE=2026 (LEVEL=A: files only)
	@$(RUN) verify --wave "$(WAVE)" --data "$(DATA)" --level "$(LEVEL)"

crosscheck: environment ## a wave's results computed again in R's survey: make crosscheck WAVE=2026
	@$(RUN) crosscheck --wave "$(WAVE)" --data "$(DATA)"

impact: environment ## what is published and would be displayed otherwise today; earlier figures rerun
	@$(RUN) impact --data "$(DATA)"

bundle: environment ## one zip of a publication for a journal or an archive: make bundle WAVE=2026
	@$(RUN) bundle --wave "$(WAVE)"

test: environment ## run the tests
	@$(VENV)/bin/python -m pytest

coverage: environment ## do the intervals hold what they promise? 10,000 simulated panels (docs/coverage.md)
	@$(VENV)/bin/python -m tests.coverage

fuzz: environment ## every reader fed with ever new bytes, SECONDS each
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r tests/fuzz.lock
	@$(VENV)/bin/python -m tests.fuzz $(SECONDS)

bench: environment ## timings as ratios, and the calibration over 200 seeds
	@$(VENV)/bin/python -m tests.bench

clean: ## remove what can be made again (not the environment, not raw data)
	rm -rf _output .build data/derived data/synthetic reports/figures .pytest_cache .hypothesis
