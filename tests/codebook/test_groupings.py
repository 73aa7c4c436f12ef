"""Groupings are data: `data/codebook/groupings.yml` says which groups results are given by, and what is compared."""

import shutil

import pandas as pd
import pytest

from analysis.codebook import load
from analysis.errors import LegepaneletError
from analysis.estimation import levels, wave
from analysis.estimation.sample import weighted
from analysis.panel import build
from analysis.presentation.report import Report
from analysis.presentation.results import Results
from analysis.settings import settings


@pytest.fixture
def codebook(tmp_path):
    return shutil.copytree(settings().codebook, tmp_path / "codebook")


def changed(codebook, old: str, new: str, file: str = "groupings.yml"):
    path = codebook / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return codebook


@pytest.mark.parametrize(("file", "old", "new", "told"), [
    ("groupings.yml", "reference: male", "reference: man", "there is no level 'man'; the levels are female, male"),
    ("groupings.yml", '["55_69", under_40]', '["55_69", under_30]', "there is no level 'under_30'"),
    ("groupings.yml", "lines: [consultant", "lines: [consultants", "there is no level 'consultants'"),
    ("groupings.yml", "contrasts: [[female, male]]", "contrast: [[female, male]]", "contrasts"),
    ("groupings.yml", ", ages: [40, 54]", "", "age_group.levels.40_54: has no ages"),
    ("groupings.yml", "contrasts: [[female, male]]", "contrasts: [[female, male]]\n  lines: [female]", "position.lines: sex has lines already"),
    ("groupings.yml", "position: #", "stilling: #", "nothing of a member is called 'stilling'"),
    ("panel.yml", "trends: [jss,", "trends: [jsss,", "there is no indicator 'jsss'; did you mean 'jss'"),
    ("panel.yml", "detailed_by: [position, sex]", "detailed_by: [positions, sex]", "there is no grouping 'positions'"),
])  # fmt: skip
def test_what_leads_nowhere_is_refused(codebook, file, old, new, told):
    with pytest.raises(LegepaneletError) as error:
        load(changed(codebook, old, new, file))
    assert told in error.value.message and file in error.value.message


@pytest.mark.parametrize(("age", "group"), [(39, "under_40"), (40, "40_54"), (54, "40_54"), (55, "55_69"), (69, "55_69"), (70, "70_on")])
def test_an_age_is_in_the_group_whose_ends_it_lies_within(book, age, group):
    assert build._age_group(book, pd.Series([age])).iloc[0] == group


def test_another_contrast_is_another_row(codebook, full):
    panel = build.load(full.folder / "data" / "derived" / "2026")
    book = load(changed(codebook, "contrasts: [[female, male]]", "contrasts: [[male, female]]"))
    sample = weighted(2026, panel)
    indicator = next(i for i in wave.of_wave(book, 2026) if i.id == "jss")
    ids = [e.key.id for e in levels.differences(sample, [indicator], book.groupings)]
    assert "2026.jss.difference.sex=male.vs=female" in ids and "2026.jss.difference.sex=female.vs=male" not in ids


def test_another_grouping_that_the_sample_knows_gives_its_rows(codebook, full):
    path = codebook / "groupings.yml"
    region = """
region:
  label: {nb: Region, en: Region}
  levels: {south_east: {label: {nb: Sør-Øst, en: South-East}}, west: {label: {nb: Vest, en: West}}}
  reference: west
  contrasts: [[south_east, west]]
"""
    path.write_text(path.read_text(encoding="utf-8") + region, encoding="utf-8")
    book, folder = load(codebook), full.folder / "data" / "derived"
    panels = {w: build.load(folder / str(w)) for w in (2019, 2026)}
    tables = [pd.read_parquet(folder / "2026" / f"{name}.parquet") for name in ("answers", "problems")]
    ids = set(wave.estimate(book, 2026, panels, *tables, [])["id"])
    assert {"2026.jss.mean.region=west", "2026.jss.difference.region=south_east.vs=west", "2026.jss.change_net.region=west.vs=2019"} <= ids
    assert "2026.jss.difference.model=trend.region=south_east" in ids


def test_a_sentence_speaks_of_the_pair_that_the_grouping_compares(codebook, full):
    """With the pair the other way the number is of another sign: there is no such result yet, and no sentence of the old one."""
    results = Results.read(full.folder / "_output", [2008, 2019, 2026])
    assert "kvinner" in str(Report(2026, "nb", load(codebook), results).contrast("jss", "sex")).lower()
    turned = load(changed(codebook, "contrasts: [[female, male]]", "contrasts: [[male, female]]"))
    assert str(Report(2026, "nb", turned, results).contrast("jss", "sex")) == ""
