"""Why a result that a document asks for is not there, and what may have been meant. Nothing is ever left out in silence."""

import difflib
from pathlib import Path
from typing import NoReturn

from analysis.codebook.model import Codebook
from analysis.codebook.plan import Plan, read
from analysis.errors import LegepaneletError
from analysis.presentation.results import Results

COLUMNS = ("statistic", "by", "level", "by2", "level2", "vs_level", "vs_wave", "model", "term", "category")  # in the order they are asked


def nothing(results: Results, indicator: str, wave: int, **asked) -> NoReturn:
    """Raises LookupError: which part of what was asked has no result of the indicator, and the nearest that has one.

    A column that was not asked for counts as empty, as in `Results.where`.
    """
    rows = results.where(indicator, wave, by=..., by2=..., model=..., vs_level=...).to_dict("records")
    what = ", ".join(f"{k}={v}" for k, v in asked.items() if v not in (..., "", None))
    if not rows:
        raise LookupError(f"{wave} has no result of '{indicator}'" + (f" ({what})" if what else ""))
    wanted = {"by": "", "by2": "", "vs_level": "", "model": ""} | asked
    for column in COLUMNS:
        value = wanted.get(column, ...)
        if value is ... or value is None:
            continue
        values = value if isinstance(value, list) else [value]
        left = [row for row in rows if row[column] in values]
        if not left:
            known = sorted({str(row[column]) for row in rows if str(row[column]) not in ("", "<NA>")})
            near = difflib.get_close_matches(str(value), known, 3, 0.5) or known[:8]
            told = f"; near it: {', '.join(near)}" if near else ""
            raise LookupError(f"{wave} has no result of '{indicator}' ({what}) with {column} '{value}'{told}")
        rows = left
    raise LookupError(f"{wave} has no result of '{indicator}' ({what})")


def near(name: str, known, what: str) -> NoReturn:
    """Raises LookupError for a name that is not among those known."""
    found = difflib.get_close_matches(name, list(known), 3, 0.5) or list(known)[:8]
    raise LookupError(f"there is no {what} '{name}'; near it: {', '.join(map(str, found))}")


def plan(folder: Path, book: Codebook, article: str, wave: int) -> Plan:
    """The plan of an article of a wave. Raises PLAN_FIELD, and ARTICLE_UNKNOWN if it has none, or one for another wave."""
    found = read(folder, book).get(article)
    if found is None or found.wave != wave:
        told = f"its plan is for {found.wave}" if found else f"there is no {article}.plan.yml"
        hint = f"Render it for {found.wave}." if found else "Write its plan first."
        raise LegepaneletError("ARTICLE_UNKNOWN", f"{article} is no article of {wave}: {told}", hint)
    return found
