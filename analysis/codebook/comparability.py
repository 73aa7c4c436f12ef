"""Whether two waves may be compared on an indicator, and what stands between them."""

from analysis.codebook.model import BREAKING, Break, Codebook, Indicator


def breaks_between(book: Codebook, indicator: Indicator, earlier: int, later: int) -> list[Break]:
    """The breaks that came after `earlier` and up to `later`: the instrument's own and the waves', each for the questions that it names."""
    declared = [*book.instruments[indicator.instrument].breaks, *(b for wave in book.waves.values() for b in wave.breaks)]
    return [b for b in declared if earlier < b.wave <= later and concerns(b, indicator)]


def concerns(b: Break, indicator: Indicator) -> bool:
    """Whether a break is about the indicator: about one of the questions it rests on, or about all."""
    return not b.questions or not set(b.questions).isdisjoint(indicator.parts)


def breaking(book: Codebook, indicator: Indicator, earlier: int, later: int) -> list[Break]:
    """Those of them that forbid a test across: the trend line ends there."""
    return [
        b
        for b in breaks_between(book, indicator, earlier, later)
        if b.kind in BREAKING and b.comparable_because is None
    ]


def last_asked(book: Codebook, indicator: Indicator, wave: int, among) -> int | None:
    """The latest wave before `wave`, of those in `among`, that has the indicator too."""
    for earlier in sorted((w for w in among if w < wave), reverse=True):
        if indicator.instrument in book.waves[earlier].instruments and set(indicator.parts) <= set(book.questions(earlier)):
            return earlier
    return None
