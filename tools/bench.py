"""`make bench BASE=<commit or folder>`: what the work takes, beside an older commit, as ratios. Written to docs/performance.md.

Both are built from the same raw files, each by its own commands in a checkout of its own, step by step in turn, so that a slow moment hits both; what you
have built is not touched. What is held against nothing of the older commit is measured here alone. Needs two quiet cores and some ten minutes (the
first time ten more, for the older commit's environment); R with `survey` for its line, which is left out where there is none. With TESTS=yes both
commits' tests are run as well, which takes twenty minutes more.
"""

import csv
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis.settings import ROOT

BASE, WAVE, EVERY = "9247a71", "2026", 20
HERE = ROOT / ".cache" / "bench" / "here"  # a clone of the last commit, with this folder's environment
ESTIMATING = """
import os, sys, time
os.environ["OMP_NUM_THREADS"] = "1"
import pandas as pd
from analysis.codebook import load, plan
from analysis.estimation import wave
from analysis.panel import build
from analysis.settings import settings
from pathlib import Path
book, derived = load(settings().codebook), Path(sys.argv[1])
panels = {w: build.load(derived / str(w)) for w in sorted(book.waves)}
tables = [pd.read_parquet(derived / "2026" / f"{name}.parquet") for name in ("answers", "problems")]
plans = [p for p in plan.read(settings().reports, book).values() if p.wave == 2026]
started = time.perf_counter()
wave.estimate(book, 2026, panels, *tables, plans)
print(time.perf_counter() - started)
"""
HIDING = """
import time
from analysis.pipeline import tasks
started = time.perf_counter()
tasks.protect(2026)
print(time.perf_counter() - started)
"""


@dataclass(frozen=True)
class Tree:
    """A checkout with its environment, and where its raw files are."""

    folder: Path
    raw: Path

    def run(self, *arguments: str) -> float:
        """Seconds that a command of the project takes."""
        started = time.perf_counter()
        done = subprocess.run([self.python, "-m", "analysis", *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{self.folder.name}: {' '.join(arguments)}\n{done.stderr}")
        return time.perf_counter() - started

    def report(self) -> float:
        return self.run("report", "--wave", WAVE, "--data", str(self.raw))

    @property
    def python(self) -> str:
        return str(self.folder / ".venv" / "bin" / "python")

    def alone(self, program: str, *arguments: str) -> float:
        """The seconds that a program of the project's modules says that it took."""
        command, here = [self.python, "-c", program, *arguments], os.environ | {"PYTHONPATH": str(self.folder)}
        done = subprocess.run(command, cwd=self.folder, env=here, capture_output=True, text=True, check=True)
        return float(done.stdout)

    def forget(self, *names: str) -> None:
        for path in (p for name in names for p in self.folder.glob(name)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def raw_exports(tree: Tree) -> float:
    shutil.rmtree(tree.raw, ignore_errors=True)
    return tree.run("data", "--data", str(tree.raw))


def everything(tree: Tree) -> float:
    tree.forget("_output", ".build", "data/derived")
    return tree.report()


def nothing_changed(tree: Tree) -> float:
    return min(tree.report() for _ in range(3))


def a_sentence(tree: Tree) -> float:
    path = tree.folder / "reports" / "wave-report.nb.qmd"
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"\nEn ny setning.\n")
        return tree.report()
    finally:
        path.write_bytes(before)


def the_report(tree: Tree) -> float:
    """Executed, drawn and written from nothing, on results that are there."""
    tree.forget("_output/2026/wave-report*", ".build")
    return tree.report()


def an_answer(tree: Tree) -> float:
    path = tree.raw / WAVE / "answers.csv"
    rows = list(csv.reader(path.open(encoding="utf-8", newline="")))
    place = rows[0].index("srh")
    row = next(r for r in rows[1:] if r[place] in ("1", "2"))
    row[place] = "1" if row[place] == "2" else "2"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return tree.report()


def estimating(tree: Tree) -> float:
    return tree.alone(ESTIMATING, str(HERE / "data" / "derived"))


def hiding(tree: Tree) -> float:
    return tree.alone(HIDING)


def tests(tree: Tree) -> float:
    """The whole suite, of which nothing is kept."""
    tree.forget(".cache/*")
    return tests_again(tree)


def tests_again(tree: Tree) -> float:
    here = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
    started = time.perf_counter()
    done = subprocess.run([tree.python, "-m", "pytest"], cwd=tree.folder, env=here, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{tree.folder.name}: the tests\n{done.stdout[-2000:]}")
    return time.perf_counter() - started


@dataclass(frozen=True)
class Step:
    what: str
    seconds: Callable[[Tree], float]
    beside: bool = True  # the older commit


STEPS = (
    Step("the synthetic raw exports", raw_exports),
    Step("everything from raw files, 17 waves, one report (html, pdf)", everything),
    Step("nothing changed", nothing_changed),
    Step("a changed sentence of the report", a_sentence),
    Step("the report of 2026 from nothing (html, pdf)", the_report),
    Step("one changed answer in 2026", an_answer, beside=False),
    Step("hiding and auditing the wave of 2026", hiding, beside=False),
    Step("estimating the wave of 2026", estimating),
)
TESTS = (
    Step("all tests, nothing of what they share built", tests),
    Step("all tests, when nothing has changed", tests_again, beside=False),
)


def in_r() -> float | None:
    """Seconds that R's `survey` needs for the estimates, comparisons, tests and models of 2026, from those of every EVERYth; None without R."""

    from analysis.codebook import load
    from analysis.codebook.plan import plans_of_wave
    from analysis.crosscheck import compare, designs
    from analysis.errors import LegepaneletError
    from analysis.panel import build
    from analysis.results import files
    from analysis.settings import settings

    try:
        compare.check_r()
    except LegepaneletError:
        return None
    book, derived = load(settings().codebook), HERE / "data" / "derived"
    panels, plans = {w: build.load(derived / str(w)) for w in sorted(book.waves)}, plans_of_wave(settings().reports, book, int(WAVE))
    asked = compare.wanted(files.read(derived / WAVE / "estimates.csv"), plans)
    asked = asked[~asked["what"].isin(compare.MODELS)]
    sheets = list(designs.designs(book, int(WAVE), panels, plans))
    seconds = []
    for some in (asked.iloc[::EVERY], asked.iloc[:1]):  # the second: R's start
        started = time.perf_counter()
        compare.in_r(sheets, some)
        seconds.append(time.perf_counter() - started)
    return (seconds[0] - seconds[1]) * EVERY


def checkout(base: str) -> Path:
    """The folder of the older commit, with its environment, which is made if need be."""
    if Path(base).is_dir():
        return Path(base)
    folder = ROOT / ".cache" / "bench" / base
    if not folder.is_dir():
        clone(folder, base)
        subprocess.run(["make", "environment"], cwd=folder, check=True, capture_output=True)
    return folder


def clone(folder: Path, revision: str) -> None:
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    subprocess.run(["git", "checkout", "--quiet", revision], cwd=folder, check=True)


def commit(folder: Path) -> str:
    return subprocess.run(["git", "log", "-1", "--format=%h"], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    work = ROOT / ".cache" / "bench"
    shutil.rmtree(HERE, ignore_errors=True)
    clone(HERE, "HEAD")
    (HERE / ".venv").symlink_to(ROOT / ".venv")
    base, here = Tree(checkout(os.environ.get("BASE") or BASE), work / "raw-base"), Tree(HERE, work / "raw-here")
    lines = []
    for step in (*TESTS, *STEPS) if os.environ.get("TESTS") else STEPS:
        before = step.seconds(base) if step.beside else None
        seconds = step.seconds(here)
        told = f"{before:.1f} s | {seconds:.1f} s | {seconds / before:.3f}" if before else f"| {seconds:.1f} s |"
        lines.append(f"| {step.what} | {told} |")
        print(lines[-1], flush=True)
    if slow := in_r():
        lines.append(f"| the estimates of 2026 in R's `survey`, one core | {slow:.0f} s | {seconds:.1f} s | {seconds / slow:.3f} |")
        print(lines[-1])
    page = PAGE.format(base=commit(base.folder), here=commit(HERE), day=date.today().isoformat(), cores=os.cpu_count(), table="\n".join(lines))
    (ROOT / "docs" / "performance.md").write_text(page, encoding="utf-8")


PAGE = """# What the work takes

Made by `make bench` (the lines of the tests by `make bench TESTS=yes`); do not edit. Measured {day} on {cores} cores, the commit {here} beside {base}, from the same raw files, step by step in turn.

| what | {base} | {here} | ratio |
| --- | --- | --- | --- |
{table}

Seconds are this machine's; the ratios hold elsewhere too. The line of R is scaled from every twentieth row without the models (`svymean`, `svyquantile`,
`svyglm` on calibrated designs).
"""

if __name__ == "__main__":
    main()
