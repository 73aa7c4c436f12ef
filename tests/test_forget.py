"""`make forget`: all that is held of a member goes, from every file; what others answered and what is published stay."""

import csv
import hashlib
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.intake.readers import read_export
from tests.pipeline.test_other_data import real
from tests.projects import Project, shrink


@pytest.fixture(scope="module")
def waves(few_data, tmp_path_factory) -> Path:
    """Real waves of a few doctors: an SPSS file, a workbook and a text file."""
    folder = real(few_data, tmp_path_factory.mktemp("real") / "data", ("2002", "2019", "2026"))
    for wave in folder.iterdir():
        shrink(wave, 60, lambda column: column.startswith(("hours", "jss", "srh")))
    return folder


@pytest.fixture
def panel(workshop, waves, tmp_path) -> Project:
    """A project with real waves, and what was made of them."""
    project = Project(workshop.folder, Path(shutil.copytree(waves, tmp_path / "data på norsk")))
    for old in ("published", "data/derived/2026", "data/derived/kind.txt"):
        path = project.folder / old
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
    return project


def everybody(data: Path) -> dict[str, set[str]]:
    """File -> the numbers it holds."""
    files = [p for p in sorted(data.rglob("*")) if p.stem in ("answers", "sample")]
    return {p.relative_to(data).as_posix(): set(read_export(p).cells["doctor"]) for p in files}


@pytest.fixture(scope="module")
def gone(waves) -> str:
    """The number of somebody who stands in all six files."""
    return sorted(set.intersection(*everybody(waves).values()))[0]


def test_a_member_is_removed_from_every_file_and_from_what_was_made_of_them(panel, gone):
    before = {p.name: p.read_bytes() for p in panel.data.glob("2026/population.csv")}
    answers = panel.folder / "data" / "derived" / "2026" / "answers.parquet"
    answers.parent.mkdir(parents=True)
    answers.write_bytes(gone.encode())
    people, cells = everybody(panel.data), {p: read_export(p) for p in panel.data.rglob("answers.*")}
    done = panel.run("forget", typed=f"{gone}\n{gone}\n")
    assert done.returncode == 0, done.stderr
    assert everybody(panel.data) == {name: those - {gone} for name, those in people.items()}
    for name in people:
        assert f"  {name}: row " in done.stderr
    for path, old in cells.items():
        left, new = old.cells[old.cells["doctor"] != gone], read_export(path)
        assert (new.cells.to_numpy() == left.to_numpy()).all() and new.labels == old.labels
    assert not answers.exists()
    assert {p.name: p.read_bytes() for p in panel.data.glob("2026/population.csv")} == before
    assert not list(panel.data.rglob("*part*"))
    assert "Not reached from here: backups" in done.stderr and "docs/personvern.md" in done.stderr


def test_it_is_logged_without_the_number(panel, gone):
    digests = {p.relative_to(panel.data).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in panel.data.rglob("*.*") if p.is_file()}
    done = panel.run("forget", typed=f"{gone}\n{gone}\n")
    assert done.returncode == 0 and gone not in done.stdout + done.stderr
    for path in (panel.folder / "published").rglob("*.*"):
        assert gone not in path.read_text(encoding="utf-8")
    log = (panel.folder / "published" / "LOG.md").read_text(encoding="utf-8")
    assert "2002, 2019, 2026 · real data" in log and "A member was forgotten: 2002/answers.sav, 2002/sample.csv, 2019/answers" in log
    rows = pd.read_csv(panel.folder / "published" / "withdrawals.csv", dtype=str)
    assert set(rows["withdrawal"]) == {"1"} and len(rows) == 6
    for row in rows.itertuples():
        assert row.before == digests[row.file]
        assert row.after == hashlib.sha256((panel.data / row.file).read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("typed", "code"),
    [(("", ""), "FORGET_NOTHING"), (("D99999", "D99999"), "FORGET_NOTHING"), (("", "{gone}"), "FORGET_NOTHING"), (("{gone}", "yes"), "FORGET_STOPPED"),
     (("{gone}", ""), "FORGET_STOPPED")],
)  # fmt: skip
def test_nothing_is_removed_unless_the_number_is_typed_twice(panel, gone, typed, code):
    before = {p: p.read_bytes() for p in panel.data.rglob("*") if p.is_file()}
    done = panel.run("forget", typed="\n".join(typed).format(gone=gone) + "\n")
    assert done.returncode == 1 and code in done.stderr and "Nothing was removed" in done.stderr and "Traceback" not in done.stderr
    assert {p: p.read_bytes() for p in panel.data.rglob("*") if p.is_file()} == before
    assert not (panel.folder / "published").exists()


def test_a_file_that_would_not_be_as_before_stops_it_before_anything_is_removed(panel, gone):
    book = openpyxl.Workbook()
    for row in (["doctor", "purret"], [gone, 1], ["=A2", "=B2+1"]):
        book.active.append(row)
    book.save(panel.data / "2026" / "purring.xlsx")
    before = {p: p.read_bytes() for p in panel.data.rglob("*") if p.is_file()}
    done = panel.run("forget", typed=f"{gone}\n{gone}\n")
    assert done.returncode == 1 and "FORGET_CHANGED" in done.stderr and "2026/purring.xlsx" in done.stderr
    assert {p: p.read_bytes() for p in panel.data.rglob("*") if p.is_file()} == before


def test_other_tables_are_rewritten_and_other_files_are_named(panel, gone):
    """A list of corrections has a column of the number and is a table; a letter is not read, and somebody has to look at it."""
    corrections, letter = panel.data / "2026" / "corrections.csv", panel.data / "brev.txt"
    with corrections.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["doctor", "column", "value"], ["D1", "srh", "2"], [gone, "srh", "1"]])
    letter.write_text(f"{gone} ba om å bli slettet.", encoding="utf-8")
    done = panel.run("forget", typed=f"{gone}\n{gone}\n")
    assert done.returncode == 1 and "FORGET_BY_HAND" in done.stderr and "brev.txt: this names the number too" in done.stderr
    assert corrections.read_text(encoding="utf-8").splitlines() == ["doctor,column,value", "D1,srh,2"]
    assert gone not in set().union(*everybody(panel.data).values())


def test_a_table_that_holds_the_number_in_a_column_of_another_name_is_named(panel, gone):
    (panel.data / "2026" / "liste.csv").write_text(f"nr,purret\n{gone},ja\n", encoding="utf-8")
    done = panel.run("forget", typed=f"{gone}\n{gone}\n")
    assert done.returncode == 1 and "2026/liste.csv: this names the number too" in done.stderr


def test_no_variable_takes_the_number(panel):
    done = panel.run("forget", "--doctor", "D1")
    assert done.returncode == 2 and "unrecognized arguments" in done.stderr


def test_there_must_be_raw_files(workshop, tmp_path):
    done = workshop.run("forget", data=tmp_path, typed="D1\nD1\n")
    assert done.returncode == 1 and "FORGET_NO_DATA" in done.stderr and "synthetic panel is nobody's" in done.stderr


def test_links_are_followed_and_rights_are_kept(panel, gone, tmp_path):
    store = tmp_path / "store"
    store.mkdir()
    for name, where in (("2026/answers.csv", store / "svar.csv"), ("2002", store / "2002")):
        (panel.data / name).rename(where)
        (panel.data / name).symlink_to(where)
    (store / "svar.csv").chmod(0o600)
    done = panel.run("forget", typed=f"{gone}\n{gone}\n")
    assert done.returncode == 0, done.stderr
    assert gone not in set().union(*everybody(panel.data).values()) and (panel.data / "2026" / "answers.csv").is_symlink()
    assert gone not in set(read_export(store / "2002" / "answers.sav").cells["doctor"])
    assert (store / "svar.csv").stat().st_mode & 0o777 == 0o600


def test_what_a_killed_run_left_does_not_stop_the_next(panel, gone):
    for name in ("2019/.answers.part.xlsx", "2026/.answers.part.csv"):
        (panel.data / name).write_bytes(b"half")
    (panel.data / "2019" / "~$answers.xlsx").write_bytes(b"Excel's note that the file is open")
    done = panel.run("forget", typed=f"{gone}\n{gone}\n")
    assert done.returncode == 0, done.stderr
    assert not list(panel.data.rglob(".*part*"))


def test_a_mention_in_anothers_row_a_file_of_that_name_and_what_cannot_be_searched_are_told(panel, gone):
    (panel.data / "2026" / "kontakter.csv").write_text(f"doctor,merknad\n{gone},\nD1,deler kontor med {gone}\n", encoding="utf-8")
    (panel.data / f"{gone}.txt").write_text("ring", encoding="utf-8")
    (panel.data / "kopi.dta").write_bytes(b"x")
    done = panel.run("forget", typed=f"{gone}\n{gone}\n")
    assert done.returncode == 1 and "FORGET_BY_HAND" in done.stderr and "The rows above are removed." in done.stderr
    told = done.stderr.split("FORGET_BY_HAND")[1]
    assert f"{gone}.txt" in told and "2026/kontakter.csv" in told and "kopi.dta" in told
