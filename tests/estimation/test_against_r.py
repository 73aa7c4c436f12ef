"""Every number against R 4.2 `survey` 4.1-1. The calls stand beside the numbers; tolerance 1e-9 relative, intervals 1e-5.

`calibrated` is `calibrate(svydesign(~1, strata = ~stratum, weights = ~start_weight), ~sex_age + position, totals, calfun = "raking")`.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.codebook import Indicator, plan
from analysis.codebook.model import Label
from analysis.crosscheck import compare, designs
from analysis.errors import LegepaneletError
from analysis.estimation import change, levels
from analysis.estimation.estimands import estimate
from analysis.estimation.sample import weighted
from analysis.estimation.statistics import exact_limits
from analysis.panel import build
from analysis.panel.build import WavePanel
from analysis.results import Key, Row, files
from analysis.settings import settings
from tests import projects

REFERENCE = Path(__file__).parent / "reference"
R = json.loads((REFERENCE / "panel_two_wave.json").read_text())
MEAN = Indicator(id="satisfaction", instrument="x", question=None, label=Label(nb="x", en="x"), kind="mean")
SHARE = replace(MEAN, id="uses_ai", kind="binary")
HOURS = replace(MEAN, id="hours")


def close(ours, theirs, rtol=1e-9):
    assert np.allclose(np.asarray(ours, dtype=float), theirs, rtol=rtol, atol=0), (ours, theirs)


def panel(wave: int) -> WavePanel:
    """The reference panel's wave: raked to sex x age group and position (35 000 doctors)."""
    people = pd.read_csv(REFERENCE / "panel_two_wave.csv").query("wave == @wave").reset_index(drop=True)
    goals = json.loads((REFERENCE / "panel_two_wave_margins.json").read_text())
    margins = pd.DataFrame(
        [{"variable": name, "level": r[v], "count": r["Freq"]}
         for v, name in (("sex_age", "sex_age"), ("position", "register_position")) for r in goals[v]]
    )  # fmt: skip
    doctors = people.assign(
        analysed=True,
        register_position=people["position"],
        raked_sex_age=people["sex_age"],
        raked_register_position=people["position"],
    )
    reasons = pd.DataFrame("", index=people.index, columns=["satisfaction", "uses_ai", "hours"]).assign(doctor=people["doctor"])
    return WavePanel(doctors, reasons, margins, margins)


@pytest.fixture(scope="module")
def rows() -> dict[tuple, Row]:
    """Our rows of 2026, by indicator, statistic and level."""
    sample = weighted(2026, panel(2026))
    asked = [e for by in ((), ("sex",), ("position",)) for e in levels.levels(sample, [MEAN, SHARE, HOURS], by)]
    found = [*estimate(sample.design, asked), *levels.quartiles(sample, [HOURS], ())]
    return {(r.key.indicator, r.key.statistic, *(level for _, level in r.key.groups)): r for r in found}


def test_mean(rows):
    """svymean(~satisfaction, calibrated, na.rm = TRUE); t interval on the valid answers less their strata."""
    ours, theirs = rows["satisfaction", "mean"], R["2026"]["satisfaction_mean"]
    close([ours.estimate, ours.se], [theirs["est"], theirs["se"]])
    close([ours.lower, ours.upper], theirs["ci_t"], 1e-5)


def test_means_by_position(rows):
    """svyby(~satisfaction, ~position, calibrated, svymean, na.rm = TRUE)."""
    theirs = R["2026"]["satisfaction_by_position"]
    for level, value, se in zip(theirs["levels"], theirs["est"], theirs["se"], strict=True):
        ours = rows["satisfaction", "mean", level]
        close([ours.estimate, ours.se], [value, se])


def test_share_with_logit_interval(rows):
    """svyciprop(~uses_ai, calibrated, method = "logit")."""
    ours, theirs = rows["uses_ai", "share"], R["2026"]["uses_ai_share"]
    close([ours.estimate, ours.se], [theirs["est"], theirs["se"]])
    close([ours.lower, ours.upper], theirs["ci_logit"], 1e-5)


def test_shares_by_sex(rows):
    """svyby(~uses_ai, ~sex, calibrated, svymean, na.rm = TRUE)."""
    theirs = R["2026"]["uses_ai_by_sex"]
    for level, value, se in zip(theirs["levels"], theirs["est"], theirs["se"], strict=True):
        close([getattr(rows["uses_ai", "share", level], k) for k in ("estimate", "se")], [value, se])


def test_quartiles(rows):
    """svyquantile(~hours, calibrated, c(.25, .5, .75), na.rm = TRUE)."""
    theirs = R["2026"]["hours_quantiles"]
    for place, statistic in enumerate(("p25", "median", "p75")):
        ours = rows["hours", statistic]
        close([ours.estimate, ours.lower, ours.upper], [theirs[k][place] for k in ("est", "lower", "upper")])


@pytest.mark.parametrize("indicator", [MEAN, SHARE, HOURS], ids=lambda i: i.id)
def test_net_change(indicator):
    """svydesign(ids = ~doctor, strata = ~stratum, nest = TRUE) of the stacked waves, calibrated to the margins crossed with wave."""
    found = change.net({2024: panel(2024), 2026: panel(2026)}, 2024, [indicator], ())[0]
    theirs = R["change_2024_2026"][indicator.id]
    close([found.estimate, found.se], [theirs["est"], theirs["se"]])
    assert found.n_both == theirs["n_both"]


def test_a_share_of_nought_gets_the_exact_limit():
    """R: binom.test(0, 50)$conf.int for equal weights."""
    lower, upper = exact_limits(False, np.ones(50))
    assert lower == 0
    assert upper == pytest.approx(0.0711217, abs=1e-7)
    assert exact_limits(True, np.ones(50)) == (pytest.approx(1 - 0.0711217, abs=1e-7), 1.0)


@pytest.mark.parametrize("wave", projects.WAVES)
def test_the_waves_of_the_synthetic_panel(full, book, wave):
    """R's figures, frozen (`python -m tools.reference`): every twentieth estimate, comparison and test of each wave, and all models."""
    frozen = pd.read_csv(REFERENCE / "waves.csv")
    theirs = frozen[frozen["id"].str.startswith(f"{wave}.")]
    results = files.read(full.folder / "data" / "derived" / str(wave) / "estimates.csv")
    ours = compare.wanted(results[results["id"].isin(theirs["id"])], plan.plans_of_wave(settings().reports, book, wave))
    assert len(ours) == len(theirs) > 50
    found = compare.differences(ours, theirs)
    assert found.empty, found.to_string()
    moved = compare.differences(ours.assign(se=ours["se"] * (1 + 1e-7)), theirs)
    assert set(moved["field"]) == {"se"}  # so that it can fail


@pytest.fixture(scope="session")
def in_r() -> None:
    """Asked of the machine only by the tests that need R."""
    try:
        compare.check_r()
    except LegepaneletError as error:
        pytest.skip(error.message)


def second_computation(project, book, every: int) -> compare.Check:
    derived = project.folder / "data" / "derived"
    panels = {int(p.name): build.load(p) for p in sorted(derived.glob("[0-9]*"))}
    plans = plan.plans_of_wave(settings().reports, book, 2026)
    return compare.crosscheck(derived / "2026", designs.designs(book, 2026, panels, plans), plans, every)


@pytest.mark.long
def test_r_gives_the_results_too(in_r, full, book):
    """svymean, svyquantile, svytotal on calibrated designs: estimates and SE to 1e-9, limits to 1e-5 (every 100th row; the models are held against R's
    frozen figures above, and all of it by `make slow`)."""
    found = second_computation(full, book, every=100)
    assert found.differences.empty, found.differences.to_string()
    assert found.covered > 100
    assert set(found.not_covered) == {"count", "rate", "scale"}


@pytest.mark.slow
def test_every_estimate_comparison_test_and_model_in_r(in_r, full, book):
    """The same for every one of them, as `make crosscheck` does."""
    found = second_computation(full, book, every=1)
    assert found.differences.empty, found.differences.to_string()
    assert found.covered > 11_000  # of four waves; the differences name every row that R gives no figure of


def test_the_export_is_the_wave_and_the_pairs_it_is_compared_in(live):
    done = live.run("export", "--wave", "2026")
    named = [Path(line).name for line in done.stdout.splitlines()]
    earlier = sorted({name.removeprefix("panel_")[:4] for name in named if name.startswith("panel_")})
    assert named == ["analysis.csv", "analysis_margins.csv", *(f"panel_{w}{end}.csv" for w in earlier for end in ("", "_margins"))]
    assert earlier == ["2008", "2019"]
    pair = pd.read_csv(live.folder / "data" / "derived" / "2026" / "panel_2019.csv")
    assert set(pair["wave"]) == {2019, 2026} and pair["doctor"].duplicated().any()


def test_holms_method():
    """p.adjust(c(0.01, 0.04, 0.03), "holm") is 0.03 0.06 0.06; an outcome without data counts as p = 1."""
    from analysis.codebook.plan import Plan
    from analysis.estimation.topics import primary

    plan = Plan(article="x", date="2026-01-01", wave=2026, topics=["x"],
                primary=[{"indicator": name, "vs_wave": 2019} for name in ("a", "b", "c")])  # fmt: skip
    rows = [Row(Key(2026, name, "change_net", "comparison", vs_wave=2019), "difference", p=p) for name, p in (("a", 0.01), ("b", 0.04), ("c", 0.03))]
    close([r.p_adjusted for r in primary.tests(plan, rows)], [0.03, 0.06, 0.06])
    close([r.p_adjusted for r in primary.tests(plan, rows[:1])], [0.03])


def test_an_unweighted_specification_is_the_plain_share(full):
    """mean(x), binom: the specification without weights and strata is count / n."""
    rows = files.read(full.folder / "data" / "derived" / "2026" / "estimates.csv").set_index("id")
    plain = rows.loc["2026.ai_use_yes.share"]
    found = rows.loc["2026.ai_use_yes.share.model=specification.unweighted"]
    close(found["estimate"], plain["count"] / plain["n"])
    reported = rows.loc["2026.ai_use_yes.share.model=specification.weighted"]
    close([reported["estimate"], reported["se"]], [plain["estimate"], plain["se"]])
