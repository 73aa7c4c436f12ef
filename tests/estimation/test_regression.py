"""Models: fitted by statsmodels, their errors by influence. Judges: R's `survey`, and `svy`, a program of others."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimation.design import Design
from analysis.estimation.regression import Term, fit
from analysis.estimation.sample import Sample
from analysis.estimation.statistics import mean
from analysis.panel import weighting

REFERENCE = Path(__file__).parent / "reference"
R = json.loads((REFERENCE / "panel_two_wave.json").read_text())["2026"]["uses_ai_logit"]
TERMS = [Term("sex", "female"), Term("age_group", "40_54"), Term("position", "consultant")]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "panel_two_wave.csv").query("wave == 2026").reset_index(drop=True)


def raked(people: pd.DataFrame) -> Sample:
    return Sample(2026, Design.of(people, ["sex_age", "position"]), people)


def errors(sample: Sample, statistics: list) -> np.ndarray:
    return np.sqrt(sample.design.variances(np.column_stack([statistic(sample.design).influence for statistic in statistics])))


def test_a_logistic_model(people):
    """R: svyglm(uses_ai ~ sex + age_group + position, calibrated, family = quasibinomial); its weights are those of the iteration before the last."""
    sample = raked(people)
    model = fit(sample, "uses_ai", TERMS, "binomial")
    theirs = {name: (b, se) for name, b, se in zip(R["terms"], R["coef"], R["se"], strict=True) if name != "(Intercept)"}
    ours = [model.coefficient(variable, level) for variable, level in model.columns[1:]]
    found = {f"{v}{level}": (e(sample.design).value, se) for (v, level), e, se in zip(model.columns[1:], ours, errors(sample, ours), strict=True)}
    assert found.keys() == theirs.keys()
    for name, values in theirs.items():
        assert found[name] == (pytest.approx(values[0], rel=1e-9), pytest.approx(values[1], rel=1e-7))


@pytest.mark.parametrize(("outcome", "family"), [("uses_ai", "binomial"), ("satisfaction", "gaussian")])
def test_another_program_gives_the_same_model(people, outcome, family):
    """`svy` takes the margins out by unweighted sweeps: with one margin and equal start weights that is the exact residual."""
    import polars as pl  # slow to load, and only needed here
    import svy

    goal = people.groupby("sex_age")["weight"].sum()
    equal = people.assign(start_weight=goal.sum() / len(people)).drop(columns="weight")
    sample = svy.Sample(pl.from_pandas(equal), svy.Design(stratum="stratum", wgt="start_weight"))
    sample = sample.weighting.rake(controls={"sex_age": goal.to_dict()}, wgt_name="weight", tol=1e-12, max_iter=500)
    theirs = sample.glm.fit(outcome, x=[svy.Cat(t.variable, ref=t.reference) for t in TERMS], family=family, drop_nulls=True, tol=1e-12)
    theirs = {row["term"]: (row["estimate"], row["std_err"], row["df"]) for row in theirs.to_polars().iter_rows(named=True)}
    margins = goal.rename_axis("level").reset_index(name="count").assign(variable="sex_age")
    sample = Sample(2026, Design.of(equal.assign(weight=weighting.rake(equal, margins)), ["sex_age"]), equal)
    model = fit(sample, outcome, TERMS, family)
    for variable, level in model.columns[1:]:
        found = model.coefficient(variable, level)
        assert (found(sample.design).value, errors(sample, [found])[0], model.df) == pytest.approx(theirs[f"{variable}_{level}"], rel=1e-8)


def test_a_level_in_which_all_say_the_same_has_no_figure_and_leaves_the_others_alone(people):
    nobody = people.assign(uses_ai=people["uses_ai"].where(people["position"] != "gp", 0.0))
    left_out = nobody.assign(position=nobody["position"].where(nobody["position"] != "gp"))
    model, without = (fit(raked(frame), "uses_ai", TERMS, "binomial") for frame in (nobody, left_out))
    assert model.coefficient("position", "gp") is None
    sample = raked(nobody)
    for term in (("sex", "male"), ("position", "registrar")):
        here, there = model.coefficient(*term), without.coefficient(*term)
        assert here(sample.design).value == pytest.approx(there(sample.design).value, rel=1e-6)
        assert errors(sample, [here]) == pytest.approx(errors(sample, [there]), rel=1e-6)


def test_an_adjusted_share_averages_over_the_others_terms(people):
    """The doctors' predictions at the level, weighted; with no other term it is the share of those at the level."""
    sample = raked(people)
    model = fit(sample, "uses_ai", TERMS, "binomial")
    weight = np.where(model.inside, sample.design.weight, 0)
    moved = model.x.copy()
    moved[:, model.columns.index(("sex", "male"))] = model.inside
    shares = 1 / (1 + np.exp(-moved @ model.coefficients))
    assert model.adjusted("sex", "male")(sample.design).value == pytest.approx(weight @ shares / weight.sum(), rel=1e-12)
    alone = fit(sample, "uses_ai", TERMS[:1], "binomial").adjusted("sex", "male")
    share = mean(sample.answers("uses_ai"), sample.domains(("sex",))["male",])
    assert alone(sample.design).value == pytest.approx(share(sample.design).value, rel=1e-9)
    assert errors(sample, [alone]) == pytest.approx(errors(sample, [share]), rel=1e-9)


def test_there_is_no_model_without_the_reference(people):
    assert fit(raked(people), "uses_ai", [Term("position", "nobody")], "binomial") is None
    assert fit(raked(people.assign(sex="male")), "uses_ai", [Term("sex", "male")], "binomial") is None
