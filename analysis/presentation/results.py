"""The publishable results that a document may look at: those of its wave and of earlier ones."""

import csv
import math
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.errors import LegepaneletError
from analysis.presentation.provenance import Traced
from analysis.results import FIGURES, NUMBERS, WHOLE, Row, table

READ = dict.fromkeys(WHOLE, lambda text: int(text) if text else pd.NA) | dict.fromkeys(NUMBERS, lambda text: float(text) if text else math.nan)


@dataclass(frozen=True)
class Results:
    """Rows of `results.csv` of several waves, and whether they are synthetic.

    Documents ask thousands of times, of a part of the rows: lines are read, and become records whose figures know where they come from, when they
    are asked for.
    """

    columns: list[str]
    synthetic: bool
    waves: list[int]
    lines: dict[tuple[str, int], list[str]]  # (indicator, wave) -> its lines
    _values: dict[tuple[str, int], list[list]] = field(default_factory=dict)  # the same -> its rows, each the values of the columns
    _traced: dict[str, dict] = field(default_factory=dict)  # id -> its row by column, figures with their origin

    @classmethod
    def read(cls, folder: Path, waves: list[int]) -> "Results":
        """The results of `waves` under `folder`. Raises RESULTS_MISSING, RESULTS_UNLIKE."""
        columns: list[str] = []
        lines: dict[tuple[str, int], list[str]] = {}
        for wave in waves:
            path = folder / str(wave) / "results.csv"
            if not path.is_file():
                raise LegepaneletError(
                    "RESULTS_MISSING", f"there are no results of {wave}", f"Run `make report WAVE={wave}` first."
                )
            head, *rows = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
            columns = columns or head.split(",")
            if head.split(",") != columns:
                told = f"the results of {wave} have other columns than those of {waves[0]}: another version of the program made them"
                raise LegepaneletError("RESULTS_UNLIKE", told, f"Run `make report WAVE={wave}` first.")
            place = columns.index("indicator")
            for line in rows:
                lines.setdefault((_fields(line, place + 1)[place], wave), []).append(line)
        return cls(columns, "data" in columns, waves, lines)

    def rows(self, indicator: str, wave: int) -> list[Row]:
        """The rows of an indicator in a wave."""
        return [Row.read(self._flat(values)) for values in self._of(indicator, wave)]

    def _of(self, indicator: str, wave: int) -> list[list]:
        key = (indicator, wave)
        if key not in self._values:
            kinds = [READ.get(c, str) for c in self.columns]
            read = csv.reader(self.lines.get(key, ()))
            self._values[key] = [[kind(text) for kind, text in zip(kinds, row, strict=True)] for row in read]
        return self._values[key]

    def _flat(self, values: list) -> dict:
        """A row by column, its figures with their origin."""
        name = values[0]
        if name not in self._traced:
            row = dict(zip(self.columns, values, strict=True))
            known = (c for c in FIGURES if row[c] is not pd.NA and row[c] == row[c])
            self._traced[name] = row | {c: Traced(row[c], (name,), c) for c in known}
        return self._traced[name]

    def groups_of(self, wave: int, part: str) -> set[tuple[str, str]]:
        """(grouping, level) of the rows of a wave whose level has `part` in it."""
        by, level = (self.columns.index(name) for name in ("by", "level"))
        lines = (line for (_, of), some in self.lines.items() if of == wave for line in some if part in line)
        return {(row[by], row[level]) for row in csv.reader(lines) if part in row[level]}

    def by_id(self, ids: Collection[str]) -> dict[str, Row]:
        """Id -> row."""
        found = [key for key, lines in self.lines.items() if any(_fields(line, 1)[0] in ids for line in lines)]
        return {values[0]: Row.read(self._flat(values)) for key in found for values in self._of(*key) if values[0] in ids}

    def where(self, indicator: str, wave: int | None = None, **columns) -> pd.DataFrame:
        """An indicator's rows (of one wave, or of all) as a table; what is asked for as in `select`."""
        waves = self.waves if wave is None else [wave]
        found = [self._flat(values) for w in waves for values in self._matching(indicator, w, columns)]
        return pd.DataFrame(found, dtype=object) if found else table(())  # objects, for figures to keep their origin

    def select(self, indicator: str, wave: int, **columns) -> list[Row]:
        """An indicator's rows with these values; a key column that is not named must be empty. A list means one of its values, `...` any value."""
        return [Row.read(self._flat(values)) for values in self._matching(indicator, wave, columns)]

    def row(self, indicator: str, wave: int, **columns) -> Row | None:
        """The one row with these values, or None. Raises LookupError if several have them."""
        found = self.select(indicator, wave, **columns)
        if len(found) > 1:
            raise LookupError(
                f"{len(found)} results have {indicator}, {wave}, {columns}: {found[0].key.id}, {found[1].key.id}"
            )
        return found[0] if found else None

    def _matching(self, indicator: str, wave: int, columns: dict) -> list[list]:
        asked = {"by": "", "by2": "", "model": "", "vs_level": ""} | columns
        asked = {c: v if isinstance(v, list) else [v] for c, v in asked.items() if v is not ...}
        found = self._of(indicator, wave)
        for column, wanted in asked.items():  # one after the other: the first leave little to the others
            place = self.columns.index(column)
            found = [values for values in found if values[place] in wanted]
        return found


def _fields(line: str, n: int) -> list[str]:
    """The first `n` fields of a line."""
    return line.split(",", n)[:n] if '"' not in line else next(csv.reader([line]))[:n]
