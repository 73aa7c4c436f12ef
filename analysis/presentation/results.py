"""The publishable results that a document may look at: those of its wave and of earlier ones."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import LegepaneletError

TEXT = ["id", "kind", "indicator", "base", "by", "level", "by2", "level2", "vs_level", "model", "term", "statistic",
        "weighting", "unit", "quality", "status"]  # fmt: skip
WHOLE = ["wave", "category", "vs_wave", "n", "count", "n_missing", "n_both"]


@dataclass(frozen=True)
class Results:
    """Rows of `results.csv` of several waves, and whether they are synthetic."""

    rows: pd.DataFrame
    synthetic: bool

    @classmethod
    def read(cls, folder: Path, waves: list[int]) -> "Results":
        """The results of `waves` under `folder`. Raises RESULTS_MISSING."""
        tables = []
        for wave in waves:
            path = folder / str(wave) / "results.csv"
            if not path.is_file():
                raise LegepaneletError("RESULTS_MISSING", f"there are no results of {wave}", f"Run `make report WAVE={wave}` first.")
            tables.append(pd.read_csv(path, dtype={c: str for c in TEXT} | {c: "Int64" for c in WHOLE}, keep_default_na=False,
                                      na_values={c: [""] for c in WHOLE + _NUMBERS}))  # fmt: skip
        rows = pd.concat(tables, ignore_index=True)
        return cls(rows, "data" in rows)

    @property
    def waves(self) -> list[int]:
        return sorted(self.rows["wave"].unique())

    def where(self, **columns) -> pd.DataFrame:
        """Rows with these values; a key column that is not named must be empty."""
        asked = {"by": "", "by2": "", "model": "", "vs_level": ""} | columns
        keep = pd.Series(True, index=self.rows.index)
        for column, value in asked.items():
            keep &= self.rows[column].isin(value) if isinstance(value, (list, tuple, set)) else self.rows[column] == value
        return self.rows[keep.fillna(False).astype(bool)]

    def row(self, **columns) -> pd.Series | None:
        """The one row with these values, or None. Raises LookupError if several have them."""
        found = self.where(**columns)
        if len(found) > 1:
            raise LookupError(f"{len(found)} results have {columns}: {', '.join(found['id'].head(3))}")
        return None if found.empty else found.iloc[0]


_NUMBERS = ["estimate", "se", "lower", "upper", "df", "df2", "p", "p_adjusted"]
