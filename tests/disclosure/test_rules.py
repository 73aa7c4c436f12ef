"""What may be shown: the boundaries of each rule, and that a row that is not shown keeps its id and nothing else."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure import rules
from analysis.panel import groups
from analysis.results import FIGURES, files
from tests.disclosure.panels import BOOK, published, why
from tests.made import results as table

ORDINARY, SENSITIVE = "life_sat_high", "srh_good"


def level(indicator: str, n: int, count: int, by: str = "", name: str = "x", **more) -> dict:
    return {"kind": "estimate", "indicator": indicator, "statistic": "share", "unit": "share", "n": n, "count": count, "estimate": count / max(n, 1),
            "lower": 0.0, "upper": 1.0, "by": by, "level": name if by else ""} | more  # fmt: skip


def statuses(*rows: dict) -> list[str]:
    return published(table(rows, 2026))["status"].tolist()


@pytest.mark.parametrize(("n", "expected"), [(10, "shown"), (9, "hidden_small")])
def test_an_ordinary_item_needs_ten_answers(n, expected):
    assert statuses(level(ORDINARY, n, 5)) == [expected]


@pytest.mark.parametrize(
    ("n", "count", "expected"),
    [(30, 15, "shown"), (29, 15, "hidden_to_protect"), (40, 6, "shown"), (40, 5, "hidden_to_protect"), (40, 34, "shown"),
     (40, 35, "hidden_to_protect"), (400, 0, "hidden_to_protect"), (400, 400, "hidden_to_protect")],
)  # fmt: skip
def test_a_sensitive_item_needs_thirty_and_six_on_either_side(n, count, expected):
    assert statuses(level(SENSITIVE, n, count)) == [expected]


@pytest.mark.parametrize(("by", "expected"), [("", "shown"), ("sex", "shown"), ("age_group", "shown"), ("position", "hidden_small")])
def test_a_sensitive_item_is_shown_only_overall_by_sex_and_by_age(by, expected):
    assert statuses(level(SENSITIVE, 500, 250, by)) == [expected]


def test_a_sensitive_table_is_whole_or_absent_and_tells_one_bit():
    by_age = [level(SENSITIVE, 300, n, "age_group", name) for name, n in (("under_40", 3), ("40_54", 100), ("55_69", 100))]
    by_sex = [level(SENSITIVE, 450, 100, "sex", name) for name in ("female", "male")]
    assert statuses(level(SENSITIVE, 900, 203), *by_age, *by_sex) == ["shown", *["hidden_to_protect"] * 3, "shown", "shown"]


def test_a_small_group_is_shown_together_with_its_neighbour():
    rows = [level(ORDINARY, n, n // 2, "position", name) for name, n in (("gp", 60), ("private_specialist", 8), ("gp~private_specialist", 68), ("consultant", 90))]
    assert statuses(*rows) == ["hidden_small", "hidden_small", "shown", "shown"]


def test_a_table_in_which_no_joining_helps_is_absent():
    rows = [level(ORDINARY, n, n // 2, "sex", name) for name, n in (("female", 60), ("male", 8))]
    assert statuses(*rows) == ["hidden_small", "hidden_small"]


@pytest.mark.parametrize(("persons", "expected"), [(50, "shown"), (49, "hidden_small")])
def test_a_group_that_is_rare_in_the_population_is_not_shown_though_many_of_it_answered(persons, expected):
    results = table([level(ORDINARY, 40, 20, "position", "academia")], 2026)
    found = rules.publishable(BOOK, 2026, results, why(results, pd.Series([persons], dtype=float)))
    assert found["status"].tolist() == [expected]


@pytest.mark.parametrize(("sizes", "expected"), [
    ({"a": 20, "b": 20}, {"a": "a", "b": "b"}), ({"a": 9, "b": 20, "c": 30}, {"a": "a~b", "b": "a~b", "c": "c"}),
    ({"a": 20, "b": 20, "c": 9}, {"a": "a~c", "b": "b", "c": "a~c"}), ({"a": 4, "b": 5, "c": 30, "d": 40}, {"a": "a~b~c", "b": "a~b~c", "c": "a~b~c", "d": "d"}),
    ({"a": 9, "b": 20}, {}), ({"a": 9}, {}),
])  # fmt: skip
def test_groups_are_joined_by_their_sizes_with_the_neighbour_that_is_named(sizes, expected):
    found = groups.joined({name: np.array([n / 10]) for name, n in sizes.items()}, {"c": "a"})
    assert found == expected or (not found and len(set(expected.values())) < 2)


@pytest.mark.parametrize(("counts", "expected"), [
    ([6, 6, 6], [[0], [1], [2]]), ([5, 6, 6], [[0, 1], [2]]), ([6, 6, 5], [[0], [1, 2]]), ([2, 2, 2, 9], [[0, 1, 2], [3]]), ([9, 1, 1], []), ([0, 0, 3], []),
    ([9, 3, 9], [[0], [1, 2]]),
])  # fmt: skip
def test_answers_are_joined_in_their_order_until_each_class_has_six(counts, expected):
    assert groups.classes(counts, 6) == expected


@given(st.lists(st.integers(0, 40), min_size=1, max_size=10))
def test_classes_hold_every_answer_once_and_enough(counts):
    found = groups.classes(counts, 6)
    assert not found or ([p for c in found for p in c] == list(range(len(counts))) and all(sum(counts[p] for p in c) >= 6 for c in found))


def distribution(name: str, n: dict[str, int], statistic: str = "share", codes=(1, 2, 3, 4, 5, 6, 7)) -> list[dict]:
    """Rows of a distribution by position, its n spread over the codes."""
    return [{"kind": "estimate", "indicator": name, "statistic": statistic, "unit": "share", "n": size, "category": code, "estimate": 0.1,
             "count": size // len(codes), "by": "position", "level": level} for level, size in n.items() for code in codes]  # fmt: skip


@pytest.mark.parametrize(("smallest", "expected"), [(100, {"shown"}), (99, {"shown", "hidden_small"})])
def test_a_table_with_a_small_group_shows_distributions_in_three_classes(smallest, expected):
    n = {"gp": 300, "consultant": smallest}
    rows = distribution("life_sat", n) + distribution("life_sat", n, "share_of_three", (1, 2, 3))
    found = published(table(rows, 2026))
    assert set(found["status"]) == expected
    assert set(found.loc[found["statistic"] == "share_of_three", "status"]) == {"shown"}
    middle = found[(found["statistic"] == "share") & (found["category"] == 4)]  # a class of its own
    assert set(middle["status"]) == {"shown"}


def test_a_sensitive_distribution_by_groups_is_never_shown():
    rows = [row | {"by": "sex", "level": "female"} for row in distribution("srh", {"x": 1000}, codes=(1, 2, 3, 4, 5))]
    assert set(statuses(*rows)) == {"hidden_small"}


def reasons_(*counts: int) -> list[str]:
    names = ("not_applicable", "refused", "unanswered", "unusable")
    rows = [(name, n) for name, n in zip(names, counts, strict=True)]
    rows += [("~".join(names[p] for p in c), sum(counts[p] for p in c)) for c in groups.classes(list(counts), 6) if len(c) > 1]
    found = published(table([{"kind": "count", "indicator": "srh", "statistic": "count", "unit": "persons", "by": "missing", "level": name, "count": n,
                              "estimate": float(n), "weighting": "none"} for name, n in rows], 2026))  # fmt: skip
    return found.loc[found["status"] == "shown", "level"].tolist()


@pytest.mark.parametrize(("counts", "shown"), [
    ((6, 6, 6, 6), ["not_applicable", "refused", "unanswered", "unusable"]), ((0, 28, 9, 0), ["not_applicable~refused", "unanswered~unusable"]),
    ((0, 3, 1, 0), []), ((0, 40, 2, 1), []),
])  # fmt: skip
def test_reasons_of_missing_answers_to_a_sensitive_question_are_joined_or_absent(counts, shown):
    assert reasons_(*counts) == shown


def comparison(indicator: str, **more) -> dict:
    return {"kind": "comparison", "indicator": indicator, "statistic": "change_net", "n": 500, "estimate": 0.1, "vs_wave": 2024} | more


def test_a_change_of_a_level_that_is_not_shown_is_not_shown_either():
    rows = [level(ORDINARY, 8, 4, "position", "academia"), comparison(ORDINARY, by="position", level="academia")]
    assert all(status.startswith("hidden") for status in statuses(*rows))


def test_nor_one_from_a_level_that_was_not_shown_in_the_earlier_wave():
    results = table([comparison(SENSITIVE, by="sex", level=name) for name in ("female", "male")], 2026)
    reasons = rules.across(BOOK, 2026, results, why(results), frozenset({(2024, SENSITIVE, "sex", "female")}))
    assert list(rules.publishable(BOOK, 2026, results, reasons)["status"]) == ["hidden_to_protect", "shown"]


@pytest.mark.parametrize(("n_both", "expected"), [(500, "shown"), (490, "shown"), (491, "hidden_to_protect"), (29, "hidden_to_protect")])
def test_a_change_within_persons_is_shown_if_neither_they_nor_the_others_are_few(n_both, expected):
    assert statuses(comparison(SENSITIVE, statistic="change_within", n_both=n_both)) == [expected]


def test_a_change_within_persons_of_a_sensitive_item_is_shown_overall_only():
    assert statuses(comparison(SENSITIVE, statistic="change_within", n_both=500, by="sex", level="female")) == ["hidden_small"]


@pytest.mark.parametrize(("terms", "expected"), [(("sex=female", "age_group=40_54"), "shown"), (("sex=female", "position=gp"), "hidden_small")])
def test_a_model_of_a_sensitive_item_is_shown_with_sex_and_age_only(terms, expected):
    rows = [{"kind": "model", "indicator": SENSITIVE, "statistic": "odds_ratio", "unit": "ratio", "model": "x", "term": term, "n": 400, "estimate": 1.2} for term in terms]
    assert set(statuses(*rows)) == {expected}


@settings(max_examples=12, deadline=None)
@given(n=st.integers(1, 200), data=st.data(), indicator=st.sampled_from([ORDINARY, SENSITIVE]), by=st.sampled_from(["", "sex", "position"]))
def test_nothing_of_a_row_that_is_not_shown_is_left_but_its_id(n, data, indicator, by):
    count = data.draw(st.integers(0, n))
    full = table([level(indicator, n, count, by) | {"se": 0.1, "df": 5}], 2026)
    found = published(full)
    assert found["id"].equals(full["id"])
    hidden = found["status"].iloc[0] != "shown"
    assert found[FIGURES].isna().all(axis=None) == hidden
    if indicator == SENSITIVE and not hidden:
        assert n >= 30 and min(count, n - count) >= 6 and by != "position"


@pytest.mark.parametrize("wave", [2019, 2026])
def test_the_published_file_holds_no_small_sensitive_cell(full, wave):
    out, exact = files.read(full.output(wave, "results.csv")), files.read(full.folder / "data" / "derived" / str(wave) / "estimates.csv")
    shown = rules.sensitive_rows(BOOK, wave, out) & out["status"].eq("shown") & out["kind"].eq("estimate") & out["statistic"].str.startswith("share")
    rows = exact[shown]
    assert len(rows) > 20 and set(rows["by"]) <= {"", "sex", "age_group"}
    assert rows["count"].min() >= 6 and (rows["n"] - rows["count"]).min() >= 6
    assert out.loc[out["status"].str.startswith("hidden"), FIGURES].isna().all(axis=None)
    ordinary = out["status"].eq("shown") & out["kind"].eq("estimate") & ~rules.sensitive_rows(BOOK, wave, out)
    assert exact.loc[ordinary, "n"].min() >= 10
