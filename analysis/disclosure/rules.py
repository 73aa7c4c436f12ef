"""What may be shown: decided on sizes, and of a sensitive table on one bit, whether it is whole.

The sizes are `limits` of the codebook's panel; docs/disclosure.md says why they are so. Nothing is hidden for another figure's sake: what could be
computed from the rest of a table goes with the table.
"""

import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.codebook.model import JOINT
from analysis.disclosure.rounding import rounded
from analysis.estimation.levels import class_of
from analysis.panel.facts import REASONS as OF_MISSING
from analysis.results import FIGURES, TEXT

REASONS = {  # why a figure is not shown -> its status; the page for whoever approves a release has the words
    "base": "hidden_small", "joined": "hidden_small", "coarse": "hidden_small", "group": "hidden_small", "sensitive": "hidden_to_protect",
}  # fmt: skip
TABLE = ["indicator", "by", "by2"]
ESTIMATED = ("estimate", "comparison", "test", "model", "scale")
Gone = frozenset[tuple[int, str, str, str]]  # (wave, indicator, by, level) of levels that are not shown


def reasons(book: Codebook, wave: int, results: pd.DataFrame, persons: pd.Series) -> pd.Series:
    """Why each row of a wave's results (as `results.table` gives them) is not shown, a key of REASONS, or "", before `across` the waves.

    `persons`: how many of the population each row's group holds (as `panel.population.sizes`).
    """
    results = results.astype(dict.fromkeys(TEXT, object))  # looked through row by row, many times
    sensitive = sensitive_rows(book, wave, results)
    why = pd.Series("", index=results.index, dtype=object)
    for reason, rows in (
        ("group", sensitive & _too_fine(book, results)),
        ("sensitive", sensitive & (_not_whole(book, results) | _few(book, results[sensitive]).reindex(results.index, fill_value=False))),
        *((reason, ~sensitive & rows) for reason, rows in _small(book, results, persons)),
        ("coarse", ~sensitive & _too_coarse(book, results)),
    ):
        why[results["status"].eq("shown") & why.eq("") & rows] = reason
    return why


def across(book: Codebook, wave: int, results: pd.DataFrame, why: pd.Series, before: Gone) -> pd.Series:
    """`why` with differences and changes of what is not shown, in this wave or (`before`) in earlier ones."""
    lost, told = gone(results, why) | before, results["status"].eq("shown") & why.eq("") & results["kind"].isin(["comparison", "test"])
    rows = results.loc[told, ["wave", "indicator", "by", "level", "vs_level", "vs_wave"]]
    places = [row.Index for row in rows.itertuples() if _tells_on(row, lost)]
    why = why.mask(results.index.isin(places), "joined")
    return why.mask(sensitive_rows(book, wave, results) & why.eq("joined"), "sensitive")


def publishable(book: Codebook, wave: int, results: pd.DataFrame, why: pd.Series) -> pd.DataFrame:
    """The results as anybody may see them: rounded, and what is not shown with its id and status alone.

    Rows that are `reference` or `not_comparable` keep their status.
    """
    hidden = why != ""
    published = rounded(results, sensitive_rows(book, wave, results))
    published.loc[hidden, "status"] = why[hidden].map(REASONS)
    published.loc[hidden, FIGURES] = pd.NA
    published.loc[hidden, "quality"] = ""
    return published


def sensitive_rows(book: Codebook, wave: int, results: pd.DataFrame) -> pd.Series:
    """Rows of sensitive indicators, and of their questions (why answers are missing)."""
    found = {i.id for i in of_wave(book, wave) if i.sensitive}
    return results["indicator"].isin(found | {i.question for i in of_wave(book, wave) if i.sensitive and i.question})


def gone(results: pd.DataFrame, why: pd.Series) -> Gone:
    """The levels of a wave that are not shown: a change or a difference of one of them would give it back."""
    levels = results["kind"].eq("estimate") & results["statistic"].isin(["mean", "share"]) & results["category"].isna() & results["model"].eq("")
    rows = results.loc[levels & why.ne("") & results["by2"].eq(""), ["wave", "indicator", "by", "level"]]
    return frozenset(rows.itertuples(index=False, name=None))


def _tells_on(row, lost: Gone) -> bool:
    places = [(row.wave, row.level), (row.wave, row.vs_level or row.level), (row.wave if pd.isna(row.vs_wave) else int(row.vs_wave), row.level)]
    return any((wave, row.indicator, row.by, level) in lost for wave, level in places)


def _estimates(results: pd.DataFrame) -> pd.Series:
    return results["kind"].eq("estimate") & results["model"].eq("")


# Ordinary items: groups of too few are shown joined with a neighbour, else the table is absent.


def _small(book: Codebook, results: pd.DataFrame, persons: pd.Series):
    """(reason, rows) of groups too small to be shown, and of tables in which no joining helps."""
    limits, table = book.panel.limits, _estimates(results) & results["by"].ne("")
    n, both = results["n"].fillna(limits.base), results["n_both"].fillna(limits.base)
    few = (n < limits.base) | (persons < limits.population).fillna(False)
    few |= results["kind"].eq("comparison") & results["vs_wave"].notna() & (results["count"].fillna(limits.base) < limits.base)
    few |= results["statistic"].eq("change_within") & (both < limits.base)
    joint, inside = results["level"].str.contains(JOINT, regex=False), _joined_away(results)
    tables = pd.MultiIndex.from_frame(results[TABLE])
    helped = tables.isin(tables[table & joint])
    absent = tables.isin(tables[table & few & ~inside]) & ~helped
    leavers = results["indicator"].eq("leavers")
    groups = results["by2"].isin(results.loc[leavers & few, "by2"])
    yield "base", (results["kind"].isin(ESTIMATED) & few & ~(table & inside)) | (table & absent) | (leavers & groups)
    yield "joined", table & inside & ~joint


def _joined_away(results: pd.DataFrame) -> pd.Series:
    """Levels that a joined group of the same table holds."""
    joint = results.loc[_estimates(results) & results["level"].str.contains(JOINT, regex=False), [*TABLE, "level"]].drop_duplicates()
    parts = {(*key, part) for *key, level in joint.itertuples(index=False) for part in level.split(JOINT)}
    return pd.Series([key in parts for key in results[[*TABLE, "level"]].itertuples(index=False, name=None)], index=results.index)


def _too_coarse(book: Codebook, results: pd.DataFrame) -> pd.Series:
    """Distributions of more than three answers by groups of which one is small: the table falls back to three classes, where it has them.

    The whole table does, as one group's answers are the total's less the others'. An answer that is a class of its own stays.
    """
    rows = results[_estimates(results) & results["statistic"].eq("share") & results["category"].notna() & results["by"].ne("")]
    codes = {name: sorted(set(part)) for name, part in rows["category"].astype(int).groupby(rows["indicator"])}
    classed = set(results.loc[results["statistic"] == "share_of_three", "indicator"])
    alone = set()
    for name in classed & set(codes):
        class_ = class_of(codes[name])
        alone |= {(name, code) for code, k in class_.items() if list(class_.values()).count(k) == 1}
    smallest = rows["n"].mask(rows.index.isin(rows.index[_joined_away(rows)])).groupby([rows[c] for c in TABLE]).transform("min")
    many = rows["indicator"].map(lambda name: len(codes[name]) > 3)
    keys = rows[["indicator", "category"]].itertuples(index=False, name=None)
    merged = pd.Series([key not in alone for key in keys], index=rows.index)
    return pd.Series(results.index.isin(rows.index[many & (smallest < book.panel.limits.distribution) & merged]), index=results.index)


# Sensitive items: the table is whole or absent.


def _too_fine(book: Codebook, results: pd.DataFrame) -> pd.Series:
    """All but shares and means overall and by the groupings that the codebook allows, distributions overall, and models with these groupings only."""
    allowed = {"", *(name for name, grouping in book.groupings.items() if grouping.sensitive)}
    coarse = results["by"].isin(allowed) & results["by2"].eq("")
    coarse &= results["by"].eq("") | (results["category"].isna() & ~results["statistic"].isin(["p25", "median", "p75", "change_within"]))
    terms = results["term"].str.partition("=")[0]
    fine = results["model"].ne("") & (results["model"].eq("specification") | ~terms.isin({*allowed, "wave", "primary"} - {""}))
    models = {(m, i) for m, i in results.loc[fine, ["model", "indicator"]].itertuples(index=False)}
    of_fine = pd.Series([key in models for key in results[["model", "indicator"]].itertuples(index=False, name=None)], index=results.index)
    return results["kind"].isin(ESTIMATED) & (~coarse | (results["model"].ne("") & of_fine))


def _not_whole(book: Codebook, results: pd.DataFrame) -> pd.Series:
    """Tables of shares and means of which a group has few answers, or few on one side."""
    limits = book.panel.limits
    rows = _estimates(results) & results["category"].isna()
    few = results["n"] < limits.sensitive_base
    few |= results["statistic"].str.startswith("share") & ((results["count"] < limits.side) | (results["n"] - results["count"] < limits.side))
    tables = pd.MultiIndex.from_frame(results[[*TABLE, "statistic"]])
    other = ~_estimates(results) & results["kind"].isin(ESTIMATED) & (results["n"] < limits.sensitive_base)
    both, rest = results["n_both"].fillna(limits.sensitive_base), (results["n"] - results["n_both"]).fillna(0)
    within = results["statistic"].eq("change_within") & ((both < limits.sensitive_base) | ((rest > 0) & (rest < limits.base)))
    return (rows & tables.isin(tables[rows & few.fillna(False)])) | other.fillna(False) | within.fillna(False)


def _few(book: Codebook, results: pd.DataFrame) -> pd.Series:
    """Answers, and reasons for none, that are shown joined with others; all of a question's, where no two classes could be made."""
    distribution = _estimates(results) & results["category"].notna() & results["by"].eq("")
    reasons_ = results["by"].eq("missing") & results["level"].map(lambda level: set(level.split(JOINT)) <= set(OF_MISSING))
    names = results["category"].astype(str).where(distribution, results["level"]).mask(results["statistic"].eq("share_joined"), results["term"])
    found = pd.Series(False, index=results.index)
    for part in (distribution, reasons_):
        for _, table in results[part].groupby("indicator", sort=False):
            mine = names[table.index]
            joint = mine.str.contains(JOINT, regex=False)
            inside = mine.isin({name for names_ in mine[joint] for name in names_.split(JOINT)})
            few = (table["count"] < book.panel.limits.side) & ~joint & ~inside
            short = part is distribution and table["n"].min() < book.panel.limits.sensitive_base
            found[table.index if few.any() or short else table.index[inside]] = True
    return found
