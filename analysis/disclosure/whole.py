"""Where no part of a question's tables can be shown safely, or none is found in time, the whole of them is hidden.

The protector looks for the fewest figures to hide. In a small wave its tables may be linked in ways that it does not know, and on large
tables its search may go on for very long: then all that is published of the question's answers goes, and the auditor looks again.
"""

import pandas as pd

from analysis.codebook import Codebook
from analysis.disclosure import audit, rules
from analysis.disclosure.on_demand import family

MOST = 4  # times that the auditor may find something new, once what it found is hidden


def safe(book: Codebook, wave: int, results: pd.DataFrame, population: pd.Series) -> tuple[pd.Series, pd.DataFrame, list[str]]:
    """Why each row is hidden (as `rules.reasons`), what the auditor found of it, and the items of which all is hidden for want of anything safe.

    Raises DISCLOSURE_RECOVERABLE if hiding the whole does not help: then the fault is elsewhere.
    """
    why = rules.reasons(book, wave, results, population)
    gone: set[str] = set()
    attacked = audit.audit(book, wave, rules.publishable(results, why), results)
    for _ in range(MOST):
        found = results[results["id"].isin(attacked.loc[attacked["verdict"] == "RECOVERABLE", "id"])]
        if found.empty:
            break
        items = {item for name in found["indicator"].unique() for item in family(book, wave, name)}
        # First all tables by groups, then what is left.
        why = hide(results, why, items, results["by"].ne("") | items.issubset(gone))
        gone |= items
        attacked = audit.audit(book, wave, rules.publishable(results, why), results)
    audit.refuse(attacked, wave)
    return why, attacked, sorted(set(results.loc[why.eq("whole"), "indicator"]))


def hide(results: pd.DataFrame, why: pd.Series, items: set[str], where: pd.Series) -> pd.Series:
    """The figures of the items hidden, in the rows `where`."""
    free = results["status"].eq("shown") & why.isin(["", "linked", "coarse"])
    return why.mask(results["indicator"].isin(items) & free & where, "whole")
