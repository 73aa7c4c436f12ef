"""The results that a document reads: lines that become records when they are asked for."""

from math import isnan

import pytest

from analysis.errors import LegepaneletError
from analysis.presentation.provenance import Traced
from analysis.presentation.results import Results
from analysis.results import Key, Row, files, table

ROWS = {
    2024: [Row(Key(2024, "jss", "mean"), "mean", estimate=5.1, lower=5.0, upper=5.2, n=900)],
    2026: [
        Row(Key(2026, "jss", "mean"), "mean", estimate=5.0, lower=4.9, upper=5.1, n=1000),
        Row(Key(2026, "jss", "mean", groups=(("position", "gp"),)), "mean", base='asked, and "so"', status="hidden_small"),
        Row(Key(2026, "jss", "change_net", "comparison", vs_wave=2024), "difference", estimate=-0.1, lower=-0.2, upper=0.0, n=1000),
    ],
}


@pytest.fixture
def folder(tmp_path):
    for wave, rows in ROWS.items():
        (tmp_path / str(wave)).mkdir()
        files.write(table(rows), tmp_path / str(wave) / "results.csv", synthetic=True)
    return tmp_path


def test_a_row_is_the_record_that_it_was_made_as_and_its_figures_know_it(folder):
    results = Results.read(folder, [2024, 2026])
    assert results.synthetic
    row = results.row("jss", 2026, statistic="mean")
    assert row.key == ROWS[2026][0].key and (row.estimate, row.n) == (5.0, 1000)
    assert isinstance(row.estimate, Traced) and row.estimate.rows == ("2026.jss.mean",)
    change = results.row("jss", 2026, statistic="change_net")
    assert (change.key.vs_wave, change.n_both) == (2024, None) and isnan(change.se)


def test_a_hidden_row_is_there_without_figures_whatever_its_words(folder):
    row = Results.read(folder, [2026]).row("jss", 2026, statistic="mean", by="position", level="gp")
    assert (row.status, row.base, row.n) == ("hidden_small", 'asked, and "so"', None) and isnan(row.estimate)


def test_a_key_column_that_is_not_named_is_empty_and_three_dots_are_any(folder):
    results = Results.read(folder, [2024, 2026])
    assert [r.key.id for r in results.select("jss", 2026)] == ["2026.jss.mean", "2026.jss.change_net.vs=2024"]
    assert results.where("jss", statistic="mean", by=...)["id"].tolist() == ["2024.jss.mean", "2026.jss.mean", "2026.jss.mean.position=gp"]
    assert list(results.by_id({"2024.jss.mean", "none"})) == ["2024.jss.mean"]
    with pytest.raises(LookupError, match="2 results have jss"):
        results.row("jss", 2026)


def test_results_of_another_version_are_refused_by_name(folder):
    path = folder / "2026" / "results.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",df,", ",degrees,", 1), encoding="utf-8")
    with pytest.raises(LegepaneletError, match="RESULTS_UNLIKE: the results of 2026 have other columns than those of 2024"):
        Results.read(folder, [2024, 2026])


def test_a_wave_without_results_is_named(folder):
    with pytest.raises(LegepaneletError, match="RESULTS_MISSING: there are no results of 2019"):
        Results.read(folder, [2019, 2026])
