"""`check`: all faults of a wave at once, errors that stop, warnings that stand in the report; nothing into the dark."""

import shutil

import pandas as pd
import pytest

from analysis.intake import reading as intake
from tests.projects import Project


@pytest.fixture
def damaged(project, few_data, tmp_path):
    """Few doctors' data of 2026 as a table to damage, and a function that writes it and checks it."""
    shutil.copytree(few_data / "2026", tmp_path / "2026")
    path = tmp_path / "2026" / "answers.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)

    def check(changed: pd.DataFrame):
        changed.to_csv(path, index=False)
        return Project(project.folder, tmp_path).run("check", "--wave", "2026")

    return table, check


def test_the_shipped_data_have_no_errors(project):
    done = project.run("check", "--wave", "2026")
    assert done.returncode == 0, done.stdout
    assert "0 errors" in done.stdout


def test_all_faults_are_listed_and_the_exit_is_not_zero(damaged):
    table, check = damaged
    table.loc[0, "jss_01"] = "8"
    table.loc[1, "hours_total"] = "200"
    table.loc[2, "doctor"] = "D99999"
    table.loc[3, "doctor"] = table.loc[4, "doctor"]
    table.loc[5, "position"] = "Overlege"
    table["mystery"] = "1"
    done = check(table.drop(columns="srh"))
    assert done.returncode == 1
    for told in (
        "error CODE_OUTSIDE_SCALE 2026/answers.csv row 2, column 'jss_01': '8': expected one of 1, 2, 3, 4, 5, 6, 7",
        "warning IMPOSSIBLE_NUMBER 2026/answers.csv row 3, column 'hours_total': '200': expected 0 to 120",
        "error NOT_INVITED 2026/answers.csv row 4",
        "error DUPLICATE_MEMBER 2026/answers.csv row 6",
        "row 7, column 'position': 'Overlege'",
        "error UNKNOWN_COLUMN 2026/answers.csv row 1, column 'mystery'",
        "error MISSING_COLUMN 2026/answers.csv row 1, column 'srh'",
    ):
        assert told in done.stdout, done.stdout


def test_a_damaged_file_stops_the_report(live, tmp_path):
    shutil.copytree(live.data / "2026", tmp_path / "2026")
    path = tmp_path / "2026" / "answers.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[0, "jss_01"] = "8"
    table.to_csv(path, index=False)
    done = live.run("export", "--wave", "2026", data=tmp_path)
    assert done.returncode == 1
    assert "DATA_FAULTS" in done.stderr
    assert "Traceback" not in done.stderr
    assert live.output(1994, "results.csv").is_file()  # a wave that the damaged data do not hold


def test_whole_questions_in_the_header_are_understood(all_data, book):
    """The export of 2021 has the question itself in its first line."""
    header = (all_data / "2021" / "answers.csv").read_text(encoding="utf-8").splitlines()[0]
    assert "Hvor mange timer arbeider du" in header
    coded = intake.read(book, 2021, all_data / "2021" / "answers.csv", all_data / "2021" / "sample.csv")
    assert coded.errors.empty
    assert coded.answers["hours_total"].notna().sum() > 1000


@pytest.mark.parametrize(("wave", "suffix"), [(2010, "sav"), (2019, "xlsx"), (2024, "csv")])
def test_the_three_formats_give_coded_answers(all_data, book, wave, suffix):
    coded = intake.read(book, wave, all_data / str(wave) / f"answers.{suffix}", all_data / str(wave) / "sample.csv")
    assert coded.errors.empty
    assert coded.answers["jss_01"].between(1, 7).sum() > 900
    assert set(coded.reasons["jss_01"]) == {"", "unanswered"}


def test_the_kinds_of_missing_are_kept_apart(all_data, book):
    coded = intake.read(book, 2026, all_data / "2026" / "answers.csv", all_data / "2026" / "sample.csv")
    assert {"", "unanswered", "refused", "not_applicable"} <= set(coded.reasons["ut_met_ses"])
    assert (coded.reasons.loc[coded.answers["res_active"] == 2, "res_hours"] == "not_asked").all()


def test_an_answer_past_a_filter_is_set_aside_and_reported(damaged, book, project):
    table, check = damaged
    row = table.index[(table["res_active"] == "2")][0]
    table.loc[row, "res_hours"] = "5"
    done = check(table)
    assert done.returncode == 0
    assert f"warning FILTER_VIOLATED 2026/answers.csv row {row + 2}, column 'res_hours': '5'" in done.stdout


def test_the_same_row_twice_counts_once(damaged):
    table, check = damaged
    done = check(pd.concat([table, table.iloc[[0]]]))
    assert done.returncode == 0
    assert "warning REPEATED_ROW" in done.stdout


def test_none_ticked_with_another_is_set_aside(damaged, book):
    table, check = damaged
    column = next(q.id for q in book.questions(2026).values() if q.exclusive and not q.asked_if)
    alone = book.questions(2026)[column].exclusive[0]
    table.loc[0, column] = f"1;{alone}"
    assert f"warning EXCLUSIVE_OPTION 2026/answers.csv row 2, column '{column}'" in check(table).stdout
