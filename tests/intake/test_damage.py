"""Damaged raw files and codebooks: one clear message each, an exit code, no traceback, nothing of the input executed, earlier output whole."""

import hashlib
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from tests.projects import Project
from tools import damage

SAID: dict[str, tuple[str, str, int]] = {}  # what was said of each, for the table of the documentation


@pytest.mark.parametrize("case", damage.DAMAGES, ids=lambda case: case.what)
def test_a_damage_is_named(case, all_data, tmp_path):
    damage.prepare(all_data, case.wave, tmp_path)
    case.work(tmp_path)
    code, said = damage.check(tmp_path, case.wave)
    assert code == case.exit, said
    assert case.code in said
    for told in case.told:
        assert told in said, said
    assert "Traceback" not in said and "\x1b" not in said and "\x07" not in said
    assert not Path("/tmp/pwned").exists()
    assert damage.remedy(said, case) if case.code else " 0 errors" in said


def test_there_are_more_than_eighty_damages_and_the_documentation_lists_them():
    assert len(damage.DAMAGES) > 80
    assert len({case.what for case in damage.DAMAGES}) == len(damage.DAMAGES)
    table = damage.TABLE.read_text(encoding="utf-8")
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in table.splitlines() if line.startswith("| ")}
    for case in damage.DAMAGES:
        assert f" | {case.exit} | " in lines[case.what], "run python -m tools.damage"
        assert case.code in lines[case.what]


def contents(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.mark.parametrize("what", ["a label for a code", "respondents of one sex only"])
def test_a_damaged_file_stops_the_build_and_leaves_what_was_made(small, tmp_path, what):
    case = next(c for c in damage.DAMAGES if c.what == what)
    other = small.copied(tmp_path)
    case.work(tmp_path)
    before = contents(other.folder / "_output")
    done = other.run("report", "--wave", "2026")
    assert (done.returncode == 1 and case.code in done.stderr) or "DATA_FAULTS" in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(other.folder / "_output") == before


def test_a_folder_with_spaces_and_norwegian_letters(small, tmp_path):
    data = tmp_path / "Rådata fra Ærøy, 2. utsending"
    shutil.copytree(small.data / "1994", data / "1994")
    done = Project(small.folder, data).run("check", "--wave", "1994")
    assert done.returncode == 0, done.stderr
    assert "can be weighted" in done.stdout


@pytest.mark.parametrize(
    ("place", "options", "code"), [("data/derived", "size=60k", "DISK_FULL"), ("_output", "ro", "NOT_WRITABLE")]
)
def test_a_disk_that_is_full_or_may_not_be_written_to(small, tmp_path, place, options, code):
    """On a small disk of its own, where that is permitted: one message, and what was there stays."""
    other = small.copied(tmp_path)
    disk = other.folder / place
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], capture_output=True, check=False
    ).returncode:
        pytest.skip("a disk of its own cannot be mounted here")
    try:
        done = other.run("export", "--wave", "1994")
        assert done.returncode == 1, done.stdout
        assert "Traceback" not in done.stderr, done.stderr
        assert f"Error {code}" in done.stderr
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_two_reports_at_once(small, tmp_path):
    """The second waits or says that another runs; both end well and the files are whole."""
    other = small.copied(tmp_path)
    other.output(1994, "results.csv").unlink()
    with ThreadPoolExecutor(2) as two:
        runs = list(two.map(lambda _: other.run("export", "--wave", "1994"), range(2)))
    said = [run.stderr for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert any("Another run is at work" in text for text in said), said
    assert len(pd.read_csv(other.output(1994, "results.csv"))) > 100
