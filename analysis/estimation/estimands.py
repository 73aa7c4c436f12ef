"""What is asked of a design, and the rows that answer it: all standard errors of a design at once.

Stages say what they want as estimands (a key and a statistic); `estimate` computes. A specification is another design, a table on demand
another domain: neither has code of its own here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Literal

import numpy as np

from analysis.estimation.design import Design
from analysis.estimation.statistics import Estimate, Statistic, exact_limits, logit_interval, p_value, t_interval
from analysis.results import Key, Row

CHUNK = 128  # influence columns at a time: of a wave they stay within the processor's own memory


@dataclass(frozen=True)
class Estimand:
    """A row to be. `scale`: t limits; a share's, by its logit; an odds ratio's, of which the statistic is the logarithm.

    `n` and `df` are those of the statistic's rows if not given; `tested`: a p value against nought.
    """

    key: Key
    statistic: Statistic
    unit: str
    base: str = ""
    scale: Literal["t", "logit", "odds"] = "t"
    tested: bool = False
    n: int | None = None
    count: int | None = None
    n_missing: int | None = None
    n_both: int | None = None
    df: int | None = None


def estimate(design: Design, asked: Iterable[Estimand]) -> list[Row]:
    """A row an estimand, in their order."""
    every = list(asked)
    chunks = [every[i : i + CHUNK] for i in range(0, len(every), CHUNK)]
    return [row for some in chunks for row in _rows(design, some, [e.statistic(design) for e in some])]


def _rows(design: Design, asked: list[Estimand], found: list[Estimate]) -> list[Row]:
    value = np.array([e.value for e in found])
    df = np.array([design.df(e.inside) if a.df is None else a.df for a, e in zip(asked, found, strict=True)], dtype=float)
    se = np.sqrt(design.variances(np.column_stack([e.influence for e in found])))
    lower, upper = t_interval(value, se, df)
    between = np.array([a.scale == "logit" and 0 < e.count < e.n for a, e in zip(asked, found, strict=True)])
    lower[between], upper[between] = logit_interval(value[between], se[between], df[between])
    p = np.where(se > 0, p_value(value, se, df), np.nan)
    return [
        _row(design, a, e, *figures, inner)
        for a, e, inner, *figures in zip(asked, found, between, se.tolist(), lower.tolist(), upper.tolist(), df.tolist(), p.tolist(), strict=True)
    ]


def _row(design: Design, asked: Estimand, found: Estimate, se: float, lower: float, upper: float, df: float, p: float, between: bool) -> Row:
    value, n, count = found.value, found.n, asked.count
    if asked.scale == "logit":
        count = found.count
        if not between:  # of nobody, or of all
            value, se, df = float(found.count == n), 0.0, np.nan
            lower, upper = exact_limits(found.count == n, design.weight[found.inside])
    if asked.scale == "odds":
        value, lower, upper = float(np.exp(value)), float(np.exp(lower)), float(np.exp(upper))
    return Row(asked.key, asked.unit, *_finite(value, se, lower, upper, df, p if asked.tested else np.nan), n=n if asked.n is None else asked.n,
               count=count, n_missing=asked.n_missing, n_both=asked.n_both, base=asked.base)  # fmt: skip


def _finite(*figures: float) -> list[float | None]:
    """Not-a-numbers as missing, so that a table never prints one."""
    return [figure if isfinite(figure) else None for figure in figures]
