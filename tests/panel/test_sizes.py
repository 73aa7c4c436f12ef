"""Population uniqueness: how many persons a group holds, whoever answered."""

import pandas as pd
import pytest

from analysis.panel import population
from analysis.results import files

FIGURES = population.Figures.of(pd.DataFrame(
    [("sex", "female", 600), ("sex", "male", 400), ("sex_age", "female:under_40", 250), ("sex_age", "female:40_54", 350), ("sex_age", "male:under_40", 150),
     ("sex_age", "male:40_54", 250), ("specialty:region", "surgery:north", 12), ("specialty:region", "surgery:west", 70),
     ("specialty:region", "psychiatry:north", 18), ("specialty:region", "psychiatry:west", 900)], columns=["variable", "level", "count"]))  # fmt: skip
DOCTORS = pd.DataFrame({"eligible": [True, True, True, False], "start_weight": [10.0, 10.0, 700.0, 10.0], "sex": ["female"] * 4,
                        "position": ["gp", "gp", "other", "gp"], "specialty": ["surgery"] * 4, "region": ["north"] * 4})  # fmt: skip


@pytest.mark.parametrize(
    ("group", "expected"),
    [({}, 1000), ({"sex": "female"}, 600), ({"age_group": "under_40"}, 400), ({"sex": "male", "age_group": "40_54"}, 250),
     ({"specialty": "surgery", "region": "north"}, 12), ({"specialty": "surgery"}, 82), ({"region": "north"}, 30)],
)  # fmt: skip
def test_a_population_figure_decides(group, expected):
    assert population.size({v: frozenset([level]) for v, level in group.items()}, DOCTORS, FIGURES) == expected


def test_without_a_figure_the_start_weights_of_the_sample_decide():
    """Of those who belong to the population, whether or not they answered; never more than a figure that counts others too."""
    assert population.size({"position": frozenset(["gp"])}, DOCTORS, FIGURES) == 20
    assert population.size({"position": frozenset(["other"])}, DOCTORS, FIGURES) == 700
    assert population.size({"position": frozenset(["other"]), "sex": frozenset(["female"])}, DOCTORS, FIGURES) == 600
    assert (
        population.size(
            {"sex": frozenset(["female"]), "specialty": frozenset(["surgery"]), "region": frozenset(["north"])},
            DOCTORS,
            FIGURES,
        )
        == 12
    )


def test_every_group_of_the_shipped_wave_has_a_size(full):
    from analysis.panel import build

    folder = full.folder / "data" / "derived" / "2026"
    results, panel = files.read(folder / "estimates.csv"), build.load(folder)
    sizes = population.sizes(results, panel.doctors, panel.population)
    women = panel.population.query("variable == 'sex' and level == 'female'")["count"].iloc[0]
    assert set(
        sizes[
            (results["by"] == "sex")
            & (results["level"] == "female")
            & (results["kind"] == "estimate")
            & (results["model"] == "")
        ]
    ) == {women}
    groups = results["by"].isin(population.BACKGROUND) & (results["kind"] == "estimate") & (results["model"] == "")
    assert sizes[groups].notna().all() and sizes[groups].min() > 0
