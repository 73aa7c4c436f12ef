"""One operation gives every standard error: held against R, and against what must hold whatever the data."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimation.design import Design
from analysis.estimation.estimands import Estimand, estimate
from analysis.estimation.sample import Sample
from analysis.estimation.statistics import Estimate, difference, mean, ratio
from analysis.panel import weighting
from analysis.results import Key
from analysis.settings import ROOT

REFERENCE = Path(__file__).parent / "reference"


def design(frame: pd.DataFrame, margins: dict[str, dict[str, float]], cluster: str | None = None) -> Design:
    """Raked to `margins` (variable -> level -> count)."""
    goal = pd.DataFrame([{"variable": v, "level": level, "count": n} for v, part in margins.items() for level, n in part.items()])
    return Design.of(frame.assign(weight=weighting.rake(frame, goal)), list(margins), cluster)


def errors(made: Design, statistics: list) -> np.ndarray:
    return np.sqrt(made.variances(np.column_stack([statistic(made).influence for statistic in statistics])))


def test_a_mean_raked_over_clusters():
    """R: svymean(~api00, calibrate(svydesign(~dnum, weights = ~pw), ~stype + sch.wide, totals, calfun = "raking", epsilon = 1e-13))."""
    schools = pd.read_csv(REFERENCE / "apiclus1.csv").rename(columns={"dnum": "doctor", "pw": "start_weight", "sch.wide": "wide"}).assign(stratum="all")
    made = design(schools[["doctor", "stratum", "start_weight", "api00", "stype", "wide"]],
                  {"stype": {"E": 4421.0, "H": 755.0, "M": 1018.0}, "wide": {"No": 1072.0, "Yes": 5122.0}}, "doctor")  # fmt: skip
    found = mean(schools["api00"].to_numpy(float), np.ones(len(schools), dtype=bool))
    assert found(made).value == pytest.approx(641.230320926820013, rel=1e-9)
    assert errors(made, [found])[0] == pytest.approx(23.942009914569457, rel=1e-9)


def simple(n: int, seed: int, groups: int = 3) -> tuple[Design, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"stratum": rng.integers(0, 2, n).astype(str), "start_weight": rng.uniform(5, 15, n), "y": rng.normal(50, 10, n),
                          "group": rng.integers(0, groups, n).astype(str)})  # fmt: skip
    frame["stratum"] = weighting.collapse_strata(frame["stratum"], pd.Series(range(n)))
    return design(frame, {"group": {g: 1000.0 for g in frame["group"].unique()}}), frame


def test_without_weights_and_margins_it_is_the_textbooks():
    """s / sqrt(n)."""
    y = np.random.default_rng(3).normal(size=40)
    frame = pd.DataFrame({"stratum": "all", "start_weight": 1.0, "everyone": "all", "y": y})
    made = design(frame, {"everyone": {"all": 40.0}})
    assert errors(made, [mean(y, np.ones(40, dtype=bool))])[0] == pytest.approx(y.std(ddof=1) / np.sqrt(40), rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(30, 200), st.integers(0, 10_000))
def test_what_was_raked_to_has_no_error(n, seed):
    made, frame = simple(n, seed)
    everyone = np.ones(n, dtype=bool)
    shares = [mean((frame["group"] == g).to_numpy(float), everyone) for g in frame["group"].unique()]
    assert errors(made, shares) == pytest.approx(0, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(30, 200), st.integers(0, 10_000), st.floats(-100, 100), st.floats(0.1, 100))
def test_a_shift_moves_no_error_and_a_scale_all_of_it(n, seed, shift, scale):
    made, frame = simple(n, seed)
    here, y = (frame["group"] == "0").to_numpy(), frame["y"].to_numpy()
    one, other = errors(made, [mean(y, here), mean(shift + scale * y, here)])
    assert other == pytest.approx(scale * one, rel=1e-6, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(30, 200), st.integers(0, 10_000))
def test_a_difference_knows_what_its_parts_share(n, seed):
    made, frame = simple(n, seed)
    y, everyone = frame["y"].to_numpy(), np.ones(n, dtype=bool)
    whole, part = mean(y, everyone), mean(y, (frame["group"] == "0").to_numpy())
    nothing, apart, back = errors(made, [difference(whole, whole), difference(whole, part), difference(part, whole)])
    assert nothing == 0 and apart == pytest.approx(back, rel=1e-12)


def test_answers_outside_the_domain_do_not_matter():
    made, frame = simple(100, 1)
    here, y = (frame["group"] == "0").to_numpy(), frame["y"].to_numpy()
    one, other = (mean(values, here)(made) for values in (y, np.where(here, y, np.nan)))
    assert one.value == other.value and (one.influence == other.influence).all() and (one.influence[~here] == 0).all()


def test_degrees_of_freedom_are_doctors_less_strata():
    made, frame = simple(100, 1)
    assert made.df(np.ones(100, dtype=bool)) == 100 - frame["stratum"].nunique()


def reference() -> Sample:
    people = pd.read_csv(REFERENCE / "panel_two_wave.csv").query("wave == 2026").reset_index(drop=True)
    return Sample(2026, Design.of(people, ["sex_age", "position"]), people)


@pytest.mark.parametrize(("group", "value", "se"), [((), 9.425116307303904151, 0.063215571880528454), (("sex",), 9.4551526477128895, 0.0860535902024539)])
def test_a_ratio_of_totals(group, value, se):
    """R: svyratio(~hours, ~satisfaction, calibrated, na.rm = TRUE), of all and of subset(calibrated, sex == "female")."""
    sample = reference()
    found = ratio(sample.answers("hours"), sample.answers("satisfaction"), sample.domains(group)[("female",) if group else ()])
    assert found(sample.design).value == pytest.approx(value, rel=1e-9)
    assert errors(sample.design, [found])[0] == pytest.approx(se, rel=1e-9)


def test_the_new_statistic_of_the_contributors_guide():
    """R: svyvar(~hours, subset(calibrated, !is.na(hours))). The guide's own text is run, and asked for as it says."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## A new statistic")[2]
    code = text.partition("```python\n")[2].partition("```")[0]
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    names = {"np": np, "Estimate": Estimate}
    exec(code, names)
    sample = reference()
    asked = Estimand(Key(2026, "hours", "variance"), names["variance"](sample.answers("hours"), sample.domains(())[()]), "number")
    row = estimate(sample.design, [asked])[0]
    assert (row.estimate, row.se) == pytest.approx((13.3305972365582281, 1.1522579247279268), rel=1e-9)
    assert row.n == np.count_nonzero(~np.isnan(sample.answers("hours")))
