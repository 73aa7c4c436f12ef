"""Fixtures: copies of the project in a temporary folder, its synthetic data, and its commands run there.

The tests use the public doors, commands and files, and never touch the outputs of the project they stand in. Two workers share what is
built: `live` is the project that is built and published, `workshop` a copy with articles but no publication; commands are run in each by
one worker only. What others read are copies of `live`, a copy a stage.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from analysis.codebook import load
from analysis.settings import ROOT, settings

FREE_TEXT = (
    "Kollega Kvist ved Lyngmo legesenter"  # written by every respondent of 2026 into a column that is not analysed
)
WAVES = (1994, 2008, 2019, 2026)  # the first, the last, and those that its articles compare with
STAGES = ("report", "first_report", "articles", "published")  # of the live project, in this order


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


@pytest.hookimpl(wrapper=True)  # a wrapper comes before xdist reads the groups
def pytest_collection_modifyitems(items):
    """Tests that run commands in one of the two projects go to one worker; that of `live` starts with them, as all that is built is built there.

    Those that read what is built come last.
    """
    for item in items:
        for name in ("live", "workshop"):
            if name in item.fixturenames:
                item.add_marker(pytest.mark.xdist_group(name))

    def place(item) -> int:
        needed = [STAGES.index(name) + 1 for name in item.fixturenames if name in STAGES]
        needed += [STAGES.index("articles") + 1] if "workshop" in item.fixturenames else []
        return -1 if "live" in item.fixturenames else max(needed, default=0)

    items.sort(key=place)
    return (yield)


@pytest.fixture(scope="session")
def book():
    return load(settings().codebook)


@pytest.fixture(scope="session")
def shared(tmp_path_factory, worker_id) -> Path:
    """A folder that all workers see."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


def once(shared: Path, name: str, work: Callable[[], None]) -> None:
    """Does `work` if no worker has."""
    with FileLock(shared / f"{name}.lock"):
        if not (done := shared / f"{name}.done").exists():
            work()
            done.touch()


@pytest.fixture(scope="session")
def all_data(shared):
    """The synthetic raw exports of every wave."""
    data = shared / "all"
    once(shared, "all", lambda: Project(copy_project(shared / "maker"), data).run("data"))
    assert (data / "2026" / "answers.csv").is_file()
    return data


@pytest.fixture(scope="session")
def project(shared, all_data):
    """A project with the data of five waves, and nothing built in it: for commands that write nothing."""
    data = shared / "raw"

    def copy():
        for wave in WAVES:
            shutil.copytree(all_data / str(wave), data / str(wave))
        answers = data / "2026" / "answers.csv"
        head, *rows = answers.read_text(encoding="utf-8").splitlines()
        lines = [f"$comment,{head}", *(f"{FREE_TEXT},{row}" for row in rows)]
        answers.write_text("\n".join(lines) + "\n", encoding="utf-8")
        copy_project(shared / "project")

    once(shared, "project", copy)
    return Project(shared / "project", data)


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def build(live: Project, stage: str) -> None:
    """Brings the live project from the stage before to `stage`."""

    def run(*arguments: str) -> None:
        done = live.run(*arguments, "--wave", "1994" if stage == "first_report" else "2026")
        assert done.returncode == 0, done.stderr

    if stage in ("report", "first_report"):
        run("report")
    elif stage == "articles":
        run("articles", "--lang", "nb en", "--formats", "html pdf docx jats")
        run("article", "--article", "appendix", "--formats", "html")
    else:
        git(live.folder, "init")
        git(live.folder, "add", "-A")
        git(live.folder, "commit", "-m", "a state")
        run("publish", "--documents", "ai-use")


def at(stage: str, shared: Path, project: Project) -> Project:
    """The live project as it was at `stage`: a copy, to read."""
    live = Project(shared / "live", project.data)
    once(shared, "live", lambda: shutil.copytree(project.folder, live.folder))
    for reached in STAGES[: STAGES.index(stage) + 1]:

        def work(reached=reached):
            build(live, reached)
            shutil.copytree(live.folder, shared / reached, ignore=shutil.ignore_patterns(".git"))

        once(shared, reached, work)
    return Project(shared / stage, project.data)


@pytest.fixture(scope="session")
def report(shared, project):
    """The project with the report of 2026."""
    return at("report", shared, project)


@pytest.fixture(scope="session")
def first_report(shared, project):
    """The project with the report of 1994 too: a wave with nothing before it."""
    return at("first_report", shared, project)


@pytest.fixture(scope="session")
def articles(shared, project):
    """The project with the three articles of 2026 in both languages and all formats, and the appendix."""
    return at("articles", shared, project)


@pytest.fixture(scope="session")
def published(shared, project):
    """The project with one article of 2026 published in both languages and all formats."""
    return at("published", shared, project)


def owned(shared: Path, name: str, worker_id: str) -> None:
    """Raises AssertionError if another worker runs commands in this project."""
    owner = shared / f"{name}.owner"
    once(shared, owner.name, lambda: owner.write_text(worker_id))
    assert owner.read_text() == worker_id, f"two workers run commands in the {name} project"


@pytest.fixture(scope="session")
def live(shared, project, worker_id):
    """The project with all of this, a git repository, to run commands in; a test leaves it as it found it."""
    at("published", shared, project)
    owned(shared, "live", worker_id)
    return Project(shared / "live", project.data)


@pytest.fixture(scope="session")
def workshop(shared, articles, worker_id):
    """The project with reports and articles but no publication, to run commands in; a test leaves it as it found it."""
    folder = shared / "workshop"
    once(shared, folder.name, lambda: shutil.copytree(articles.folder, folder))
    owned(shared, "workshop", worker_id)
    return Project(folder, articles.data)
