"""What a reader gives of an export: its cells as texts, what the file declares of them, and what was taken for granted."""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.errors import LegepaneletError

# Bounds of what is read; each is named in the message of a file that passes it. The panel's largest export has 2,500 rows of 300 cells.
LARGEST_FILE = 100_000_000  # bytes
LARGEST_UNPACKED = 200_000_000  # bytes of a workbook's parts, which are packed
MOST_COLUMNS = 5_000
MOST_CELLS = 10_000_000
LONGEST = 120  # seconds for a file read in a process of its own
MOST_MEMORY = 4_000_000_000  # bytes of that process


@dataclass(frozen=True)
class Export:
    """`cells`: texts ("" for an empty cell), indexed by the row's number in the file.

    `labels`: column -> code -> the label that the file has for it. `declared`: column -> the texts that the file declares to be missing.
    `notes`: what was taken for granted, a line each.
    """

    cells: pd.DataFrame
    notes: tuple[str, ...] = ()
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    declared: dict[str, frozenset[str]] = field(default_factory=dict)


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def unreadable(path: Path, why: str, hint: str = "Export the file again from the survey tool.") -> LegepaneletError:
    return LegepaneletError("FILE_UNREADABLE", f"{name(path)} cannot be read: {why}", hint)


def too_large(path: Path, what: str) -> LegepaneletError:
    return LegepaneletError("FILE_TOO_LARGE", f"{name(path)}: {what}", "An export holds a row a member and a column a question: export it anew.")


def row_width(path: Path, number: int, cells: int, width: int, delimiter: str) -> LegepaneletError:
    told = f"{name(path)} row {number}: {cells} cells where the header has {width}"
    return LegepaneletError("ROW_WIDTH", told, f"Cells are parted by '{delimiter}'; a text that holds one must stand in quotes.")


def check_size(path: Path) -> None:
    """Raises FILE_TOO_LARGE."""
    if (size := path.stat().st_size) > LARGEST_FILE:
        raise too_large(path, f"{size:,} bytes; at most {LARGEST_FILE:,} are read")


def check_shape(path: Path, rows: int, columns: int) -> None:
    """Raises FILE_TOO_LARGE."""
    if columns > MOST_COLUMNS:
        raise too_large(path, f"{columns:,} columns; at most {MOST_COLUMNS:,} are read")
    if rows * columns > MOST_CELLS:
        raise too_large(path, f"{rows:,} rows of {columns:,} cells; at most {MOST_CELLS:,} cells are read")


def text(cell) -> str:
    """A cell's value as a text; whole numbers without decimals."""
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def clean(header: str) -> str:
    """A header with its spaces and Unicode form made even, so that a copied question still matches."""
    return " ".join(unicodedata.normalize("NFC", header).replace("\ufeff", "").split())


GROUPED = re.compile(r"[+-]?\d{1,3}([ \u00a0\u202f]\d{3})+([.,]\d+)?")  # thousands apart
NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def to_number(text: str) -> float | None:
    """A number written with a decimal point or comma; None if it is none."""
    plain = re.sub(r"[ \u00a0\u202f]", "", text) if GROUPED.fullmatch(text.strip()) else text.strip()
    if not NUMBER.fullmatch(plain):
        return None
    value = float(plain.replace(",", "."))
    return value if abs(value) != float("inf") else None
