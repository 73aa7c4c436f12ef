"""The three export formats read into one form."""

import csv
import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import LegepaneletError
from analysis.intake.export import clean, to_number
from analysis.intake.readers import read_table

CELLS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff"), max_size=12).map(
    str.strip
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiter_and_encoding_are_sniffed(tmp_path, delimiter, encoding):
    path = tmp_path / "answers.csv"
    path.write_bytes(delimiter.join(["doctor", "spørsmål"]).encode(encoding) + delimiter.join(["\nD1", "blåbær"]).encode(encoding)
                     if encoding not in ("utf-8-sig", "utf-16") else f"doctor{delimiter}spørsmål\nD1{delimiter}blåbær\n".encode(encoding))  # fmt: skip
    table = read_table(path)
    assert list(table.columns) == ["doctor", "spørsmål"]
    assert table.loc[2].tolist() == ["D1", "blåbær"]


@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), delimiter=st.sampled_from(",;\t"))
def test_every_cell_of_a_csv_comes_back(tmp_path_factory, rows, delimiter):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["doctor", "answer"])
    writer.writerows([f"D{i}", *row[:1]] for i, row in enumerate(rows))
    path = tmp_path_factory.mktemp("csv") / "answers.csv"
    path.write_bytes(buffer.getvalue().encode("utf-8"))
    assert read_table(path)["answer"].tolist() == [row[0] for row in rows]


@pytest.mark.parametrize(
    ("text", "value"),
    [("37.5", 37.5), ("37,5", 37.5), ("1 000", 1000), ("", None), ("mange", None), ("nan", None), ("inf", None)],
)
def test_numbers_with_point_or_comma(text, value):
    assert to_number(text) == value


@given(st.floats(-1e6, 1e6, allow_nan=False))
def test_a_number_comes_back_whatever_its_decimal_mark(value):
    assert to_number(repr(value)) == to_number(repr(value).replace(".", ",")) == value


def test_a_row_of_another_width_is_named(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("doctor,a\nD1,1\nD2,1,2\n", encoding="utf-8")
    with pytest.raises(LegepaneletError, match=r"row 3: 3 cells where the header has 2"):
        read_table(path)


@pytest.mark.parametrize(
    ("name", "content"), [("answers.csv", b""), ("answers.xlsx", b"not a workbook"), ("answers.sav", b"$FL2 cut short")]
)
def test_a_damaged_file_is_one_error(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LegepaneletError) as caught:
        read_table(tmp_path / name)
    assert name in caught.value.message


def test_a_repeated_column_is_an_error(tmp_path):
    (tmp_path / "answers.csv").write_text("doctor,a,a\nD1,1,2\n", encoding="utf-8")
    with pytest.raises(LegepaneletError, match="the column 'a' stands twice"):
        read_table(tmp_path / "answers.csv")


def test_excel_gives_whole_numbers_without_decimals(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["doctor", "a", "b"])
    book.active.append(["D1", 3.0, None])
    book.save(tmp_path / "answers.xlsx")
    assert read_table(tmp_path / "answers.xlsx").loc[2].tolist() == ["D1", "3", ""]


def test_spaces_and_unicode_forms_of_a_header_are_made_even():
    assert clean("\ufeffHvor  mange\u00a0timer a\u030a") == "Hvor mange timer å"


def test_an_index_is_the_row_in_the_file(tmp_path):
    (tmp_path / "answers.csv").write_text("doctor,a\nD1,1\n\nD3,2\n", encoding="utf-8")
    assert pd.Index([2, 4]).equals(read_table(tmp_path / "answers.csv").index)
