"""The tasks and what each depends on; pytask runs those whose inputs have changed.

Stages are imported inside the tasks, so that finding nothing to do costs no pandas. A task depends on the code of its own stage
and of all above it, on its data, on the lock file, the settings and the Python version.
"""

import errno
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis.documents import Edition
from analysis.errors import LegepaneletError
from analysis.intake.source import Source, find
from analysis.settings import ROOT, settings

STAGES = ("codebook", "intake", "panel", "estimation", "disclosure", "presentation", "documents")
SUFFIX = {"jats": "xml"}  # of a format's file, where it is not the format's name
APPENDIX = "appendix"  # checklists and specifications of a wave's articles
COMMON = ("__init__.py", "errors.py", "settings.py", "pipeline.py")


@dataclass(frozen=True)
class Run:
    """One call of the command: where raw data come from, and of which kind."""

    source: Source

    @property
    def waves(self) -> list[int]:
        return sorted(self.source.files)


def code(*stages: str) -> list[Path]:
    """The files whose change makes a task run again: its stages' code, the settings, the lock file."""
    folder = ROOT / "analysis"
    files = [folder / name for name in COMMON] + [p for stage in stages for p in sorted((folder / stage).rglob("*.py"))]
    return [*files, ROOT / "requirements.lock", ROOT / "pyproject.toml"]


def codebook_files() -> list[Path]:
    folders = settings()
    return [*sorted(folders.codebook.rglob("*.yml")), *sorted(folders.population.glob("*.csv"))]


def fingerprint(files: list[Path]) -> str:
    """One hash of many small files (names and contents), so that pytask has one thing to compare, not hundreds."""
    total = hashlib.sha256(sys.version.encode())
    for path in files:
        total.update(os.path.relpath(path, ROOT).encode() + b"\0" + _digest(path))
    return total.hexdigest()


@cache
def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def known_waves() -> list[int]:
    """The waves of the codebook, by the names of their files."""
    return sorted(int(p.stem) for p in (settings().codebook / "waves").glob("*.yml") if p.stem.isdigit())


def task(name: str, files: list[Path], inputs: list[Path], outputs: list[Path], work: Callable[[], None], doing: str):
    """A pytask task that does `work` when the small `files`, an input or an output is not as it was; `doing` says what it does."""
    import pytask

    # The inputs' names too: one input fewer is a change.
    known = pytask.PythonNode(value=fingerprint(files) + " ".join(map(str, inputs)), hash=True)

    @pytask.task(name=name, kwargs={"inputs": inputs, "produces": outputs, "known": known})
    def run(inputs, produces, known):
        from filelock import FileLock

        print(f"  {doing}", file=sys.__stderr__, flush=True)  # past pytask's capture, as it happens
        for path in produces:
            path.parent.mkdir(parents=True, exist_ok=True)
        locks = settings().derived / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        with FileLock(locks / f"{name}.lock"):  # a worker outlives a run that is killed, and may be at this very task
            work()

    return run


def raw_hash(run: Run, wave: int) -> str:
    """The SHA-256 of the SHA-256s of a wave's raw files."""
    return hashlib.sha256(b"".join(_digest(path) for path in run.source.files[wave] if path)).hexdigest()


def synthetic_task(folder: Path):
    """Writes the synthetic raw exports of every wave of the codebook."""
    waves = known_waves()
    suffix = {w: _export_of(w) for w in waves}
    outputs = [
        folder / str(w) / name for w in waves for name in (f"answers.{suffix[w]}", "sample.csv", "population.csv")
    ]
    files = [
        *code("codebook", "synthetic"),
        *sorted((ROOT / "analysis/synthetic/assumptions").glob("*.yml")),
        *codebook_files(),
    ]

    def work():
        from analysis.codebook import load
        from analysis.synthetic import exports

        exports.write(load(settings().codebook), folder, settings().seed)

    return task("synthetic", files, [], outputs, work, "making the synthetic panel, all waves")


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

    files = [*code("codebook", "intake"), *codebook_files()]
    return task(
        f"intake-{wave}", files, [answers, sample], outputs, work, f"{wave}: reading and checking the raw files"
    )


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

    files = [*code("codebook", "intake", "panel"), *codebook_files()]
    depends = [*inputs, *([own] if own else [])]
    return task(f"panel-{wave}", files, depends, panel_files(wave), work, f"{wave}: dispositions, scores and weights")


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

        book = load(settings().codebook)
        panels = {w: build.load(derived(w)) for w in waves}
        tables = [pd.read_parquet(p) for p in own]
        estimation.estimate(book, wave, panels, *tables, plans_of(wave)).to_parquet(output, index=False)

    files = [*code("codebook", "intake", "panel", "estimation"), *codebook_files(), *plan_files(wave)]
    # Of earlier waves only the doctors matter: whatever moves their margins moves their weights.
    depends = [*own, *panel_files(wave), *(panel_files(w)[0] for w in waves if w != wave)]
    return task(f"estimate-{wave}", files, depends, [output], work, f"{wave}: estimating")


def plan_files(wave: int) -> list[Path]:
    """The analysis plans of the articles of a wave, found without reading the codebook."""
    return [
        p for p in sorted(settings().reports.glob("*.plan.yml")) if f"\nwave: {wave}\n" in p.read_text(encoding="utf-8")
    ]


def plans_of(wave: int) -> list:
    """The plans themselves. Raises PLAN_FIELD."""
    from analysis.codebook import load, plan

    return [p for p in plan.read(settings().reports, load(settings().codebook)).values() if p.wave == wave]


def results_file(wave: int) -> Path:
    return settings().output / str(wave) / "results.csv"


DISCLOSURE = ("codebook", "intake", "panel", "estimation", "disclosure")


def hidden_files(wave: int) -> list[Path]:
    """Why each row of a wave is hidden, and the levels that a later wave's change may not give back."""
    return [derived(wave) / "hidden.parquet", derived(wave) / "hidden_levels.parquet"]


def protect_task(run: Run, wave: int):
    """Complete results to the reasons why some are hidden."""
    complete = derived(wave) / "estimates.parquet"
    outputs = hidden_files(wave)

    def work():
        import pandas as pd

        from analysis.codebook import load
        from analysis.disclosure import population, rules
        from analysis.panel import build

        results, panel = pd.read_parquet(complete), build.load(derived(wave))
        sizes = population.sizes(results, panel.doctors, panel.population)
        why = rules.reasons(load(settings().codebook), wave, results, sizes)
        results[["id"]].assign(why=why).to_parquet(outputs[0], index=False)
        rules.hidden_levels(results, why).to_parquet(outputs[1], index=False)

    files = [*code(*DISCLOSURE), *codebook_files()]
    return task(f"protect-{wave}", files, [complete, *panel_files(wave)], outputs, work, f"{wave}: hiding small cells")


def disclosure_task(run: Run, wave: int):
    """Complete results to publishable ones, which the auditor has attacked in vain."""
    complete, kind = derived(wave) / "estimates.parquet", settings().derived / "kind.txt"
    earlier = [hidden_files(w)[1] for w in run.waves if w < wave]
    page = settings().output / str(wave) / "disclosure.html"

    def work():
        import pandas as pd

        from analysis.codebook import load
        from analysis.disclosure import audit, rules
        from analysis.disclosure import page as pages

        book, results = load(settings().codebook), pd.read_parquet(complete)
        why = pd.read_parquet(hidden_files(wave)[0])["why"]
        lost = [row for path in earlier for row in pd.read_parquet(path).itertuples(index=False, name=None)]
        published = rules.publishable(results, why, frozenset(lost))
        attacked = audit.audit(book, wave, published, results)
        audit.refuse(attacked, wave)
        pages.write(book, wave, published, why, attacked, run.source.kind == "synthetic", page)
        rules.write_csv(published, results_file(wave), run.source.kind == "synthetic")

    files = [*code(*DISCLOSURE), *codebook_files()]
    inputs = [complete, kind, *hidden_files(wave), *earlier]
    return task(
        f"disclosure-{wave}", files, inputs, [results_file(wave), page], work, f"{wave}: auditing what is hidden"
    )


def document_files(document: str, wave: int, lang: str, formats: list[str], edition: Edition) -> dict[str, Path]:
    """Format -> the file it is written to."""
    stem = settings().output / str(wave) / f"{document}{edition.suffix}.{lang}"
    return {name: stem.with_name(f"{stem.name}.{SUFFIX.get(name, name)}") for name in formats}


def document_task(run: Run, document: str, wave: int, lang: str, formats: list[str], renderer: str, edition: Edition):
    """A document of a wave in a language: executed once, then every format."""
    source = settings().reports / f"{document}.{lang}.qmd"
    if not source.is_file():
        raise LegepaneletError(
            "DOCUMENT_MISSING",
            f"there is no {source.relative_to(ROOT)}",
            f"REPORT_LANG may be one of {', '.join(languages(document))}.",
        )
    if absent := [
        w for plan in plans_of(wave) if plan.article == document for w in plan.compared if w not in run.waves
    ]:
        raise LegepaneletError(
            "ARTICLE_WAVE_ABSENT",
            f"{document}.plan.yml compares {wave} with {', '.join(map(str, absent))}, and there are no raw files of that wave",
            "Put the wave's files beside the others, or take the comparison out of the plan and of the article.",
        )
    outputs = document_files(document, wave, lang, formats, edition)
    stem = settings().output / str(wave) / f"{document}{edition.suffix}.{lang}"
    notebook, ledger = (stem.with_name(f"{stem.name}.{suffix}") for suffix in ("ipynb", "numbers.json"))

    def work():
        from analysis.documents import write

        write(source, wave, lang, run.source.kind, outputs, notebook, renderer, edition, raw_hash(run, wave))

    look = [p for p in sorted((settings().reports / "look").rglob("*")) if p.is_file()]
    files = [*code("codebook", "presentation", "documents"), *codebook_files(), *look, ROOT / "_quarto.yml",
             *(p for kind in ("*.bib", "*.yml", "*/*.qmd", "checklists/*.yml") for p in sorted(settings().reports.glob(kind))), source]  # fmt: skip
    if document == APPENDIX:  # it reads the articles, to bind the checklists to their sections
        files += sorted(settings().reports.glob("*.qmd"))
    depends = [results_file(w) for w in run.waves if w <= wave]
    depends += [path for path in run.source.files[wave] if path]  # their hash stands on every number's card
    name = f"{document}{edition.suffix}-{wave}-{lang}-{'-'.join(formats)}-{renderer}"
    return task(
        name,
        files,
        depends,
        [*outputs.values(), notebook, ledger],
        work,
        f"{wave}: writing {stem.name} ({', '.join(formats)})",
    )


def articles(wave: int) -> list[str]:
    """The articles that have a plan for the wave."""
    return [p.name.removesuffix(".plan.yml") for p in plan_files(wave)]


def languages(document: str) -> list[str]:
    return [p.stem.rsplit(".", 1)[1] for p in sorted(settings().reports.glob(f"{document}.*.qmd"))]


def results_tasks(run: Run, waves: list[int]) -> list:
    """The tasks that lead to the results of `waves` and all before them."""
    _forget_other_data(run)
    steps = (intake_task, panel_task, estimate_task, protect_task, disclosure_task)
    return [step(run, wave) for wave in run.waves if wave <= max(waves) for step in steps]


def _forget_other_data(run: Run) -> None:
    """Takes away the outputs of waves that this run has no data of, and all outputs if the data were of the other kind.

    Documents read all results there are of earlier waves; a synthetic or an absent wave may not stand among them.
    """
    note = settings().derived / "kind.txt"
    other = note.is_file() and note.read_text() != run.source.kind
    stale = [p for p in sorted(settings().output.glob("[0-9]*")) if other or int(p.name) not in run.waves]
    if stale:  # the new data must be readable before anything of the old is taken away
        build(lambda: [step(run, wave) for wave in run.waves for step in (intake_task, panel_task)])
    for folder in stale:
        print(f"  removing _output/{folder.name}, made from other data", file=sys.stderr, flush=True)
        shutil.rmtree(folder)
    if other or not note.is_file():
        _write(note, run.source.kind)


def source(data: Path | None) -> Source:
    """The raw data of this run: DATA, else real waves in data/raw, else the synthetic panel, made when needed."""
    folders = settings()
    if data is not None:
        return find(data)
    if any(p.is_dir() and any(p.iterdir()) for p in folders.raw.glob("*")):
        return find(folders.raw)
    with suppress(LegepaneletError):  # half a panel, from a run that was killed, is made anew
        if up_to_date(Run(made := find(folders.synthetic)), "data", []):
            return made
    build(lambda: [synthetic_task(folders.synthetic)])
    made = find(folders.synthetic)
    remember(Run(made), "data", [])
    return made


def everything(run: Run) -> list[Path]:
    """All files that a run of the command reads, but what it makes itself."""
    stages = [p for p in sorted((ROOT / "analysis").rglob("*")) if p.suffix in (".py", ".yml")]
    reports = [p for p in sorted(settings().reports.rglob("*")) if p.is_file() and "figures" not in p.parts]
    raw = [path for wave in run.waves for path in run.source.files[wave] if path]
    return [
        *stages,
        *codebook_files(),
        *reports,
        *(ROOT / name for name in ("_quarto.yml", "requirements.lock", "pyproject.toml")),
        *raw,
    ]


def up_to_date(run: Run, command: str, outputs: list[Path]) -> bool:
    """Whether `command` has succeeded with just these inputs, and its outputs are still what it made.

    It only spares an idle command the second it takes to load pytask, which decides in all other cases.
    """
    return all(p.is_file() for p in outputs) and _stamps().get(command) == _state(run, outputs)


def remember(run: Run, command: str, outputs: list[Path]) -> None:
    """Notes that `command` has succeeded."""
    _digest.cache_clear()
    _write(settings().derived / "stamps.json", json.dumps(_stamps() | {command: _state(run, outputs)}, indent=1))


def _stamps() -> dict[str, str]:
    path = settings().derived / "stamps.json"
    return json.loads(path.read_text()) if path.is_file() else {}


def _state(run: Run, outputs: list[Path]) -> str:
    return fingerprint([*everything(run), *outputs])


def _write(path: Path, text: str) -> None:
    """Whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


@contextmanager
def alone(waiting: Callable[[], None]):
    """Holds the project for one run; a second one calls `waiting` and waits. A run that is killed lets go."""
    from filelock import FileLock, Timeout

    settings().derived.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings().derived / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def of_the_disk(error: OSError) -> LegepaneletError:
    """A full or write-protected disk, said in a line."""
    where = (
        os.path.relpath(error.filename, ROOT)
        if isinstance(error.filename, (str, os.PathLike))
        else "the project's folder"
    )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return LegepaneletError(
            "DISK_FULL",
            f"{where}: {error.strerror}",
            "Make room, then run the command again; what was made before is whole.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return LegepaneletError(
            "NOT_WRITABLE",
            f"{where}: {error.strerror}",
            "Give yourself the right to write there, then run the command again.",
        )
    return LegepaneletError(
        "FILE_SYSTEM", f"{where}: {error.strerror or error}", "Run the command again when that is mended."
    )


def build(tasks: Callable[[], list]) -> bool:
    """Runs what has to be run, two tasks at a time; each says what it does. True if anything ran.

    `tasks` makes the tasks: a session marks those it was given, so the look and the run each need their own.

    Raises the LegepaneletErrors of all tasks as one; other faults as they are.
    """
    import pytask

    pending = [
        r
        for r in _session(tasks(), dry_run=True).execution_reports
        if r.outcome == pytask.TaskOutcome.WOULD_BE_EXECUTED
    ]
    if not pending:
        return False
    session = _session(tasks(), n_workers=min(2, len(pending)))
    failures = [r.exc_info[1] for r in session.execution_reports if r.outcome == pytask.TaskOutcome.FAIL]
    known = [f for f in failures if isinstance(f, LegepaneletError)]
    if len(known) > 1 and len(known) == len(failures):  # several documents refused: all of it in one run
        raise LegepaneletError(known[0].code, "\n".join(f.message for f in known), known[0].hint)
    for failure in failures:
        raise _full(failure) or failure
    return True


def _full(failure: BaseException) -> OSError | None:
    """A disk that is full, whichever library found it so."""
    words = str(failure)
    full = "disk is full" in words or "No space left on device" in words or "disk I/O error" in words
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) if full and not isinstance(failure, OSError) else None


def _session(tasks: list, **options):
    import pytask

    folder = settings().derived
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "pytask.toml"  # its folder is where pytask keeps its own files
    config.write_text("[tool.pytask.ini_options]\n", encoding="utf-8")
    pytask.console.quiet = True  # our own lines tell what runs
    try:
        session = pytask.build(
            tasks=tasks, config=config, paths=[folder], database_url=f"sqlite:///{folder / 'pytask.sqlite3'}", capture="no", verbose=0,
            show_traceback=False, disable_warnings=True, **options,
        )  # fmt: skip
    except Exception as error:  # pytask's own notes are on the disk too
        raise _full(error) or error from None
    if session.exit_code not in (pytask.ExitCode.OK, pytask.ExitCode.FAILED):
        failure = next((r.exc_info[1] for r in session.collection_reports if r.exc_info), None)
        raise (failure and (_full(failure) or failure)) or LegepaneletError(
            "PIPELINE_FAILED", f"pytask ended with {session.exit_code}"
        )
    return session
