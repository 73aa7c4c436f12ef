"""Reads the three export formats into one form: a table of texts, with the line each row stands on."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.errors import LegepaneletError
from analysis.intake import spss, workbook
from analysis.intake.export import Export, check_shape, check_size, clean, name, row_width, unreadable
from analysis.intake.plaintext import decode, delimiter_of, is_separator

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
    if (nameless := export.cells.columns == "").any():
        blank = nameless & (export.cells == "").all(axis=0).to_numpy()
        export = replace(export, cells=export.cells.loc[:, ~blank])  # columns of nothing, as spreadsheets leave them
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
    text, encoding = decode(path.read_bytes(), name(path))
    if not text.strip():
        raise LegepaneletError("FILE_EMPTY", f"{name(path)} is empty", "Export the file again from the survey tool.")
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise unreadable(path, f"row {reader.line_num}: {error}") from None
    first = next((i for i, row in enumerate(rows) if any(c.strip() for c in row) and not is_separator(row)), None)
    if first is None:
        raise LegepaneletError("FILE_EMPTY", f"{name(path)} holds no rows", "Export the file again from the survey tool.")
    header = rows[first]
    check_shape(path, len(rows), len(header))
    for number, row in enumerate(rows[first:], start=first + 1):
        if row and len(row) != len(header):
            raise row_width(path, number, len(row), len(header), delimiter)
    body = {n: cells for n, row in enumerate(rows[first + 1 :], start=first + 2) if any(cells := [cell.strip() for cell in row])}
    table = pd.DataFrame(list(body.values()), index=list(body), columns=[clean(c) for c in header])
    mark = {"\t": "a tab", ";": "';'", ",": "','", "|": "'|'"}.get(delimiter, f"'{delimiter}'")
    return Export(table, (f"encoding {encoding}; cells parted by {mark}; header in row {first + 1}",))
