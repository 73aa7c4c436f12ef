"""The analysis file of a wave for other software: what R's `survey` needs to give the same levels and net changes."""

from pathlib import Path

import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.comparability import breaking, last_asked
from analysis.codebook.indicators import of_wave
from analysis.estimation.change import stack
from analysis.panel.build import WavePanel
from analysis.panel.weighting import collapse_strata

BACKGROUND = ["sex", "age_group", "position", "region", "specialty"]


def write(book: Codebook, wave: int, panels: dict[int, WavePanel], folder: Path) -> list[Path]:
    """Writes analysis.csv, margins.csv and, for every earlier wave that a change is measured from, panel_<wave>.csv and its margins.

    `analysis.csv`: doctor, stratum, start_weight, weight, a column a raking variable (named as in margins.csv), background, indicators.
    """
    panel = panels[wave]
    indicators = [i for i in of_wave(book, wave) if i.id != "position"]
    ids = list(dict.fromkeys(i.id for i in indicators))
    who = panel.analysed
    who["stratum"] = collapse_strata(who["stratum"])
    variables = list(dict.fromkeys(panel.margins["variable"]))
    raked = who[[f"raked_{v}" for v in variables]].set_axis([f"m_{v}" for v in variables], axis=1)
    one = pd.concat([who[["doctor", "stratum", "start_weight", "weight"]], raked, who[BACKGROUND], who[ids]], axis=1)
    margins = panel.margins.assign(variable="m_" + panel.margins["variable"])
    written = [_csv(one, folder / "analysis.csv"), _csv(margins, folder / "margins.csv")]
    for earlier in _compared(book, wave, panels, indicators):
        shared = [i for i in ids if i in panels[earlier].doctors]
        sample, frame, goal = stack({earlier: panels[earlier], wave: panel}, [*BACKGROUND, *shared])
        weighted = frame.assign(weight=sample.data["weight"].to_numpy())
        written += [
            _csv(weighted, folder / f"panel_{earlier}.csv"),
            _csv(goal, folder / f"panel_{earlier}_margins.csv"),
        ]
    return written


def _compared(book, wave, panels, indicators) -> list[int]:
    """The earlier waves that a change of the wave is measured from."""
    found = {last_asked(book, i, wave, panels) for i in indicators if i.kind != "category"}
    found -= {None}
    return sorted(
        w
        for w in found
        if any(last_asked(book, i, wave, panels) == w and not breaking(book, i, w, wave) for i in indicators)
    )


def _csv(frame: pd.DataFrame, path: Path) -> Path:
    frame.to_csv(path, index=False, lineterminator="\n")  # all digits of every weight
    return path
