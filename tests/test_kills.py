"""Killed at any moment: the next run makes what an undisturbed one does, byte for byte."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.projects import copy_project

MOMENTS = 50
COMMAND = [sys.executable, "-m", "analysis", "report", "--wave", "1994"]


def begin(folder: Path) -> subprocess.Popen:
    """The report of the first wave, from nothing: the synthetic panel, all stages, HTML and PDF. A process group of its own."""
    return subprocess.Popen(COMMAND, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
                            env=os.environ | {"PYTHONHASHSEED": "0"})  # fmt: skip


def made(folder: Path) -> dict[str, bytes]:
    """What the run is for; the manifest alone carries times."""
    output = folder / "_output"
    return {
        p.relative_to(output).as_posix(): p.read_bytes()
        for p in sorted(output.rglob("*"))
        if p.is_file() and p.name != "manifest.json"
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> tuple[dict[str, bytes], float]:
    folder = copy_project(tmp_path_factory.mktemp("undisturbed"))
    started = time.monotonic()
    process = begin(folder)
    said = process.communicate()[0]
    assert process.returncode == 0, said
    return made(folder), time.monotonic() - started


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_run_after_a_kill_gives_the_same_bytes(undisturbed, tmp_path, moment):
    """Even moments: the power fails, all processes are gone. Odd ones: the run alone is killed, its workers go on for a while."""
    whole, seconds = undisturbed
    folder = copy_project(tmp_path / "project")
    process = begin(folder)
    try:
        process.wait(timeout=seconds * (moment + 0.5) / MOMENTS)
    except subprocess.TimeoutExpired:
        (os.killpg if moment % 2 == 0 else os.kill)(process.pid, signal.SIGKILL)
        process.wait()
    again = subprocess.run(
        COMMAND, cwd=folder, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONHASHSEED": "0"}
    )
    assert again.returncode == 0, again.stderr
    assert made(folder) == whole
