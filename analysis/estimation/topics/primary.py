"""The primary outcomes of an article, tested with Holm's method within them (Holm 1979)."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from analysis.codebook.plan import Outcome, Plan
from analysis.results import Key, Row


def tests(plan: Plan, rows: Iterable[Row]) -> list[Row]:
    """A row of kind `test` for each primary outcome there are data for: its comparison's figures, and `p_adjusted`."""
    by_key = {row.key: row for row in rows if row.status == "shown"}
    found = [row for outcome in plan.primary if (row := by_key.get(_key(plan.wave, outcome)))]
    if not found:
        return []
    # Outcomes without data count as the least significant: fewer tests would make the others look better.
    p = [1.0 if row.p is None else row.p for row in found] + [1.0] * (len(plan.primary) - len(found))
    return [
        replace(row, key=row.key.but(kind="test", model=plan.article, term="primary"), p_adjusted=a)
        for row, a in zip(found, holm(p), strict=False)
    ]


def holm(p: list[float]) -> list[float]:
    """The k-th smallest of m p values times m - k + 1, at most 1 and no smaller than the one before. R: `p.adjust(p, "holm")`."""
    order = np.argsort(p)
    raised = np.minimum(np.maximum.accumulate(np.array(p)[order] * np.arange(len(p), 0, -1)), 1.0)
    return raised[np.argsort(order)].tolist()


def _key(wave: int, outcome: Outcome) -> Key:
    if outcome.vs_wave:
        return Key(wave, outcome.indicator, "change_net", "comparison", vs_wave=outcome.vs_wave)
    return Key(wave, outcome.indicator, "difference", "comparison", groups=((outcome.by, outcome.level),), vs_level=outcome.vs_level)
