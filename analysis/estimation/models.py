"""One model a fixed theme over the waves, design-based (`svy`'s glm): population-averaged, with the doctor as cluster."""

import warnings

import numpy as np
import pandas as pd
import svy

from analysis.estimation.change import stack
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
    family = MODELS[indicator]
    design, frame, _ = stack(waves, [indicator, *BACKGROUND])
    complete = frame.dropna(subset=[indicator, *BACKGROUND])
    terms = [("wave", str(wave))] * (len(waves) > 1) + [(b, REFERENCE[b]) for b in BACKGROUND]
    if any(complete[b].nunique() < 2 or ref not in set(complete[b]) for b, ref in terms):
        return []
    with (
        warnings.catch_warnings()
    ):  # a separated term comes back without a standard error, and is shown without figures
        warnings.simplefilter("ignore", svy.SvyUserWarning)
        fit = design.sample.glm.fit(
            indicator, x=[svy.Cat(b, ref=ref) for b, ref in terms], family=family, drop_nulls=True, tol=1e-12
        )
    common = {
        "kind": "model",
        "indicator": indicator,
        "base": "all",
        "weighting": "cross",
        "n": len(complete),
        "n_both": None,
    }
    rows = coefficients(fit, terms, complete, family, common | {"model": "trend"})
    if len(waves) > 1:
        rows += adjusted(fit, "wave", complete, family, common | {"model": "trend"})
    return rows


def coefficients(fit, terms, complete, family, common) -> list[dict]:
    """A model's terms, reference levels among them: odds ratios or differences."""
    names = {f"{b}_{level}": (b, level) for b, _ in terms for level in complete[b].unique()}
    ratio, rows = family == "binomial", []
    found = {r["term"]: r for r in fit.to_polars().iter_rows(named=True)}
    for term, (variable, level) in names.items():
        n = int((complete[variable] == level).sum())
        row = common | {"term": f"{variable}={level}", "statistic": "odds_ratio" if ratio else "difference",
                        "unit": "ratio" if ratio else "difference", "n": n}  # fmt: skip
        if (variable, level) in terms:
            rows.append(row | {"estimate": 1.0 if ratio else 0.0, "status": "reference"})
        elif term in found:
            r = found[term]
            if not np.isfinite(r["std_err"]):
                rows.append(row | {"quality": "uncertain"})
                continue
            form = np.exp if ratio else (lambda value: value)
            rows.append(row | {"estimate": form(r["estimate"]), "se": r["std_err"], "lower": form(r["conf_low"]),
                               "upper": form(r["conf_high"]), "df": r["df"], "p": r["p_value"]})  # fmt: skip
    return rows


def adjusted(fit, variable: str, complete: pd.DataFrame, family: str, common: dict) -> list[dict]:
    """Means or shares at each level of `variable`, averaged over everyone's other terms (predictive margins)."""
    statistic, unit = ("adjusted_share", "share") if family == "binomial" else ("adjusted_mean", "mean")
    margins = fit.margins(at={variable: sorted(set(complete[variable]))}).to_polars()
    return [
        common | {"term": f"{variable}={r[variable]}", "statistic": statistic, "n": int((complete[variable] == r[variable]).sum()),
                  "estimate": r["margin"], "se": r["se"], "lower": r["lci"], "upper": r["uci"], "unit": unit}
        for r in margins.iter_rows(named=True)
    ]  # fmt: skip
