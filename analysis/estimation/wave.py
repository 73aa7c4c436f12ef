"""All results of one wave."""

import pandas as pd

from analysis.codebook import Codebook, Indicator
from analysis.codebook.comparability import breaking, last_asked
from analysis.codebook.indicators import of_wave
from analysis.codebook.plan import Plan
from analysis.estimation import change, facts, levels, models, topics
from analysis.estimation.results import table
from analysis.estimation.sample import reasons_of, weighted
from analysis.panel.build import WavePanel

HOURS = {"hours_total", "hours_over_48"}  # also by position x sex, and as quartiles


def estimate(
    book: Codebook,
    wave: int,
    panels: dict[int, WavePanel],
    answers: pd.DataFrame,
    problems: pd.DataFrame,
    plans: list[Plan],
) -> pd.DataFrame:
    """The complete results table of `wave`. `panels` holds it and the earlier waves there are data for; `plans` are its articles'."""
    panel = panels[wave]
    indicators = [i for i in of_wave(book, wave) if i.id != "position"]
    design, frame = weighted(panel)
    rows = levels.estimate(design, frame, reasons_of(panel, frame), indicators, HOURS)
    rows += levels.three_classes(book, wave, design, frame, indicators)
    rows += levels.differences(design, frame, [i for i in indicators if i.key and i.kind != "category"])
    rows += changes(book, wave, panels, [i for i in indicators if i.kind != "category"], plans)
    for plan in plans:
        rows += topics.estimate(book, plan, panels, design, frame, rows)
    for name in models.MODELS:
        indicator = next((i for i in indicators if i.id == name), None)
        if indicator is not None:
            rows += models.trend(name, comparable_waves(book, indicator, wave, panels), wave)
    before = max((w for w in panels if w < wave), default=None)
    before = panels[before] if before else None
    rows += facts.fieldwork(panel, before) + facts.representativeness(panel) + facts.population(panel)
    rows += facts.weights(panel) + facts.missing(book, wave, panel) + facts.alphas(book, wave, answers, panel)
    rows += facts.problems(problems) + facts.definitions(book, wave)
    if before is not None:
        rows += change.leavers(before, panel)
    return table(facts.finite(rows), wave)


def changes(
    book: Codebook, wave: int, panels: dict[int, WavePanel], indicators: list[Indicator], plans: list[Plan]
) -> list[dict]:
    """The three kinds of change since the last wave that had the indicator; a refused test is a row without figures."""
    since, refused = comparisons(book, wave, panels, indicators, plans)
    rows = [
        {"kind": "comparison", "indicator": i.id, "base": i.base, "vs_wave": last, "statistic": "change_net",
         "weighting": "cross", "unit": "difference", "status": "not_comparable"}
        for last, some in refused.items() for i in some
    ]  # fmt: skip
    if since:
        compared = {w: panels[w] for w in sorted([*since, wave])}
        rows += change.net(compared, since) + change.net(compared, since, "change_standardised")
    for last, some in since.items():
        rows += change.within(last, wave, panels, some)
    return rows


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
