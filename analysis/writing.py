"""Writing what was asked for: documents, as `make report`, `make articles` and `make publish` do, and the analysis file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from analysis import pipeline
from analysis.documents import check_renderer
from analysis.options import edition_of, formats_of, languages_of, run_of, say, wave_of
from analysis.settings import ROOT, settings

if TYPE_CHECKING:  # what reads tables is loaded by the commands that need it
    from analysis.codebook import Codebook
    from analysis.codebook.plan import Plan
    from analysis.panel.build import WavePanel


def write(options, run: pipeline.Run, documents: list[tuple[str, int]]) -> int:
    """Makes (document, wave) pairs in the formats, the languages and the edition asked for, and prints their paths."""
    started, formats = time.monotonic(), formats_of(options)
    wanted = [(d, w, lang) for lang in languages_of(options) for d, w in documents]
    edition = edition_of(options, formats)
    check_renderer(options.renderer)
    waves = sorted({wave for _, wave in documents})
    made = [p for d, w, lang in wanted for p in pipeline.document_files(d, w, lang, formats, edition).values()]
    tasks = pipeline.document_tasks(run, wanted, formats, options.renderer, edition)
    records = [settings().output / str(w) / "manifest.json" for w in waves]
    if pipeline.pending(tasks):
        pipeline.check_articles(run, wanted)
        pipeline.build(tasks)
        say(f"Done in {time.monotonic() - started:.0f} s.")
    else:
        say("Nothing has changed; the documents are up to date.")
        records = [path for path in records if not path.is_file()]
    for path in records:
        from analysis.verification import manifest

        manifest.record(int(path.parent.name), run.source.files, run.source.kind, options.renderer, _again(options))
    if run.source.kind == "synthetic":
        say("These are SYNTHETIC DATA: nobody answered this.")
    absent = [str(w) for w in pipeline.known_waves() if w not in run.waves and w <= max(waves)]
    if absent:
        say(f"Waves without files, absent from trends: {', '.join(absent)}.")
    for path in made:
        print(path.relative_to(ROOT))
    return 0


def _again(options) -> str:
    """The command that repeats this one, without a path of this machine."""
    given = {
        "WAVE": getattr(options, "wave", ""), "ARTICLE": getattr(options, "article", ""), "REPORT_LANG": f'"{options.lang}"',
        "FORMATS": f'"{options.formats}"', "RENDERER": options.renderer, "DATA": options.data and "...",
    }  # fmt: skip
    given |= {name.upper(): getattr(options, name) for name in ("draft", "blind", "manuscript")}
    return " ".join([f"make {options.command}", *(f"{name}={value}" for name, value in given.items() if value)])


def export(options) -> int:
    from analysis.crosscheck import designs

    book, wave, panels, plans = built(options)
    for path in designs.write(book, wave, panels, plans, pipeline.derived(wave)):
        print(path.relative_to(ROOT))
    return 0


def built(options) -> tuple[Codebook, int, dict[int, WavePanel], list[Plan]]:
    """The codebook, the wave, the panels up to it and its articles' plans, with the wave's results up to date."""
    run = run_of(options)
    wave = wave_of(options, run)
    pipeline.build(pipeline.results_tasks(run, [wave]))
    from analysis.codebook import load
    from analysis.panel import build as building

    panels = {w: building.load(pipeline.derived(w)) for w in run.waves if w <= wave}
    return load(settings().codebook), wave, panels, pipeline.plans_of(wave)
