"""Population uniqueness: how many members of the profession a group holds, whoever of them was asked or answered.

Ten answers say little about persons where a thousand doctors could have given them, and much where there are only twelve.
"""

from collections.abc import Mapping

import pandas as pd

# What the register knows of a doctor, and a reader may know too.
BACKGROUND = ("sex", "age_group", "position", "register_position", "specialty", "region", "licence_period")
Domain = Mapping[str, frozenset[str]]  # variable -> the levels of it that are in the group; all of these at once


def size(domain: Domain, doctors: pd.DataFrame, figures: pd.DataFrame) -> float:
    """Doctors of the population in a group.

    `doctors`: everyone of the sample (`eligible`, `start_weight`, the variables); `figures`: `variable, level, count` of the population.
    A figure for just these variables decides: a variable may be a crossing, `specialty:region` with levels `surgery:north` (and
    `sex_age`). Else the sum of the start weights, but no more than any figure that counts the group and others.
    """
    if not domain:
        return float(figures.loc[figures["variable"] == figures["variable"].iloc[0], "count"].sum())
    at_most = []
    for variable, rows in figures.groupby("variable"):
        parts = ("sex", "age_group") if variable == "sex_age" else tuple(variable.split(":"))
        if not set(parts) & set(domain):
            continue
        levels = rows["level"].str.split(":", expand=True)
        if levels.shape[1] != len(parts):
            continue
        inside = pd.Series(True, index=rows.index)
        for place, part in enumerate(parts):
            if part in domain:
                inside &= levels[place].isin(domain[part])
        count = float(rows.loc[inside, "count"].sum())
        if set(domain) <= set(parts):
            return count
        at_most.append(count)
    inside = doctors["eligible"].astype(bool)
    for variable, levels in domain.items():
        inside &= doctors[variable].isin(levels)
    return min([float(doctors.loc[inside, "start_weight"].sum()), *at_most])


def of_row(row) -> dict[str, frozenset[str]]:
    """The group a results row is about: its levels, and for a table on demand what its `where` says (`sex=female;region=west,north`)."""
    domain: dict[str, frozenset[str]] = {}
    for by, level in ((row.by, row.level), (row.by2, row.level2)):
        if by:
            domain[by] = frozenset({level})
    for variable, levels in parse_where(getattr(row, "where", "")).items():
        domain[variable] = domain.get(variable, levels) & levels
    return domain


def parse_where(text: str) -> dict[str, frozenset[str]]:
    """`sex=female;region=west,north` as variable -> levels. No check of names: whoever asks has done that."""
    pairs = (part.split("=", 1) for part in text.split(";") if part)
    return {name: frozenset(levels.split(",")) for name, levels in pairs}


def sizes(results: pd.DataFrame, doctors: pd.DataFrame, figures: pd.DataFrame) -> pd.Series:
    """`size` of the group of every estimate and comparison; missing for rows about no group of doctors."""
    rows = results[results["kind"].isin(["estimate", "comparison"]) & results["model"].eq("")]
    found: dict[frozenset, float] = {}
    values = {}
    for row in rows.itertuples():
        domain = of_row(row)
        if set(domain) <= set(BACKGROUND) & set(doctors):
            key = frozenset(domain.items())
            if key not in found:
                found[key] = size(domain, doctors, figures)
            values[row.Index] = found[key]
    return pd.Series(values, dtype=float).reindex(results.index)
