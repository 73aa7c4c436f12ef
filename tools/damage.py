"""Damaged raw files and codebooks, each with what `make check` (or `make export`) must say of it. `python -m tools.damage` writes the table
of `docs/damaged-input.md`."""

import atexit
import base64
import dataclasses
import io
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

import openpyxl
import pandas as pd

from analysis import __main__ as command
from analysis import checking
from analysis.codebook import load
from analysis.intake import columns
from analysis.pipeline import files
from analysis.settings import ROOT, settings
from tools import instruments

WAVE, ROWS, SILENT = 2026, 120, 200  # the wave that most are of; answers kept of a wave, and rows of its sample besides: enough to damage
KEPT = ("background", "working_hours", "job_satisfaction", "self_rated_health", "unequal_treatment")  # instruments of that wave, for the same reason
TABLE = ROOT / "docs" / "damaged-input.md"


@dataclass(frozen=True)
class Damage:
    """`work` damages the folder (raw/<wave>/..., codebook/...). `code`: of the message, "" if it is taken as it is; `told`: what it names."""

    what: str
    wave: int
    work: Callable[[Path], None]
    code: str
    told: tuple[str, ...] = ()
    exit: int = 1


def prepare(data: Path, wave: int, folder: Path) -> None:
    """raw/<wave> and the codebook under `folder`; of WAVE a few questions and answers, and the doctors of these beside some others."""
    shutil.copytree(_prepared(data, wave), folder, dirs_exist_ok=True)


@cache
def _prepared(data: Path, wave: int) -> Path:
    """The folder as it is before it is damaged, made once."""
    kept = tempfile.TemporaryDirectory()
    atexit.register(kept.cleanup)
    folder = Path(kept.name)
    raw = folder / "raw" / str(wave)
    shutil.copytree(data / str(wave), raw)
    shutil.copytree(settings().codebook, folder / "codebook")
    if wave != WAVE:
        return folder
    instruments.keep(folder / "codebook" / "waves" / f"{WAVE}.yml", KEPT)
    asked = columns.names_of(load(folder / "codebook"), WAVE)
    table = pd.read_csv(raw / "answers.csv", dtype=str, keep_default_na=False, nrows=ROWS)
    table[[c for c in table if c in asked or c == "doctor" or c.startswith("$")]].to_csv(raw / "answers.csv", index=False)
    doctors = set(table["doctor"])
    first, *invited = (raw / "sample.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for place, line in enumerate(invited) if place < SILENT or line.split(",")[0] in doctors]
    (raw / "sample.csv").write_text("".join([first, *kept]), encoding="utf-8")
    return folder


def check(folder: Path, wave: int) -> tuple[int, str]:
    """Exit code and words of `make check`, run in this process; an exception that it does not catch is a fault."""
    elsewhere = dataclasses.replace(settings(), codebook=folder / "codebook")
    said = io.StringIO()
    with (
        mock.patch.object(checking, "settings", lambda: elsewhere), mock.patch.object(files, "settings", lambda: elsewhere),
        redirect_stdout(said), redirect_stderr(said),
    ):  # fmt: skip
        files.known_waves.cache_clear()
        code = command.main(["check", "--wave", str(wave), "--data", str(folder / "raw")])
    files.known_waves.cache_clear()
    return code, said.getvalue().replace(str(folder), "")


# Ways of damaging -----------------------------------------------------------------------------------------------------------


def cells(**changes: str) -> Callable[[Path], None]:
    """Puts values into the first answer's cells (2026), by column."""

    def work(folder: Path) -> None:
        with_table(folder, lambda table: table.loc.__setitem__((0, list(changes)), list(changes.values())))

    return work


def with_table(folder: Path, change: Callable, name: str = "answers.csv", wave: int = 2026) -> None:
    path = folder / "raw" / str(wave) / name
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    changed = change(table)
    (table if changed is None else changed).to_csv(path, index=False)


def table(change: Callable, name: str = "answers.csv") -> Callable[[Path], None]:
    return lambda folder: with_table(folder, change, name)


def raw_bytes(change: Callable[[bytes], bytes], name: str = "2026/answers.csv") -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        path = folder / "raw" / name
        path.write_bytes(change(path.read_bytes()))

    return work


def replaced(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / "raw" / name).write_bytes(content)


def workbook(change: Callable) -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        path = folder / "raw" / "2019" / "answers.xlsx"
        book = openpyxl.load_workbook(io.BytesIO(few_rows(path.read_bytes())))
        change(book, book.active)
        book.save(path)

    return work


@cache
def few_rows(workbook: bytes) -> bytes:
    """The workbook with its first ROWS rows: enough to damage."""
    read, target = openpyxl.load_workbook(io.BytesIO(workbook), read_only=True), io.BytesIO()
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet(read.active.title)
    for row in read.active.iter_rows(max_row=ROWS, values_only=True):
        sheet.append(row)
    made.save(target)
    return target.getvalue()


def column_of(sheet, header: str) -> int:
    return next(c.column for c in sheet[1] if c.value == header)


def set_cell(header: str, value) -> Callable:
    return lambda book, sheet: setattr(sheet.cell(2, column_of(sheet, header)), "value", value)


def codebook(name: str, old: str, new: str) -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        path = folder / "codebook" / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return work


def first(text: str) -> Callable[[Path], None]:
    """Puts `text` at the head of a wave file."""
    return codebook("waves/2026.yml", "wave: 2026", f"{text}\nwave: 2026")


def utf16(raw: bytes) -> bytes:
    return raw.decode("utf-8").encode("utf-16-le")


def zipped(raw: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("answers.csv", raw)
    return target.getvalue()


def swapped(answers: pd.DataFrame) -> pd.DataFrame:
    return answers.rename(columns={"hours_total": "jss_01", "jss_01": "hours_total"})


def repeated_row(change: dict[str, str]) -> Callable:
    return lambda answers: pd.concat([answers, answers.iloc[[0]].assign(**change)])


def only(where: Callable) -> Callable:
    return lambda sample: sample[where(sample)]


CSV, SAV, XLSX = "2026/answers.csv", "1994/answers.sav", "2019/answers.xlsx"
SCALE = "expected one of 1, 2, 3, 4, 5, 6, 7"
ALIASES = "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"] + [
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)])  # fmt: skip
# Found by `make fuzz`: it brings the C library that reads SPSS files down.
FATAL_SAV = zlib.decompress(base64.b64decode(
    "eNpTcfMxctBQ1lQIDggOVnBxzHZUcPP0cVXQVcgoKSkottLXT88syShN0kvOz9UPz6xKLErxTUzWD0pNTAkuSSxRYGJgYABhGECwIx2MjBX88ssUjMyMDKyMLawMLRSQga"
    "ICyQBqPhuSfQxsjGDs4h/i7B+koIDsFrB7OFjB2CvYwEhBITieGcWNIg6MiXCjQcCBMQnCZwFygCYzsEMxSB9IjAOkC8n8/////2WEqgWZ+/IvRD1MLTNEDRC8/w+l6/9B"
    "+exQs0B6WYE4NMRN1xwkyA01AOZRDiQLOZAcxgtlSwOxi79ziH+QbUp+ckl+EadXcHC8gaFtVnExkAIpFYBqZYJqAYEvUPo5M5gCxr+CgrYCcggZGJjBg4bBAQCCQ1Ou"
))  # fmt: skip

DAMAGES = [
    # The file of answers
    Damage("empty file", 2026, replaced(CSV, b""), "FILE_EMPTY", ("2026/answers.csv is empty",)),
    Damage("blank lines only", 2026, replaced(CSV, b"\n \n\n"), "FILE_EMPTY", ("2026/answers.csv",)),
    Damage("header only: nobody answered", 2026, raw_bytes(lambda b: b.split(b"\n")[0]), "FILE_EMPTY", ("holds no rows",)),
    Damage("a picture", 2026, replaced(CSV, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01"), "FILE_UNREADABLE", ("2026/answers.csv",)),
    Damage("a zip archive called .csv", 2026, raw_bytes(zipped), "FILE_UNREADABLE", ("2026/answers.csv",)),
    Damage("an SPSS file called .csv", 2026, raw_bytes(lambda b: b"$FL2@(#) SPSS DATA FILE\x00\x00" + b), "FILE_UNREADABLE", ("2026/answers.csv",)),
    Damage("a web page called .csv", 2026, replaced(CSV, b"<!doctype html>\n<html><body>Logg inn</body></html>\n"), "MISSING_COLUMN", ("'doctor'",)),
    Damage("cut off in the middle of a row", 2026, raw_bytes(lambda b: b[: b.rindex(b",")]), "ROW_WIDTH", ("2026/answers.csv row ", "cells where the header has")),
    Damage("UTF-16 without its mark", 2026, raw_bytes(utf16), "FILE_UNREADABLE", ("2026/answers.csv row 1", "UTF-8")),
    Damage("UTF-16 with its mark", 2026, raw_bytes(lambda b: b"\xff\xfe" + utf16(b)), "", exit=0),
    Damage("Windows' Latin-1", 2026, raw_bytes(lambda b: b.decode().encode("cp1252")), "", exit=0),
    Damage("semicolons between the cells", 2026, raw_bytes(lambda b: b.replace(b",", b"\t").replace(b"\t", b";") if b";" not in b else b.replace(b",", b"|")), "", exit=0),
    Damage("Mac line ends", 2026, raw_bytes(lambda b: b.replace(b"\n", b"\r")), "", exit=0),
    Damage("blank lines between the rows", 2026, raw_bytes(lambda b: b.replace(b"\n", b"\n\n")), "", exit=0),
    Damage("a quotation mark that is never closed", 2026, raw_bytes(lambda b: b.replace(b"\n", b'\n"', 1)), "ROW_WIDTH", ("2026/answers.csv row 2",)),
    Damage("a zero byte in a cell", 2026, raw_bytes(lambda b: b.replace(b"2026-", b"2026\x00-", 1)), "FILE_UNREADABLE", ("2026/answers.csv",)),
    Damage("one cell of a million characters", 2026, cells(jss_01="7" * 1_000_000), "FILE_UNREADABLE", ("2026/answers.csv", "row 2")),
    Damage("no header: the first line holds answers", 2026, raw_bytes(lambda b: b.split(b"\n", 1)[1]), "COLUMN_REPEATED", ("row 1", "must be the header")),
    Damage("a column twice", 2026, table(lambda t: pd.concat([t, t[["jss_01"]]], axis=1)), "COLUMN_REPEATED", ("row 1", "'jss_01'")),
    # SPSS
    Damage("a cut-off .sav", 1994, raw_bytes(lambda b: b[: len(b) // 2], SAV), "FILE_UNREADABLE", ("1994/answers.sav",)),
    Damage("a .sav that brings the reader of SPSS files down", 1994, replaced(SAV, FATAL_SAV), "FILE_UNREADABLE", ("1994/answers.sav cannot be read: it is damaged, or no SPSS file",)),
    Damage("an empty .sav", 1994, replaced(SAV, b""), "FILE_UNREADABLE", ("1994/answers.sav",)),
    Damage("a text called .sav", 1994, replaced(SAV, b"doctor,jss_01\n1,2\n"), "FILE_UNREADABLE", ("1994/answers.sav",)),
    Damage("a .sav with its first 100 bytes overwritten", 1994, raw_bytes(lambda b: b"\x00" * 100 + b[100:], SAV), "FILE_UNREADABLE", ("1994/answers.sav",)),
    # Excel
    Damage("a cut-off .xlsx", 2019, raw_bytes(lambda b: b[: len(b) // 2], XLSX), "FILE_UNREADABLE", ("2019/answers.xlsx",)),
    Damage("a text called .xlsx", 2019, replaced(XLSX, b"doctor;jss_01\n"), "FILE_UNREADABLE", ("2019/answers.xlsx",)),
    Damage("merged cells in the header", 2019, workbook(lambda b, s: s.merge_cells(start_row=1, end_row=1, start_column=column_of(s, "jss_01"), end_column=column_of(s, "jss_01") + 1)), "MISSING_COLUMN", ("2019/answers.xlsx row 1", "'jss_02'")),
    Damage("a title above the header", 2019, workbook(lambda b, s: (s.insert_rows(1), s.cell(1, 1, "Legepanelet 2019"))), "COLUMN_REPEATED", ("2019/answers.xlsx row 1", "must be the header")),
    Damage("a date where a number should be", 2019, workbook(set_cell("hours_total", pd.Timestamp("2019-02-07"))), "NOT_A_NUMBER", ("row 2", "'hours_total'", "2019-02-07", "expected 0 to 120")),
    Damage("a date where a code should be", 2019, workbook(set_cell("jss_01", pd.Timestamp("2019-05-01"))), "CODE_OUTSIDE_SCALE", ("row 2", "'jss_01'", SCALE)),
    Damage("a formula without a computed value", 2019, workbook(set_cell("jss_01", "=1+2")), "FILE_UNREADABLE", ("2019/answers.xlsx row 2", "'jss_01'", "'=1+2'")),
    Damage("an error of Excel (#N/A)", 2019, workbook(set_cell("jss_01", "#N/A")), "CODE_OUTSIDE_SCALE", ("row 2", "'jss_01'", "#N/A")),
    Damage("the first sheet is empty", 2019, workbook(lambda b, s: b.create_sheet("Forside", 0)), "", exit=0),
    Damage("numbers stored as texts", 2019, workbook(set_cell("jss_01", "4")), "", exit=0),
    # Cells
    Damage("a decimal comma", 2026, cells(hours_total="37,5"), "", exit=0),
    Damage("a thousands point", 2026, cells(hours_total="1.700,5"), "NOT_A_NUMBER", ("row 2", "'hours_total'", "1.700,5")),
    Damage("a label for a code", 2026, cells(jss_01="Svært fornøyd"), "CODE_OUTSIDE_SCALE", ("row 2", "'jss_01'", "Svært fornøyd", SCALE, "that is the label of 7")),
    Damage("a label in capitals", 2026, cells(jss_01="SVÆRT FORNØYD"), "CODE_OUTSIDE_SCALE", ("SVÆRT FORNØYD", SCALE, "that is the label of 7")),
    Damage("a code between two codes", 2026, cells(jss_01="3,5"), "CODE_OUTSIDE_SCALE", ("'3,5'", SCALE)),
    Damage("a code with decimals", 2026, cells(jss_01="3.0"), "", exit=0),
    Damage("a negative code", 2026, cells(jss_01="-1"), "CODE_OUTSIDE_SCALE", ("'-1'", SCALE)),
    Damage("a code of another scale", 2026, cells(jss_01="8"), "CODE_OUTSIDE_SCALE", ("'8'", SCALE)),
    Damage("hours that nobody works", 2026, cells(hours_total="200"), "IMPOSSIBLE_NUMBER", ("row 2", "'200'", "expected 0 to 120"), 0),
    Damage("words about a number", 2026, cells(hours_total="ca. 40"), "NOT_A_NUMBER", ("'ca. 40'",)),
    Damage("a range", 2026, cells(hours_total="40-45"), "NOT_A_NUMBER", ("'40-45'",)),
    Damage("a per cent sign where per cent are asked for", 2026, cells(patient_share="50 %"), "", exit=0),
    Damage("a per cent sign where hours are asked for", 2026, cells(hours_total="50 %"), "NOT_A_NUMBER", ("'50 %'",)),
    Damage("'nan'", 2026, cells(hours_total="nan"), "NOT_A_NUMBER", ("'nan'",)),
    Damage("'infinity'", 2026, cells(hours_total="inf"), "NOT_A_NUMBER", ("'inf'",)),
    Damage("a number of 400 digits", 2026, cells(hours_total="9" * 400), "NOT_A_NUMBER", ("row 2", "'hours_total'")),
    Damage("an underscore in a number", 2026, cells(hours_total="4_0"), "NOT_A_NUMBER", ("'4_0'",)),
    Damage("digits of another script", 2026, cells(hours_total="٤٠"), "NOT_A_NUMBER", ("'٤٠'",)),
    Damage("a spreadsheet formula", 2026, cells(jss_01="=cmd|'/C calc'!A0"), "CODE_OUTSIDE_SCALE", ("=cmd|", SCALE)),
    Damage("HTML", 2026, cells(jss_01="<script>alert(1)</script>"), "CODE_OUTSIDE_SCALE", ("<script>", SCALE)),
    Damage("Markdown", 2026, cells(jss_01="[x](javascript:alert(1))"), "CODE_OUTSIDE_SCALE", ("[x](", SCALE)),
    Damage("Typst", 2026, cells(jss_01='#import "/etc/passwd"'), "CODE_OUTSIDE_SCALE", ("#import", SCALE)),
    Damage("control characters", 2026, cells(jss_01="\x1b[31m4\x07"), "CODE_OUTSIDE_SCALE", ("row 2", r"'\x1b[31m4\x07'", SCALE)),
    Damage("a text of several lines", 2026, cells(jss_01="4\n5"), "CODE_OUTSIDE_SCALE", ("row 2", "'jss_01'", SCALE)),
    Damage("'none of these' with another option", 2026, cells(ut_events="1;6"), "EXCLUSIVE_OPTION", ("row 2", "'1;6'"), 0),
    # Rows
    Damage("no number of the doctor", 2026, cells(doctor=""), "MISSING_ID", ("row 2", "expected the member's number")),
    Damage("spaces around the number", 2026, table(lambda t: t.assign(doctor=" " + t["doctor"] + " ")), "", exit=0),
    Damage("a space within the number", 2026, table(lambda t: t.loc.__setitem__((0, "doctor"), "D0 " + t.at[0, "doctor"][2:])), "NOT_INVITED", ("row 2", "'D0 ")),
    Damage("the number in small letters", 2026, table(lambda t: t.loc.__setitem__((0, "doctor"), t.at[0, "doctor"].lower())), "SPOILT_NUMBER", ("row 2", "'d0", "sample.csv has it as 'D0")),
    Damage("the same row twice", 2026, table(repeated_row({})), "REPEATED_ROW", (f"row {ROWS + 2}", "the first is used"), 0),
    Damage("a doctor twice, with other answers", 2026, table(repeated_row({"jss_01": "1", "jss_02": "7"})), "DUPLICATE_MEMBER", (f"row {ROWS + 2}", "keep one of them")),
    Damage("a doctor who was not invited", 2026, cells(doctor="D99999"), "NOT_INVITED", ("row 2", "'D99999'")),
    Damage("a doctor who died before the field start", 2026, lambda f: with_table(f, lambda s: s.assign(disposition=s["disposition"].mask(s["doctor"] == pd.read_csv(f / "raw/2026/answers.csv", dtype=str)["doctor"][0], "deceased")), "sample.csv"), "NOT_ELIGIBLE", ("row 2", "deceased")),
    Damage("answers of another wave's sample", 2026, table(lambda t: t.assign(doctor="X" + t["doctor"])), "NOT_INVITED", ("row 2",)),
    # Columns
    Damage("two columns changed places", 2026, table(swapped), "CODE_OUTSIDE_SCALE", ("'jss_01'", SCALE)),
    Damage("a column of another wave", 2026, table(lambda t: t.assign(covid_worry="1")), "UNKNOWN_COLUMN", ("row 1", "'covid_worry'", "Name the column in the wave file")),
    Damage("a column misspelt", 2026, table(lambda t: t.rename(columns={"hours_total": "hours_totl"})), "UNKNOWN_COLUMN", ("'hours_totl'", "did the export mean 'hours_total'")),
    Damage("a column is missing", 2026, table(lambda t: t.drop(columns="srh")), "MISSING_COLUMN", ("'srh'", "wave 2026 asked it")),
    Damage("a column without a name", 2026, table(lambda t: t.rename(columns={"jss_01": ""})), "UNKNOWN_COLUMN", ("row 1", "column ''")),
    Damage("a header with markup", 2026, table(lambda t: t.rename(columns={"jss_01": "<b>jss_01</b>"})), "UNKNOWN_COLUMN", ("'<b>jss_01</b>'",)),
    Damage("a question that nobody answered", 2026, table(lambda t: t.assign(jss_01="")), "", exit=0),
    # The sample
    Damage("no sample.csv", 2026, lambda f: (f / "raw/2026/sample.csv").unlink(), "DATA_INCOMPLETE", ("2026/ has no sample.csv",)),
    Damage("an empty sample.csv", 2026, replaced("2026/sample.csv", b""), "FILE_EMPTY", ("2026/sample.csv is empty",)),
    Damage("a column of the sample is missing", 2026, table(lambda s: s.drop(columns="region"), "sample.csv"), "MISSING_COLUMN", ("2026/sample.csv row 1", "'region'")),
    Damage("a column too many in the sample", 2026, table(lambda s: s.assign(name="Kari Nordmann"), "sample.csv"), "UNKNOWN_COLUMN", ("2026/sample.csv row 1", "'name'")),
    Damage("an unknown sex", 2026, table(lambda s: s.loc.__setitem__((0, "sex"), "K"), "sample.csv"), "CODE_OUTSIDE_SCALE", ("2026/sample.csv row 2", "'sex'", "'K'", "female, male")),
    Damage("a birth year with two digits", 2026, table(lambda s: s.loc.__setitem__((0, "birth_year"), "72"), "sample.csv"), "IMPOSSIBLE_NUMBER", ("row 2", "'birth_year'", "'72'", "1900 to 2100")),
    Damage("a birth year with decimals", 2026, table(lambda s: s.loc.__setitem__((0, "birth_year"), "1972.5"), "sample.csv"), "IMPOSSIBLE_NUMBER", ("row 2", "'birth_year'", "'1972.5'")),
    Damage("a doctor twice in the sample", 2026, table(lambda s: pd.concat([s, s.iloc[[0]]]), "sample.csv"), "DUPLICATE_MEMBER", ("2026/sample.csv row", "expected once")),
    Damage("an unknown specialty", 2026, table(lambda s: s.loc.__setitem__((0, "specialty"), "Kirurgi"), "sample.csv"), "CODE_OUTSIDE_SCALE", ("row 2", "'specialty'", "'Kirurgi'")),
    Damage("a start weight that is none", 2026, table(lambda s: s.assign(start_weight="x", stratum="licence_to_1993"), "sample.csv"), "IMPOSSIBLE_NUMBER", ("row 2", "'start_weight'", "'x'")),
    Damage("a start weight of nought", 2026, table(lambda s: s.assign(start_weight="0", stratum="licence_to_1993"), "sample.csv"), "IMPOSSIBLE_NUMBER", ("row 2", "'start_weight'", "'0'")),
    Damage("an unknown stratum", 2026, table(lambda s: s.assign(stratum="north"), "sample.csv"), "CODE_OUTSIDE_SCALE", ("row 2", "'stratum'", "'north'")),
    # Respondents and population
    Damage("one respondent", 2026, table(lambda t: t.iloc[[0]]), "MARGIN_EMPTY", ("sex_age = ", "none of them answered")),
    Damage("respondents of one sex only", 2026, lambda f: with_table(f, lambda s: s.assign(sex="female"), "sample.csv"), "MARGIN_EMPTY", ("sex_age = 'male:", "none of them answered")),
    Damage("nobody in the sample was eligible", 2026, table(lambda s: s.assign(disposition="deceased"), "sample.csv"), "NOT_ELIGIBLE", ("row 2", "deceased")),
    Damage("everyone is over 70", 2026, table(lambda s: s.assign(birth_year="1940"), "sample.csv"), "NO_RESPONDENTS", (f"of {ROWS} who answered, {ROWS} were over 69",)),
    Damage("answers to the first question only", 2026, table(lambda t: pd.concat([t.iloc[:, :4], t.iloc[:, 4:].map(lambda _: "")], axis=1)), "NO_RESPONDENTS", ("nobody of wave 2026 can be analysed", "the rest broke off")),
    Damage("raking that cannot converge: all women in hospitals, all men in general practice", 2026, table(lambda s: s.assign(register_position=s["sex"].map({"female": "senior_hospital", "male": "gp_municipal"})), "sample.csv"), "RAKING_FAILED", ("no weights meet the population's margins sex_age, register_position",)),
    Damage("population figures that are words", 2026, table(lambda p: p.assign(count="mange"), "population.csv"), "POPULATION_FIGURES", ("population.csv row 2, column 'count': 'mange'; expected a whole number",)),
    Damage("population figures with a negative count", 2026, table(lambda p: p.loc.__setitem__((0, "count"), "-5"), "population.csv"), "POPULATION_FIGURES", ("row 2, column 'count': '-5'",)),
    Damage("population figures that add up differently", 2026, table(lambda p: p.loc.__setitem__((0, "count"), "1"), "population.csv"), "POPULATION_FIGURES", ("population.csv, wave 2026: the margins differ in total",)),
    Damage("population figures twice", 2026, table(lambda p: pd.concat([p, p.iloc[[0]]]), "population.csv"), "POPULATION_FIGURES", ("stands twice",)),
    Damage("population figures of another wave", 2026, table(lambda p: p.assign(wave="2024"), "population.csv"), "POPULATION_FIGURES", ("population.csv", "2026")),
    Damage("a wave number that is none in the population file", 2026, table(lambda p: p.assign(wave="i år"), "population.csv"), "POPULATION_FIGURES", ("row 2, column 'wave': 'i år'",)),
    Damage("a column of the population file is missing", 2026, table(lambda p: p.drop(columns="kind"), "population.csv"), "POPULATION_FIGURES", ("population.csv row 1: expected the columns",)),
    Damage("an empty population file", 2026, replaced("2026/population.csv", b""), "POPULATION_FIGURES", ("population.csv row 1: expected the columns",)),
    Damage("a row of the population file with a comma too many", 2026, raw_bytes(lambda b: b.replace(b"synthetic,", b"synthetic,,", 1), "2026/population.csv"), "POPULATION_FIGURES", ("population.csv row 2: 7 cells; expected 6",)),
    Damage("a position the population file lacks", 2026, table(lambda p: p[p["level"] != "gp_municipal"], "population.csv"), "POPULATION_FIGURES", ("the margins differ in total",)),
    Damage("a margin of nought", 2026, table(lambda p: p.assign(count=p["count"].mask(p["variable"].isin(["sex", "sex_age"]), "0")), "population.csv"), "POPULATION_FIGURES", ("population.csv",)),
    # Folders
    Damage("two exports of one wave", 2026, lambda f: (f / "raw/2026/answers.xlsx").write_bytes(b"x"), "DATA_INCOMPLETE", ("answers.csv and answers.xlsx",)),
    Damage("answers.csv is a folder", 2026, lambda f: ((f / "raw/2026/answers.csv").unlink(), (f / "raw/2026/answers.csv").mkdir()), "DATA_INCOMPLETE", ("2026/ has no answers.sav, answers.csv or answers.xlsx",)),
    Damage("DATA is a file", 2026, lambda f: (shutil.rmtree(f / "raw"), (f / "raw").write_text("x")), "DATA_MISSING", ("does not exist", "DATA must hold a folder a wave")),
    # The codebook
    Damage("a key twice", 2026, first("wave: 2025"), "CODEBOOK_YAML", ("2026.yml, line 2", "'wave' stands twice")),
    Damage("a tab for spaces", 2026, first("\tx: 1"), "CODEBOOK_YAML", ("2026.yml, line 1",)),
    Damage("a day that there is not", 2026, first("day: 2026-02-31"), "CODEBOOK_YAML", ("2026.yml, line 1: '2026-02-31' is no value",)),
    Damage("a list for a key", 2026, first("? [a, b]\n: c"), "CODEBOOK_YAML", ("2026.yml, line 1: a key must be one word or number",)),
    Damage("brackets within brackets without end", 2026, first("x: " + "[" * 200_000), "CODEBOOK_YAML", ("2026.yml, line 1: nested deeper than 50 levels",)),
    Damage("an object of Python", 2026, first("note: !!python/object/apply:os.system ['touch /tmp/pwned']"), "CODEBOOK_YAML", ("2026.yml, line 1", "python/object")),
    Damage("aliases that grow without end", 2026, first(ALIASES), "CODEBOOK_FIELD", ("2026.yml line 1", "a0")),
    Damage("an alias of itself", 2026, first("loop: &loop [*loop]"), "CODEBOOK_FIELD", ("2026.yml line 1", "loop")),
    Damage("a codebook file that is not UTF-8", 2026, lambda f: (f / "codebook/waves/2026.yml").write_bytes(b"wave: 2026 # \xe6\n"), "CODEBOOK_YAML", ("2026.yml is not UTF-8",)),
    Damage("an empty wave file", 2026, lambda f: (f / "codebook/waves/2026.yml").write_text(""), "CODEBOOK_FIELD", ("2026.yml",)),
    Damage("a field nobody knows", 2026, codebook("waves/2026.yml", "mode:", "moode:"), "CODEBOOK_FIELD", ("2026.yml", "moode")),
    Damage("a wave that calls itself another", 2026, codebook("waves/2026.yml", "wave: 2026", "wave: 2025"), "CODEBOOK_REFERENCE", ("waves/2026.yml: wave: is 2025",)),
    Damage("an instrument there is not", 2026, codebook("waves/2026.yml", "working_hours:", "working_hour:"), "CODEBOOK_REFERENCE", ("waves/2026.yml: instruments.working_hour",)),
    Damage("a date that is none", 2026, codebook("waves/2026.yml", "document_date: 2026-", "document_date: 2026-13-"), "CODEBOOK_FIELD", ("2026.yml", "document_date")),
    Damage("a response set there is not", 2026, codebook("instruments/self_rated_health.yml", "responses: ", "responses: x_"), "CODEBOOK_REFERENCE", ("self_rated_health.yml", "there is no response set 'x_")),
]  # fmt: skip


def rows(data: Path, scratch: Path) -> list[tuple[str, int, str, str]]:
    """(what, exit code, message, what to do) of every damage."""
    found = []
    for number, damage in enumerate(DAMAGES):
        folder = scratch / str(number)
        folder.mkdir()
        prepare(data, damage.wave, folder)
        damage.work(folder)
        code, said = check(folder, damage.wave)
        found.append((damage.what, code, message(said, damage), remedy(said, damage)))
        shutil.rmtree(folder)
    return found


def document(found: list[tuple[str, int, str, str]]) -> str:
    """The table as Markdown; markup of the input is text here too."""
    head = "# Damaged input, and what is said of it\n\nMade by `python -m tools.damage` from the tests' damaged files. " \
           "Nothing of an input is executed or rendered as markup, and what was made before stays as it was.\n\n" \
           "| damage | exit | message | what to do |\n| --- | --- | --- | --- |\n"  # fmt: skip
    quoted = [(what, code, "`` " + said.replace("|", "\\|").replace("`", "'") + " ``", todo.replace("|", "\\|")) for what, code, said, todo in found]
    return head + "".join(f"| {what} | {code} | {said} | {todo} |\n" for what, code, said, todo in quoted)


def message(said: str, damage: Damage) -> str:
    """The line that names the damage; of a file that is taken as it is, the summary."""
    lines = [line for line in said.splitlines() if damage.code in line] if damage.code else said.splitlines()[-1:]
    return (lines or said.splitlines() or [""])[0].strip()


def remedy(said: str, damage: Damage) -> str:
    """What to do about it: of a problem in a file the line of its code, of another error the line after the message."""
    lines = said.splitlines()
    if not damage.code:
        return ""
    if f"Error {damage.code}" in said:
        return next((line.strip() for line in lines[lines.index(message(said, damage)) :] if line.startswith("  ")), "")
    return next((line.split(": ", 1)[1] for line in lines if line.startswith(f"  {damage.code}: ")), "")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        TABLE.write_text(document(rows(settings().synthetic, Path(place))), encoding="utf-8")
    print(TABLE.relative_to(ROOT))
