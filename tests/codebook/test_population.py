"""Population figures carry kind and source, and margins that disagree are refused."""

import pytest

from analysis.codebook import population
from analysis.errors import LegepaneletError
from analysis.settings import settings

HEAD = "wave,variable,level,count,kind,source\n"


def write(tmp_path, *rows: str):
    path = tmp_path / "margins.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_every_wave_has_figures_with_kind_and_source(book):
    table = population.read(settings().population / "margins.csv")
    assert set(table["wave"]) == set(book.waves)
    assert (table["source"] != "").all()
    assert set(table.loc[table["wave"] == 1994, "variable"]) == {"sex"}


def test_a_later_wave_takes_the_latest_figures_as_extrapolated():
    rows = population.of_wave(settings().population, 2028)
    assert set(rows["wave"]) == {2028}
    assert set(rows["kind"]) == {"extrapolated"}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["2026,sex,female,many,published,x"], "row 2, column 'count': 'many'"),
        (["2026,sex,female,5,guessed,x"], "row 2, column 'kind': 'guessed'"),
        (["2026,sex,female,5,invented,x", "2026,sex,female,6,invented,x"], "row 3: stands twice"),
        (["2026,sex,female,5,invented,x", "2026,sex_age,female:40_54,6,invented,x"], "the margins differ in total"),
    ],
)
def test_a_fault_is_named(tmp_path, rows, told):
    with pytest.raises(LegepaneletError) as caught:
        population.read(write(tmp_path, *rows))
    assert told in caught.value.message
