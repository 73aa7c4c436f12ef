"""All results of one wave."""

from collections.abc import Iterator

import pandas as pd

from analysis.codebook import Codebook, Indicator
from analysis.codebook.comparability import breaking, last_asked
from analysis.codebook.indicators import of_wave
from analysis.codebook.plan import Plan
from analysis.estimation import change, estimands, levels, models, topics
from analysis.estimation.sample import Sample, weighted
from analysis.panel import facts
from analysis.panel.build import WavePanel
from analysis.results import Key, Row, table


def estimate(book: Codebook, wave: int, panels: dict[int, WavePanel], answers: pd.DataFrame, problems: pd.DataFrame,
             plans: list[Plan]) -> pd.DataFrame:  # fmt: skip
    """The complete results table of `wave`. `panels` holds it and the earlier waves there are data for; `plans` are its articles'."""
    panel = panels[wave]
    indicators = [i for i in of_wave(book, wave) if i.id != "position"]
    sample = weighted(wave, panel)
    rows = [*levels_of(book, panel, sample, indicators), *changes(book, wave, panels, [i for i in indicators if i.kind != "category"], plans)]
    for plan in plans:
        rows += topics.estimate(book, plan, panels, sample, rows)
    for indicator in (i for i in indicators if i.id in book.panel.report.trends):
        rows += models.trend(book, indicator, comparable_waves(book, indicator, wave, panels), wave)
    rows += facts.facts(book, wave, panels, answers, problems)
    return table(rows)


def levels_of(book: Codebook, panel: WavePanel, sample: Sample, indicators: list[Indicator]) -> Iterator[Row]:
    """Means and shares of all, of everyone and by group; of what the report details by two groupings and as quartiles too; differences.

    Beside groups and answers that are too few to be shown, those that are shown instead.
    """
    groupings = [(), *((by,) for by in book.groupings)]
    detailed = [i for i in indicators if i.id in book.panel.report.detailed]
    asked = [e for by in groupings for e in levels.levels(sample, indicators, by)]
    asked += levels.levels(sample, detailed, book.panel.report.detailed_by)
    asked += [e for by in groupings[1:] for e in levels.three_classes(book, sample, indicators, by)]
    asked += levels.joined_answers(book, sample, indicators)
    asked += levels.differences(sample, [i for i in indicators if i.key and i.kind != "category"], book.groupings)
    ordinary = [i for i in indicators if not i.sensitive]
    joined = [(by, i, made) for by in groupings[1:] for i, made in levels.joined_groups(book, panel, sample, ordinary, by)]
    crossed = book.panel.report.detailed_by
    joined += [(crossed, i, made) for i, made in levels.joined_groups(book, panel, sample, detailed, crossed) if not i.sensitive]
    for by, indicator, made in joined:
        asked += levels.levels(sample, [indicator], by, made)
        asked += levels.three_classes(book, sample, [indicator], by, made) if len(by) == 1 else ()
    yield from estimands.estimate(sample.design, asked)
    yield from (row for by in groupings for row in levels.quartiles(sample, detailed, by))
    yield from (row for by, i, made in joined if i in detailed and len(by) == 1 for row in levels.quartiles(sample, [i], by, made))


def changes(book: Codebook, wave: int, panels: dict[int, WavePanel], indicators: list[Indicator], plans: list[Plan]) -> Iterator[Row]:
    """The three kinds of change since the last wave that had the indicator; a refused test is a row without figures."""
    since, refused = comparisons(book, wave, panels, indicators, plans)
    for earlier, some in refused.items():
        for i in some:
            key = Key(wave, i.id, "change_net", "comparison", vs_wave=earlier)
            yield Row(key, "difference", base=i.base, status="not_comparable")
    upto, by = {w: panel for w, panel in panels.items() if w <= wave}, tuple(book.groupings)
    for earlier, some in since.items():
        yield from change.net(upto, earlier, some, by)
        yield from change.net(upto, earlier, some, by, "change_standardised")
        yield from change.within(earlier, wave, panels, some, by)


def comparisons(book: Codebook, wave: int, panels: dict[int, WavePanel], indicators: list[Indicator], plans: list[Plan]
                ) -> tuple[dict[int, list[Indicator]], dict[int, list[Indicator]]]:  # fmt: skip
    """Earlier wave -> the indicators whose change is measured from it; and those whose comparison a break refuses.

    The change is measured from the last wave that asked, and from those that a plan names besides (its `since`).
    """
    since: dict[int, list[Indicator]] = {}
    refused: dict[int, list[Indicator]] = {}
    earlier = [w for w in panels if w < wave]
    for indicator in indicators:
        named = {w for p in plans for w, ids in p.since.items() if indicator.id in ids and w in earlier}
        last = last_asked(book, indicator, wave, earlier)
        for start in sorted({last, *named} - {None}):
            if all(
                indicator.id in panels[w].doctors and panels[w].analysed[indicator.id].notna().sum() >= 2
                for w in (start, wave)
            ):
                (refused if breaking(book, indicator, start, wave) else since).setdefault(start, []).append(indicator)
    return since, refused


def comparable_waves(
    book: Codebook, indicator: Indicator, wave: int, panels: dict[int, WavePanel]
) -> dict[int, WavePanel]:
    """The waves up to `wave` that have the indicator, back to its last break."""
    return {
        w: panel for w, panel in panels.items()
        if w <= wave and indicator.id in panel.doctors and panel.analysed[indicator.id].notna().any()
        and not breaking(book, indicator, w, wave)
    }  # fmt: skip
