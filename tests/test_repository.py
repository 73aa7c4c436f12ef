"""What must hold of the repository itself."""

import re
import subprocess
import sys

import pytest

from analysis.settings import ROOT


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return done.stdout.splitlines()


def test_a_stage_imports_only_stages_above_it():
    done = subprocess.run(
        [sys.executable, "-m", "importlinter.cli", "lint"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if "No module named importlinter.cli.__main__" in done.stderr or done.returncode not in (0, 1):
        done = subprocess.run([sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
                              cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing():
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "."], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_no_answers_are_tracked():
    assert [f for f in tracked() if re.match(r"data/(raw|derived|synthetic)/", f)] == ["data/raw/README.md"]


def test_the_lock_file_pins_and_hashes_every_package_and_names_no_address():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    packages = [line for line in lines if re.match(r"[a-z]", line)]
    assert len(packages) > 50
    assert all("==" in line and line.endswith("\\") for line in packages)
    assert sum(line.strip().startswith("--hash=sha256:") for line in lines) >= len(packages)
    assert not any("://" in line for line in lines)


def test_what_the_project_names_is_what_the_lock_file_holds():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock = (ROOT / "requirements.lock").read_text().lower().replace("_", "-")
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
        assert requirement.lower().replace("_", "-") + " " in lock, requirement
