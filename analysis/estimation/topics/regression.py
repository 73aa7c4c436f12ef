"""An article's design-based regression models of one wave: what goes with an answer, other things equal."""

import pandas as pd

from analysis.codebook import Indicator
from analysis.codebook.plan import BACKGROUND, Plan
from analysis.estimation import levels
from analysis.estimation.linear import Design
from analysis.estimation.models import REFERENCE, adjusted, coefficients
from analysis.estimation.regression import Term, fit


def models(
    plan: Plan, indicators: dict[str, Indicator], design: Design, frame: pd.DataFrame, reasons: pd.DataFrame
) -> list[dict]:
    """Terms (odds ratios or differences) and adjusted shares or means of every model of the plan, named by the article.

    R: `svyglm(y ~ x, family = quasibinomial)` on the raked design; a logistic model for a share, a linear one for a mean.
    Reference: men, 40-54 years, senior consultants, and 0 of an indicator. Levels by a 0/1 term are given unadjusted too.
    """
    rows = []
    for asked in plan.models:
        indicator = indicators[asked.indicator]
        added = [t for t in asked.terms if t not in BACKGROUND]
        data = frame.assign(**{t: frame[t].map({0: "0", 1: "1"}) for t in added})
        terms = [Term(t, REFERENCE.get(t, "0")) for t in asked.terms]
        model = fit(design, data, indicator.id, terms, "binomial" if indicator.kind == "binary" else "gaussian")
        if model is None:
            continue
        common = {"kind": "model", "indicator": indicator.id, "base": indicator.base, "weighting": "cross", "model": plan.article}
        rows += coefficients(design, data, model, terms, common)
        for term in asked.terms:
            rows += adjusted(design, data, model, term, common)
        for term in added:
            rows += levels.by_indicator(design, frame, reasons, indicator, term)
    return rows
