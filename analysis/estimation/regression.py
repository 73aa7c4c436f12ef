"""Generalised linear models of a design: statsmodels fits, and each coefficient is an estimate with its influence.

A coefficient's influence is its row's score by the inverse information (Binder 1983): A x (y - mu), A = (X'WVX)^-1, V the variance function of
the canonical link. As R's `svyglm`: those with an answer missing leave the model, not the design.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.genmod.families import Binomial, Gaussian
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from analysis.estimation.design import Design
from analysis.estimation.sample import Sample
from analysis.estimation.statistics import Estimate, Statistic

NOTHING = 1e-10  # of an eigenvalue of the scaled information: that direction is not identified
BOUNDARY = 1e-8  # the variance function of a row that the model tells for certain


@dataclass(frozen=True)
class Term:
    """A factor of a model and its reference level."""

    variable: str
    reference: str


@dataclass(frozen=True)
class Fit:
    """A fitted model. `x` has a row a row of the design (nought outside the model) and a column a coefficient, the intercept first.

    `columns` names what each coefficient is of: (variable, level); `identified` says which the data tell (boolean): a level in which all gave the
    same answer has an infinite coefficient. `df`: doctors less strata less coefficients but the intercept.
    """

    family: str
    columns: tuple[tuple[str, str], ...]
    inside: np.ndarray
    x: np.ndarray
    coefficients: np.ndarray
    influence: np.ndarray
    identified: np.ndarray
    df: int

    def coefficient(self, variable: str, level: str) -> Statistic | None:
        """A term's coefficient; None if the data do not tell it. R: `coef(fit)`, `SE(fit)`."""
        place = self.columns.index((variable, level))
        return (lambda _: Estimate(float(self.coefficients[place]), self.influence[:, place], self.inside)) if self.identified[place] else None

    def adjusted(self, variable: str, level: str) -> Statistic:
        """The mean or share if all of the model were at `level` of `variable`, their other terms as they are (predictive margin).

        theta = sum w mu(a) / N; u = (mu(a) - theta) / N + D'u_beta, D = sum w mu'(a) x(a) / N: the others' terms are estimated too.
        R: `svytotal` of that column; `svypredmeans` leaves out the covariance of its two parts.
        """
        return lambda design: self._adjusted(design, variable, level)

    def _adjusted(self, design: Design, variable: str, level: str) -> Estimate:
        moved = self.x.copy()
        for place, (name, other) in enumerate(self.columns):
            if name == variable:
                moved[:, place] = self.inside * (other == level)
        mu = _mean_of(self.family, moved @ self.coefficients)
        weight = design.weight * self.inside
        total = weight.sum()
        value = (weight * mu).sum() / total
        slope = (weight * _variance_of(self.family, mu)) @ moved / total
        return Estimate(float(value), self.inside * (mu - value) / total + self.influence @ slope, self.inside)


def fit(sample: Sample, outcome: str, terms: Sequence[Term], family: str) -> Fit | None:
    """The model of `outcome` on factors of the sample. None if a factor has one level only or lacks its reference.

    `family` is "binomial" (logit) or "gaussian" (identity). R: `svyglm(y ~ a + b, subset(d, complete), family = quasibinomial)`.
    """
    design, frame = sample.design, sample.frame
    inside = frame[[outcome, *(t.variable for t in terms)]].notna().all(axis=1).to_numpy()
    factors, columns = [inside], [("", "")]
    for term in terms:
        code, levels = pd.factorize(frame[term.variable].where(inside), sort=True)
        if len(levels) < 2 or term.reference not in levels:
            return None
        others = [(place, level) for place, level in enumerate(levels) if level != term.reference]
        columns += [(term.variable, str(level)) for _, level in others]
        factors += [code == place for place, _ in others]
    x = np.column_stack(factors).astype(float)
    y = np.where(inside, sample.answers(outcome), 0.0)
    beta = _solved(y[inside], x[inside], design.weight[inside], family)
    mu = np.where(inside, _mean_of(family, x @ beta), 0.0)
    spread = np.where(inside, _variance_of(family, mu), 0.0)
    information = (x * (design.weight * np.where(spread > BOUNDARY, spread, 0.0))[:, None]).T @ x
    inverse, identified = _inverse(information)
    influence = (x * (y - mu)[:, None]) @ inverse
    return Fit(family, tuple(columns), inside, x, beta, influence, identified, design.df(inside) + 1 - len(columns))


def _solved(y: np.ndarray, x: np.ndarray, weight: np.ndarray, family: str) -> np.ndarray:
    kind = Binomial() if family == "binomial" else Gaussian()
    with warnings.catch_warnings():  # a level that the model tells for certain has no finite coefficient: see `identified`
        warnings.simplefilter("ignore", (ConvergenceWarning, PerfectSeparationWarning))
        return GLM(y, x, family=kind, var_weights=weight / weight.mean()).fit(tol=1e-11, tol_criterion="params", maxiter=50).params


def _mean_of(family: str, eta: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-eta)) if family == "binomial" else eta


def _variance_of(family: str, mu: np.ndarray) -> np.ndarray:
    return mu * (1 - mu) if family == "binomial" else np.ones_like(mu)


def _inverse(information: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The inverse (on what is identified) and which coefficients are: those that no direction without information moves."""
    scale = 1 / np.sqrt(np.where(np.diag(information) > 0, np.diag(information), 1.0))
    values, vectors = np.linalg.eigh(information * np.outer(scale, scale))
    known = values > NOTHING
    inverse = (vectors[:, known] / values[known]) @ vectors[:, known].T * np.outer(scale, scale)
    return inverse, (vectors[:, ~known] ** 2).sum(axis=1) < 1e-6
