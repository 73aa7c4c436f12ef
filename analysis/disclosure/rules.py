"""The small-cell rules, each a named constant with its reason. The data protection officer may tighten them here.

Terms follow ACRO (minimum threshold of a cell). There is no dominance rule: no magnitude tables are published.
"""

import numpy as np
import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.disclosure import linked, secondary
from analysis.disclosure.population import of_row
from analysis.estimation.levels import class_of
from analysis.results import FIGURES, NUMBERS, TEXT, WHOLE

SMALLEST_BASE = 10  # an estimate on fewer answers says more about persons than about doctors
SMALLEST_SENSITIVE_BASE = 30  # health, thoughts of suicide, alcohol, sick leave, own discriminatory practice
SMALLEST_SENSITIVE_COUNT = 5  # of those who do, and of those who do not: a zero tells on everyone too
SMALLEST_POPULATION = 50  # doctors in Norway: of fewer, each can be found in the public register, whoever answered
SMALLEST_DISTRIBUTION = 100  # a smaller group's distribution is shown in three classes


REASONS = {  # why a figure is hidden, for the person who approves a release
    "base": f"fewer than {SMALLEST_BASE} answers",
    "population": f"a group of fewer than {SMALLEST_POPULATION} persons in the population",
    "group": "a sensitive item in a group finer than sex or age",
    "coarse": f"a distribution by groups of which one has fewer than {SMALLEST_DISTRIBUTION} answers: shown in three classes",
    "sensitive": f"a sensitive item: fewer than {SMALLEST_SENSITIVE_BASE} answers, or fewer than {SMALLEST_SENSITIVE_COUNT} on one side",
    "linked": "could be used to compute a hidden figure",
    "whole": "a question of whose answers no part could be shown safely: all of it is hidden",
}
# Whether few stand on one side, or a figure is hidden for another's sake, nobody may tell from outside: both have one status.
STATUS = {"base": "hidden_small", "population": "hidden_small", "group": "hidden_small", "coarse": "hidden_small", "sensitive": "hidden_to_protect",
          "linked": "hidden_to_protect", "whole": "hidden_to_protect"}  # fmt: skip
GROUP = ["indicator", "by", "level", "by2", "level2"]


def reasons(book: Codebook, wave: int, results: pd.DataFrame, population: pd.Series | None = None) -> pd.Series:
    """Why each row of a wave's results (as `results.table` gives them) is hidden, a key of REASONS, or "".

    `population`: of each row, the doctors of the population that its group holds (as `population.sizes` gives them).
    """
    why = _primary(book, wave, results, population)
    sensitive = results["indicator"].isin(_sensitive(book, wave))
    secret = why.isin(["base", "population", "sensitive"]) | (why.eq("coarse") & sensitive)
    for family in linked.families(book, wave, results, set(results.loc[secret, "indicator"])):
        _protect(family, why, sensitive)
    _protect_means(book, wave, why, results)
    return why


def publishable(results: pd.DataFrame, why: pd.Series, before: frozenset[tuple] = frozenset()) -> pd.DataFrame:
    """The results with what may not be seen hidden: such rows keep their ids and lose their figures.

    `why` as `reasons` gives it; `before`: the (wave, indicator, by, level) hidden in earlier waves. Rows that are `reference` or
    `not_comparable` keep their status.
    """
    why = why.mask(_tells_on(results, why.ne(""), before) & why.eq(""), "linked")
    hidden = why != ""
    published = results.copy()
    published.loc[hidden, "status"] = why[hidden].map(STATUS)
    published.loc[hidden, FIGURES] = pd.NA
    published.loc[hidden, "quality"] = ""
    return published


def _primary(book: Codebook, wave: int, results: pd.DataFrame, population: pd.Series | None) -> pd.Series:
    shown, sensitive = results["status"].eq("shown"), results["indicator"].isin(_sensitive(book, wave))
    why = pd.Series("", index=results.index)
    rare = pd.Series(False, index=results.index) if population is None else population < SMALLEST_POPULATION
    for reason, rows in (
        ("base", _too_small(results)), ("population", rare), ("group", sensitive & _too_fine(book, results)),
        ("sensitive", sensitive & _sensitive_cell(results)), ("coarse", _too_coarse(results)),
    ):  # fmt: skip
        why[shown & rows & why.eq("")] = reason
    return why


def _protect(family: linked.Family, why: pd.Series, sensitive: pd.Series) -> None:
    """Hides what would give a hidden count of the family away."""
    cells = family.cells
    reason = cells["row"].map(lambda row: why[row] if row >= 0 else "").to_numpy()
    hidden = reason != ""
    if not hidden.any():
        return
    counted = cells["part"].ne("mean").to_numpy()
    near = np.where(counted & (reason == "sensitive"), secondary.needed(cells, SMALLEST_SENSITIVE_COUNT), "")
    near = np.where(np.isin(reason, ["base", "population"]) & counted, "both", near)
    ordinary = cells["row"].map(lambda row: row < 0 or not sensitive[row]).to_numpy()
    # In classes for want of answers, not for secrecy; and a mean that protects another is no secret itself.
    free = (ordinary & (reason == "coarse")) | (~counted & ~np.isin(reason, ["base", "population", "sensitive"]))
    width = np.where(free, 0, SMALLEST_SENSITIVE_COUNT)
    kept = linked.told(family, hidden)
    if not kept.cells.empty:
        rows = kept.cells.index.to_numpy()
        try:
            chosen = secondary.protect(kept, hidden[rows], near[rows], width[rows])
        except secondary.TooLong:
            grouped = cells["by"].ne("") if not hidden[cells["by"].eq("")].any() else True
            why[cells.loc[(cells["row"] >= 0) & ~hidden & grouped, "row"]] = "whole"
            return
        added = cells.loc[rows[chosen & ~hidden[rows]], "row"]
        why[added] = "linked"


def _sensitive(book: Codebook, wave: int) -> set[str]:
    """Indicators of sensitive questions, and the questions themselves (for their counts of missing answers)."""
    found = {i.id for i in of_wave(book, wave) if i.sensitive}
    return found | {i.question for i in of_wave(book, wave) if i.sensitive and i.question}


def _protect_means(book: Codebook, wave: int, why: pd.Series, results: pd.DataFrame) -> None:
    """Hides the means of a sensitive question some of whose shares are hidden: they would give those away."""
    means = results["kind"].eq("estimate") & results["statistic"].eq("mean") & results["model"].eq("")
    shares = results["statistic"].eq("share") & results["category"].notna() & why.isin(["sensitive", "linked"])
    told = set(results.loc[shares, "indicator"]) & _sensitive(book, wave)
    why[means & why.eq("") & results["indicator"].isin(told)] = "linked"


def _too_small(results: pd.DataFrame) -> pd.Series:
    estimated = results["kind"].isin(["estimate", "comparison", "test", "model", "scale"])
    estimated |= results["indicator"].eq("leavers")
    few = results["n"].fillna(SMALLEST_BASE) < SMALLEST_BASE
    return estimated & (
        few | (results["n_both"].fillna(SMALLEST_BASE) < SMALLEST_BASE) & (results["statistic"] == "change_within")
    )


def _too_coarse(results: pd.DataFrame) -> pd.Series:
    """Distributions of more than three categories by groups of which one is small: the table falls back to three classes.

    The whole table does, as one group's categories are the total's less the others'. A category that is a class of its own stays.
    """
    rows = results[
        (results["kind"] == "estimate")
        & (results["statistic"] == "share")
        & results["category"].notna()
        & results["by"].ne("")
    ]
    found = pd.Series(False, index=results.index)
    classed = set(results.loc[results["statistic"] == "share_of_three", "indicator"])
    for (name, _, _), table in rows.groupby(["indicator", "by", "by2"], sort=False):
        codes = sorted(int(c) for c in table["category"].unique())
        if len(codes) > 3 and table["n"].min() < SMALLEST_DISTRIBUTION:
            classes = class_of(codes)
            alone = [c for c in codes if list(classes.values()).count(classes[c]) == 1] if name in classed else []
            merged = [c for c in codes if c not in alone]
            found[table.index[table["category"].isin(merged)]] = True
    return found


def _too_fine(book: Codebook, results: pd.DataFrame) -> pd.Series:
    """Groups finer than a sensitive item is shown for; models and specifications tell on small groups by their differences."""
    estimated = results["kind"].isin(["estimate", "comparison", "test", "model"])
    coarse = {"", *(name for name, grouping in book.groupings.items() if grouping.sensitive)}
    fine = ~results["by"].isin(coarse) | results["by2"].ne("") | results["model"].ne("")
    for row in results[results["where"].ne("")].itertuples() if "where" in results else ():
        fine[row.Index] |= len(of_row(row)) > 1 or not set(of_row(row)) <= coarse
    return estimated & fine


def _sensitive_cell(results: pd.DataFrame) -> pd.Series:
    estimated = results["kind"].isin(["estimate", "comparison", "test", "model"])
    base = (results["n"] < SMALLEST_SENSITIVE_BASE).fillna(False)
    share = results["statistic"].isin(["share", "share_of_three", "share_not_applicable"])
    few = (results["count"] < SMALLEST_SENSITIVE_COUNT) | (results["n"] - results["count"] < SMALLEST_SENSITIVE_COUNT)
    # Who was not asked is no answer: the questionnaire's filter decided it.
    reason = (results["by"] == "missing") & results["level"].isin(linked.REASONS)
    return (estimated & (base | (share & few.fillna(False)))) | (
        reason & (results["count"] < SMALLEST_SENSITIVE_COUNT)
    ).fillna(False)


def hidden_levels(results: pd.DataFrame, why: pd.Series) -> pd.DataFrame:
    """wave, indicator, by, level of the levels of a wave that are hidden: a later wave's change from there would give them back."""
    levels = (
        results["kind"].eq("estimate") & results["category"].isna() & results["model"].eq("") & results["by2"].eq("")
    )
    return results.loc[levels & why.ne(""), ["wave", "indicator", "by", "level"]].drop_duplicates()


def _tells_on(results: pd.DataFrame, hidden: pd.Series, before: frozenset[tuple]) -> pd.Series:
    """Changes and differences of a level that is hidden, in this wave or the earlier one: they would give it back."""
    levels = results["kind"].eq("estimate") & results["category"].isna() & results["model"].eq("")
    lost = set(results.loc[hidden & levels, GROUP].itertuples(index=False, name=None))
    comparison = results["kind"].isin(["comparison", "test"]) & results["status"].eq("shown")
    told = [
        (r.indicator, r.by, r.level, r.by2, r.level2) in lost
        or (r.vs_level != "" and (r.indicator, r.by, r.vs_level, "", "") in lost)
        or (r.vs_wave, r.indicator, r.by, r.level) in before
        for r in results.loc[comparison, [*GROUP, "vs_level", "vs_wave"]].itertuples()
    ]
    return pd.Series(told, index=results.index[comparison], dtype=bool).reindex(results.index, fill_value=False)


def write_csv(results: pd.DataFrame, path, synthetic: bool) -> None:
    """`results.csv`: UTF-8, `.` decimals, 12 significant digits. Synthetic results say so in every row, in a last column `data`."""
    table = results.assign(data="SYNTHETIC DATA") if synthetic else results
    table.to_csv(path, index=False, float_format="%.12g", lineterminator="\n", encoding="utf-8")


def read_csv(path) -> pd.DataFrame:
    """A `results.csv` as a results table again."""
    table = pd.read_csv(path, dtype={c: str for c in ("id", *TEXT)} | {c: "Int64" for c in WHOLE}, keep_default_na=False,
                        na_values={c: [""] for c in (*WHOLE, *NUMBERS)})  # fmt: skip
    return table.drop(columns="data", errors="ignore")
