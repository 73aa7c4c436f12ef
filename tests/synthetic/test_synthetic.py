"""The synthetic panel: the same bytes every time, marked, and like what has been published."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from analysis.errors import LegepaneletError
from analysis.settings import settings
from analysis.synthetic import calibration, exports, population
from analysis.synthetic.answers import Traits, answer
from analysis.synthetic.fieldwork import samples


@pytest.fixture(scope="module")
def panel(book):
    doctors = population.simulate(settings().seed, 2026)
    return doctors, samples(list(book.waves), doctors, settings().seed)


def digests(folder) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def make(book, folder, seed: int) -> None:
    """Writes the raw exports of all waves of the codebook."""
    drawn = folder.with_name("drawn-doctors"), folder.with_name("drawn-samples")
    exports.draw(list(book.waves), drawn, seed)
    try:
        for wave in book.waves:
            exports.write(book, wave, drawn, folder, seed)
    finally:
        for path in drawn:
            path.unlink()


def test_the_same_seed_gives_the_same_bytes(book, all_data, tmp_path):
    """Those that another process has made, of all waves."""
    some = book.model_copy(update={"waves": {w: book.waves[w] for w in (1994,)}})
    make(some, tmp_path / "a", settings().seed)
    assert digests(tmp_path / "a" / "1994") == digests(all_data / "1994")
    make(some, tmp_path / "b", settings().seed + 1)
    assert digests(tmp_path / "b" / "1994") != digests(all_data / "1994")


def test_every_sample_says_that_it_is_synthetic(all_data, book):
    for wave in book.waves:
        assert set(pd.read_csv(all_data / str(wave) / "sample.csv")["synthetic"]) == {1}


def test_the_formats_are_those_of_the_time(all_data, book):
    assert {w: next((all_data / str(w)).glob("answers.*")).suffix[1:] for w in book.waves} == {
        w: wave.export for w, wave in book.waves.items()
    }
    assert {"sav", "csv", "xlsx"} == {wave.export for wave in book.waves.values()}


@pytest.mark.commands  # the whole panel is made
def test_nine_of_ten_targets_lie_within_two_standard_errors(book):
    found = calibration.compare(book, settings().seed)
    assert len(found) > 100
    assert (found["difference"].abs().fillna(0) <= 2).mean() >= 0.9
    invited = found[found["id"].str.startswith("invited_")]
    assert (invited["synthetic"] == invited["published"]).all()


def test_every_figure_that_is_no_target_has_a_reason():
    table = calibration.published()
    assert set(table["status"]) == {"target", "conflict", "context"}
    assert table.loc[table["status"] != "target", "reason"].str.len().min() > 5


def test_hours_are_heaped_and_skewed(book, panel):
    doctors, waves = panel
    answers = answer(book, 2024, waves[2024], Traits(settings().seed, len(doctors)))["hours_total"]
    hours = answers[answers <= 120]
    assert hours.isin([40, 45, 48, 50, 55, 60]).mean() > 0.5
    assert hours.skew() > 0.2


def test_a_doctors_answers_go_together(book, panel):
    """Between the items of a scale, and over time within a doctor."""
    doctors, waves = panel
    traits = Traits(settings().seed, len(doctors))
    scores = {}
    for wave in (2024, 2026):
        found = answer(book, wave, waves[wave], traits, only={f"jss_{i:02d}" for i in range(1, 11)})
        items = found[[f"jss_{i:02d}" for i in range(1, 11)]]
        off = items.corr().to_numpy()[np.triu_indices(10, 1)]
        assert 0.25 < off.mean() < 0.6
        scores[wave] = items.mean(axis=1).set_axis(found["row"])
    both = pd.concat(scores, axis=1).dropna()
    assert len(both) > 1000
    assert 0.4 < both.corr().iloc[0, 1] < 0.9


def test_the_population_has_the_published_size(panel):
    doctors, _ = panel
    for year, size in ((1994, 12_076), (2014, 24_527), (2018, 27_540)):
        assert abs(population.working(doctors, year).sum() - size) <= size * 0.001


def few(book, *waves):
    """The codebook with these waves only, and one instrument beside the background; a wave it has not is the last one again."""
    asked = book.waves[2026].instruments
    kept = {name: asked[name] for name in ("background", "job_satisfaction", "working_hours")}
    held = {w: book.waves.get(w, book.waves[2026]).model_copy(update={"wave": w, "instruments": kept, "export": "csv"}) for w in waves}
    return book.model_copy(update={"waves": held})


def written(folder) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.commands  # two panels are made
def test_a_wave_after_the_last_changes_no_earlier_one(book, tmp_path):
    make(few(book, 2026), tmp_path / "now", settings().seed)
    make(few(book, 2026, 2028, 2030), tmp_path / "later", settings().seed)
    now, later = (written(tmp_path / name) for name in ("now", "later"))
    assert now.items() <= later.items()
    assert {name.split("/")[0] for name in later.keys() - now.keys()} == {"2028", "2030"}


@pytest.mark.commands
def test_writing_that_fails_leaves_nothing_half_made(book, tmp_path, monkeypatch):
    folder = tmp_path / "trial"
    make(few(book, 2026), folder, settings().seed)
    before = written(folder)

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports, "answer", fail)
    with pytest.raises(OSError):
        make(few(book, 2026), folder, 7)
    with pytest.raises(OSError):
        make(few(book, 2026), tmp_path / "new", 7)
    assert written(folder) == before and {p.name for p in tmp_path.iterdir()} == {"trial"}


def test_every_question_without_an_assumption_is_named_before_anything_is_made(book, tmp_path, monkeypatch):
    from analysis.synthetic import assumptions

    known = {q: spec for q, spec in assumptions.questions().items() if q not in ("jss_01", "jss_02")}
    monkeypatch.setattr(assumptions, "questions", lambda: known)
    with pytest.raises(LegepaneletError, match=r"ASSUMPTION_MISSING") as error:
        make(few(book, 2026), tmp_path / "data", settings().seed)
    assert "'jss_01'" in error.value.message and "'jss_02'" in error.value.message and not (tmp_path / "data").exists()


@pytest.mark.parametrize(("text", "told"), [("jss_01: {shars: {all: {2026: [1, 2]}}}", "there is no key 'shars' here; did you mean 'shares'?"),
                                            ("jss_01: {shares: {consultants: {2026: [1, 2]}}}", "line 1: jss_01.shares.consultants")])  # fmt: skip
def test_a_misspelt_assumption_is_told_with_its_line(tmp_path, monkeypatch, text, told):
    from analysis.synthetic import assumptions

    (tmp_path / "job_satisfaction.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(assumptions, "FOLDER", tmp_path)
    with pytest.raises(LegepaneletError, match="ASSUMPTION_FIELD") as error:
        assumptions.questions.__wrapped__()
    assert told in error.value.message
