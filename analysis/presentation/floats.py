"""What a cell of a document returns: one object whose Markdown is a whole figure, a whole table, or a text."""

from dataclasses import dataclass
from html import escape
from pathlib import Path

from analysis.presentation.kernel import in_quarto
from analysis.presentation.provenance import plain, spans


@dataclass(frozen=True)
class Text:
    """A piece of Markdown, for inline numbers and computed sentences; its numbers are marked with their origin."""

    markdown: str

    def _repr_markdown_(self) -> str:
        if in_quarto() and not self.markdown:  # it prints an expression whose value is empty as it stands
            return "[]{.nothing}"
        return spans(self.markdown)

    def __str__(self) -> str:
        return self.markdown


ABSENT = Text("[]{.absent}")  # marks the section it stands in: the wave has nothing of it


@dataclass(frozen=True)
class Figure:
    """A picture (path without extension, beside the document) with its alternative text, its caption and, for a page, its numbers."""

    id: str
    path: Path
    alt: str
    caption: str
    data: "Table"

    def _repr_markdown_(self) -> str:
        alt = " ".join(plain(self.alt).split()).replace('"', "'")
        data = (
            f'\n::: {{.content-visible when-format="html"}}\n```{{=html}}\n<details class="figure-data" data-figure="fig-{self.id}">'
            f'<summary>{self.data.caption}</summary>\n<div class="scroll" role="region" aria-label="{self.data.caption}" tabindex="0">\n'
            f"{self.data.html()}\n{self.data.small_print()}</div>\n</details>\n```\n:::\n"
        )
        picture = f'![]({self.path.as_posix()}){{fig-alt="{alt}"}}'
        return f"::: {{#fig-{self.id}}}\n{picture}\n\n{spans(self.caption)}\n:::\n{data}"


@dataclass(frozen=True)
class Cell:
    """A table cell: its text, whether it is a number, and a footnote's digit."""

    text: str
    number: bool = True
    mark: str = ""
    span: int = 1


@dataclass(frozen=True)
class Table:
    """A table: header rows, body rows (the first cell of each is its row header; a row of one cell is a group's heading)."""

    id: str
    head: list[list[Cell]]
    body: list[list[Cell]]
    caption: str
    notes: tuple[str, ...] = ()

    def html(self) -> str:
        """The table as an element."""
        width = sum(cell.span for cell in self.head[-1])
        columns = "".join(f'<col style="width: {share}%">' for share in self._widths())
        rows = [
            "<table>",
            f"<colgroup>{columns}</colgroup>",
            "<thead>",
            *(self._head(row) for row in self.head),
            "</thead>",
            "<tbody>",
        ]
        return "\n".join(rows + [self._body(row, width) for row in self.body] + ["</tbody>", "</table>"])

    def small_print(self) -> str:
        """The notes as paragraphs, below a table that stands as an element."""
        return "".join(f'<p class="table-note">{escape(note)}</p>\n' for note in self.notes)

    def _repr_markdown_(self) -> str:
        notes = "".join(f"\n{spans(note)}\n" for note in self.notes)
        notes = f"\n::: {{.table-note}}\n{notes.strip()}\n:::\n" if notes else ""
        return f"::: {{#tbl-{self.id}}}\n```{{=html}}\n" + self.html() + f"\n```\n{notes}\n{spans(self.caption)}\n:::\n"

    def _widths(self) -> list[int]:
        """Columns' shares of the width, in per cent, by what they hold."""
        rows = [row for row in [self.head[-1], *self.body] if len(row) > 1]
        longest = [max(len(plain(row[i].text)) for row in rows[1:] or rows) for i in range(len(self.head[-1]))]
        words = [
            max(map(len, plain(cell.text).split()), default=0) for cell in self.head[-1]
        ]  # a heading breaks between words only
        need = [min(max(n, w + 2, 7), 46) ** 0.75 for n, w in zip(longest, words, strict=True)]
        return [round(100 * n / sum(need)) for n in need]

    @staticmethod
    def _head(row: list[Cell]) -> str:
        cells = "".join(  # an empty corner heads nothing
            f'<th scope="{"colgroup" if c.span > 1 else "col"}" colspan="{c.span}"{_align(c)}>{_text(c)}</th>'
            if c.text
            else "<td></td>"
            for c in row
        )
        return f"<tr>{cells}</tr>"

    @staticmethod
    def _body(row: list[Cell], width: int) -> str:
        if len(row) == 1:
            return f'<tr><th scope="rowgroup" class="group" colspan="{width}" style="text-align: left"><strong>{_text(row[0])}</strong></th></tr>'
        cells = "".join(f"<td{_align(c)}>{_text(c)}</td>" for c in row[1:])
        return f'<tr><th scope="row" style="text-align: left">{_text(row[0])}</th>{cells}</tr>'


def _align(cell: Cell) -> str:
    return f' style="text-align: {"right" if cell.number else "left"}"'


def _text(cell: Cell) -> str:
    return spans(escape(cell.text)) + (f"<sup>{cell.mark}</sup>" if cell.mark else "")


def markdown_safe(text: str) -> str:
    """A label as Markdown prose: what would be markup is escaped."""
    for mark in ("\\", "`", "*", "_", "[", "]", "<", ">", "@", "#", "|", "~", "^", "$", "{", "}"):
        text = text.replace(mark, "\\" + mark)
    return text
