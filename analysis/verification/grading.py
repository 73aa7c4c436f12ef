"""How far a number is from what was published: same, same as displayed, minor, major, decision, missing, new."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np
import pandas as pd

from analysis.results import DECIMALS, FIGURES

GRADES = ("same", "same as displayed", "minor", "major", "decision", "missing", "new")
FINE = ("same", "same as displayed")
COUNTS = ("n", "count", "n_missing", "n_both")
KEY = ["document", "lang", "where", "float", "section", "rows", "field", "scale"]


@dataclass(frozen=True)
class Difference:
    """A graded number that is not the same: where it stands, its row, what was published and what was found."""

    where: str
    row: str
    field: str
    published: str
    found: str
    grade: str


def value(shown: str) -> Decimal | None:
    """A displayed number as a number, whatever its style: decimal comma or point, thousands with a space or a comma; None if it is none.

    A comma followed by three digits and no more is a thousands mark where a point or the language tells so; the ledger's own numbers
    are read with their language by `of_language`.
    """
    text = shown.replace("\u2212", "-").replace("\u00a0", "").replace("\u202f", "").replace(" ", "").lstrip("+")
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def of_language(shown: str, lang: str) -> Decimal | None:
    """A displayed number of a Norwegian or an English document."""
    return value(shown.replace(",", ".") if lang == "nb" else shown.replace(",", ""))


def decimals(shown: str, lang: str) -> int:
    """How many decimals a displayed number has."""
    found = of_language(shown, lang)
    return 0 if found is None else max(-found.as_tuple().exponent, 0)


def line_of(row: dict) -> float | None:
    """The value that a decision hangs on: 0 of a difference or change, 1 of an odds ratio, one half of a share; else none."""
    if row.get("statistic") == "odds_ratio":
        return 1.0
    if row.get("unit") == "difference" or row.get("kind") == "comparison":
        return 0.0
    return 0.5 if row.get("unit") == "share" and row.get("kind") == "estimate" else None


def crosses(row: dict, field: str, old: float, new: float) -> bool:
    """Whether an interval's limit crosses its line, or a direction turns."""
    line = line_of(row)
    if line is None or field not in ("estimate", "lower", "upper") or (field == "estimate" and line == 0.5):
        return False
    return (old > line) != (new > line)


def of_display(published: str, found: str | None, entry: dict, row: dict) -> str:
    """The grade of a number in a file against the ledger: `entry` is the ledger's, `row` its results row."""
    if found is None:
        return "missing"
    if found == published:
        return "same"
    old, new = (of_language(text, entry["lang"]) for text in (published, found))
    if old is None or new is None:
        return "major"
    scale = entry["scale"] or 1
    if crosses(row, entry["field"], float(old) / scale, float(new) / scale):
        return "decision"
    unit = Decimal(1).scaleb(-max(decimals(published, entry["lang"]), decimals(found, entry["lang"])))
    return "minor" if abs(old - new) <= unit else "major"


def of_results(entry: dict, rows: list[dict]) -> str:
    """The grade of a ledger's number against the published results, which carry one digit more than is displayed."""
    shown = of_language(entry["shown"], entry["lang"])
    values = [row[entry["field"]] for row in rows]
    if shown is None or len(values) < len(entry["rows"]) or any(pd.isna(v) for v in values):
        return "missing"
    unit = Decimal(1).scaleb(-decimals(entry["shown"], entry["lang"]))
    exact = Decimal(repr(float(sum(values)))) * Decimal(str(entry["scale"]))
    if entry["form"] == "below":
        return "same" if exact <= shown else "major"
    # Rounded twice, to the publication's digits and to the display's: half a unit of each, of every row added.
    room = unit / 2 + unit / 20 * len(values)
    if abs(exact - shown) <= room:
        return "same"
    scale = entry["scale"] or 1
    if len(rows) == 1 and crosses(rows[0], entry["field"], float(exact) / scale, float(shown) / scale):
        return "decision"
    return "minor" if abs(exact - shown) <= unit + room else "major"


def of_rows(published: pd.DataFrame, found: pd.DataFrame) -> tuple[list[Difference], int]:
    """Every figure of two results tables; and how many were compared."""
    old, new = (table.set_index("id") for table in (published, found))
    differences = [_row_gone(i, "missing") for i in old.index.difference(new.index)]
    differences += [_row_gone(i, "new") for i in new.index.difference(old.index)]
    both = old.index.intersection(new.index)
    old, new = old.loc[both], new.loc[both]
    a, b = (table[FIGURES].astype("float64").to_numpy() for table in (old, new))
    lacking = np.isnan(a) & np.isnan(b)
    apart = ~((a == b) | lacking).all(axis=1) | (old["status"] != new["status"]).to_numpy()
    for row_id, before, after in zip(both[apart], old[apart].to_dict("records"), new[apart].to_dict("records"), strict=True):
        differences += _of_row(row_id, before, after)
    return differences, int((~lacking).sum())


def _of_row(row_id: str, before: dict, after: dict) -> Iterator[Difference]:
    """The figures of a row that are not as they were."""
    for field in FIGURES:
        a, b = before[field], after[field]
        if pd.isna(a) and pd.isna(b):
            continue
        if pd.isna(a) or pd.isna(b):
            yield Difference("results.csv", row_id, field, _told(a), _told(b), "missing" if pd.isna(b) else "new")
        elif float(a) != float(b):
            yield Difference("results.csv", row_id, field, _told(a), _told(b), _grade(before, field, float(a), float(b)))
    if before["status"] != after["status"]:
        yield Difference("results.csv", row_id, "status", str(before["status"]), str(after["status"]), "major")


def _grade(row: dict, field: str, old: float, new: float) -> str:
    """How far a figure is from the one published, by the last digit that is displayed of it; a count by one."""
    if crosses(row, field, old, new):
        return "decision"
    step = 10.0 ** -(DECIMALS.get(row["unit"], 3) if field in ("estimate", "se", "lower", "upper") else 4 if field.startswith("p") else 1)
    return "major" if field in COUNTS or abs(old - new) > 10 * step + 1e-12 else "minor"


def _row_gone(row_id: str, grade: str) -> Difference:
    there = ("", "a row") if grade == "new" else ("a row", "")
    return Difference("results.csv", row_id, "", *there, grade)


def _told(figure) -> str:
    return "" if pd.isna(figure) else f"{figure:g}"


def of_ledgers(published: list[dict], found: list[dict], rows: dict[str, dict]) -> tuple[list[Difference], int]:
    """Every number of two ledgers (lists of entries with document and lang), matched by where they stand and what they show."""
    differences = []
    new = _by_key(found)
    old = _by_key(published)
    for key, entry in old.items():
        other = new.get(key)
        grade = of_display(entry["shown"], other and other["shown"], entry, rows.get(entry["rows"][0], {}))
        if grade not in FINE:
            differences.append(difference(entry, other["shown"] if other else "", grade))
    differences += [
        difference(entry | {"shown": ""}, entry["shown"], "new") for key, entry in new.items() if key not in old
    ]
    return differences, len(old)


def _by_key(entries: list[dict]) -> dict[tuple, dict]:
    found: dict[tuple, dict] = {}
    for entry in entries:
        key = tuple(tuple(entry[k]) if isinstance(entry[k], list) else entry[k] for k in KEY)
        place = 0
        while (*key, place) in found:
            place += 1
        found[*key, place] = entry
    return found


def difference(entry: dict, found: str, grade: str, suffix: str = "") -> Difference:
    """A difference of a ledger's number, in words."""
    place = entry["float"] or entry["section"]
    file = f"{entry['document']}.{entry['lang']}{suffix}"
    return Difference(
        f"{file}, {entry['where']}, {place}", "+".join(entry["rows"]), entry["field"], entry["shown"], found, grade
    )
