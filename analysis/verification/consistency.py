"""Whether published results and ledger agree with themselves: counts and bases, shares and sums, intervals, groups, languages."""

import pandas as pd

from analysis.verification.grading import Difference, of_language

SUM_OF_SHARES = 0.002  # how far rounding may take the shares of a question's categories from one, per category
ROUNDED_TO = 5  # numbers of sensitive items
GROUPS = ("sex", "age_group")  # known of every doctor, so that the groups make up the whole


def faults(results: pd.DataFrame, entries: list[dict]) -> list[Difference]:
    """Every inconsistency, graded major."""
    shown = results[results["status"] == "shown"]
    return [*_counts(shown), *_intervals(shown), *_shares(shown), *_groups(results), *_languages(entries)]


def _fault(row: str, field: str, expected: str, found: str) -> Difference:
    return Difference("inner consistency", row, field, expected, found, "major")


def _counts(rows: pd.DataFrame):
    """A numerator is no larger than its base; an unweighted share is their quotient."""
    for row in rows[(rows["unit"] == "share") & (rows["count"] > rows["n"])].to_dict("records"):
        yield _fault(row["id"], "count", f"at most {row['n']:g}", f"{row['count']:g}")
    plain = rows[(rows["weighting"] == "none") & (rows["unit"] == "share") & rows["count"].notna() & (rows["n"] > 0)]
    for row in plain.to_dict("records"):
        if abs(row["count"] / row["n"] - row["estimate"]) > 0.0011:
            yield _fault(row["id"], "estimate", f"{row['count'] / row['n']:.4f}", f"{row['estimate']:g}")


def _intervals(rows: pd.DataFrame):
    """An interval holds its estimate; a share lies between 0 and 1."""
    outside = (rows["estimate"] < rows["lower"]) | (rows["estimate"] > rows["upper"])
    for row in rows[outside].to_dict("records"):
        yield _fault(row["id"], "estimate", f"{row['lower']:g} to {row['upper']:g}", f"{row['estimate']:g}")
    for row in rows[(rows["unit"] == "share") & ((rows["estimate"] < 0) | (rows["estimate"] > 1))].to_dict("records"):
        yield _fault(row["id"], "estimate", "0 to 1", f"{row['estimate']:g}")


def _room(total: pd.Series, whole: pd.Series, parts: pd.Series) -> pd.Series:
    """How far a sum may be from the whole: numbers of sensitive items are rounded, each by half of ROUNDED_TO at most; others not at all."""
    return (parts + 1).mul(ROUNDED_TO / 2).where((total % ROUNDED_TO == 0) & (whole % ROUNDED_TO == 0), 0)


def _shares(rows: pd.DataFrame):
    """The shares of a question's categories make one; their counts make the base."""
    parts = rows[rows["category"].ne("") & (rows["statistic"] == "share") & rows["model"].eq("")]
    sums = parts.groupby(["wave", "indicator", "by", "level", "by2", "level2"]).agg(
        id=("id", "first"), total=("estimate", "sum"), count=("count", "sum"), n=("n", "first"), size=("id", "size")
    )
    for row in sums[sums["count"] > sums["n"] + _room(sums["count"], sums["n"], sums["size"])].to_dict("records"):
        yield _fault(row["id"], "count", f"{row['n']:g} in all categories together", f"{row['count']:g}")
    # Where the counts do not make the base, some categories are hidden.
    whole = sums[(sums["count"] == sums["n"]) & ((sums["total"] - 1).abs() > SUM_OF_SHARES * sums["size"])]
    for row in whole.to_dict("records"):
        yield _fault(row["id"], "estimate", "1 in all categories together", f"{row['total']:.4f}")


def _groups(results: pd.DataFrame):
    """The bases of women and men, and of the ages, make the base of all."""
    rows = results[
        results["statistic"].isin(["share", "mean"]) & results["model"].eq("") & results["by2"].eq("") & (results["kind"] == "estimate")
    ]  # fmt: skip
    key = ["wave", "indicator", "category", "statistic"]
    whole = rows[rows["by"] == ""].groupby(key)["n"].first().rename("whole")
    for by in GROUPS:
        part = rows[rows["by"] == by].assign(open=lambda r: r["status"] == "shown").groupby(key)
        sums = part.agg(id=("id", "first"), n=("n", "sum"), open=("open", "all"), size=("id", "size")).join(whole, how="inner")
        apart = (sums["n"] - sums["whole"]).abs() > _room(sums["n"], sums["whole"], sums["size"])
        for row in sums[sums["open"] & sums["whole"].notna() & apart].to_dict("records"):
            yield _fault(row["id"], "n", f"{row['whole']:g} in all {by} groups together", f"{row['n']:g}")


def _languages(entries: list[dict]):
    """Both languages of a document show the same numbers of the same rows."""
    documents = sorted({e["document"] for e in entries})
    for document in documents:
        told = {
            lang: _told(entries, document, lang) for lang in {e["lang"] for e in entries if e["document"] == document}
        }
        if len(told) == 2:
            (one, first), (two, second) = sorted(told.items())
            for key in sorted((first - second) | (second - first), key=str):
                here, there = (one, two) if key in first else (two, one)
                yield Difference(
                    f"{document}, {here} and not {there}", "+".join(key[0]), key[1], str(key[2]), "", "major"
                )


def _told(entries: list[dict], document: str, lang: str) -> set[tuple]:
    """(rows, field, number) of a document, without those of pictures, which are drawn for each language by itself."""
    return {(tuple(e["rows"]), e["field"], str(of_language(e["shown"], lang))) for e in entries
            if e["document"] == document and e["lang"] == lang and e["id"]}  # fmt: skip
