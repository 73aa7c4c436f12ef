"""A run of a command: where its data come from, what it takes to its results, and whether anything has changed since the last one."""

import json
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from analysis.errors import LegepaneletError
from analysis.intake.source import Source, find
from analysis.pipeline.building import build
from analysis.pipeline.files import Run, codebook_files, digest, fingerprint
from analysis.pipeline.tasks import (
    disclosure_task,
    estimate_task,
    intake_task,
    panel_task,
    protect_task,
    synthetic_task,
)
from analysis.settings import ROOT, settings


def results_tasks(run: Run, waves: list[int]) -> list:
    """The tasks that lead to the results of `waves` and all before them; the last wave's, which take longest, before other waves'."""
    import pytask

    _forget_other_data(run)
    tasks = []
    for wave in (w for w in run.waves if w <= max(waves)):
        tasks += [intake_task(run, wave), panel_task(run, wave)]
        own = [estimate_task(run, wave), protect_task(run, wave), disclosure_task(run, wave)]
        tasks += own if wave == max(waves) else map(pytask.mark.try_last, own)
    return tasks


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
    digest.cache_clear()
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
