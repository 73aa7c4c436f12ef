"""The attacker against what is published: nothing sensitive that is not shown can be told closely, whatever the answers were."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis.disclosure import attack, rules, whole
from analysis.errors import LegepaneletError
from analysis.results import files
from tests.disclosure.panels import BOOK, GOOD, complete, published, why

QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # a panel is large: to make a failing one smaller takes minutes


def attacked(results: pd.DataFrame) -> pd.DataFrame:
    return attack.audit(BOOK, 2026, published(results), results)


def made_safe(answers: np.ndarray, missing: tuple[int, ...] = (0, 10, 12, 0)) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the auditor finds at last, and what is published then."""
    results = complete(answers, missing)
    reasons, found = whole.safe(BOOK, 2026, results, rules.reasons(BOOK, 2026, results, pd.Series(np.nan, index=results.index)))
    return found, rules.publishable(BOOK, 2026, results, reasons)


def safe(numbers: list[int], missing: tuple[int, ...]) -> None:
    """No count can be told closely where so many gave each answer, and left it out."""
    assert set(made_safe(np.array(numbers).reshape(5, 2, 3), missing)[0]["verdict"]) <= {"safe"}


def panels(examples: int, answers: st.SearchStrategy[int]):
    """A property of whole panels: of that many, with these numbers of answers in a group."""
    some = settings(max_examples=examples, deadline=None, phases=QUICK)
    return lambda test: some(given(st.lists(answers, min_size=30, max_size=30), st.tuples(*[st.integers(0, 30)] * 4))(test))


EVEN, MOSTLY_ALIKE = st.integers(0, 60), st.sampled_from([0, 1, 2, 3, 5, 8, 400])


@panels(6, EVEN)
def test_whatever_the_answers_no_count_can_be_told_closely(numbers, missing):
    safe(numbers, missing)


@panels(6, MOSTLY_ALIKE)
def test_nor_where_most_gave_the_same_answer(numbers, missing):
    safe(numbers, missing)


@pytest.mark.slow
@panels(100, EVEN | MOSTLY_ALIKE)
def test_nor_in_a_hundred_panels(numbers, missing):
    safe(numbers, missing)


def test_where_the_rules_leave_something_to_be_told_the_questions_tables_by_groups_go():
    """Three of the women under 40 gave the second answer; the shares by sex and by age leave at least one of them."""
    answers = np.array([[400, 0, 0, 0, 0, 0], [3, 0, 0, 5, 400, 0], [1, 5, 0, 0, 0, 0], [0] * 6, [3, 1, 0, 0, 0, 400]]).reshape(5, 2, 3)
    assert "RECOVERABLE" in set(attacked(complete(answers.copy()))["verdict"])
    found, out = made_safe(answers)
    assert set(found["verdict"]) == {"safe"}
    rows = out[out["indicator"].eq(GOOD)].set_index("by")["status"]
    assert rows[""] == "shown" and set(rows["sex"]) | set(rows["age_group"]) == {"hidden_to_protect"}


def few(poor: int, very_poor: int) -> np.ndarray:
    """A hundred of each other answer in each group; the two last answers are given by men of 55 and older only."""
    answers = np.full((5, 2, 3), 100)
    answers[3:] = 0
    answers[3, 1, 2], answers[4, 1, 2] = poor, very_poor
    return answers


@cache
def filled(very_poor: int) -> pd.DataFrame:
    """What is published where that many of 12 are in very poor health."""
    return published(complete(few(12 - very_poor, very_poor)))


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two publications show the same; the weighted shares of what is joined do not tell how it is parted."""
    return one.set_index("id").sort_index().equals(other.set_index("id").sort_index())


@pytest.mark.parametrize("true", range(5))
def test_the_program_run_again_on_every_filling_does_not_tell_the_answer(true):
    """Of 12 in poor or very poor health `true` are in very poor health: which numbers would have given the very same publication?"""
    possible = [n for n in range(13) if same(filled(true), filled(n))]
    assert true in possible and 0 in possible and possible[-1] - possible[0] >= attack.WIDTH


def test_the_auditor_knows_the_rules():
    """Four and five are shown as one class, so fewer than six gave the last answer, or the one before: not more is told."""
    found = attacked(complete(few(20, 3))).set_index("id").loc["2026.srh.c5.share"]
    assert (found["least"], found["most"], found["count"]) == (0, 20 + 5, 3) or (found["least"] == 0 and found["most"] >= 5)


def absent() -> pd.DataFrame:
    """Of the women four are in poor health, so the table by sex is not shown."""
    answers = np.full((5, 2, 3), 60)
    answers[2:, 0] = 0
    answers[2, 0, 0] = 4
    return complete(answers)


def test_a_table_is_whole_or_absent():
    results = absent()
    found = published(results)
    rows = found[(found["indicator"] == GOOD) & (found["by"] == "sex")]
    assert rows["status"].tolist() == ["hidden_to_protect"] * 2
    assert found[(found["indicator"] == GOOD) & (found["by"] == "")]["status"].tolist() == ["shown"]
    assert set(attacked(results)["verdict"]) == {"safe"}


def test_what_slips_through_stops_the_build():
    """One row of an absent table shown by mistake: the other is the rest of all."""
    results = absent()
    reasons = why(results)
    reasons[results["id"] == f"2026.{GOOD}.share.sex=male"] = ""
    found = attack.audit(BOOK, 2026, rules.publishable(BOOK, 2026, results, reasons), results)
    assert f"2026.{GOOD}.share.sex=female" in set(found.loc[found["verdict"] == "RECOVERABLE", "id"])
    with pytest.raises(LegepaneletError, match="DISCLOSURE_RECOVERABLE") as error:
        attack.refuse(found, 2026)
    assert f"2026.{GOOD}.share.sex=female: between " in error.value.message


def test_figures_that_contradict_one_another_are_told():
    results = absent()
    out = published(results)
    out.loc[out["id"] == f"2026.{GOOD}.share", "count"] = 5
    with pytest.raises(LegepaneletError, match="DISCLOSURE_CONTRADICTION"):
        attack.audit(BOOK, 2026, out, results)


@pytest.mark.parametrize("wave", [2008, 2019, 2026])
def test_the_shipped_waves_are_safe_and_every_dichotomy_of_2026_stands(full, wave):
    found = pd.read_parquet(full.folder / "data" / "derived" / str(wave) / "attacked.parquet")
    assert set(found["verdict"]) <= {"safe"}
    out = files.read(full.output(wave, "results.csv"))
    sensitive = out[rules.sensitive_rows(BOOK, wave, out) & out["kind"].eq("estimate") & out["statistic"].eq("share") & out["category"].isna()]
    tables = sensitive[sensitive["by"].isin(["sex", "age_group"])].groupby(["indicator", "by"])["status"].agg(set)
    if wave == 2026:
        assert len(tables) == 28 and all(status == {"shown"} for status in tables)
    assert all(len(status) == 1 for status in tables)  # whole or absent


def test_the_command_prints_the_tightest(full):
    done = full.run("attack", "--wave", "2026")
    assert done.returncode == 0, done.stderr
    *lines, last = done.stdout.strip().splitlines()
    assert len(lines) == 20 and all(": between " in line for line in lines) and "none can be told more closely" in last
