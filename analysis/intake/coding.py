"""From texts to coded answers: what each cell says, or why it says nothing."""

import numpy as np
import pandas as pd

from analysis.codebook import Codebook, Question
from analysis.intake.columns import Target
from analysis.intake.export import to_number

ANSWERED = ""  # in the table of reasons: the cell holds an answer


class Coder:
    """Codes the rows of one export and collects what could not be used.

    `answers` has a column a question (a multiple choice: one 0/1 column an option), `reasons` the same columns with ""
    or why there is no answer: not_asked, not_applicable, refused, unanswered, unusable; as objects, until all is coded.
    """

    def __init__(self, book: Codebook, file: str, doctors: pd.Series, declared: dict[str, frozenset[str]] | None = None):
        """`declared`: column -> the texts that the file declares to be missing, whatever the codebook says of them."""
        self.book, self.file, self.doctors, self.declared = book, file, doctors, declared or {}
        self.problems: list[dict] = []

    def code(self, table: pd.DataFrame, targets: dict[str, Target]) -> tuple[pd.DataFrame, pd.DataFrame]:
        answers, reasons = {}, {}
        by_question: dict[str, list[str]] = {}
        for column, target in targets.items():
            by_question.setdefault(target.question.id, []).append(column)
        for columns in by_question.values():
            question = targets[columns[0]].question
            if question.type == "multiple":
                ticked, why = self._multiple(question, table[columns], [targets[c].option for c in columns])
            else:
                ticked, why = self._single(question, table[columns[0]])
            answers |= ticked
            reasons |= why
        return pd.DataFrame(answers, table.index), pd.DataFrame(reasons, table.index, dtype=object)

    def _single(self, question: Question, cells: pd.Series) -> tuple[dict, dict]:
        declared = self.declared.get(cells.name, frozenset())
        place, texts = pd.factorize(cells, use_na_sentinel=False)  # the same few texts stand in all rows
        meaning = [self._meaning(question, text, text in declared) for text in texts]
        if any(fault for _, _, fault in meaning):
            for row, at in zip(cells.index, place, strict=True):
                if meaning[at][2]:
                    self._report(meaning[at][2], row, cells.name, texts[at], self._expected(question) + self._if_label(question, texts[at]))
        value = np.array([number for number, _, _ in meaning], dtype=float)[place]
        why = np.array([reason for _, reason, _ in meaning], dtype=object)[place]
        return {question.id: value}, {question.id: why}

    def _meaning(self, question: Question, text: str, declared: bool = False) -> tuple[float, str, str | None]:
        """(value, reason, problem code) of a cell. What the file declares missing is no answer; the codebook may know why."""
        if text == "":
            return np.nan, "unanswered", None
        number = self._number(question, text)
        if declared:
            responses = self.book.responses(question)
            reasons = question.missing if responses is None else responses.missing
            return np.nan, reasons.get(number, "unanswered"), None
        if number is None:
            return np.nan, "unusable", "NOT_A_NUMBER" if question.type == "number" else "CODE_OUTSIDE_SCALE"
        responses = self.book.responses(question)
        missing = question.missing if responses is None else responses.missing
        if number in missing:
            return np.nan, missing[int(number)], None
        if responses is None:
            possible = question.minimum <= number <= question.maximum
            return (number, ANSWERED, None) if possible else (np.nan, "unusable", "IMPOSSIBLE_NUMBER")
        known = number in responses.categories
        return (number, ANSWERED, None) if known else (np.nan, "unusable", "CODE_OUTSIDE_SCALE")

    @staticmethod
    def _number(question: Question, text: str) -> float | None:
        """The number of a cell; `25 %` is one where per cent are asked for."""
        if text.endswith("%") and question.unit is not None and question.unit["nb"] in ("prosent", "%"):
            text = text.removesuffix("%").rstrip()
        return to_number(text)

    def _multiple(self, question: Question, cells: pd.DataFrame, options: list[int | None]) -> tuple[dict, dict]:
        """Ticked options as 0/1; a row with no tick at all is unanswered."""
        codes = sorted(self.book.responses(question).categories)
        apart = None not in options
        ticked = np.zeros((len(cells), len(codes)), dtype=bool)
        for column, option in zip(cells, options, strict=True):
            place, texts = pd.factorize(cells[column], use_na_sentinel=False)
            parts = [self._parts(text, column, option, apart) for text in texts]
            chosen = [self._chosen(some, option, codes) for some in parts]
            ticked |= np.array([[code in some for code in codes] for some in chosen], dtype=bool).reshape(-1, len(codes))[place]
            unknown = [[part for part in some if not self._is_tick(part, option, codes)] for some in parts]
            for row, at in zip(cells.index, place, strict=True) if any(unknown) else ():
                for part in unknown[at]:
                    self._report("CODE_OUTSIDE_SCALE", row, column, part, "0 or 1" if option is not None else self._expected(question))
        empty = ~ticked.any(axis=1)
        alone = ticked[:, np.isin(codes, question.exclusive)].any(axis=1) & (ticked.sum(axis=1) > 1)
        for row in cells.index[alone]:
            text = ";".join(part for c, option in zip(cells, options, strict=True) for part in self._parts(cells.loc[row, c], c, option, apart))
            self._report("EXCLUSIVE_OPTION", row, cells.columns[0], text, "an option that excludes the others")
        why = np.select([empty, alone], ["unanswered", "unusable"], ANSWERED).astype(object)
        values = np.where((empty | alone)[:, None], np.nan, ticked)
        return {f"{question.id}_{c}": values[:, i] for i, c in enumerate(codes)}, {f"{question.id}_{c}": why for c in codes}

    def _parts(self, text: str, column: str, option: int | None, apart: bool) -> list[str]:
        """What a cell lists; of an option's own column, one thing. `apart`: each option has its column, and is ticked by TRUE too."""
        if text in self.declared.get(column, frozenset()):
            return [""]
        if apart:
            text = {"TRUE": "1", "FALSE": "0"}.get(text, text)
        return [part.strip() for part in ([text] if option is not None else text.split(";"))]

    @staticmethod
    def _is_tick(part: str, option: int | None, codes: list[int]) -> bool:
        return part == "" or to_number(part) in ((0, 1) if option is not None else codes)

    def _chosen(self, parts: list[str], option: int | None, codes: list[int]) -> set[int]:
        """The options that a cell ticks: its own column's, or those it lists."""
        numbers = [to_number(part) for part in parts if part and self._is_tick(part, option, codes)]
        return {option for n in numbers if n} if option is not None else {int(n) for n in numbers}

    def _expected(self, question: Question) -> str:
        responses = self.book.responses(question)
        if responses is None:
            return f"{question.minimum:g} to {question.maximum:g}"
        codes = ", ".join(str(c) for c in sorted([*responses.categories, *responses.missing]))
        return f"one of {codes}"

    def _if_label(self, question: Question, text: str) -> str:
        """What to write for a label that was exported in the code's place."""
        responses = self.book.responses(question)
        labels = {} if responses is None else responses.categories
        codes = [code for code, label in labels.items() if text.casefold() in (label[lang].casefold() for lang in ("nb", "en"))]
        return f"; that is the label of {codes[0]}" if codes else ""

    def _report(self, code, row, column, value, expected) -> None:
        severity = "error" if code in ("CODE_OUTSIDE_SCALE", "NOT_A_NUMBER") else "warning"
        self.problems.append(
            {
                "severity": severity,
                "code": code,
                "file": self.file,
                "row": row,
                "doctor": self.doctors[row],
                "column": column,
                "value": value,
                "message": f"expected {expected}",
            }
        )

    def filtered(
        self, questions: dict[str, Question], answers: pd.DataFrame, reasons: pd.DataFrame, columns: dict[str, str]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Both tables with who was not asked; an answer from someone not asked is set aside and reported."""
        values, why = ({c: made[c].to_numpy() for c in made} for made in (answers, reasons))
        for question in (q for q in questions.values() if q.asked_if is not None):
            mine = [question.id] if question.type != "multiple" else [f"{question.id}_{c}" for c in sorted(self.book.responses(question).categories)]
            asked = _asked(question, values)
            violated = ~asked & np.logical_or.reduce([why[c] == ANSWERED for c in mine])
            for row in answers.index[violated]:
                self._report("FILTER_VIOLATED", row, columns.get(question.id, mine[0]), f"{answers.at[row, mine[0]]:g}",
                             f"no answer, as '{question.asked_if.question}' leads past it")  # fmt: skip
            values |= {c: np.where(asked, values[c], np.nan) for c in mine}
            why |= {c: np.where(asked, why[c], "not_asked") for c in mine}
        return pd.DataFrame(values, answers.index), pd.DataFrame(why, reasons.index, dtype=object)


def _asked(question: Question, values: dict[str, np.ndarray]) -> np.ndarray:
    key, codes = question.asked_if.question, question.asked_if.codes
    if key in values:
        return np.isin(values[key], codes)
    return np.logical_or.reduce([values[f"{key}_{code}"] == 1 for code in codes])
