"""What must hold of the repository itself."""

import re
import subprocess
import sys
import tomllib

import pytest

from analysis.settings import ROOT


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return done.stdout.splitlines()


def test_a_stage_imports_only_stages_above_it():
    done = subprocess.run([sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
                          cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0 and "0 broken" in done.stdout, done.stdout + done.stderr


def test_ruff_finds_nothing():
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "."], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_no_answers_are_tracked():
    assert [f for f in tracked() if re.match(r"data/(raw|derived|synthetic)/", f)] == ["data/raw/README.md"]


LOCKS = ("requirements.lock", "requirements-test.lock")


def packages(name: str) -> dict[str, str]:
    """Package -> version of a lock file."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return dict(re.match(r"([\w.-]+)==([^ ;]+)", line).groups() for line in lines if re.match(r"\w", line))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_pins_and_hashes_every_package_and_names_no_address(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if re.match(r"\w", line)]
    assert len(entries) > 10
    assert all("==" in line and line.endswith("\\") for line in entries)
    assert sum(line.strip().startswith("--hash=sha256:") for line in lines) >= len(entries)
    assert not any("://" in line for line in lines)


def test_a_report_needs_no_developers_tools_and_the_tests_lock_holds_the_rest():
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    report, test = map(packages, LOCKS)
    assert not set(report) & set(test)
    assert {"pytest", "ruff", "hypothesis", "import-linter"} <= set(test)
    for wanted, locked in ((project["dependencies"], report), (project["optional-dependencies"]["test"], test)):
        for text in wanted:
            one = Requirement(text)
            found = locked.get(one.name) or locked.get(one.name.replace("_", "-"))
            assert found and one.specifier.contains(found), text
            assert all(part.operator != "==" for part in one.specifier), f"{text}: exact versions stand in the lock file"
