"""What tables are made of: estimates and counts as cells, the shape of a table by group, its footnotes."""

import pandas as pd

from analysis.presentation import numbers
from analysis.presentation.floats import Cell
from analysis.presentation.numbers import HIDDEN, whole
from analysis.presentation.words import WORDS
from analysis.results import Row


def estimate(row: Row | None, digits: int, lang: str, percent: bool) -> tuple[Cell, Cell]:
    """A row's estimate and interval as two cells; ":" where hidden, a dash where there is no row."""
    if row is None:
        return Cell("–"), Cell("–")
    if row.status.startswith("hidden"):
        return Cell(HIDDEN), Cell(HIDDEN)
    if pd.isna(row.estimate):
        return Cell("–"), Cell("–")
    factor, mark = 100 if percent else 1, "1" if row.quality == "uncertain" else ""
    value = numbers.decimal(factor * row.estimate, digits, lang)
    if pd.isna(row.lower) or pd.isna(row.upper):
        return Cell(value, mark=mark), Cell("–")
    limits = (numbers.decimal(factor * getattr(row, side), digits, lang) for side in ("lower", "upper"))
    return Cell(value, mark=mark), Cell(numbers.span(*limits, lang))


def n_of_count(row: Row | None, lang: str) -> Cell:
    """Unweighted `count/n` of a share, or `n` of a mean."""
    if row is None:
        return Cell("–")
    if row.status.startswith("hidden"):
        return Cell(HIDDEN)
    if row.unit == "share" and not pd.isna(row.count):
        return Cell(f"{whole(row.count, lang)}/{whole(row.n, lang)}")
    return Cell(whole(row.n, lang))


def by_groups(levels: list[tuple[str, str, dict]], columns: list[dict], lang: str):
    """Head and body of a table of indicators by group.

    `levels` is (group heading, label, key columns); each of `columns` has `label`, `digits`, `percent` and `row(key)`, which
    gives the results row.
    """
    words = WORDS[lang]
    head = [
        [Cell("", number=False), *(Cell(c["label"], span=3) for c in columns)],
        [Cell(words["group"], number=False)],
    ]
    for column in columns:
        share = column["percent"]
        head[1] += [
            Cell(words["count_head" if share else "n"]),
            Cell(words["percent_head" if share else "mean"]),
            Cell(words["ci_head"]),
        ]
    body, previous = [], ""
    for group, label, key in levels:
        if group != previous and group:
            body.append([Cell(group, number=False)])
        previous = group
        cells = [Cell(label, number=False)]
        for column in columns:
            row = column["row"](key)
            cells += [n_of_count(row, lang), *estimate(row, column["digits"], lang, column["percent"])]
        body.append(cells)
    return head, body


def notes(body: list[list[Cell]], lang: str, percent: bool) -> tuple[str, ...]:
    """The footnotes a table needs: what is weighted, what is uncertain."""
    words, cells = WORDS[lang], [cell for row in body for cell in row]
    found = [words["weighted_note" if percent else "mean_note"]]
    if any(cell.mark == "1" for cell in cells):
        found.append(f"^1^ {words['uncertain_note']}")
    return tuple(found)
