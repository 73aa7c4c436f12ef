"""Scales and shares from coded answers."""

import numpy as np
import pandas as pd
import pytest

from analysis.panel.scoring import score


def scored(book, wave: int, **values):
    """The scores of one doctor; questions not named are unanswered."""
    columns = [c for q in book.questions(wave).values()
               for c in ([q.id] if q.type != "multiple" else [f"{q.id}_{k}" for k in book.responses(q).categories])]  # fmt: skip
    answers = pd.DataFrame([["D1", *(values.get(c, np.nan) for c in columns)]], columns=["doctor", *columns])
    reasons = pd.DataFrame(
        [["D1", *("" if c in values else "unanswered" for c in columns)]], columns=["doctor", *columns]
    )
    numbers, why = score(book, wave, answers, reasons)
    return numbers.iloc[0], why.iloc[0]


JSS = [f"jss_{i:02d}" for i in range(1, 11)]


@pytest.mark.parametrize(("answered", "expected"), [(10, 5.0), (8, 5.0), (7, None)])
def test_a_scale_needs_80_per_cent_of_its_items(book, answered, expected):
    numbers, why = scored(book, 2026, **dict.fromkeys(JSS[:answered], 5.0))
    assert (numbers["jss"] == expected) if expected else np.isnan(numbers["jss"])
    assert why["jss"] == ("" if expected else "unanswered")


def test_audit_needs_every_item_and_is_hazardous_above_8(book):
    items = {f"audit_{i:02d}": 0.0 for i in range(1, 11)}
    assert scored(book, 2026, **items | {"audit_01": 4.0, "audit_03": 4.0})[0]["audit_hazardous"] == 0
    assert scored(book, 2026, **items | {"audit_01": 4.0, "audit_03": 4.0, "audit_04": 1.0})[0]["audit_hazardous"] == 1
    items.pop("audit_10")
    assert np.isnan(scored(book, 2026, **items)[0]["audit"])


def test_effort_by_reward_is_a_risk_above_1_not_at_it(book):
    effort, reward = [f"eri_e{i}" for i in (1, 2, 3)], [f"eri_r{i}" for i in range(1, 7)]
    at = scored(book, 2026, **dict.fromkeys([*effort, *reward], 3.0))[0]
    over = scored(book, 2026, **dict.fromkeys(effort, 4.0), **dict.fromkeys(reward, 3.0))[0]
    assert (at["eri_ratio"], at["eri_risk"]) == (1.0, 0.0)
    assert over["eri_risk"] == 1.0


@pytest.mark.parametrize(("hours", "over"), [(48, 0), (49, 1)])
def test_48_hours_are_not_above_48(book, hours, over):
    assert scored(book, 2026, hours_total=float(hours))[0]["hours_over_48"] == over


def test_a_missing_answer_gives_no_share(book):
    assert np.isnan(scored(book, 2026)[0]["hours_over_48"])
