"""From `reports/*.qmd` to documents: execute once, then every format."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from analysis.errors import LegepaneletError
from analysis.settings import ROOT

LANGUAGE = {"nb": ("nb", "NO"), "en": ("en", "GB")}
WORDS = {
    "nb": {"running": "Legepanelet {wave}", "toc-title": "Innhold", "page-of": "av", "skip-label": "Hopp til innholdet",
           "synthetic-label": "SYNTETISKE DATA", "author": ["Forfatter 1 (plassholder)", "Forfatter 2 (plassholder)"]},
    "en": {"running": "Legepanelet {wave}", "toc-title": "Contents", "page-of": "of", "skip-label": "Skip to content",
           "synthetic-label": "SYNTHETIC DATA", "author": ["Author 1 (placeholder)", "Author 2 (placeholder)"]},
}  # fmt: skip


def check_renderer(renderer: str) -> None:
    """Raises RENDERER_UNKNOWN or QUARTO_MISSING, before anything is made."""
    if renderer not in ("builtin", "quarto"):
        raise LegepaneletError(
            "RENDERER_UNKNOWN", f"RENDERER={renderer} is not known", "RENDERER may be builtin or quarto."
        )
    if renderer == "quarto" and shutil.which("quarto") is None:
        raise LegepaneletError("QUARTO_MISSING", "RENDERER=quarto needs the program quarto on the PATH",
                               "Install Quarto 1.9 or newer, or `pip install -e .[quarto]` where the network allows it.")  # fmt: skip


def write(
    source: Path, wave: int, lang: str, kind: str, outputs: dict[str, Path], notebook: Path, renderer: str
) -> None:
    """Executes `source` for a wave and writes the notebook and every output, each whole or not at all.

    `kind` is real or synthetic; synthetic documents say so everywhere and carry placeholders for authors.
    """
    import nbformat
    from babel.dates import format_date

    from analysis.codebook import load
    from analysis.documents import qmd, quarto, render
    from analysis.documents.execute import execute
    from analysis.settings import settings

    day = load(settings().codebook).waves[wave].document_date
    language, region = LANGUAGE[lang]
    words = WORDS[lang]
    metadata = {
        "wave": wave, "lang": f"{language}-{region}", "language": language, "region": region,
        "date": day.isoformat(), "date-format": "long", "date-long": format_date(day, "long", locale=f"{language}_{region}"),
        "running": words["running"].format(wave=wave),
        **{key: words[key] for key in ("toc-title", "page-of", "skip-label")},
    }  # fmt: skip
    if kind == "synthetic":
        metadata |= {"synthetic": True, "synthetic-label": words["synthetic-label"], "author": words["author"]}
    stage = ROOT / ".build" / str(wave) / f"{source.stem}"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    done = execute(qmd.read(source), parameters={"wave": wave, "lang": lang}, metadata=metadata, folder=stage)
    epoch = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    (quarto if renderer == "quarto" else render).render(done, outputs=outputs, resources=stage, epoch=epoch)
    part = notebook.with_suffix(".part")
    nbformat.write(done, part)
    os.replace(part, notebook)
