"""Small cells: the boundaries of each rule, and that a hidden row keeps its id and nothing else."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.codebook import load
from analysis.disclosure import rules
from analysis.settings import settings as project
from tests.made import results as table

BOOK = load(project().codebook)
ORDINARY, SENSITIVE = "life_sat_high", "srh_good"


def publishable(results: pd.DataFrame) -> pd.DataFrame:
    return rules.publishable(results, rules.reasons(BOOK, 2026, results))


def status(indicator: str, n: int, count: int, by: str = "", **more) -> str:
    row = {"kind": "estimate", "indicator": indicator, "statistic": "share", "weighting": "cross", "unit": "share", "n": n,
           "count": count, "estimate": count / max(n, 1), "lower": 0.0, "upper": 1.0, "by": by, "level": "x" if by else ""}  # fmt: skip
    return publishable(table([row | more], 2026))["status"].iloc[0]


@pytest.mark.parametrize(("n", "expected"), [(10, "shown"), (9, "hidden_small")])
def test_an_ordinary_item_needs_ten_answers(n, expected):
    assert status(ORDINARY, n, 5) == expected


@pytest.mark.parametrize(
    ("n", "count", "expected"),
    [(30, 15, "shown"), (29, 15, "hidden_to_protect"), (40, 5, "shown"), (40, 4, "hidden_to_protect"), (40, 35, "shown"),
     (40, 36, "hidden_to_protect"), (400, 0, "hidden_to_protect"), (400, 400, "hidden_to_protect")],
)  # fmt: skip
def test_a_sensitive_item_needs_thirty_and_five_on_either_side(n, count, expected):
    assert status(SENSITIVE, n, count) == expected


@pytest.mark.parametrize(
    ("by", "expected"), [("", "shown"), ("sex", "shown"), ("age_group", "shown"), ("position", "hidden_small")]
)
def test_a_sensitive_item_is_shown_only_overall_by_sex_and_by_age(by, expected):
    assert status(SENSITIVE, 500, 250, by) == expected


def distribution(name: str, n: dict[str, int], statistic: str = "share", codes=(1, 2, 3, 4, 5, 6, 7)) -> list[dict]:
    """Rows of a distribution by position, its n spread over the codes."""
    return [{"kind": "estimate", "indicator": name, "statistic": statistic, "unit": "share", "n": size, "category": code, "estimate": 0.1,
             "count": size // len(codes) + (size % len(codes) if code == codes[0] else 0), "by": "position", "level": level}
            for level, size in n.items() for code in codes]  # fmt: skip


@pytest.mark.parametrize(("smallest", "expected"), [(100, {"shown"}), (99, {"shown", "hidden_small"})])
def test_a_table_with_a_small_group_shows_distributions_in_three_classes(smallest, expected):
    n = {"gp": 300, "consultant": smallest}
    rows = distribution("life_sat", n) + distribution("life_sat", n, "share_of_three", (1, 2, 3))
    found = publishable(table(rows, 2026))
    assert set(found["status"]) == expected
    assert set(found.loc[found["statistic"] == "share_of_three", "status"]) == {"shown"}
    middle = found[(found["statistic"] == "share") & (found["category"] == 4)]  # a class of its own
    assert set(middle["status"]) == {"shown"}


def comparison(indicator: str, **more) -> dict:
    return {
        "kind": "comparison",
        "indicator": indicator,
        "statistic": "change_net",
        "n": 500,
        "estimate": 0.1,
        "vs_wave": 2024,
    } | more


def test_a_change_of_a_hidden_level_is_hidden_too():
    level = {"kind": "estimate", "indicator": ORDINARY, "statistic": "share", "unit": "share", "n": 8, "count": 4, "estimate": 0.5,
             "by": "position", "level": "academia"}  # fmt: skip
    change = comparison(ORDINARY, by="position", level="academia")
    assert publishable(table([level, change], 2026))["status"].str.startswith("hidden").all()


def test_a_change_from_a_level_that_was_hidden_in_the_earlier_wave_is_hidden():
    results = table(
        [comparison(SENSITIVE, by="sex", level="female"), comparison(SENSITIVE, by="sex", level="male")], 2026
    )
    why = rules.reasons(BOOK, 2026, results)
    found = rules.publishable(results, why, frozenset({(2024, SENSITIVE, "sex", "female")}))
    assert list(found["status"]) == ["hidden_to_protect", "shown"]


@settings(max_examples=12, deadline=None)
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
    published = publishable(full)
    assert published["id"].equals(full["id"])
    hidden = published["status"].iloc[0] != "shown"
    assert published[rules.FIGURES].isna().all(axis=None) == hidden
    if indicator == SENSITIVE and not hidden:
        assert n >= 30 and min(count, n - count) >= 5 and by != "position"


def test_the_published_file_holds_no_small_sensitive_cell(full):
    results = pd.read_csv(
        full.output(2026, "results.csv"), keep_default_na=False, na_values={c: [""] for c in rules.FIGURES}
    )
    sensitive = {"srh_good", "sick_none", "presenteeism_yes", "paykel_3_any", "audit_hazardous", "ut_own_ses_yes"}
    rows = results[
        results["indicator"].isin(sensitive) & (results["statistic"] == "share") & (results["status"] == "shown")
    ]
    assert len(rows) > 20
    assert set(rows["by"]) <= {"", "sex", "age_group"}
    assert (rows[["count"]].min().iloc[0] >= 5) and ((rows["n"] - rows["count"]).min() >= 5)
    assert (results.loc[results["status"].str.startswith("hidden"), rules.FIGURES].isna()).all(axis=None)
