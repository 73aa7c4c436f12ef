"""A table on demand through the same door: the small-cell rules, and the auditor beside everything that is out already."""

import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.disclosure import audit, differencing, releases, rules
from analysis.errors import LegepaneletError

LEVEL = ["by", "level", "by2", "level2"]


def family(book: Codebook, wave: int, indicator: str) -> set[str]:
    """The indicators that tell of the same answers: a closed question and its dichotomies."""
    question = next((i.question for i in of_wave(book, wave) if i.id == indicator), None)
    return {i.id for i in of_wave(book, wave) if i.id == indicator or (question and i.question == question)}


def protect(
    book: Codebook, wave: int, asked: pd.DataFrame, population: pd.Series, out: pd.DataFrame, complete: pd.DataFrame
) -> pd.DataFrame:
    """The rows asked for, as they may be seen.

    `asked`: complete rows (as `estimation.on_demand.estimate` gives them); `population`: the doctors of each row's group; `out`: what is
    out of the same family and the population margins, earlier releases and tables on demand among them, and `complete` the same in full.

    A row that is out stands as it is there. A group that lies in one that is out and differs from it by fewer than SMALLEST_BASE answers
    is hidden. Where the auditor could compute anything hidden, here or there, the smallest group shown here is hidden too, again and
    again. Raises TABLE_DISCLOSES if nothing is left.
    """
    why = rules.reasons(book, wave, asked, population)
    known = asked["id"].isin(out["id"])
    new = asked[~known]
    before, truth = pd.concat([complete, new], ignore_index=True), new.index
    while True:
        shown = rules.publishable(new, why[truth])
        if len(close := _close(shown, out)):
            why[close] = "linked"
            continue
        together = pd.concat([out, shown], ignore_index=True)
        attacked = audit.audit(book, wave, together, before)
        if not attacked["verdict"].eq("RECOVERABLE").any():
            break
        left = new[why[truth].eq("") & new["n"].notna()]
        if left.empty:
            break
        smallest = left.loc[left["n"].astype(float).idxmin(), LEVEL]
        why[left.index[(left[LEVEL] == smallest).all(axis=1)]] = "linked"
    found = pd.concat([out[out["id"].isin(asked["id"])], shown], ignore_index=True)
    found = found.set_index("id").loc[asked["id"]].reset_index()
    withdrawn = found["status"].eq("shown") & found["estimate"].isna()  # an earlier release showed it; it is hidden now
    found.loc[withdrawn, "status"], found.loc[withdrawn, rules.FIGURES] = rules.STATUS["linked"], pd.NA
    if not found["status"].eq("shown").any():
        raise LegepaneletError(
            "TABLE_DISCLOSES",
            "nothing of this table can be released beside what is out",
            "Ask for larger groups, or for an item that is not sensitive.",
        )
    return found


def _close(shown: pd.DataFrame, out: pd.DataFrame) -> pd.Index:
    """The rows of a table whose group, less another that is shown, leaves too few answers: nobody asked for those, but they can be computed."""
    new = releases.figures(shown[shown["status"] == "shown"])
    others = pd.concat([releases.figures(out[out["status"] == "shown"]), new]).assign(release=0, date="", what="")
    pairs = differencing.nested(new, others)
    return shown.index[shown["id"].isin(pairs.loc[pairs["doctors"].between(1, rules.SMALLEST_BASE - 1), "id"])]


def beside(
    out: pd.DataFrame, complete: pd.DataFrame, rows: pd.DataFrame, memory: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`out` and `complete` with an earlier table on demand: `rows` are what it would hold today, the memory knows what of it was shown."""
    rows = rows[~rows["id"].isin(complete["id"])]
    shown = set(memory.loc[memory["status"] == "shown", "id"])
    why = pd.Series(["" if i in shown else "linked" for i in rows["id"]], index=rows.index, dtype=object)
    return (
        pd.concat([out, rules.publishable(rows, why)], ignore_index=True),
        pd.concat([complete, rows], ignore_index=True),
    )
