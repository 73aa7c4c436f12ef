"""Population figures: how many the panel stands for, by wave and margin, each with its source and kind."""

import csv
import io
from pathlib import Path

import pandas as pd

from analysis.errors import LegepaneletError
from analysis.yamlfile import nearest

COLUMNS = ["wave", "variable", "level", "count", "kind", "source"]
VARIABLES = ("sex", "age_group", "sex_age", "register_position", "specialty", "region", "licence_period", "stratum")  # and crossings of them
KINDS = ("published", "interpolated", "extrapolated", "invented", "synthetic")


def read(path: Path) -> pd.DataFrame:
    """A table of margins: `wave, variable, level, count, kind, source`. Raises POPULATION_FIGURES naming row and column."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        semicolons = text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",")  # as a Norwegian Excel saves it
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=";" if semicolons else ",")]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LegepaneletError("POPULATION_FIGURES", f"{path.name} cannot be read: {error}", "Save it as comma-separated text in UTF-8.") from None
    if not rows or rows[0] != COLUMNS:
        told = f"{path.name} row 1: expected the columns {', '.join(COLUMNS)}"
        raise LegepaneletError("POPULATION_FIGURES", told, "Write it in the form of data/population/margins.csv.")
    if wide := [i for i, row in enumerate(rows, start=1) if row and len(row) != len(COLUMNS)]:
        told = f"{path.name} row {wide[0]}: {len(rows[wide[0] - 1])} cells; expected {len(COLUMNS)}"
        raise LegepaneletError("POPULATION_FIGURES", told, "A text that holds a comma must stand in quotes.")
    table = pd.DataFrame([row for row in rows[1:] if row], columns=COLUMNS, dtype=str)
    counts = pd.to_numeric(table["count"], errors="coerce")
    faults = [f"{path.name} row {i + 2}, column 'count': '{table.loc[i, 'count']}'; expected a whole number"
              for i in table.index[counts.isna() | (counts < 0) | (counts % 1 != 0)]]  # fmt: skip
    faults += [f"{path.name} row {i + 2}, column 'wave': '{table.loc[i, 'wave']}'; expected a year"
               for i in table.index[~table["wave"].str.fullmatch(r"[0-9]{4}")]]  # fmt: skip
    faults += [f"{path.name} row {i + 2}, column 'kind': '{table.loc[i, 'kind']}'; expected one of {', '.join(KINDS)}"
               for i in table.index[~table["kind"].isin(KINDS)]]  # fmt: skip
    faults += [f"{path.name} row {i + 2}, column 'variable': '{table.loc[i, 'variable']}'{nearest(table.loc[i, 'variable'], VARIABLES)}"
               for i in table.index[~table["variable"].map(lambda name: set(name.split(":")) <= set(VARIABLES))]]  # fmt: skip
    faults += [f"{path.name} row {i + 2}: stands twice"
               for i in table.index[table.duplicated(["wave", "variable", "level"])]]  # fmt: skip
    if not faults:
        table = table.astype({"wave": int}).assign(count=counts.astype(int))
        for wave, rows in table.groupby("wave"):
            totals = rows[rows["variable"] != "stratum"].groupby("variable")["count"].sum()
            if totals.nunique() > 1:
                faults.append(f"{path.name}, wave {wave}: the margins differ in total: {totals.to_dict()}")
    if faults:
        raise LegepaneletError(
            "POPULATION_FIGURES", "\n".join(faults[:20]), "Each margin of a wave counts the same persons."
        )
    return table


def of_wave(folder: Path, wave: int, own: Path | None = None) -> pd.DataFrame:
    """The figures of one wave: those beside its raw files, else of `folder`, else the latest before it, as extrapolated."""
    if own is not None:
        table = read(own)
        if (rows := table[table["wave"] == wave]).empty:
            raise LegepaneletError("POPULATION_FIGURES", f"{own.parent.name}/{own.name} has no figures for {wave}",
                                   "Put the wave's margins in, or take the file away: then data/population is used.")  # fmt: skip
        return rows
    table = read(folder / "margins.csv")
    known = table[table["wave"] <= wave]
    if known.empty:
        raise LegepaneletError("POPULATION_FIGURES", f"margins.csv has no figures for {wave} or earlier", "Put the wave's margins in.")
    latest = known["wave"].max()
    rows = known[known["wave"] == latest].assign(wave=wave)
    return (
        rows if latest == wave else rows.assign(kind="extrapolated", source=rows["source"] + f" (figures of {latest})")
    )
