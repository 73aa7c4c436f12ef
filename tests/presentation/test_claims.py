"""Claims: of each family one and only one holds, and none holds of what has no result."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.presentation import claims


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0.01, 0.5))
def test_a_direction_is_up_down_none_or_uncertain_by_its_interval(middle, reach, margin):
    lower, upper = middle - reach, middle + reach
    found = claims.direction(lower, upper, 0, margin)
    assert (found == "up") == (lower > 0)
    assert (found == "down") == (upper < 0)
    if found == "none":
        assert -margin <= lower <= 0 <= upper <= margin
    if found == "uncertain":
        assert lower <= 0 <= upper and (lower < -margin or upper > margin)


@pytest.mark.parametrize(
    ("lower", "upper", "found"),
    [
        (0.0, 0.04, "none"),
        (0.0001, 0.04, "up"),
        (-0.05, 0.05, "none"),
        (-0.0501, 0.05, "uncertain"),
        (-0.04, 0.0, "none"),
        (-0.04, -0.0001, "down"),
    ],
)
def test_the_boundaries(lower, upper, found):
    assert claims.direction(lower, upper, 0, 0.05) == found


def test_an_odds_ratio_is_held_against_one_and_never_called_equal():
    assert claims.direction(1.01, 2, 1, None) == "up"
    assert claims.direction(0.99, 1.01, 1, None) == "uncertain"


def test_every_claim_of_the_documents_is_known_and_an_unknown_one_is_refused(full, monkeypatch):
    import analysis.presentation.report as report

    monkeypatch.setattr(report, "settings", lambda: _Settings(full))
    here = report.Report.of(2026, "nb")
    assert str(here.claim("most", "ai_use_yes")) == ""
    assert "{.unsupported}" in str(here.claim("minority", "ai_use_yes"))
    assert "there is no result" in str(here.claim("rose", "ai_use_yes"))
    assert sum(str(here.claim(kind, "ai_use_yes")) == "" for kind in ("most", "minority", "about_half")) == 1
    kinds = ("rose", "fell", "unchanged", "change_uncertain")
    for name in ("res_time_agree", "res_active_yes", "res_culture_agree", "jss"):
        assert sum(str(here.claim(kind, name)) == "" for kind in kinds) == 1
    with pytest.raises(ValueError, match="not a claim"):
        here.claim("soared", "ai_use_yes")


class _Settings:
    """The settings of the project that the tests made."""

    def __init__(self, project):
        self.codebook = project.folder / "data" / "codebook"
        self.output = project.folder / "_output"
        self.reports = project.folder / "reports"
