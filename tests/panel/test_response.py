"""Dispositions and AAPOR rates."""

import pandas as pd
import pytest

from analysis.panel import response


def final(answered: int, of: int = 10, disposition: str = "invited", **reasons: int) -> str:
    """The disposition of one doctor who answered some of ten questions."""
    why = [""] * answered + [r for r, n in reasons.items() for _ in range(n)]
    why += ["unanswered"] * (of - len(why))
    table = pd.DataFrame([["D1", *why]], columns=["doctor", *(f"q{i}" for i in range(of))])
    sample = pd.DataFrame({"doctor": ["D1"], "disposition": [disposition]})
    return response.disposition(sample, table, {c: [c] for c in table.columns[1:]}).iloc[0]


@pytest.mark.parametrize(
    ("answered", "expected"),
    [(10, "complete"), (8, "complete"), (7, "partial"), (5, "partial"), (4, "break_off"), (0, "break_off")],
)
def test_complete_from_80_per_cent_partial_from_50(answered, expected):
    assert final(answered) == expected


def test_what_was_not_asked_or_does_not_apply_does_not_count():
    assert final(4, not_asked=3, not_applicable=2) == "complete"  # 4 of 5


def test_an_answer_that_could_not_be_used_was_still_given():
    assert final(7, unusable=1) == "complete"


@pytest.mark.parametrize(
    ("said", "expected"), [("invited", "silent"), ("refused", "refused"), ("deceased", "deceased")]
)
def test_the_silent_are_told_apart(said, expected):
    sample = pd.DataFrame({"doctor": ["D1"], "disposition": [said]})
    assert response.disposition(sample, pd.DataFrame(columns=["doctor", "q"]), {"q": ["q"]}).iloc[0] == expected


def test_rates_follow_aapor():
    rates = response.rates({"complete": 60, "partial": 10, "refused": 5, "break_off": 5, "silent": 20, "deceased": 7})
    assert rates["rr1"] == rates["rr3"] == rates["rr5"] == 0.60
    assert rates["rr2"] == rates["rr4"] == rates["rr6"] == 0.70


def test_no_rate_without_anyone_eligible():
    assert response.rates({"deceased": 3}) == {}
