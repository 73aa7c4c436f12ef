"""What a results table holds: its columns, their types, and the words they may hold. Published as `results.schema.json`, a Table Schema."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

KINDS = ("estimate", "comparison", "test", "model", "count", "rate", "scale")
STATISTICS = {
    "estimate": ("mean", "share", "share_of_three", "share_joined", "share_not_applicable", "p25", "median", "p75"),
    "comparison": ("difference", "change_net", "change_standardised", "change_within"),
    "test": ("difference", "change_net"),
    "model": ("odds_ratio", "difference", "adjusted_share", "adjusted_mean"),
}  # what is counted has statistics of its own
WEIGHTINGS = ("cross", "longitudinal", "none")
UNITS = ("mean", "share", "difference", "ratio", "number", "persons")
# Decimals of a published figure: one more than any document shows of it. A share and a difference are shown as per cent and points with one.
DECIMALS = {"share": 4, "difference": 4, "mean": 3, "ratio": 3, "number": 3, "persons": 0}
QUALITIES = ("uncertain",)
STATUSES = ("shown", "reference", "not_comparable", "hidden_small", "hidden_to_protect")

Type = Literal["string", "integer", "number"]


@dataclass(frozen=True)
class Column:
    """A column: its name, its type in a Table Schema, what it tells, the words it may hold (any, if none), whether each row has it."""

    name: str
    type: Type
    tells: str
    words: tuple[str, ...] = ()
    required: bool = False


SCHEMA = (
    Column("id", "string", "the row's name, made of its key: wave, indicator, category, statistic, groups, comparison, model, term", required=True),
    Column("wave", "integer", "the year of the wave", required=True),
    Column("kind", "string", "what kind of figure", KINDS, required=True),
    Column("indicator", "string", "what is measured: an indicator of the codebook, or what is counted", required=True),
    Column("category", "integer", "the code of the answer that a share is of"),
    Column("base", "string", "whom the question was asked: `all`, or the condition of the codebook"),
    Column("by", "string", "the grouping, none for all"),
    Column("level", "string", "the group"),
    Column("by2", "string", "a second grouping"),
    Column("level2", "string", "the group of the second grouping"),
    Column("vs_wave", "integer", "the earlier wave that a change is measured from"),
    Column("vs_level", "string", "the group that a difference is measured from"),
    Column("model", "string", "the article of a model or test; `trend`; `specification`"),
    Column("term", "string", "a model's term and level; which specification; `primary` of a test; the answers of a joined class"),
    Column("statistic", "string", "what is computed", required=True),
    Column("weighting", "string", "the weights: of the wave, of those who answered both waves, or none", WEIGHTINGS),
    Column("n", "integer", "answers that the figure rests on"),
    Column("count", "integer", "how many of them are counted; of a change, the answers of the earlier wave"),
    Column("n_missing", "integer", "answers missing among those asked"),
    Column("n_both", "integer", "persons who answered both waves"),
    Column("estimate", "number", "the figure"),
    Column("se", "number", "its standard error; of an odds ratio, that of its logarithm"),
    Column("lower", "number", "lower limit of the 95 % interval"),
    Column("upper", "number", "upper limit of the 95 % interval"),
    Column("df", "number", "degrees of freedom"),
    Column("p", "number", "p value against no difference"),
    Column("p_adjusted", "number", "p value by Holm's method within the article's primary outcomes"),
    Column("unit", "string", "what the figure is in", UNITS),
    Column("quality", "string", "`uncertain`: few answers or a wide interval", QUALITIES),
    Column("status", "string", "whether the figure is shown, and why not", STATUSES, required=True),
)  # fmt: skip
COLUMNS = [column.name for column in SCHEMA]
TEXT = [column.name for column in SCHEMA if column.type == "string"]
WHOLE = [column.name for column in SCHEMA if column.type == "integer"]
NUMBERS = [column.name for column in SCHEMA if column.type == "number"]
FIGURES = ["n", "count", "n_missing", "n_both", *NUMBERS]  # what a hidden row loses
TYPES = {"string": "str", "integer": "Int64", "number": "float64"}


def check(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, which has the schema's columns, types and words. Raises ValueError that names column, row id and value."""
    if list(frame)[: len(COLUMNS)] != COLUMNS:
        raise ValueError(f"a results table has the columns {', '.join(COLUMNS)}; found {', '.join(frame)}")
    for column in SCHEMA:
        held = frame[column.name]
        if column.type != "string" and str(held.dtype) != TYPES[column.type]:
            raise ValueError(f"{column.name} is {held.dtype}, not {TYPES[column.type]}")
        wrong = held.isna() | held.eq("") if column.required else pd.Series(False, index=frame.index)
        if column.words:
            wrong |= ~held.isin([*column.words, ""])
        if wrong.any():
            raise ValueError(f"{column.name} of {frame.loc[wrong, 'id'].iloc[0]} is '{held[wrong].iloc[0]}'")
    kind, statistic = frame["kind"], frame["statistic"]
    for name, known in STATISTICS.items():
        if (wrong := kind.eq(name) & ~statistic.isin(known)).any():
            raise ValueError(f"statistic of {frame.loc[wrong, 'id'].iloc[0]} is '{statistic[wrong].iloc[0]}', which no {name} has")
    if (repeated := frame["id"].duplicated()).any():
        raise ValueError(f"two results have the id {frame.loc[repeated, 'id'].iloc[0]}")
    return frame


def table_schema() -> dict:
    """The schema of results.csv as a Table Schema (Frictionless Data), `results.schema.json`."""
    fields = []
    for column in SCHEMA:
        limits = {"required": True} if column.required else {}
        limits |= {"unique": True} if column.name == "id" else {}
        limits |= {"enum": list(column.words)} if column.words else {}
        fields.append({"name": column.name, "type": column.type, "description": column.tells, **({"constraints": limits} if limits else {})})
    return {"$schema": "https://datapackage.org/profiles/2.0/tableschema.json", "fields": fields, "primaryKey": ["id"], "missingValues": [""],
            "fieldsMatch": "subset"}  # fmt: skip
