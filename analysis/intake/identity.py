"""The doctor's number: that it is a pseudonym, that no program has spoilt it, and that it is the same doctor as in the wave before."""

import re
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.errors import LegepaneletError
from analysis.intake.export import to_number
from analysis.intake.readers import read_table

EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
ROUNDED = re.compile(r"\d+[.,]\d*e\+?\d+|\d+e\+\d+", re.IGNORECASE)
WEIGHTS = ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))
FEW = 0.01  # of 11-digit numbers, valid ones by chance: about 3 of 10,000
SHARED = 0.05  # of the doctors two waves share: more that differ are an error, not a correction of the register
LASTING = ("sex", "birth_year", "licence_year")  # what nobody changes


def refuse_persons(numbers: pd.Series, file: str, column: str) -> None:
    """Raises IDENTITY_NUMBER for national identity numbers and e-mail addresses; nothing of them is repeated."""
    digits = numbers.map(_digits)
    eleven = digits[digits.str.len() == 11]
    valid = eleven[eleven.map(is_identity_number)]
    emails = numbers[numbers.map(lambda text: bool(EMAIL.search(text)))]
    told = ""
    if len(valid) and (len(eleven) < len(numbers) / 2 or len(valid) > max(1, FEW * len(eleven))):
        told, row = "a national identity number", valid.index[0]
    elif len(emails):
        told, row = "an e-mail address", emails.index[0]
    if told:
        raise LegepaneletError(
            "IDENTITY_NUMBER", f"{file} row {row}, column '{column}': {told} stands where the panel's number of the member belongs",
            "Nothing was written. Delete this file, and export it with the panel's numbers; nobody here may hold the key.",
        )  # fmt: skip


def _digits(text: str) -> str:
    """A number without what people and programs dress it in: spaces, points, hyphens, quotes, `.0`, a country or a name beside it."""
    plain = re.sub(r"[.,]0+$", "", text.strip())
    runs = re.findall(r"\d[\d\s.\-\u00a0\u202f]*", plain)
    return max((re.sub(r"\D", "", run) for run in runs), key=len, default="")


def is_identity_number(text: str) -> bool:
    """Whether 11 digits are a Norwegian national identity number (or D-number, or a synthetic one): a date, and two control digits."""
    digits = [int(c) for c in text if c.isdigit()]
    day, month = 10 * digits[0] + digits[1], 10 * digits[2] + digits[3]
    day, month = day - 40 if day > 40 else day, month - 80 if month > 80 else month - 40 if month > 40 else month
    try:
        date(2000, month, day)
    except ValueError:
        return False
    for place, weights in enumerate(WEIGHTS, start=9):
        control = -sum(w * d for w, d in zip(weights, digits, strict=False)) % 11
        if control != digits[place]:
            return False
    return True


def repairs(text: str) -> list[str]:
    """What a number may have been before a program changed its look, likeliest first."""
    plain = text.strip().lstrip("'").removeprefix('="').removesuffix('"').strip()
    plain = re.sub(r"[.,]0+$", "", plain)
    found = [plain, plain.upper()]
    if (value := to_number(plain)) is not None and value % 1 == 0 and abs(value) < 1e15:
        found.append(str(int(value)))
    return [one for one in dict.fromkeys(found) if one and one != text]


def _without_zeros(text: str) -> str:
    """A number as it is after a program has taken it for one: capital, without leading zeros of its digits."""
    letters, digits = re.fullmatch(r"(\D*)(.*)", text.upper()).groups()
    return letters + (digits.lstrip("0") or digits)


class Numbers:
    """The numbers of those invited, to look others up in."""

    def __init__(self, invited: pd.Series):
        self.known = set(invited)
        self._bare: dict[str, list[str]] = {}
        for number in invited:
            self._bare.setdefault(_without_zeros(number), []).append(number)

    def spoilt(self, text: str) -> str | None:
        """What is wrong with a number that nobody has, if a program has spoilt it; None if it is just another."""
        if ROUNDED.fullmatch(text):
            return "a program has rounded this number; its last digits are lost"
        for candidate in (text, *repairs(text)):
            if candidate in self.known and candidate != text:
                return f"sample.csv has it as '{candidate}'"
            near = self._bare.get(_without_zeros(candidate), [])
            if len(near) == 1 and near[0] != text:
                return f"sample.csv has it as '{near[0]}'"
        return None


def against_earlier(sample: pd.DataFrame, earlier: Path, file: str) -> tuple[list[dict], list[str]]:
    """Doctors who are not who they were in the wave before: problems' rows, and what is told of the numbers the waves share.

    `sample` as `sample.read` gives it. A few differences are corrections of the register (warnings); many mean that the numbers are
    other doctors' (errors).
    """
    before = read_table(earlier)
    before.columns = [c.casefold() for c in before.columns]
    lasting = [c for c in LASTING if c in before and c in sample]
    if "doctor" not in before or not {"sex", "birth_year"} <= set(lasting):
        return [], [f"{earlier.parent.name}/{earlier.name} lacks {' or '.join(LASTING)}: members were not held against it"]
    before = before[~before["doctor"].duplicated()].set_index("doctor")
    shared = sample[sample["doctor"].isin(before.index)]
    notes = [f"{len(shared)} of {len(sample)} members' numbers are also in {earlier.parent.name}/{earlier.name}"]
    problems = _repaired(sample, before, file, earlier)
    if shared.empty:
        told = f"no number is shared with {earlier.parent.name}: nobody can be followed from there"
        problems.append({"severity": "warning", "code": "NUMBERS_REPAIRED", "file": file, "column": "doctor", "message": told})
    for column in lasting:
        then = before.loc[shared["doctor"], column].to_numpy()
        now = shared[column].astype(str)
        same = [a == b or (to_number(a) is not None and to_number(a) == to_number(b)) for a, b in zip(now, then, strict=True)]
        other = shared[~pd.Series(same, index=shared.index, dtype=bool)]
        severity = "error" if len(other) > SHARED * len(shared) else "warning"
        was = dict(zip(shared["doctor"], then, strict=True))
        problems += [
            {"severity": severity, "code": "OTHER_PERSON", "file": file, "row": row, "doctor": doctor, "column": column, "value": str(value),
             "message": f"was '{was[doctor]}' in {earlier.parent.name}"}
            for row, doctor, value in zip(other["row"], other["doctor"], other[column], strict=True)
        ]  # fmt: skip
    return problems, notes


def _repaired(sample: pd.DataFrame, before: pd.DataFrame, file: str, earlier: Path) -> list[dict]:
    """A warning if more numbers would be shared after a repair: then doctors are lost between the waves who are not."""
    bare: dict[str, list[str]] = {}
    for number in before.index:
        bare.setdefault(_without_zeros(number), []).append(number)
    alone = sample.loc[~sample["doctor"].isin(before.index), "doctor"]
    found = {n: bare[key][0] for n in alone for one in (n, *repairs(n)) if len(bare.get(key := _without_zeros(one), [])) == 1}
    if not found:
        return []
    example = next(iter(found.items()))
    told = f"{len(found)} more numbers would be shared with {earlier.parent.name} if they were written alike, as '{example[0]}' and '{example[1]}'"
    return [{"severity": "warning", "code": "NUMBERS_REPAIRED", "file": file, "column": "doctor", "message": told}]
