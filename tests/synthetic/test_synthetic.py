"""The synthetic panel: the same bytes every time, marked, and like what has been published."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from analysis.settings import settings
from analysis.synthetic import calibration, exports, population
from analysis.synthetic.answers import Traits, answer
from analysis.synthetic.fieldwork import samples


@pytest.fixture(scope="module")
def panel(book):
    doctors = population.simulate(settings().seed, 2026)
    return doctors, samples(book, doctors, settings().seed)


def digests(folder) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(book, tmp_path):
    some = book.model_copy(update={"waves": {w: book.waves[w] for w in (1994,)}})
    exports.write(some, tmp_path / "a", 7)
    exports.write(some, tmp_path / "b", 7)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    exports.write(some, tmp_path / "c", 8)
    assert digests(tmp_path / "a") != digests(tmp_path / "c")


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
