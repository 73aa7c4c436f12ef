"""`make crosscheck`: levels, changes, differences and models of a wave computed a second time, in R's `survey`."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import LegepaneletError

SCRIPT = Path(__file__).with_name("crosscheck.R")
CLOSE, CLOSE_LIMITS = 1e-9, 1e-5  # relative; an iterated model's coefficients and all limits agree to the second
GROUPS = ["", "sex", "age_group", "position"]
COLUMNS = ["id", "what", "statistic", "indicator", "category", "by", "level", "by2", "level2", "vs_level", "vs_wave",
           "model", "term", "family", "reference"]  # fmt: skip


@dataclass(frozen=True)
class Check:
    """How many results rows R computed too, the differences, and kind of row -> how many it cannot."""

    covered: int
    differences: pd.DataFrame
    not_covered: dict[str, int]


def check_r() -> None:
    """Raises R_MISSING if there is no R with survey."""
    asked = (
        shutil.which("Rscript")
        and subprocess.run(["Rscript", "-e", "library(survey)"], capture_output=True, check=False).returncode == 0
    )
    if not asked:
        raise LegepaneletError("R_MISSING", "Rscript with the package survey is not installed",
                               "On Debian: apt-get install r-base-core r-cran-survey.")  # fmt: skip


def wanted(results: pd.DataFrame) -> pd.DataFrame:
    """The complete results rows that R is asked for, with `what`: level, quantile, difference, change, model."""
    rows = results[results["estimate"].notna() | (results["status"] == "reference")].copy()
    plain = (rows["model"] == "") & rows["by2"].isin(GROUPS)
    rows["what"] = ""
    rows.loc[plain & (rows["kind"] == "estimate") & rows["statistic"].isin(["mean", "share"]), "what"] = "level"
    rows.loc[plain & rows["statistic"].isin(["p25", "median", "p75"]), "what"] = "quantile"
    rows.loc[plain & (rows["statistic"] == "difference"), "what"] = "difference"
    rows.loc[plain & (rows["statistic"] == "change_net") & (rows["status"] == "shown"), "what"] = "change"
    article = (rows["kind"] == "model") & ~rows["model"].isin(["", "trend", "specification"])
    rows.loc[article & rows["statistic"].isin(["odds_ratio", "difference"]), "what"] = "model"
    rows["family"] = np.where(rows["statistic"] == "odds_ratio", "binomial", "gaussian")
    rows["reference"] = (rows["status"] == "reference").astype(int)
    return rows[rows["what"] != ""]


def crosscheck(folder: Path, every: int = 1) -> Check:
    """R's figures against those in `folder` (estimates.parquet and the files of `make export`); every n-th row and all models for a quick look.

    Raises R_MISSING, R_FAILED.
    """
    check_r()
    results = pd.read_parquet(folder / "estimates.parquet")
    asked = wanted(results)
    asked = pd.concat([asked[asked["what"] != "model"].iloc[::every], asked[asked["what"] == "model"]])
    with tempfile.TemporaryDirectory() as work:
        listed, made = Path(work) / "wanted.csv", Path(work) / "r.csv"
        asked[COLUMNS].to_csv(listed, index=False)
        done = subprocess.run(
            ["Rscript", str(SCRIPT), str(folder), str(listed), str(made)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise LegepaneletError(
                "R_FAILED", f"R: {done.stderr.strip()[-500:]}", "Run `make export` again, then `make crosscheck`."
            )
        theirs = pd.read_csv(made)
    both = asked.merge(theirs, on="id", suffixes=("", "_r"))
    odds = both["statistic"] == "odds_ratio"  # R's are log odds
    both.loc[odds, "estimate"] = np.log(both.loc[odds, "estimate"])
    both["loose"] = both["what"] == "model"
    faults = [part for name in ("estimate", "se", "lower", "upper") if len(part := _apart(both, name))]
    covered = set(both["id"])
    rest = results[results["estimate"].notna() & ~results["id"].isin(covered | set(asked["id"]))]
    named = rest["statistic"].where(rest["model"] == "", rest["model"] + ": " + rest["statistic"])
    return Check(len(covered), pd.concat(faults) if faults else pd.DataFrame(), named.value_counts().to_dict())


def _apart(both: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows whose `name` differs by more than it may: id, field, here, in R."""
    here, there = both[name].astype(float), both[f"{name}_r"].astype(float)
    allowed = np.where(both["loose"] | (name in ("lower", "upper")), CLOSE_LIMITS, CLOSE)
    size = np.maximum(
        here.abs(), both["se"].astype(float).fillna(0).abs()
    )  # a change near nought is as exact as its standard error
    far = (here - there).abs() > allowed * size
    far &= here.notna() & there.notna()
    return both.loc[far, ["id"]].assign(field=name, here=here[far], r=there[far])
