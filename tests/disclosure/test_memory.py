"""A release is remembered before its file exists, and the two are undone together, wherever it is interrupted."""

import pandas as pd
import pytest

from analysis.disclosure import releases


def figures(n: int) -> pd.DataFrame:
    row = dict.fromkeys(releases.COLUMNS, "") | {"id": "2026.jss.mean", "indicator": "jss", "statistic": "mean", "status": "shown", "n": n, "count": pd.NA}
    return pd.DataFrame([row]).drop(columns=["release", "date", "what"]).astype({"n": "Int64", "count": "Int64"})


@pytest.fixture
def memory(tmp_path):
    path = tmp_path / "releases" / "2026.csv"
    releases.remember(path, figures(100), "publication", "2026-11-01")
    return path


class Killed(BaseException):
    """What no handler expects."""


def test_the_memory_comes_first(memory, tmp_path):
    out = tmp_path / "table.csv"
    with releases.remembered({memory: figures(99)}, "a table", "2026-11-02", [out]):
        assert set(releases.read(memory)["what"]) == {"publication", "a table"} and not out.exists()
        out.write_text("99")
    assert set(releases.read(memory)["what"]) == {"publication", "a table"}
    assert [p.name for p in memory.parent.iterdir()] == ["2026.csv"]


@pytest.mark.parametrize("error", [OSError, Killed])
def test_a_release_whose_file_could_not_be_written_is_forgotten(memory, tmp_path, error):
    before = memory.read_bytes()
    with pytest.raises(error), releases.remembered({memory: figures(99)}, "a table", "2026-11-02", [tmp_path / "table.csv"]):
        raise error
    assert memory.read_bytes() == before and [p.name for p in memory.parent.iterdir()] == ["2026.csv"]


@pytest.mark.parametrize("came_out", [True, False])
def test_after_a_kill_the_next_release_settles_what_became_of_it(memory, tmp_path, monkeypatch, came_out):
    """The process is gone within the work: nothing of its own tidies up."""
    before, out = memory.read_bytes(), tmp_path / "table.csv"
    settle = releases.settle
    with pytest.raises(Killed), monkeypatch.context() as patch, releases.remembered({memory: figures(99)}, "a table", "2026-11-02", [out]):
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
    with pytest.raises(OSError), releases.remembered({memory: figures(99)}, "a table", "2026-11-02", [out]):
        out.write_text("99")
    assert not out.exists() and memory.read_bytes() == before


def test_a_first_release_that_failed_leaves_no_memory(tmp_path):
    path = tmp_path / "releases" / "2026.csv"
    with pytest.raises(Killed), releases.remembered({path: figures(99)}, "a table", "2026-11-02", [tmp_path / "table.csv"]):
        raise Killed
    assert not path.exists()
