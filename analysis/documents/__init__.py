"""From `reports/*.qmd` to documents: execute once, then every format."""

import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import LegepaneletError
from analysis.settings import ROOT

if TYPE_CHECKING:
    from analysis.codebook import Codebook


@dataclass(frozen=True)
class Edition:
    """Which copy of a document: `draft` may hold what the checks refuse and says so, `blind` names no author, `manuscript` has
    double spacing and line numbers (DOCX). Drafts and blind copies are files of their own."""

    draft: bool = False
    blind: bool = False
    manuscript: bool = False

    @property
    def suffix(self) -> str:
        return "".join(f"-{name}" for name in ("draft", "blind", "manuscript") if getattr(self, name))


def check_renderer(renderer: str) -> None:
    """Raises RENDERER_UNKNOWN, QUARTO_MISSING or QUARTO_OLD, before anything is made."""
    if renderer not in ("builtin", "quarto"):
        raise LegepaneletError("RENDERER_UNKNOWN", f"RENDERER={renderer} is not known", "RENDERER may be builtin or quarto.")
    if renderer == "quarto":
        from analysis.documents import quarto

        quarto.check()


def write(
    source: Path,
    wave: int,
    lang: str,
    kind: str,
    outputs: dict[str, Path],
    notebook: Path,
    renderer: str,
    edition: Edition,
    data_hash: str,
) -> None:
    """Executes `source` for a wave and writes the notebook, its number ledger and every output, each whole or not at all.

    `data_hash` is of the wave's raw files. `kind` is real or synthetic; synthetic documents say so everywhere and carry placeholders
    for authors. Raises DOCUMENT_REFUSED with every typed number, unbound or unsupported claim, and breach of the journal's limits; a
    draft is written all the same.
    """
    import nbformat

    from analysis.codebook import glyphs, load
    from analysis.codebook.indicators import of_instrument
    from analysis.documents import checks, ledger, prose, qmd, quarto, render
    from analysis.documents.execute import execute
    from analysis.settings import settings

    book, reports = load(settings().codebook), settings().reports
    glyphs.refuse(book, wave, settings().look / "fonts")
    day = book.waves[wave].document_date
    name = source.name.removesuffix(f".{lang}.qmd")
    known = {i.id: i.base for part in book.instruments.values() for i in of_instrument(book, part)}
    faults = prose.faults(source, lang, list(book.waves), lambda name: known.get(name, "all"))
    stage = ROOT / ".build" / str(wave) / f"{source.stem}{edition.suffix}"
    shutil.rmtree(stage, ignore_errors=True)
    (stage / "figures").mkdir(parents=True)
    parameters = {"wave": wave, "lang": lang}
    done, cards = execute(
        qmd.read(source),
        parameters=parameters,
        metadata=_metadata(book, wave, lang, kind, stage / "figures", edition),
        folder=stage,
        data_hash=data_hash,
    )
    faults += [*checks.absent(done), *checks.references(done, qmd.references(source)), *checks.claims(done)]
    if (reports / f"{name}.plan.yml").is_file():
        faults += checks.limits(done, lang)
    if faults and not edition.draft:
        _refuse(source.name, faults)
    for fault in faults:
        print(f"  {fault}", file=sys.__stderr__, flush=True)
    if edition.blind:
        qmd.set_front_matter(
            done, {k: v for k, v in qmd.front_matter(done).items() if k not in ("author", "affiliation", "owner", "logo")}
        )
    numbers = ledger.record(done, stage / "figures")
    (stage / "numbers.html").write_text(ledger.page(cards), encoding="utf-8")
    epoch = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    (quarto if renderer == "quarto" else render).render(done, outputs=outputs, resources=stage, epoch=epoch)
    ledger.write(numbers, notebook.with_suffix(".numbers.json"), document=name + edition.suffix, lang=lang, wave=wave, data=kind,
                 pictures=ledger.pictures(stage / "figures"))  # fmt: skip
    part = notebook.with_suffix(".part")
    nbformat.write(done, part)
    os.replace(part, notebook)


def _metadata(book: "Codebook", wave: int, lang: str, kind: str, beside: Path, edition: Edition) -> dict:
    """What the run adds to a document's front matter."""
    from analysis.presentation import front

    found = front.matter(book, wave, lang, synthetic=kind == "synthetic", beside=beside)
    if edition.draft:
        found["draft-label"] = front.WORDS[lang]["draft-label"]
    return found | {name: True for name in ("blind", "manuscript") if getattr(edition, name)}


def _refuse(document: str, faults: list) -> None:
    raise LegepaneletError(
        "DOCUMENT_REFUSED", "\n  ".join([f"{document} says what the results do not bear out, or nothing shows that they do", *map(str, faults)]),
        "Mend the text, or mark a phrase that stands as it is: [phrase]{.fixed why=\"...\"}. DRAFT=1 writes a file marked as a draft.",
    )  # fmt: skip
