"""The small-cell rules, each a named constant with its reason. The data protection officer may tighten them here.

Terms follow ACRO (minimum threshold of a cell). There is no dominance rule: no magnitude tables are published.
"""

import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave

SMALLEST_BASE = 10  # an estimate on fewer answers says more about persons than about doctors
SMALLEST_SENSITIVE_BASE = 30  # health, thoughts of suicide, alcohol, sick leave, own discriminatory practice
SMALLEST_SENSITIVE_COUNT = 5  # of those who do, and of those who do not: a zero tells on everyone too
SENSITIVE_GROUPS = ("", "sex", "age_group")  # finer groups of a sensitive item are never shown
SMALLEST_DISTRIBUTION = 100  # a smaller group's distribution is shown in three classes
FIGURES = ["n", "count", "n_missing", "n_both", "estimate", "se", "lower", "upper", "df", "df2", "p", "p_adjusted"]


def publishable(book: Codebook, wave: int, results: pd.DataFrame) -> pd.DataFrame:
    """The results with the rows that are too small hidden: they keep their ids and lose their figures.

    `results` as `estimation.results.table` gives it. Statuses `hidden_small` are set here; rows that are `reference` or
    `not_comparable` keep theirs.
    """
    sensitive = _sensitive(book, wave)
    hidden = results["status"].eq("shown") & (
        _too_small(results) | _too_coarse(results) | (results["indicator"].isin(sensitive) & _sensitive_cell(results))
    )
    hidden |= _tells_on(results, hidden)
    published = results.copy()
    published.loc[hidden, "status"] = "hidden_small"
    published.loc[hidden, FIGURES] = pd.NA
    published.loc[hidden, "quality"] = ""
    return published


def _sensitive(book: Codebook, wave: int) -> set[str]:
    """Indicators of sensitive questions, and the questions themselves (for their counts of missing answers)."""
    found = {i.id for i in of_wave(book, wave) if i.sensitive}
    return found | {i.question for i in of_wave(book, wave) if i.sensitive and i.question}


def _too_small(results: pd.DataFrame) -> pd.Series:
    estimated = results["kind"].isin(["estimate", "comparison", "test", "model", "scale"])
    few = results["n"].fillna(SMALLEST_BASE) < SMALLEST_BASE
    return estimated & (
        few | (results["n_both"].fillna(SMALLEST_BASE) < SMALLEST_BASE) & (results["statistic"] == "change_within")
    )


def _too_coarse(results: pd.DataFrame) -> pd.Series:
    """Categories of a small group's distribution; the three classes of a large one are not needed."""
    distribution = (results["statistic"] == "share") & results["category"].notna() & results["by"].ne("")
    return distribution & (results["n"] < SMALLEST_DISTRIBUTION).fillna(False)


def _sensitive_cell(results: pd.DataFrame) -> pd.Series:
    estimated = results["kind"].isin(["estimate", "comparison", "test", "model"])
    # Models and specifications of a sensitive item would tell on small groups by their differences.
    fine = ~results["by"].isin(SENSITIVE_GROUPS) | results["by2"].ne("") | results["model"].ne("")
    base = (results["n"] < SMALLEST_SENSITIVE_BASE).fillna(False)
    share = results["statistic"].isin(["share", "share_of_three", "share_not_applicable"])
    few = (results["count"] < SMALLEST_SENSITIVE_COUNT) | (results["n"] - results["count"] < SMALLEST_SENSITIVE_COUNT)
    of_missing = (results["kind"] == "count") & (results["count"] < SMALLEST_SENSITIVE_COUNT)
    return (estimated & (fine | base | (share & few.fillna(False)))) | of_missing.fillna(False)


def _tells_on(results: pd.DataFrame, hidden: pd.Series) -> pd.Series:
    """Changes and differences of a level that is hidden: they would give it back."""
    group = ["indicator", "by", "level", "by2", "level2"]
    levels = results["kind"].eq("estimate") & results["category"].isna() & results["model"].eq("")
    lost = set(results.loc[hidden & levels, group].itertuples(index=False, name=None))
    comparison = results["kind"].isin(["comparison", "test"]) & results["status"].eq("shown")
    mine = pd.Series(
        [tuple(row) in lost for row in results[group].itertuples(index=False, name=None)], index=results.index
    )
    other = pd.Series(
        [
            (r.indicator, r.by, r.vs_level, "", "") in lost
            for r in results[["indicator", "by", "vs_level"]].itertuples()
        ],
        index=results.index,
    )
    return comparison & (mine | (other & results["vs_level"].ne("")))


def write_csv(results: pd.DataFrame, path, synthetic: bool) -> None:
    """`results.csv`: UTF-8, `.` decimals, 12 significant digits. Synthetic results say so in every row, in a last column `data`."""
    table = results.assign(data="SYNTHETIC DATA") if synthetic else results
    table.to_csv(path, index=False, float_format="%.12g", lineterminator="\n", encoding="utf-8")
