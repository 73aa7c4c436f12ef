"""The auditor: how closely somebody can tell what is not shown of a sensitive question, who knows all that is, and the rules.

It shares nothing with `rules.py` but the limits. The attacker knows every published figure of the wave and how it is rounded, how many of each sex
and age answered at all, what these weigh together, the smallest and the largest weight, and which tables, classes and reasons are not shown and why:
answers that would have given another pattern are left out. Unknown are persons and their weights: how many of each sex and age gave each answer.
The least and the most of every count that is not shown are linear programmes over these (HiGHS; one model a question, solved again and again).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product

import highspy
import numpy as np
import pandas as pd
from highspy import simplex_constants

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.codebook.model import JOINT
from analysis.disclosure.rounding import TO, decimals
from analysis.errors import LegepaneletError
from analysis.panel.facts import REASONS
from analysis.results import TEXT

WIDTH = 5  # a safe interval of a count spans at least this
FREE = 1e-6  # what the solver may leave of a whole number
NOT_ASKED, NEVER = "not_asked", "not_applicable"
FINEST = ("sex", "age_group")  # the crossing that the register tells the size of
COLUMNS = ["id", "least", "most", "count", "n", "verdict"]
Code = int | str  # an answer, or a reason for none
Expression = dict[int, float]  # unknown -> coefficient
Dropped = frozenset[tuple[str, str]]  # (indicator, by) of tables that were taken out for what the auditor found


@dataclass(frozen=True)
class Bound:
    """`least` <= expression <= `most`."""

    of: Expression
    least: float
    most: float = highspy.kHighsInf


Pattern = tuple[Bound, ...]


@dataclass(frozen=True)
class Subject:
    """A question, or a yes and no of its own: its answers, and which of them each published row counts, by (indicator, statistic, category)."""

    codes: tuple[int, ...]
    counted: dict[tuple[str, str, int | None], frozenset[int]]
    question: str = ""  # whose reasons of missing answers are published

    @property
    def names(self) -> set[str]:
        """The indicators that tell of it."""
        return {name for name, _, _ in self.counted} | {self.question}

    def of(self, row) -> frozenset[Code] | None:
        """The answers, or the reasons for none, that a row counts; None if it counts none."""
        if row.by == "missing":
            return frozenset(row.level.split(JOINT)) if row.indicator == self.question else None
        if row.statistic == "share_not_applicable":
            return frozenset({NEVER}) if row.indicator == self.question else None
        if row.statistic == "share_joined":
            return frozenset(int(code) for code in row.term.split(JOINT)) if row.indicator == self.question else None
        return self.counted.get((row.indicator, row.statistic, None if pd.isna(row.category) else int(row.category)))

    def base(self, row) -> frozenset[Code]:
        """All whom a row is about: those who answered, and of the share whom the question does not concern these too."""
        return frozenset(self.codes) | ({NEVER} if row.statistic == "share_not_applicable" else set())


def subjects(book: Codebook, wave: int) -> Iterator[Subject]:
    """The sensitive questions of a wave, and the sensitive shares that are of no single question."""
    sensitive = {i.id: i for i in of_wave(book, wave) if i.sensitive}
    taken = set()
    for question in book.questions(wave).values():
        if question.type == "single" and question.id in sensitive:
            codes = tuple(book.responses(question).categories)
            counted = {(question.id, "share", c): frozenset({c}) for c in codes}
            for d in question.dichotomies:
                counted[d.id, "share", None] = frozenset(c for c in codes if (c in d.codes if d.codes is not None else c > d.above))
            taken |= {question.id, *(d.id for d in question.dichotomies)}
            yield Subject(codes, counted, question.id)
    for name, indicator in sensitive.items():
        if indicator.kind == "binary" and name not in taken:
            yield Subject((0, 1), {(name, "share", None): frozenset({1})}, indicator.question or "")


@dataclass
class Unknowns:
    """How many of each sex and age gave each answer, and what these weigh together; what is known of them whatever the question."""

    groupings: dict[str, list[str]]
    codes: tuple[Code, ...]
    places: dict[tuple, int] = field(default_factory=dict)

    def __post_init__(self):
        atoms = product(self.codes, *self.groupings.values())
        self.places = {atom: place for place, atom in enumerate(atoms)}

    def count(self, codes: Iterable[Code], **group: str) -> Expression:
        """Those of a group whose answer is among `codes`."""
        wanted = set(codes)
        at = {place: group[name] for place, name in enumerate(self.groupings, start=1) if name in group}
        return {p: 1.0 for atom, p in self.places.items() if atom[0] in wanted and all(atom[k] == level for k, level in at.items())}

    def weight(self, codes: Iterable[Code], **group: str) -> Expression:
        return {p + len(self.places): 1.0 for p in self.count(codes, **group)}


def known(unknowns: Unknowns, composition: list, weights: tuple[float, float] | None) -> Iterator[Bound]:
    """How many of each group answered the wave and what they weigh, and the smallest and the largest weight (as shares of all)."""
    for row in composition:
        group = dict(zip(FINEST, row.level.split(":"), strict=True)) if row.by == "sex_age" else {row.by: row.level}
        if not all(level in unknowns.groupings.get(name, ()) for name, level in group.items()):
            continue
        if row.statistic == "share_respondents" and pd.notna(row.count):
            yield Bound(unknowns.count(unknowns.codes, **group), row.count, row.count)
        if row.statistic == "share_weighted":
            yield Bound(unknowns.weight(unknowns.codes, **group), row.estimate - 1e-4, row.estimate + 1e-4)
    for p in unknowns.places.values() if weights else ():
        yield Bound({p + len(unknowns.places): 1.0, p: -weights[0]}, 0)
        yield Bound({p + len(unknowns.places): -1.0, p: weights[1]}, 0)


def weights_of(published: pd.DataFrame) -> tuple[float, float] | None:
    """The least and the most that one who answered can weigh, as a share of all; None where the wave does not tell."""
    own = published[published["indicator"] == "weights"].set_index("statistic")["estimate"]
    margins = published[(published["indicator"] == "population") & published["by"].ne("stratum")]
    if not {"smallest", "largest"} <= set(own.index) or margins.empty:
        return None
    total = margins.loc[margins["by"] == margins["by"].iloc[0], "count"].sum()
    return (own["smallest"] - 1e-3) / total, (own["largest"] + 1e-3) / total


def told(subject: Subject, unknowns: Unknowns, rows: list, side: int) -> Iterator[Bound]:
    """What the shown rows of a question say: bases, counts and weighted shares, as they are rounded, and that no side of a share is small."""
    for row in (r for r in rows if r.status == "shown"):
        those = subject.of(row)
        group = {row.by: row.level} if row.by in unknowns.groupings else {}
        if those is None or (row.by and not group and row.by != "missing") or row.by2 or row.model:
            continue
        count = unknowns.count(those, **group)
        if row.by == "missing":  # the questionnaire's filter decided who was not asked: that may be nobody
            yield Bound(count, max(row.count - TO // 2, 0 if row.level == NOT_ASKED else side), row.count + TO // 2)
            continue
        base = subject.base(row)
        yield Bound(unknowns.count(base, **group), row.n - TO // 2, row.n + TO // 2)
        if pd.notna(row.n_missing) and NEVER not in base:  # of that share nobody is counted as missing
            yield Bound(unknowns.count(set(REASONS) - base, **group), row.n_missing - TO // 2, row.n_missing + TO // 2)
        yield Bound(count, max(row.count - TO // 2, side), row.count + TO // 2)
        if pd.isna(row.category):
            yield Bound(unknowns.count(base - those, **group), side)
        step = 10.0 ** -row.digits / 2
        mine, everyone = unknowns.weight(those, **group), unknowns.weight(base, **group)
        yield Bound({p: mine.get(p, 0) - row.estimate + step for p in everyone}, 0)
        yield Bound({p: row.estimate + step - mine.get(p, 0) for p in everyone}, 0)


def classes(names: list[Code], joint: list[Code], side: int) -> Iterator[list[tuple[list[Code], bool]]]:
    """The ways in which the answers `joint` came to be one class: (those counted, whether they are at least `side`) of each condition.

    They were taken in order until there were enough; of the last class a rest of fewer may have been added to those who were enough.
    """
    last = joint[-1] == names[-1]
    for enough in range(1 if last else len(joint), len(joint) + 1):
        begun = [(joint[:k], False) for k in range(1, enough)]
        yield [*begun, (joint[:enough], True), *([(joint[enough:], False)] if enough < len(joint) else [])]


def joined_as(book: Codebook, subject: Subject, unknowns: Unknowns, row, table: list) -> list[Pattern]:
    """The ways in which an answer, or a reason, came to be shown together with others; [()] if it is not. `table`: the rows by the same groups."""
    side, mine, names = book.panel.limits.side, subject.of(row), list(subject.codes)
    if row.by == "missing":
        names = list(REASONS)
    else:  # within its side of the share that is shown
        parts = [subject.of(r) for r in table if r.status == "shown" and pd.isna(r.category) and r.statistic == "share"]
        inside = next((p if mine <= p else frozenset(names) - p for p in parts if p), frozenset(names))
        names = [n for n in names if n in inside]
    joint = [subject.of(r) for r in table if r.status == "shown" and (JOINT in r.level or r.statistic == "share_joined")]
    for those in (j for j in joint if j and mine <= j):
        return [tuple(Bound(unknowns.count(part), *((side,) if enough else (0, side - 1))) for part, enough in way)
                for way in classes(names, [n for n in names if n in those], side)]  # fmt: skip
    return [()]


def absent_as(book: Codebook, subject: Subject, unknowns: Unknowns, row, table: list) -> list[Pattern]:
    """What a table that is not whole may have been absent for: few answers in a group, or few on a side of it."""
    limits, mine, base, found = book.panel.limits, subject.of(row), subject.base(row), []
    for other in (r for r in table if (r.indicator, r.statistic) == (row.indicator, row.statistic)):
        there = {other.by: other.level} if other.by in unknowns.groupings else {}
        found.append((Bound(unknowns.count(base, **there), 0, limits.sensitive_base - 1),))
        found += [(Bound(unknowns.count(part, **there), 0, limits.side - 1),) for part in (mine, base - mine)]
    return found


class Solver(highspy.Highs):
    """HiGHS by the primal simplex method: most programmes ask something else of the same bounds, so that the last answer is where to begin.

    Without what it prints of itself when its callbacks are set up; none are used.
    """

    def __init__(self):
        super(highspy.Highs, self).__init__()
        self.setOptionValue("output_flag", False)
        self.setOptionValue("simplex_strategy", int(simplex_constants.SimplexStrategy.kSimplexStrategyPrimal))


class Programme:
    """Linear programmes over the same unknowns and bounds: the ends of an expression under one pattern after another."""

    def __init__(self, unknowns: int, bounds: Iterable[Bound]):
        self.highs = Solver()
        self.highs.addVars(unknowns, np.zeros(unknowns), np.full(unknowns, highspy.kHighsInf))
        for bound in bounds:
            self._add(bound)

    def _add(self, bound: Bound) -> None:
        self.highs.addRow(bound.least, bound.most, len(bound.of), np.array(list(bound.of), dtype=np.int32), np.array(list(bound.of.values())))

    def ends(self, of: Expression, pattern: Pattern) -> tuple[float, float] | None:
        """The least and the most whole number that an expression can be; None if no answers give the pattern."""
        before = self.highs.getNumRow()
        for bound in pattern:
            self._add(bound)
        places, found = np.array(list(of), dtype=np.int32), []
        self.highs.changeColsCost(len(of), places, np.array(list(of.values())))
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            self.highs.changeObjectiveSense(sense)
            self.highs.run()
            if self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                found.append(self.highs.getInfo().objective_function_value)
        self.highs.changeColsCost(len(of), places, np.zeros(len(of)))
        if pattern:
            self.highs.deleteRows(len(pattern), np.arange(before, before + len(pattern), dtype=np.int32))
        return (float(np.ceil(found[0] - FREE)), float(np.floor(found[1] + FREE))) if len(found) == 2 else None


def audit(book: Codebook, wave: int, published: pd.DataFrame, complete: pd.DataFrame, dropped: Dropped = frozenset()) -> pd.DataFrame:
    """COLUMNS: of every count that is not shown of a sensitive question the least and the most that it can be, its truth, and the verdict.

    `published` as `rules.publishable` gives it, `complete` the same rows before; `dropped` as `whole.safe` says: that these are absent tells nothing.
    Raises DISCLOSURE_CONTRADICTION.
    """
    groupings = {name: list(grouping.levels) for name, grouping in book.groupings.items() if grouping.sensitive}
    truth = dict(zip(complete["id"], complete[["count", "n"]].itertuples(index=False, name=None), strict=True))
    digits = decimals(complete, pd.Series(True, index=complete.index)).set_axis(published.index)
    published, weights = published.astype(dict.fromkeys(TEXT, object)).assign(digits=digits), weights_of(published)
    composition = published["indicator"].eq("representativeness") & published["by"].isin([*groupings, "sex_age"])
    composition, found = list(published[composition].itertuples()), []
    for subject in subjects(book, wave):
        rows = list(published[published["indicator"].isin(subject.names) & published["kind"].isin(["estimate", "count"])].itertuples())
        unknowns = Unknowns(groupings, (*subject.codes, *REASONS, NOT_ASKED))
        bounds = [*known(unknowns, composition, weights), *told(subject, unknowns, rows, book.panel.limits.side)]
        found += attacked(book, subject, unknowns, Programme(2 * len(unknowns.places), bounds), rows, truth, dropped)
    return pd.DataFrame(found, columns=COLUMNS)


def attacked(book: Codebook, subject: Subject, unknowns: Unknowns, programme: Programme, rows: list, truth: dict, dropped: Dropped
             ) -> Iterator[tuple]:  # fmt: skip
    """The judged counts of a question that are not shown."""
    tables: dict[str, list] = {}
    shown: dict[tuple, set] = {}
    for row in (r for r in rows if not r.by2):
        tables.setdefault(row.by, []).append(row)
        shown.setdefault((row.by, row.level), set()).update([subject.of(row)] if row.status == "shown" else [])
    lacking = sum(truth[r.id][0] for r in rows if r.by == "missing" and r.level in REASONS)
    for row in (r for r in rows if r.status.startswith("hidden") and not r.by2 and r.by in ("", "missing", *unknowns.groupings)):
        if (those := subject.of(row)) is None or {those, subject.base(row) - those} & shown[row.by, row.level]:
            continue  # no count, or the same by another name
        group = {row.by: row.level} if row.by in unknowns.groupings else {}
        of_answers = row.by == "missing" or pd.notna(row.category)
        ways = [()] if (row.indicator, row.by) in dropped or (of_answers and group) else (
            joined_as if of_answers else absent_as)(book, subject, unknowns, row, tables[row.by])  # fmt: skip
        count, n = truth[row.id]
        sides = [(those, count)] if of_answers else [(those, count), (subject.base(row) - those, n - count)]
        for part, true in sides:
            ends = [e for way in ways if (e := programme.ends(unknowns.count(part, **group), way))]
            yield _judged(row.id, ends, true, lacking if row.by == "missing" else n, book.panel.limits.side)


def _judged(row_id: str, ends: list[tuple[float, float]], count: float, n: float, side: int) -> tuple:
    """Safe is a count that can be many and, where few stand there, nobody; or one of so many on either side that it might be shown."""
    if not ends:
        raise LegepaneletError("DISCLOSURE_CONTRADICTION", f"no answers at all give what is published of {row_id}",
                               "The published figures contradict one another: this is a fault of the program, report it.")  # fmt: skip
    least, most = min(low for low, _ in ends), max(high for _, high in ends)
    open_ = least >= side and n - most >= side
    safe = open_ or (most - least >= min(WIDTH, n) and (count >= WIDTH or least == 0))
    return row_id, least, most, count, n, "safe" if safe else "RECOVERABLE"


def refuse(attacked: pd.DataFrame, wave: int) -> None:
    """Raises DISCLOSURE_RECOVERABLE with the counts that can be told too closely."""
    found = attacked[attacked["verdict"] == "RECOVERABLE"]
    if len(found):
        lines = [f"{row.id}: between {row.least:.0f} and {row.most:.0f}" for row in found.head(20).itertuples()]
        told = f"{wave}: {len(found)} counts can be told from what is shown"
        hint = "Nothing was written. This is a fault of the program: report it with the wave's codebook, never with answers."
        raise LegepaneletError("DISCLOSURE_RECOVERABLE", "\n".join([told, *lines]), hint)
