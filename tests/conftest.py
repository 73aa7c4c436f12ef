"""Fixtures: what the tests share (see `tests/projects.py`), and tiers by what a test needs.

The tests use the public doors, commands and files, and never touch the outputs of the project they stand in. A test that needs a built
project is marked `commands` by its fixtures. Two workers share what is built, to read; each has copies of its own to run commands in.
"""

import gc

import pytest

from analysis.settings import RARELY
from tests import projects, warm
from tests.projects import Project

OF_SMALL = ("small", "workshop")
OF_FULL = ("full", "live")
BUILT = {"all_data", "few_data", "project", *OF_SMALL, *OF_FULL}


def pytest_configure():
    warm.begin()  # in the process that starts the others, so that they share one


def pytest_collection_finish():
    """What is loaded stays loaded: Python need not look through it for waste at every turn."""
    gc.freeze()
    gc.set_threshold(*RARELY)


def pytest_collection_modifyitems(items):
    """Marks the tests that need something built; they come last, those of the whole panel at the very end, where the second worker begins.

    A `long` one comes before others of its kind, so that no worker is left alone with it in the end.
    """
    for item in items:
        if BUILT.intersection(item.fixturenames):
            item.add_marker(pytest.mark.commands)

    def place(item) -> tuple[int, bool]:
        names = set(item.fixturenames)
        kind = 3 if names.intersection(OF_FULL) else 2 if names.intersection(OF_SMALL) else 1 if names & BUILT else 0
        return kind, item.get_closest_marker("long") is None

    items.sort(key=place)


@pytest.fixture(scope="session")
def book():
    from analysis.codebook import load
    from analysis.settings import settings

    return load(settings().codebook)


@pytest.fixture
def forked_kernels(monkeypatch):
    """Kernels that start at once, for tests of what one does."""
    for name, value in warm.kernels().items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def all_data():
    """The synthetic raw exports of every wave."""
    return projects.all_data()


@pytest.fixture(scope="session")
def few_data():
    """Raw exports of some waves with six hundred doctors, all columns."""
    return projects.few_data()


@pytest.fixture(scope="session")
def project(all_data) -> Project:
    """The whole panel's project and data, nothing built: for `check`, which writes nothing."""
    return Project(all_data.parent.parent, all_data)


@pytest.fixture(scope="session")
def full() -> Project:
    """The whole panel's project with all documents built, to read."""
    return projects.full()


@pytest.fixture(scope="session")
def small() -> Project:
    """A small panel's project with a report, to read."""
    return projects.small()


@pytest.fixture(scope="session")
def live(full, tmp_path_factory) -> Project:
    """The whole panel's project, a git repository with a publication, to run commands in; a test leaves it as it found it."""
    return full.copied(tmp_path_factory.mktemp("live"))


@pytest.fixture(scope="session")
def workshop(small, tmp_path_factory) -> Project:
    """The small panel's project, to run commands in; a test leaves it as it found it."""
    return small.copied(tmp_path_factory.mktemp("workshop"))
