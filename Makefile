# The door that people use; the work is done by `python -m analysis.door`. No variable stands in a recipe: what is given reaches Python
# by the environment, so that no shell reads it.
PYTHON ?= python3
WAVE ?=
ARTICLE ?=
REPORT_LANG ?= nb
FORMATS ?= html pdf
RENDERER ?= builtin
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
BASE ?=
TESTS ?=
export
export PYTHONHASHSEED := 0
export PYTHONUTF8 := 1
unexport PYTHONDONTWRITEBYTECODE # compiled modules are kept, whatever the machine says: a start takes half the time

.DEFAULT_GOAL := help
.PHONY: help environment tools quarto report reports article articles check export data publish table verify attack crosscheck impact bundle forget watch test quick \
	slow simulate fuzz bench calibration lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

environment:
	@"$$PYTHON" -I tools/environment.py report

tools:
	@"$$PYTHON" -I tools/environment.py test

quarto: ## what plain Quarto needs to render another wave: quarto render ... -P wave:2024 (docs/quarto.md)
	@"$$PYTHON" -I tools/environment.py quarto

report: environment ## the report of a wave: make report WAVE=2026
	@.venv/bin/python -m analysis.door report

reports: environment ## the reports of all waves
	@.venv/bin/python -m analysis.door reports

article: environment ## an article: make article ARTICLE=ai-use WAVE=2026
	@.venv/bin/python -m analysis.door article

articles: environment ## all articles of a wave
	@.venv/bin/python -m analysis.door articles

check: environment ## read and validate a wave's raw files: make check WAVE=2026
	@.venv/bin/python -m analysis.door check

export: environment ## the analysis file of a wave for other software: make export WAVE=2026
	@.venv/bin/python -m analysis.door export

data: environment ## write the synthetic raw exports (DATA=folder: elsewhere)
	@.venv/bin/python -m analysis.door data

publish: environment ## publish a wave: make publish WAVE=2026 (REASON="..." to replace a publication)
	@.venv/bin/python -m analysis.door publish

table: environment ## a table on demand: make table INDICATOR=jss BY=region WHERE="sex=female" WAVE=2026
	@.venv/bin/python -m analysis.door table

verify: environment ## whether a publication is what the data give: make verify WAVE=2026 (LEVEL=A: files only)
	@.venv/bin/python -m analysis.door verify

attack: environment ## how closely anybody can tell what is not shown of a wave: make attack WAVE=2026
	@.venv/bin/python -m analysis.door attack

crosscheck: environment ## a wave's results computed again in R's survey: make crosscheck WAVE=2026
	@.venv/bin/python -m analysis.door crosscheck

impact: environment ## what is published and would be displayed otherwise today; earlier figures rerun
	@.venv/bin/python -m analysis.door impact

bundle: environment ## one zip of a publication for a journal or an archive: make bundle WAVE=2026
	@.venv/bin/python -m analysis.door bundle

watch: environment ## a document on a page that follows its text as you write: make watch WAVE=2026 (ARTICLE=ai-use)
	@.venv/bin/python -m analysis.door watch

forget: environment ## remove all that is held of one member; the number is asked for (docs/personvern.md)
	@.venv/bin/python -m analysis.door forget

test: tools ## run the tests
	@.venv/bin/python -m pytest

quick: tools ## the tests that need no built project: seconds
	@.venv/bin/python -m pytest -m "not commands and not slow"

slow: tools ## the tests that take minutes each: a build killed at fifty moments, a verification of level C
	@.venv/bin/python -m pytest -m slow

simulate: tools ## do the intervals hold what they promise? 10,000 simulated panels (docs/simulation.md)
	@.venv/bin/python -m tools.simulate

fuzz: tools ## every reader fed with ever new bytes, SECONDS each
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r tools/fuzz.lock
	@.venv/bin/python -m tools.fuzz

bench: tools ## what the work takes, beside an older commit, as ratios (docs/performance.md): make bench BASE=9247a71 (TESTS=yes: the tests too)
	@.venv/bin/python -m tools.bench

calibration: tools ## how well the synthetic panel gives the published figures, over 200 seeds (docs/calibration.md)
	@.venv/bin/python -m tools.calibrate

lock: ## the lock files anew from pyproject.toml, hashed and without addresses (needs uv)
	@"$$PYTHON" tools/lock.py

clean: ## remove what can be made again (not the environment, not raw data)
	rm -rf _output _quarto .quarto .build .cache logs data/derived data/synthetic reports/figures .pytest_cache .hypothesis
