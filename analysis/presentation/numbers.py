"""Numbers as a Norwegian or an English journal writes them."""

import math
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

import pandas as pd
from babel.numbers import format_decimal

from analysis.presentation import provenance
from analysis.presentation.journal import style

LOCALE = {"nb": "nb_NO", "en": "en_GB"}
NBSP, MINUS, DASH = "\u00a0", "\u2212", "\u2013"
HIDDEN = ":"  # hidden so that no person can be known by it
WORDS = {"nb": {"to": "til", "points": "prosentpoeng"}, "en": {"to": "to", "points": "percentage points"}}


def decimal(value: float, digits: int, lang: str) -> str:
    """`value` with `digits` decimals: `1 014` and `5,07` in Norwegian, `1,014` and `5.07` in English; marked with its origin. A dash if there is none."""
    if not math.isfinite(value):  # what could not be computed
        return DASH
    return provenance.mark(_written(float(value), digits, lang), value)


@lru_cache(maxsize=20_000)
def _written(value: float, digits: int, lang: str) -> str:
    exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text = format_decimal(abs(exact), format=pattern, locale=LOCALE[lang], decimal_quantization=False)
    return (MINUS if exact < 0 else "") + text.replace("\u202f", NBSP)


def whole(value, lang: str) -> str:
    """A count, or ":" where it is hidden."""
    return HIDDEN if pd.isna(value) else decimal(value, 0, lang)


def percent(share: float, lang: str, digits: int | None = None) -> str:
    """A share as `79 %` (Norwegian, no-break space) or `79%`, with the journal's decimals unless `digits` says otherwise."""
    numbers = style().numbers
    digits = numbers.percent_decimals.value if digits is None else digits
    return numbers.percent[lang].replace(" ", NBSP).format(decimal(100 * share, digits, lang))


def span(lower: str, upper: str, lang: str) -> str:
    """Two limits in a table: with an en dash in Norwegian, with `to` in English, and in both where one is negative."""
    if lang == "nb" and MINUS not in lower + upper:
        return f"{lower}{DASH}{upper}"
    return f"{lower}{NBSP}{WORDS[lang]['to']}{NBSP}{upper}"


def interval(lower: str, upper: str, lang: str) -> str:
    """Two limits in a text: `95 % KI 5,07–5,21`, as the journal writes it."""
    numbers = style().numbers
    shape = numbers.negative_interval if MINUS in lower + upper else numbers.interval
    return shape[lang].replace(" ", NBSP).format(lower, upper)


def p_value(p: float, lang: str) -> str:
    """`p < 0,001`, else `p = 0,004`: three decimals, two from 0.1."""
    if p < 0.001:
        return f"p{NBSP}<{NBSP}{provenance.mark(decimal(0.001, 3, lang), p, provenance.BELOW)}"
    return f"p{NBSP}={NBSP}{decimal(p, 2 if p >= 0.1 else 3, lang)}"


def signed(value: float, digits: int, lang: str) -> str:
    """A change with its sign; a rounded zero has none."""
    text = decimal(float(value), digits, lang)
    zero = not any(c in "123456789" for c in text)
    text = text.removeprefix(MINUS) if zero else text if text.startswith(MINUS) else f"+{text}"
    return provenance.mark(text, value)


def digits_of(unit: str, minimum: float | None, maximum: float | None) -> int:
    """Decimals of a mean: none for wide ranges is too few, so one for hours and per cent, two for scales."""
    return 1 if maximum is not None and maximum - (minimum or 0) > 20 else 2
