"""A raw file written anew without one member: every other row stays as it is, with the file's labels and what it declares missing.

A text file loses the lines of the member's rows and no other byte. A workbook, whose row is emptied, and an SPSS file are written by their libraries
and read back: a cell, format, label or declared value that is not as before is an error, and the old file stays.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pyreadstat
from openpyxl.cell.cell import MergedCell

from analysis.errors import LegepaneletError
from analysis.intake import workbook
from analysis.intake.export import check_size, clean, name, row_width, text, unreadable
from analysis.intake.plaintext import decode, delimiter_of, is_separator
from analysis.intake.readers import read_export

UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
PACKED = (".xlsx", ".docx", ".zip", ".ods")
# Of an SPSS file; how wide its columns are displayed may change.
KEPT = ("column_names", "column_names_to_labels", "variable_value_labels", "missing_ranges", "variable_measure", "file_label", "notes")


@dataclass(frozen=True)
class Member:
    """A member's number, and what a column that holds such numbers may be called, in small letters."""

    number: str
    columns: frozenset[str]

    def places(self, header: list[str]) -> list[int]:
        """The columns of a header that hold members' numbers."""
        return [i for i, cell in enumerate(header) if clean(cell).casefold() in self.columns]

    def is_of(self, row: list[str], places: list[int]) -> bool:
        return any(i < len(row) and row[i].strip() == self.number for i in places)


def rows_of(path: Path, member: Member) -> list[int]:
    """The rows of a text file, workbook or SPSS file that are the member's, numbered as `make check` does; of a workbook those of all sheets.

    Raises FILE_UNREADABLE and what the readers raise.
    """
    check_size(path)
    try:
        return {".csv": _text_rows, ".xlsx": _sheet_rows, ".sav": _case_rows}[path.suffix.lower()](path, member)
    except LegepaneletError as error:
        if error.code == "FILE_EMPTY":
            return []
        raise
    except Exception as error:  # the libraries raise kinds of their own; a damaged file is one thing to the user
        raise unreadable(path, str(error) or type(error).__name__) from None


def write(path: Path, member: Member, target: Path) -> None:
    """Writes `path` as `target` without the member's rows, and reads it back. Raises FORGET_CHANGED if anything else became another."""
    kind = path.suffix.lower()
    {".csv": _write_text, ".xlsx": _write_book, ".sav": _write_cases}[kind](path, member, target)
    before, after = (_content(p, kind, member) for p in (path, target))
    if before != after:
        raise _changed(f"{name(path)}: written anew without the row, something else of it would not be as before")


def _changed(told: str) -> LegepaneletError:
    hint = "Nothing was removed. Take the row out in the program that the file is from, then run this again."
    return LegepaneletError("FORGET_CHANGED", told, hint)


def names_in(path: Path, number: str) -> bool:
    """Whether a file of any kind holds the number, as a text of its own, a byte a letter or two; of an SPSS file, whether a cell does."""
    if path.suffix.lower() == ".sav":
        return bool(_cases(path)[0].map(text).eq(number).to_numpy().any())
    wide = re.escape(number.encode("utf-16-le")[:-1])  # whichever byte comes first
    pattern = re.compile(
        rb"(?<![0-9A-Za-z])" + re.escape(number.encode()) + rb"(?![0-9A-Za-z])"
        rb"|(?<![0-9A-Za-z]\0)" + wide + rb"(?!\0[0-9A-Za-z])"
    )  # fmt: skip
    if path.suffix.lower() in PACKED and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return any(pattern.search(packed.read(part)) for part in packed.namelist())
    return bool(pattern.search(path.read_bytes()))


# Text -----------------------------------------------------------------------------------------------------------------------


def _records(path: Path) -> tuple[str, str, str, Iterator[tuple[list[str], str]]]:
    """How a text file's bytes become letters, what stands before its text, what parts its cells, and (cells, the very text) of its records."""
    raw = path.read_bytes()
    delimiter = delimiter_of(decode(raw, name(path))[0])
    coding = UTF_16.get(raw[:2], "latin-1")  # a letter a byte: no byte is lost, and a number has no other letters than ASCII's
    marks = len(raw[:2]) if coding != "latin-1" else 3 if raw[:3] == b"\xef\xbb\xbf" else 0
    mark = raw[:marks].decode(coding)
    return coding, mark, delimiter, _split(raw.decode(coding)[len(mark) :], delimiter, path)


def _split(content: str, delimiter: str, path: Path) -> Iterator[tuple[list[str], str]]:
    lines = list(io.StringIO(content, newline=""))
    reader, start = csv.reader(lines, delimiter=delimiter), 0
    try:
        for row in reader:
            yield row, "".join(lines[start : reader.line_num])
            start = reader.line_num
    except csv.Error as error:
        raise unreadable(path, f"row {reader.line_num}: {error}") from None


def _marked(path: Path, member: Member) -> Iterator[tuple[int, str, bool]]:
    """The records of a text file: number, text, whether it is the member's. Raises FILE_UNREADABLE, ROW_WIDTH."""
    coding, _, delimiter, records = _records(path)
    places: list[int] | None = None
    width = 0
    for number, (row, content) in enumerate(records, start=1):
        header = [_letters(cell, coding) for cell in row] if places is None else []
        if any(cell.strip() for cell in header) and not is_separator(header):
            places, width = member.places(header), len(header)
            yield number, content, False
        else:
            if places and row and len(row) != width:  # a row torn in two: what stands in the other half is not known to be another's
                raise row_width(path, number, len(row), width, delimiter)
            yield number, content, member.is_of(row, places or [])


def _letters(cell: str, coding: str) -> str:
    return decode(cell.encode("latin-1"), "")[0] if coding == "latin-1" else cell


def _text_rows(path: Path, member: Member) -> list[int]:
    return [number for number, _, theirs in _marked(path, member) if theirs]


def _write_text(path: Path, member: Member, target: Path) -> None:
    coding, mark, *_ = _records(path)
    kept = "".join(content for _, content, theirs in _marked(path, member) if not theirs)
    target.write_bytes((mark + kept).encode(coding))


# Workbooks ------------------------------------------------------------------------------------------------------------------


def _sheets(path: Path, member: Member) -> tuple[openpyxl.Workbook, dict[str, list[int]]]:
    """A workbook with its formulas' values, and the member's rows of each sheet."""
    book, found = openpyxl.load_workbook(path, data_only=True, rich_text=True), {}
    for sheet in book.worksheets:
        rows = [(i, [text(cell) for cell in row]) for i, row in enumerate(sheet.iter_rows(values_only=True), start=1)]
        filled = [(i, row) for i, row in rows if any(row)]
        places = member.places(filled[0][1]) if filled else []
        found[sheet.title] = [i for i, row in filled[1:] if member.is_of(row, places)]
    return book, found


def _sheet_rows(path: Path, member: Member) -> list[int]:
    workbook.check_packed(path)
    return [row for rows in _sheets(path, member)[1].values() for row in rows]


def _write_book(path: Path, member: Member, target: Path) -> None:
    """Formulas become their values, as a formula is written without its own. Raises FORGET_CHANGED for one whose value the file has not stored."""
    book, found = _sheets(path, member)
    for sheet in openpyxl.load_workbook(path).worksheets:
        for cell in (c for row in sheet.iter_rows() for c in row if c.data_type == "f"):
            if book[sheet.title][cell.coordinate].value is None:
                raise _changed(f"{name(path)}, sheet '{sheet.title}', {cell.coordinate}: a formula without its value")
    for title, rows in found.items():
        for cell in (c for row in rows for c in book[title][row] if not isinstance(c, MergedCell)):
            cell.value = cell.comment = cell.hyperlink = None  # emptied, not taken out: links, hidden rows and tables below would move
    book.save(target)


# SPSS -----------------------------------------------------------------------------------------------------------------------


def _cases(path: Path):
    return pyreadstat.read_sav(str(path), user_missing=True, disable_datetime_conversion=True)


def _theirs(frame, member: Member):
    places = member.places(list(frame))
    return frame.iloc[:, places].map(text).eq(member.number).any(axis=1)


def _case_rows(path: Path, member: Member) -> list[int]:
    cells = read_export(path).cells
    return [int(row) for row in cells.index[_theirs(cells, member)]]


def _write_cases(path: Path, member: Member, target: Path) -> None:
    frame, about = _cases(path)
    pyreadstat.write_sav(
        frame[~_theirs(frame, member)], str(target), file_label=about.file_label or "", column_labels=about.column_names_to_labels,
        note=about.notes or None, variable_value_labels=about.variable_value_labels, missing_ranges=about.missing_ranges,
        variable_display_width=about.variable_display_width, variable_measure=about.variable_measure,
        variable_format=about.original_variable_types, row_compress=True,
    )  # fmt: skip


# Read back ------------------------------------------------------------------------------------------------------------------


def _content(path: Path, kind: str, member: Member) -> tuple:
    """All that must be as before: the cells of the others, and what the file says of them."""
    if kind == ".csv":
        return tuple(content for _, content, theirs in _marked(path, member) if not theirs)
    if kind == ".xlsx":
        book, found = _sheets(path, member)
        return tuple((sheet.title, _others(sheet, found[sheet.title])) for sheet in book.worksheets)
    frame, about = _cases(path)
    others = frame[~_theirs(frame, member)]
    said = [getattr(about, part) or None for part in KEPT]
    widths = {column: re.sub(r"^A\d+", "A", told) for column, told in about.original_variable_types.items()}  # a text is as wide as the longest
    return others.map(text).to_csv(index=False), widths, *said


def _others(sheet, theirs: list[int]) -> tuple:
    """The cells of the other rows of a sheet: value and format."""
    gone = set(theirs)
    rows = (row for i, row in enumerate(sheet.iter_rows(), start=1) if i not in gone)
    cells = (tuple((text(c.value), c.number_format) for c in row if c.value is not None) for row in rows)
    return tuple(row for row in cells if row)

