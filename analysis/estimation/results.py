"""The results table: its columns, its ids, and how rows come together."""

import numpy as np
import pandas as pd

COLUMNS = ["id", "wave", "kind", "indicator", "category", "base", "by", "level", "by2", "level2", "vs_wave", "vs_level",
           "model", "term", "statistic", "weighting", "n", "count", "n_missing", "n_both", "estimate", "se", "lower", "upper",
           "df", "df2", "p", "p_adjusted", "unit", "quality", "status"]  # fmt: skip
TEXT = ["kind", "indicator", "base", "by", "level", "by2", "level2", "vs_level", "model", "term", "statistic", "weighting",
        "unit", "quality", "status"]  # fmt: skip
WHOLE = ["category", "vs_wave", "n", "count", "n_missing", "n_both"]
NUMBERS = ["estimate", "se", "lower", "upper", "df", "df2", "p", "p_adjusted"]

SMALL_BASE = 30  # fewer answers: uncertain
WIDE_INTERVAL = 0.30  # a share whose interval is wider: uncertain
NOTHING = 1e-10  # what round-off leaves of a difference that is nought; the smallest standard errors are above 1e-4


def table(rows: list[dict], wave: int) -> pd.DataFrame:
    """Rows (dicts of any of the columns) as a results table with ids, quality and status filled in.

    Raises ValueError if two rows get one id: the id is a contract with everything downstream.
    """
    frame = pd.DataFrame(rows).reindex(columns=COLUMNS)
    frame["wave"] = wave
    frame[TEXT] = frame[TEXT].astype(object).where(frame[TEXT].notna(), "").astype(str)
    for column in WHOLE:
        frame[column] = pd.to_numeric(frame[column]).astype("Int64")
    frame[NUMBERS] = frame[NUMBERS].astype(float)
    _round_off(frame)
    frame.loc[frame["status"] == "", "status"] = "shown"
    frame.loc[frame["kind"].isin(["estimate", "comparison"]) & _uncertain(frame), "quality"] = "uncertain"
    frame["id"] = [make_id(row) for row in frame.to_dict("records")]
    if (repeated := frame["id"][frame["id"].duplicated()]).size:
        raise ValueError(f"two results have the id {repeated.iloc[0]}")
    return frame


def _round_off(frame: pd.DataFrame) -> None:
    """Where all gave the same answer a difference is nought, not what the arithmetic leaves of it, and there is nothing to test."""
    compared = frame["kind"].isin(["comparison", "test"]) & (frame["se"] < NOTHING) & (frame["estimate"].abs() < NOTHING)
    frame.loc[compared, ["estimate", "se", "lower", "upper"]] = 0.0
    frame.loc[compared, ["p", "p_adjusted"]] = np.nan


def _uncertain(frame: pd.DataFrame) -> pd.Series:
    wide = (frame["unit"] == "share") & (frame["upper"] - frame["lower"] > WIDE_INTERVAL)
    return ((frame["n"] < SMALL_BASE).fillna(False) | wide).astype(bool)


def make_id(row: dict) -> str:
    """A row's id: its key columns in a fixed order, e.g. `2026.jss.mean.position=gp` or `2026.jss.change_net.vs=2024`."""
    parts = [str(row["wave"]), row["indicator"]]
    if pd.notna(row["category"]):
        parts.append(f"c{row['category']}")
    parts.append(row["statistic"])
    for by, level in (("by", "level"), ("by2", "level2")):
        if row[by]:
            parts.append(f"{row[by]}={row[level]}")
    if pd.notna(row["vs_wave"]):
        parts.append(f"vs={row['vs_wave']}")
    if row["vs_level"]:
        parts.append(f"vs={row['vs_level']}")
    if row["model"]:
        parts += [f"model={row['model']}", row["term"]]
    if row["weighting"] not in ("", "cross", "longitudinal"):
        parts.append(row["weighting"])
    return ".".join(part for part in parts if part).replace(" ", "_")
