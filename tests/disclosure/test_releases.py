"""Release memory: what two releases of one wave tell together."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure import differencing, releases
from analysis.errors import LegepaneletError
from tests.made import results as table

SENSITIVE = {"srh_good"}


def figures(n: int, count: int, indicator: str = "srh_good", where: str = "", **more) -> pd.DataFrame:
    row = {"kind": "estimate", "indicator": indicator, "statistic": "share", "n": n, "count": count, "estimate": 0.5}
    return releases.figures(table([row | more], 2026).assign(where=where))


def remembered(*found: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(
        [f.assign(release=i, date="2026-11-23", what="publication") for i, f in enumerate(found, 1)], ignore_index=True
    )


@pytest.mark.parametrize(
    ("n", "count", "doctors"),
    [(400, 200, None), (396, 200, 4), (395, 195, None), (404, 200, 4), (400, 204, 4), (400, 199, 1)],
)
def test_a_correction_isolates_those_it_differs_by(n, count, doctors):
    found = differencing.differences(figures(n, count), remembered(figures(400, 200)), SENSITIVE)
    assert found["doctors"].tolist() == ([] if doctors is None else [doctors])


def test_a_release_is_compared_with_every_one_before_it():
    memory = remembered(figures(400, 200), figures(300, 150))
    found = differencing.differences(figures(398, 199), memory, SENSITIVE)
    assert found["release"].tolist() == [1] and found["sensitive"].all()


@pytest.mark.parametrize(("n", "told"), [(396, True), (395, False)])
def test_a_group_within_a_group_that_is_out(n, told):
    """Women without those of four: who is left out can be computed."""
    memory = remembered(figures(400, 200, by="sex", level="female"))
    new = figures(n, 190, where="region=mid,north,west;sex=female")
    assert bool(len(differencing.differences(new, memory, SENSITIVE))) is told


def test_groups_that_only_overlap_are_not_compared():
    memory = remembered(figures(400, 200, where="sex=female"))
    assert differencing.differences(figures(398, 200, where="region=north"), memory, SENSITIVE).empty


def cut(indicator: str = "srh_good", **n: int) -> pd.DataFrame:
    """A release of one share by age, cut into the groups named."""
    return pd.concat(
        [figures(size, size // 2, indicator, by="age_group", level=level) for level, size in n.items()],
        ignore_index=True,
    )


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (
            {"to_44": 597, "from_45": 403},
            ["to_44", "from_45"],
        ),  # three doctors between 40 and 44: each group tells on them
        ({"to_44": 560, "from_45": 440}, []),
        ({"to_44": 600, "from_45": 400}, []),  # the same group by another name
        ({"to_39": 300, "from_40_to_49": 302, "from_50": 398}, ["from_40_to_49", "from_50"]),
    ],
)
def test_another_grouping_isolates_those_between_the_groups(groups, expected):
    """Earlier the wave was cut into under 40, 40 to 54 and over 54."""
    memory = remembered(cut(under_40=300, to_54=300, over_54=400))
    found = differencing.differences(cut(**groups), memory, SENSITIVE)
    assert sorted({level for r in found.itertuples() for level in groups if f"age_group={level}" in r.id}) == sorted(
        expected
    )
    assert found["doctors"].lt(5).all() and found["sensitive"].all()


def test_groups_that_lie_close_in_one_item_only_are_others():
    memory = remembered(pd.concat([cut(a=300, b=700), cut("life_sat_high", a=200, b=600)], ignore_index=True))
    assert differencing.differences(
        pd.concat([cut(c=302, d=698), cut("life_sat_high", c=280, d=520)]), memory, SENSITIVE
    ).empty


def hidden(rows: pd.DataFrame, *names: str) -> pd.DataFrame:
    return rows.assign(status=rows["status"].mask(rows["id"].isin(names), "hidden_to_protect"),
                       **{c: rows[c].mask(rows["id"].isin(names)) for c in ("n", "count")})  # fmt: skip


def test_what_an_earlier_release_showed_is_known_though_it_is_hidden_now():
    """Of a question of which a figure has changed since, nothing is put together: those are other answers."""
    rows = [
        {"kind": "estimate", "indicator": "srh", "statistic": "share", "category": c, "n": 400, "count": n}
        for c, n in ((1, 200), (2, 196), (3, 4))
    ]
    first = table(rows, 2026).assign(where="")
    now, question = hidden(first, "2026.srh.c2.share", "2026.srh.c3.share"), {"srh": "srh"}
    memory = remembered(releases.figures(hidden(first, "2026.srh.c1.share", "2026.srh.c3.share")))
    assert differencing.put_back(now, memory, question)["status"].tolist() == ["shown", "shown", "hidden_to_protect"]
    assert differencing.put_back(now, memory, question)["count"].tolist()[:2] == [200, 196]
    changed = memory.assign(count=memory["count"].replace(196, 195))
    also = pd.concat([changed, remembered(releases.figures(first.iloc[[0]].assign(count=199)))])
    assert differencing.put_back(now, also, question)["status"].equals(now["status"])


def test_a_hidden_figure_that_the_releases_give_away_needs_an_approver():
    nothing = differencing.differences(figures(400, 200), remembered(figures(400, 200)), SENSITIVE)
    with pytest.raises(LegepaneletError, match="RELEASE_APPROVAL") as error:
        releases.approve(nothing, ["2026.srh.c5.share"], "", "")
    assert error.value.message.endswith("from this release and those before it:\n2026.srh.c5.share")
    releases.approve(nothing, ["2026.srh.c5.share"], "Kari", "the rules are stricter now")


def test_few_doctors_on_a_sensitive_item_need_somebody_who_answers_for_it():
    found = differencing.differences(figures(399, 200), remembered(figures(400, 200)), SENSITIVE)
    for approver, reason in (("", ""), ("Kari", ""), ("", "a doctor withdrew"), (" ", " ")):
        with pytest.raises(LegepaneletError, match="RELEASE_APPROVAL") as error:
            releases.approve(found, [], approver, reason)
        assert "2026.srh_good.share counts 399, 2026.srh_good.share of release 1 400" in error.value.message
    releases.approve(found, [], "Kari", "a doctor withdrew")
    ordinary = differencing.differences(
        figures(399, 200, "life_sat_high"), remembered(figures(400, 200, "life_sat_high")), SENSITIVE
    )
    assert len(ordinary) == 1
    releases.approve(ordinary, [], "", "")


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(10, 500), st.integers(0, 500)), min_size=1, max_size=6))
def test_what_is_remembered_is_never_forgotten_and_the_same_release_adds_nothing(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("memory") / "2026.csv"
    for n, count in numbers:
        new = figures(n, min(n, count))
        releases.remember(path, new, "publication", "2026-11-23")
        before = path.read_bytes()
        releases.remember(path, new, "publication", "2026-11-24")
        assert path.read_bytes() == before
    memory = releases.read(path)
    assert set(zip(memory["n"], memory["count"], strict=True)) == {(n, min(n, count)) for n, count in numbers}
    assert differencing.differences(
        figures(*map(int, memory[["n", "count"]].iloc[0])), memory.iloc[[0]], SENSITIVE
    ).empty


def test_a_damaged_memory_is_named(tmp_path):
    path = tmp_path / "2026.csv"
    path.write_text("x\n1\n", encoding="utf-8")
    with pytest.raises(LegepaneletError, match="FILE_UNREADABLE"):
        releases.read(path)
