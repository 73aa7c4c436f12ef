"""A document made: its text is checked and run, what it says is judged, its numbers are recorded, its files written."""

import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from analysis.codebook import Codebook, glyphs, load
from analysis.codebook.indicators import of_instrument
from analysis.documents import Edition, checks, ledger, prose, qmd, quarto, render
from analysis.documents.execute import Ran, execute
from analysis.documents.kernels import kernel
from analysis.errors import LegepaneletError
from analysis.presentation import front
from analysis.settings import ROOT, settings


@dataclass(frozen=True)
class Document:
    """What is asked for: a text (`reports/<name>.<lang>.qmd`), a wave, and which copy.

    `kind` is real or synthetic; synthetic documents say so everywhere and carry placeholders for authors. `data_hash` is of the wave's raw files.
    """

    source: Path
    wave: int
    lang: str
    kind: str
    edition: Edition
    data_hash: str

    @property
    def name(self) -> str:
        return self.source.name.removesuffix(f".{self.lang}.qmd")

    @property
    def stage(self) -> Path:
        """The folder it is made in."""
        return ROOT / ".build" / str(self.wave) / f"{self.source.stem}{self.edition.suffix}"

    def epoch(self, book: Codebook) -> int:
        """The time that its files carry, in seconds."""
        day = book.waves[self.wave].document_date
        return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def write(document: Document, outputs: dict[str, Path], notebook: Path, renderer: str) -> None:
    """Writes the executed notebook, its number ledger and every output (format -> path), each whole or not at all.

    Raises DOCUMENT_REFUSED with every typed number, unbound or unsupported claim, and breach of the journal's limits; a draft is written anyway.
    """
    clear(document)
    with kernel(document.stage) as client:
        book = load(settings().codebook)
        done, cards, faults = run(document, book, client)
    judge(document, faults)
    numbers = recorded(document, done, cards)
    (quarto if renderer == "quarto" else render).render(done, outputs=outputs, resources=document.stage, epoch=document.epoch(book))
    ledger.write(numbers, notebook.with_suffix(".numbers.json"), document=document.name + document.edition.suffix, lang=document.lang,
                 wave=document.wave, data=document.kind, pictures=ledger.pictures(document.stage / "figures"))  # fmt: skip
    part = notebook.with_suffix(".part")
    nbformat.write(done, part)
    os.replace(part, notebook)


def shown(document: Document, book: Codebook, client: NotebookClient, ran: Ran) -> bytes:
    """The document's page, by a kernel that stays (see `execute`)."""
    done, cards, faults = run(document, book, client, ran)
    judge(document, faults)
    recorded(document, done, cards)
    page = document.stage / "page.html"
    render.render(done, outputs={"html": page}, resources=document.stage, epoch=document.epoch(book))
    return page.read_bytes()


def clear(document: Document) -> None:
    """An empty folder to make the document in."""
    shutil.rmtree(document.stage, ignore_errors=True)
    (document.stage / "figures").mkdir(parents=True)


def run(
    document: Document, book: Codebook, client: NotebookClient, before: Ran | None = None
) -> tuple[nbformat.NotebookNode, str, list]:
    """The executed notebook, its cards, and all that its text says without support (see `execute` on `before`)."""
    glyphs.refuse(book, document.wave, settings().look / "fonts")
    known = {i.id: i.base for part in book.instruments.values() for i in of_instrument(book, part)}
    faults = prose.faults(document.source, document.lang, list(book.waves), lambda name: known.get(name, "all"))
    parameters = {"wave": document.wave, "lang": document.lang}
    text = qmd.read(document.source)
    done, cards = execute(client, text, parameters=parameters, metadata=_metadata(document, book), data_hash=document.data_hash, before=before)
    faults += [*checks.absent(done), *checks.references(done, qmd.references(document.source)), *checks.claims(done)]
    if document.source.with_name(f"{document.name}.plan.yml").is_file():
        faults += checks.limits(done, document.lang)
    return done, cards, faults


def judge(document: Document, faults: list) -> None:
    """Says what is wrong with a draft. Raises DOCUMENT_REFUSED of what is none."""
    if faults and not document.edition.draft:
        told = f"{document.source.name} says what the results do not bear out, or nothing shows that they do"
        hint = "Mend the text, or mark a phrase that stands as it is: [phrase]{.fixed why=\"...\"}. DRAFT=1 writes a file marked as a draft."
        raise LegepaneletError("DOCUMENT_REFUSED", "\n  ".join([told, *map(str, faults)]), hint)
    for fault in faults:
        print(f"  {fault}", file=sys.__stderr__, flush=True)


def recorded(document: Document, done: nbformat.NotebookNode, cards: str) -> list[ledger.Entry]:
    """The entries of the ledger, whose ids the notebook's numbers get; what the page needs of them is put beside the pictures."""
    if document.edition.blind:
        hidden = ("author", "affiliation", "owner", "logo")
        qmd.set_front_matter(done, {k: v for k, v in qmd.front_matter(done).items() if k not in hidden})
    numbers = ledger.record(done, document.stage / "figures")
    (document.stage / "numbers.html").write_text(ledger.page(cards), encoding="utf-8")
    return numbers


def _metadata(document: Document, book: Codebook) -> dict:
    """What the run adds to a document's front matter."""
    synthetic = document.kind == "synthetic"
    found = front.matter(book, document.wave, document.lang, synthetic=synthetic, beside=document.stage / "figures")
    if document.edition.draft:
        found["draft-label"] = front.WORDS[document.lang]["draft-label"]
    return found | {name: True for name in ("blind", "manuscript") if getattr(document.edition, name)}
