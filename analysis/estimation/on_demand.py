"""A table on demand: an indicator of one wave by one or two groups, of a part of the doctors."""

import pandas as pd

from analysis.codebook import Codebook, Indicator
from analysis.errors import LegepaneletError
from analysis.estimation import levels
from analysis.estimation.facts import finite
from analysis.estimation.results import table
from analysis.estimation.sample import reasons_of, weighted
from analysis.panel.build import WavePanel

GROUP, APART = "_group", "\x1f"  # a column of our own, and what stands between two levels in it


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
    design, frame = weighted(panel)
    reasons, rows = reasons_of(panel, frame), []
    inside = pd.Series(True, index=frame.index)
    for variable, those in where.items():
        inside &= frame[variable].isin(those)
    for groups in dict.fromkeys([(), *((b,) for b in by), tuple(by)]):
        label = pd.Series("", index=frame.index)
        for b in groups:
            label = label + frame[b].fillna("").astype(str) + APART
        known = inside & frame[list(groups)].notna().all(axis=1)
        label = label.where(known, "outside")
        arguments = (design, frame.assign(**{GROUP: label}), reasons)
        for row in levels.by_group(book, wave, indicators, *arguments, GROUP):
            if row["level"] != "outside":
                rows.append(row | {"by": "", "level": ""} | levels.key(groups, tuple(row["level"].split(APART))))
    if not rows:
        raise LegepaneletError(
            "TABLE_EMPTY", "none of these doctors answered this in the wave", "Ask for a larger group."
        )
    text = ";".join(f"{variable}={','.join(sorted(those))}" for variable, those in sorted(where.items()))
    found = table(finite(rows), wave).assign(where=text)
    return found.assign(id=found["id"] + f"[{text}]") if text else found
