"""The weighted sample that a wave's levels, differences and models are estimated from."""

import pandas as pd

from analysis.estimation.linear import Design
from analysis.panel import weighting
from analysis.panel.build import WavePanel


def weighted(panel: WavePanel) -> tuple[Design, pd.DataFrame]:
    """The wave's raked sample and the same doctors as a pandas table, in one order."""
    frame = panel.analysed
    frame["stratum"] = weighting.collapse_strata(frame["stratum"], frame["doctor"])
    variables = list(dict.fromkeys(panel.margins["variable"]))
    return Design.of(frame, [f"raked_{v}" for v in variables]), frame


def reasons_of(panel: WavePanel, frame: pd.DataFrame) -> pd.DataFrame:
    """Why answers are missing, for the doctors of `frame`, in its order."""
    return panel.reasons.set_index("doctor").loc[frame["doctor"]].reset_index()
