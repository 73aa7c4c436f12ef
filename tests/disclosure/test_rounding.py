"""How exactly figures are let out: one digit more than documents show, sensitive ones more coarsely."""

from decimal import ROUND_HALF_EVEN, Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.codebook import load
from analysis.disclosure import rules
from analysis.disclosure.rounding import near, rounded
from analysis.results import files
from analysis.settings import settings
from tests.made import results as table

BOOK = load(settings().codebook)


def row(**more) -> dict:
    return {"kind": "estimate", "indicator": "srh_good", "statistic": "share", "n": 1878, "count": 1404, "n_missing": 21, "estimate": 0.747612, "se": 0.0113219,
            "lower": 0.72461, "upper": 0.769549} | more  # fmt: skip


def out(sensitive: bool, **more) -> dict:
    return rounded(table([row(**more)], 2026), pd.Series([sensitive])).iloc[0].to_dict()


def test_a_sensitive_count_is_rounded_to_five_and_its_share_to_a_tenth_of_a_point():
    found = out(True)
    assert [found[c] for c in ("n", "count", "n_missing", "estimate", "lower", "upper")] == [1880, 1405, 20, 0.748, 0.725, 0.77]


@pytest.mark.parametrize(("n", "estimate"), [(100, 0.747), (99, 0.75)])
def test_under_a_hundred_answers_it_is_whole_per_cent(n, estimate):
    assert out(True, n=n, count=70, estimate=0.7469)["estimate"] == estimate


def test_an_ordinary_figure_keeps_its_count_and_one_digit_more_than_is_shown():
    found = out(False)
    assert (found["n"], found["count"], found["estimate"], found["lower"], found["se"]) == (1878, 1404, 0.7476, 0.7246, 0.01132)


def shown(value: float, digits: int) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)


@given(st.floats(0.0001, 0.9999), st.sampled_from([2, 3]))
def test_rounded_twice_is_rounded_once(value, digits):
    """What a document shows of the published figure is what it would show of the exact one."""
    published = near(pd.Series([value]), pd.Series([4])).iloc[0]
    assert shown(published, digits) == shown(value, digits) and abs(published - value) <= 1.0001e-4


def test_no_figure_of_the_output_has_more_digits(full):
    found = files.read(full.output(2026, "results.csv"))
    exact = files.read(full.folder / "data" / "derived" / "2026" / "estimates.csv")
    assert list(found["id"]) == list(exact["id"])
    sensitive = rules.sensitive_rows(BOOK, 2026, found) & found["status"].eq("shown")
    for column in ("n", "count", "n_missing", "n_both"):
        assert (found.loc[sensitive, column].dropna() % 5 == 0).all()
    text = pd.read_csv(full.output(2026, "results.csv"), dtype=str, keep_default_na=False)
    longest = {c: text[c].str.partition(".")[2].str.len().max() for c in ("estimate", "lower", "upper", "se", "p")}
    assert max(longest[c] for c in ("estimate", "lower", "upper", "p")) <= 4 and longest["se"] <= 5
    assert exact["estimate"].map(lambda v: len(repr(v)) > 10).sum() > 1000  # with the confidential data they are whole

