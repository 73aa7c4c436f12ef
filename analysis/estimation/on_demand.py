"""A table on demand: an indicator of one wave by one or two groups, of a part of the doctors."""

import numpy as np
import pandas as pd

from analysis.codebook import Codebook, Indicator
from analysis.errors import LegepaneletError
from analysis.estimation.estimands import estimate as estimated
from analysis.estimation.levels import levels, three_classes
from analysis.estimation.sample import weighted
from analysis.panel.build import WavePanel
from analysis.results import table


def estimate(
    book: Codebook,
    wave: int,
    panel: WavePanel,
    indicators: list[Indicator],
    by: list[str],
    where: dict[str, frozenset[str]],
) -> pd.DataFrame:
    """Results rows, complete, with a column `where`: of all doctors that `where` (variable -> levels) leaves, by each of `by`, by both.

    Raises TABLE_EMPTY. The doctors outside stay in the design, as in R's `subset` of a survey design, so that standard errors are those of a domain.
    """
    sample, asked = weighted(wave, panel), []
    there = np.logical_and.reduce([np.ones(len(sample.frame), dtype=bool), *(sample.frame[v].isin(those).to_numpy() for v, those in where.items())])
    for groups in dict.fromkeys([(), *((b,) for b in by), tuple(by)]):
        domains = {level: inside & there for level, inside in sample.domains(groups).items() if (inside & there).any()}
        asked += levels(sample, indicators, groups, domains)
        asked += three_classes(book, sample, indicators, groups, domains)
    if not asked:
        raise LegepaneletError(
            "TABLE_EMPTY", "none of these answered this in the wave", "Ask for a larger group."
        )
    text = ";".join(f"{variable}={','.join(sorted(those))}" for variable, those in sorted(where.items()))
    found = table(estimated(sample.design, asked)).assign(where=text)
    return found.assign(id=found["id"] + f"[{text}]") if text else found
