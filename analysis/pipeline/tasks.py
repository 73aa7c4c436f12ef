"""The tasks: what each makes, from what. Each is a function with plain arguments, and a description of what it reads and writes.

A task imports what it runs within itself: the modules that its function imports, and no others, are part of its state (see `state`), and
finding nothing to do costs no pandas. `TYPE_CHECKING` imports name what a task runs in a process of its own.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from analysis.documents import Edition
from analysis.errors import LegepaneletError
from analysis.pipeline import files
from analysis.pipeline.files import APPENDIX, Run, derived, hidden_files, panel_files, results_file
from analysis.pipeline.state import Task, write_whole
from analysis.settings import ROOT, settings

INTAKE = ("answers", "reasons", "sample", "problems")
RAW = ("sample.csv", "population.csv")  # beside the answers


def synthetic_tasks(folder: Path) -> list[Task]:
    """The tasks that write the synthetic raw exports of every wave of the codebook: one draws the panel, one a wave writes its files."""
    assumed = tuple(sorted((ROOT / "analysis/synthetic/assumptions").glob("*.yml")))
    drawn = derived("synthetic") / "population.parquet", derived("synthetic") / "samples.parquet"
    found = [Task("synthetic", "drawing the synthetic panel", draw, (files.known_waves(), drawn), assumed, drawn)]
    for wave in files.known_waves():
        outputs = tuple(folder / str(wave) / name for name in (f"answers.{files.export_of(wave)}", *RAW))
        inputs = (*drawn, *files.codebook_part(wave), *assumed)
        slow = files.export_of(wave) == "xlsx"
        doing = f"{wave}: making synthetic answers"
        found.append(Task(f"synthetic-{wave}", doing, synthetic, (wave, drawn, folder), inputs, outputs, last=not slow))
    return found


def draw(waves: tuple[int, ...], drawn: tuple[Path, Path]) -> None:
    from analysis.synthetic import exports

    exports.draw(waves, drawn, settings().seed)


def synthetic(wave: int, drawn: tuple[Path, Path], folder: Path) -> None:
    from analysis.codebook import load
    from analysis.synthetic import exports

    exports.write(load(settings().codebook), wave, drawn, folder, settings().seed)


def intake_task(run: Run, wave: int) -> Task:
    """Raw files to coded answers; errors in them stop here and leave what was made before."""
    answers, sample, _ = run.source.files[wave]
    before = max((w for w in run.waves if w < wave), default=None)
    earlier = run.source.files[before][1] if before else None
    inputs = (answers, sample, *([earlier] if earlier else []), *files.codebook_part(wave))
    outputs = tuple(derived(wave) / f"{name}.parquet" for name in INTAKE)
    return Task(f"intake-{wave}", f"{wave}: reading and checking the raw files", intake, (wave, answers, sample, earlier), inputs, outputs)


def intake(wave: int, answers: Path, sample: Path, earlier: Path | None) -> None:
    from analysis.codebook import load
    from analysis.intake import problems, reading

    coded = reading.read(load(settings().codebook), wave, answers, sample, earlier)
    problems.refuse(coded.problems, wave)
    for name in INTAKE:
        getattr(coded, name).to_parquet(derived(wave) / f"{name}.parquet", index=False)


def panel_task(run: Run, wave: int) -> Task:
    """Coded answers to a weighted panel."""
    own = run.source.files[wave][2]
    inputs = (*(derived(wave) / f"{name}.parquet" for name in INTAKE[:3]), *([own] if own else files.population_files()))
    inputs += tuple(files.codebook_part(wave))
    return Task(f"panel-{wave}", f"{wave}: dispositions, scores and weights", panel, (wave, own), inputs, tuple(panel_files(wave)))


def panel(wave: int, own: Path | None) -> None:
    import pandas as pd

    from analysis.codebook import load
    from analysis.codebook.population import of_wave
    from analysis.panel import build

    tables = [pd.read_parquet(derived(wave) / f"{name}.parquet") for name in INTAKE[:3]]
    build.save(build.build(load(settings().codebook), wave, *tables, of_wave(settings().population, wave, own)), derived(wave))


def estimate_task(run: Run, wave: int) -> Task:
    """Weighted panels to the complete results of a wave."""
    waves = tuple(w for w in run.waves if w <= wave)
    # Of earlier waves only the doctors matter: whatever moves their margins moves their weights.
    inputs = (derived(wave) / "answers.parquet", derived(wave) / "problems.parquet", *panel_files(wave))
    inputs += (*(panel_files(w)[0] for w in waves if w != wave), *files.codebook_part(wave), *files.plan_files(wave))
    return Task(f"estimate-{wave}", f"{wave}: estimating", estimate, (wave, waves), inputs, (files.estimates_file(wave),))


def estimate(wave: int, waves: tuple[int, ...]) -> None:
    import pandas as pd

    from analysis.codebook import load
    from analysis.codebook.plan import plans_of_wave
    from analysis.estimation import wave as estimation
    from analysis.panel import build
    from analysis.results import files as results

    book = load(settings().codebook)
    panels = {w: build.load(derived(w)) for w in waves}
    tables = [pd.read_parquet(derived(wave) / f"{name}.parquet") for name in ("answers", "problems")]
    plans = plans_of_wave(settings().reports, book, wave)
    results.write(estimation.estimate(book, wave, panels, *tables, plans), files.estimates_file(wave))


def protect_task(wave: int) -> Task:
    """Complete results to the reasons why some are hidden, which the auditor has attacked in vain."""
    inputs = (files.estimates_file(wave), *panel_files(wave), *files.codebook_part(wave))
    return Task(f"protect-{wave}", f"{wave}: hiding small cells, and attacking what is left", protect, (wave,), inputs, tuple(hidden_files(wave)))


def protect(wave: int) -> None:
    import pandas as pd

    from analysis.codebook import load
    from analysis.disclosure import rules, whole
    from analysis.panel import build, population
    from analysis.results import files as tables

    book, results, panel = load(settings().codebook), tables.read(files.estimates_file(wave)), build.load(derived(wave))
    why = rules.reasons(book, wave, results, population.sizes(results, panel.doctors, panel.population))
    why, attacked = whole.safe(book, wave, results, why)
    reasons, levels, found = hidden_files(wave)
    attacked.to_parquet(found, index=False)
    results[["id"]].assign(why=why).to_parquet(reasons, index=False)
    pd.DataFrame(sorted(rules.gone(results, why)), columns=["wave", "indicator", "by", "level"]).to_parquet(levels, index=False)


def disclosure_task(run: Run, wave: int, waits_for: tuple[Path, ...]) -> Task:
    """Complete results to publishable ones; a change of a level that is hidden in an earlier wave is hidden too."""
    earlier = tuple(hidden_files(w)[1] for w in run.waves if w < wave)
    inputs = (files.estimates_file(wave), *hidden_files(wave), *earlier, *files.codebook_part(wave))
    outputs = (results_file(wave), settings().output / str(wave) / "disclosure.html")
    arguments = (wave, earlier, run.source.kind == "synthetic")
    return Task(f"disclosure-{wave}", f"{wave}: writing the results that may be seen", disclosure, arguments, inputs, outputs, waits_for)


def disclosure(wave: int, earlier: tuple[Path, ...], is_synthetic: bool) -> None:
    import pandas as pd

    from analysis.codebook import load
    from analysis.disclosure import rules
    from analysis.presentation import review
    from analysis.results import files as tables

    book, results = load(settings().codebook), tables.read(files.estimates_file(wave))
    reasons, _, found = hidden_files(wave)
    why, attacked = pd.read_parquet(reasons)["why"], pd.read_parquet(found)
    lost = [row for path in earlier for row in pd.read_parquet(path).itertuples(index=False, name=None)]
    why = rules.across(book, wave, results, why, frozenset(lost))
    published = rules.publishable(book, wave, results, why)
    review.write(book, wave, published, why, attacked, is_synthetic, settings().output / str(wave) / "disclosure.html")
    tables.write(published, results_file(wave), is_synthetic)


def clear_task(run: Run, stale: tuple[Path, ...]) -> Task:
    """Takes away the outputs of other data. The new must be readable before anything of the old goes: it waits for all panels."""
    panels = tuple(path for wave in run.waves for path in panel_files(wave))
    doing = f"removing {', '.join(f'_output/{folder.name}' for folder in stale)}, made from other data"
    return Task("clear", doing, clear, (run.source.kind, stale), (), (files.kind_file(),), panels, always=True)


def clear(kind: str, stale: tuple[Path, ...]) -> None:
    import shutil

    for folder in stale:
        shutil.rmtree(folder)
    write_whole(files.kind_file(), kind)


def document_task(run: Run, document: str, wave: int, lang: str, formats: list[str], renderer: str, edition: Edition) -> Task:
    """A document of a wave in a language: executed once, then every format. Raises DOCUMENT_MISSING."""
    source = settings().reports / f"{document}.{lang}.qmd"
    if not source.is_file():
        hint = f"REPORT_LANG may be one of {', '.join(files.languages(document))}."
        raise LegepaneletError("DOCUMENT_MISSING", f"there is no {source.relative_to(ROOT)}", hint)
    outputs = files.document_files(document, wave, lang, formats, edition)
    stem = settings().output / str(wave) / f"{document}{edition.suffix}.{lang}"
    notebook, ledger = (stem.with_name(f"{stem.name}.{suffix}") for suffix in ("ipynb", "numbers.json"))
    texts = settings().reports
    inputs = [p for p in sorted(settings().look.rglob("*")) if p.is_file()]
    inputs += [p for kind in ("*.bib", "*.yml", "*/*.qmd", "checklists/*.yml") for p in sorted(texts.glob(kind))]
    # The appendix reads the articles, to bind the checklists to their sections.
    inputs += [ROOT / "_quarto.yml", *(sorted(texts.glob("*.qmd")) if document == APPENDIX else [source])]
    inputs += [*files.codebook_part(wave), *(results_file(w) for w in run.waves if w <= wave)]
    arguments = (source, wave, lang, run.source.kind, tuple(outputs.items()), notebook, renderer, edition, files.raw_hash(run, wave))
    name = f"{document}{edition.suffix}-{wave}-{lang}-{'-'.join(formats)}-{renderer}"
    doing = f"{wave}: writing {stem.name} ({', '.join(formats)})"
    return Task(name, doing, write_document, arguments, tuple(dict.fromkeys(inputs)), (*outputs.values(), notebook, ledger))


def write_document(source, wave, lang, kind, outputs, notebook, renderer, edition, data_hash) -> None:
    from analysis.documents.making import Document, write

    if TYPE_CHECKING:  # run by the document's kernel
        from analysis import presentation  # noqa: F401

    write(Document(source, wave, lang, kind, edition, data_hash), dict(outputs), notebook, renderer)


def check_compared(run: Run, document: str, wave: int) -> None:
    """Raises ARTICLE_WAVE_ABSENT if the plan of an article compares with a wave that there are no raw files of."""
    plans = [p for p in files.plans_of(wave) if p.article == document]
    if absent := [str(w) for plan in plans for w in plan.compared if w not in run.waves]:
        told = f"{document}.plan.yml compares {wave} with {', '.join(absent)}, and there are no raw files of that wave"
        hint = "Put the wave's files beside the others, or take the comparison out of the plan and of the article."
        raise LegepaneletError("ARTICLE_WAVE_ABSENT", told, hint)
