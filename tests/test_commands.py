"""The commands: what they say when asked for something there is not, and when nothing or something has changed."""

import csv
import hashlib
import shutil

import pytest

from tests.projects import Project


def digest(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refused(done, *told: str) -> None:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for text in told:
        assert text in done.stderr, done.stderr


def test_a_wave_there_is_not_names_those_there_are(small):
    refused(small.run("report", "--wave", "2020"), "WAVE_UNKNOWN", "WAVE=2020", "1994, 2024, 2026")


def test_no_wave_at_all(small):
    refused(small.run("report"), "WAVE_MISSING", "2026")


def test_data_pointing_nowhere(small):
    refused(small.run("report", "--wave", "2026", "--data", "/no/such/folder"), "DATA_MISSING", "/no/such/folder")


def test_data_that_is_empty(small, tmp_path):
    refused(small.run("report", "--wave", "2026", data=tmp_path), "DATA_MISSING", "holds no wave")


def test_synthetic_waves_are_not_mixed_with_real_ones(small, tmp_path):
    for wave in ("1994", "2024"):
        shutil.copytree(small.data / wave, tmp_path / wave)
    sample = tmp_path / "1994" / "sample.csv"
    rows = [line.rsplit(",", 1)[0].split(",") for line in sample.read_text(encoding="utf-8").splitlines()]
    with sample.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    refused(small.run("check", "--wave", "1994", data=tmp_path), "DATA_MIXED", "2024")


def test_an_unknown_format_and_language(small):
    refused(
        small.run("report", "--wave", "2026", "--formats", "odt"), "FORMAT_UNKNOWN", "html and pdf and docx and jats"
    )
    refused(small.run("report", "--wave", "2026", "--lang", "sv"), "LANG_UNKNOWN", "nb or en")
    refused(small.run("report", "--wave", "2026", "--renderer", "word"), "RENDERER_UNKNOWN", "builtin or quarto")


@pytest.mark.skipif(shutil.which("quarto") is not None, reason="Quarto is installed")
def test_quarto_that_is_not_there_is_said_in_a_line(workshop):
    done = workshop.run("report", "--wave", "2026", "--renderer", "quarto")
    refused(done, "QUARTO_MISSING", "Install Quarto 1.9 or newer")
    assert workshop.output(2026, "wave-report.nb.html").is_file()


def test_a_report_ends_with_the_paths_and_says_what_the_data_are(workshop):
    done = workshop.run("report", "--wave", "2026")
    assert done.stdout.splitlines() == ["_output/2026/wave-report.nb.html", "_output/2026/wave-report.nb.pdf"]
    assert workshop.output(2026, "wave-report.nb.pdf").is_file()
    assert "SYNTHETIC DATA" in done.stderr


def test_with_nothing_changed_it_says_so(workshop):
    before = digest(workshop.output(2026, "wave-report.nb.pdf"))
    assert "Nothing has changed" in workshop.run("report", "--wave", "2026").stderr
    assert digest(workshop.output(2026, "wave-report.nb.pdf")) == before


def test_a_new_sentence_appears_and_the_results_are_untouched(workshop):
    document = workshop.folder / "reports" / "wave-report.nb.qmd"
    results, text = workshop.output(1994, "results.csv"), document.read_text(encoding="utf-8")
    before, stamp = digest(results), results.stat().st_mtime_ns
    document.write_text(text.replace("# Metode", "Setningen om mandelkaker.\n\n# Metode", 1), encoding="utf-8")
    done = workshop.run("report", "--wave", "1994", "--formats", "html")
    assert done.returncode == 0, done.stderr
    assert "estimating" not in done.stderr
    assert "mandelkaker" in workshop.output(1994, "wave-report.nb.html").read_text(encoding="utf-8")
    assert (digest(results), results.stat().st_mtime_ns) == (before, stamp)
    document.write_text(text, encoding="utf-8")


def test_one_changed_answer_changes_the_results(small, tmp_path):
    """And nothing is left of a wave that the run has no data of: a trend may not show it."""
    data = tmp_path / "raw"
    shutil.copytree(small.data / "1994", data / "1994")
    import pyreadstat

    path = data / "1994" / "answers.sav"
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    row = frame["hours_total"].first_valid_index()
    frame.loc[row, "hours_total"] = frame.loc[row, "hours_total"] + 1
    pyreadstat.write_sav(
        frame, str(path), variable_value_labels=meta.variable_value_labels, missing_ranges=meta.missing_ranges
    )
    before = digest(small.output(1994, "results.csv"))
    other = Project(tmp_path / "project", data)
    shutil.copytree(small.folder, other.folder)
    done = other.run("export", "--wave", "1994")
    assert done.returncode == 0, done.stderr
    assert digest(other.output(1994, "results.csv")) != before
    assert "removing _output/2024, _output/2026" in done.stderr
    assert not other.output(2026, "results.csv").exists()


def test_a_document_that_fails_leaves_the_old_one_whole(workshop):
    document = workshop.folder / "reports" / "wave-report.nb.qmd"
    text, before = document.read_text(encoding="utf-8"), digest(workshop.output(1994, "wave-report.nb.html"))
    head, metode, rest = text.partition("# Metode")  # early in the document: what comes after is not run
    document.write_text(f"{head}```{{python}}\nreport.no_such_thing()\n```\n\n{metode}{rest}", encoding="utf-8")
    done = workshop.run("report", "--wave", "1994")
    document.write_text(text, encoding="utf-8")
    line = head.count("\n") + 2
    refused(done, "DOCUMENT_FAILED", f"wave-report.nb.qmd line {line}", "no_such_thing")
    assert digest(workshop.output(1994, "wave-report.nb.html")) == before
