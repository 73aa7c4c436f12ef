"""All results of one wave."""

import pandas as pd

from analysis.codebook import Codebook, Indicator
from analysis.codebook.comparability import breaking, last_asked
from analysis.codebook.indicators import of_wave
from analysis.estimation import change, facts, levels, models
from analysis.estimation.results import table
from analysis.panel import weighting
from analysis.panel.build import WavePanel

HOURS = {"hours_total", "hours_over_48"}  # also by position x sex, and as quartiles


def estimate(
    book: Codebook, wave: int, panels: dict[int, WavePanel], answers: pd.DataFrame, problems: pd.DataFrame
) -> pd.DataFrame:
    """The complete results table of `wave`. `panels` holds it and the earlier waves there are data for."""
    panel = panels[wave]
    indicators = [i for i in of_wave(book, wave) if i.id != "position"]
    sample, frame = weighted(panel)
    rows = levels.estimate(
        sample, frame, panel.reasons.set_index("doctor").loc[frame["doctor"]].reset_index(), indicators, HOURS
    )
    rows += levels.three_classes(book, wave, sample, frame, indicators)
    rows += levels.differences(sample, frame, [i for i in indicators if i.key and i.kind != "category"])
    earlier = [w for w in panels if w < wave]
    rows += changes(book, wave, panels, [i for i in indicators if i.kind != "category"], earlier)
    for name in models.MODELS:
        indicator = next((i for i in indicators if i.id == name), None)
        if indicator is not None:
            rows += models.trend(name, _comparable_waves(book, indicator, wave, panels), wave)
    before = panels[max(earlier)] if earlier else None
    rows += facts.fieldwork(panel, before) + facts.representativeness(panel) + facts.population(panel)
    rows += facts.weights(panel) + facts.missing(book, wave, panel) + facts.alphas(book, wave, answers, panel)
    rows += facts.problems(problems)
    if before is not None:
        rows += change.leavers(before, panel)
    return table(facts.finite(rows), wave)


def weighted(panel: WavePanel):
    """The wave's raked svy sample and the same doctors as a pandas table, in one order."""
    frame = panel.analysed
    frame["stratum"] = weighting.collapse_strata(frame["stratum"])
    variables = list(dict.fromkeys(panel.margins["variable"]))
    raked = frame.drop(columns=["weight", *variables]).rename(columns={f"raked_{v}": v for v in variables})
    raked["sex"] = frame["sex"]  # a group to report by, even where it is raked to as well
    numbers = raked.select_dtypes("number").columns
    return weighting.raked_sample(raked.astype({c: "Float64" for c in numbers}), panel.margins), frame


def changes(
    book: Codebook, wave: int, panels: dict[int, WavePanel], indicators: list[Indicator], earlier: list[int]
) -> list[dict]:
    """The three kinds of change since the last wave that had the indicator; a refused test is a row without figures."""
    by_wave: dict[int, list[Indicator]] = {}
    rows = []
    for indicator in indicators:
        last = last_asked(book, indicator, wave, earlier)
        if (
            last is None
            or panels[last].analysed[indicator.id].notna().sum() < 2
            or panels[wave].analysed[indicator.id].notna().sum() < 2
        ):
            continue
        if breaking(book, indicator, last, wave):
            rows.append({"kind": "comparison", "indicator": indicator.id, "base": indicator.base, "vs_wave": last,
                         "statistic": "change_net", "weighting": "cross", "unit": "difference", "status": "not_comparable"})  # fmt: skip
        else:
            by_wave.setdefault(last, []).append(indicator)
    for last, some in by_wave.items():
        key = {i.id for i in some if i.key}
        rows += change.net(last, wave, panels, some, key)
        rows += change.net(last, wave, panels, some, key, "change_standardised")
        rows += change.within(last, wave, panels, some, key)
    return rows


def _comparable_waves(
    book: Codebook, indicator: Indicator, wave: int, panels: dict[int, WavePanel]
) -> dict[int, WavePanel]:
    """The waves up to `wave` that have the indicator, back to its last break."""
    return {
        w: panel for w, panel in panels.items()
        if w <= wave and indicator.id in panel.doctors and panel.analysed[indicator.id].notna().any()
        and not breaking(book, indicator, w, wave)
    }  # fmt: skip
