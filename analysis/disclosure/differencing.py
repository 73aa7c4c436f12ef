"""Differencing: what a new release of a wave tells together with those before it.

Two releases that count almost the same doctors tell on those they differ by: a correction, another base, a group within a group, another
grouping. And a figure that one of them hides may have been shown by the other.
"""

from itertools import chain, combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis.disclosure.population import of_row
from analysis.disclosure.releases import CELL, KEY
from analysis.disclosure.rules import SMALLEST_SENSITIVE_COUNT

FOUND = ["id", "release", "earlier", "n", "n_earlier", "count", "count_earlier", "doctors", "sensitive"]
LARGEST_UNION = 3  # groups whose sum is held against groups of another grouping
GROUP = ("by", "level", "by2", "level2", "where")


def differences(new: pd.DataFrame, memory: pd.DataFrame, sensitive: set[str]) -> pd.DataFrame:
    """The pairs of a new figure and one that is out whose difference isolates fewer than SMALLEST_SENSITIVE_COUNT doctors.

    `new` as `releases.figures` gives it, `memory` as `releases.read` does, `sensitive` the ids of sensitive indicators. Gives FOUND:
    `doctors` is how many.
    """
    pairs = new.merge(memory, on=KEY, suffixes=("", "_earlier")).rename(columns={"id_earlier": "earlier"})
    apart = [(pairs[c] - pairs[f"{c}_earlier"]).abs() for c in ("n", "count")]
    pairs["doctors"] = pd.concat(apart, axis=1).max(axis=1)
    pairs = pd.concat([pairs, nested(new, memory), regrouped(new, memory)], ignore_index=True)
    few = pairs[pairs["doctors"].gt(0) & pairs["doctors"].lt(SMALLEST_SENSITIVE_COUNT)]
    return few.assign(sensitive=few["indicator"].isin(sensitive)).reindex(columns=FOUND).reset_index(drop=True)


def nested(new: pd.DataFrame, memory: pd.DataFrame) -> pd.DataFrame:
    """Pairs of a new figure and one that is out of which the one group lies within the other, with the `doctors` between them.

    Only tables on demand are looked at: other groups are parts of one whole, and the auditor knows those.
    """
    tables, asked = memory[memory["where"] != ""], new["where"] != ""
    pairs = pd.concat(
        [
            one.merge(other, on=CELL, suffixes=("", "_earlier"))
            for one, other in ((new[~asked], tables), (new[asked], memory))
        ]
    )
    inside = []
    for row in pairs.itertuples():
        earlier = SimpleNamespace(**{name: getattr(row, f"{name}_earlier") for name in GROUP})
        mine, theirs = of_row(row), of_row(earlier)
        inside.append(mine != theirs and (_within(mine, theirs) or _within(theirs, mine)))
    found = pairs[np.array(inside, dtype=bool)]
    return found.assign(doctors=(found["n"] - found["n_earlier"]).abs()).rename(columns={"id_earlier": "earlier"})


def _within(inner: dict, outer: dict) -> bool:
    return all(variable in inner and inner[variable] <= levels for variable, levels in outer.items())


def regrouped(new: pd.DataFrame, memory: pd.DataFrame) -> pd.DataFrame:
    """Pairs of groups of one variable, or sums of groups, where the wave was cut otherwise before, with the `doctors` between them.

    Who stood in the earlier groups is not remembered: what lies fewer than SMALLEST_SENSITIVE_COUNT apart in every item is taken for nested.
    """
    found = []
    here, there = (t[t["by"].ne("") & t["by2"].eq("") & t["where"].eq("") & t["n"].notna()] for t in (new, memory))
    for release in sorted(there["release"].astype(int).unique()):
        known = there[there["release"].astype(int) <= release].drop_duplicates(KEY, keep="last")
        for by, now in here.groupby("by"):
            before = known[known["by"] == by]
            if before.empty or set(before["level"]) == set(now["level"]):
                continue  # the same groups are compared one by one
            n, ids = ([t.pivot(index=CELL, columns="level", values=v) for t in (now, before)] for v in ("n", "id"))
            cells = n[0].index.intersection(n[1].index)
            for mine, theirs, apart in _close(n[0].loc[cells], n[1].loc[cells]):
                for cell, doctors in apart[apart > 0].items():
                    found.append(dict(zip(CELL, cell, strict=True)) | {
                        "id": " + ".join(ids[0].loc[cell, mine]), "release": release, "earlier": " + ".join(ids[1].loc[cell, theirs]),
                        "n": n[0].loc[cell, mine].sum(), "n_earlier": n[1].loc[cell, theirs].sum(), "doctors": doctors})  # fmt: skip
    return pd.DataFrame(found, columns=[*CELL, "id", "release", "earlier", "n", "n_earlier", "doctors"])


def _close(now: pd.DataFrame, before: pd.DataFrame):
    """(levels, levels before, how far apart in each item) of sums of groups that lie close but are not the same; tables: items x levels."""
    same = [level for level in now.columns.intersection(before.columns) if now[level].equals(before[level])]
    sums = []
    for table in (now, before):
        levels = sorted(table.columns.difference(same))
        unions = chain.from_iterable(combinations(levels, size) for size in range(1, LARGEST_UNION + 1))
        sums.append({union: table[list(union)].sum(axis=1, skipna=False) for union in unions})
    taken: list[tuple[set, set]] = []
    for mine, total in sums[0].items():
        for theirs, other in sums[1].items():
            apart = (total - other).abs().dropna()
            close = len(apart) and apart.lt(SMALLEST_SENSITIVE_COUNT).all() and apart.gt(0).any()
            # A group that stands on both sides adds nothing, nor does one more beside a pair that is told.
            if close and not set(mine) & set(theirs) and not any(a <= set(mine) and b <= set(theirs) for a, b in taken):
                taken.append((set(mine), set(theirs)))
                yield list(mine), list(theirs), apart


def put_back(published: pd.DataFrame, memory: pd.DataFrame, question: dict[str, str]) -> pd.DataFrame:
    """A wave's results as somebody has them who kept all releases: hidden figures that an earlier one showed are there again.

    `question`: what an indicator tells of. Where a figure of it has changed since, the releases are of other answers and tell nothing together.
    """
    old = memory[memory["status"].eq("shown")].drop_duplicates("id", keep="last").set_index("id")[["n", "count"]]
    known, subject = published["id"].isin(old.index), published["indicator"].map(question)
    now = published[["n", "count"]].astype(float).fillna(-1)
    before = old.astype(float).reindex(published["id"]).set_axis(published.index)
    changed = published["status"].eq("shown") & known & (now != before.fillna(-1)).any(axis=1)
    back = published["status"].str.startswith("hidden") & known & ~subject.isin(set(subject[changed]))
    found = published.copy()
    found.loc[back, "status"] = "shown"
    for column in ("n", "count"):
        found.loc[back, column] = before.loc[back, column].astype("Int64")
    return found
