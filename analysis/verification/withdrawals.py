"""Who withdrew since something was published: not who, but which raw files lost a row, by their hashes before and after.

With it a verification can tell figures that moved because a member was forgotten from figures that are not what was published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import LegepaneletError
from analysis.results import WHOLE
from analysis.settings import settings
from analysis.verification.grading import Difference
from analysis.verification.manifest import RESULTS

NAME = "withdrawals.csv"  # with what is published
COLUMNS = ["withdrawal", "date", "file", "before", "after"]  # withdrawal: its number; before, after: SHA-256 of the raw file
NONE = pd.DataFrame(columns=COLUMNS)
STEP = 5  # what counts of sensitive questions are rounded to


@dataclass(frozen=True)
class Since:
    """What lies between two states of the raw files: how many withdrew, the first wave that lost a row, and the files that did."""

    persons: int = 0
    first: int = 0
    files: tuple[str, ...] = ()


def path() -> Path:
    return settings().published / NAME


def read(file: Path) -> pd.DataFrame:
    """The withdrawals, a row a file: COLUMNS, in the order in which they happened. Raises FILE_UNREADABLE."""
    if not file.is_file():
        return NONE
    try:
        return pd.read_csv(file, dtype=str, keep_default_na=False)[COLUMNS]
    except (OSError, ValueError, KeyError) as error:
        hint = f"It has the columns {', '.join(COLUMNS)}. Take it back from version control."
        raise LegepaneletError("FILE_UNREADABLE", f"{file.name}: {error}", hint) from None


def add(file: Path, date: str, changes: Mapping[str, tuple[str, str]]) -> None:
    """Adds a withdrawal: raw file (as `2026/answers.csv`) -> its hash before and after."""
    known = read(file)
    number = str(known["withdrawal"].astype(int).max() + 1 if len(known) else 1)
    rows = pd.DataFrame([[number, date, name, *hashes] for name, hashes in sorted(changes.items())], columns=COLUMNS)
    part = file.with_suffix(".part")
    file.parent.mkdir(parents=True, exist_ok=True)
    pd.concat([known, rows]).to_csv(part, index=False, encoding="utf-8", lineterminator="\n")
    part.replace(file)


def since(known: pd.DataFrame, old: Mapping[str, str], new: Mapping[str, str]) -> Since:
    """What of `old` (raw file -> hash) became what it is in `new` by withdrawals alone; a file that changed otherwise is not among it.

    Followed from now backwards: a run that was killed has noted a state that no file came to.
    """
    numbers: set[str] = set()
    files = []
    for name in sorted(old.keys() & new.keys()):
        digest, passed = new[name], set()
        for row in known[known["file"].eq(name)].iloc[::-1].itertuples():
            if digest != old[name] and row.after == digest:
                digest, passed = row.before, passed | {row.withdrawal}
        if passed and digest == old[name]:
            numbers, files = numbers | passed, [*files, name]
    return Since(len(numbers), min((int(f.split("/")[0]) for f in files), default=0), tuple(files))


def explained(since: Since, differences: Sequence[Difference], rows: Mapping[str, dict], sensitive: frozenset[str]) -> list[Difference]:
    """Those of the differences that the withdrawals can have made: of a wave that lost a row, or a later one, and where persons are counted, by
    no more than withdrew (of `sensitive` indicators: as rounded). A displayed number is among them if one of its rows is, or if it is gone or new.

    `rows` is id -> published row. What a withdrawal does to an estimate has no bound: weights of all move with it.
    """
    reached = {d for d in differences if d.field == "picture" or any(int(row.split(".")[0]) >= since.first for row in d.row.split("+"))}
    in_results = [d for d in differences if d.where == RESULTS and d in reached and _possible(since.persons, d, rows.get(d.row, {}), sensitive)]
    moved = {d.row for d in in_results}
    shown = [d for d in differences if d.where != RESULTS and d in reached]
    return [*in_results, *(d for d in shown if d.grade in ("missing", "new") or d.field == "picture" or moved & set(d.row.split("+")))]


def _possible(persons: int, difference: Difference, row: Mapping, sensitive: frozenset[str]) -> bool:
    counted = difference.field in WHOLE or (difference.field == "estimate" and row.get("unit") == "persons")
    if not counted or not (difference.published and difference.found):
        return True
    most = -(-persons // STEP) * STEP if row.get("indicator") in sensitive else persons
    return abs(float(difference.published) - float(difference.found)) <= most
