"""The codebook as shipped holds together; a mistake in it stops with file and field."""

import shutil

import pytest

from analysis.codebook import load
from analysis.codebook.comparability import breaking, breaks_between, last_asked
from analysis.codebook.indicators import of_wave
from analysis.errors import LegepaneletError
from analysis.settings import settings

WAVES = [1994, 1995, 1996, 1997, 2000, 2002, 2004, 2006, 2008, 2010, 2012, 2014, 2016, 2019, 2021, 2024, 2026]
FIXED = ["working_hours", "job_satisfaction", "effort_reward", "self_rated_health", "life_satisfaction", "sick_leave",
         "suicidal_thoughts", "alcohol", "work_home", "moral_distress"]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(settings().codebook, tmp_path / "codebook")
    return tmp_path / "codebook"


def refused(folder, name: str, old: str, new: str) -> LegepaneletError:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} no longer holds {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LegepaneletError) as caught:
        load(folder)
    return caught.value


def test_all_waves_are_there(book):
    assert list(book.waves) == WAVES


def test_2026_asks_every_fixed_instrument_and_its_three_topics(book):
    asked = book.waves[2026].instruments
    assert set(FIXED) <= set(asked)
    assert {"research_activity", "ai_at_work", "unequal_treatment"} <= set(asked)


def test_licensed_instruments_carry_no_text_of_their_items(book):
    for name in ("effort_reward", "alcohol"):
        assert book.instruments[name].licensed
        assert all("stikkord" in q.text.nb for q in book.instruments[name].questions)


def test_an_unknown_instrument_in_a_wave(folder):
    error = refused(folder, "waves/2026.yml", "  working_hours:", "  working_hour:")
    assert error.code == "CODEBOOK_REFERENCE"
    assert "waves/2026.yml: instruments.working_hour: there is no such instrument" in error.message


def test_a_score_outside_its_items(folder):
    error = refused(folder, "instruments/job_satisfaction.yml", "maximum: 7", "maximum: 10")
    assert "instruments/job_satisfaction.yml: scales.jss: the range 1-10" in error.message


def test_a_label_missing_in_one_language(folder):
    error = refused(folder, "instruments/background.yml", ", en: What is your main position?", "")
    assert error.code == "CODEBOOK_FIELD"
    assert "questions.0.text.en" in error.message


def test_a_field_nobody_knows(folder):
    message = refused(folder, "waves/2026.yml", "mode:", "colour: blue\nmode:").message
    assert "2026.yml line 4: file: there is no key 'colour' here; it may be wave, field" in message


def test_a_misspelt_key_is_told_with_its_line_and_the_nearest(folder):
    message = refused(folder, "waves/2026.yml", "mode:", "moode:").message
    assert "2026.yml line 4: file: there is no key 'moode' here; did you mean 'mode'?" in message
    message = refused(folder, "instruments/self_rated_health.yml", "    short:", "    shrot:").message
    assert "there is no key 'shrot' here; did you mean 'short'?" in message


def test_a_break_of_a_wave_acts_on_the_questions_it_names_and_on_no_other(folder):
    path = folder / "waves" / "2026.yml"
    told = "breaks:\n  - {wave: 2026, kind: wording, questions: [life_sat], note: {nb: x, en: x}}\n"
    path.write_text(path.read_text(encoding="utf-8") + told, encoding="utf-8")
    book = load(folder)
    known = {i.id: i for i in of_wave(book, 2026)}
    assert [b.kind for b in breaking(book, known["life_sat"], 2024, 2026)] == ["wording"]
    assert breaking(book, known["life_sat_high"], 2024, 2026) and not breaking(book, known["jss"], 2024, 2026)


@pytest.mark.parametrize(
    ("change", "told"),
    [("wave: 2024, kind: wording", "is 2024; a wave file declares the breaks of its own wave"),
     ("wave: 2026, questions: [life_satt], kind: wording", "there is no question 'life_satt'; did you mean 'life_sat'?"),
     ("wave: 2026, question: [life_sat], kind: wording", "there is no key 'question' here; did you mean 'questions'?")],
)  # fmt: skip
def test_a_break_that_does_not_fit(folder, change, told):
    path = folder / "waves" / "2026.yml"
    path.write_text(path.read_text(encoding="utf-8") + f"breaks:\n  - {{{change}, note: {{nb: x, en: x}}}}\n", encoding="utf-8")
    with pytest.raises(LegepaneletError) as error:
        load(folder)
    assert told in error.value.message


def test_a_key_that_stands_twice(folder):
    error = refused(folder, "waves/2026.yml", "mode:", "wave: 2027\nmode:")
    assert error.code == "CODEBOOK_YAML"
    assert "the key 'wave' stands twice" in error.message


def test_an_item_that_is_no_question(folder):
    assert (
        "there is no question 'jss_99'"
        in refused(folder, "instruments/job_satisfaction.yml", "items: [jss_01,", "items: [jss_99,").message
    )


def test_documented_needs_a_source(folder):
    path = folder / "waves/2019.yml"
    line = next(x for x in path.read_text(encoding="utf-8").splitlines() if x.strip().startswith("effort_reward:"))
    assert "`source`" in refused(folder, "waves/2019.yml", line, "  effort_reward: {asked: documented}").message


def test_a_changed_wording_forbids_comparison_and_a_new_mode_does_not(book):
    by_id = {i.id: i for i in of_wave(book, 2026)}
    changed = next(b for b in book.instruments["research_activity"].breaks if b.kind == "wording")
    indicator = next(i for i in by_id.values() if i.question in changed.questions)
    assert breaking(book, indicator, 2019, 2026)
    assert not breaking(book, by_id["jss"], 2019, 2024)
    assert any(b.kind == "mode" for b in breaks_between(book, by_id["jss"], 2019, 2024))


def test_a_change_is_measured_from_the_last_wave_that_asked(book):
    by_id = {i.id: i for i in of_wave(book, 2026)}
    assert last_asked(book, by_id["res_active_yes"], 2026, WAVES) == 2019
    assert last_asked(book, by_id["jss"], 2026, [1994, 2010]) == 2010
    assert last_asked(book, by_id["ai_use_yes"], 2026, WAVES) is None
