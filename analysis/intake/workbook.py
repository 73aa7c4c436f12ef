"""Reads `.xlsx`: the sheet that holds the answers, row by row, with what a cell's format makes of its number."""

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pandas as pd

from analysis.errors import LegepaneletError
from analysis.intake.export import (
    LARGEST_UNPACKED,
    MOST_CELLS,
    Export,
    check_shape,
    clean,
    name,
    text,
    too_large,
    unreadable,
)

OLD = b"\xd0\xcf\x11\xe0"  # a workbook of before 2007, or one with a password
MOST_ROWS = 1_048_576  # of a sheet in Excel
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')  # parts of a number format that are no format


def read(path: Path, fits: Callable[[list[str]], int]) -> Export:
    """The sheet whose headers fit best. Raises FILE_UNREADABLE, FILE_EMPTY, FILE_TOO_LARGE, SHEETS_ALIKE."""
    check_packed(path)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        tables = {sheet.title: _rows(path, sheet) for sheet in book.worksheets}
    finally:
        book.close()
    filled = {title: rows for title, rows in tables.items() if rows}
    if not filled:
        raise LegepaneletError("FILE_EMPTY", f"{name(path)} has nothing on any sheet", "Put the answers on a sheet of the file.")
    known = {title: fits([clean(cell) for cell in rows[0][1]]) for title, rows in filled.items()}
    best = max(known.values())
    chosen = [title for title, n in known.items() if n == best]
    if len(chosen) > 1 and best:
        told = f"{name(path)}: the sheets {' and '.join(repr(t) for t in chosen)} hold the same columns"
        raise LegepaneletError("SHEETS_ALIKE", told, "Leave the one with the wave's answers in the file.")
    rows = filled[chosen[0]]
    _refuse_formulas(path, chosen[0], rows[0][1])
    header, width = rows[0][1], max(len(cells) for _, cells in rows)
    header = header + [""] * (width - len(header))
    body = [(number, cells + [""] * (width - len(cells))) for number, cells in rows[1:]]
    table = pd.DataFrame([cells for _, cells in body], index=[n for n, _ in body], columns=[clean(c) for c in header], dtype=object)
    others = f", of {len(tables)} sheets ({', '.join(repr(t) for t in tables)})" if len(tables) > 1 else ""
    return Export(table, (f"sheet '{chosen[0]}'{others}; header in row {rows[0][0]}",))


def check_packed(path: Path) -> None:
    """Raises FILE_UNREADABLE, FILE_TOO_LARGE."""
    with path.open("rb") as file:
        if file.read(4) == OLD:
            raise unreadable(path, "it has a password, or is of the format before 2007 (.xls)", "Save it as .xlsx without a password.")
    with zipfile.ZipFile(path) as packed:
        unpacked = sum(part.file_size for part in packed.infolist())
    if unpacked > LARGEST_UNPACKED:
        raise too_large(path, f"{unpacked:,} bytes unpacked; at most {LARGEST_UNPACKED:,} are read")


def _cells(sheet) -> Iterator[tuple[int, list]]:
    """The rows of a sheet that have any cell, as wide as their last; a row that is only formatted costs nothing."""
    sheet.reset_dimensions()  # what the file says of its size may be anything
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS:
            told = f"the sheet '{sheet.title}' has rows beyond {MOST_ROWS:,}, Excel's last"
            raise LegepaneletError("FILE_TOO_LARGE", told, "Save it anew in Excel.")
        if row:
            yield number, list(row)


def _rows(path: Path, sheet) -> list[tuple[int, list[str]]]:
    """(row number, texts) of the rows that hold anything. Raises FILE_TOO_LARGE."""
    found, total = [], 0
    for number, row in _cells(sheet):
        cells = [_shown(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            found.append((number, cells))
            total += len(cells)
            check_shape(path, 1, len(cells))
        if total > MOST_CELLS:
            raise too_large(path, f"more than {MOST_CELLS:,} cells on the sheet '{sheet.title}'; no more are read")
    return found


def _shown(cell) -> str:
    """A cell's value as its format shows it: 0.25 in a cell of per cent is 25 %."""
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "%" in QUOTED.sub("", cell.number_format or ""):
        return f"{text(round(100 * float(value), 10))} %"
    return text(value)


def _refuse_formulas(path: Path, title: str, header: list[str]) -> None:
    """A formula whose value Excel has not stored would be read as an empty cell."""
    with zipfile.ZipFile(path) as packed:
        if not any(FORMULA.search(packed.read(n)) for n in packed.namelist() if n.startswith("xl/worksheets/")):
            return
    values, written = (openpyxl.load_workbook(path, read_only=True, data_only=only) for only in (True, False))
    for (number, row), (_, formulas) in zip(_cells(values[title]), _cells(written[title]), strict=True):
        for column, (cell, formula) in enumerate(zip(row, formulas, strict=True)):
            if cell.value is None and formula.value is not None and cell.data_type != "s":
                place = header[column] if column < len(header) else ""
                told = f"{name(path)} row {number}, column '{place}': '{formula.value}', a formula without its value"
                raise LegepaneletError("FILE_UNREADABLE", told, "Open the file in Excel, put values for formulas, and save it.")
