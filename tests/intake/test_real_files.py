"""Files as other programs write them: nothing of them becomes a wrong number without a word.

Each case was once taken in silence, or ended in a trace or in no end at all.
"""

import shutil
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.codebook import load
from analysis.errors import LegepaneletError
from analysis.intake import columns, identity, reading
from analysis.intake.readers import read_export, read_table
from analysis.settings import settings
from tests.projects import FEW, FEW_WAVES, Project, shrink
from tools import instruments

INSTRUMENTS = ("background", "working_hours", "job_satisfaction", "self_rated_health", "sick_leave", "research_activity")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The codebook, of whose instruments the waves of the few doctors ask some: enough to be read."""
    folder = shutil.copytree(settings().codebook, tmp_path_factory.mktemp("few") / "codebook")
    for wave in FEW_WAVES:
        instruments.keep(folder / "waves" / f"{wave}.yml", INSTRUMENTS)
    return load(folder)


@pytest.fixture(scope="module")
def small_waves(few_data, book, tmp_path_factory):
    """Their columns of the few doctors' files."""
    folder = shutil.copytree(few_data, tmp_path_factory.mktemp("few") / "data")
    for path in folder.iterdir():
        known = columns.names_of(book, int(path.name))
        shrink(path, FEW, lambda column, known=known: column.casefold() in known)
    return folder


@pytest.fixture
def wave(small_waves, tmp_path):
    """A function that gives a copy of a wave's folder."""
    return lambda year: Path(shutil.copytree(small_waves / str(year), tmp_path / str(year)))


@pytest.fixture
def whole_wave(few_data, tmp_path):
    """The same with all columns, for `make check`."""
    return lambda year: Path(shutil.copytree(few_data / str(year), tmp_path / str(year)))


def answers_of(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "answers.csv", dtype=str, keep_default_na=False)


def sample_of(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "sample.csv", dtype=str, keep_default_na=False)


def read(book, folder: Path, earlier: Path | None = None) -> reading.Coded:
    answers = next(p for p in folder.iterdir() if p.stem == "answers")
    return reading.read(book, int(folder.name), answers, folder / "sample.csv", earlier)


def codes(coded: reading.Coded) -> set[str]:
    return set(coded.problems["code"])


# SPSS ---------------------------------------------------------------------------------------------------------------------


def resaved(folder: Path, change) -> None:
    """The wave's .sav after `change(frame, labels, missing)`."""
    path = folder / "answers.sav"
    frame, about = pyreadstat.read_sav(str(path), user_missing=True)
    labels, missing = dict(about.variable_value_labels), dict(about.missing_ranges)
    change(frame, labels, missing)
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels, missing_ranges=missing)


@pytest.mark.parametrize("declared", [[{"lo": 99, "hi": 99}], [{"lo": 90, "hi": float("inf")}]])
def test_what_a_file_declares_missing_is_no_answer(book, wave, declared):
    folder = wave(2002)
    before = read(book, folder).answers["hours_total"]

    def change(frame, labels, missing):
        frame.loc[:199, "hours_total"] = 99
        missing["hours_total"] = declared

    resaved(folder, change)
    coded = read(book, folder)
    left = before.iloc[200:].where(before.iloc[200:] < declared[0]["lo"])
    assert coded.answers["hours_total"].iloc[200:].mean() == pytest.approx(left.mean())
    assert coded.answers["hours_total"].iloc[:200].isna().all()
    assert set(coded.reasons["hours_total"].iloc[:200]) == {"unanswered"}
    assert any("99 in " in note and "declared missing" in note and "hours_total" in note for note in coded.notes)


def test_the_codebook_knows_why_a_declared_value_is_missing(book, wave):
    coded = read(book, wave(2010))
    assert "refused" in set(coded.reasons["sick_days"])


def test_labels_of_the_file_that_are_another_codes_are_an_error_that_shows_both(book, wave):
    folder = wave(2002)

    def reverse(frame, labels, missing):
        frame["jss_01"] = 8 - frame["jss_01"]
        labels["jss_01"] = {8 - code: text for code, text in labels["jss_01"].items()}

    resaved(folder, reverse)
    found = read(book, folder).errors
    assert set(found["code"]) == {"VALUE_LABEL"} and set(found["column"]) == {"jss_01"}
    told = found[found["value"] == "1"]["message"].iloc[0]
    assert "Svært fornøyd" in told and "7" in told and "Svært misfornøyd" in told


def test_a_missing_answers_label_on_a_number_is_an_error(book, wave):
    folder = wave(2002)

    def change(frame, labels, missing):
        frame.loc[:9, "hours_total"] = 99
        labels["hours_total"] = {99: "Ubesvart"}

    resaved(folder, change)
    assert "takes 99 for a number" in read(book, folder).errors["message"].iloc[0]


@pytest.mark.parametrize(
    ("column", "labels", "told"),
    [("jss_01", {1: "Meget fornøyd", 7: "Meget misfornøyd"}, "labels run the other way"),
     ("jss_01", {1: "Extremely satisfied", 7: "Extremely dissatisfied"}, "labels run the other way"),
     ("position", {9: "Ubesvart"}, "takes 9 for the answer"), ("hours_total", {40: "Ikke svart"}, "takes 40 for a number")],
)  # fmt: skip
def test_labels_in_other_words_that_mean_another_thing(book, wave, column, labels, told):
    folder = wave(2002)
    resaved(folder, lambda frame, known, missing: known.__setitem__(column, labels))
    found = read(book, folder).errors
    assert set(found["code"]) == {"VALUE_LABEL"} and told in found["message"].iloc[0]


@pytest.mark.parametrize("labels", [{1: "Svært misfornøyd", 7: "Svært fornøyd"}, {1: "1 = Svært misfornøyd"}, {1: "Meget misfornøyd", 7: "Meget fornøyd"}, {}])
def test_labels_in_other_words_that_mean_the_same(book, wave, labels):
    folder = wave(2002)
    resaved(folder, lambda frame, known, missing: known.__setitem__("jss_01", labels))
    assert read(book, folder).errors.empty


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_a_value_is_declared_missing_from_end_to_end_of_its_range(value, low, high):
    from analysis.intake.spss import _within

    assert _within(str(value), low, high) == (low <= value <= high)
    assert not _within("ubesvart", low, high)


# Columns and rows -----------------------------------------------------------------------------------------------------------


def test_two_columns_for_one_question_are_an_error_that_names_both(book, wave):
    folder = wave(2026)
    table = answers_of(folder)
    table.insert(3, "JSS_01", "1")
    table.to_csv(folder / "answers.csv", index=False)
    found = read(book, folder).errors
    assert set(found["code"]) == {"COLUMN_TWICE"} and "'JSS_01' and 'jss_01' both hold jss_01" in found["message"].iloc[0]


def test_a_column_named_in_the_wave_file_beside_the_question_itself(book, wave):
    folder = wave(2026)
    table = answers_of(folder)
    table["timer_papir"] = ""
    table.to_csv(folder / "answers.csv", index=False)
    named = book.waves[2026].model_copy(update={"columns": {"timer_papir": "hours_total"}})
    other = book.model_copy(update={"waves": book.waves | {2026: named}})
    assert "COLUMN_TWICE" in codes(read(other, folder))


@pytest.mark.parametrize("tool", ["id", "token", "ResponseId", "record_id"])
def test_a_survey_tools_own_number_is_never_the_doctor(book, wave, tool):
    folder = wave(2026)
    answers_of(folder).rename(columns={"doctor": tool}).to_csv(folder / "answers.csv", index=False)
    found = read(book, folder).errors
    assert {"MISSING_COLUMN", "UNKNOWN_COLUMN"} == set(found["code"])
    assert any(f"columns: {{{tool}: doctor}}" in text for text in found["message"])


def test_the_wave_file_may_say_that_the_id_is_the_doctor(book, wave):
    folder = wave(2026)
    answers_of(folder).rename(columns={"doctor": "id"}).to_csv(folder / "answers.csv", index=False)
    named = book.waves[2026].model_copy(update={"columns": {"id": "doctor"}})
    coded = read(book.model_copy(update={"waves": book.waves | {2026: named}}), folder)
    assert coded.errors.empty and len(coded.answers) > 400


def test_an_empty_row_of_somebody_invited_is_silence_and_counted(book, wave):
    folder = wave(2026)
    before, table, sample = read(book, folder), answers_of(folder), sample_of(folder)
    silent = sample.loc[(sample["disposition"] == "invited") & ~sample["doctor"].isin(table["doctor"]), "doctor"].head(50)
    empty = pd.DataFrame({"doctor": silent}).reindex(columns=table.columns, fill_value="")
    pd.concat([table, empty]).to_csv(folder / "answers.csv", index=False)
    coded = read(book, folder)
    assert coded.answers.equals(before.answers)
    assert any("50 rows hold a member's number and no answer" in note for note in coded.notes)


# Workbooks ------------------------------------------------------------------------------------------------------------------


def workbook(folder: Path, change) -> None:
    book = openpyxl.load_workbook(folder / "answers.xlsx")
    change(book, book.active)
    book.save(folder / "answers.xlsx")


def column(sheet, header: str) -> int:
    return next(c.column for c in sheet[1] if c.value == header)


@pytest.mark.parametrize(("header", "value", "expected"), [("patient_share", 0.25, 25.0), ("patient_share", 1, 100.0)])
def test_a_cell_of_per_cent_holds_what_it_shows(book, wave, header, value, expected):
    folder = wave(2019)

    def change(workbook, sheet):
        cell = sheet.cell(2, column(sheet, header))
        cell.value, cell.number_format = value, "0 %"

    workbook(folder, change)
    coded = read(book, folder)
    assert coded.errors.empty and coded.answers[header].iloc[0] == expected


def test_a_code_in_a_cell_of_per_cent_is_no_code(book, wave):
    folder = wave(2019)

    def change(workbook, sheet):
        cell = sheet.cell(2, column(sheet, "jss_01"))
        cell.value, cell.number_format = 1, "0%"

    workbook(folder, change)
    assert read(book, folder).errors[["code", "value"]].to_numpy().tolist() == [["CODE_OUTSIDE_SCALE", "100 %"]]


def test_a_sheet_before_the_one_with_answers(book, wave):
    folder = wave(2019)

    def change(workbook, sheet):
        workbook.create_sheet("Forside", 0).append(["Legepanelet 2019", "versjon 2"])

    workbook(folder, change)
    coded = read(book, folder)
    assert coded.errors.empty
    assert any("sheet 'Svar', of 2 sheets ('Forside', 'Svar')" in note for note in coded.notes)


def test_two_sheets_with_the_same_columns_are_named(book, wave):
    folder = wave(2019)
    workbook(folder, lambda workbook, sheet: setattr(workbook.copy_worksheet(sheet), "title", "Svar (2)"))
    with pytest.raises(LegepaneletError, match=r"SHEETS_ALIKE: .*'Svar' and 'Svar \(2\)'"):
        read(book, folder)


@pytest.mark.parametrize("place", ["A1048576", "XFD1600"])
def test_a_cell_far_out_costs_nothing(tmp_path, place):
    book = openpyxl.Workbook()
    book.active.append(["doctor", "a"])
    book.active.append(["D1", 1])
    book.active[place] = " "
    book.save(tmp_path / "answers.xlsx")
    assert read_table(tmp_path / "answers.xlsx").to_numpy().tolist() == [["D1", "1"]]


def test_a_workbook_that_unpacks_to_more_than_is_read(tmp_path):
    path = tmp_path / "answers.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 40_000_000)
    assert path.stat().st_size < 2_000_000
    with pytest.raises(LegepaneletError, match=r"FILE_TOO_LARGE: .*240,000,000 bytes unpacked; at most 200,000,000"):
        read_table(path)


def test_a_workbook_with_a_password_says_so(tmp_path):
    (tmp_path / "answers.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with pytest.raises(LegepaneletError, match="password"):
        read_table(tmp_path / "answers.xlsx")


# Texts ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["sep=;\r\n", "\r\n", "\ufeffsep=;\n", "\n\n"])
def test_what_stands_before_the_header_is_skipped(tmp_path, first):
    (tmp_path / "answers.csv").write_text(f"{first}doctor;a\nD1;1,5\n", encoding="utf-8")
    export = read_export(tmp_path / "answers.csv")
    assert export.cells.to_numpy().tolist() == [["D1", "1,5"]]
    assert "cells parted by ';'" in export.notes[0]


def test_a_line_break_within_the_first_header(tmp_path):
    (tmp_path / "answers.csv").write_text('"Hvor mange\ntimer";doctor\n40;D1\n', encoding="utf-8")
    assert list(read_table(tmp_path / "answers.csv").columns) == ["Hvor mange timer", "doctor"]


def test_more_columns_than_an_export_has(tmp_path):
    (tmp_path / "answers.csv").write_text(",".join(f"q{i}" for i in range(100_000)) + "\n" + "," * 99_999 + "\n", encoding="utf-8")
    with pytest.raises(LegepaneletError, match=r"FILE_TOO_LARGE: .*100,000 columns; at most 5,000"):
        read_table(tmp_path / "answers.csv")


# The doctor's number --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda n: n.replace("D", "1,2003") + "E+11", "last digits are lost"),
        (lambda n: f'="{n}"', "sample.csv has it as 'D"), (lambda n: f"'{n}", "sample.csv has it as 'D"),
        (lambda n: n.lower(), "sample.csv has it as 'D"), (lambda n: "D" + n[1:].lstrip("0"), "sample.csv has it as 'D"),
    ],
)  # fmt: skip
def test_a_number_that_a_program_has_spoilt_is_recognised_and_never_to_be_deleted(book, wave, spoil, told):
    folder = wave(2026)
    table = answers_of(folder)
    table["doctor"] = [spoil(n) if n.startswith("D0") else n for n in table["doctor"]]
    table.to_csv(folder / "answers.csv", index=False)
    found = read(book, folder).errors
    assert set(found["code"]) == {"SPOILT_NUMBER"} and told in found["message"].iloc[0]


def test_a_pseudonym_that_looks_like_a_number_is_none_that_was_rounded():
    numbers = identity.Numbers(pd.Series(["20e54356", "a1b2"]))
    assert numbers.spoilt("20e54357") is None and "rounded" in numbers.spoilt("1,20034E+11") and "rounded" in numbers.spoilt("1e+05")


@pytest.mark.parametrize("dress", ["{}.0", "{0:.6}-{0:.5}", '="{}"', "'{}", "{} Ola", "NO{}"])
def test_an_identity_number_is_known_whatever_it_is_dressed_in(dress):
    number = valid_number()
    text = f"{number[:6]}-{number[6:]}" if "-" in dress else dress.format(number)
    with pytest.raises(LegepaneletError, match="IDENTITY_NUMBER") as error:
        identity.refuse_persons(pd.Series(["D00001", "D00002", text], index=[2, 3, 4]), "2026/answers.csv", "doctor")
    assert number not in str(error.value) and number[6:] not in str(error.value)


def test_random_numbers_of_eleven_digits_are_no_alarm():
    """One in some thousands is valid by chance."""
    numbers = pd.Series([f"{i * 7919 % 10**11:011d}" for i in range(1, 2500)])
    identity.refuse_persons(numbers, "2026/answers.csv", "doctor")


def test_decimals_after_a_number_are_a_programs_too():
    numbers = identity.Numbers(pd.Series(["102257", "02258"]))
    assert numbers.spoilt("102257.0") == "sample.csv has it as '102257'"
    assert numbers.spoilt("2258") == "sample.csv has it as '02258'"
    assert numbers.spoilt("999") is None


@pytest.mark.parametrize("person", ["identity", "kari.nordmann@example.org"])
@pytest.mark.parametrize("file", ["answers.csv", "sample.csv"])
def test_a_person_in_the_place_of_a_number_stops_before_anything_is_written(book, wave, person, file):
    folder = wave(2026)
    table = pd.read_csv(folder / file, dtype=str, keep_default_na=False)
    table.loc[3, "doctor"] = valid_number() if person == "identity" else person
    table.to_csv(folder / file, index=False)
    with pytest.raises(LegepaneletError, match=r"IDENTITY_NUMBER: .*row 5") as error:
        read(book, folder)
    assert table.loc[3, "doctor"] not in str(error.value)


def valid_number() -> str:
    """A number with valid control digits, of a day that nobody is a doctor's age at."""
    for serial in range(900, 1000):
        digits = [int(c) for c in f"010125{serial}"]
        one = -sum(w * d for w, d in zip(identity.WEIGHTS[0], digits, strict=True)) % 11
        two = -sum(w * d for w, d in zip(identity.WEIGHTS[1], [*digits, one], strict=True)) % 11
        if one < 10 and two < 10:
            return "".join(map(str, [*digits, one, two]))
    raise AssertionError


def test_the_control_digits_tell_an_identity_number_from_another():
    number = valid_number()
    assert identity.is_identity_number(number)
    assert not identity.is_identity_number(number[:-1] + str((int(number[-1]) + 1) % 10))
    assert not identity.is_identity_number("9" + number[1:])


# The same doctor ------------------------------------------------------------------------------------------------------------


def test_the_same_number_is_the_same_doctor(book, wave, few_data):
    """The numbers of 2026 shuffled in both files alike: every file is whole, and all doctors are others."""
    folder = wave(2026)
    sample, table = sample_of(folder), answers_of(folder)
    other = dict(zip(sample["doctor"], sample["doctor"].sample(frac=1, random_state=1), strict=True))
    sample.assign(doctor=sample["doctor"].map(other)).to_csv(folder / "sample.csv", index=False)
    table.assign(doctor=table["doctor"].map(other)).to_csv(folder / "answers.csv", index=False)
    found = read(book, folder, few_data / "2024" / "sample.csv").errors
    assert set(found["code"]) == {"OTHER_PERSON"} and {"sex", "birth_year", "licence_year"} == set(found["column"])


def test_a_panel_of_which_no_number_is_shared_is_told(book, wave, few_data):
    folder = wave(2026)
    for path in (folder / "sample.csv", folder / "answers.csv"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        table.assign(doctor="N" + table["doctor"].str[1:]).to_csv(path, index=False)
    coded = read(book, folder, few_data / "2024" / "sample.csv")
    assert coded.errors.empty and any("no number is shared with 2024" in text for text in coded.problems["message"])


def test_one_corrected_birth_year_is_a_warning(book, wave, few_data):
    folder = wave(2026)
    sample = sample_of(folder)
    earlier = set(pd.read_csv(few_data / "2024" / "sample.csv", dtype=str)["doctor"])
    row = sample.index[sample["doctor"].isin(earlier)][0]
    was = sample.loc[row, "birth_year"]
    sample.loc[row, "birth_year"] = str(int(was) + 1)
    sample.to_csv(folder / "sample.csv", index=False)
    coded = read(book, folder, few_data / "2024" / "sample.csv")
    assert coded.errors.empty
    line = coded.problems[coded.problems["code"] == "OTHER_PERSON"].iloc[0]
    assert (line["severity"], line["row"], line["column"]) == ("warning", row + 2, "birth_year") and f"was '{was}' in 2024" in line["message"]


@pytest.mark.parametrize(("column", "value"), [("licence_year", "1905"), ("cohort", "2099"), ("licence_year", "2099")])
def test_years_that_cannot_be_true_together(book, wave, column, value):
    folder = wave(2026)
    sample_of(folder).assign(**{column: value}).to_csv(folder / "sample.csv", index=False)
    assert "IMPOSSIBLE_BACKGROUND" in set(read(book, folder).errors["code"])


def test_leading_zeros_lost_in_one_wave_are_told(book, wave, few_data):
    folder = wave(2026)
    for path in (folder / "sample.csv", folder / "answers.csv"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        table["doctor"] = "D" + table["doctor"].str[1:].str.lstrip("0")
        table.to_csv(path, index=False)
    coded = read(book, folder, few_data / "2024" / "sample.csv")
    line = coded.problems[coded.problems["code"] == "NUMBERS_REPAIRED"].iloc[0]
    assert line["severity"] == "warning" and "more numbers would be shared with 2024" in line["message"]
    assert any("members' numbers are also in 2024/sample.csv" in note for note in coded.notes)


# The sample -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [lambda y: f"{y},00", lambda y: f"{y[0]} {y[1:]}", lambda y: f"{y[0]}\u00a0{y[1:]}", lambda y: f"{y}.0"])
def test_a_year_is_read_as_answers_are(book, wave, write):
    folder = wave(2026)
    before, sample = read(book, folder), sample_of(folder)
    sample.assign(birth_year=sample["birth_year"].map(write)).to_csv(folder / "sample.csv", index=False)
    assert read(book, folder).sample.equals(before.sample)


def test_two_columns_that_differ_in_capitals_only(book, wave):
    folder = wave(2026)
    sample = sample_of(folder)
    sample.assign(Doctor=sample["doctor"]).to_csv(folder / "sample.csv", index=False)
    with pytest.raises(LegepaneletError, match=r"COLUMN_REPEATED: .*'doctor' stands twice"):
        read(book, folder)


@pytest.mark.parametrize("change", [{"birth_year": "1982-03-04"}, {"start_weight": "", "stratum": "licence_to_1993"}])
def test_a_column_that_is_wrong_throughout_is_a_few_lines_and_nothing_that_follows(project, whole_wave, change):
    folder = whole_wave(2026)
    sample_of(folder).assign(**change).to_csv(folder / "sample.csv", index=False)
    done = Project(project.folder, folder.parent).run("check", "--wave", "2026")
    assert done.returncode == 1
    assert "NOT_INVITED" not in done.stdout and "more of this kind" in done.stdout
    assert len(done.stdout.splitlines()) < 40


@pytest.mark.parametrize("save", [lambda text: text.replace(",", "\t").encode(), lambda text: text.replace(",", "|").encode(), lambda text: text.encode("utf-16"),
                                  lambda text: ("sep=,\n" + text).encode(), lambda text: ("\n" + text).encode(), lambda text: text.replace(",", ";").encode("utf-8-sig")])  # fmt: skip
def test_synthetic_data_say_so_however_they_were_saved(wave, save):
    from analysis.intake.source import find

    folder = wave(2026)
    path = folder / "sample.csv"
    path.write_bytes(save(path.read_text(encoding="utf-8")))
    assert find(folder.parent).kind == "synthetic"


@pytest.mark.parametrize("name", ["02026", "²⁰²⁶", "20261"])
def test_a_folder_that_is_no_year_is_named(wave, name):
    from analysis.intake.source import find

    folder = wave(2026)
    folder.rename(folder.with_name(name))
    with pytest.raises(LegepaneletError, match=f"DATA_INCOMPLETE: {name}/ is no wave"):
        find(folder.parent)


def test_columns_of_nothing_are_dropped(book, wave):
    folder = wave(2026)
    for path in (folder / "sample.csv", folder / "answers.csv"):
        path.write_text("".join(line + ",,\n" for line in path.read_text(encoding="utf-8").splitlines()), encoding="utf-8")
    assert read(book, folder).errors.empty


@pytest.mark.parametrize(("change", "told"), [("register_position,", "'registerposition'; did you mean 'register_position'?"), ("sex_age,", "'sexage'; did you mean 'sex_age'?")])
def test_a_misspelt_margin_of_the_population_is_refused(wave, change, told):
    from analysis.codebook import population

    path = wave(2026) / "population.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(f",{change}", f",{change.replace('_', '')}"), encoding="utf-8")
    with pytest.raises(LegepaneletError, match="POPULATION_FIGURES") as error:
        population.read(path)
    assert told in error.value.message


def test_population_figures_as_a_norwegian_excel_saves_them(wave):
    from analysis.codebook import population

    path = wave(2026) / "population.csv"
    before = population.read(path)
    path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8-sig")
    assert population.read(path).equals(before)


@pytest.mark.parametrize(("text", "value"), [("1 982", 1982), ("12 345,5", 12345.5), ("3 8", None), ("40 45", None), ("1\u00a0982", 1982)])
def test_a_space_parts_thousands_and_nothing_else(text, value):
    from analysis.intake.export import to_number

    assert to_number(text) == value


# What check says of the whole -----------------------------------------------------------------------------------------------


def test_check_tells_what_it_took_for_granted_and_what_is_odd(project, whole_wave):
    folder = whole_wave(2026)
    table = answers_of(folder)
    table["life_sat"], table["srh"] = "", "1"
    table["sick_days"] = table["sick_days"].replace("4", "3")
    table.to_csv(folder / "answers.csv", index=False)
    done = Project(project.folder, folder.parent).run("check", "--wave", "2026")
    assert done.returncode == 0, done.stdout + done.stderr
    for told in (
        "NOBODY_ANSWERED column 'life_sat': none of the", "ALL_THE_SAME column 'srh': all",
        "code 4 of sick_days was chosen by nobody", "encoding UTF-8; cells parted by ','; header in row 1",
        "columns of the survey tool, not read: $submission_id, $created", "break of kind 'wording' for res_consent, res_consent_agree",
    ):  # fmt: skip
        assert told in done.stdout, done.stdout


def test_a_label_that_the_fonts_cannot_show_is_told_with_its_file(book):
    from analysis.codebook import glyphs
    from analysis.codebook.model import Label
    from analysis.settings import settings

    fonts = settings().look / "fonts"
    assert glyphs.faults(book, 2026, fonts) == []
    sets = book.response_sets | {"health_5": book.response_sets["health_5"].model_copy(update={"categories": {1: Label(nb="Bra 😀", en="x"), 2: Label(nb="טוב", en="y")}})}
    found = glyphs.faults(book.model_copy(update={"response_sets": sets}), 2026, fonts)
    assert any("response_sets.yml: health_5: «Bra 😀»" in line for line in found) and any("«טוב»" in line for line in found)
