"""Claims: of each family one and only one holds, and none holds of what has no result."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.presentation import claims
from analysis.presentation.floats import ABSENT
from analysis.presentation.provenance import plain


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


@pytest.fixture
def here(full, monkeypatch):
    """The report of 2026 in Norwegian, as a document's kernel has it."""
    import analysis.presentation.report as report

    monkeypatch.setattr(report, "settings", lambda: _Settings(full))
    return report.Report.of(2026, "nb")


@pytest.mark.parametrize(
    ("ask", "told"),
    [(lambda r: r.value("jss", by="position", level="fastlege"), "with level 'fastlege'"),
     (lambda r: r.value("jss", by="stilling", level="gp"), "with by 'stilling'; near it: "),
     (lambda r: r.value("jss", wave=2011), "2011 has no result of 'jss'"),
     (lambda r: r.value("jss", "medain"), "with statistic 'medain'; near it: "),
     (lambda r: r.gap("jss", "sex", "male", "female"), "'male'; near it: female"),
     (lambda r: r.points("jss", since=1995), "with vs_wave '1995'; near it: "),
     (lambda r: r.change("jss", since=1995), "with vs_wave '1995'"),
     (lambda r: r.size("jss", since=1995), "with vs_wave '1995'"),
     (lambda r: r.count("flow", "answerd"), "with level 'answerd'; near it: answered"),
     (lambda r: r.odds("ai_use_yes", "ai-use", "sex=kvinne"), "with term 'sex=kvinne'; near it: "),
     (lambda r: r.p_holm("ai-use", "jss"), "with model 'ai-use'"),
     (lambda r: r.response_rate("rr9"), "with statistic 'rr9'; near it: rr"),
     (lambda r: r.quality("kish"), "near it: kish_deff"), (lambda r: r.alpha("jsss"), "no indicator 'jsss'; near it: jss"),
     (lambda r: r.theme("job_satisfction"), "there is no instrument 'job_satisfction'; near it: job_satisfaction"),
     (lambda r: r.figure("line", "jss"), "there is no kind of figure 'line'"), (lambda r: r.table("group", "jss"), "there is no kind of table 'group'; near it: groups"),
     (lambda r: r.figure("block", "jss_item"), "there is no block 'jss_item'; near it: jss_items")],
)  # fmt: skip
def test_what_there_is_not_stops_with_the_nearest_names(here, ask, told):
    with pytest.raises(LookupError) as error:
        ask(here)
    assert told in str(error.value)


def test_a_change_or_a_difference_keeps_its_sign_and_a_size_has_none(here):
    row = here.difference_row("ai_use_yes", "sex", "female", "male")
    assert row.estimate < 0
    assert plain(str(here.gap("ai_use_yes", "sex", "female", "male"))).startswith("\u2212")
    assert plain(str(here.size("ai_use_yes", "sex", "female", "male")))[0].isdigit()
    down = here.change_row("res_phd_plans", since=2019)
    assert down.estimate < 0 and plain(str(here.points("res_phd_plans", 2019))).startswith("\u2212")


def test_a_share_of_others_than_all_says_of_whom(here):
    assert "leger som bruker kunstig intelligens" in str(here.share("ai_often_weekly"))
    assert here.label_of("ai_often_weekly").endswith("(leger som bruker kunstig intelligens)")
    assert "leger" not in str(here.share("ai_use_yes"))


def test_what_the_wave_did_not_ask_marks_its_section(here):
    asked = {i.id for i in here.indicators}
    other = next(name for name in here.known if name not in asked and name != "position")
    for text in (here.value(other), here.share(other), here.change(other), here.points(other), here.figure("trend", other), here.table("groups", other)):
        assert text == ABSENT


class _Settings:
    """The settings of the project that the tests made."""

    def __init__(self, project):
        self.codebook = project.folder / "data" / "codebook"
        self.output = project.folder / "_output"
        self.reports = project.folder / "reports"
