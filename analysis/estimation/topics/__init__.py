"""What an article's plan asks for besides the wave's ordinary results: tests of its primary outcomes, models, specifications."""

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.codebook.plan import Plan
from analysis.estimation.estimands import estimate as estimated
from analysis.estimation.sample import Sample
from analysis.estimation.topics import bases, primary, regression, specification
from analysis.panel.build import WavePanel
from analysis.results import Row


def estimate(book: Codebook, plan: Plan, panels: dict[int, WavePanel], sample: Sample, rows: list[Row]) -> list[Row]:
    """Rows of an article. `sample` is the wave's, `rows` its results so far."""
    indicators = {i.id: i for i in of_wave(book, plan.wave) if i.kind != "category"}
    return [
        *primary.tests(plan, rows),
        *regression.models(book, plan, indicators, sample),
        *estimated(sample.design, bases.never_applies(book, plan, sample)),
        *specification.rows(book, plan, indicators, panels),
    ]
