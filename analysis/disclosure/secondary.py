"""Secondary suppression: the fewest further counts hidden so that no hidden one can be computed from those shown.

For every hidden count there must be other counts, agreeing with all that is shown, in which it is far enough away (Fischetti &
Salazar 2001, "Solving the cell suppression problem on tabular data with linear constraints"): a mixed integer programme, solved exactly.
"""

import os
import sys
import time
from contextlib import contextmanager

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import lil_array

from analysis.disclosure.linked import Family

LONGEST = 20.0  # seconds for one family; the shipped panel's take less than four
LARGEST = 6_000  # cells times hidden cells of a family; the shipped panel's largest has 3,920
# What hiding costs beside 1, a category of a group within a group; what documents speak of costs more.
OVERALL, GROUP, DICHOTOMY = 3.0, 1.0, 2.0


class TooLong(Exception):
    """No answer within LONGEST seconds, or a family larger than LARGEST: the whole of its tables is to be hidden."""


def protect(family: Family, hidden: np.ndarray, near: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Which cells of a family to hide, as booleans.

    `hidden`: cells hidden already. `near`: "none", "all", "both" or "": the ends that a cell's interval must reach; `width`: how
    wide it must be. Same input, same cells. Raises TooLong if there is no answer in time, or none at all.
    """
    end = time.monotonic() + LONGEST
    if len(hidden) * int(hidden.sum()) > LARGEST:
        raise TooLong
    published = family.cells["row"].to_numpy() >= 0
    chosen = hidden & published
    targets: set[int] = set()
    while further := set(_computable(family, chosen, near, width, end)) - targets:
        targets |= further  # what was hidden to protect must not be computable either
        chosen = _solve(family, hidden, sorted(targets), near, width, end)
    return chosen


def _computable(family: Family, chosen: np.ndarray, near: np.ndarray, width: np.ndarray, end: float) -> list[int]:
    """The hidden published cells whose interval is too narrow. Every solution widens what is known of all cells at once."""
    cells = family.cells
    count, n = cells["count"].to_numpy(float), cells["n"].to_numpy(float)
    rest = cells["row"].to_numpy() < 0
    free = chosen | rest
    targets = np.flatnonzero(chosen)
    if not targets.size:
        return []
    matrix = lil_array((len(family.relations), len(cells)))
    for number, relation in enumerate(family.relations):
        for cell, k in relation.items():
            matrix[number, cell] = k
    matrix = matrix.tocsr()
    goal = matrix @ count
    bounds = np.column_stack([np.where(free, 0, count), np.where(free, n, count)])
    least, most = count.copy(), count.copy()

    def safe(cell: int) -> bool:
        reaches = (near[cell] not in ("none", "both") or least[cell] < 0.5) and (
            near[cell] not in ("all", "both") or most[cell] > n[cell] - 0.5
        )
        return reaches and most[cell] - least[cell] >= min(width[cell], n[cell]) - 1e-6

    for cell in targets:
        _left(end)
        for sign in (1, -1):
            if not safe(cell):
                cost = np.zeros(len(cells))
                cost[cell] = sign
                found = linprog(cost, A_eq=matrix, b_eq=goal, bounds=bounds)
                least, most = np.minimum(least, found.x), np.maximum(most, found.x)
    return [int(cell) for cell in targets if not safe(cell)]


def _left(end: float) -> float:
    """The seconds left. Raises TooLong if there are none."""
    if (left := end - time.monotonic()) <= 0:
        raise TooLong
    return left


def _solve(family: Family, hidden: np.ndarray, targets: list[int], near: np.ndarray, width: np.ndarray, end: float) -> np.ndarray:
    cells, size = family.cells, len(family.cells)
    count, n = cells["count"].to_numpy(float), cells["n"].to_numpy(float)
    rest = cells["row"].to_numpy() < 0
    fixed = hidden | rest
    # Columns: hide (0/1) of every cell; then for every target a vector that lifts it and one that lowers it.
    total = size * (1 + 2 * len(targets))
    lower, upper = np.zeros(total), np.ones(total)
    lower[:size] = fixed
    rows, low, high = [], [], []

    def add(terms: dict[int, float], at_least: float, at_most: float) -> None:
        rows.append(terms)
        low.append(at_least)
        high.append(at_most)

    for place, target in enumerate(targets):
        _left(end)
        up, down = size * (1 + 2 * place), size * (2 + 2 * place)
        for start in (up, down):
            lower[start : start + size], upper[start : start + size] = -count, n - count
            for relation in family.relations:
                add({start + cell: k for cell, k in relation.items()}, 0, 0)
            for cell in np.flatnonzero(~fixed):
                add({start + cell: 1, cell: -(n[cell] - count[cell])}, -np.inf, 0)
                add({start + cell: 1, cell: count[cell]}, 0, np.inf)
        wide = min(width[target], n[target])
        needs_none, needs_all = near[target] in ("none", "both"), near[target] in ("all", "both")
        if needs_none:
            add({down + target: 1, target: count[target]}, -np.inf, 0)
        if needs_all:
            add({up + target: 1, target: -(n[target] - count[target])}, 0, np.inf)
        add({up + target: 1, down + target: -1, target: -wide}, 0, np.inf)
    matrix = lil_array((len(rows), total))
    for number, terms in enumerate(rows):
        for column, k in terms.items():
            matrix[number, column] = k
    cost = np.zeros(total)
    cost[:size] = 1 + np.where(cells["part"].str.fullmatch(r"[ck]\d+"), 0, DICHOTOMY)
    cost[:size] += np.select([cells["by"] == "", cells["by2"] == ""], [OVERALL, GROUP], 0)
    # Of equally good answers the one that takes the fewest doctors' answers away, and one only.
    cost[:size] *= 1 + n / (100 * n.max()) + np.arange(size) / (10000 * size)
    with _silently():
        found = milp(cost, constraints=LinearConstraint(matrix.tocsr(), low, high), bounds=Bounds(lower, upper),
                     integrality=np.r_[np.ones(size), np.zeros(total - size)], options={"mip_rel_gap": 0, "time_limit": _left(end)})  # fmt: skip
    if found.status != 0:  # not the best answer, or none: what is hidden may not hang on how quick a machine is
        raise TooLong
    return (found.x[:size] > 0.5) & ~rest


@contextmanager
def _silently():
    """HiGHS 1.12 prints a line of its own at times, past Python."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def needed(cells: pd.DataFrame, fewest: int) -> np.ndarray:
    """Which end a hidden cell's interval must reach: "none" where fewer than `fewest` said so, "all" where fewer did not."""
    few, few_not = cells["count"] < fewest, cells["n"] - cells["count"] < fewest
    return np.select([few & few_not, few, few_not], ["both", "none", "all"], "")
