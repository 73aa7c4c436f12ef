"""One wave's raw files, read, mapped, coded and checked."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.codebook import Codebook
from analysis.intake import columns, readers, sample
from analysis.intake.coding import Coder
from analysis.intake.problems import frame

ANSWERABLE = ("invited", "refused")  # a doctor who was dead or gone before field start cannot have answered


@dataclass(frozen=True)
class Coded:
    """A wave's coded answers, the reasons of those missing, its sample, and all problems (as `problems.frame` gives them)."""

    answers: pd.DataFrame
    reasons: pd.DataFrame
    sample: pd.DataFrame
    problems: pd.DataFrame

    @property
    def errors(self) -> pd.DataFrame:
        return self.problems[self.problems["severity"] == "error"]


def read(book: Codebook, wave: int, answers_file: Path, sample_file: Path, earlier: Path | None = None) -> Coded:
    """Everything the two files of a wave say, and all that is wrong with them (not only the first thing)."""
    invited, problems = sample.read(book, sample_file)
    file = f"{answers_file.parent.name}/{answers_file.name}"
    table = readers.read_table(answers_file)
    doctor, targets, faults = columns.match(book, wave, list(table.columns), file)
    problems += faults
    if doctor is None:
        return Coded(pd.DataFrame(), pd.DataFrame(), invited, frame(problems))
    usable, row_faults = _usable_rows(table, doctor, invited, file)
    problems += row_faults
    table = table[usable]
    coder = Coder(book, file, table[doctor])
    answers, reasons = coder.code(table, targets)
    questions = {t.question.id: t.question for t in targets.values()}
    if all(q.asked_if is None or q.asked_if.question in questions for q in questions.values()):
        coder.apply_filters(questions, answers, reasons, {t.question.id: column for column, t in targets.items()})
    problems += coder.problems
    doctors = table[doctor].to_numpy()
    answers, reasons = (made.assign(doctor=doctors)[["doctor", *made]].reset_index(drop=True) for made in (answers, reasons))
    return Coded(answers, reasons, invited, frame(problems))


def _usable_rows(table: pd.DataFrame, doctor: str, invited: pd.DataFrame, file: str) -> tuple[pd.Series, list[dict]]:
    """Which rows can be used; the others go to the list with the reason."""
    usable, problems = pd.Series(True, index=table.index), []
    ids = table[doctor]
    content = table.drop(columns=[c for c in table if c.startswith("$") or c.casefold() in columns.TECHNICAL])
    disposition = invited.set_index("doctor")["disposition"]

    def drop(row, severity, code, message):
        usable[row] = False
        problems.append({"severity": severity, "code": code, "file": file, "row": row, "doctor": ids[row],
                         "column": doctor, "value": ids[row], "message": message})  # fmt: skip

    first_row: dict[str, int] = {}
    for row, number in ids.items():
        if number == "":
            drop(row, "error", "MISSING_ID", "expected the doctor's number")
        elif number in first_row:
            same = content.loc[row].equals(content.loc[first_row[number]].rename(row))
            told = f"row {first_row[number]} has the same doctor"
            if same:
                drop(row, "warning", "REPEATED_ROW", f"{told} and the same answers; the first is used")
            else:
                drop(row, "error", "DUPLICATE_DOCTOR", f"{told} and other answers; keep one of them")
        else:
            first_row[number] = row
            if number not in disposition.index:
                drop(row, "error", "NOT_INVITED", "expected a doctor of sample.csv")
            elif disposition[number] not in ANSWERABLE:
                drop(row, "error", "NOT_ELIGIBLE", f"sample.csv says '{disposition[number]}' before field start")
    return usable, problems
