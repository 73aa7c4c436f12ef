"""Standard errors of smooth statistics: one operation on a statistic's influence, one column a statistic, whatever it is.

An estimate is a number and an influence column: how much each respondent moves it (Deville 1999; Binder 1983). Its variance is that of the
total of the column: what the raking's margins explain is taken out, the rest is weighted, summed by doctor and centred within strata.
A column is nought outside the domain and where there is no answer, and has a row for every respondent, as R's `subset` of a survey design.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats
from scipy.sparse import csr_array, hstack

CHUNK = 512  # columns at a time
NOTHING = 1e-10  # of an eigenvalue of the margins' matrix, relative to the largest
LEVEL = 0.95
TIE = 1e-9  # a distribution function reaches a share that it misses by no more


@dataclass(frozen=True)
class Design:
    """Rows of a raked sample: one wave, stacked waves, or the pairs of a panel. All arrays have a value a row.

    `start` are the weights before raking; `cluster` numbers the doctors within their strata, `stratum` the strata; `margins` numbers the levels
    of each raking variable.
    """

    weight: np.ndarray
    start: np.ndarray
    stratum: np.ndarray
    cluster: np.ndarray
    margins: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, frame: pd.DataFrame, margins: Sequence[str], cluster: str | None = None) -> "Design":
        """From rows with `stratum`, `start_weight`, `weight` and the raking variables; `cluster` is the doctor where waves are stacked."""
        stratum = pd.factorize(frame["stratum"])[0]
        doctor = np.arange(len(frame)) if cluster is None else pd.factorize(frame[cluster])[0]
        weight, start = (frame[c].to_numpy(dtype=float) for c in ("weight", "start_weight"))
        return cls(weight, start, stratum, pd.factorize(stratum * len(frame) + doctor)[0],
                   tuple(pd.factorize(frame[m])[0] for m in margins))  # fmt: skip

    def residual(self, u: np.ndarray) -> np.ndarray:
        """What the margins do not explain of the columns of `u` (n rows x k): e = u - X (X'DX)^-1 X'D u, D the start weights.

        X has a column a level of each margin. Deville & Sarndal (1992). R: `calibrate(d, ~a + b, totals, calfun = "raking")`.
        """
        x, inverse = self._margins
        return u - x @ (inverse @ (x.T @ (self.start[:, None] * u)))

    @cached_property
    def _margins(self) -> tuple[csr_array, np.ndarray]:
        """X, and the generalised inverse of X'DX: the levels of two margins add up to the same."""
        x = hstack([_rows_of(m).T for m in self.margins], format="csr")
        return x, np.linalg.pinv((x.T @ (x * self.start[:, None])).toarray(), rcond=NOTHING, hermitian=True)

    def df(self, inside: np.ndarray) -> int:
        """Degrees of freedom of the rows `inside` (boolean): their doctors less their strata."""
        return len(np.unique(self.cluster[inside])) - len(np.unique(self.stratum[inside]))


@dataclass(frozen=True)
class Estimate:
    """A number and its influence (n rows); `inside` are the rows that it is about, `count` those of them that have what is counted."""

    value: float
    influence: np.ndarray
    inside: np.ndarray
    count: int = 0


def mean(design: Design, y: np.ndarray, inside: np.ndarray) -> Estimate:
    """The weighted mean of `y` (floats, NaN without an answer) of the rows `inside`; u = (y - mean) / their weight.

    R: `svymean(~y, subset(d, inside), na.rm = TRUE)`.
    """
    there = inside & ~np.isnan(y)
    known = np.where(there, y, 0.0)
    total = (design.weight * there).sum()
    value = (design.weight * known).sum() / total if total else np.nan
    return Estimate(float(value), np.where(there, known - value, 0.0) / (total or 1.0), there, int((known != 0).sum()))


def quantile(design: Design, y: np.ndarray, inside: np.ndarray, p: float) -> tuple[float, float, float]:
    """The first value with F(value) >= p, and Woodruff's limits (1952): where F reaches the limits of the share up to it.

    R: `svyquantile(~y, subset(d, inside), p, na.rm = TRUE, qrule = "math")`, on the degrees of freedom of the answers.
    """
    there = inside & ~np.isnan(y)
    order = np.argsort(y[there], kind="stable")
    weight = design.weight[there][order]
    reached = np.cumsum(weight) / weight.sum()

    def at(share: float) -> float:  # round-off must not pass over a tie
        place = np.searchsorted(reached, share - TIE)
        return float(y[there][order][place]) if share >= 0 and share - TIE <= reached[-1] else np.nan

    value = at(p)
    below = mean(design, np.where(np.isnan(y), np.nan, y <= value), inside)
    lower, upper = t_interval(np.array(below.value), standard_errors(design, [below]), np.array(design.df(there)))
    return value, at(lower.item()), at(upper.item())


def less(one: Estimate, other: Estimate) -> Estimate:
    """A difference; its influence is the difference of theirs, so that what they share counts once. R: `svycontrast`."""
    return Estimate(one.value - other.value, one.influence - other.influence, one.inside | other.inside)


def standard_errors(design: Design, estimates: Sequence[Estimate]) -> np.ndarray:
    """The standard error of each estimate. R: `SE(svymean(...))` on `calibrate(svydesign(ids = ~doctor, strata = ~stratum), ...)`."""
    found = [_variances(design, np.column_stack([e.influence for e in estimates[i : i + CHUNK]])) for i in range(0, len(estimates), CHUNK)]
    return np.sqrt(np.concatenate(found)) if found else np.empty(0)


def _variances(design: Design, u: np.ndarray) -> np.ndarray:
    """Variances of the totals of the columns of `u` (n rows x k), k.

    sum over strata h of m_h / (m_h - 1) x sum over their m_h doctors of (z - mean of z)^2, z the doctor's sum of w e, e the residual of u.
    """
    z = design.weight[:, None] * design.residual(u)
    stratum = design.stratum
    if design.cluster.max() + 1 < len(z):
        z = _rows_of(design.cluster) @ z
        stratum = stratum[np.unique(design.cluster, return_index=True)[1]]
    among, doctors = _rows_of(stratum), np.bincount(stratum)[:, None]
    z = z - (among @ z / doctors)[stratum]
    return (among @ z**2 * (doctors / np.maximum(doctors - 1, 1))).sum(axis=0)


def _rows_of(code: np.ndarray) -> csr_array:
    """Which rows have which code (0, 1, ...), as a matrix that sums them: codes x n."""
    return csr_array((np.ones(len(code)), (code, np.arange(len(code)))))


def t_interval(value: np.ndarray, se: np.ndarray, df: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """value -/+ t se. R: `confint(svymean(...), df = df)`."""
    reach = stats.t.ppf((1 + LEVEL) / 2, np.where(df > 0, df, np.nan)) * se
    return value - reach, value + reach


def logit_interval(p: np.ndarray, se: np.ndarray, df: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A share's limits by its logit, with se / (p (1 - p)); 0 < p < 1. R: `svyciprop(method = "logit")`."""
    logit, reach = np.log(p / (1 - p)), stats.t.ppf((1 + LEVEL) / 2, np.where(df > 0, df, np.nan)) * se / (p * (1 - p))
    return 1 / (1 + np.exp(reach - logit)), 1 / (1 + np.exp(-reach - logit))


def p_value(value: np.ndarray, se: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Two-sided, of a t test against nought."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return 2 * stats.t.sf(np.abs(value) / se, df)
