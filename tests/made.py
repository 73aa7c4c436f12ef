"""Results tables for the tests of what reads them, from a few columns of each row."""

from dataclasses import fields

import pandas as pd

from analysis.results import Key, Row, table

OF_KEY = {f.name for f in fields(Key)} - {"groups"}


def results(rows: list[dict], wave: int) -> pd.DataFrame:
    """A results table of rows given by their columns (`by`, `level`, `by2`, `level2` are the groups)."""
    return table(row_of(row, wave) for row in rows)


def row_of(row: dict, wave: int) -> Row:
    groups = tuple((row[by], row[level]) for by, level in (("by", "level"), ("by2", "level2")) if row.get(by))
    rest = {name: value for name, value in row.items() if name not in ("by", "level", "by2", "level2")}
    key = Key(wave, groups=groups, **{"kind": "estimate"} | {n: v for n, v in rest.items() if n in OF_KEY})
    return Row(key, **{"unit": "share"} | {n: v for n, v in rest.items() if n not in OF_KEY})
