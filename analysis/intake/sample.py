"""The invited sample: `sample.csv`, one row a doctor."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.codebook import Codebook
from analysis.errors import LegepaneletError
from analysis.intake import identity
from analysis.intake.export import name, to_number
from analysis.intake.readers import read_export

YEARS = ("cohort", "licence_year", "birth_year")
LATEST = 2100
NEEDED = ("doctor", "cohort", "birth_year", "sex", "disposition")
OPTIONAL = ("licence_year", "register_position", "stratum", "start_weight", "synthetic")
COSTS = {  # of a column that is not there
    "licence_year": "no licence_year, so no strata by licence period: start weights are equal and the sample counts as one stratum. Licence"
    " periods that were invited more often are not weighted down, standard errors gain nothing from strata, and no table can be asked by them",
    "register_position": "no register_position, so the answers are not weighted to it: where some positions answer more often than others, nothing"
    " makes up for it. Who leaves the question on position unanswered is in no group of position",
}  # fmt: skip
OLDEST = 100
WEIGHTS = (1e-6, 1e6)  # a start weight is how many doctors one stands for
MANY = 0.03  # of the sample: more rows of an impossible kind are an error, not slips


@dataclass(frozen=True)
class Invited:
    """`sample`: those whose row can be used, indexed by their row in the file. `numbers`: all doctors that the file names, usable or not."""

    sample: pd.DataFrame
    numbers: frozenset[str]
    problems: list[dict]
    notes: tuple[str, ...]


def read(book: Codebook, path: Path, wave: int, earlier: Path | None = None) -> Invited:
    """The sample, held against that of an earlier wave. Raises what `read_export` raises, and IDENTITY_NUMBER."""
    file = name(path)
    export = read_export(path)
    table = export.cells
    table.columns = [c.casefold() for c in table.columns]
    if repeated := [c for c in table.columns[table.columns.duplicated()]]:
        hint = "Row 1 must be the header, and each column needs a name of its own; capitals make no other name."
        raise LegepaneletError("COLUMN_REPEATED", f"{file} row 1: the column '{repeated[0]}' stands twice", hint)
    if problems := _header(book, table, file):
        return Invited(pd.DataFrame(columns=list(NEEDED)), frozenset(table.get("doctor", ())), problems, export.notes)
    identity.refuse_persons(table["doctor"], file, "doctor")
    problems, bad = _rows(book, table, file)
    sample = table[~bad].drop(columns="synthetic", errors="ignore")
    for column in (c for c in YEARS if c in sample):
        sample[column] = sample[column].map(to_number).astype(int)
    if "start_weight" in sample:
        sample["start_weight"] = sample["start_weight"].map(to_number).astype(float)
    problems += _impossible(sample, wave, book.panel.ages[0], file)
    weighted = {"licence_year"} if "start_weight" in table else set()  # strata and weights are the file's own
    notes = [*export.notes, *(told for column, told in COSTS.items() if column not in table and column not in weighted)]
    if earlier is not None:
        more, told = identity.against_earlier(sample.assign(row=sample.index), earlier, file)
        problems, notes = problems + more, notes + told
    return Invited(sample, frozenset(table["doctor"]), problems, tuple(notes))


def _levels(book: Codebook) -> dict[str, Collection[str]]:
    """What may stand in a column, of those that the panel has words for."""
    panel = book.panel
    levels = {"sex": book.groupings["sex"].levels, "register_position": panel.register_positions, "specialty": panel.specialties,
              "region": panel.regions, "disposition": panel.dispositions, "stratum": panel.strata}  # fmt: skip
    return {column: those for column, those in levels.items() if those}


def _header(book: Codebook, table: pd.DataFrame, file: str) -> list[dict]:
    fault = {"severity": "error", "file": file, "row": 1}
    needed = [*NEEDED, *(c for c in ("specialty", "region") if c in _levels(book))]
    missing = [fault | {"code": "MISSING_COLUMN", "column": c, "message": "sample.csv needs it"} for c in needed if c not in table]
    known = (*needed, *OPTIONAL)
    return missing + [
        fault | {"code": "UNKNOWN_COLUMN", "column": c, "message": "sample.csv has no such column"} for c in table if c not in known
    ]


def _rows(book: Codebook, table: pd.DataFrame, file: str) -> tuple[list[dict], pd.Series]:
    """The problems of single rows, and which rows cannot be used."""
    problems, bad = [], pd.Series(False, index=table.index)

    def report(rows, code, column, message):
        bad.loc[rows] = True
        problems.extend(
            {"severity": "error", "code": code, "file": file, "row": row, "doctor": table.loc[row, "doctor"],
             "column": column, "value": table.loc[row, column], "message": message} for row in rows
        )  # fmt: skip

    doctor = table["doctor"]
    rounded = doctor.map(lambda text: bool(identity.ROUNDED.fullmatch(text)))
    report(table.index[doctor == ""], "MISSING_ID", "doctor", "expected the member's number")
    report(table.index[rounded], "SPOILT_NUMBER", "doctor", "a program has rounded this number; its last digits are lost")
    report(table.index[doctor.duplicated() & (doctor != "") & ~rounded], "DUPLICATE_MEMBER", "doctor", "expected once")
    for column, levels in ((c, those) for c, those in _levels(book).items() if c in table):
        report(table.index[~table[column].isin(list(levels))], "CODE_OUTSIDE_SCALE", column, f"expected one of {', '.join(levels)}")
    for column in (c for c in YEARS if c in table):
        low, value = book.panel.first_year if column == "cohort" else 1900, table[column].map(to_number).astype(float)
        good = value.between(low, LATEST) & (value % 1 == 0)
        report(table.index[~good], "IMPOSSIBLE_NUMBER", column, f"expected a year, {low} to {LATEST}")
    if "start_weight" in table:
        weight = table["start_weight"].map(to_number).astype(float)
        report(table.index[~weight.between(*WEIGHTS)], "IMPOSSIBLE_NUMBER", "start_weight", "expected a number above 0, at most a million")
    return problems, bad


def _impossible(sample: pd.DataFrame, wave: int, youngest: int, file: str) -> list[dict]:
    """Years that cannot be true together: a few are slips (warnings), many mean that a column holds something else (errors)."""
    checks = [
        ("birth_year", sample["birth_year"] > wave - youngest, f"too young for a member: panel.yml says from {youngest} years"),
        ("birth_year", sample["birth_year"] < wave - OLDEST, "over a hundred years old"), ("cohort", sample["cohort"] > wave, "after the wave"),
    ]  # fmt: skip
    if "licence_year" in sample:
        early = sample["licence_year"] < sample["birth_year"] + youngest
        checks[:0] = [("licence_year", early, f"licensed before the age of {youngest}, as birth_year has it"),
                      ("licence_year", sample["licence_year"] > wave, "after the wave")]  # fmt: skip
    return [
        {"severity": "error" if found.sum() > MANY * len(sample) else "warning", "code": "IMPOSSIBLE_BACKGROUND", "file": file, "row": row,
         "doctor": sample.at[row, "doctor"], "column": column, "value": str(sample.at[row, column]), "message": told}
        for column, found, told in checks for row in sample.index[found]
    ]  # fmt: skip
