"""The analysis file of a wave for other software: what R's `survey` needs to give the same levels and net changes."""

from pathlib import Path

import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.codebook.plan import Plan
from analysis.estimation.change import stack
from analysis.estimation.sample import weighted
from analysis.estimation.wave import comparisons
from analysis.panel.build import WavePanel

CROSSED = {"m_sex": "wave_sex"}  # sex itself is a background column
BACKGROUND = ["sex", "age_group", "position", "region", "specialty"]


def write(book: Codebook, wave: int, panels: dict[int, WavePanel], plans: list[Plan], folder: Path) -> list[Path]:
    """Writes analysis.csv and margins.csv, and for every earlier wave that it is compared with panel_<wave>.csv and panel_<wave>_margins.csv.

    `analysis.csv`: doctor, stratum, start_weight, weight, a column a raking variable (named as in margins.csv), background, indicators.
    `panel_2024.csv`: the same for the two waves stacked; its raking variables are crossed with wave (`2026:female:under_40`).
    """
    panel = panels[wave]
    indicators = [i for i in of_wave(book, wave) if i.id != "position"]
    ids = list(dict.fromkeys(i.id for i in indicators))
    design, who = weighted(panel)
    who["weight"] = design.weight
    variables = list(dict.fromkeys(panel.margins["variable"]))
    who = who.assign(**{v: who[f"raked_{v}"] for v in variables})
    columns = dict.fromkeys(["doctor", "stratum", "start_weight", "weight", *variables, *BACKGROUND, *ids])
    written = [_csv(who[list(columns)], folder / "analysis.csv"), _csv(panel.margins, folder / "margins.csv")]
    for old in folder.glob("panel*.csv"):
        old.unlink()
    since, _ = comparisons(book, wave, panels, [i for i in indicators if i.kind != "category"], plans)
    for earlier, compared in sorted(since.items()):
        _, frame, goal = stack({w: panels[w] for w in (earlier, wave)}, [*BACKGROUND, *dict.fromkeys(i.id for i in compared)])
        names = {name: CROSSED.get(name, name.removeprefix("m_")) for name in goal["variable"].unique()}
        written += [_csv(frame.rename(columns=names), folder / f"panel_{earlier}.csv"),
                    _csv(goal.replace({"variable": names}), folder / f"panel_{earlier}_margins.csv")]  # fmt: skip
    return written


def _csv(frame: pd.DataFrame, path: Path) -> Path:
    frame.to_csv(path, index=False, lineterminator="\n")  # all digits of every weight
    return path
