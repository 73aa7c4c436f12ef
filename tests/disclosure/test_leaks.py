"""No way around: nothing that is made, published or handed over holds a doctor's number, a row of answers or what a respondent wrote."""

import csv
import re
import subprocess
import zipfile
from pathlib import Path

import pypdfium2
import pytest

from analysis.settings import ROOT
from tests.projects import FREE_TEXT, git

ANSWERS = 15  # so many answers in a row are somebody's


def texts(path: Path) -> list[tuple[str, str]]:
    """(name, text) of a file; of an archive, of all that is in it."""
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        return [(path.name, "\n".join(page.get_textpage().get_text_range() for page in document))]
    if path.suffix in (".docx", ".zip"):
        with zipfile.ZipFile(path) as archive:
            return [
                (f"{path.name}/{name}", archive.read(name).decode("utf-8", "replace")) for name in archive.namelist()
            ]
    return [(path.name, path.read_bytes().decode("utf-8", "replace"))]


def somebodys(data: Path) -> list[str]:
    """Pieces of rows of answers, written as rows are: with commas, semicolons, tabs, spaces."""
    with (data / "2026" / "answers.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    first = rows[0].index("hours_total")
    pieces = [row[first : first + ANSWERS] for row in rows[1:400:12]]
    return [mark.join(piece) for piece in pieces if "" not in piece for mark in (",", ", ", ";", "\t", " ")]


@pytest.fixture(scope="module")
def made(full) -> list[tuple[str, str]]:
    """All text under `_output` and `published/`, notebooks among it."""
    folders = [full.folder / name for name in ("_output", "published")]
    found = [text for folder in folders for path in sorted(folder.rglob("*")) if path.is_file() for text in texts(path)]
    kinds = {Path(name).suffix for name, _ in found}
    assert {".html", ".pdf", ".ipynb", ".csv", ".json", ".xml", ".png"} <= kinds and len(found) > 100
    return found


def test_no_doctors_number(made, full):
    numbers = set()
    for path in full.data.glob("*/sample.csv"):
        numbers |= {line.split(",")[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]}
    assert len(numbers) > 2000
    for name, text in made:
        assert not numbers & set(re.findall(r"D\d{5}", text)), name


def test_no_row_of_answers(made, full):
    pieces = somebodys(full.data)
    assert len(pieces) > 100
    whole = (full.data / "2026" / "answers.csv").read_text(encoding="utf-8")
    assert any(piece in whole for piece in pieces)  # what is looked for is what a leak would look like
    for name, text in made:
        assert not [piece for piece in pieces if piece in text], name


def test_no_free_text(made, full):
    assert FREE_TEXT in (full.data / "2026" / "answers.csv").read_text(encoding="utf-8")
    word = FREE_TEXT.split()[1]
    for name, text in made:
        assert word not in text, name


def test_no_table_of_persons(made):
    """No CSV has a row a doctor, and none is called as the working files are."""
    for name, text in made:
        assert not name.endswith((".parquet", ".sav", ".xlsx", "analysis.csv", "panel_2024.csv"))
        if name.endswith(".csv"):
            assert "doctor" not in text.splitlines()[0].split(",")


@pytest.mark.parametrize(
    "place", ["data/raw/2026/answers.csv", "data/derived/2026/analysis.csv", "data/derived/2026/x.parquet"]
)
def test_answers_cannot_be_committed(place, tmp_path):
    """The hook refuses them even when they are forced past .gitignore."""
    for name in (".pre-commit-config.yaml", ".gitignore"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    git(tmp_path, "init")
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    path.write_text("doctor,answer\nD00001,1\n", encoding="utf-8")
    git(tmp_path, "add", "-A")
    assert place not in staged(tmp_path)  # .gitignore is the first door
    git(tmp_path, "add", "-f", place)
    done = subprocess.run(
        ["pre-commit", "run", "no-answers"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=hooks(tmp_path),
    )
    assert done.returncode == 1 and "answers never enter the repository" in done.stdout and place in done.stdout


def staged(folder: Path) -> list[str]:
    done = subprocess.run(
        ["git", "diff", "--cached", "--name-only"], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def hooks(folder: Path) -> dict[str, str]:
    import os
    import sys

    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PRE_COMMIT_HOME": str(folder / "hooks"), "PATH": path}


def test_neither_presentation_nor_publishing_can_open_answers():
    """The import contract names them (that it holds is tested with the repository)."""
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    stop = next(c for c in contracts if c["name"] == "Microdata stop at disclosure")
    assert {"analysis.presentation", "analysis.documents", "analysis.verification"} <= set(stop["source_modules"])
    assert {"analysis.intake", "analysis.panel"} <= set(stop["forbidden_modules"])
