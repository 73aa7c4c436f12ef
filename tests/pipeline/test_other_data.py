"""From one folder of data to another and back: whatever was built before, the outputs are those of a fresh clone."""

import csv
import hashlib
import shutil
from pathlib import Path

import pytest

from tests.projects import SMALL, Project, copy_project, shrink, shrink_codebook
from tools import instruments

COMMAND = ("export", "--wave", "2026")
WAVES = ("1994", "2026")


def results(project: Project) -> dict[str, str]:
    """Hashes of the results of all waves there are."""
    found = sorted(project.folder.glob("_output/*/results.csv"))
    return {p.parent.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


def real(source: Path, target: Path, waves=WAVES) -> Path:
    """Waves as real ones: without the column that marks synthetic data."""
    for wave in waves:
        shutil.copytree(source / wave, target / wave)
        sample = target / wave / "sample.csv"
        rows = [row[:-1] for row in csv.reader(sample.read_text(encoding="utf-8").splitlines())]
        sample.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    return target


@pytest.fixture
def clone(tmp_path):
    """A fresh clone of the small panel's project, the data where they would lie."""

    def make(name: str) -> Project:
        folder = copy_project(tmp_path / name)
        shrink_codebook(folder / "data" / "codebook" / "waves")
        for plan in folder.glob("reports/*.plan.yml"):
            plan.unlink()
        for path in (folder / "data" / "codebook" / "waves").glob("*.yml"):  # what is walked is the data, not the questions
            instruments.keep(path, ("background", "self_rated_health"))
        return Project(folder, None)

    return make


def test_synthetic_then_real_then_a_wave_less_then_another_folder_and_back(small, clone, tmp_path):
    project, raw = clone("walked"), None
    synthetic = tmp_path / "synthetic"
    for wave in WAVES:
        shrink(Path(shutil.copytree(small.data / wave, synthetic / wave)), SMALL, lambda column: column in ("position", "srh"))

    def run(data: Path | None = None):
        done = project.run(*COMMAND, data=data)
        assert done.returncode == 0, done.stderr
        return done.stderr, results(project)

    first = run(synthetic)[1]
    raw = real(synthetic, project.folder / "data" / "raw")
    said, second = run()  # the real waves in data/raw are found by themselves
    assert "removing _output/1994, _output/2026, made from other data" in said
    assert second.keys() == first.keys() and not set(second.values()) & set(first.values())
    shutil.rmtree(raw / "1994")
    said, third = run()
    assert "removing _output/1994" in said and third.keys() == {"2026"}
    other = real(synthetic, tmp_path / "other")
    said, fourth = run(other)
    assert fourth.keys() == {"1994", "2026"}
    shutil.rmtree(raw / "2026")
    said, last = run(synthetic)
    assert last == first  # the bytes of a run that never saw other data

    alone = clone("alone")
    assert alone.run(*COMMAND, data=other).returncode == 0
    assert results(alone) == fourth


def test_a_wave_without_a_wave_file_is_refused_by_name(small, clone, tmp_path):
    project = clone("unknown")
    data = real(small.data, tmp_path / "data", ("2026",))
    (data / "2026").rename(data / "2023")
    shutil.copytree(small.data / "2026", data / "2026")
    shutil.rmtree(data / "2026")
    real(small.data, tmp_path / "more", ("2026",))
    shutil.copytree(tmp_path / "more" / "2026", data / "2026")
    done = project.run(*COMMAND, data=data)
    assert done.returncode == 1 and "WAVE_UNKNOWN" in done.stderr and "2023 has no wave file" in done.stderr
