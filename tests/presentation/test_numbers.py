"""Numbers as journals write them, and sentences that say no more than the interval does."""

import pytest

from analysis.presentation import phrases
from analysis.presentation.numbers import decimal, percent, signed, span
from analysis.results import Key, Row

NAMES = {"many": "leger", "the": "legene"}

NBSP, MINUS = "\u00a0", "\u2212"


@pytest.mark.parametrize(
    ("value", "digits", "nb", "en"),
    [
        (5.0749, 2, "5,07", "5.07"),
        (1014, 0, f"1{NBSP}014", "1,014"),
        (-0.3, 1, f"{MINUS}0,3", f"{MINUS}0.3"),
        (0.5, 0, "0", "0"),
        (35200, 0, f"35{NBSP}200", "35,200"),
    ],
)
def test_decimals(value, digits, nb, en):
    assert (decimal(value, digits, "nb"), decimal(value, digits, "en")) == (nb, en)


def test_per_cent():
    assert (percent(0.793, "nb"), percent(0.793, "en")) == (f"79{NBSP}%", "79%")


def test_intervals():
    assert span("5,07", "5,21", "nb") == "5,07–5,21"
    assert span(f"{MINUS}0,3", "0,2", "nb") == f"{MINUS}0,3{NBSP}til{NBSP}0,2"
    assert span("5.07", "5.21", "en") == f"5.07{NBSP}to{NBSP}5.21"


@pytest.mark.parametrize(("value", "text"), [(0.34, "+0,3"), (-0.34, f"{MINUS}0,3"), (0.01, "0,0"), (-0.01, "0,0")])
def test_a_rounded_nought_has_no_sign(value, text):
    assert signed(value, 1, "nb") == text


def change(estimate: float, lower: float, upper: float, status: str = "shown") -> Row:
    key = Key(2026, "jss", "change_net", "comparison", vs_wave=2024)
    return Row(key, "difference", estimate=estimate, lower=lower, upper=upper, n=100, status=status)


@pytest.mark.parametrize(
    ("lower", "upper", "said"),
    [(0.001, 0.05, "høyere"), (-0.05, -0.001, "lavere"), (-0.001, 0.05, "usikker"), (0.0, 0.05, "usikker")],
)
def test_a_direction_is_said_only_if_the_interval_excludes_nought(lower, upper, said):
    middle = (lower + upper) / 2
    assert said in phrases.change(change(middle, lower, upper), True, 1, "", "nb", "", NAMES)


def test_a_refused_comparison_says_why():
    assert "endret spørsmålstekst" in phrases.change(
        change(0, 0, 0, "not_comparable"), True, 1, "", "nb", "endret spørsmålstekst", NAMES
    )
