"""A raw file without one member: every other row, and all that the file says, stay as they are."""

import csv
import io

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font

from analysis.errors import LegepaneletError
from analysis.intake import without
from analysis.intake.readers import read_export

ANNA = without.Member("D007", frozenset({"doctor", "løpenr"}))
HEAD = "løpenr;svar;kommentar"
ROWS = ("D006;1;æøå", 'D007;2;"to\r\nlinjer; og én D006"', "D0071;3;som D007 sa", 'D008;"4";')


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("first", ["", "sep=;"])
def test_a_text_file_loses_the_members_lines_and_no_other_byte(tmp_path, end, coding, first):
    lines = [*filter(None, [first]), HEAD, *ROWS]
    path, new = tmp_path / "answers.csv", tmp_path / "new.csv"
    path.write_bytes(end.join(lines).encode(coding))
    assert without.rows_of(path, ANNA) == [lines.index(ROWS[1]) + 1]
    without.write(path, ANNA, new)
    assert new.read_bytes() == end.join(line for line in lines if line != ROWS[1]).encode(coding)
    assert without.rows_of(new, ANNA) == []


def test_a_quoted_header_after_a_byte_order_mark(tmp_path):
    path, new = tmp_path / "answers.csv", tmp_path / "new.csv"
    path.write_bytes(b'\xef\xbb\xbf"doctor","svar"\r\n"D006","1"\r\n"D007","2"\r\n')
    without.write(path, ANNA, new)
    assert new.read_bytes() == b'\xef\xbb\xbf"doctor","svar"\r\n"D006","1"\r\n'


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=8)


@given(st.lists(st.tuples(st.sampled_from(["D006", "D007", " D007 ", "D0070"]), cells, cells), max_size=8))
def test_whatever_stands_in_the_cells(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("text") / "answers.csv"
    new = path.with_name("new.csv")
    path.write_bytes(written(rows))
    without.write(path, ANNA, new)
    assert new.read_bytes() == written([row for row in rows if row[0].strip() != "D007"])


def written(rows: list[tuple]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([("doctor", "a", "b"), *rows])
    return text.getvalue().encode()


def test_a_workbook_keeps_its_other_sheets_formats_and_values(tmp_path):
    path, new = tmp_path / "answers.xlsx", tmp_path / "new.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Svar"
    for row in (["doctor", "andel"], ["D006", 0.25], ["D007", 0.5], ["D008", 0.75]):
        book.active.append(row)
    for cell in book.active["B"]:
        cell.number_format = "0 %"
    book.active["A2"].font = Font(bold=True)
    book.create_sheet("Kodebok").append(["andel", "hvor stor del"])
    again = book.create_sheet("Purring")
    for row in (["doctor", "purret"], ["D007", "ja"], ["D008", "nei"]):
        again.append(row)
    book.save(path)
    assert without.rows_of(path, ANNA) == [3, 2]
    without.write(path, ANNA, new)
    assert list(read_export(new, lambda headers: "andel" in headers[1:]).cells["andel"]) == ["25 %", "75 %"]
    made = openpyxl.load_workbook(new)
    assert made.sheetnames == ["Svar", "Kodebok", "Purring"] and made["Svar"]["A2"].font.bold
    assert [row for row in made["Purring"].iter_rows(values_only=True)] == [("doctor", "purret"), (None, None), ("D008", "nei")]  # what stood below stands where it stood
    assert not without.names_in(new, "D007") and without.names_in(path, "D007")


def test_a_formula_whose_value_the_workbook_lacks_stops_everything(tmp_path):
    path = tmp_path / "answers.xlsx"
    book = openpyxl.Workbook()
    for row in (["doctor", "svar"], ["D007", 1], ["D008", 2]):
        book.active.append(row)
    book.create_sheet("Sum").append(["=SUM(Sheet!B2:B3)"])
    book.save(path)
    with pytest.raises(LegepaneletError, match=r"FORGET_CHANGED.*Sum.*A1") as error:
        without.write(path, ANNA, tmp_path / "new.xlsx")
    assert "Nothing was removed" in error.value.hint


@pytest.mark.parametrize("number", ["D007", 7.0])
def test_an_spss_file_keeps_labels_missing_values_formats_and_notes(tmp_path, number):
    path, new = tmp_path / "answers.sav", tmp_path / "new.sav"
    text = isinstance(number, str)
    frame = pd.DataFrame({"doctor": ["D006", "D007", "D008"] if text else [6.0, 7.0, 8.0], "srh": [1.0, 99.0, None],
                          "when": [13_000_000_000.0, 13_000_086_400.0, None], "kode": ["a", "lang tekst", "b"]})  # fmt: skip
    pyreadstat.write_sav(
        frame, str(path), file_label="Runde 2026", note="gitt av NN", column_labels={"srh": "Egen helse"}, variable_measure={"srh": "ordinal"},
        variable_value_labels={"srh": {1: "Svært god", 99: "Vil ikke svare"}}, missing_ranges={"srh": [{"lo": 90, "hi": 99}]},
        variable_format={"when": "DATETIME20", "srh": "F2.0"}, variable_display_width={"srh": 14},
    )  # fmt: skip
    member = without.Member("D007" if text else "7", ANNA.columns)
    assert without.rows_of(path, member) == [2]
    without.write(path, member, new)
    old, made = (pyreadstat.read_sav(str(p), user_missing=True, disable_datetime_conversion=True) for p in (path, new))
    assert made[0].equals(old[0].drop(index=1).reset_index(drop=True))
    for part in without.KEPT:
        assert getattr(made[1], part) == getattr(old[1], part), part
    assert made[1].variable_display_width["srh"] == 14
    assert not without.names_in(new, "lang tekst")


def test_an_spss_file_that_would_not_be_as_before_stays(tmp_path, monkeypatch):
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(pd.DataFrame({"doctor": ["D006", "D007"], "srh": [1.0, 2.0]}), str(path), variable_value_labels={"srh": {1: "God"}})
    write = pyreadstat.write_sav
    monkeypatch.setattr(pyreadstat, "write_sav", lambda *a, variable_value_labels, **k: write(*a, **k))
    with pytest.raises(LegepaneletError, match="FORGET_CHANGED"):
        without.write(path, ANNA, tmp_path / "new.sav")


def test_a_row_that_is_torn_in_two_stops_it(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_bytes(b"doctor,a\nD006,1\nD007,said\rmore of it\n")
    with pytest.raises(LegepaneletError, match=r"ROW_WIDTH.*row 4: 1 cells where the header has 2"):
        without.rows_of(path, ANNA)


@pytest.mark.parametrize("coding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_file_of_any_kind_that_names_the_number(tmp_path, coding):
    path = tmp_path / "notat.txt"
    for content, named in (("ring D007 i morgen", True), ("D007", True), ("D0071, AD007", False), ("D007Ø", True)):
        path.write_bytes(content.encode(coding))
        assert without.names_in(path, "D007") is named, content
