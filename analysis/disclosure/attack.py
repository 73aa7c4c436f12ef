"""The attacks: linear programmes (HiGHS) for the least and the most that a hidden count can be, given all that is published.

Unknown are persons: how many of each answer stand in each crossing of all groups. Every published count is a sum of such numbers. A second
attack does the same for weighted shares, of which only the smallest and the largest weight are known; a third adds up the reasons of missing
answers. Nothing is shared with the protector.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from analysis.disclosure.population import of_row
from analysis.errors import LegepaneletError

ROUNDING = {"share": 0.00005, "mean": 0.0005}  # half a unit of the last digit that a published figure has at most
NOTHING = 1e-6  # what the solver may leave of a nought
REST = "(in no group)"
MEAN = "mean"
KNOWN = ("representativeness", "weights")  # indicators that tell of the population and of the weights
COLUMNS = [
    "id",
    "kind",
    "indicator",
    "category",
    "statistic",
    "by",
    "level",
    "by2",
    "level2",
    "where",
    "n",
    "count",
    "n_missing",
    "estimate",
    "status",
]
Intervals = dict[
    str, tuple[float, float, float]
]  # id of a hidden row -> the least and the most it can be, and its base


@dataclass(frozen=True)
class Subject:
    """One thing answered: its codes, and which codes each published row counts, by (indicator, statistic, category).

    A mean is attacked as a count of half its answers: what a group's sum adds up with is the same, whatever the sums are.
    """

    codes: tuple[int, ...]
    counted: dict[tuple, frozenset[int]]

    @property
    def is_mean(self) -> bool:
        return any(statistic == MEAN for _, statistic, _ in self.counted)


@dataclass(frozen=True)
class Weights:
    """What is published of the weights: variable -> level -> share of the population; the largest weight by the smallest."""

    shares: dict[str, dict[str, float]]
    ratio: float

    @classmethod
    def read(cls, published: pd.DataFrame) -> "Weights":
        rows = published[
            (published["indicator"] == "representativeness") & (published["statistic"] == "share_weighted")
        ]
        own = published[published["indicator"] == "weights"].set_index("statistic")["estimate"]
        known = {"smallest", "largest"} <= set(own.index)
        shares = {by: dict(zip(part["level"], part["estimate"], strict=True)) for by, part in rows.groupby("by")}
        return cls(shares, float(own["largest"] / own["smallest"]) if known else np.inf)

    def counts(self, least: float, most: float, n: float) -> tuple[float, float]:
        """The least and the most of n answers that a weighted share between `least` and `most` can be."""

        def some(share: float) -> float:
            return max(1.0, np.ceil(share * n / self.ratio - NOTHING)) if share > NOTHING else 0.0

        def all_but(share: float) -> float:
            return min(n, share * n * self.ratio) if share > NOTHING else 0.0

        return max(some(least), n - all_but(1 - least)), min(all_but(most), n - some(1 - most))


def keys(rows: pd.DataFrame) -> pd.Series:
    """What each row counts: (indicator, statistic, category or -1)."""
    category = rows["category"].astype("Int64").fillna(-1)
    return pd.Series(
        list(zip(rows["indicator"], rows["statistic"], category, strict=True)), index=rows.index, dtype=object
    )


def narrowest(found: Intervals, more: Intervals) -> None:
    """Several attacks on one count: what all of them leave. Changes `found`."""
    for name, (least, most, base) in more.items():
        old = found.get(name, (least, most, base))
        found[name] = (max(old[0], least), min(old[1], most), min(old[2], base))


def counts(subject: Subject, rows: pd.DataFrame, attacked: set[str]) -> Intervals:
    """The intervals of the hidden rows `attacked` (ids) from all shown counts and all n of the subject's rows."""
    shown, hidden = rows[rows["status"] == "shown"], rows[rows["id"].isin(attacked)]
    if hidden.empty:
        return {}
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
    for row, key in zip(shown.itertuples(), keys(shown), strict=True):
        sums = mask(row, subject.counted[key])
        equations[sums.tobytes()] = (sums, float(row.n) / 2 if key[1] == MEAN else float(row.count))
    for row in rows.itertuples():
        if not silent(row):
            equations[mask(row).tobytes()] = (mask(row), float(row.n))
    left = np.array([e for e, _ in equations.values()]) if equations else None
    right = np.array([t for _, t in equations.values()]) if equations else None
    found, ends = {}, {}
    for row, key in zip(hidden.itertuples(), keys(hidden), strict=True):
        goal = mask(row, subject.counted[key])
        if goal.tobytes() not in ends:  # all groups of a silent table are one
            ends[goal.tobytes()] = _ends(goal, A_eq=left, b_eq=right, bounds=(0, None))
        least, most = ends[goal.tobytes()]
        # Of a silent table nothing is told: a count's base is what the total leaves.
        found[row.id] = (0.0, most, most) if silent(row) else (least, most, float(row.n))
    return found


def weighted(
    subject: Subject, rows: pd.DataFrame, attacked: set[str], means: pd.DataFrame, weights: Weights
) -> Intervals:
    """The intervals of hidden rows, overall and by one group whose population is known, from all weighted shares and means.

    Shares of a group's answers sum to one; a mean is the sum of codes by shares; a total is the groups' mean by population, but for
    those who did not answer: how much these weigh is not known, so as much is allowed as makes the published figures agree.
    """
    whole = rows["where"].eq("")  # the margins are known of all doctors only
    told = set(rows.loc[rows["status"].eq("shown") & whole, "by"])
    groups = [("", "")] + [(by, level) for by in weights.shares for level in weights.shares[by] if by in told]
    known = np.array([g in groups for g in zip(rows["by"], rows["level"], strict=True)], dtype=bool)
    here = rows["by2"].eq("") & whole & known
    hidden, shown = (
        rows[here & rows["id"].isin(attacked)],
        rows[here & rows["status"].eq("shown") & rows["estimate"].notna()],
    )
    if hidden.empty:
        return {}
    place = {(c, g): i for i, (c, g) in enumerate(product(subject.codes, groups))}
    equations = [({place[c, g]: 1.0 for c in subject.codes}, 1.0, 0.0) for g in groups]
    for row, key in zip(shown.itertuples(), keys(shown), strict=True):
        equations.append(
            ({place[c, (row.by, row.level)]: 1.0 for c in subject.counted[key]}, row.estimate, ROUNDING["share"])
        )
    for row in means.itertuples():
        if row.status == "shown" and row.by2 == "" and row.where == "" and (row.by, row.level) in groups:
            equations.append(
                ({place[c, (row.by, row.level)]: float(c) for c in subject.codes}, row.estimate, ROUNDING["mean"])
            )
    totals = [
        {place[c, (by, level)]: share for level, share in weights.shares[by].items()} | {place[c, ("", "")]: -1.0}
        for by in {by for by, _ in groups if by} for c in subject.codes
    ]  # fmt: skip
    asked = (shown["n"] + shown["n_missing"]).astype(float)
    loss = 2 * float((shown["n_missing"].astype(float) / asked).max()) if len(shown) else 1.0
    found = {}
    while not found:
        terms = [*equations, *((total, 0.0, loss) for total in totals)]
        left, goal, slack = np.zeros((len(terms), len(place))), *np.array([t[1:] for t in terms]).T
        for number, (part, _, _) in enumerate(terms):
            left[number, list(part)] = list(part.values())
        limits = {"A_ub": np.vstack([left, -left]), "b_ub": np.r_[goal + slack, slack - goal], "bounds": (0, 1)}
        try:
            for row, key in zip(hidden.itertuples(), keys(hidden), strict=True):
                sums = np.zeros(len(place))
                sums[[place[c, (row.by, row.level)] for c in subject.counted[key]]] = 1
                found[row.id] = (*weights.counts(*_ends(sums, **limits), float(row.n)), float(row.n))
        except LegepaneletError:
            if loss >= 1:
                raise
            loss, found = max(2 * loss, 0.01), {}
    return found


def reasons(mine: pd.DataFrame) -> Intervals:
    """Reasons of missing answers to a question: their sum is published as `n_missing`, "does not apply" in some articles as a share."""
    rows = mine[(mine["by"] == "missing") & (mine["level"] != "not_asked")]
    hidden = rows[rows["status"].str.startswith("hidden")]
    known = dict(zip(rows["level"], rows["count"], strict=True))
    overall = mine[(mine["kind"] == "estimate") & (mine["by"] == "") & (mine["status"] == "shown")]
    never = overall[overall["statistic"] == "share_not_applicable"]
    if not never.empty:
        known["not_applicable"] = never["count"].iloc[0]
    totals = overall.loc[overall["statistic"] != "share_not_applicable", "n_missing"].dropna()
    bounds = [(0, None) if pd.isna(count) else (float(count),) * 2 for count in known.values()]
    total = {} if totals.empty else {"A_eq": np.ones((1, len(known))), "b_eq": [float(totals.iloc[0])]}
    found = {}
    for row in hidden.itertuples():
        goal = np.array([float(reason == row.level) for reason in known])
        least, most = _ends(goal, bounds=bounds, **total)
        found[row.id] = (least, most, float(totals.iloc[0]) if len(totals) else np.inf)
    return found


def given_back(published: pd.DataFrame) -> set[str]:
    """Ids of hidden levels that a shown difference or change, together with the other level, gives back."""
    levels = published[published["kind"].eq("estimate") & published["category"].isna() & published["model"].eq("")]
    levels = levels[levels["where"] == ""]
    lost = levels[levels["status"].str.startswith("hidden")]
    place = {(r.indicator, r.by, r.level, r.by2, r.level2): r.id for r in lost.itertuples()}
    shown = published[published["kind"].isin(["comparison", "test"]) & published["status"].eq("shown")]
    told = [k for r in shown.itertuples() for k in (
        (r.indicator, r.by, r.level, r.by2, r.level2), (r.indicator, r.by, r.vs_level, "", "") if r.vs_level else None)]  # fmt: skip
    return {place[k] for k in told if k in place}


def _ends(goal: np.ndarray, **limits) -> tuple[float, float]:
    """The least and the most of goal @ x, infinite where nothing holds it. Raises DISCLOSURE_CONTRADICTION if no x fulfils the limits."""
    ends = []
    for sign in (1, -1):
        found = linprog(sign * goal, **limits)
        if found.status not in (0, 3):
            raise LegepaneletError(
                "DISCLOSURE_CONTRADICTION", f"the auditor's programme has no answer: {found.message}",
                "The published figures contradict one another: this is a fault of the program, report it.",
            )  # fmt: skip
        ends.append(sign * found.fun if found.status == 0 else -sign * np.inf)
    return ends[0], ends[1]
