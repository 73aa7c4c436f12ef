"""The tasks and what each depends on; pytask runs those whose inputs have changed.

Stages are imported inside the tasks, so that finding nothing to do costs no pandas. A task depends on the code of its own stage
and of all above it, on its data, on the lock file, the settings and the Python version.
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytask

from analysis.errors import LegepaneletError
from analysis.intake.source import Source, find
from analysis.settings import ROOT, settings

STAGES = ("codebook", "intake", "panel", "estimation", "disclosure", "presentation", "documents")
COMMON = ("__init__.py", "errors.py", "settings.py", "pipeline.py")


@dataclass(frozen=True)
class Run:
    """One call of the command: where raw data come from and of which kind, and how it reports progress."""

    source: Source
    say: Callable[[str], None]

    @property
    def waves(self) -> list[int]:
        return sorted(self.source.files)


def code(*stages: str) -> list[Path]:
    """The files whose change makes a task run again."""
    folder = ROOT / "analysis"
    files = [folder / name for name in COMMON] + [p for stage in stages for p in sorted((folder / stage).glob("*.py"))]
    return [*files, ROOT / "requirements.lock", ROOT / "pyproject.toml"]


def codebook_files() -> list[Path]:
    folders = settings()
    return [*sorted(folders.codebook.rglob("*.yml")), *sorted(folders.population.glob("*.csv"))]


def known_waves() -> list[int]:
    """The waves of the codebook, by the names of their files."""
    return sorted(int(p.stem) for p in (settings().codebook / "waves").glob("*.yml") if p.stem.isdigit())


def task(name: str, inputs: list[Path], outputs: list[Path], work: Callable[[], None], say, doing: str):
    """A pytask task that does `work` when an input or output is not as it was; `say(doing)` tells that it runs."""

    @pytask.task(name=name, kwargs={"inputs": inputs, "produces": outputs, "python": pytask.PythonNode(value=sys.version, hash=True)})
    def run(inputs, produces, python):
        say(doing)
        for path in produces:
            path.parent.mkdir(parents=True, exist_ok=True)
        work()

    return run


def synthetic_task(say, folder: Path):
    """Writes the synthetic raw exports of every wave of the codebook."""
    waves = known_waves()
    suffix = {w: _export_of(w) for w in waves}
    outputs = [folder / str(w) / name for w in waves for name in (f"answers.{suffix[w]}", "sample.csv", "population.csv")]
    inputs = [*code("codebook", "synthetic"), *sorted((ROOT / "analysis/synthetic/assumptions").glob("*.yml")), *codebook_files()]

    def work():
        from analysis.codebook import load
        from analysis.synthetic import exports

        exports.write(load(settings().codebook), folder, settings().seed, lambda text: say(f"  {text}"))

    return task("synthetic", inputs, outputs, work, say, "Making the synthetic panel")


def _export_of(wave: int) -> str:
    """The suffix of a wave's export, without reading the whole codebook."""
    text = (settings().codebook / "waves" / f"{wave}.yml").read_text(encoding="utf-8")
    found = [line.split(":", 1)[1].split("#")[0].strip() for line in text.splitlines() if line.startswith("export:")]
    if not found or found[0] not in ("sav", "csv", "xlsx"):
        raise LegepaneletError("CODEBOOK_FIELD", f"waves/{wave}.yml: export: expected sav, csv or xlsx")
    return found[0]


def derived(wave: int) -> Path:
    return settings().derived / str(wave)


PANEL = ("doctors", "reasons", "margins", "population")


def panel_files(wave: int) -> list[Path]:
    return [derived(wave) / f"panel_{part}.parquet" for part in PANEL]


def intake_task(run: Run, wave: int):
    """Raw files to coded answers; errors in them stop here and leave what was made before."""
    answers, sample, _ = run.source.files[wave]
    outputs = [derived(wave) / f"{name}.parquet" for name in ("answers", "reasons", "sample", "problems")]

    def work():
        from analysis.codebook import load
        from analysis.intake import wave as intake

        coded = intake.read(load(settings().codebook), wave, answers, sample)
        intake.refuse(coded, wave)
        for path in outputs:
            getattr(coded, path.stem).to_parquet(path, index=False)

    return task(f"intake-{wave}", [*code("codebook", "intake"), *codebook_files(), answers, sample], outputs, work, run.say,
                f"{wave}: reading and checking the raw files")  # fmt: skip


def panel_task(run: Run, wave: int):
    """Coded answers to a weighted panel."""
    own = run.source.files[wave][2]
    inputs = [derived(wave) / f"{name}.parquet" for name in ("answers", "reasons", "sample")]

    def work():
        import pandas as pd

        from analysis.codebook import load
        from analysis.codebook.population import of_wave
        from analysis.panel import build

        tables = [pd.read_parquet(path) for path in inputs]
        panel = build.build(load(settings().codebook), wave, *tables, of_wave(settings().population, wave, own))
        build.save(panel, derived(wave))

    depends = [*code("codebook", "intake", "panel"), *codebook_files(), *inputs, *([own] if own else [])]
    return task(f"panel-{wave}", depends, panel_files(wave), work, run.say, f"{wave}: dispositions, scores and weights")


def estimate_task(run: Run, wave: int):
    """Weighted panels to the complete results of a wave."""
    waves = [w for w in run.waves if w <= wave]
    own = [derived(wave) / "answers.parquet", derived(wave) / "problems.parquet"]
    output = derived(wave) / "estimates.parquet"

    def work():
        import pandas as pd

        from analysis.codebook import load
        from analysis.estimation import wave as estimation
        from analysis.panel import build

        panels = {w: build.load(derived(w)) for w in waves}
        estimation.estimate(load(settings().codebook), wave, panels, *(pd.read_parquet(p) for p in own)).to_parquet(output, index=False)

    depends = [*code("codebook", "intake", "panel", "estimation"), *codebook_files(), *own, *(p for w in waves for p in panel_files(w))]
    return task(f"estimate-{wave}", depends, [output], work, run.say, f"{wave}: estimating")


def results_file(wave: int) -> Path:
    return settings().output / str(wave) / "results.csv"


def disclosure_task(run: Run, wave: int):
    """Complete results to publishable ones."""
    complete = derived(wave) / "estimates.parquet"
    kind = settings().derived / "kind.txt"

    def work():
        import pandas as pd

        from analysis.codebook import load
        from analysis.disclosure import rules

        published = rules.publishable(load(settings().codebook), wave, pd.read_parquet(complete))
        rules.write_csv(published, results_file(wave), run.source.kind == "synthetic")

    depends = [*code("codebook", "intake", "panel", "estimation", "disclosure"), *codebook_files(), complete, kind]
    return task(f"disclosure-{wave}", depends, [results_file(wave)], work, run.say, f"{wave}: hiding small cells")


def document_task(run: Run, document: str, wave: int, lang: str, formats: list[str], renderer: str):
    """A document of a wave in a language: executed once, then every format."""
    source = settings().reports / f"{document}.{lang}.qmd"
    if not source.is_file():
        raise LegepaneletError("DOCUMENT_MISSING", f"there is no {source.relative_to(ROOT)}", f"REPORT_LANG may be one of {', '.join(languages(document))}.")
    stem = settings().output / str(wave) / f"{document}.{lang}"
    outputs = {name: stem.with_name(f"{stem.name}.{name}") for name in formats}
    notebook = stem.with_name(f"{stem.name}.ipynb")

    def work():
        from analysis.documents import builtin_or_quarto, write

        write(source, wave, lang, run.source.kind, outputs, notebook, builtin_or_quarto(renderer))

    look = [p for p in sorted((settings().reports / "look").rglob("*")) if p.is_file()]
    depends = [*code("codebook", "presentation", "documents"), *codebook_files(), *look, ROOT / "_quarto.yml",
               *sorted(settings().reports.glob("*.bib")), *sorted(settings().reports.glob("**/*.qmd")),
               *(results_file(w) for w in run.waves if w <= wave)]  # fmt: skip
    name = f"{document}-{wave}-{lang}-{'-'.join(formats)}-{renderer}"
    return task(name, depends, [*outputs.values(), notebook], work, run.say, f"{wave}: writing {stem.name} ({', '.join(formats)})")


def languages(document: str) -> list[str]:
    return [p.stem.rsplit(".", 1)[1] for p in sorted(settings().reports.glob(f"{document}.*.qmd"))]


def results_tasks(run: Run, waves: list[int]) -> list:
    """The tasks that lead to the results of `waves` and all before them."""
    note = settings().derived / "kind.txt"
    note.parent.mkdir(parents=True, exist_ok=True)
    if not note.is_file() or note.read_text() != run.source.kind:
        _forget_other_kind(note, run.source.kind)
    steps = (intake_task, panel_task, estimate_task, disclosure_task)
    return [step(run, wave) for wave in run.waves if wave <= max(waves) for step in steps]


def _forget_other_kind(note: Path, kind: str) -> None:
    """Results of the other kind of data may not stand beside these: they are taken away before the first is made."""
    if note.is_file():
        for folder in settings().output.glob("[0-9]*"):
            shutil.rmtree(folder)
    note.write_text(kind)


def source(data: Path | None, say, build) -> Source:
    """The raw data of this run: DATA, else real waves in data/raw, else the synthetic panel, made when needed."""
    folders = settings()
    if data is not None:
        return find(data)
    if any(p.is_dir() and any(p.iterdir()) for p in folders.raw.iterdir()):
        return find(folders.raw)
    build([synthetic_task(say, folders.synthetic)])
    return find(folders.synthetic)


def build(tasks: list) -> bool:
    """Runs what has to be run. True if anything did. Raises the first task's LegepaneletError; other faults as they are."""
    database = settings().derived / "pytask.sqlite3"
    database.parent.mkdir(parents=True, exist_ok=True)
    pytask.console.quiet = True  # our own lines tell what runs
    session = pytask.build(tasks=tasks, paths=[ROOT], verbose=0, capture="no", show_traceback=False, stop_after_first_failure=True,
                           database_url=f"sqlite:///{database}", disable_warnings=True)  # fmt: skip
    for report in session.execution_reports:
        if report.outcome == pytask.TaskOutcome.FAIL:
            raise report.exc_info[1]
    if session.exit_code != pytask.ExitCode.OK:
        failure = next((r.exc_info[1] for r in session.collection_reports if r.exc_info), None)
        raise failure or LegepaneletError("PIPELINE_FAILED", f"pytask ended with {session.exit_code}")
    return any(report.outcome == pytask.TaskOutcome.SUCCESS for report in session.execution_reports)
