"""Reads the three export formats into one form: a table of texts, with the line each row stands on."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.errors import LegepaneletError
from analysis.intake import spss, workbook
from analysis.intake.export import Export, check_shape, check_size, clean, name, unreadable

Fits = Callable[[list[str]], int]  # how many of a table's headers are known


def read_export(path: Path, fits: Fits = len) -> Export:
    """An export, and what it says of itself; of several sheets the one whose headers fit best.

    In `.csv` and `.xlsx` the first row that is not empty is the header; in `.sav` the index is the case number.
    Raises FILE_UNREADABLE, FILE_EMPTY, FILE_TOO_LARGE, COLUMN_REPEATED, ROW_WIDTH, SHEETS_ALIKE.
    """
    readers = {".csv": lambda path: _csv(path), ".xlsx": lambda path: workbook.read(path, fits), ".sav": spss.read}
    check_size(path)
    try:
        export = readers[path.suffix.lower()](path)
    except LegepaneletError:
        raise
    except MemoryError:
        raise unreadable(path, "it needs more memory than there is") from None
    except Exception as error:  # the libraries raise kinds of their own; a damaged file is one thing to the user
        raise unreadable(path, str(error) or type(error).__name__) from None
    table = export.cells
    if table.columns.empty or table.empty:
        raise LegepaneletError("FILE_EMPTY", f"{name(path)} holds no rows", "Export the file again from the survey tool.")
    repeated = table.columns[table.columns.duplicated()]
    if len(repeated):
        told = f"{name(path)} row 1: the column '{repeated[0]}' stands twice"
        raise LegepaneletError("COLUMN_REPEATED", told, "Row 1 must be the header, and each column needs a name of its own.")
    return export


def read_table(path: Path) -> pd.DataFrame:
    """The cells of an export, as `read_export` gives them."""
    return read_export(path).cells


def _csv(path: Path) -> Export:
    text, encoding = _decode(path.read_bytes(), path)
    if not text.strip():
        raise LegepaneletError("FILE_EMPTY", f"{name(path)} is empty", "Export the file again from the survey tool.")
    named = text.lstrip("\ufeff \r\n\t")[:5].lower()  # `sep=;`: what Excel writes to tell the delimiter
    delimiter = named[4] if named.startswith("sep=") and len(named) == 5 else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise unreadable(path, f"row {reader.line_num}: {error}") from None
    first = next(i for i, row in enumerate(rows) if any(c.strip() for c in row) and not _is_separator(row))
    header = rows[first]
    check_shape(path, len(rows), len(header))
    for number, row in enumerate(rows[first:], start=first + 1):
        if row and len(row) != len(header):
            told = f"{name(path)} row {number}: {len(row)} cells where the header has {len(header)}"
            raise LegepaneletError("ROW_WIDTH", told, f"Cells are parted by '{delimiter}'; a text that holds one must stand in quotes.")
    body = [(n, row) for n, row in enumerate(rows[first + 1 :], start=first + 2) if any(cell.strip() for cell in row)]
    table = pd.DataFrame([row for _, row in body], index=[n for n, _ in body], columns=[clean(c) for c in header]).map(str.strip)
    mark = {"\t": "a tab", ";": "';'", ",": "','", "|": "'|'"}.get(delimiter, f"'{delimiter}'")
    return Export(table, (f"encoding {encoding}; cells parted by {mark}; header in row {first + 1}",))


def _is_separator(row: list[str]) -> bool:
    return len(row) <= 2 and row[0].strip().lower().startswith("sep=")


def _decode(raw: bytes, path: Path) -> tuple[str, str]:
    """UTF-8 with or without a byte-order mark, else UTF-16 by its mark, else Latin-1 as Windows writes it; and which. Raises FILE_UNREADABLE."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16"), "UTF-16"
    if (place := raw.find(b"\0")) >= 0:
        row = raw.count(b"\n", 0, place) + 1
        told = f"{name(path)} row {row}: a zero byte, which no text has"
        raise LegepaneletError("FILE_UNREADABLE", told, "Export the file again, as comma-separated text in UTF-8.")
    try:
        return raw.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), "Windows-1252"


def _delimiter(text: str) -> str:
    """The delimiter that parts the header into most cells outside quotes."""
    return max(",;\t|", key=lambda mark: _width(text, mark))


def _width(text: str, delimiter: str) -> int:
    """The cells of the first row that is not empty; 0 if they are no cells with this delimiter."""
    try:
        return len(next((r for r in csv.reader(io.StringIO(text, newline=None), delimiter=delimiter) if any(r)), []))
    except csv.Error:
        return 0
