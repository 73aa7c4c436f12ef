"""A table on demand is held against all that is out, and remembered."""

import pandas as pd
import pytest

from analysis.codebook import load
from analysis.codebook.indicators import of_wave
from analysis.errors import LegepaneletError
from analysis.estimation import on_demand as estimation
from analysis.panel import build
from analysis.results import files
from analysis.settings import settings
from analysis.table_on_demand import Request, check_data, refuse_isolating, requested

BOOK = load(settings().codebook)
NEVER = pd.DataFrame(columns=["date", "query", "data"])


@pytest.fixture(scope="module")
def panel(full):
    return build.load(full.folder / "data" / "derived" / "2026")


@pytest.fixture(scope="module")
def published(full):
    return files.read(full.output(2026, "results.csv"))


def out(*queries: str) -> pd.DataFrame:
    return pd.DataFrame([["2026-11-01", query, "a1"] for query in queries], columns=NEVER.columns)


def test_a_domain_is_estimated_as_the_report_does(full, panel):
    """Women by region are what R's `survey` gives for a subset: the women's row is the report's to the last digit."""
    exact = files.read(full.folder / "data" / "derived" / "2026" / "estimates.csv").set_index("id")
    indicators = [i for i in of_wave(BOOK, 2026) if i.id == "hours_total"]
    mine = estimation.estimate(BOOK, 2026, panel, indicators, (), {"sex": frozenset({"female"})}).iloc[0]
    theirs = exact.loc["2026.hours_total.mean.sex=female"]
    for figure in ("n", "estimate", "se", "lower", "upper"):
        assert mine[figure] == theirs[figure]


def test_what_isolates_somebody_with_earlier_tables_is_refused(panel, published):
    members = panel.analysed[panel.analysed["jss"].notna()]
    sizes = members.groupby(["specialty", "register_position"]).size()
    (specialty, position), _ = next((key, n) for key, n in sizes.items() if n < 5)
    others = ",".join(sorted(set(members["register_position"]) - {position}))
    before = out("publication", f"INDICATOR=jss BY=specialty WHERE=register_position={others}")
    asked = Request("jss", ("specialty",), {})
    with pytest.raises(LegepaneletError, match="TABLE_DISCLOSES") as error:
        refuse_isolating(asked, before, panel.analysed, published)
    assert "could be singled out" in error.value.message and specialty


def test_two_hundred_earlier_tables_are_looked_at(panel, published):
    indicators = [i.id for i in of_wave(BOOK, 2026) if not i.sensitive and i.id in panel.analysed][:40]
    queries = [f"INDICATOR={name} BY={by}" for name in indicators for by in ("region", "sex", "age_group,sex", "licence_period", "sex,region")]
    assert len(queries) == 200
    refuse_isolating(Request("jss", ("sex", "age_group"), {}), out(*queries), panel.analysed, published)


def test_the_same_table_of_other_data_is_refused():
    query = "INDICATOR=jss BY=region"
    check_data(out(query), query, "a1")
    with pytest.raises(LegepaneletError, match="TABLE_OTHER_DATA"):
        check_data(out(query), query, "b2")


@pytest.mark.parametrize(
    ("indicator", "by", "where", "code", "told"),
    [("jss_1", "", "", "TABLE_INDICATOR", "jss_10"), ("", "", "", "TABLE_INDICATOR", "results.csv"), ("jss", "hospital", "", "TABLE_BY", "specialty"),
     ("jss", "sex,region,specialty", "", "TABLE_BY", "one or two"), ("jss", "sex,sex", "", "TABLE_BY", "one or two"),
     ("jss", "position", "", "TABLE_BY", "register_position"), ("srh_good", "sex", "", "TABLE_SENSITIVE", "sensitive"),
     ("jss", "", "sex", "TABLE_WHERE", "variable=level"), ("jss", "", "sex=woman", "TABLE_WHERE", "female, male"),
     ("jss", "", "sex=", "TABLE_WHERE", "female, male"), ("jss", "", "doctor=D00001", "TABLE_WHERE", "variable=level"),
     ("jss", "", "sex=female; sex=male", "TABLE_WHERE", "once each"), ("jss", "", "sex=female; region=north", "TABLE_WHERE", "one variable")],
)  # fmt: skip
def test_a_request_that_cannot_be_met_is_told(indicator, by, where, code, told):
    with pytest.raises(LegepaneletError, match=code) as error:
        requested(BOOK, 2026, indicator, by, where)
    assert told in str(error.value)


def test_a_request_is_remembered_as_it_can_be_asked_again():
    request = requested(BOOK, 2026, "jss", "sex region", " region = north , west ")
    assert str(request) == "INDICATOR=jss BY=sex,region WHERE=region=north,west"
    assert Request.read(str(request)) == request and request.slug == "jss-sex-region-region-north-west"


def test_the_command_writes_a_page_and_a_file_and_remembers(live):
    done = live.run("table", "--indicator", "jss_01", "--by", "region", "--where", "sex=female", "--wave", "2026")
    assert done.returncode == 0, done.stderr
    page, rows = (live.folder / line for line in done.stdout.split())
    text = page.read_text(encoding="utf-8")
    assert "SYNTETISKE DATA" in text and "Avgrenset til: Kvinner." in text and "<script" not in text
    written = pd.read_csv(rows)
    assert set(written["data"]) == {"SYNTHETIC DATA"} and {"north", "west"} < set(written["level"].dropna())
    assert (written["n"] % 10 == 0).all() and "count" not in written
    told = "INDICATOR=jss_01 BY=region WHERE=sex=female"
    for memory in (live.folder / "published" / "synthetic" / "releases" / "2026.csv", live.data / "releases" / "2026.csv"):
        assert told in set(pd.read_csv(memory)["query"])
    assert f"Table {told}." in (live.folder / "published" / "LOG.md").read_text(encoding="utf-8")


def test_a_correction_of_a_sensitive_figure_needs_an_approver(live):
    """What is published says that five more had answered."""
    path = live.folder / "published" / "synthetic" / "2026" / "results.csv"
    before = path.read_bytes()
    old = pd.read_csv(path, dtype=str, keep_default_na=False)
    row = old["id"].eq("2026.srh_good.share")
    old.loc[row, "n"] = (old.loc[row, "n"].astype(int) + 5).astype(str)
    old.to_csv(path, index=False)
    again = ("publish", "--wave", "2026", "--documents", "ai-use")
    done = live.run(*again)
    assert done.returncode == 1 and "RELEASE_APPROVAL: 1 figures are others than those that are out" in done.stderr and "2026.srh_good.share" in done.stderr
    done = live.run(*again, "--approver", "Kari Nordmann", "--reason", "five withdrew")
    assert done.returncode == 0, done.stderr
    listed = pd.read_csv(live.folder / "published" / "synthetic" / "releases" / "2026-differences.csv")
    assert list(listed["id"]) == ["2026.srh_good.share"]
    assert "Approved by Kari Nordmann: five withdrew." in (live.folder / "published" / "LOG.md").read_text(encoding="utf-8")
    path.write_bytes(before)
