"""The publishable results that a document may look at: those of its wave and of earlier ones."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.errors import LegepaneletError
from analysis.presentation.provenance import Traced
from analysis.results import FIGURES, NUMBERS, TEXT, WHOLE


@dataclass(frozen=True)
class Results:
    """Rows of `results.csv` of several waves, and whether they are synthetic.

    Documents ask thousands of times, of a part of the rows: these become records, whose figures know where they come from, when they are asked for.
    """

    empty: pd.DataFrame  # the table's columns
    synthetic: bool
    waves: list[int]
    values: dict[tuple[str, int], list[tuple]]  # (indicator, wave) -> its rows, each the values of the columns
    _records: dict[tuple[str, int], list[dict]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, waves: list[int]) -> "Results":
        """The results of `waves` under `folder`. Raises RESULTS_MISSING."""
        tables = []
        for wave in waves:
            path = folder / str(wave) / "results.csv"
            if not path.is_file():
                raise LegepaneletError(
                    "RESULTS_MISSING", f"there are no results of {wave}", f"Run `make report WAVE={wave}` first."
                )
            tables.append(pd.read_csv(path, dtype={c: str for c in TEXT} | {c: "Int64" for c in WHOLE}, keep_default_na=False,
                                      na_values={c: [""] for c in WHOLE + NUMBERS}))  # fmt: skip
        rows = pd.concat(tables, ignore_index=True)
        values: dict[tuple[str, int], list[tuple]] = {}
        of = zip(rows["indicator"].tolist(), rows["wave"].tolist(), strict=True)
        for key, row in zip(of, zip(*(rows[c].tolist() for c in rows), strict=True), strict=True):
            values.setdefault(key, []).append(row)
        return cls(rows.iloc[:0], "data" in rows, waves, values)

    def rows(self, indicator: str, wave: int) -> list[dict]:
        """The rows of an indicator in a wave."""
        key = (indicator, wave)
        if key not in self._records:
            self._records[key] = [self._record(values) for values in self.values.get(key, ())]
        return self._records[key]

    def _record(self, values: tuple) -> dict:
        row = dict(zip(self.columns, values, strict=True))
        known = (c for c in FIGURES if row[c] is not pd.NA and row[c] == row[c])
        return row | {c: Traced(row[c], (row["id"],), c) for c in known}

    @cached_property
    def columns(self) -> list[str]:
        return self.empty.columns.tolist()

    def groups_of(self, wave: int) -> set[tuple[str, str]]:
        """(grouping, level) of every row of a wave."""
        by, level = (self.columns.index(name) for name in ("by", "level"))
        return {(row[by], row[level]) for (_, of), rows in self.values.items() if of == wave for row in rows}

    def by_id(self, ids: Collection[str]) -> dict[str, dict]:
        """Id -> row."""
        place = self.columns.index("id")
        found = [key for key, rows in self.values.items() if any(values[place] in ids for values in rows)]
        return {row["id"]: row for key in found for row in self.rows(*key) if row["id"] in ids}

    def where(self, indicator: str, wave: int | None = None, **columns) -> pd.DataFrame:
        """An indicator's rows (of one wave, or of all) with these values; a key column that is not named must be empty.

        A list means one of its values, `...` any value.
        """
        waves = self.waves if wave is None else [wave]
        found = [row for w in waves for row in self._matching(indicator, w, columns)]
        return pd.DataFrame(found, dtype=object) if found else self.empty  # objects, for figures to keep their origin

    def row(self, indicator: str, wave: int, **columns) -> dict | None:
        """The one row with these values, or None. Raises LookupError if several have them."""
        found = self._matching(indicator, wave, columns)
        if len(found) > 1:
            raise LookupError(
                f"{len(found)} results have {indicator}, {wave}, {columns}: {found[0]['id']}, {found[1]['id']}"
            )
        return found[0] if found else None

    def _matching(self, indicator: str, wave: int, columns: dict) -> list[dict]:
        asked = {"by": "", "by2": "", "model": "", "vs_level": ""} | columns
        asked = {c: v if isinstance(v, list) else [v] for c, v in asked.items() if v is not ...}
        found = self.rows(indicator, wave)
        for column, wanted in asked.items():  # one after the other: the first leave little to the others
            found = [row for row in found if row[column] in wanted]
        return found
