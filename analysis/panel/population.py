"""Population uniqueness: how many members of the profession a group holds, whoever of them was asked or answered.

Ten answers say little about persons where a thousand could have given them, and much where there are only twelve.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from analysis.codebook.model import JOINT

# What the register knows of a doctor, and a reader may know too.
BACKGROUND = ("sex", "age_group", "position", "register_position", "specialty", "region", "licence_period")
GROUP = ["by", "level", "by2", "level2"]
Domain = Mapping[str, frozenset[str]]  # variable -> the levels of it that are in the group; all of these at once


@dataclass(frozen=True)
class Figures:
    """How many doctors there are: in all, and by each variable or crossing that is counted: its parts, and (level of each part, doctors) a row."""

    total: float
    tables: tuple[tuple[tuple[str, ...], tuple[tuple[dict[str, str], float], ...]], ...]

    @classmethod
    def of(cls, table: pd.DataFrame) -> "Figures":
        """Of a table `variable, level, count`; a variable may be a crossing, `specialty:region` with levels `surgery:north` (and `sex_age`)."""
        first = table["variable"].eq(next(iter(table["variable"]), ""))
        found = []
        for variable, rows in table.groupby("variable"):
            parts = ("sex", "age_group") if variable == "sex_age" else tuple(variable.split(":"))
            split = [level.split(":") for level in rows["level"]]
            if max(map(len, split)) == len(parts):
                found.append((parts, tuple((dict(zip(parts, level, strict=False)), n) for level, n in zip(split, rows["count"], strict=True))))
        return cls(float(table.loc[first, "count"].sum()), tuple(found))


def size(domain: Domain, doctors: pd.DataFrame, figures: Figures) -> float:
    """Doctors of the population in a group.

    `doctors`: everyone of the sample (`eligible`, `start_weight`, the variables). A figure for just these variables decides; else the sum of the
    start weights, but no more than any figure that counts the group and others.
    """
    if not domain:
        return figures.total
    at_most = []
    for parts, rows in figures.tables:
        if not (wanted := set(parts) & set(domain)):
            continue
        count = float(sum(n for level, n in rows if all(level.get(v) in domain[v] for v in wanted)))
        if set(domain) <= set(parts):
            return count
        at_most.append(count)
    inside = doctors["eligible"].astype(bool)
    for variable, levels in domain.items():
        inside &= doctors[variable].isin(levels)
    return min([float(doctors.loc[inside, "start_weight"].sum()), *at_most])


def of_row(row) -> dict[str, frozenset[str]]:
    """The group a results row is about: its levels, `academia~other` being two."""
    return {by: frozenset(level.split(JOINT)) for by, level in ((row.by, row.level), (row.by2, row.level2)) if by}


def _within(domain: Domain, where: Domain) -> Domain:
    return {v: domain.get(v, where.get(v)) & where.get(v, domain.get(v)) for v in {**domain, **where}}


def sizes(results: pd.DataFrame, doctors: pd.DataFrame, figures: pd.DataFrame, where: Domain = MappingProxyType({})) -> pd.Series:
    """`size` of the group of every estimate and comparison, of those that `where` leaves; missing for rows about no group of persons."""
    rows = results[results["kind"].isin(["estimate", "comparison"]) & results["model"].eq("")]
    groups = rows[GROUP].drop_duplicates()
    counted = Figures.of(figures)
    known = groups["by"].isin(["", *BACKGROUND]) & groups["by2"].isin(["", *BACKGROUND])
    found = groups[known].assign(persons=[size(_within(of_row(row), where), doctors, counted) for row in groups[known].itertuples()])
    return rows[GROUP].merge(found, on=GROUP, how="left").set_index(rows.index)["persons"].reindex(results.index)
