"""Releases together: whether a table on demand, with the publication and all tables before it, tells on few persons.

Every figure that is out is a sum over the persons of a cell. What can be computed from all of them is what their sums and differences span: the row
space of a matrix of cells by classes of persons alike in every variable that any release uses. A class of few, or two together, may not lie in it.
Sums of three classes and more are not looked at: which unions lie in a row space is NP-hard to tell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.model import JOINT
from analysis.errors import LegepaneletError

REGISTER = ("sex", "age_group", "licence_period", "register_position", "specialty", "region")  # what a table on demand may be asked by
FEW = 5  # persons that no releases together may isolate
TO = 10  # what the numbers of answers are rounded to
ZERO = 1e-8  # what arithmetic leaves of a nought
Cell = dict[str, frozenset[str]]  # variable -> the levels of it that are in the cell; all of these at once


@dataclass(frozen=True)
class Isolated:
    """A class, or two, that can be computed: how many persons, and what they have in common."""

    persons: int
    who: str


def cells_of(by: Sequence[str], where: Cell, members: pd.DataFrame) -> list[Cell]:
    """The cells of a table: everyone that `where` leaves, by each of `by`, and by both."""
    found: list[Cell] = [dict(where)]
    for groups in dict.fromkeys([*((b,) for b in by), tuple(by)]):
        levels = members[list(groups)].drop_duplicates().itertuples(index=False, name=None) if groups else ()
        for level in levels:
            cell = {name: frozenset({one}) for name, one in zip(groups, level, strict=True)}
            found.append({name: cell.get(name, where.get(name)) & where.get(name, cell.get(name)) for name in {*cell, *where}})
    return found


def cells_published(published: pd.DataFrame) -> list[Cell]:
    """The cells of a publication: all groups that any of its estimates is shown of."""
    rows = published[published["kind"].eq("estimate") & published["status"].eq("shown") & published["model"].eq("")]
    groups = rows[["by", "level", "by2", "level2"]].drop_duplicates().itertuples(index=False, name=None)
    return [{b: frozenset(name.split(JOINT)) for b, name in ((by, level), (by2, level2)) if b} for by, level, by2, level2 in groups]


def isolated(members: pd.DataFrame, cells: Iterable[Cell]) -> list[Isolated]:
    """The classes, and pairs of classes, of fewer than FEW `members` (a row a person, a column a variable) that the cells together tell."""
    cells = [cell for cell in cells if cell]
    used = sorted({name for cell in cells for name in cell})
    if not used:
        return []
    classes = members[used].astype(object).fillna("").groupby(used, sort=True).size().rename("persons").reset_index()
    matrix = np.array([np.logical_and.reduce([classes[v].isin(levels) for v, levels in cell.items()]) for cell in cells] + [np.ones(len(classes))])
    matrix = np.unique(matrix.astype(float), axis=0)
    values, vectors = np.linalg.eigh(matrix.T @ matrix)
    basis = vectors[:, values > ZERO * max(values.max(), 1)]
    rest = np.eye(len(classes)) - basis @ basis.T  # of a class: what the releases do not tell of it
    n, own = classes["persons"].to_numpy(), np.diag(rest)
    ones = [(i,) for i in np.flatnonzero((n < FEW) & (own < ZERO))]
    small = np.flatnonzero(n < FEW)
    together = own[small][:, None] + own[small] + 2 * rest[np.ix_(small, small)]
    pairs = np.argwhere(np.triu((together < ZERO) & (n[small][:, None] + n[small] < FEW), 1))
    names = [", ".join(f"{v}={classes.at[i, v]}" for v in used) for i in range(len(classes))]
    return [Isolated(int(n[list(places)].sum()), " and ".join(names[i] for i in places)) for places in [*ones, *map(tuple, small[pairs])]]


def released(book: Codebook, asked: pd.DataFrame, persons: pd.Series) -> pd.DataFrame:
    """The rows of a table on demand as they are given out: n to TO, whole per cent, no counts. Raises TABLE_SMALL.

    `asked` as `estimation.on_demand.estimate` gives them, `persons` the population of each row's group. A distribution of more than three answers is
    given in three classes where a group has few; the table is whole or refused.
    """
    limits = book.panel.limits
    few = asked.groupby("indicator")["n"].transform("min") < limits.distribution
    classed = asked["indicator"].isin(asked.loc[asked["statistic"].eq("share_of_three"), "indicator"])
    full = asked["statistic"].eq("share") & asked["category"].notna() & asked["by"].ne("")
    asked = asked[~(full & few & classed) & ~(asked["statistic"].eq("share_of_three") & ~few)]
    base = asked.loc[asked["by"].eq(""), "n"].min()
    short = asked[(asked["n"] < limits.base) | (persons.reindex(asked.index) < limits.population)]
    if base < limits.released_base or len(short):
        told = f"the table rests on {base} answers; {limits.released_base} are needed"
        if len(short):
            names = sorted({f"{level} {level2}".strip() for level, level2 in zip(short["level"], short["level2"], strict=True)})
            told = f"too few in {', '.join(names[:5])}: each group needs {limits.base} answers and {limits.population} persons in the population"
        raise LegepaneletError("TABLE_SMALL", told, "Ask by larger groups, or of more persons.")
    digits = asked["unit"].map({"share": 2}).fillna(1).astype(int)
    figures = {c: [round(v, d) for v, d in zip(asked[c], digits, strict=True)] for c in ("estimate", "lower", "upper")}
    gone = dict.fromkeys(("se", "df", "p", "p_adjusted"), np.nan) | dict.fromkeys(("count", "n_missing", "n_both"), pd.NA)
    n = ((asked["n"].astype("Float64") / TO).round() * TO).astype("Int64")
    return asked.assign(**figures, **gone, n=n)


def corrected(old: pd.DataFrame, new: pd.DataFrame, sensitive: pd.Series) -> pd.DataFrame:
    """Estimates that a publication shows otherwise than the one before it: `id, n, n_earlier, count, count_earlier, sensitive`.

    Of ordinary items those whose numbers moved by under FEW, and means that moved while n did not; of `sensitive` ones (of the new rows) all moved.
    """
    rows = new[new["kind"].eq("estimate") & new["status"].eq("shown")].assign(sensitive=sensitive)
    both = rows.merge(old[old["status"].eq("shown")], on="id", suffixes=("", "_earlier"))
    moved = [(both[c].astype(float) - both[f"{c}_earlier"].astype(float)).abs().fillna(0) for c in ("n", "count")]
    differ = both["estimate"].ne(both["estimate_earlier"])
    few = moved[0].between(1, FEW - 1) | moved[1].between(1, FEW - 1) | (differ & moved[0].eq(0) & both["unit"].eq("mean"))
    other = both["sensitive"] & ((moved[0] > 0) | (moved[1] > 0) | differ)
    return both.loc[(few & ~both["sensitive"]) | other, ["id", "n", "n_earlier", "count", "count_earlier", "sensitive"]]
