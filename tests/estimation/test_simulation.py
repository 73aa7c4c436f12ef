"""The simulation of `make simulate`, on a few panels: it runs, and the standard errors are of the size that a jackknife finds."""

import numpy as np
import pytest

from tools import simulate


@pytest.fixture(scope="module")
def panel():
    rng = np.random.default_rng(3)
    return simulate.draw(rng, 1)


def test_every_estimand_has_a_truth(panel):
    found = simulate.estimates(panel)
    assert {row[:3] for row in found} == set(simulate.truths())


def test_the_jackknife_leaves_out_groups_of_doctors_and_finds_errors_of_the_same_size(panel, monkeypatch):
    monkeypatch.setattr(simulate, "GROUPED", 20)
    knife = simulate.jackknife(panel, np.random.default_rng(4))
    ratios = [knife[row[:3]] / row[7] for row in simulate.estimates(panel) if row[3] >= 100]
    assert len(ratios) >= 30 and 0.8 < np.median(ratios) < 1.25


def test_the_page_tells_coverage_bias_and_both_errors(monkeypatch, tmp_path):
    monkeypatch.setattr(simulate, "GROUPED", 3)
    found, knife = simulate.simulate(2, 1, "coverage"), simulate.jackknifed(1)
    bias = simulate.simulate(1, 2.0, "odds").assign(odds=2.0)
    page = simulate.document(found, bias, knife, 2, 1, 1, 1.0)
    assert "| net change, hours | all |" in page and "## The standard errors beside a jackknife" in page and "| 2.00 | level |" in page
