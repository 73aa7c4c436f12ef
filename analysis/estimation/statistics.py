"""Statistics: functions of a design that give a number and its influence, how much each respondent moves it (Deville 1999).

A column is nought outside the domain and where there is no answer, and has a row for every respondent, as R's `subset` of a survey design.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.stats import beta

from analysis.estimation.design import Design

LEVEL = 0.95
TIE = 1e-9  # a distribution function reaches a share that it misses by no more


@dataclass(frozen=True)
class Estimate:
    """A number and its influence (n rows); `inside` are the rows that it is about, `count` those of them that have what is counted."""

    value: float
    influence: np.ndarray
    inside: np.ndarray
    count: int = 0

    @property
    def n(self) -> int:
        return np.count_nonzero(self.inside)


Statistic = Callable[[Design], Estimate]


def mean(y: np.ndarray, inside: np.ndarray) -> Statistic:
    """The weighted mean of `y` (floats, NaN without an answer) of the rows `inside`; u = (y - mean) / their weight.

    R: `svymean(~y, subset(d, inside), na.rm = TRUE)`.
    """

    def of(design: Design) -> Estimate:
        there = inside & ~np.isnan(y)
        return _quotient(design, np.where(there, y, 0.0), there, there)

    return of


def ratio(y: np.ndarray, x: np.ndarray, inside: np.ndarray) -> Statistic:
    """The ratio of two weighted totals of the rows `inside` that have both; u = (y - ratio x) / the total of x.

    R: `svyratio(~y, ~x, subset(d, inside), na.rm = TRUE)`.
    """

    def of(design: Design) -> Estimate:
        there = inside & ~np.isnan(y) & ~np.isnan(x)
        return _quotient(design, np.where(there, y, 0.0), np.where(there, x, 0.0), there)

    return of


def _quotient(design: Design, over: np.ndarray, under: np.ndarray, there: np.ndarray) -> Estimate:
    """Of two weighted totals of columns that are nought elsewhere than `there`."""
    total = design.weight @ under or 1.0
    value = design.weight @ over / total
    return Estimate(float(value), (over - value * under) / total, there, np.count_nonzero(over))


def difference(one: Statistic, other: Statistic) -> Statistic:
    """One less the other; their influences' difference, so that what they share counts once. R: `svycontrast`."""

    def of(design: Design) -> Estimate:
        a, b = one(design), other(design)
        return Estimate(a.value - b.value, a.influence - b.influence, a.inside | b.inside)

    return of


def quantile(design: Design, y: np.ndarray, inside: np.ndarray, p: float) -> tuple[float, float, float]:
    """The first value with F(value) >= p, and Woodruff's limits (1952): where F reaches the limits of the share up to it.

    R: `svyquantile(~y, subset(d, inside), p, na.rm = TRUE, qrule = "math")`, on the degrees of freedom of the answers.
    """
    there = inside & ~np.isnan(y)
    order = np.argsort(y[there], kind="stable")
    value, weight = y[there][order], design.weight[there][order]
    reached = np.cumsum(weight) / weight.sum()

    def at(share: float) -> float:  # round-off must not pass over a tie
        known = share >= 0 and share - TIE <= reached[-1]
        return float(value[np.searchsorted(reached, share - TIE)]) if known else np.nan

    middle = at(p)
    below = mean(np.where(np.isnan(y), np.nan, y <= middle), inside)(design)
    se = np.sqrt(design.variances(below.influence[:, None]))
    lower, upper = t_interval(np.array([below.value]), se, np.array([design.df(there)]))
    return middle, at(lower.item()), at(upper.item())


def t_interval(value: np.ndarray, se: np.ndarray, df: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """value -/+ t se. R: `confint(svymean(...), df = df)`."""
    reach = _reach(df) * se
    return value - reach, value + reach


def logit_interval(p: np.ndarray, se: np.ndarray, df: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A share's limits by its logit, with se / (p (1 - p)); 0 < p < 1. R: `svyciprop(method = "logit")`."""
    logit, reach = np.log(p / (1 - p)), _reach(df) * se / (p * (1 - p))
    return 1 / (1 + np.exp(reach - logit)), 1 / (1 + np.exp(-reach - logit))


def _reach(df: np.ndarray) -> np.ndarray:
    """The t quantile; the same degrees of freedom come many times, and each is slow."""
    each, where = np.unique(df, return_inverse=True)
    return stats.t.ppf((1 + LEVEL) / 2, np.where(each > 0, each, np.nan))[where]


def exact_limits(all_of_them: bool, weight: np.ndarray) -> tuple[float, float]:
    """Clopper-Pearson limits of a share of 0 or 1, on n / Kish's design effect answers. R: `binom.test` where all weigh the same."""
    effective = weight.sum() ** 2 / (weight**2).sum()
    edge = float(beta.ppf((1 - LEVEL) / 2, effective, 1))
    return (edge, 1.0) if all_of_them else (0.0, 1 - edge)


def p_value(value: np.ndarray, se: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Two-sided, of a t test against nought."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return 2 * stats.t.sf(np.abs(value) / se, df)
