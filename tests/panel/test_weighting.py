"""Start weights and raking against R's `survey`."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import LegepaneletError
from analysis.panel import weighting

REFERENCE = Path(__file__).parent.parent / "estimation" / "reference"


def test_raked_weights_equal_r():
    """R: rake(svydesign(~1, strata=~stratum, weights=~start_weight), list(~sex_age, ~position), ...)."""
    people = pd.read_csv(REFERENCE / "panel_two_wave.csv").query("wave == 2026").reset_index(drop=True)
    goals = json.loads((REFERENCE / "panel_two_wave_margins.json").read_text())
    margins = pd.DataFrame(
        [{"variable": v, "level": r[v], "count": r["Freq"]} for v in ("sex_age", "position") for r in goals[v]]
    )
    assert np.allclose(weighting.rake(people, margins), people["weight"], rtol=1e-9, atol=0)


def test_kalton_and_flores_cervantes():
    """R: rake(~a, ~b) on the cells of Kalton & Flores-Cervantes (2003)."""
    answers = json.loads((REFERENCE / "r_survey_api.json").read_text())
    cells, expected = answers["kalton_inputs"], answers["kalton_rake"]["est"]
    frame = pd.DataFrame(
        [{"a": f"a{i % 4 + 1}", "b": f"b{i // 4 + 1}", "cell": i, "stratum": "s", "start_weight": 1.0}
         for i, n in enumerate(cells["sample"]) for _ in range(n)]
    )  # fmt: skip
    population = np.array(cells["population"]).reshape(3, 4)
    margins = pd.DataFrame(
        [{"variable": "a", "level": f"a{i + 1}", "count": n} for i, n in enumerate(population.sum(axis=0))]
        + [{"variable": "b", "level": f"b{i + 1}", "count": n} for i, n in enumerate(population.sum(axis=1))]
    )
    weight = pd.Series(weighting.rake(frame, margins)).groupby(frame["cell"]).first()
    assert np.allclose(weight, expected, rtol=1e-8)


def counts(**levels: int) -> pd.DataFrame:
    return pd.DataFrame([{"variable": "sex_age", "level": k.replace("__", ":"), "count": n} for k, n in levels.items()])


def people(**levels: int) -> pd.DataFrame:
    return pd.DataFrame({"sex_age": [k.replace("__", ":") for k, n in levels.items() for _ in range(n)]})


@pytest.mark.parametrize(("young", "levels"), [(20, 3), (19, 2)])
def test_cells_under_20_respondents_are_collapsed_within_their_sex(young, levels):
    population = counts(female__40_54=500, female__under_40=300, male__40_54=500)
    margins, own = weighting.margins_of(population, people(female__40_54=50, female__under_40=young, male__40_54=50))
    assert len(margins) == levels
    assert own["sex_age"].nunique() == levels
    assert margins["count"].sum() == 1300
    assert all(len({part.split(":")[0] for part in level.split("+")}) == 1 for level in margins["level"])


def test_a_level_without_population_figures_is_named():
    with pytest.raises(LegepaneletError, match="male:40_54"):
        weighting.margins_of(counts(female__40_54=500), people(female__40_54=50, male__40_54=50))


def test_start_weight_is_population_by_invited_in_the_stratum():
    sample = pd.DataFrame({"licence_period": ["a"] * 4 + ["b"] * 2, "eligible": [True, True, False, True, True, True]})
    population = pd.DataFrame(
        [{"variable": "stratum", "level": "a", "count": 30}, {"variable": "stratum", "level": "b", "count": 10}]
    )
    weights = weighting.start_weights(sample, population)
    assert weights["start_weight"].tolist() == [10, 10, 10, 10, 5, 5]


def test_without_figures_by_licence_period_the_start_weights_are_equal():
    sample = pd.DataFrame({"licence_period": ["a", "b"], "eligible": [True, True]})
    population = pd.DataFrame(
        [{"variable": "sex", "level": "female", "count": 30}, {"variable": "sex", "level": "male", "count": 10}]
    )
    weights = weighting.start_weights(sample, population)
    assert weights["start_weight"].tolist() == [20, 20]
    assert set(weights["stratum"]) == {"all"}
