"""The invited sample: `sample.csv`, one row a doctor."""

from pathlib import Path

import pandas as pd

from analysis.codebook import Codebook
from analysis.intake.readers import read_table, to_number

NUMBERS = {"cohort": (1994, 2100), "licence_year": (1900, 2100), "birth_year": (1900, 2100)}
OPTIONAL = ("stratum", "start_weight", "synthetic")
COLUMNS = (
    "doctor",
    "cohort",
    "licence_year",
    "sex",
    "birth_year",
    "register_position",
    "specialty",
    "region",
    "disposition",
)


def read(book: Codebook, path: Path) -> tuple[pd.DataFrame, list[dict]]:
    """The sample and its problems' rows. A row that has an error is left out of the sample and listed."""
    file = f"{path.parent.name}/{path.name}"
    table = read_table(path)
    table.columns = [c.casefold() for c in table.columns]
    problems = [
        {"severity": "error", "code": "MISSING_COLUMN", "file": file, "row": 1, "column": c, "message": "sample.csv needs it"}
        for c in COLUMNS if c not in table
    ]  # fmt: skip
    problems += [
        {"severity": "error", "code": "UNKNOWN_COLUMN", "file": file, "row": 1, "column": c, "message": "sample.csv has no such column"}
        for c in table if c not in (*COLUMNS, *OPTIONAL)
    ]  # fmt: skip
    if problems:
        return pd.DataFrame(columns=list(COLUMNS)), problems
    panel = book.panel
    allowed = {"sex": panel.sex, "register_position": panel.register_positions, "specialty": panel.specialties,
               "region": panel.regions, "disposition": panel.dispositions}  # fmt: skip
    if "stratum" in table:
        allowed["stratum"] = panel.strata
    bad = pd.Series(False, index=table.index)

    def report(rows, code, column, message):
        bad.loc[rows] = True
        problems.extend(
            {"severity": "error", "code": code, "file": file, "row": row, "doctor": table.loc[row, "doctor"],
             "column": column, "value": table.loc[row, column], "message": message} for row in rows
        )  # fmt: skip

    report(table.index[table["doctor"] == ""], "MISSING_ID", "doctor", "expected the doctor's number")
    report(
        table.index[table["doctor"].duplicated() & (table["doctor"] != "")],
        "DUPLICATE_DOCTOR",
        "doctor",
        "expected once",
    )
    for column, levels in allowed.items():
        report(
            table.index[~table[column].isin(list(levels))],
            "CODE_OUTSIDE_SCALE",
            column,
            f"expected one of {', '.join(levels)}",
        )
    for column, (low, high) in NUMBERS.items():
        value = table[column].map(to_number)
        good = value.between(low, high) & (value % 1 == 0)
        report(table.index[~good], "IMPOSSIBLE_NUMBER", column, f"expected a year, {low} to {high}")
    if "start_weight" in table:
        good = table["start_weight"].map(to_number).astype(float) > 0
        report(table.index[~good], "IMPOSSIBLE_NUMBER", "start_weight", "expected a number above 0")
    sample = table[~bad].drop(columns=[c for c in ("synthetic",) if c in table])
    sample = sample.astype({c: float for c in NUMBERS}).astype({c: int for c in NUMBERS})
    if "start_weight" in sample:
        sample["start_weight"] = sample["start_weight"].map(to_number).astype(float)
    return sample.reset_index(drop=True), problems
