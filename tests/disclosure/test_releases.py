"""Releases together: no tables, however many, isolate a few persons."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure import releases
from analysis.disclosure.releases import cells_of, isolated
from analysis.errors import LegepaneletError
from analysis.releasing import approve
from tests.made import results as table


def people(**groups: int) -> pd.DataFrame:
    """So many persons of each `<position>_<region>`."""
    rows = [tuple(name.split("_")) for name, n in groups.items() for _ in range(n)]
    return pd.DataFrame(rows, columns=["position", "region"])


MEMBERS = people(senior_west=149, senior_north=476, administrative_west=1, administrative_north=60, junior_west=200, junior_north=300)


def of(members: pd.DataFrame, *cells: dict[str, str]) -> list[str]:
    return [one.who for one in isolated(members, [{v: frozenset(levels.split(",")) for v, levels in cell.items()} for cell in cells])]


def test_three_tables_that_isolate_one_person():
    """150 in the west, administrative or senior; 625 seniors; 476 of them elsewhere: 150 - (625 - 476) is one."""
    tables = [{"region": "west", "position": "administrative,senior"}, {"position": "senior"}, {"region": "north", "position": "senior"}]
    for two in ((0, 1), (0, 2), (1, 2)):
        assert of(MEMBERS, *(tables[i] for i in two)) == []
    assert of(MEMBERS, *tables) == ["position=administrative, region=west"]


def test_two_tables_a_group_within_a_group():
    assert of(MEMBERS, {"position": "administrative"}, {"position": "administrative", "region": "north"}) == ["position=administrative, region=west"]


def test_two_classes_that_are_few_together():
    members = people(a_x=2, a_y=2, a_z=90, b_x=50, b_y=50, b_z=50)
    assert of(members, {"position": "a"}, {"position": "a", "region": "z"}) == ["position=a, region=x and position=a, region=y"]
    assert of(people(a_x=3, a_y=2, a_z=90, b_x=50, b_y=50, b_z=50), {"position": "a"}, {"position": "a", "region": "z"}) == []  # five together


def test_the_total_is_always_known():
    assert of(people(a_x=3, b_x=100, b_y=100), {"position": "b"}) == ["position=a, region=x"] or of(people(a_x=3, b_x=100, b_y=100), {"position": "b"}) == [
        "position=a"]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=12, max_size=12), st.lists(st.tuples(st.integers(1, 7), st.integers(1, 15)), min_size=1, max_size=5))
def test_what_is_not_refused_leaves_every_small_class_open(sizes, asked):
    """Whoever knows all cells can still think of another number for each class of few: one that no cell tells apart."""
    places = [(p, r) for p in "abc" for r in "wxyz"]
    members = pd.DataFrame([place for place, n in zip(places, sizes, strict=True) for _ in range(n)], columns=["position", "region"])
    if members.empty:
        return
    cells = [{"position": frozenset(p for i, p in enumerate("abc") if one >> i & 1), "region": frozenset(r for i, r in enumerate("wxyz") if two >> i & 1)}
             for one, two in asked]  # fmt: skip
    told = {one.who for one in isolated(members, cells)}
    classes = members.drop_duplicates().to_records(index=False).tolist()
    matrix = np.array([[p in c["position"] and r in c["region"] for p, r in classes] for c in cells] + [[True] * len(classes)], dtype=float)
    for place, (p, r) in enumerate(classes):
        n = int(((members["position"] == p) & (members["region"] == r)).sum())
        goal = np.eye(len(classes))[place]
        solved = np.linalg.lstsq(matrix.T, goal, rcond=None)[0]
        if n < releases.FEW and np.allclose(matrix.T @ solved, goal, atol=1e-8):
            assert f"position={p}, region={r}" in told


def test_the_cells_of_a_table_are_all_by_each_group_and_by_both():
    cells = cells_of(("position",), {"region": frozenset({"west"})}, MEMBERS)
    assert len(cells) == 1 + 3 and all(cell["region"] == {"west"} for cell in cells)
    assert len(cells_of(("position", "region"), {}, MEMBERS)) == 1 + 3 + 2 + 6


def rows(n: dict[str, int], indicator: str = "hours_over_48", **more) -> pd.DataFrame:
    parts = [{"indicator": indicator, "statistic": "share", "n": size, "count": size // 2, "estimate": 0.5234, "lower": 0.4111, "upper": 0.6222,
              "by": "region" if level else "", "level": level} | more for level, size in n.items()]  # fmt: skip
    return table(parts, 2026).assign(where="")


def released(book, found: pd.DataFrame, persons: float = 1000) -> pd.DataFrame:
    return releases.released(book, found, pd.Series(persons, index=found.index))


def test_a_table_is_given_in_tens_and_whole_per_cent_without_counts(book):
    found = released(book, rows({"": 1234, "north": 234}))
    assert found["n"].tolist() == [1230, 230] and found["estimate"].tolist() == [0.52, 0.52]
    assert found["lower"].tolist() == [0.41, 0.41] and found["count"].isna().all() and found["se"].isna().all()


@pytest.mark.parametrize(("n", "persons", "told"), [
    ({"": 99}, 1000, "rests on 99 answers; 100 are needed"), ({"": 100, "north": 9}, 1000, "too few in north: each group needs 10 answers"),
    ({"": 100, "north": 90}, 49, "50 persons in the population"),
])  # fmt: skip
def test_a_table_is_whole_or_refused(book, n, persons, told):
    with pytest.raises(LegepaneletError, match="TABLE_SMALL") as error:
        released(book, rows(n), persons)
    assert told in error.value.message


def test_the_smallest_that_is_given(book):
    assert len(released(book, rows({"": 100, "north": 10, "west": 90}), 50)) == 3


def test_a_correction_of_few_or_of_a_sensitive_figure_is_listed_and_needs_an_approver():
    old = pd.concat([rows({"": 400}), rows({"": 400}, "srh_good"), rows({"": 800}, "jss_high")])
    new = pd.concat([rows({"": 397}), rows({"": 395}, "srh_good"), rows({"": 700}, "jss_high")])
    found = releases.corrected(old, new, new["indicator"].eq("srh_good"))
    assert list(found["id"]) == ["2026.hours_over_48.share", "2026.srh_good.share"]
    with pytest.raises(LegepaneletError, match="RELEASE_APPROVAL") as error:
        approve(found, "", "")
    assert error.value.message.splitlines()[1:] == ["2026.srh_good.share", "2026.hours_over_48.share"]  # what is sensitive first
    approve(found, "Kari Nordmann", "a member withdrew")
