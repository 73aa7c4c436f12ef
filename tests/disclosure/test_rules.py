"""Small cells: the boundaries of each rule, and that a hidden row keeps its id and nothing else."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.codebook import load
from analysis.disclosure import rules
from analysis.estimation.results import table
from analysis.settings import settings as project

BOOK = load(project().codebook)
ORDINARY, SENSITIVE = "life_sat_high", "srh_good"


def status(indicator: str, n: int, count: int, by: str = "", **more) -> str:
    row = {"kind": "estimate", "indicator": indicator, "statistic": "share", "weighting": "cross", "unit": "share", "n": n,
           "count": count, "estimate": count / max(n, 1), "lower": 0.0, "upper": 1.0, "by": by, "level": "x" if by else ""}  # fmt: skip
    return rules.publishable(BOOK, 2026, table([row | more], 2026))["status"].iloc[0]


@pytest.mark.parametrize(("n", "expected"), [(10, "shown"), (9, "hidden_small")])
def test_an_ordinary_item_needs_ten_answers(n, expected):
    assert status(ORDINARY, n, 5) == expected


@pytest.mark.parametrize(
    ("n", "count", "expected"),
    [(30, 15, "shown"), (29, 15, "hidden_small"), (40, 5, "shown"), (40, 4, "hidden_small"), (40, 35, "shown"), (40, 36, "hidden_small"),
     (400, 0, "hidden_small"), (400, 400, "hidden_small")],
)  # fmt: skip
def test_a_sensitive_item_needs_thirty_and_five_on_either_side(n, count, expected):
    assert status(SENSITIVE, n, count) == expected


@pytest.mark.parametrize(
    ("by", "expected"), [("", "shown"), ("sex", "shown"), ("age_group", "shown"), ("position", "hidden_small")]
)
def test_a_sensitive_item_is_shown_only_overall_by_sex_and_by_age(by, expected):
    assert status(SENSITIVE, 500, 250, by) == expected


@pytest.mark.parametrize(("n", "expected"), [(100, "shown"), (99, "hidden_small")])
def test_a_small_groups_distribution_is_shown_in_three_classes(n, expected):
    assert status("life_sat", n, 30, "position", category=5) == expected
    assert status("life_sat", n, 30, "position", category=2, statistic="share_of_three") == "shown"


def test_a_change_of_a_hidden_level_is_hidden_too():
    level = {"kind": "estimate", "indicator": ORDINARY, "statistic": "share", "unit": "share", "n": 8, "count": 4, "estimate": 0.5,
             "by": "position", "level": "academia"}  # fmt: skip
    change = {"kind": "comparison", "indicator": ORDINARY, "statistic": "change_net", "vs_wave": 2024, "n": 12, "estimate": 0.1,
              "by": "position", "level": "academia"}  # fmt: skip
    assert set(rules.publishable(BOOK, 2026, table([level, change], 2026))["status"]) == {"hidden_small"}


@settings(deadline=None)
@given(
    n=st.integers(1, 200),
    data=st.data(),
    indicator=st.sampled_from([ORDINARY, SENSITIVE]),
    by=st.sampled_from(["", "sex", "position"]),
)
def test_nothing_of_a_hidden_row_is_left_but_its_id(n, data, indicator, by):
    count = data.draw(st.integers(0, n))
    row = {"kind": "estimate", "indicator": indicator, "statistic": "share", "unit": "share", "n": n, "count": count,
           "estimate": count / n, "se": 0.1, "lower": 0.0, "upper": 1.0, "df": 5, "by": by, "level": "x" if by else ""}  # fmt: skip
    full = table([row], 2026)
    published = rules.publishable(BOOK, 2026, full)
    assert published["id"].equals(full["id"])
    hidden = published["status"].iloc[0] == "hidden_small"
    assert published[rules.FIGURES].isna().all(axis=None) == hidden
    if indicator == SENSITIVE and not hidden:
        assert n >= 30 and min(count, n - count) >= 5 and by != "position"


def test_the_published_file_holds_no_small_sensitive_cell(report):
    results = pd.read_csv(
        report.output(2026, "results.csv"), keep_default_na=False, na_values={c: [""] for c in rules.FIGURES}
    )
    sensitive = {"srh_good", "sick_none", "presenteeism_yes", "paykel_3_any", "audit_hazardous", "ut_own_ses_yes"}
    rows = results[
        results["indicator"].isin(sensitive) & (results["statistic"] == "share") & (results["status"] == "shown")
    ]
    assert len(rows) > 20
    assert set(rows["by"]) <= {"", "sex", "age_group"}
    assert (rows[["count"]].min().iloc[0] >= 5) and ((rows["n"] - rows["count"]).min() >= 5)
    assert (results.loc[results["status"] == "hidden_small", rules.FIGURES].isna()).all(axis=None)
