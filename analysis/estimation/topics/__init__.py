"""What an article's plan asks for besides the wave's ordinary results: tests of its primary outcomes, models, specifications."""

import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.codebook.plan import Plan
from analysis.estimation.linear import Design
from analysis.estimation.sample import reasons_of
from analysis.estimation.topics import bases, primary, regression, specification
from analysis.panel.build import WavePanel


def estimate(
    book: Codebook, plan: Plan, panels: dict[int, WavePanel], design: Design, frame: pd.DataFrame, rows: list[dict]
) -> list[dict]:
    """Rows of an article. `design` and `frame` are the wave's, as `sample.weighted` gives them; `rows` its results so far."""
    indicators = {i.id: i for i in of_wave(book, plan.wave) if i.kind != "category"}
    reasons = reasons_of(panels[plan.wave], frame)
    return [
        *primary.tests(plan, rows),
        *regression.models(plan, indicators, design, frame, reasons),
        *bases.never_applies(book, plan, design, frame, reasons),
        *specification.rows(book, plan, indicators, panels),
    ]
