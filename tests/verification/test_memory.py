"""A release is remembered before its file exists, and the two are undone together, wherever it is interrupted."""

import pytest

from analysis.errors import LegepaneletError
from analysis.verification import memory as releases


@pytest.fixture
def memory(tmp_path):
    path = tmp_path / "releases" / "2026.csv"
    releases.remember(path, "publication", "a1", "2026-11-01")
    return path


def remembered(path, *files):
    return releases.remembered({path: "a table"}, {path: "a1"}, "2026-11-02", list(files))


class Killed(BaseException):
    """What no handler expects."""


def test_the_memory_comes_first(memory, tmp_path):
    out = tmp_path / "table.csv"
    with remembered(memory, out):
        assert set(releases.read(memory)["query"]) == {"publication", "a table"} and not out.exists()
        out.write_text("99")
    assert set(releases.read(memory)["query"]) == {"publication", "a table"}
    assert [p.name for p in memory.parent.iterdir()] == ["2026.csv"]


@pytest.mark.parametrize("error", [OSError, Killed])
def test_a_release_whose_file_could_not_be_written_is_forgotten(memory, tmp_path, error):
    before = memory.read_bytes()
    with pytest.raises(error), remembered(memory, tmp_path / "table.csv"):
        raise error
    assert memory.read_bytes() == before and [p.name for p in memory.parent.iterdir()] == ["2026.csv"]


@pytest.mark.parametrize("came_out", [True, False])
def test_after_a_kill_the_next_release_settles_what_became_of_it(memory, tmp_path, monkeypatch, came_out):
    """The process is gone within the work: nothing of its own tidies up."""
    before, out = memory.read_bytes(), tmp_path / "table.csv"
    settle = releases.settle
    with pytest.raises(Killed), monkeypatch.context() as patch, remembered(memory, out):
        if came_out:
            out.write_text("99")
        patch.setattr(releases, "settle", lambda path: None)
        raise Killed
    assert memory.with_suffix(".journal").is_file()
    settle(memory)
    assert (memory.read_bytes() == before) is not came_out
    assert not memory.with_suffix(".journal").exists()


def test_a_memory_that_cannot_be_written_lets_nothing_out(memory, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    before, out = memory.read_bytes(), tmp_path / "table.csv"
    monkeypatch.setattr(releases, "remember", full)
    with pytest.raises(OSError), remembered(memory, out):
        out.write_text("99")
    assert not out.exists() and memory.read_bytes() == before


def test_a_first_release_that_failed_leaves_no_memory(tmp_path):
    path = tmp_path / "releases" / "2026.csv"
    with pytest.raises(Killed), remembered(path, tmp_path / "table.csv"):
        raise Killed
    assert not path.exists()


def test_what_one_copy_has_lost_the_other_knows(memory, tmp_path):
    other = tmp_path / "raw" / "releases" / "2026.csv"
    releases.remember(other, "INDICATOR=jss BY=region", "a1", "2026-11-03")
    assert set(releases.read(memory, other)["query"]) == {"publication", "INDICATOR=jss BY=region"}
    memory.unlink()
    assert list(releases.read(memory, other)["query"]) == ["INDICATOR=jss BY=region"]


def test_a_memory_of_figures_as_it_was_kept_before_is_read(tmp_path):
    path = tmp_path / "2026.csv"
    rows = ["release,date,what,id,indicator,n", "1,2026-01-01,publication,2026.jss.mean,jss,1000", "1,2026-01-01,publication,2026.srh.mean,srh,1000",
            '2,2026-02-01,"INDICATOR=jss BY=sex,region",2026.jss.mean.sex=male,jss,400']  # fmt: skip
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = releases.read(path)
    assert list(found["query"]) == ["publication", "INDICATOR=jss BY=sex,region"] and set(found["data"]) == {""}


def test_a_memory_that_cannot_be_read_says_what_to_do(tmp_path):
    path = tmp_path / "releases" / "2026.csv"
    path.parent.mkdir()
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(LegepaneletError, match="FILE_UNREADABLE") as error:
        releases.read(path)
    assert "releases/2026.csv" in error.value.message and "Take the file back" in error.value.hint
