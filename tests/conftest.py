"""Fixtures: a copy of the project in a temporary folder, its synthetic data, and its commands run there.

The tests use the public doors, commands and files, and never touch the outputs of the project they stand in.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis.codebook import load
from analysis.settings import ROOT, settings

# The first, the last, the one before it, and those that its articles compare with.
WAVES = (1994, 2008, 2019, 2024, 2026)


@dataclass(frozen=True)
class Project:
    """A copy of the project, its data folder, and a way to run a command in it."""

    folder: Path
    data: Path

    def run(self, *arguments: str, data: Path | None = None, **environment: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "analysis", *arguments]
        if "--data" not in arguments:
            command += ["--data", str(data or self.data)]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False,
                              env=os.environ | {"PYTHONHASHSEED": "0"} | environment)  # fmt: skip

    def output(self, wave: int, name: str) -> Path:
        return self.folder / "_output" / str(wave) / name


def copy_project(target: Path) -> Path:
    """What a clone would hold of the project, without tests and without anything made."""
    for name in (
        "analysis",
        "reports",
        "data/codebook",
        "data/population",
        "data/raw/README.md",
        "_quarto.yml",
        "pyproject.toml",
        "requirements.lock",
        ".gitignore",
        "CITATION.cff",
    ):
        source, place = ROOT / name, target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__", "figures"))
        else:
            shutil.copy(source, place)
    return target


@pytest.fixture(scope="session")
def book():
    return load(settings().codebook)


@pytest.fixture(scope="session")
def all_data(tmp_path_factory):
    """The synthetic raw exports of every wave."""
    folder = copy_project(tmp_path_factory.mktemp("maker"))
    data = tmp_path_factory.mktemp("raw")
    Project(folder, data).run("data")
    assert (data / "2026" / "answers.csv").is_file()
    return data


@pytest.fixture(scope="session")
def project(tmp_path_factory, all_data):
    """A project with the data of three waves."""
    data = tmp_path_factory.mktemp("waves")
    for wave in WAVES:
        shutil.copytree(all_data / str(wave), data / str(wave))
    return Project(copy_project(tmp_path_factory.mktemp("project")), data)


@pytest.fixture(scope="session")
def report(project):
    """The project with the report of 2026 written; the fixture's `returned` is what the command said."""
    done = project.run("report", "--wave", "2026")
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture(scope="session")
def first_report(report):
    """The project with the report of 1994 written too: a wave with nothing before it."""
    done = report.run("report", "--wave", "1994")
    assert done.returncode == 0, done.stderr
    return report


@pytest.fixture(scope="session")
def articles(report):
    """The project with the three articles of 2026 in both languages and all formats, and the appendix."""
    done = report.run("articles", "--wave", "2026", "--lang", "nb en", "--formats", "html pdf docx jats")
    assert done.returncode == 0, done.stderr
    done = report.run("article", "--article", "appendix", "--wave", "2026", "--formats", "html")
    assert done.returncode == 0, done.stderr
    return report


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="session")
def published(articles):
    """The project as a repository, with one article of 2026 published in both languages and all formats."""
    git(articles.folder, "init")
    git(articles.folder, "add", "-A")
    git(articles.folder, "commit", "-m", "a state")
    done = articles.run("publish", "--wave", "2026", "--documents", "ai-use")
    assert done.returncode == 0, done.stderr
    return articles
