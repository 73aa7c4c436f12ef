"""The auditor: whether an attacker can compute what is hidden from everything that is published of a wave.

It shares nothing with the protector but the results table; `attack.py` computes the intervals, here they are judged. The attacker knows the
rules, every n and count shown, the population margins and how shares are rounded, not the weight of a person. All documents show rows of
the results (their ledger is checked against them), so the results are all documents together.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.codebook.model import Question
from analysis.disclosure import attack
from analysis.disclosure.attack import MEAN, Intervals, Subject
from analysis.errors import LegepaneletError
from analysis.estimation.levels import class_of

WIDTH = 5  # a safe interval of a count spans at least this
SMALL_GROUP = 10  # of so few, whatever they answered, neither that none nor that all did may be told
COLUMNS = ["id", "count", "n", "least", "most", "verdict"]


def audit(book: Codebook, wave: int, published: pd.DataFrame, complete: pd.DataFrame) -> pd.DataFrame:
    """A row a hidden count or mean: COLUMNS. `complete` serves only to judge, the attack is on `published` (both as results tables).

    Tables on demand stand among them with a column `where`: the part of the doctors they are about.
    Verdicts: `safe`; `classes`: an ordinary distribution shown in classes instead, no secret; `RECOVERABLE`: the interval of the count
    spans less than WIDTH (or than its whole base), or tells that there is someone where fewer than WIDTH are (or someone else).
    """
    if "where" not in published:
        published = published.assign(where="")
    sensitive = {name for i in of_wave(book, wave) if i.sensitive for name in (i.id, i.question)}
    truth = complete.set_index("id")
    weights = attack.Weights.read(published)
    # How many were asked in a group is known, also where the row is hidden: other questions show it.
    known_n = published["n"].fillna(published["id"].map(truth["n"]))
    rows = published.assign(n=known_n).loc[published["model"] == "", attack.COLUMNS]
    own = {name: part for name, part in rows.groupby("indicator")}
    secret = {name for name, part in own.items() if part["status"].str.startswith("hidden").any()}
    found: Intervals = {}
    in_classes: set[str] = set()
    for subject in _subjects(book, wave):
        names = dict.fromkeys(key[0] for key in subject.counted)
        if not secret.isdisjoint(names):
            rows = pd.concat([own[name] for name in names if name in own])
            means = rows[rows["kind"].eq("estimate") & rows["statistic"].eq(MEAN)]
            rows = rows[rows["kind"].eq("estimate") & attack.keys(rows).isin(list(subject.counted))]
            hidden = set(rows.loc[rows["status"].str.startswith("hidden"), "id"])
            if sensitive.isdisjoint(names):
                in_classes |= (classes := _in_classes(subject, rows) & hidden)
                hidden -= classes
            attack.narrowest(found, attack.counts(subject, rows, hidden))
            if not subject.is_mean:
                attack.narrowest(found, attack.weighted(subject, rows, hidden, means, weights))
    for question in book.questions(wave):
        if question in secret:
            attack.narrowest(found, attack.reasons(own[question]))
    gone = attack.given_back(published)
    rows = [
        (name, count := truth.at[name, "count"], n := min(base, truth.at[name, "n"]), least, most,
         "RECOVERABLE" if name in gone or not _safe(count, n, truth.at[name, "n"], least, most, truth.at[name, "indicator"] in sensitive) else "safe")
        for name, (least, most, base) in found.items()
    ]  # fmt: skip
    rows += [
        (name, truth.at[name, "count"], truth.at[name, "n"], np.nan, np.nan, "classes") for name in sorted(in_classes)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _safe(count, n: float, answers: int, least: float, most: float, sensitive: bool) -> bool:
    """Whether an interval tells too little of a count or, where there is none, of a mean. `answers`: of the group."""
    if pd.isna(count):  # a mean that is hidden for another's sake may be known within an answer
        return most - least >= (min(WIDTH, n) if answers < SMALL_GROUP else 1) - 1e-6
    least, most = np.ceil(least - 1e-6), np.floor(most + 1e-6)
    few, few_not = (answers < SMALL_GROUP or (sensitive and side < WIDTH) for side in (count, n - count))
    told = (few and least > 0) or (few_not and most < n)
    return most - least >= min(WIDTH, n) and not told


def _subjects(book: Codebook, wave: int) -> Iterator[Subject]:
    """Every closed question; every option of a multiple choice (with the option that excludes it); every 0/1 indicator of a scale; every mean."""
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
    for i in of_wave(book, wave):
        if i.kind == "mean":
            yield Subject((0, 1), {(i.id, MEAN, -1): frozenset({1})})
        elif i.question is None:
            yield Subject((0, 1), {(i.id, "share", -1): frozenset({1})})


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


def refuse(attacked: pd.DataFrame, wave: int) -> None:
    """Raises DISCLOSURE_RECOVERABLE with the ids of the hidden counts and means that can be computed."""
    found = attacked[attacked["verdict"] == "RECOVERABLE"]
    if not found.empty:
        told = [
            r.id + ("" if pd.isna(r.count) else f": between {r.least:.0f} and {r.most:.0f}")
            for r in found.head(20).itertuples()
        ]
        more = f"\n... and {len(found) - 20} more" if len(found) > 20 else ""
        raise LegepaneletError(
            "DISCLOSURE_RECOVERABLE",
            f"{wave}: {len(found)} hidden figures can be computed from what is shown:\n" + "\n".join(told) + more,
            "Nothing was written. This is a fault of the program: report it with the wave's codebook, never with answers.",
        )
