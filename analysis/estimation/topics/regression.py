"""An article's design-based regression models of one wave: what goes with an answer, other things equal."""

import warnings

import pandas as pd
import polars as pl
import svy

from analysis.codebook import Indicator
from analysis.codebook.plan import BACKGROUND, Plan
from analysis.estimation import levels
from analysis.estimation.linear import Design
from analysis.estimation.models import REFERENCE, adjusted, coefficients


def models(
    plan: Plan, indicators: dict[str, Indicator], design: Design, frame: pd.DataFrame, reasons: pd.DataFrame
) -> list[dict]:
    """Terms (odds ratios or differences) and adjusted shares or means of every model of the plan, named by the article.

    R: `svyglm(y ~ x, family = quasibinomial)` on the raked design; a logistic model for a share, a linear one for a mean.
    Reference: men, 40-54 years, senior consultants, and 0 of an indicator. Levels by a 0/1 term are given unadjusted too.
    """
    rows = []
    for model in plan.models:
        indicator = indicators[model.indicator]
        family = "binomial" if indicator.kind == "binary" else "gaussian"
        added = [t for t in model.terms if t not in BACKGROUND]
        coded = pd.DataFrame({t: frame[t].map({0: "0", 1: "1"}) for t in added}, index=frame.index)
        data = design.sample.data.with_columns(pl.from_pandas(coded)) if added else design.sample.data
        complete = frame.assign(**coded).dropna(subset=[indicator.id, *model.terms])
        terms = [(t, REFERENCE.get(t, "0")) for t in model.terms]
        if any(complete[t].nunique() < 2 or ref not in set(complete[t]) for t, ref in terms):
            continue
        with warnings.catch_warnings():  # a separated term is shown without figures
            warnings.simplefilter("ignore", svy.SvyUserWarning)
            fit = design.sample.clone(data=data).glm.fit(
                indicator.id, x=[svy.Cat(t, ref=ref) for t, ref in terms], family=family, drop_nulls=True, tol=1e-12
            )
        common = {"kind": "model", "indicator": indicator.id, "base": indicator.base, "weighting": "cross",
                  "model": plan.article, "n": len(complete), "n_both": None}  # fmt: skip
        rows += coefficients(fit, terms, complete, family, common)
        for term in model.terms:
            rows += adjusted(fit, term, complete, family, common)
        for term in added:
            rows += levels.by_indicator(design, frame, reasons, indicator, term)
    return rows
