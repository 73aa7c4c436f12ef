"""A raked sample, and the one operation that every standard error is: the variance of the total of an influence column.

What the raking's margins explain of the column is taken out, the rest is weighted, summed by doctor and centred within strata (Deville 1999;
Deville & Sarndal 1992). R: `SE(svytotal(~u, d))` of `d <- calibrate(svydesign(ids = ~doctor, strata = ~stratum), ..., calfun = "raking")`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, hstack

NOTHING = 1e-10  # of an eigenvalue of the margins' matrix, relative to the largest


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
    def of(cls, frame: pd.DataFrame, margins: Sequence[str], cluster: str | None = None, wave: str | None = None) -> "Design":
        """From rows with `stratum`, `start_weight`, `weight` and the raking variables.

        Where waves are stacked, `cluster` is the doctor, and each raking variable is crossed with `wave`.
        """
        stratum = pd.factorize(frame["stratum"])[0]
        doctor = np.arange(len(frame)) if cluster is None else pd.factorize(frame[cluster])[0]
        weight, start = (frame[c].to_numpy(dtype=float) for c in ("weight", "start_weight"))
        levels = [pd.factorize(frame[m])[0] for m in margins]
        if wave is not None:
            when, waves = pd.factorize(frame[wave])
            levels = [pd.factorize(level * len(waves) + when)[0] for level in levels]
        return cls(weight, start, stratum, pd.factorize(stratum * len(frame) + doctor)[0], tuple(levels))

    def __len__(self) -> int:
        return len(self.weight)

    def df(self, inside: np.ndarray) -> int:
        """Degrees of freedom of the rows `inside` (boolean): their doctors less their strata."""
        doctors = np.count_nonzero(inside) if self._each_its_own else np.count_nonzero(np.bincount(self.cluster[inside]))
        return int(doctors - np.count_nonzero(np.bincount(self.stratum[inside])))

    def residual(self, u: np.ndarray) -> np.ndarray:
        """What the margins do not explain of the columns of `u` (n rows x k): e = u - X (X'DX)^-1 X'D u, D the start weights.

        X has a column a level of each margin.
        """
        x, inverse = self._margins
        explained = x @ (inverse @ (x.T @ (self.start[:, None] * u)))
        return np.subtract(u, explained, out=explained)

    def variances(self, u: np.ndarray) -> np.ndarray:
        """Variances of the totals of the columns of `u` (n rows x k), k.

        sum over strata h of m_h / (m_h - 1) x sum over their m_h doctors of (z - mean of z)^2, z the doctor's sum of w e, e the residual of u.
        """
        z = self.weight[:, None] * self.residual(u)
        stratum = self.stratum
        if not self._each_its_own:
            z = rows_of(self.cluster) @ z
            stratum = stratum[np.unique(self.cluster, return_index=True)[1]]
        among, doctors = rows_of(stratum), np.bincount(stratum)[:, None]
        z -= (among @ z / doctors)[stratum]
        return (among @ np.square(z, out=z) * (doctors / np.maximum(doctors - 1, 1))).sum(axis=0)

    @cached_property
    def _each_its_own(self) -> bool:
        """Whether no doctor has two rows."""
        return self.cluster.max() + 1 == len(self)

    @cached_property
    def _margins(self) -> tuple[csr_array, np.ndarray]:
        """X, and the generalised inverse of X'DX: the levels of two margins add up to the same."""
        x = hstack([rows_of(m).T for m in self.margins], format="csr")
        return x, np.linalg.pinv((x.T @ (x * self.start[:, None])).toarray(), rcond=NOTHING, hermitian=True)


def rows_of(code: np.ndarray) -> csr_array:
    """Which rows have which code (0, 1, ...), as a matrix that sums them: codes x n."""
    return csr_array((np.ones(len(code)), (code, np.arange(len(code)))))
