"""What is wrong with raw files: a table of problems, each in one line, and what to do about it."""

import pandas as pd

from analysis.errors import LegepaneletError

PROBLEM = ["severity", "code", "file", "row", "doctor", "column", "value", "message"]
LONGEST = 80  # characters of a value in a message
ALIKE = 10  # problems of a kind in one column that are listed; of more the rows are told
REMEDIES = {
    "MISSING_COLUMN": "Export the column too; if the question was not asked, take its instrument out of the wave file.",
    "UNKNOWN_COLUMN": "Name the column in the wave file under 'columns', with the question or 'ignore'; take a column of sample.csv out.",
    "CODE_OUTSIDE_SCALE": "Export codes, not labels. A code for a missing answer belongs in the response set, under 'missing'.",
    "NOT_A_NUMBER": "Write the number alone, with a decimal point or comma: no unit, no range, no thousands mark.",
    "IMPOSSIBLE_NUMBER": "Correct the file if it is a slip. An answer that stays so counts as unusable.",
    "COLUMN_TWICE": "Take one of them out, or name it in the wave file under 'columns' with 'ignore'. Halves of a question must be joined before.",
    "VALUE_LABEL": "Export the codes that the codebook has, or recode them before; if the file's label is right, mend the response set.",
    "SPOILT_NUMBER": "Export the numbers again as texts; never type or delete them: a program has changed what they look like.",
    "OTHER_PERSON": "Find out whose number it is. If the register was corrected, correct the earlier sample.csv too.",
    "SILENT_ROW": "Nothing: who answered nothing counts as silent.",
    "IMPOSSIBLE_BACKGROUND": "Correct the year in sample.csv; cohort is the wave in which the member joined.",
    "NOBODY_ANSWERED": "Look whether the export holds the question. The report says in its place that it cannot be shown.",
    "ALL_THE_SAME": "Look whether the export holds the answers. The report says in its place that it cannot be shown.",
    "NUMBERS_REPAIRED": "Export the numbers of both waves in the same form, as texts.",
    "MISSING_ID": "Put the member's number in, or take the row out.",
    "DUPLICATE_MEMBER": "Keep one row a member.",
    "REPEATED_ROW": "Nothing, or take one of the rows out.",
    "NOT_INVITED": "Correct the number, or add the member to sample.csv.",
    "NOT_ELIGIBLE": "Correct the disposition in sample.csv, or take the row out.",
    "EXCLUSIVE_OPTION": "Nothing: the answer counts as unusable. If there are many, look at 'exclusive' of the question in the codebook.",
    "FILTER_VIOLATED": "Nothing: the answer is set aside. If there are many, look at 'asked_if' of the question in the codebook.",
}


def frame(rows: list[dict]) -> pd.DataFrame:
    """The table of problems (columns PROBLEM) in the order found."""
    return pd.DataFrame(rows, columns=PROBLEM).astype({"row": "Int64"})


def describe(problem: dict) -> str:
    """A problem in one line: where, what was found, what was expected."""
    where = f"{problem['file']} row {problem['row']}" if pd.notna(problem["row"]) else problem["file"]
    what = f", column '{printable(problem['column'])}'" if isinstance(problem["column"], str) else ""
    value = f": '{printable(problem['value'])}'" if isinstance(problem["value"], str) else ""
    return f"{problem['severity']} {problem['code']} {where}{what}{value}: {problem['message']}"


def listing(problems: pd.DataFrame) -> list[str]:
    """The problems in a line each, as `describe` gives them; of many alike the first few, and how many more there are and where."""
    lines = []
    for _, alike in problems.groupby(["severity", "code", "file", "column"], sort=False, dropna=False):
        lines += [describe(problem) for problem in alike.head(ALIKE).to_dict("records")]
        if len(more := alike.iloc[ALIKE:]):
            first = alike.iloc[0]
            rows = [str(row) for row in more["row"].dropna().head(5)]
            told = f" rows {', '.join(rows)}{' ...' if len(more) > 5 else ''}" if rows else ""
            lines.append(f"{first['severity']} {first['code']} {first['file']}, column '{first['column']}': {len(more)} more of this kind{told}")
    return lines


def remedies(problems: pd.DataFrame) -> list[str]:
    """What to do about the problems: a line a code, in the order found."""
    return [f"{code}: {REMEDIES[code]}" for code in problems["code"].unique()]


def printable(text: str) -> str:
    """A value of a file as a terminal may show it: no control characters, no end of it."""
    whole = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:LONGEST])
    return whole + " ..." if len(text) > LONGEST else whole


def refuse(problems: pd.DataFrame, wave: int) -> None:
    """Raises DATA_FAULTS if there are errors: the first of them stand in the message."""
    errors = problems[problems["severity"] == "error"]
    if len(errors):
        shown = listing(errors)
        hints = [f"Mend the raw files or the codebook, then run `make check WAVE={wave}`.", *remedies(errors)]
        raise LegepaneletError(
            "DATA_FAULTS", "\n".join([f"wave {wave} has {len(errors)} errors", *shown]), "\n  ".join(hints)
        )
