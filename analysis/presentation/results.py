"""The publishable results that a document may look at: those of its wave and of earlier ones."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import LegepaneletError
from analysis.presentation.provenance import Traced
from analysis.results import FIGURES, NUMBERS, TEXT, WHOLE


@dataclass(frozen=True)
class Results:
    """Rows of `results.csv` of several waves, and whether they are synthetic."""

    empty: pd.DataFrame  # the table's columns
    synthetic: bool
    waves: list[int]
    parts: dict[tuple[str, int], list[dict]]  # (indicator, wave) -> its rows; documents ask thousands of times

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
        parts: dict[tuple[str, int], list[dict]] = {}
        names = list(rows)
        for values in zip(
            *(rows[c].tolist() for c in names), strict=True
        ):  # to_dict and isna, value by value, take seconds
            row = dict(zip(names, values, strict=True))
            known = (c for c in FIGURES if row[c] is not pd.NA and row[c] == row[c])
            row |= {c: Traced(row[c], (row["id"],), c) for c in known}
            parts.setdefault((row["indicator"], row["wave"]), []).append(row)
        return cls(rows.iloc[:0], "data" in rows, waves, parts)

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
        return [row for row in self.parts.get((indicator, wave), []) if all(row[c] in v for c, v in asked.items())]
