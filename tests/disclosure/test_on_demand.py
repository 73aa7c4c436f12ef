"""A table on demand goes through the same door as all else, and is remembered."""

import pandas as pd
import pytest

from analysis.codebook import load
from analysis.codebook.indicators import of_wave
from analysis.disclosure import attack, audit, on_demand, population, releases, rules
from analysis.errors import LegepaneletError
from analysis.estimation import on_demand as estimation
from analysis.panel import build
from analysis.settings import settings
from analysis.table_on_demand import Request, requested

BOOK = load(settings().codebook)


@pytest.fixture(scope="module")
def wave(full):
    """The wave's panel, its complete results and its published ones."""
    folder = full.folder / "data" / "derived" / "2026"
    published = rules.read_csv(full.output(2026, "results.csv")).assign(where="")
    return build.load(folder), pd.read_parquet(folder / "estimates.parquet").assign(where=""), published


def estimate(wave, request: Request) -> pd.DataFrame:
    indicators = [i for i in of_wave(BOOK, 2026) if i.id == request.indicator]
    return estimation.estimate(BOOK, 2026, wave[0], indicators, request.by, request.where)


def ask(wave, text: str, earlier: list[tuple[str, pd.DataFrame]] = ()) -> pd.DataFrame:
    """What is shown of a request (`INDICATOR=... BY=... WHERE=...`), after `earlier` ones with what they showed."""
    request = Request.read(text)
    kin = [*on_demand.family(BOOK, 2026, request.indicator), *attack.KNOWN]
    out, complete = (frame[frame["indicator"].isin(kin)] for frame in (wave[2], wave[1]))
    for what, shown in earlier:
        memory = releases.figures(shown).assign(release=1, date="", what=what)
        out, complete = on_demand.beside(out, complete, estimate(wave, Request.read(what)), memory)
    asked = estimate(wave, request)
    found = on_demand.protect(
        BOOK, 2026, asked, population.sizes(asked, wave[0].doctors, wave[0].population), out, complete
    )
    together = pd.concat([out, found[~found["id"].isin(out["id"])]], ignore_index=True)
    whole = pd.concat([complete, asked[~asked["id"].isin(complete["id"])]], ignore_index=True)
    assert "RECOVERABLE" not in set(audit.audit(BOOK, 2026, together, whole)["verdict"])
    return found


def test_a_domain_is_estimated_as_the_report_does(wave):
    """Women by position are the women's rows of position by sex, which R's `survey` confirms, to the last digit."""
    mine = estimate(wave, Request.read("INDICATOR=hours_total BY=position WHERE=sex=female")).set_index("level")
    theirs = (
        wave[1]
        .query("indicator == 'hours_total' and by == 'position' and level2 == 'female' and statistic == 'mean'")
        .set_index("level")
    )
    for level in theirs.index:
        for figure in ("n", "estimate", "se", "lower", "upper"):
            assert mine.loc[level, figure] == theirs.loc[level, figure]


def test_what_the_report_shows_and_hides_stands_as_it_is_there(wave):
    found = ask(wave, "INDICATOR=hours_over_48 BY=position,sex").set_index("id")
    published = wave[2].set_index("id").loc[found.index]
    assert found["status"].equals(published["status"]) and {"shown", "hidden_small"} <= set(found["status"])


def test_small_groups_of_other_variables_are_hidden_and_cannot_be_computed(wave):
    found = ask(wave, "INDICATOR=hours_over_48 BY=specialty WHERE=region=north")
    shown = found[found["status"] == "shown"]
    assert len(shown) > 4 and shown["n"].min() >= rules.SMALLEST_BASE
    assert found["status"].str.startswith("hidden").sum() >= 2  # one alone could be computed from the total


def test_a_second_table_may_not_undo_what_the_first_hides(wave):
    first = "INDICATOR=hours_over_48 BY=specialty WHERE=region=north"
    shown = ask(wave, first)
    lost = set(shown.loc[shown["status"].str.startswith("hidden"), "level"])
    second = ask(wave, "INDICATOR=hours_over_48 BY=region WHERE=specialty=community_medicine", [(first, shown)])
    assert "community_medicine" in lost
    assert second.set_index("level").loc["north", "status"].startswith("hidden")


def test_a_sum_that_gives_a_hidden_group_away_is_refused(wave):
    """GPs are hidden for the sake of private specialists: with registrars, who are shown, they may not be shown either."""
    hidden = (
        wave[2]
        .query("indicator == 'res_protected' and by == 'position' and category == 1")
        .set_index("level")["status"]
    )
    assert hidden["gp"].startswith("hidden") and hidden["registrar"] == "shown"
    with pytest.raises(LegepaneletError, match="TABLE_DISCLOSES"):
        ask(wave, "INDICATOR=res_protected WHERE=position=gp,registrar")


def test_two_groups_that_leave_too_few_between_them_are_not_both_shown(wave):
    """All regions but one, of a specialty whose total is out: nobody asked for the few that are left."""
    first = "INDICATOR=jss WHERE=specialty=community_medicine"
    shown = ask(wave, first)
    assert shown["status"].tolist() == ["shown"]
    with pytest.raises(LegepaneletError, match="TABLE_DISCLOSES"):
        ask(wave, "INDICATOR=jss WHERE=specialty=community_medicine;region=mid,south_east,west", [(first, shown)])


def test_a_sensitive_item_is_shown_by_sex_or_age_and_no_finer(wave):
    found = ask(wave, "INDICATOR=srh_good BY=age_group WHERE=sex=female")
    assert found["status"].tolist() == ["shown", "hidden_small", "hidden_small", "hidden_small"]
    with pytest.raises(LegepaneletError, match="TABLE_DISCLOSES"):
        ask(wave, "INDICATOR=srh_good WHERE=region=north")


def test_a_group_of_nobody_is_told(wave):
    with pytest.raises(LegepaneletError, match="TABLE_EMPTY"):
        ask(wave, "INDICATOR=jss WHERE=position=registrar;region=north;specialty=community_medicine")


@pytest.mark.parametrize(
    ("indicator", "by", "where", "code", "told"),
    [("jss_1", "", "", "TABLE_INDICATOR", "jss_10"), ("", "", "", "TABLE_INDICATOR", "results.csv"), ("jss", "hospital", "", "TABLE_BY", "specialty"),
     ("jss", "sex,region,position", "", "TABLE_BY", "one or two"), ("jss", "sex,sex", "", "TABLE_BY", "one or two"),
     ("jss", "", "sex", "TABLE_WHERE", "variable=level"), ("jss", "", "sex=woman", "TABLE_WHERE", "female, male"),
     ("jss", "", "sex=", "TABLE_WHERE", "female, male"), ("jss", "", "doctor=D00001", "TABLE_WHERE", "variable=level"),
     ("jss", "", "sex=female; sex=male", "TABLE_WHERE", "once each")],
)  # fmt: skip
def test_a_request_that_cannot_be_met_is_told(indicator, by, where, code, told):
    with pytest.raises(LegepaneletError, match=code) as error:
        requested(BOOK, 2026, indicator, by, where)
    assert told in str(error.value)


def test_a_request_is_remembered_as_it_can_be_asked_again():
    request = requested(BOOK, 2026, "jss", "sex region", " region = north , west ; sex=female")
    assert str(request) == "INDICATOR=jss BY=sex,region WHERE=region=north,west;sex=female"
    assert Request.read(str(request)) == request and request.slug == "jss-sex-region-region-north-west-sex-female"


def test_the_command_writes_a_page_and_a_file_and_remembers(live):
    done = live.run("table", "--indicator", "jss_01", "--by", "region", "--where", "sex=female", "--wave", "2026")
    assert done.returncode == 0, done.stderr
    page, rows = (live.folder / line for line in done.stdout.split())
    text = page.read_text(encoding="utf-8")
    assert "SYNTETISKE DATA" in text and "Avgrenset til: Kvinner." in text and "<script" not in text
    written = pd.read_csv(rows)
    assert set(written["data"]) == {"SYNTHETIC DATA"} and {"north", "west"} < set(written["level"].dropna())
    memory = pd.read_csv(live.folder / "published" / "synthetic" / "releases" / "2026.csv", keep_default_na=False)
    told = "INDICATOR=jss_01 BY=region WHERE=sex=female"
    assert (memory["what"] == told).sum() == len(written)
    assert f"Table {told}." in (live.folder / "published" / "LOG.md").read_text(encoding="utf-8")


def test_a_correction_by_one_doctor_needs_an_approver(live):
    """The memory says that one doctor more had answered when the wave was published."""
    path = live.folder / "published" / "synthetic" / "releases" / "2026.csv"
    before, log = path.read_bytes(), live.folder / "published" / "LOG.md"
    memory = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = memory["id"].isin(["2026.srh_good.share", "2026.jss.mean"])
    memory.loc[rows, "n"] = (memory.loc[rows, "n"].astype(int) + 1).astype(str)
    memory.to_csv(path, index=False)
    again = ("publish", "--wave", "2026", "--documents", "ai-use")
    done = live.run(*again)
    assert (
        done.returncode == 1
        and "RELEASE_APPROVAL: 1 figures of sensitive items" in done.stderr
        and "APPROVER" in done.stderr
    )
    assert done.stderr.count("2026.srh_good.share") == 2
    done = live.run(*again, "--approver", "Kari Nordmann", "--reason", "a doctor withdrew")
    assert done.returncode == 0, done.stderr
    listed = pd.read_csv(path.with_name("2026-differences.csv"))
    assert set(listed["id"]) == {"2026.srh_good.share", "2026.jss.mean"} and set(listed["doctors"]) == {1}
    assert "approved by Kari Nordmann" in log.read_text(encoding="utf-8")
    path.write_bytes(before)
