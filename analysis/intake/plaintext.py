"""A text file's encoding and delimiter, as survey tools and spreadsheets write them. No pandas: the kind of the data is told from here."""

import csv
import io
from pathlib import Path

from analysis.errors import LegepaneletError


def decode(raw: bytes, name: str) -> tuple[str, str]:
    """UTF-8 with or without a byte-order mark, else UTF-16 by its mark, else Latin-1 as Windows writes it; and which. Raises FILE_UNREADABLE."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16"), "UTF-16"
    if (place := raw.find(b"\0")) >= 0:
        row = raw.count(b"\n", 0, place) + 1
        told = f"{name} row {row}: a zero byte, which no text has"
        raise LegepaneletError("FILE_UNREADABLE", told, "Export the file again, as comma-separated text in UTF-8.")
    try:
        return raw.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), "Windows-1252"


def delimiter_of(text: str) -> str:
    """What `sep=;` names (Excel's way to tell), else what parts the header into most cells outside quotes."""
    named = text.lstrip("\ufeff \r\n\t\"")[:5].lower()
    if named.startswith("sep=") and len(named) == 5:
        return named[4]
    return max(",;\t|", key=lambda mark: len(_first(text, mark)))


def is_separator(row: list[str]) -> bool:
    """Whether a row is the one that names the delimiter."""
    return len(row) <= 2 and bool(row) and row[0].strip().lower().startswith("sep=")


def _first(text: str, delimiter: str) -> list[str]:
    """The first row that is not empty; none if the text is no cells with this delimiter."""
    rows = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        return next((row for row in rows if any(cell.strip() for cell in row) and not is_separator(row)), [])
    except csv.Error:
        return []


def header_of(path: Path) -> list[str]:
    """The names in a text file's header, in small letters; none if the file is empty or no text."""
    try:
        text, _ = decode(path.read_bytes(), path.name)
    except (LegepaneletError, UnicodeDecodeError):
        return []
    return [cell.replace("\ufeff", "").strip().lower() for cell in _first(text, delimiter_of(text))]
