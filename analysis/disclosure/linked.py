"""Linked tables: which published counts are sums of which others, question by question.

A family is all that one question (or one 0/1 indicator of a scale) is published in: its categories, its dichotomies, its three
classes, overall and by every group; a mean by every group; and the reasons of missing answers. Protection works on these relations.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.codebook.model import Question
from analysis.estimation.levels import class_of

COUNTED = ("share", "share_of_three")
REASONS = (
    "unanswered",
    "refused",
    "not_applicable",
    "unusable",
)  # those who were asked; their sum is published as n_missing
TABLE = ["by", "by2"]


@dataclass(frozen=True)
class Family:
    """`cells`: a row a count (place in the results as `row`, or -1 for a rest that is nowhere published; part, by, level, by2, level2,
    count, n; of a mean half of n as count). `relations`: each a dict cell -> coefficient whose sum never changes, whatever the hidden counts are."""

    name: str
    cells: pd.DataFrame
    relations: list[dict[int, int]]


def families(book: Codebook, wave: int, results: pd.DataFrame, wanted: set[str]) -> list[Family]:
    """The families of a wave's results (as `results.table` gives them) that any of the indicators `wanted` is in."""
    counted = results[
        (results["kind"] == "estimate") & results["statistic"].isin(COUNTED) & (results["model"] == "") & results["count"].notna()
    ]  # fmt: skip
    own = {name: part for name, part in counted.groupby("indicator", sort=False)}
    reasons = results[(results["by"] == "missing") & results["level"].isin(REASONS)]
    never = results[(results["statistic"] == "share_not_applicable") & (results["by"] == "") & (results["model"] == "")]
    found, taken = [], set()
    for question in book.questions(wave).values():
        if question.type == "single":
            names = [question.id, *(d.id for d in question.dichotomies)]
            taken |= set(names)
            if wanted.isdisjoint(names):
                continue
            if parts := [own[n] for n in names if n in own]:
                found.append(_of_question(question, pd.concat(parts)))
        if not (why := reasons[reasons["indicator"] == question.id]).empty:
            found.append(_of_reasons(question.id, why, never[never["indicator"] == question.id]))
    for indicator in of_wave(book, wave):
        if indicator.id in wanted - taken and indicator.id in own:
            cells = _cells(own[indicator.id], "yes")
            found.append(_family(indicator.id, cells, []))
    means = results[(results["kind"] == "estimate") & (results["statistic"] == "mean") & (results["model"] == "")]
    for name, rows in means[means["indicator"].isin(wanted)].groupby("indicator", sort=False):
        # A group's sum is the total's less the others', as a count is; nothing but its base is known of it.
        halves = rows.assign(count=rows["n"].astype(float) / 2)
        found.append(_family(f"{name}, mean", _cells(halves, "mean"), []))
    return found


def _cells(rows: pd.DataFrame, part) -> pd.DataFrame:
    found = rows[["by", "level", "by2", "level2", "count", "n"]].astype({"count": float, "n": int})
    return found.assign(row=rows.index, part=part).reset_index(drop=True)


def _of_question(question: Question, rows: pd.DataFrame) -> Family:
    part = rows["indicator"].where(rows["category"].isna(), "c" + rows["category"].astype("string"))
    part = part.where(rows["statistic"] != "share_of_three", "k" + rows["category"].astype("string"))
    cells = _cells(rows, part.to_numpy())
    codes = sorted(int(p[1:]) for p in cells["part"].unique() if p[0] == "c" and p[1:].isdigit())
    sums = {
        d.id: [c for c in codes if (c in d.codes if d.codes is not None else c > d.above)] for d in question.dichotomies
    }
    classes = class_of(codes) if len(codes) > 3 else {}
    sums |= {f"k{k}": [c for c in codes if classes.get(c) == k] for k in (1, 2, 3)}
    relations = []
    for _, here in cells.groupby(["by", "level", "by2", "level2"], sort=False):
        place = dict(zip(here["part"], here.index, strict=True))
        if codes and all(f"c{c}" in place for c in codes):
            relations.append({place[f"c{c}"]: 1 for c in codes})
            relations += [{place[p]: -1} | {place[f"c{c}"]: 1 for c in of} for p, of in sums.items() if p in place]
    return _family(question.id, cells, relations)


def _of_reasons(question: str, rows: pd.DataFrame, never: pd.DataFrame) -> Family:
    """The reasons' sum is published: it is their base. `never`: whom it does not apply to, as a share of its own."""
    both = pd.concat([rows, never.assign(level="share")])
    cells = _cells(both.assign(n=rows["count"].sum(), by="", level=""), both["level"].to_numpy())
    relations = [dict.fromkeys(range(len(rows)), 1)]
    if not never.empty:
        relations.append({int(cells.index[cells["part"] == "not_applicable"][0]): 1, len(rows): -1})
    return Family(f"{question}, missing", cells, relations)


def _family(name: str, cells: pd.DataFrame, relations: list[dict[int, int]]) -> Family:
    """With the sums over the groups of every table; who is in no group is a rest, which nobody publishes."""
    rests, key = [], ["by", "level", "by2", "level2", "part"]
    place = {tuple(k): i for i, k in zip(cells.index, cells[key].itertuples(index=False), strict=True)}
    for by, by2 in cells[TABLE].drop_duplicates().itertuples(index=False):
        table = cells[(cells["by"] == by) & (cells["by2"] == by2)]
        sides = [("", "")] if not by2 else [(by, "level"), (by2, "level2")]
        for side, column in sides if by else []:
            outer = table.groupby(["part", column] if side else ["part"], sort=False)
            for index, inner in outer:
                total = place.get((side, index[1], "", "", index[0]) if side else ("", "", "", "", index[0]))
                if total is None:
                    continue
                relation = {total: -1} | dict.fromkeys(inner.index, 1)
                n_rest = cells.at[total, "n"] - inner["n"].sum()
                if n_rest > 0:
                    number = len(cells) + len(rests)
                    count = cells.at[total, "count"] - inner["count"].sum()
                    which = f"{by} x {by2}, {side} {index[-1] if side else ''}"
                    rests.append(
                        cells.loc[total].to_dict()
                        | {"row": -1, "count": count, "n": n_rest, "by": "rest", "level": which}
                    )
                    relation[number] = 1
                relations.append(relation)
    if rests:
        cells = pd.concat([cells, pd.DataFrame(rests)], ignore_index=True)
        categories = cells[(cells["row"] == -1) & cells["part"].str.fullmatch(r"c\d+")]
        relations += [dict.fromkeys(of, 1) for of in categories.groupby("level").groups.values()]
    return Family(name, cells, relations)


def told(family: Family, hidden: np.ndarray) -> Family:
    """The family without the tables of which nothing is shown: they tell nothing, and nothing of them can be computed."""
    cells = family.cells
    shown = cells.assign(shown=~hidden & (cells["row"] >= 0))
    tables = shown.groupby(TABLE)["shown"].transform("any")
    kept = set(cells.index[tables])
    whole = [r for r in family.relations if {i for i in r if cells.at[i, "row"] >= 0} <= kept]
    kept |= {i for r in whole for i in r}  # their rests
    index = {old: new for new, old in enumerate(sorted(kept))}
    return Family(family.name, cells.loc[sorted(kept)], [{index[i]: k for i, k in r.items()} for r in whole])
