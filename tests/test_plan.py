"""Analysis plans: dated, at most three primary outcomes, and every field held against the codebook."""

import pytest

from analysis.codebook import plan
from analysis.errors import LegepaneletError
from analysis.settings import settings

GOOD = """article: sleep
date: 2026-11-01
wave: 2026
topics: [ai_at_work]
primary:
  - {indicator: ai_use_yes, by: sex, level: female, vs_level: male}
"""


def read(tmp_path, book, text: str):
    (tmp_path / "sleep.plan.yml").write_text(text, encoding="utf-8")
    return plan.read(tmp_path, book)


def test_the_plans_of_the_articles_are_read(book):
    plans = plan.read(settings().reports, book)
    assert set(plans) == {"ai-use", "research-conditions", "unequal-treatment"}
    assert all(1 <= len(p.primary) <= 3 and p.date for p in plans.values())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("ai_use_yes", "ai_user", "'ai_user' is not a mean or share that 2026 asked"),
        ("topics: [ai_at_work]", "topics: [sleep]", "2026 did not ask 'sleep'"),
        ("article: sleep", "article: dreams", "expected 'sleep'"),
        ("date: 2026-11-01\n", "", "date: Field required"),
        (", by: sex, level: female, vs_level: male", "", "a primary outcome needs a pair of groups or `vs_wave`"),
        ("vs_level: male", "vs_level: other", "the groups may be sex: female vs male"),
        ("wave: 2026", "wave: 2027", "2027 has no wave file"),
        ("primary:\n", "primary:\n" + "  - {indicator: ai_use_yes, vs_wave: 2019}\n" * 3, "at most 3 items"),
        ("topics:", "colour: blue\ntopics:", "there is no key 'colour' here"),
    ],
)
def test_a_plan_that_does_not_fit_is_named_by_file_and_field(tmp_path, book, old, new, told):
    assert read(tmp_path, book, GOOD)
    with pytest.raises(LegepaneletError) as error:
        read(tmp_path, book, GOOD.replace(old, new))
    assert error.value.code == "PLAN_FIELD"
    assert "sleep.plan.yml" in error.value.message and told in error.value.message
