"""Tasks that are run: in turn where each waits for the one before, else as many at a time as may be."""

import os
import re
from pathlib import Path

import pytest

from analysis.errors import LegepaneletError
from analysis.pipeline import building
from analysis.pipeline.state import Task
from analysis.processes import beside, wait


@pytest.fixture
def run_in(tmp_path, monkeypatch):
    """Tasks' locks and notes in a folder of the test; gives a task that writes a file, or refuses to."""
    import dataclasses

    from analysis.pipeline import state
    from analysis.settings import settings

    here = dataclasses.replace(settings(), derived=tmp_path / "derived", workers=1)
    for module in (building, state):
        monkeypatch.setattr(module, "settings", lambda: here)

    def task(name: str, *inputs: Path, fails: bool = False) -> Task:
        return Task(name, name, refuse if fails else write, (tmp_path / name,), inputs, (tmp_path / name,))

    return task


def write(path: Path) -> None:
    path.write_text(path.name, encoding="utf-8")


def refuse(path: Path) -> None:
    raise LegepaneletError("NOT_SO", path.name)


def test_tasks_in_a_line_are_run_one_after_the_other_and_none_after_one_that_failed(run_in):
    one = run_in("one")
    two = run_in("two", *one.outputs, fails=True)
    three = run_in("three", *two.outputs)
    with pytest.raises(LegepaneletError, match="NOT_SO: two"):
        building.build([one, two, three])
    assert one.outputs[0].is_file() and not three.outputs[0].is_file()
    assert building.pending([one, two, three]) == [two, three]


def test_all_tasks_that_refuse_are_told_of_in_one_run(run_in):
    tasks = [run_in("one", fails=True), run_in("two", fails=True), run_in("three")]
    with pytest.raises(LegepaneletError, match=r"NOT_SO: (one\ntwo|two\none)"):
        building.build(tasks)
    assert tasks[2].outputs[0].is_file()


def test_a_process_that_is_gone_is_told_in_a_line():
    with beside(1, []) as workers, pytest.raises(LegepaneletError, match="WORKER_LOST: a process at work was ended"):
        wait(workers.submit(os._exit, 9))


def test_two_workers_make_what_one_does(small, tmp_path):
    """Tasks, what they refuse and their messages cross to other processes and back."""
    other = small.copied(tmp_path)
    settings = other.folder / "pyproject.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("workers = 1", "workers = 2"), encoding="utf-8")
    whole = {p.parent.name: p.read_bytes() for p in other.folder.glob("_output/*/results.csv")}
    for made in other.folder.glob("data/derived/[12]*/*"):
        if made.name != "estimates.csv" or made.parent.name == "1994":  # what takes longest is made of one wave
            made.unlink()
    done = other.run("export", "--wave", "2026")
    assert done.returncode == 0, done.stderr
    assert {p.parent.name: p.read_bytes() for p in other.folder.glob("_output/*/results.csv")} == whole
    for wave in ("1994", "2024"):
        (other.data / wave / "population.csv").write_text("wave,variable\n", encoding="utf-8")
    refused = other.run("export", "--wave", "2026")
    assert refused.returncode == 1 and "Traceback" not in refused.stderr and "population.csv" in refused.stderr


def test_the_library_keeps_its_notes_where_we_do_without():
    """After each task it hashes all files that the task read and wrote, for a database that is thrown away."""
    from _pytask import execute

    assert "        update_states(session, task)\n" in Path(execute.__file__).read_text(encoding="utf-8")


def test_the_library_has_the_pauses_that_we_shorten():
    """Its scheduler waits up to a second between two looks; ours stands in the place of what decides that."""
    from pytask_parallel import execute

    source = Path(execute.__file__).read_text(encoding="utf-8")
    assert "sleeper = _Sleeper()" in source
    asked = set(re.findall(r"sleeper\.(\w+)\(", source))
    assert asked and asked <= set(dir(building._Looks))
