"""What tests share, built once a content: kept in `.cache/` under the hash of what it is made from, so that a second run starts at once.

`data` holds the synthetic raw exports of every wave; `full` the project with the reports of 2026 and 1994, all articles, and one article
published; `small` one with three waves, four instruments and two hundred doctors, for tests that only need a project. When something has
changed the project is not made anew but brought up to date by its own commands: what is shared is also what a user has.
"""

import csv
import hashlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from filelock import FileLock

from analysis.settings import ROOT
from tests import warm
from tools import instruments

CACHE = ROOT / ".cache"
# What a clone holds of the project, without tests and tools.
PARTS = ("analysis", "reports", "data/codebook", "data/population", "data/raw/README.md", "_quarto.yml", "_environment", "pyproject.toml",
         "requirements.lock", ".gitignore", "CITATION.cff", "LICENSE")  # fmt: skip
MADE = ("__pycache__", "figures", ".ipynb_checkpoints")
FREE_TEXT = "Kollega Kvist ved Lyngmo legesenter"  # written by every respondent of 2026 into a column that is not analysed
WAVES = (1994, 2008, 2019, 2026)  # the first, the last, and those that its articles compare with
SMALL_WAVES = (1994, 2024, 2026)
SMALL_INSTRUMENTS = ("background", "working_hours", "job_satisfaction", "self_rated_health")
SMALL = 200  # doctors invited to a wave
FEW_WAVES = (2002, 2010, 2019, 2024, 2026)
FEW = 600


@dataclass(frozen=True)
class Project:
    """A copy of the project, its data folder, and a way to run a command in it."""

    folder: Path
    data: Path | None

    def run(self, *arguments: str, data: Path | None = None, typed: str = "", **environment: str) -> subprocess.CompletedProcess:
        command = list(arguments)
        if "--data" not in arguments and arguments[0] != "bundle" and (data or self.data):
            command += ["--data", str(data or self.data)]
        return warm.run(command, self.folder, os.environ | {"PYTHONHASHSEED": "0"} | environment, typed)

    def output(self, wave: int, name: str) -> Path:
        return self.folder / "_output" / str(wave) / name

    def copied(self, folder: Path) -> "Project":
        """A project of its own, its data beside it as here: nothing has to be built again."""
        shutil.copytree(self.folder, folder / "project")
        if self.data is not None:
            shutil.copytree(self.data, folder / "raw")
        return Project(folder / "project", self.data and folder / "raw")


def sources() -> dict[str, Path]:
    """Every file that a clone holds of the project, by its place."""
    files = [p for part in PARTS for p in ([ROOT / part] if (ROOT / part).is_file() else sorted((ROOT / part).rglob("*")))]
    return {p.relative_to(ROOT).as_posix(): p for p in files if p.is_file() and not set(MADE) & set(p.parts)}


def copy_project(target: Path) -> Path:
    """Brings `target` to what a clone would hold; what was made there from it stays."""
    wanted = sources()
    for name, source in wanted.items():
        place = target / name
        content = source.read_bytes()
        if name == "pyproject.toml":  # the tests' own workers share the machine already
            content = content.replace(b"workers = 2", b"workers = 1")
        if not place.is_file() or place.read_bytes() != content:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    for old in [p for part in PARTS for p in (target / part).rglob("*") if p.is_file()]:
        if old.relative_to(target).as_posix() not in wanted and not set(MADE) & set(old.parts):
            old.unlink()
    return target


@cache
def key() -> str:
    """A hash of all that the shared projects are made from."""
    total = hashlib.sha256(sys.version.encode() + Path(__file__).read_bytes())
    for name, path in sources().items():
        total.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def once(name: str, work: Callable[[Path], None]) -> Path:
    """The folder `.cache/<name>`, brought up to date by `work` if it is of another content; one process at a time."""
    folder = CACHE / name
    CACHE.mkdir(exist_ok=True)
    with FileLock(CACHE / f"{name}.lock"):
        note = CACHE / f"{name}.key"
        if not note.is_file() or note.read_text() != key():
            note.unlink(missing_ok=True)
            folder.mkdir(exist_ok=True)
            work(folder)
            note.write_text(key())
    return folder


def git(folder: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _run(project: Project, *arguments: str) -> None:
    done = project.run(*arguments)
    assert done.returncode == 0, done.stderr


def all_data() -> Path:
    """The synthetic raw exports of every wave."""

    def work(folder: Path) -> None:
        _run(Project(copy_project(folder / "project"), None), "data")

    return once("data", work) / "project" / "data" / "synthetic"


def few_data() -> Path:
    """The raw exports of some waves, all columns, of the same few doctors: for tests of what is said of a file."""
    made = all_data()

    def work(folder: Path) -> None:
        for wave in FEW_WAVES:
            shutil.rmtree(folder / str(wave), ignore_errors=True)
            shutil.copytree(made / str(wave), folder / str(wave))
            shrink(folder / str(wave), FEW, lambda column: True)

    return once("few", work)


def _with_free_text(answers: Path) -> None:
    head, *rows = answers.read_text(encoding="utf-8").splitlines()
    lines = [f"$comment,{head}", *(f"{FREE_TEXT},{row}" for row in rows)]
    answers.write_text("\n".join(lines) + "\n", encoding="utf-8")


def full() -> Project:
    """The whole panel's project with everything built, and one article of 2026 published; a git repository."""
    made = all_data()

    def work(folder: Path) -> None:
        shutil.rmtree(folder / "raw", ignore_errors=True)
        for wave in WAVES:
            shutil.copytree(made / str(wave), folder / "raw" / str(wave))
        _with_free_text(folder / "raw" / "2026" / "answers.csv")
        project = Project(copy_project(folder / "project"), folder / "raw")
        for old in (".git", "published"):
            shutil.rmtree(project.folder / old, ignore_errors=True)
        _run(project, "articles", "--wave", "2026", "--lang", "nb en", "--formats", "html pdf docx jats")
        _run(project, "report", "--wave", "2026")
        _run(project, "report", "--wave", "1994", "--formats", "html")
        _run(project, "article", "--article", "appendix", "--wave", "2026", "--formats", "html")
        git(project.folder, "init")
        git(project.folder, "add", "-A")
        git(project.folder, "commit", "-m", "a state")
        _run(project, "publish", "--wave", "2026", "--documents", "ai-use")

    folder = once("full", work)
    return Project(folder / "project", folder / "raw")


def small() -> Project:
    """Three waves, four instruments, two hundred doctors; the report of 2026 is built."""
    made = all_data()

    def work(folder: Path) -> None:
        shutil.rmtree(folder / "raw", ignore_errors=True)
        project = Project(copy_project(folder / "project"), folder / "raw")
        shrink_codebook(project.folder / "data" / "codebook" / "waves")
        for plan in project.folder.glob("reports/*.plan.yml"):
            plan.unlink()
        for wave in SMALL_WAVES:
            shutil.copytree(made / str(wave), folder / "raw" / str(wave))
            shrink(folder / "raw" / str(wave), SMALL, _asked)
        _run(project, "report", "--wave", "2026", "--formats", "html")

    folder = once("small", work)
    return Project(folder / "project", folder / "raw")


def shrink_codebook(waves: Path) -> None:
    """Leaves SMALL_WAVES with SMALL_INSTRUMENTS, each still as its own file tells it."""
    for path in waves.glob("*.yml"):
        if int(path.stem) not in SMALL_WAVES:
            path.unlink()
        else:
            instruments.keep(path, SMALL_INSTRUMENTS)


def shrink(wave: Path, doctors_left: int, asked: Callable[[str], bool]) -> None:
    """Leaves the first doctors of a wave's files by a hash of their number, and the columns that are `asked`."""
    sample = list(csv.reader(io.StringIO((wave / "sample.csv").read_text(encoding="utf-8"))))
    kept = sorted(sample[1:], key=lambda row: hashlib.sha256(row[0].encode()).digest())[:doctors_left]
    _write_csv(wave / "sample.csv", [sample[0], *(row for row in sample[1:] if row in kept)])
    doctors = {row[0] for row in kept}
    if (answers := wave / "answers.csv").is_file():
        head, *rows = csv.reader(io.StringIO(answers.read_text(encoding="utf-8")))
        places = [i for i, name in enumerate(head) if name == "doctor" or name.startswith("$") or asked(name)]
        at = head.index("doctor")
        _write_csv(answers, [[row[i] for i in places] for row in [head, *(r for r in rows if r[at] in doctors)]])
    elif (answers := wave / "answers.xlsx").is_file():
        import openpyxl

        whole, book = openpyxl.load_workbook(io.BytesIO(answers.read_bytes()), read_only=True), openpyxl.Workbook(write_only=True)
        head, *rows = whole.active.iter_rows(values_only=True)
        places = [i for i, name in enumerate(head) if name == "doctor" or asked(str(name))]
        sheet = book.create_sheet(whole.active.title)
        for row in [head, *(r for r in rows if r[head.index("doctor")] in doctors)]:
            sheet.append([row[i] if i < len(row) else None for i in places])  # empty cells at the end of a row are not there
        book.save(answers)
    else:
        import pyreadstat

        path = wave / "answers.sav"
        frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
        frame = frame.loc[frame["doctor"].isin(doctors), [c for c in frame if c == "doctor" or asked(c)]]
        names = set(frame.columns)
        pyreadstat.write_sav(frame, str(path), variable_value_labels={k: v for k, v in meta.variable_value_labels.items() if k in names},
                             missing_ranges={k: v for k, v in meta.missing_ranges.items() if k in names})  # fmt: skip


def _asked(column: str) -> bool:
    """Whether a column belongs to SMALL_INSTRUMENTS."""
    return column.casefold() in _questions()


@cache
def _questions() -> frozenset[str]:
    from analysis.codebook import load
    from analysis.settings import settings

    book = load(settings().codebook)
    return frozenset(q.id for name in SMALL_INSTRUMENTS for q in book.instruments[name].questions)


def _write_csv(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
