"""`make crosscheck`: every estimate, comparison, test and model of a wave computed a second time, in R's `survey`."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.codebook.plan import Plan
from analysis.crosscheck.designs import NEVER, THREE, Sheet
from analysis.errors import LegepaneletError
from analysis.results import files
from analysis.settings import TEMPORARY

SCRIPT = Path(__file__).with_name("crosscheck.R")
NOTHING = 1e-6  # so that a figure of nought may have round-off
CLOSE, CLOSE_LIMITS = 1e-9, 1e-5  # relative; an iterated model's coefficients and all limits agree to the second
COLUMNS = ["id", "data", "what", "statistic", "indicator", "category", "by", "level", "by2", "level2", "vs_level", "vs_wave",
           "model", "term", "family", "reference"]  # fmt: skip
KINDS = ["estimate", "comparison", "test", "model"]
DESIGNS = {"change_net": "panel_", "change_standardised": "standardised_", "change_within": "within_"}
WHAT = {"p25": "quantile", "median": "quantile", "p75": "quantile",
        "share_of_three": "share", "share_joined": "share", "share_not_applicable": "share",
        "change_net": "change", "change_standardised": "change", "change_within": "mean", "odds_ratio": "coefficient",
        "adjusted_share": "adjusted", "adjusted_mean": "adjusted"}  # fmt: skip
MODELS = ["coefficient", "adjusted"]
SUFFIX = {"share_of_three": THREE, "share_not_applicable": NEVER}


@dataclass(frozen=True)
class Check:
    """How many results rows R computed too, the differences, and kind of row -> how many are no estimates (counts, rates, alpha)."""

    covered: int
    differences: pd.DataFrame
    not_covered: dict[str, int]


@cache
def check_r() -> None:
    """Raises R_MISSING if there is no R with survey."""
    asked = (
        shutil.which("Rscript")
        and subprocess.run(["Rscript", "-e", "library(survey)"], capture_output=True, check=False).returncode == 0
    )
    if not asked:
        raise LegepaneletError("R_MISSING", "Rscript with the package survey is not installed",
                               "On Debian: apt-get install r-base-core r-cran-survey.")  # fmt: skip


def wanted(results: pd.DataFrame, plans: list[Plan]) -> pd.DataFrame:
    """The complete results rows that R is asked for: every estimate, comparison, test and model, with `data` (a design) and `what` (how)."""
    rows = results[results["kind"].isin(KINDS) & (results["estimate"].notna() | (results["status"] == "reference"))]
    rows = rows.copy()
    model = rows["kind"] == "model"
    rows["what"] = rows["statistic"].map(WHAT).fillna(rows["statistic"]).mask(model & (rows["statistic"] == "difference"), "coefficient")
    rows["data"] = [_design_of(row, plans) for row in rows.to_dict("records")]
    rows["indicator"] += rows["statistic"].map(SUFFIX).fillna("")
    rows["category"] = rows["category"].astype("string").fillna("").mask(rows["statistic"] == "share_joined", rows["term"])
    rows["family"] = np.where(rows["statistic"].isin(["odds_ratio", "adjusted_share"]), "binomial", "gaussian")
    rows["reference"] = (rows["status"] == "reference").astype(int)
    return rows


def _design_of(row: dict, plans: list[Plan]) -> str:
    """The name of the design that a row is computed from, as `designs` names them."""
    if row["model"] == "trend":
        return f"trend_{row['indicator']}"
    if row["model"] == "specification":
        article = next(p.article for p in plans if row["indicator"] in {f.indicator for f in (*p.primary, *p.findings)})
        return f"{article}_{row['term']}" + (f"_{row['vs_wave']}" if pd.notna(row["vs_wave"]) else "")
    return f"{DESIGNS[row['statistic']]}{row['vs_wave']}" if row["statistic"] in DESIGNS else "analysis"


def crosscheck(folder: Path, sheets: Iterable[Sheet], plans: list[Plan], every: int = 1) -> Check:
    """R's figures against `folder`'s estimates.csv, from the designs `sheets`; for a quick look every n-th row, and no models.

    Raises R_MISSING, R_FAILED.
    """
    check_r()
    results = files.read(folder / "estimates.csv")
    asked = wanted(results, plans)
    if every > 1:
        asked = asked[~asked["what"].isin(MODELS)].iloc[::every]
    theirs = in_r(sheets, asked)
    rest = results[results["estimate"].notna() & ~results["kind"].isin(KINDS)]
    return Check(len(theirs), differences(asked, theirs), rest["kind"].value_counts().to_dict())


def differences(asked: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Figures of `asked` (rows as `wanted` gives them) that are not R's: id, field, here, r; and rows that R gave no figure of."""
    both = asked.merge(theirs, on="id", suffixes=("", "_r"))
    odds = both["statistic"] == "odds_ratio"  # R's are log odds
    for name in ("estimate", "lower", "upper"):
        both.loc[odds, name] = np.log(both.loc[odds, name])
    both["loose"] = both["what"].isin(MODELS)
    missed = asked[~asked["id"].isin(theirs["id"]) & (asked["reference"] == 0)]
    parts = [*(_apart(both, name) for name in ("estimate", "se", "lower", "upper", "p")),
             missed[["id"]].assign(field="estimate", here=missed["estimate"], r=np.nan)]  # fmt: skip
    return pd.concat([part for part in parts if len(part)] or parts[:1])


def in_r(sheets: Iterable[Sheet], asked: pd.DataFrame) -> pd.DataFrame:
    """R's id, estimate, se, lower, upper, p of the rows `asked`. Raises R_FAILED."""
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as work:
        folder, needed = Path(work), set(asked["data"])
        for sheet in sheets:
            if sheet.name in needed:
                sheet.write(folder)
        listed, made = folder / "wanted.csv", folder / "r.csv"
        asked[COLUMNS].to_csv(listed, index=False)
        done = subprocess.run(["Rscript", str(SCRIPT), work, str(listed), str(made)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise LegepaneletError("R_FAILED", f"R: {done.stderr.strip()[-500:]}", "Look at the wave's results; R could not compute one of them.")
        return pd.read_csv(made)


def _apart(both: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows whose `name` differs by more than it may: id, field, here, in R."""
    here, there = both[name].astype(float), both[f"{name}_r"].astype(float)
    allowed = np.where(both["loose"] | (name in ("lower", "upper", "p")), CLOSE_LIMITS, CLOSE)
    size = NOTHING + np.maximum(
        here.abs(), both["se"].astype(float).fillna(0).abs()
    )  # a change near nought is as exact as its standard error
    far = (here - there).abs() > allowed * size
    far &= here.notna() & there.notna()
    return both.loc[far, ["id"]].assign(field=name, here=here[far], r=there[far])
