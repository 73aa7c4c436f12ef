"""Make's variables reach Python by the environment: no shell reads them, and one that nobody knows is refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.door import arguments, given
from analysis.errors import LegepaneletError
from analysis.settings import ROOT


@pytest.mark.parametrize(
    ("makeflags", "names"),
    [(" -- WAVE=2026 wave=2026", ["WAVE", "wave"]), ("", []), ("k -- FORMATS=html\\ pdf", ["FORMATS"]), ("j2 --jobserver-auth=3,4 -- DATA=a\\ B=c", ["DATA"]),
     ("WAVE=2026", ["WAVE"])],
)  # fmt: skip
def test_what_was_given_on_makes_own_command_line(makeflags, names):
    assert given(makeflags) == names


@pytest.mark.parametrize(
    ("flags", "told"),
    [("wave=2026", "wave is no variable of this project; did you mean WAVE?"), ("LANG=en", "did you mean REPORT_LANG?"),
     ("FORMAT=docx", "did you mean FORMATS?"), ("REPORT_LNAG=en", "did you mean REPORT_LANG?"),
     ("ARTICLE=ai-use", "ARTICLE: `make report` does not take it; make article and make watch do")],
)  # fmt: skip
def test_a_variable_that_the_command_does_not_take_is_refused(flags, told):
    with pytest.raises(LegepaneletError, match="VARIABLE_UNKNOWN") as error:
        arguments("report", {"MAKEFLAGS": f" -- {flags}"})
    assert told in error.value.message


def test_variables_become_options_whatever_they_hold():
    handed = arguments("report", {"WAVE": "2026", "REPORT_LANG": "nb en", "DATA": "a; `b` $(c)", "HOME": "/x", "ARTICLE": ""})
    assert handed == ["report", "--wave=2026", "--lang=nb en", "--data=a; `b` $(c)"]


@pytest.fixture
def folder(tmp_path) -> Path:
    """The Makefile, with a program in Python's place that writes down what it is handed."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    fake = tmp_path / ".venv" / "bin" / "python"
    fake.parent.mkdir(parents=True)
    fake.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'import os; print(repr(os.environ[\"WAVE\"]), repr(os.environ[\"DATA\"]))'\n")
    fake.chmod(0o755)
    return tmp_path


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("command", ["report", "table"])
@pytest.mark.parametrize("value", ["`touch made`", "$$(touch made)", '"; touch made; "', "'; touch made; '", "a\ntouch made", "a & touch made", "$$HOME"])
def test_no_value_is_run_by_a_shell(folder, command, value):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")} | {"PYTHON": "true"}
    done = subprocess.run(["make", command, f"WAVE={value}", f"DATA={value}"], cwd=folder, capture_output=True, text=True, check=False, env=clean)
    assert not (folder / "made").exists()
    assert done.stdout.strip() == f"{value.replace('$$', '$')!r} {value.replace('$$', '$')!r}", done.stderr


def test_a_fault_of_ours_is_a_line_and_a_file_without_values(tmp_path, monkeypatch):
    from analysis import log

    monkeypatch.setattr(log, "FOLDER", tmp_path / "logs")

    def fail(answer):
        return {"known": 1}[answer]

    try:
        try:
            fail("Kari Nordmann drinks")
        except KeyError as error:
            raise ValueError("D01234 said 7") from error
    except ValueError as error:
        told = log.internal(error)
    text = next((tmp_path / "logs").iterdir()).read_text(encoding="utf-8")
    assert "INTERNAL: ValueError" in str(told) and "see logs/" in told.message
    assert "builtins.ValueError" in text and "builtins.KeyError" in text and "in fail" in text
    assert "Nordmann" not in text + str(told) and "D01234" not in text + str(told)
