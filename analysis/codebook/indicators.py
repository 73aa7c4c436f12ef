"""Indicators: what is estimated from the questions and scales of an instrument."""

from dataclasses import replace

from analysis.codebook.model import Codebook, Indicator, Instrument, Question, Scale


def of_wave(book: Codebook, wave: int) -> list[Indicator]:
    """All indicators of a wave, in the codebook's order; a scale needs all its items asked."""
    asked = set(book.questions(wave))
    return [
        indicator
        for name in book.waves[wave].instruments
        for indicator in of_instrument(book, book.instruments[name])
        if set(indicator.parts) <= asked
    ]


def of_instrument(book: Codebook, instrument: Instrument) -> list[Indicator]:
    """Indicators of an instrument as if all its questions were asked."""
    found = []
    for question in instrument.questions:
        found += _of_question(book, instrument, question)
    for scale in instrument.scales:
        found += _of_scale(instrument, scale)
    return [replace(i, key=True) if i.id in instrument.key else i for i in found]


def _of_question(book: Codebook, instrument: Instrument, q: Question) -> list[Indicator]:
    common = {
        "instrument": instrument.id,
        "question": q.id,
        "base": q.base,
        "sensitive": instrument.sensitive if q.sensitive is None else q.sensitive,
        "parts": [q.id],
    }
    if q.type == "number":
        found = [
            Indicator(id=q.id, label=q.short, kind="mean", unit=q.unit, minimum=q.minimum, maximum=q.maximum, **common)
        ]
    else:
        categories = book.response_sets[q.responses].categories
        if q.type == "multiple":
            return [
                Indicator(id=f"{q.id}_{code}", label=label, kind="binary", **common)
                for code, label in categories.items()
            ]
        found = [Indicator(id=q.id, label=q.short, kind="category", categories=categories, **common)]
        if q.mean:
            span = {"minimum": float(min(categories)), "maximum": float(max(categories))}
            found.append(Indicator(id=q.id, label=q.short, kind="mean", **span, **common))
    return found + [Indicator(id=d.id, label=d.label, kind="binary", **common) for d in q.dichotomies]


def _of_scale(instrument: Instrument, s: Scale) -> list[Indicator]:
    common = {
        "instrument": instrument.id,
        "question": None,
        "sensitive": instrument.sensitive,
        "parts": items_of(instrument, s),
    }
    mean = Indicator(id=s.id, label=s.short, kind="mean", minimum=s.minimum, maximum=s.maximum, **common)
    return [mean] + [Indicator(id=d.id, label=d.label, kind="binary", **common) for d in s.dichotomies]


def items_of(instrument: Instrument, scale: Scale) -> list[str]:
    """The questions a scale rests on, through the scales it is a ratio of."""
    if scale.score != "ratio":
        return scale.items
    parts = [s for s in instrument.scales if s.id in (scale.numerator, scale.denominator)]
    return [item for part in parts for item in part.items]
