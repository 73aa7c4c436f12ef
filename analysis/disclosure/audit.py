"""The auditor: what an attacker can compute of the hidden counts from everything that is published of a wave.

It shares nothing with the protector but the results table. It counts unknown persons: how many of each answer stand in each crossing of
all groups. Every published count is a sum of such numbers, and a linear programme (HiGHS) gives the least and the most that a hidden count
can be. A second one does the same for weighted shares. The attacker knows the rules, every n and count shown, the population margins and how
shares are rounded, not the weight of a person. All documents show rows of the results (their ledger is checked against them), so
the results are all documents together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.codebook.model import Question
from analysis.disclosure.population import of_row
from analysis.errors import LegepaneletError
from analysis.estimation.levels import class_of

WIDTH = 5  # a safe interval of a count spans at least this
SMALL_GROUP = 10  # of so few, whatever they answered, neither that none nor that all did may be told
ROUNDING = 0.00005  # half a unit of the last digit that a published share has at most
REST = "(in no group)"
COLUMNS = ["id", "count", "n", "least", "most", "share_least", "share_most", "verdict"]


@dataclass(frozen=True)
class Subject:
    """One thing answered: its codes, and which codes each published row counts, by (indicator, statistic, category)."""

    codes: tuple[int, ...]
    counted: dict[tuple, frozenset[int]]


def audit(book: Codebook, wave: int, published: pd.DataFrame, complete: pd.DataFrame) -> pd.DataFrame:
    """A row a hidden count: COLUMNS. `complete` serves only to judge, the attack is on `published` (both as results tables).

    Tables on demand stand among them with a column `where`: the part of the doctors they are about.
    Verdicts: `safe`; `classes`: an ordinary distribution shown in classes instead, no secret; `RECOVERABLE`: the interval of the count
    spans less than WIDTH (or than its whole base), or tells that there is someone where fewer than WIDTH are (or someone else).
    """
    if "where" not in published:
        published = published.assign(where="")
    sensitive = {name for i in of_wave(book, wave) if i.sensitive for name in (i.id, i.question)}
    truth = complete.set_index("id")[["count", "n"]]
    found: dict[str, list[float]] = {}
    shares = _population(published)
    # How many were asked in a group is known, also where the row is hidden: other questions show it.
    known_n = published["n"].fillna(published["id"].map(truth["n"]))
    own = {name: part for name, part in published.assign(n=known_n)[published["model"] == ""].groupby("indicator")}
    for subject in _subjects(book, wave):
        if parts := [own[name] for name in dict.fromkeys(key[0] for key in subject.counted) if name in own]:
            rows = pd.concat(parts)
            rows = rows[rows["kind"].eq("estimate") & _keys(rows).isin(list(subject.counted))]
            secret = not sensitive.isdisjoint(key[0] for key in subject.counted)
            _narrow(found, _attack(subject, rows, set() if secret else _in_classes(subject, rows), shares))
    for question in book.questions(wave):
        if question in own:
            _narrow(found, _attack_reasons(own[question]))
    table = pd.DataFrame(
        [[i, *v] for i, v in found.items()], columns=["id", "least", "most", "share_least", "share_most", "base"]
    )
    table["count"], table["n"] = (table["id"].map(truth[c]).astype(float) for c in ("count", "n"))
    tiny = table["n"] < SMALL_GROUP
    table["n"] = table[["base", "n"]].min(axis=1)
    indicator = table["id"].map(complete.set_index("id")["indicator"])
    given_back = _given_back(published)
    table["verdict"] = [
        "classes" if np.isnan(r.least) else
        "RECOVERABLE" if r.id in given_back or not _safe(r, name in sensitive, of_few) else "safe"
        for r, name, of_few in zip(table.itertuples(), indicator, tiny, strict=True)
    ]  # fmt: skip
    return table[COLUMNS]


def _safe(row, sensitive: bool, tiny: bool) -> bool:
    least, most = np.ceil(row.least - 1e-6), np.floor(row.most + 1e-6)
    few, few_not = (tiny or (sensitive and side < WIDTH) for side in (row.count, row.n - row.count))
    told = (few and (least > 0 or row.share_least > 1e-9)) or (few_not and (most < row.n or row.share_most < 1 - 1e-9))
    return most - least >= min(WIDTH, row.n) and not told


def _narrow(found: dict[str, list[float]], more: dict[str, list[float]]) -> None:
    """Several attacks on one count: the narrowest interval of all."""
    for name, (least, most, low, high, base) in more.items():
        old = found.get(name, [least, most, low, high, base])
        found[name] = [max(old[0], least), min(old[1], most), max(old[2], low), min(old[3], high), base]


def _keys(rows: pd.DataFrame) -> pd.Series:
    category = rows["category"].astype("Int64").fillna(-1)
    return pd.Series(
        list(zip(rows["indicator"], rows["statistic"], category, strict=True)), index=rows.index, dtype=object
    )


def _subjects(book: Codebook, wave: int) -> Iterator[Subject]:
    """Every closed question; every option of a multiple choice (with the option that excludes it); every 0/1 indicator of a scale."""
    for q in book.questions(wave).values():
        if q.type == "number":
            yield from (Subject((0, 1), {(d.id, "share", -1): frozenset({1})}) for d in q.dichotomies)
        elif q.type == "single":
            yield _single(q, sorted(book.responses(q).categories))
        else:
            for code in book.responses(q).categories:
                counted = {(f"{q.id}_{code}", "share", -1): frozenset({1})}
                if q.exclusive and code not in q.exclusive:
                    yield Subject((0, 1, 2), counted | {(f"{q.id}_{q.exclusive[0]}", "share", -1): frozenset({2})})
                else:
                    yield Subject((0, 1), counted)
    for name in (i.id for i in of_wave(book, wave) if i.question is None and i.kind == "binary"):
        yield Subject((0, 1), {(name, "share", -1): frozenset({1})})


def _single(q: Question, codes: list[int]) -> Subject:
    counted = {(q.id, "share", c): frozenset({c}) for c in codes}
    for d in q.dichotomies:
        counted[(d.id, "share", -1)] = frozenset(
            c for c in codes if (c in d.codes if d.codes is not None else c > d.above)
        )
    if len(codes) > 3:
        for c, k in class_of(codes).items():
            counted[(q.id, "share_of_three", k)] = counted.get((q.id, "share_of_three", k), frozenset()) | {c}
    return Subject(tuple(codes), counted)


def _in_classes(subject: Subject, rows: pd.DataFrame) -> set[str]:
    """Of an ordinary item: ids of the hidden categories of tables that show no category but those that are a class of their own."""
    found = set()
    if len(subject.codes) > 3:
        categories = rows[rows["category"].notna() & rows["statistic"].eq("share") & rows["by"].ne("")]
        for _, table in categories.groupby(["by", "by2", "where"]):
            shown = set(table.loc[table["status"] == "shown", "category"])
            if table.loc[table["status"] != "shown", "status"].eq("hidden_small").all() and not shown & set(
                table.loc[table["status"] != "shown", "category"]
            ):
                found |= set(table.loc[table["status"] != "shown", "id"])
    return found


def _attack(
    subject: Subject, rows: pd.DataFrame, in_classes: set[str], shares: dict[str, dict[str, float]]
) -> dict[str, list[float]]:
    """Id -> [least, most, share_least, share_most, base] of the hidden rows; those shown in classes without figures."""
    shown, hidden = rows[rows["status"] == "shown"], rows[rows["status"].str.startswith("hidden")]
    found = {i: [np.nan, np.nan, 0.0, 1.0, np.nan] for i in hidden["id"] if i in in_classes}
    hidden = hidden[~hidden["id"].isin(in_classes)]
    if hidden.empty:
        return found
    groups = {row.Index: of_row(row) for row in rows.itertuples()}
    told = {b for place in shown.index for b in groups[place]}  # variables by which something is shown
    levels = {b: [*sorted(set().union(*(g.get(b, ()) for g in groups.values()))), REST] for b in sorted(told)}
    atoms = pd.DataFrame(list(product(subject.codes, *levels.values())), columns=["code", *levels])

    def mask(row, codes=None) -> np.ndarray:
        inside = np.ones(len(atoms)) if codes is None else atoms["code"].isin(codes).to_numpy(float)
        for by, those in groups[row.Index].items():
            if by in levels:
                inside = inside * atoms[by].isin(those).to_numpy(float)
        return inside

    def silent(row) -> bool:
        """Whether nothing is shown of the row's table: then no more is known of it than of all together."""
        return any(b not in levels for b in groups[row.Index])

    equations: dict[bytes, tuple[np.ndarray, float]] = {}
    for row, key in zip(shown.itertuples(), _keys(shown), strict=True):
        sums = mask(row, subject.counted[key])
        equations[sums.tobytes()] = (sums, float(row.count))
    for row in rows.itertuples():
        if not silent(row):
            equations[mask(row).tobytes()] = (mask(row), float(row.n))
    left = np.array([e for e, _ in equations.values()]) if equations else None
    right = np.array([t for _, t in equations.values()]) if equations else None
    weighted = _weighted(subject, shown, hidden, shares)
    for row, key in zip(hidden.itertuples(), _keys(hidden), strict=True):
        goal = mask(row, subject.counted[key])
        ends = [linprog(sign * goal, A_eq=left, b_eq=right, bounds=(0, None)) for sign in (1, -1)]
        least, most = (0.0 if silent(row) else ends[0].fun), (-ends[1].fun if ends[1].status == 0 else np.inf)
        # Of a silent table nothing is told: a count's base is what the total leaves.
        found[row.id] = [least, most, *weighted.get(row.id, (0.0, 1.0)), most if silent(row) else np.nan]
    return found


def _population(published: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Variable -> level -> share of the population that its respondents weigh."""
    rows = published[(published["indicator"] == "representativeness") & (published["statistic"] == "share_weighted")]
    return {by: dict(zip(part["level"], part["estimate"], strict=True)) for by, part in rows.groupby("by")}


def _weighted(
    subject: Subject, shown: pd.DataFrame, hidden: pd.DataFrame, shares: dict[str, dict[str, float]]
) -> dict[str, tuple]:
    """Id -> (least, most) weighted share of the hidden rows, overall and by one group whose population is known.

    Shares of a group's answers sum to one; a total is the groups' mean by population, but for those who did not answer.
    """
    shown, hidden = (
        shown[shown["where"] == ""],
        hidden[hidden["where"] == ""],
    )  # the margins are known of all doctors only
    groups = [("", "")] + [(by, level) for by in shares for level in shares[by] if by in set(shown["by"])]
    place = {(c, g): i for i, (c, g) in enumerate(product(subject.codes, groups))}
    rows, low, high = [], [], []

    def add(terms: dict[int, float], at_least: float, at_most: float) -> None:
        row = np.zeros(len(place))
        for column, k in terms.items():
            row[column] += k
        rows.append(row)
        low.append(at_least)
        high.append(at_most)

    for g in groups:
        add({place[c, g]: 1 for c in subject.codes}, 1, 1)
    asked = (shown["n"] + shown["n_missing"]).astype(float)
    loss = 2 * float((shown["n_missing"].astype(float) / asked).max()) if len(shown) else 1.0
    for by in {by for by, _ in groups if by}:
        for c in subject.codes:
            terms = {place[c, (by, level)]: share for level, share in shares[by].items()}
            add(terms | {place[c, ("", "")]: -1}, -loss, loss)
    usable = [
        (r, k)
        for r, k in zip(shown.itertuples(), _keys(shown), strict=True)
        if r.by2 == "" and (r.by, r.level) in groups
    ]
    for row, key in usable:
        terms = {place[c, (row.by, row.level)]: 1.0 for c in subject.counted[key]}
        add(terms, row.estimate - ROUNDING, row.estimate + ROUNDING)
    left, low, high = np.array(rows), np.array(low), np.array(high)
    found = {}
    for row, key in zip(hidden.itertuples(), _keys(hidden), strict=True):
        if row.by2 == "" and (row.by, row.level) in groups:
            goal = np.zeros(len(place))
            goal[[place[c, (row.by, row.level)] for c in subject.counted[key]]] = 1
            ends = [
                linprog(s * goal, A_ub=np.vstack([left, -left]), b_ub=np.r_[high, -low], bounds=(0, 1)) for s in (1, -1)
            ]
            if all(e.status == 0 for e in ends):
                found[row.id] = (ends[0].fun, -ends[1].fun)
    return found


def _attack_reasons(mine: pd.DataFrame) -> dict[str, list[float]]:
    """Reasons of missing answers: their sum is published as `n_missing`, "does not apply" in some articles as a share of its own."""
    rows = mine[(mine["by"] == "missing") & (mine["level"] != "not_asked")]
    hidden = rows[rows["status"].str.startswith("hidden")]
    if hidden.empty:
        return {}
    reasons = list(rows["level"])
    known = dict(zip(rows["level"], rows["count"], strict=True))
    overall = mine[(mine["kind"] == "estimate") & (mine["by"] == "") & (mine["status"] == "shown")]
    never = overall[overall["statistic"] == "share_not_applicable"]
    if not never.empty:
        known["not_applicable"] = never["count"].iloc[0]
    totals = overall.loc[overall["statistic"] != "share_not_applicable", "n_missing"].dropna()
    bounds = [(0, None) if pd.isna(known[r]) else (float(known[r]),) * 2 for r in reasons]
    total = {} if totals.empty else {"A_eq": np.ones((1, len(reasons))), "b_eq": [float(totals.iloc[0])]}
    found = {}
    for row in hidden.itertuples():
        goal = np.array([float(r == row.level) for r in reasons])
        ends = [linprog(sign * goal, bounds=bounds, **total) for sign in (1, -1)]
        most = -ends[1].fun if ends[1].status == 0 else np.inf
        found[row.id] = [ends[0].fun, most, 0.0, 1.0, float(totals.iloc[0]) if len(totals) else np.nan]
    return found


def _given_back(published: pd.DataFrame) -> set[str]:
    """Ids of hidden levels that a shown difference or change, together with the other level, gives back."""
    levels = published[published["kind"].eq("estimate") & published["category"].isna() & published["model"].eq("")]
    levels = levels[levels["where"] == ""]
    lost = levels[levels["status"].str.startswith("hidden")]
    place = {(r.indicator, r.by, r.level, r.by2, r.level2): r.id for r in lost.itertuples()}
    shown = published[published["kind"].isin(["comparison", "test"]) & published["status"].eq("shown")]
    keys = [k for r in shown.itertuples() for k in (
        (r.indicator, r.by, r.level, r.by2, r.level2), (r.indicator, r.by, r.vs_level, "", "") if r.vs_level else None)]  # fmt: skip
    return {place[k] for k in keys if k in place}


def refuse(attacked: pd.DataFrame, wave: int) -> None:
    """Raises DISCLOSURE_RECOVERABLE with the ids of the hidden counts that can be computed."""
    found = attacked[attacked["verdict"] == "RECOVERABLE"]
    if not found.empty:
        told = "\n".join(f"{r.id}: between {r.least:.0f} and {r.most:.0f}" for r in found.head(20).itertuples())
        more = f"\n... and {len(found) - 20} more" if len(found) > 20 else ""
        raise LegepaneletError(
            "DISCLOSURE_RECOVERABLE",
            f"{wave}: {len(found)} hidden counts can be computed from what is shown:\n{told}{more}",
            "Nothing was written. A link between tables is missing in analysis/disclosure/linked.py.",
        )
