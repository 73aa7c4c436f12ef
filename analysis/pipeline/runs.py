"""A run of a command: where its data come from, and the tasks that lead to its results and documents."""

from dataclasses import replace
from pathlib import Path

from analysis.documents import Edition
from analysis.errors import LegepaneletError
from analysis.intake.source import Source, find
from analysis.pipeline import files
from analysis.pipeline.building import build
from analysis.pipeline.files import Run
from analysis.pipeline.state import Task, write_whole
from analysis.pipeline.tasks import (
    check_compared,
    clear_task,
    disclosure_task,
    document_task,
    estimate_task,
    intake_task,
    panel_task,
    protect_task,
    synthetic_tasks,
)
from analysis.settings import settings


def source(data: Path | None) -> Source:
    """The raw data of this run: DATA, else real waves in data/raw, else the synthetic panel, made when needed."""
    folders = settings()
    if data is not None:
        return find(data)
    if any(p.is_dir() and any(p.iterdir()) for p in folders.raw.glob("*")):
        return find(folders.raw)
    build(synthetic_tasks(folders.synthetic))
    return find(folders.synthetic)


def results_tasks(run: Run, waves: list[int]) -> list[Task]:
    """The tasks that lead to the results of `waves` and all before them; the last wave's, which take longest, before other waves'.

    Outputs of waves that this run has no data of, and all outputs if the data were of the other kind, are taken away before anything
    new is written: documents read all results there are of earlier waves, and no synthetic or absent wave may stand among them.
    """
    if unknown := [w for w in run.waves if w not in files.known_waves()]:
        told = f"{run.source.folder.name}/{unknown[0]} has no wave file in data/codebook/waves"
        raise LegepaneletError("WAVE_UNKNOWN", told, f"Write {unknown[0]}.yml (README, \"Adding a wave\"), or take the folder away.")
    stale = _stale(run)
    wanted = [w for w in run.waves if w <= max(waves)]
    read = run.waves if stale else wanted
    tasks = [task for wave in read for task in (intake_task(run, wave), panel_task(run, wave))]
    tasks += [clear_task(run, stale)] if stale else []
    for wave in wanted:
        own = [estimate_task(run, wave), protect_task(wave), disclosure_task(run, wave, (files.kind_file(),) if stale else ())]
        tasks += [replace(task, last=wave != max(waves)) for task in own]
    return tasks


def document_tasks(run: Run, wanted: list[tuple[str, int, str]], formats: list[str], renderer: str, edition: Edition) -> list[Task]:
    """The tasks of (document, wave, language), after those of their results."""
    results = results_tasks(run, sorted({wave for _, wave, _ in wanted}))
    waits_for = next((task.outputs for task in results if task.name == "clear"), ())
    found = [document_task(run, document, wave, lang, formats, renderer, edition) for document, wave, lang in wanted]
    return results + [replace(task, waits_for=waits_for) for task in found]


def check_articles(run: Run, wanted: list[tuple[str, int, str]]) -> None:
    """Raises ARTICLE_WAVE_ABSENT for a document that compares with a wave of which there are no data."""
    for document, wave in dict.fromkeys((document, wave) for document, wave, _ in wanted):
        check_compared(run, document, wave)


def _stale(run: Run) -> tuple[Path, ...]:
    """The folders of outputs that were made from other data. Notes the kind of data if there is no note."""
    note = files.kind_file()
    if not note.is_file():
        write_whole(note, run.source.kind)
    other = note.read_text(encoding="utf-8") != run.source.kind
    made = [p for p in sorted(settings().output.glob("*")) if files.YEAR.fullmatch(p.name)]
    return tuple(p for p in made if other or int(p.name) not in run.waves)
