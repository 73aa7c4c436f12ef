"""`make impact`: what has been published and would be displayed otherwise today, after a change of data, recode, weights or code."""

import re
from pathlib import Path

import pandas as pd

from analysis.settings import settings
from analysis.verification import grading, publishing
from analysis.verification.grading import Difference
from analysis.verification.manifest import LEDGER, RESULTS, read


def publications(kind: str) -> dict[int, Path]:
    """Wave -> the folder of its publication, of a kind of data."""
    root = settings().published if kind == "real" else settings().published / "synthetic"
    return {int(p.name): p for p in sorted(root.glob("*")) if re.fullmatch(r"\d{4}", p.name) and (p / LEDGER).is_file()}


def impact(kind: str) -> tuple[list[Difference], int, list[str]]:
    """Every published number that today's results would display otherwise, how many were compared, and the inputs that differ.

    The results of all published waves must lie in the output folder, made from the present data and code.
    """
    differences, compared, inputs = [], 0, []
    for wave, folder in publications(kind).items():
        entries = publishing.entries_of(publishing.read_ledgers(folder / LEDGER))
        rows = _rows({int(row.split(".")[0]) for row in publishing.shown_in(entries)} | {wave})
        inputs += [f"{wave}: published with code {read(folder)['commit'][:12]}"]
        for entry in entries:
            compared += 1
            now = _displayed(entry, rows)
            grade = grading.of_display(entry["shown"], now, entry, rows.get(entry["rows"][0], {}))
            if grade not in grading.FINE:
                differences.append(
                    grading.difference(entry | {"document": f"{wave}/{entry['document']}"}, now or "", grade)
                )
    return differences, compared, inputs


def _rows(waves: set[int]) -> dict[str, dict]:
    tables = [
        publishing.read_results(path) for w in sorted(waves) if (path := settings().output / str(w) / RESULTS).is_file()
    ]
    return {row["id"]: row for table in tables for row in table.to_dict("records")}


def _displayed(entry: dict, rows: dict[str, dict]) -> str | None:
    """How a ledger's number would be displayed from today's results, in its own style; None if a row or its figure is gone."""
    from analysis.presentation import numbers

    values = [rows[row][entry["field"]] for row in entry["rows"] if row in rows]
    if len(values) < len(entry["rows"]) or any(pd.isna(v) for v in values):
        return None
    figure, lang = sum(values) * entry["scale"], entry["lang"]
    if entry["form"] == "below":
        return (
            entry["shown"] if figure < grading.of_language(entry["shown"], lang) else numbers.decimal(figure, 3, lang)
        )
    digits = grading.decimals(entry["shown"], lang)
    signed = entry["shown"].startswith("+") or (
        figure > 0 and entry["shown"].startswith(numbers.MINUS) and entry["field"] == "estimate"
    )
    return (numbers.signed if signed else numbers.decimal)(figure, digits, lang)
