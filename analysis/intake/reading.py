"""One wave's raw files, read, mapped, coded and checked."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.codebook import Codebook
from analysis.intake import columns, identity, labels, readers, sample
from analysis.intake.coding import Coder
from analysis.intake.export import name
from analysis.intake.problems import frame

ANSWERABLE = ("invited", "refused")  # a doctor who was dead or gone before field start cannot have answered


@dataclass(frozen=True)
class Coded:
    """A wave's coded answers, the reasons of those missing, its sample, all problems (see `problems.frame`), and what was taken for granted."""

    answers: pd.DataFrame
    reasons: pd.DataFrame
    sample: pd.DataFrame
    problems: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def errors(self) -> pd.DataFrame:
        return self.problems[self.problems["severity"] == "error"]


def read(book: Codebook, wave: int, answers_file: Path, sample_file: Path, earlier: Path | None = None) -> Coded:
    """Everything the two files of a wave say, and all that is wrong with them (not only the first thing).

    `earlier` is the sample file of the wave before, if there is one: the same number must be the same doctor.
    """
    invited = sample.read(book, sample_file, wave, earlier)
    file, problems = name(answers_file), [*invited.problems]
    known = columns.names_of(book, wave)
    export = readers.read_export(answers_file, lambda headers: sum(h.casefold() in known or h.casefold() in columns.DOCTOR for h in headers))
    table = export.cells
    doctor, targets, faults = columns.match(book, wave, list(table.columns), file)
    problems += faults
    notes = [*(f"{file}: {note}" for note in export.notes), *(f"{name(sample_file)}: {note}" for note in invited.notes)]
    if own := columns.technical(list(table.columns)):
        notes.append(f"{file}: columns of the survey tool, not read: {', '.join(own)}")
    numbered = invited.sample.reset_index(drop=True)
    if doctor is None:
        return Coded(pd.DataFrame(), pd.DataFrame(), numbered, frame(problems), tuple(notes))
    identity.refuse_persons(table[doctor], file, doctor)
    problems += labels.faults(book, export, targets, file)
    usable, row_faults = _usable_rows(table, doctor, targets, invited, file, export.declared)
    problems += row_faults
    silent = sum(fault["code"] == "SILENT_ROW" for fault in row_faults)
    notes += [f"{file}: {silent} rows hold a member's number and no answer: these members are silent"] if silent else []
    table = table[usable]
    coder = Coder(book, file, table[doctor], export.declared)
    answers, reasons = coder.code(table, targets)
    questions = {t.question.id: t.question for t in targets.values()}
    if all(q.asked_if is None or q.asked_if.question in questions for q in questions.values()):
        answers, reasons = coder.filtered(questions, answers, reasons, {t.question.id: column for column, t in targets.items()})
    problems += coder.problems
    problems = [fault for fault in problems if fault["code"] != "SILENT_ROW"]
    doctors = table[doctor].to_numpy()
    answers, reasons = (made.assign(doctor=doctors)[["doctor", *made]].reset_index(drop=True) for made in (answers, _as_text(reasons)))
    return Coded(answers, reasons, numbered, frame(problems), tuple(notes))


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """A table of words as pandas' text; all columns at once, as each by itself takes as long."""
    text, rows = pd.array(table.to_numpy(dtype=object).ravel(order="F"), dtype="str"), len(table)
    return pd.DataFrame({c: text[i * rows : (i + 1) * rows] for i, c in enumerate(table)}, table.index)


def _usable_rows(
    table: pd.DataFrame, doctor: str, targets: dict[str, columns.Target], invited: sample.Invited, file: str,
    declared: dict[str, frozenset[str]],
) -> tuple[pd.Series, list[dict]]:
    """Which rows can be used; the others go to the list with the reason."""
    usable, problems = pd.Series(True, index=table.index), []
    ids, content = table[doctor], table[list(targets)]
    said = content.assign(**{c: content[c].mask(content[c].isin(declared[c]), "") for c in content if c in declared})
    options = [column for column, target in targets.items() if target.option is not None]
    # An option that is not ticked is no answer either.
    empty = said.drop(columns=options).eq("").all(axis=1) & said[options].isin(["", "0", "FALSE"]).all(axis=1)
    disposition = invited.sample.set_index("doctor")["disposition"]
    numbers = identity.Numbers(pd.Series(sorted(invited.numbers), dtype=object))

    def drop(row, severity, code, message):
        usable[row] = False
        problems.append({"severity": severity, "code": code, "file": file, "row": row, "doctor": ids[row],
                         "column": doctor, "value": ids[row], "message": message})  # fmt: skip

    first_row: dict[str, int] = {}
    for row, number in ids.items():
        spoilt = numbers.spoilt(number) if number and number not in invited.numbers else None
        if number == "":
            drop(row, "error", "MISSING_ID", "expected the member's number")
        elif spoilt:
            drop(row, "error", "SPOILT_NUMBER", spoilt)
        elif empty[row]:
            drop(row, "warning", "SILENT_ROW", "no answer at all")
        elif number in first_row:
            same = content.loc[row].equals(content.loc[first_row[number]].rename(row))
            told = f"row {first_row[number]} has the same number"
            if same:
                drop(row, "warning", "REPEATED_ROW", f"{told} and the same answers; the first is used")
            else:
                drop(row, "error", "DUPLICATE_MEMBER", f"{told} and other answers; keep one of them")
        else:
            first_row[number] = row
            if number not in invited.numbers:
                drop(row, "error", "NOT_INVITED", "expected a number of sample.csv")
            elif number not in disposition.index:
                usable[row] = False  # the sample's row has an error of its own, and is listed
            elif disposition[number] not in ANSWERABLE:
                drop(row, "error", "NOT_ELIGIBLE", f"sample.csv says '{disposition[number]}' before field start")
    return usable, problems
