"""The tasks: what each makes, from what. pytask runs those whose inputs have changed.

Stages are imported inside the tasks, so that finding nothing to do costs no pandas. A task depends on the code of its own stage
and of all above it, on its data, on the lock file, the settings and the Python version.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from analysis.documents import Edition
from analysis.errors import LegepaneletError
from analysis.pipeline.files import (
    APPENDIX,
    Run,
    code,
    codebook_files,
    derived,
    document_files,
    export_of,
    fingerprint,
    hidden_files,
    known_waves,
    languages,
    panel_files,
    plan_files,
    plans_of,
    raw_hash,
    results_file,
)  # fmt: skip
from analysis.settings import ROOT, settings

DISCLOSURE = ("codebook", "intake", "panel", "estimation", "disclosure")


def task(name: str, files: list[Path], inputs: list[Path], outputs: list[Path], work: Callable[[], None], doing: str):
    """A pytask task that does `work` when the small `files`, an input or an output is not as it was; `doing` says what it does."""
    import pytask

    # The inputs' names too: one input fewer is a change. From the project's folder: moving it is none.
    names = " ".join(os.path.relpath(path, ROOT) for path in inputs)
    known = pytask.PythonNode(value=fingerprint(files) + names, hash=True)

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


def synthetic_task(folder: Path):
    """Writes the synthetic raw exports of every wave of the codebook."""
    waves = known_waves()
    suffix = {w: export_of(w) for w in waves}
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


def intake_task(run: Run, wave: int):
    """Raw files to coded answers; errors in them stop here and leave what was made before."""
    answers, sample, _ = run.source.files[wave]
    outputs = [derived(wave) / f"{name}.parquet" for name in ("answers", "reasons", "sample", "problems")]

    def work():
        from analysis.codebook import load
        from analysis.intake import problems
        from analysis.intake import wave as intake

        coded = intake.read(load(settings().codebook), wave, answers, sample)
        problems.refuse(coded.problems, wave)
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
