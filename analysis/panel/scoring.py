"""From answers to indicators: scales, shares and their reasons when there is none."""

import numpy as np
import pandas as pd

from analysis.codebook import Codebook, Indicator, Instrument, Scale
from analysis.codebook.indicators import of_wave


def score(book: Codebook, wave: int, answers: pd.DataFrame, reasons: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The wave's indicators as numbers, and "" or why there is none, both indexed as `answers`.

    A mean or category indicator holds the value or the code; a binary one 0 or 1. Scales follow the codebook: the mean of
    the answered items if enough of them are answered (else `unanswered`), reversed items turned about the scale's middle.
    """
    values, why = answers.drop(columns="doctor"), reasons.drop(columns="doctor")
    scored, reason = {}, {}
    for name in book.waves[wave].instruments:
        instrument = book.instruments[name]
        for scale in instrument.scales:
            if set(scale.items) <= set(values):
                values[scale.id], why[scale.id] = _scale(instrument, scale, values, why)
    for indicator in of_wave(book, wave):
        source = _source(book, indicator)
        scored[indicator.id], reason[indicator.id] = _indicator(book, indicator, values[source]), why[source]
    return pd.DataFrame(scored, index=answers.index), pd.DataFrame(reason, index=answers.index)


def _source(book: Codebook, indicator: Indicator) -> str:
    """The column of answers or scales that an indicator reads."""
    instrument = book.instruments[indicator.instrument]
    question = next((q for q in instrument.questions if q.id == indicator.question), None)
    if question is None:
        return next(s.id for s in instrument.scales if indicator.id in (s.id, *(d.id for d in s.dichotomies)))
    return indicator.id if question.type == "multiple" else question.id


def _indicator(book: Codebook, indicator: Indicator, value: pd.Series) -> pd.Series:
    instrument = book.instruments[indicator.instrument]
    parts = [*instrument.questions, *instrument.scales]
    rule = next((d for part in parts for d in part.dichotomies if d.id == indicator.id), None)
    if rule is None:
        return value.astype(float)
    yes = value.isin(rule.codes) if rule.codes is not None else value > rule.above
    return yes.astype(float).where(value.notna())


def _scale(
    instrument: Instrument, scale: Scale, values: pd.DataFrame, why: pd.DataFrame
) -> tuple[pd.Series, pd.Series]:
    if scale.score == "ratio":
        return values[scale.numerator] / values[scale.denominator], why[scale.numerator].where(
            why[scale.numerator] != "", why[scale.denominator]
        )
    items = values[scale.items].copy()
    for item in scale.reversed:
        items[item] = _turned(scale, items[item])
    enough = items.notna().sum(axis=1) >= np.ceil(scale.answered * len(scale.items) - 1e-9)
    score = items.mean(axis=1) if scale.score == "mean" else items.sum(axis=1)
    all_not_asked = why[scale.items].eq("not_asked").all(axis=1)
    reason = pd.Series(np.select([enough, all_not_asked], ["", "not_asked"], "unanswered"), index=values.index)
    return score.where(enough), reason


def _turned(scale: Scale, item: pd.Series) -> pd.Series:
    if scale.score == "sum":
        raise ValueError(f"scale {scale.id}: reversed items of a sum are not supported by the codebook's range")
    return scale.minimum + scale.maximum - item
