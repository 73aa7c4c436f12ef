"""Reads `.sav`: codes, value labels, and the values that the file declares to be missing."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd

from analysis.intake.export import LONGEST, MOST_CELLS, MOST_MEMORY, Export, check_shape, clean, text, unreadable

# In a process of its own, bounded in time and memory: the library that reads SPSS files is C, and there are damaged files that bring it down.
PROGRAM = """import json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
except ImportError:
    pass
import pyreadstat
_, about = pyreadstat.read_sav(sys.argv[1], metadataonly=True, output_format="dict")  # pandas takes half a second to load
size = [about.number_rows or 0, about.number_columns or 0]
if size[0] * size[1] <= int(sys.argv[3]):
    found, about = pyreadstat.read_sav(sys.argv[1], user_missing=True, disable_datetime_conversion=True, output_format="dict")
    labels = {c: list(v.items()) for c, v in about.variable_value_labels.items()}
    told = {"size": size, "cells": found, "labels": labels, "missing": about.missing_ranges}
else:
    told = {"size": size}
sys.stdout.write(json.dumps(told))"""


def read(path: Path) -> Export:
    """A `.sav` file. Raises FILE_UNREADABLE, FILE_TOO_LARGE."""
    if path.read_bytes()[:4] not in (b"$FL2", b"$FL3"):
        raise unreadable(path, "it is no SPSS file: those begin with $FL2 or $FL3")
    command = [sys.executable, "-c", PROGRAM, str(path), str(MOST_MEMORY), str(MOST_CELLS)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        raise unreadable(path, f"it was not read within {LONGEST} seconds") from None
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] if done.returncode > 0 else []
        raise unreadable(path, said[0].partition(": ")[2] or said[0] if said else "it is damaged, or no SPSS file")
    found = json.loads(done.stdout)
    check_shape(path, *found["size"])
    frame = pd.DataFrame({column: _texts(values) for column, values in found["cells"].items()})
    frame.index = frame.index + 1
    frame.columns = [clean(c) for c in frame.columns]
    declared = {clean(c): _declared(frame[clean(c)], ranges) for c, ranges in found["missing"].items() if clean(c) in frame}
    labels = {clean(c): {text(code): label.strip() for code, label in pairs} for c, pairs in found["labels"].items()}
    notes = [f"declared missing by the file, so no answers: {told}" for told in _told(frame, declared)]
    return Export(frame, tuple(notes), labels, {c: texts for c, texts in declared.items() if texts})


def _texts(values: list) -> list[str]:
    """A column's cells as texts; the same few stand in all rows."""
    of = {value: text(value) for value in set(values)}
    return [of[value] for value in values]


def _declared(cells: pd.Series, ranges: list[dict]) -> frozenset[str]:
    """The values of a column that lie in a range that the file declares missing; an open range goes to infinity."""
    return frozenset(value for value in cells.unique() if value and any(_within(value, r["lo"], r["hi"]) for r in ranges))


def _within(value: str, low, high) -> bool:
    if isinstance(low, str) or isinstance(high, str):
        return value in (str(low).strip(), str(high).strip())
    try:
        return float(low) <= float(value) <= float(high)
    except ValueError:
        return False


def _told(cells: pd.DataFrame, declared: dict[str, frozenset[str]]) -> list[str]:
    """The declared values that occur, each with its columns and how often."""
    by_value: dict[str, list[str]] = {}
    for column, texts in declared.items():
        for value in texts:
            by_value.setdefault(value, []).append(column)
    return [
        f"{value} in {sum(int(cells[c].eq(value).sum()) for c in columns)} cells of {', '.join(columns[:4])}"
        + (f" and {len(columns) - 4} more columns" if len(columns) > 4 else "")
        for value, columns in sorted(by_value.items())
    ]
