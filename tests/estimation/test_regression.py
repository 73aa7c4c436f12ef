"""Models: fitted by statsmodels, their errors by influence. Judges: R's `survey`, and `svy`, a program of others."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import svy

from analysis.estimation import linear
from analysis.estimation.linear import Design
from analysis.estimation.regression import Term, fit
from analysis.panel import weighting

REFERENCE = Path(__file__).parent / "reference"
R = json.loads((REFERENCE / "panel_two_wave.json").read_text())["2026"]["uses_ai_logit"]
TERMS = [Term("sex", "female"), Term("age_group", "40_54"), Term("position", "consultant")]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "panel_two_wave.csv").query("wave == 2026").reset_index(drop=True)


def errors(design, estimates) -> np.ndarray:
    return linear.standard_errors(design, estimates)


def test_a_logistic_model(people):
    """R: svyglm(uses_ai ~ sex + age_group + position, calibrated, family = quasibinomial); its weights are those of the iteration before the last."""
    design = Design.of(people, ["sex_age", "position"])
    model = fit(design, people, "uses_ai", TERMS, "binomial")
    theirs = {name: (b, se) for name, b, se in zip(R["terms"], R["coef"], R["se"], strict=True) if name != "(Intercept)"}
    ours = [model.coefficient(variable, level) for variable, level in model.columns[1:]]
    found = {f"{v}{level}": (e.value, se) for (v, level), e, se in zip(model.columns[1:], ours, errors(design, ours), strict=True)}
    assert found.keys() == theirs.keys()
    for name, values in theirs.items():
        assert found[name] == (pytest.approx(values[0], rel=1e-9), pytest.approx(values[1], rel=1e-7))


@pytest.mark.parametrize(("outcome", "family"), [("uses_ai", "binomial"), ("satisfaction", "gaussian")])
def test_another_program_gives_the_same_model(people, outcome, family):
    """`svy` takes the margins out by unweighted sweeps: with one margin and equal start weights that is the exact residual."""
    goal = people.groupby("sex_age")["weight"].sum()
    equal = people.assign(start_weight=goal.sum() / len(people)).drop(columns="weight")
    sample = svy.Sample(pl.from_pandas(equal), svy.Design(stratum="stratum", wgt="start_weight"))
    sample = sample.weighting.rake(controls={"sex_age": goal.to_dict()}, wgt_name="weight", tol=1e-12, max_iter=500)
    theirs = sample.glm.fit(outcome, x=[svy.Cat(t.variable, ref=t.reference) for t in TERMS], family=family, drop_nulls=True, tol=1e-12)
    theirs = {row["term"]: (row["estimate"], row["std_err"], row["df"]) for row in theirs.to_polars().iter_rows(named=True)}
    margins = goal.rename_axis("level").reset_index(name="count").assign(variable="sex_age")
    design = Design.of(equal.assign(weight=weighting.rake(equal, margins)), ["sex_age"])
    model = fit(design, equal, outcome, TERMS, family)
    for variable, level in model.columns[1:]:
        found = model.coefficient(variable, level)
        assert (found.value, errors(design, [found])[0], model.df) == pytest.approx(theirs[f"{variable}_{level}"], rel=1e-8)


def test_a_level_in_which_all_say_the_same_has_no_figure_and_leaves_the_others_alone(people):
    design = Design.of(people, ["sex_age", "position"])
    nobody = people.assign(uses_ai=people["uses_ai"].where(people["position"] != "gp", 0.0))
    model = fit(design, nobody, "uses_ai", TERMS, "binomial")
    assert model.coefficient("position", "gp") is None
    others = [model.coefficient("sex", "male"), model.coefficient("position", "registrar")]
    without = fit(design, nobody.assign(position=nobody["position"].where(nobody["position"] != "gp")), "uses_ai", TERMS, "binomial")
    same = [without.coefficient("sex", "male"), without.coefficient("position", "registrar")]
    assert [e.value for e in others] == pytest.approx([e.value for e in same], rel=1e-6)
    assert errors(design, others) == pytest.approx(errors(design, same), rel=1e-6)


def test_there_is_no_model_without_the_reference(people):
    design = Design.of(people, ["sex_age", "position"])
    assert fit(design, people, "uses_ai", [Term("position", "nobody")], "binomial") is None
    assert fit(design, people.assign(sex="male"), "uses_ai", [Term("sex", "male")], "binomial") is None
