"""One model a fixed theme over the waves, design-based: population-averaged, with the doctor as cluster. And the rows of any model."""

import numpy as np
import pandas as pd

from analysis.estimation import levels, linear
from analysis.estimation.change import stack
from analysis.estimation.linear import Design
from analysis.estimation.regression import Fit, Term, fit
from analysis.panel.build import WavePanel

# indicator -> family; each model adjusts for sex, age group and position
MODELS = {"jss": "gaussian", "hours_over_48": "binomial", "eri_risk": "binomial"}
BACKGROUND = ("sex", "age_group", "position")
REFERENCE = {"sex": "male", "age_group": "40_54", "position": "consultant"}


def trend(indicator: str, waves: dict[int, WavePanel], wave: int) -> list[dict]:
    """Rows of the model of `indicator` over `waves` (the last is `wave`): adjusted means or shares by wave, and terms.

    Stacked waves, the doctor as cluster (R: `svyglm` on `svydesign(ids=~doctor)`, raked). Reference: the wave itself, men,
    40-54 years, senior consultants.
    """
    design, frame, _ = stack(waves, [indicator, *BACKGROUND])
    terms = [Term("wave", str(wave))] * (len(waves) > 1) + [Term(b, REFERENCE[b]) for b in BACKGROUND]
    model = fit(design, frame, indicator, terms, MODELS[indicator])
    if model is None:
        return []
    common = {"kind": "model", "indicator": indicator, "base": "all", "weighting": "cross", "model": "trend"}
    rows = coefficients(design, frame, model, terms, common)
    return rows + adjusted(design, frame, model, "wave", common) if len(waves) > 1 else rows


def coefficients(design: Design, frame: pd.DataFrame, model: Fit, terms: list[Term], common: dict) -> list[dict]:
    """A model's terms, reference levels among them: odds ratios or differences. One that the data do not tell has no figures."""
    ratio = model.family == "binomial"
    common = common | {"statistic": "odds_ratio" if ratio else "difference", "unit": "ratio" if ratio else "difference"}
    complete, rows, told, estimates = frame[model.inside], [], [], []
    for term in terms:
        for level in complete[term.variable].unique():
            row = common | {"term": f"{term.variable}={level}", "n": int((complete[term.variable] == level).sum())}
            if level == term.reference:
                rows.append(row | {"estimate": 1.0 if ratio else 0.0, "status": "reference"})
            elif (found := model.coefficient(term.variable, level)) is None:
                rows.append(row | {"quality": "uncertain"})
            else:
                told.append(len(rows))
                estimates.append(found)
                rows.append(row)
    done = levels.with_p(levels.with_errors(design, [rows[place] for place in told], estimates, [model.df] * len(told)))
    for place, row in zip(told, done, strict=True):
        rows[place] = row | {c: float(np.exp(row[c])) for c in ("estimate", "lower", "upper")} if ratio else row
    return rows


def adjusted(design: Design, frame: pd.DataFrame, model: Fit, variable: str, common: dict) -> list[dict]:
    """Means or shares at each level of `variable`, averaged over everyone's other terms (predictive margins)."""
    statistic, unit = ("adjusted_share", "share") if model.family == "binomial" else ("adjusted_mean", "mean")
    complete, found = frame[model.inside], sorted(set(frame.loc[model.inside, variable]))
    estimates = [model.adjusted(design, variable, level) for level in found]
    se = linear.standard_errors(design, estimates)
    lower, upper = linear.t_interval(np.array([e.value for e in estimates]), se, np.full(len(se), model.df))
    return [
        common | {"term": f"{variable}={level}", "statistic": statistic, "n": int((complete[variable] == level).sum()),
                  "estimate": e.value, "se": s, "lower": lo, "upper": up, "unit": unit}
        for level, e, s, lo, up in zip(found, estimates, se.tolist(), lower.tolist(), upper.tolist(), strict=True)
    ]  # fmt: skip
