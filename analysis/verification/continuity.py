"""The continuity ledger: every figure the institute has published earlier, today's rerun of it, and the reason for a difference."""

import pandas as pd

from analysis.codebook import published
from analysis.settings import settings
from analysis.verification import publishing
from analysis.verification.manifest import RESULTS

STATISTICS = {  # how the figure was published -> why today's differs from it
    "mean": "published unweighted, today weighted",
    "share": "published unweighted, today weighted",
    "model_mean": "published as an estimated marginal mean of a model, today a weighted mean",
    "model_share": "published as an estimated share of a model, today a weighted share",
    "equal_weight_mean": "published as the mean of four groups' means, today a weighted mean",
    "count": "", "rate": "",
}  # fmt: skip
PARTICIPATION = {"invited": ("flow", "step", "eligible", "count"), "answered": ("flow", "step", "answered", "count"),
                 "response_rate": ("response_rate", "", "", "rr2")}  # fmt: skip


def continuity(kind: str) -> pd.DataFrame:
    """A row a published figure: id, indicator, wave, group, source, published, today, lower, upper, row, agreement, reasons.

    `agreement`: same (to the digits published), within the interval, outside, not rerun. The results of the waves must lie in the output
    folder.
    """
    found, tables = [], {}
    for figure in published.figures(settings().codebook):
        wave = figure["wave"]
        if wave not in tables:
            path = settings().output / str(wave) / RESULTS
            tables[wave] = publishing.read_results(path) if path.is_file() else None
        row = None if tables[wave] is None else _row(tables[wave], figure)
        found.append(_line(figure, row, kind))
    return pd.DataFrame(found)


def _row(results: pd.DataFrame, figure: dict) -> dict | None:
    """Today's result of a published figure, if it has one."""
    if figure["indicator"] in PARTICIPATION:
        name, by, level, statistic = PARTICIPATION[figure["indicator"]]
        hits = results[
            (results["indicator"] == name)
            & (results["by"] == by)
            & (results["level"] == level)
            & (results["statistic"] == statistic)
        ]
    else:
        group = dict(figure["group"] or {})
        keys = [("position", group.pop("position", "")), ("sex", group.pop("sex", ""))]
        named = [(by, level) for by, level in keys if level]
        (by, level), (by2, level2) = [*named, ("", ""), ("", "")][:2]
        statistic = "share" if figure["statistic"] in ("share", "model_share") else "mean"
        hits = results[
            (results["indicator"] == figure["indicator"]) & (results["statistic"] == statistic) & (results["model"] == "") & (results["by"] == by)
            & (results["level"] == level) & (results["by2"] == by2) & (results["level2"] == level2)
            & (results["category"] == ("" if figure.get("category") is None else str(figure["category"])))
        ]  # fmt: skip
    hits = hits[hits["status"] == "shown"]
    return None if len(hits) != 1 else hits.iloc[0].to_dict()


def _line(figure: dict, row: dict | None, kind: str) -> dict:
    participation = figure["indicator"] in PARTICIPATION
    published = figure["value"]
    lower, upper = (None, None) if row is None or participation else (row["lower"], row["upper"])
    today = None if row is None else row["count"] if figure["indicator"] in ("invited", "answered") else row["estimate"]
    reasons = [figure.get("reason", "")]
    if figure["status"] == "conflict":
        reasons.append("contradicts another published figure")
    if row is None:
        reasons.append("no result of this group or base in the results table")
    elif _agreement(published, today, row) != "same":
        reasons.append(STATISTICS[figure["statistic"]])
        if kind == "synthetic":
            reasons.append("today's is of synthetic data")
    return {
        "id": figure["id"], "indicator": figure["indicator"], "wave": figure["wave"],
        "group": " ".join(f"{k}={v}" for k, v in (figure["group"] or {}).items()), "source": figure["source"], "published": published,
        "today": today, "lower": lower, "upper": upper,
        "row": "" if row is None else row["id"], "agreement": _agreement(published, today, row), "reasons": "; ".join(filter(None, reasons)),
    }  # fmt: skip


def _agreement(published, today, row: dict | None) -> str:
    if row is None or published is None or today is None or pd.isna(today):
        return "not rerun"
    digits = len(f"{published}".partition(".")[2])
    if round(today, digits) == published:
        return "same"
    if pd.notna(row["lower"]) and row["lower"] <= published <= row["upper"]:
        return "within the interval"
    return "outside"
