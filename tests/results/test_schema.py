"""The results table is a contract: its columns, words and ids are checked where it is made, and published for strangers."""

import dataclasses
import json

import pandas as pd
import pytest

from analysis.results import COLUMNS, Key, Row, check, table, table_schema
from analysis.settings import ROOT

PUBLISHED = ROOT / "analysis" / "results" / "results.schema.json"
MEAN = Row(Key(2026, "jss", "mean"), "mean", estimate=5.0, n=100)


@pytest.mark.parametrize(("key", "name"), [
    (Key(2026, "jss", "mean"), "2026.jss.mean"),
    (Key(2026, "jss", "mean", groups=(("position", "gp"),)), "2026.jss.mean.position=gp"),
    (Key(2026, "srh", "share", category=1, groups=(("position", "gp"), ("sex", "female"))), "2026.srh.c1.share.position=gp.sex=female"),
    (Key(2026, "jss", "change_net", "comparison", vs_wave=2024), "2026.jss.change_net.vs=2024"),
    (Key(2026, "jss", "difference", "comparison", groups=(("sex", "female"),), vs_level="male"), "2026.jss.difference.sex=female.vs=male"),
    (Key(2026, "jss", "odds_ratio", "model", model="trend", term="sex=male"), "2026.jss.odds_ratio.model=trend.sex=male"),
    (Key(2026, "flow", "count", "count", groups=(("step", "sample"),), weighting="none"), "2026.flow.count.step=sample.none"),
])  # fmt: skip
def test_an_id_is_made_of_the_key(key, name):
    assert key.id == name


def test_a_table_has_the_columns_of_the_schema_and_a_row_its_figures():
    made = table([MEAN])
    assert list(made) == COLUMNS
    row = made.iloc[0]
    assert (row["id"], row["estimate"], row["n"], row["status"], row["by"]) == ("2026.jss.mean", 5.0, 100, "shown", "")
    assert pd.isna(row["se"]) and pd.isna(row["vs_wave"])


@pytest.mark.parametrize(("n", "quality"), [(29, "uncertain"), (30, "")])
def test_a_figure_on_few_answers_is_uncertain(n, quality):
    assert table([dataclasses.replace(MEAN, n=n)])["quality"].iloc[0] == quality


@pytest.mark.parametrize(("wide", "quality"), [(0.31, "uncertain"), (0.29, "")])
def test_a_share_with_a_wide_interval_is_uncertain(wide, quality):
    share = Row(Key(2026, "srh_good", "share"), "share", estimate=0.5, lower=0.3, upper=0.3 + wide, n=100)
    assert table([share])["quality"].iloc[0] == quality


@pytest.mark.parametrize(("row", "told"), [
    (dataclasses.replace(MEAN, key=MEAN.key.but(kind="guess")), "kind of 2026.jss.mean is 'guess'"),
    (dataclasses.replace(MEAN, key=MEAN.key.but(statistic="mode")), "statistic of 2026.jss.mode is 'mode', which no estimate has"),
    (dataclasses.replace(MEAN, status="secret"), "status of 2026.jss.mean is 'secret'"),
    (dataclasses.replace(MEAN, unit="kroner"), "unit of 2026.jss.mean is 'kroner'"),
    (dataclasses.replace(MEAN, key=MEAN.key.but(indicator="")), "indicator of 2026.mean is ''"),
])  # fmt: skip
def test_an_unknown_word_is_refused_by_the_row_that_holds_it(row, told):
    with pytest.raises(ValueError, match=told):
        table([row])


def test_two_rows_with_one_id_are_refused():
    with pytest.raises(ValueError, match=r"two results have the id 2026\.jss\.mean"):
        table([MEAN, MEAN])


def test_a_table_without_a_column_is_refused():
    with pytest.raises(ValueError, match="a results table has the columns"):
        check(table([MEAN]).drop(columns="se"))


def test_the_published_description_is_the_schema():
    """Written anew by: python -m tools.schema."""
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == table_schema()


def test_the_published_description_fits_every_file_of_results(full):
    fields = {field["name"]: field for field in json.loads(PUBLISHED.read_text(encoding="utf-8"))["fields"]}
    for path in sorted((full.folder / "_output").glob("*/results.csv")):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        assert set(fields) <= set(frame), path
        for name, field in fields.items():
            limits, held = field.get("constraints", {}), frame[name][frame[name] != ""]
            assert not limits.get("required") or len(held) == len(frame), name
            assert not limits.get("unique") or held.is_unique, name
            assert set(held) <= set(limits.get("enum", held)), name
            if field["type"] == "integer":
                assert held.str.fullmatch(r"-?\d+").all(), name
            elif field["type"] == "number":
                assert pd.to_numeric(held, errors="coerce").notna().all(), name


@pytest.mark.parametrize("row", [
    Row(Key(2026, "srh", "share", category=1, groups=(("position", "gp"), ("sex", "female"))), "share", 0.5, 0.05, 0.4, 0.6, 80.0, n=100, count=50),
    Row(Key(2026, "jss", "change_net", "comparison", vs_wave=2024), "difference", -0.1, 0.02, -0.2, 0.1, 900.0, 0.4, 0.8, n=990, count=980, n_both=700),
    Row(Key(2026, "jss", "odds_ratio", "model", model="trend", term="sex=male"), "ratio", 1.2, 0.1, 0.9, 1.6, 900.0, 0.2, 0.3, base="all"),
])  # fmt: skip
def test_a_row_of_the_table_is_read_as_the_record_that_it_was(row):
    read = Row.read(table([row]).iloc[0])
    given = {f.name: getattr(row, f.name) for f in dataclasses.fields(row) if getattr(row, f.name) is not None}
    assert {name: getattr(read, name) for name in given} == given and read.key.id == row.key.id
    lacking = [getattr(read, f.name) for f in dataclasses.fields(row) if f.name not in given]
    assert all(value is None or value != value for value in lacking)  # a count that is missing is None, a number no number
