"""A row of the results: its key, which names it, and its figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from analysis.results.schema import COLUMNS, NUMBERS, SCHEMA, WHOLE, check

SMALL_BASE = 30  # fewer answers: uncertain
WIDE_INTERVAL = 0.30  # a share whose interval is wider: uncertain
NOTHING = 1e-10  # what round-off leaves of a difference that is nought; the smallest standard errors are above 1e-4
GROUPS = (("by", "level"), ("by2", "level2"))  # the columns of a key's groups
NO_GROUPS = (("", ""), ("", ""))


@dataclass(frozen=True)
class Key:
    """What a row is of. `groups`: up to two (grouping, level); `vs_wave`, `vs_level`: what it is compared with."""

    wave: int
    indicator: str
    statistic: str
    kind: str = "estimate"
    category: int | None = None
    groups: tuple[tuple[str, str], ...] = ()
    vs_wave: int | None = None
    vs_level: str = ""
    model: str = ""
    term: str = ""
    weighting: str = "cross"

    @property
    def group(self) -> tuple[str, str]:
        """The first (grouping, level); two empty texts of all."""
        return (*self.groups, NO_GROUPS[0])[0]

    def but(self, **changed) -> "Key":
        """The same key with some of it changed."""
        return replace(self, **changed)

    @property
    def id(self) -> str:
        """E.g. `2026.jss.mean.position=gp` or `2026.jss.change_net.vs=2024`: a contract with everything downstream."""
        parts = [str(self.wave), self.indicator, "" if self.category is None else f"c{self.category}", self.statistic]
        parts += [f"{by}={level}" for by, level in self.groups if by]
        parts += ["" if self.vs_wave is None else f"vs={self.vs_wave}", f"vs={self.vs_level}" if self.vs_level else ""]
        parts += [f"model={self.model}", self.term] if self.model else []
        parts.append("" if self.weighting in ("cross", "longitudinal") else self.weighting)
        return ".".join(part for part in parts if part).replace(" ", "_")


@dataclass(frozen=True)
class Row:
    """A result: counts are of doctors or answers, a share is between 0 and 1, `se` of an odds ratio is that of its logarithm.

    Of a row that was read, a number that is missing is no number (nan), a count None.
    """

    key: Key
    unit: str
    estimate: float | None = None
    se: float | None = None
    lower: float | None = None
    upper: float | None = None
    df: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    n: int | None = None
    count: int | None = None
    n_missing: int | None = None
    n_both: int | None = None
    base: str = ""
    quality: str = ""
    status: str = "shown"

    @classmethod
    def read(cls, values: Mapping) -> "Row":
        """The record of a row of the table, given its values by column."""
        held = {name: None if name in WHOLE and pd.isna(values[name]) else values[name] for name in (*OF_KEY, *OF_ROW)}
        groups = tuple((values[by], values[level]) for by, level in GROUPS if values[by])
        return cls(Key(groups=groups, **{name: held[name] for name in OF_KEY}), **{name: held[name] for name in OF_ROW})


OF_KEY = [f.name for f in fields(Key) if f.name != "groups"]
OF_ROW = [f.name for f in fields(Row) if f.name != "key"]


def table(rows: Iterable[Row]) -> pd.DataFrame:
    """The rows as a results table, with quality filled in. Raises ValueError where it breaks the schema: two rows with one id, an unknown word."""
    rows = list(rows)
    held = {"id": [row.key.id for row in rows]}
    held |= {name: [getattr(row.key, name) for row in rows] for name in OF_KEY}
    held |= {name: [getattr(row, name) for row in rows] for name in OF_ROW}
    groups = [(*row.key.groups, *NO_GROUPS)[:2] for row in rows]
    for place, (by, level) in enumerate(GROUPS):
        held |= {by: [g[place][0] for g in groups], level: [g[place][1] for g in groups]}
    frame = pd.DataFrame({c.name: pd.Series(held[c.name], dtype="str" if c.type == "string" else None) for c in SCHEMA}, columns=COLUMNS)
    frame = frame.astype(dict.fromkeys(WHOLE, "Int64") | dict.fromkeys(NUMBERS, "float64"))
    _round_off(frame)
    frame.loc[frame["kind"].isin(["estimate", "comparison"]) & _uncertain(frame), "quality"] = "uncertain"
    return check(frame)


def _round_off(frame: pd.DataFrame) -> None:
    """Where all gave the same answer a difference is nought, not what the arithmetic leaves of it, and there is nothing to test."""
    compared = frame["kind"].isin(["comparison", "test"]) & (frame["se"] < NOTHING) & (frame["estimate"].abs() < NOTHING)
    frame.loc[compared, ["estimate", "se", "lower", "upper"]] = 0.0
    frame.loc[compared, ["p", "p_adjusted"]] = np.nan


def _uncertain(frame: pd.DataFrame) -> pd.Series:
    wide = (frame["unit"] == "share") & (frame["upper"] - frame["lower"] > WIDE_INTERVAL)
    return ((frame["n"] < SMALL_BASE).fillna(False) | wide).astype(bool)
