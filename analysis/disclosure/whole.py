"""Where the rules leave a count to be told, the question's tables are taken out: those by groups first, then what is left of it.

It always ends: of a question of which nothing is shown, nothing can be told but how many answered.
"""

import pandas as pd

from analysis.codebook import Codebook
from analysis.disclosure import attack, rules


def safe(book: Codebook, wave: int, results: pd.DataFrame, why: pd.Series) -> tuple[pd.Series, pd.DataFrame]:
    """Why each row is not shown (`rules.reasons`, and what had to be taken out besides), and what the auditor found at last.

    Raises DISCLOSURE_RECOVERABLE if nothing is left to take out.
    """
    family = {name: subject.names for subject in attack.subjects(book, wave) for name in subject.names if name}
    dropped: set[tuple[str, str]] = set()
    while True:
        attacked = attack.audit(book, wave, rules.publishable(book, wave, results, why), results, frozenset(dropped))
        bad = results[results["id"].isin(attacked.loc[attacked["verdict"].eq("RECOVERABLE"), "id"])]
        out = pd.Series(False, index=results.index)
        for name, reasons in {(row.indicator, row.by == "missing") for row in bad.itertuples()}:
            mine = results["indicator"].isin(family[name]) & results["status"].eq("shown") & why.eq("") & ~results["level"].eq(attack.NOT_ASKED)
            missing, grouped = results["by"].eq("missing"), results["by"].ne("")
            for part in (mine & missing,) * reasons + (mine & ~missing & grouped, mine & ~missing, mine):
                if part.any():
                    out |= part
                    break
        if not out.any():
            attack.refuse(attacked, wave)
            return why, attacked
        dropped |= set(results.loc[out, ["indicator", "by"]].itertuples(index=False, name=None))
        why = why.mask(out, "sensitive")
