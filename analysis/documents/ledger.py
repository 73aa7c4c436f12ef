"""The number ledger: every displayed number of a document, in the order it stands, with the results row it shows.

Numbers in text, tables and captions carry their origin as spans (`presentation.provenance`); here each gets its id, which becomes an
HTML id, a Word bookmark and a JATS id. Numbers of a picture and of its alternative text stand in a file beside the picture.
"""

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from analysis.presentation.provenance import SPAN, Origin, span
from analysis.settings import settings

HEADING = re.compile(r"^(#{1,6}) (.+?)(?:\s*\{(.*)\})?\s*$")
DIV = re.compile(r"^:{3,}\s*\{(.+)\}\s*$")
CLOSED = re.compile(r"^:{3,}\s*$")
PICTURE = re.compile(r"^!\[\]\(([^)]+)\)")
TAG = re.compile(r"<[^>]*>")
BOXES = ("abstract", "hovedfunn", "key-figures")  # places that a reader would name
NEAR = 4  # words kept on either side, to find a number again in a PDF


@dataclass(frozen=True)
class Entry:
    """A displayed number: `shown` is the sum of `field` over the results `rows`, times `scale`, rounded; `form` below: a bound of it.

    `id` is empty for numbers of pictures and alternative texts, which no mark can stand in. `where`: text, abstract, hovedfunn,
    key-figures, table, caption, figure data (the table with a picture, on the page only), figure label, alt.
    """

    id: str
    rows: tuple[str, ...]
    field: str
    scale: float
    form: str
    shown: str
    where: str
    float: str
    section: str
    before: str
    after: str


class _Place:
    """Where in the document a line stands: its section, and the boxes about it."""

    def __init__(self):
        self.section, self.open, self.table = "", [], ""

    def read(self, line: str) -> None:
        if heading := HEADING.match(line):
            named = re.search(r"#([\w-]+)", heading[3] or "")
            self.section = named[1] if named else TAG.sub("", heading[2])
        elif box := DIV.match(line):
            self.open.append(box[1])
        elif CLOSED.match(line) and self.open:
            self.open.pop()
        if line.startswith("<details"):
            self.table = "figure data"
        elif line.startswith("<table>"):
            self.table = self.table or "table"
        elif line.startswith(("</details>", "</table>")):
            self.table = "" if line.startswith("</details>") or self.table == "table" else self.table

    @property
    def float(self) -> str:
        found = [re.search(r"#((?:fig|tbl)-[\w-]+)", box) for box in self.open]
        return next((hit[1] for hit in reversed(found) if hit), "")

    @property
    def where(self) -> str:
        if self.table or self.float:
            return self.table or "caption"
        return next((name for name in BOXES for box in self.open if f".{name}" in box), "text")


def record(notebook, folder: Path) -> list[Entry]:
    """The entries of an executed notebook, whose spans get their ids; `folder` holds the pictures' own files."""
    found: list[Entry] = []
    place = _Place()
    for cell in notebook.cells[1:]:
        if cell.cell_type == "markdown":
            cell.source = _recorded(cell.source, place, found, folder)
        for output in cell.get("outputs", []):
            if "text/markdown" in output.get("data", {}):
                output.data["text/markdown"] = _recorded(output.data["text/markdown"], place, found, folder)
    return found


def _recorded(text: str, place: _Place, found: list[Entry], folder: Path) -> str:
    lines = []
    for line in text.split("\n"):
        place.read(line)
        if picture := PICTURE.match(line):
            found += _drawn(folder / f"{Path(picture[1]).name}.json", place)
        lines.append(_numbered(line, place, found))
    return "\n".join(lines)


def _numbered(line: str, place: _Place, found: list[Entry]) -> str:
    def named(hit: re.Match) -> str:
        origin = Origin(tuple(hit["rows"].split("+")), hit["field"], float(hit["scale"]), hit["form"] or "")
        identifier = f"n-{len(found) + 1}"
        before, after = _words(line[: hit.start()])[-NEAR:], _words(line[hit.end() :])[:NEAR]
        found.append(Entry(identifier, origin.rows, origin.field, origin.scale, origin.form, hit["shown"], place.where, place.float,
                           place.section, " ".join(before), " ".join(after)))  # fmt: skip
        return span(origin, hit["shown"], identifier)

    return SPAN.sub(named, line)


def _words(text: str) -> list[str]:
    return re.sub(r"[*_`]", "", TAG.sub(" ", text)).split()


def _drawn(path: Path, place: _Place) -> list[Entry]:
    """The numbers of a picture and of its alternative text."""
    return [
        Entry("", tuple(rows), field, scale, form, shown, where, place.float, place.section, "", "")
        for where, told in json.loads(path.read_text(encoding="utf-8")).items()
        for rows, field, scale, form, shown in told
    ]


def pictures(folder: Path) -> dict[str, dict[str, str]]:
    """Figure id -> suffix -> SHA-256 of its picture: a figure drawn anew from other data has another."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted([*folder.glob("fig-*.svg"), *folder.glob("fig-*.png")]):
        found.setdefault(path.stem, {})[path.suffix[1:]] = sha256(path.read_bytes()).hexdigest()
    return found


def page(cards: str) -> str:
    """What the page of a document needs besides its spans: the cards (JSON), and the script that opens them."""
    if not cards:
        return ""
    script = (settings().look / "numbers.js").read_text(encoding="utf-8")
    rows = cards.replace("<", "\\u003c")  # no markup, and no end of the script, within it
    return f'<script type="application/json" id="number-rows">{rows}</script>\n<script>\n{script}</script>\n'


def lines(ledger: dict) -> str:
    """A ledger as JSON, a number a line: a change of one is seen as one."""
    numbers = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in ledger["numbers"])
    about = json.dumps(ledger | {"numbers": None}, ensure_ascii=False)
    return about.replace('"numbers": null', f'"numbers": [\n{numbers}\n]', 1)


def write(entries: list[Entry], path: Path, **about) -> None:
    """Writes a document's ledger: what it is of (`about`), and its numbers."""
    part = path.with_suffix(".part")
    part.write_text(lines(about | {"numbers": [vars(entry) for entry in entries]}) + "\n", encoding="utf-8")
    part.replace(path)
