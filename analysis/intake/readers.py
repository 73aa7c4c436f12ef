"""Reads the three export formats into one form: a table of texts, with the line each row stands on."""

import csv
import io
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import openpyxl
import pandas as pd

from analysis.errors import LegepaneletError


def read_table(path: Path) -> pd.DataFrame:
    """An export as texts ("" for an empty cell), indexed by the row's number in the file.

    In `.csv` and `.xlsx` the header is row 1 and the first answer row 2; in `.sav` the index is the case number.
    Raises FILE_UNREADABLE or FILE_EMPTY.
    """
    readers = {".csv": _csv, ".xlsx": _xlsx, ".sav": _sav}
    try:
        table = readers[path.suffix.lower()](path)
    except LegepaneletError:
        raise
    except Exception as error:  # the libraries raise kinds of their own; a damaged file is one thing to the user
        raise LegepaneletError(
            "FILE_UNREADABLE", f"{_name(path)} cannot be read: {error}", "Export the file again from the survey tool."
        ) from None
    if table.columns.empty or table.empty:
        raise LegepaneletError(
            "FILE_EMPTY", f"{_name(path)} holds no rows", "Export the file again from the survey tool."
        )
    repeated = table.columns[table.columns.duplicated()]
    if len(repeated):
        raise LegepaneletError(
            "COLUMN_REPEATED",
            f"{_name(path)} row 1: the column '{repeated[0]}' stands twice",
            "Row 1 must be the header, and each column needs a name of its own.",
        )
    return table


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _csv(path: Path) -> pd.DataFrame:
    text = _decode(path.read_bytes(), path)
    if not text.strip():
        raise LegepaneletError("FILE_EMPTY", f"{_name(path)} is empty", "Export the file again from the survey tool.")
    delimiter = _delimiter(text.lstrip().splitlines()[0])
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        rows = list(reader)
    except csv.Error as error:
        told = f"{_name(path)} row {reader.line_num}: {error}"
        raise LegepaneletError("FILE_UNREADABLE", told, "Export the file again from the survey tool.") from None
    width = len(rows[0])
    for number, row in enumerate(rows, start=1):
        if row and len(row) != width:
            raise LegepaneletError(
                "ROW_WIDTH",
                f"{_name(path)} row {number}: {len(row)} cells where the header has {width}",
                f"Cells are parted by '{delimiter}'; a text that holds one must stand in quotes.",
            )
    body = [
        (number, row) for number, row in enumerate(rows, start=1) if number > 1 and any(cell.strip() for cell in row)
    ]
    return pd.DataFrame([row for _, row in body], index=[n for n, _ in body], columns=[clean(c) for c in rows[0]]).map(
        str.strip
    )


def _decode(raw: bytes, path: Path) -> str:
    """UTF-8 with or without a byte-order mark, else UTF-16 by its mark, else Latin-1 as Windows writes it. Raises FILE_UNREADABLE."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16")
    if (place := raw.find(b"\0")) >= 0:
        row = raw.count(b"\n", 0, place) + 1
        told = f"{_name(path)} row {row}: a zero byte, which no text has"
        raise LegepaneletError("FILE_UNREADABLE", told, "Export the file again, as comma-separated text in UTF-8.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _delimiter(header: str) -> str:
    """The delimiter that parts the header into most cells outside quotes."""
    return max(",;\t|", key=lambda mark: len(next(csv.reader([header], delimiter=mark), [])))


def _xlsx(path: Path) -> pd.DataFrame:
    rows = _sheet(path, data_only=True)
    if not any(any(cell not in (None, "") for cell in row) for row in rows):
        raise LegepaneletError(
            "FILE_EMPTY", f"the first sheet of {_name(path)} is empty", "Put the answers on the first sheet."
        )
    _refuse_formulas(path, rows)
    frame = pd.DataFrame(rows[1:], columns=[clean(_text(cell)) for cell in rows[0]], dtype=object).map(_text)
    frame.index = frame.index + 2
    return frame[(frame != "").any(axis=1)]


def _sheet(path: Path, data_only: bool) -> list[tuple]:
    """The first sheet's rows, up to its widest: values, or with `data_only=False` formulas as they are written."""
    return list(openpyxl.load_workbook(path, data_only=data_only).worksheets[0].iter_rows(values_only=True))


def _refuse_formulas(path: Path, rows: list[tuple]) -> None:
    """A formula whose value Excel has not stored would be read as an empty cell."""
    for number, (values, written) in enumerate(zip(rows, _sheet(path, data_only=False), strict=True), start=1):
        for column, (value, formula) in enumerate(zip(values, written, strict=True)):
            if value is None and formula is not None:
                told = f"{_name(path)} row {number}, column '{_text(rows[0][column])}': '{formula}', a formula without its value"
                raise LegepaneletError(
                    "FILE_UNREADABLE", told, "Open the file in Excel, put values for formulas, and save it."
                )


# In a process of its own: the library that reads SPSS files is C, and there are damaged files that bring it down.
SAV = """import json, sys, pyreadstat
found, _ = pyreadstat.read_sav(sys.argv[1], user_missing=True, disable_datetime_conversion=True, output_format="dict")
json.dump(found, sys.stdout)"""


def _sav(path: Path) -> pd.DataFrame:
    done = subprocess.run([sys.executable, "-c", SAV, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] if done.returncode > 0 else []
        raise ValueError(said[0].partition(": ")[2] if said else "it is damaged, or no SPSS file")
    frame = pd.DataFrame(json.loads(done.stdout), dtype=object).map(_text)
    frame.index = frame.index + 1
    frame.columns = [clean(c) for c in frame.columns]
    return frame


def _text(cell) -> str:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def clean(header: str) -> str:
    """A header with its spaces and Unicode form made even, so that a copied question still matches."""
    return " ".join(unicodedata.normalize("NFC", header).replace("\ufeff", "").split())


NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def to_number(text: str) -> float | None:
    """A number written with a decimal point or comma; None if it is none."""
    plain = text.replace("\u00a0", "").replace(" ", "")
    if not NUMBER.fullmatch(plain):
        return None
    value = float(plain.replace(",", "."))
    return value if abs(value) != float("inf") else None
