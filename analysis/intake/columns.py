"""Which column of an export answers which question."""

import difflib
from dataclasses import dataclass

from analysis.codebook import Codebook, Question
from analysis.intake.export import clean

# What survey tools add by themselves; never an answer.
TECHNICAL = {
    "submissionid",
    "submission_id",
    "answertime",
    "createddate",
    "modifieddate",
    "formid",
    "created",
    "anonymous",
}
DOCTOR = ("doctor", "lopenr", "løpenr", "løpenummer")
# A survey tool's own number of a row or a person: the doctor's only if the wave file says so.
TOOLS_OWN = {"id", "token", "responseid", "response_id", "respondent_id", "record_id", "respid", "caseid", "uid", "user_id"}


@dataclass(frozen=True)
class Target:
    """What a column holds: a question's answer, or (with `option`) whether one of its options was ticked."""

    question: Question
    option: int | None = None


def match(book: Codebook, wave: int, headers: list[str], file: str) -> tuple[str | None, dict[str, Target], list[dict]]:
    """The column of the doctor's number, the columns' targets, and what is wrong with the header (problems' rows)."""
    names = names_of(book, wave)
    renamed = {clean(column).casefold(): question for column, question in book.waves[wave].columns.items()}
    doctor, targets, problems = None, {}, []
    doctors = [h for h in headers if renamed.get(h.casefold()) == "doctor"] or [h for h in headers if h.casefold() in DOCTOR]
    for header in headers:
        key = header.casefold()
        if header.startswith("$") or key in TECHNICAL or renamed.get(key) == "ignore":
            continue
        if header in doctors:
            doctor = doctor or header
        elif key in TOOLS_OWN and key not in renamed and key not in names:
            told = f"a survey tool's own number; if it is the member's, the wave file says `columns: {{{header}: doctor}}`, else `{header}: ignore`"
            problems.append(_problem("UNKNOWN_COLUMN", file, header, told))
        elif (target := _target(key, names, renamed)) is not None:
            targets[header] = target
        else:
            problems.append(_problem("UNKNOWN_COLUMN", file, header, _did_you_mean(header, names)))
    if doctor is None:
        told = "no column holds the member's number; name it 'doctor', or say which it is: `columns: {<column>: doctor}` in the wave file"
        problems.append(_problem("MISSING_COLUMN", file, "doctor", told))
    problems += _twice(file, doctors, targets)
    problems += _missing(book, wave, targets, file)
    return doctor, targets, problems


def _twice(file: str, doctors: list[str], targets: dict[str, Target]) -> list[dict]:
    """Columns that hold the same thing: of two, none is known to be the answer."""
    held: dict[str, list[str]] = {"the member's number": doctors}
    for header, target in targets.items():
        option = "" if target.option is None else f"_{target.option}"
        held.setdefault(f"{target.question.id}{option}", []).append(header)
        if target.option is not None and (whole := [h for h, t in targets.items() if t.question.id == target.question.id and t.option is None]):
            held[target.question.id] = [*whole, header]
    return [
        _problem("COLUMN_TWICE", file, columns[1], f"'{columns[0]}' and '{columns[1]}' both hold {what}")
        for what, columns in held.items() if len(columns) > 1
    ]  # fmt: skip


def technical(headers: list[str]) -> list[str]:
    """Columns that a survey tool adds by itself."""
    return [h for h in headers if h.startswith("$") or h.casefold() in TECHNICAL]


def names_of(book: Codebook, wave: int) -> dict[str, Target]:
    """Every way a column may be called, in lower case: the question's id or its whole text, and the same of options."""
    names = {}
    for q in book.questions(wave).values():
        texts = [q.id, q.text.nb, q.text.en]
        names |= {clean(text).casefold(): Target(q) for text in texts}
        if q.type == "multiple":
            for code, label in book.responses(q).categories.items():
                options = [f"{q.id}_{code}"] + [
                    f"{text} {label[lang]}" for lang, text in (("nb", q.text.nb), ("en", q.text.en))
                ]
                options += [f"{q.text[lang]} [{label[lang]}]" for lang in ("nb", "en")]
                names |= {clean(text).casefold(): Target(q, code) for text in options}
    return names


def _target(key: str, names: dict[str, Target], renamed: dict[str, str]) -> Target | None:
    if key in renamed:
        return names[renamed[key]]
    stem, _, code = key.rpartition("_")
    if stem in renamed:
        return names.get(f"{renamed[stem]}_{code}")
    return names.get(key)


def _missing(book: Codebook, wave: int, targets: dict[str, Target], file: str) -> list[dict]:
    found = {(t.question.id, t.option) for t in targets.values()}
    whole = {question for question, option in found if option is None}
    problems = []
    for q in book.questions(wave).values():
        if q.id in whole:
            continue
        if q.type == "multiple" and any(question == q.id for question, _ in found):
            lacking = [f"{q.id}_{c}" for c in book.responses(q).categories if (q.id, c) not in found]
        else:
            lacking = [q.id]
        problems += [
            _problem("MISSING_COLUMN", file, name, f"the codebook says that wave {wave} asked it") for name in lacking
        ]
    return problems


def _did_you_mean(header: str, names) -> str:
    near = difflib.get_close_matches(header.casefold(), names, n=1, cutoff=0.75)
    return "the wave has no such question" + (f"; did the export mean '{near[0]}'?" if near else "")


def _problem(code: str, file: str, column: str, message: str) -> dict:
    return {"severity": "error", "code": code, "file": file, "row": 1, "column": column, "message": message}
