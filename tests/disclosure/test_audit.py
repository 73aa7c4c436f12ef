"""The attacker against the protector: nothing hidden can be computed, and each secondary suppression is needed for that."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.codebook import load
from analysis.disclosure import attack, audit, linked, rules, secondary
from analysis.errors import LegepaneletError
from analysis.settings import settings as project
from tests.made import results as table

BOOK = load(project().codebook)
QUESTION, GOOD = "srh", "srh_good"  # self-rated health, five categories; good: the first two
BY = {"": [""], "sex": ["female", "male"], "age_group": ["under_40", "40_54", "55_69"]}


def results(answers: np.ndarray) -> pd.DataFrame:
    """The results of a health question from persons by category x sex x age, all weighing the same."""
    rows, total = [], answers.sum()
    for by, levels in BY.items():
        for place, level in enumerate(levels):
            here = {
                "": answers.sum(axis=(1, 2)),
                "sex": answers[:, place % 2].sum(axis=1),
                "age_group": answers[:, :, place].sum(axis=1),
            }[by]
            n = int(here.sum())
            common = {
                "kind": "estimate",
                "statistic": "share",
                "unit": "share",
                "n": n,
                "n_missing": 0,
                "by": by,
                "level": level,
            }
            if n:
                rows += [
                    common
                    | {"indicator": QUESTION, "category": c, "count": int(here[c - 1]), "estimate": here[c - 1] / n}
                    for c in range(1, 6)
                ]
                rows.append(common | {"indicator": GOOD, "count": int(here[:2].sum()), "estimate": here[:2].sum() / n})
                if by:
                    rows.append({"kind": "count", "indicator": "representativeness", "statistic": "share_weighted", "by": by, "level": level,
                                 "weighting": "cross", "n": int(total), "estimate": n / total, "unit": "share"})  # fmt: skip
    return table(rows, 2026)


def attacked(complete: pd.DataFrame, why: pd.Series) -> pd.DataFrame:
    return audit.audit(BOOK, 2026, rules.publishable(complete, why), complete)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=30, max_size=30))
def test_no_hidden_count_can_be_computed_whatever_the_answers(numbers):
    complete = results(np.array(numbers).reshape(5, 2, 3) + 1)
    why = rules.reasons(BOOK, 2026, complete)
    assert why.equals(rules.reasons(BOOK, 2026, complete))  # the same input hides the same cells
    assert set(attacked(complete, why)["verdict"]) <= {"safe"}


def example() -> pd.DataFrame:
    """Nobody of the women under 40 is in poor health; enough of all others are in all categories."""
    answers = np.full((5, 2, 3), 40)
    answers[4, 0, 0], answers[4, 0, 1], answers[4, 0, 2] = 0, 1, 2
    return results(answers)


def test_one_small_count_hides_a_block_of_four_and_no_more():
    why = rules.reasons(BOOK, 2026, example())
    complete = example().assign(why=why)
    hidden = complete[why != ""]
    assert list(hidden.loc[hidden["why"] == "sensitive", "id"]) == ["2026.srh.c5.share.sex=female"]
    assert len(hidden) == 4 and set(hidden["by"]) == {"sex"} and hidden["category"].nunique() == 2


def test_every_secondary_suppression_is_needed():
    """With any one of them shown, the auditor computes a hidden count."""
    complete = example()
    why = rules.reasons(BOOK, 2026, complete)
    linked_rows = complete.index[(why == "linked") & complete["count"].notna()]
    assert len(linked_rows) == 3
    for row in linked_rows:
        assert "RECOVERABLE" in set(attacked(complete, why.drop(row).reindex(why.index, fill_value=""))["verdict"]), (
            complete.at[row, "id"]
        )


@pytest.fixture(scope="module")
def shipped(full) -> tuple[pd.DataFrame, pd.Series]:
    folder = full.folder / "data" / "derived" / "2026"
    return pd.read_parquet(folder / "estimates.parquet"), pd.read_parquet(folder / "hidden.parquet")["why"]


@pytest.mark.parametrize("step", [8, pytest.param(1, marks=pytest.mark.slow)])
def test_every_secondary_suppression_of_the_shipped_wave_is_needed(shipped, step):
    complete, why = shipped
    links = complete.loc[(why == "linked") & complete["kind"].eq("estimate"), "id"].tolist()
    assert len(links) > 50 and any(".mean." in name for name in links)
    needless = []
    for name in links[::step]:
        indicator = complete.loc[complete["id"] == name, "indicator"].iloc[0]
        question = next(
            (q for q in BOOK.questions(2026).values() if indicator in (q.id, *(d.id for d in q.dichotomies))), None
        )
        names = {indicator} if question is None else {question.id, *(d.id for d in question.dichotomies)}
        part = complete[complete["indicator"].isin(names | {*attack.KNOWN})]
        shown = why[part.index].mask(part["id"] == name, "")
        if "RECOVERABLE" not in set(attacked(part, shown)["verdict"]):
            needless.append(name)
    assert needless == []


def test_the_auditor_finds_what_a_difference_gives_back():
    rows = example()
    change = table([{"kind": "comparison", "indicator": GOOD, "statistic": "difference", "by": "sex", "level": "female", "vs_level": "male",
                     "n": 400, "estimate": 0.1}], 2026)  # fmt: skip
    complete = pd.concat([rows, change], ignore_index=True)
    why = rules.reasons(BOOK, 2026, complete)
    why[complete["id"] == f"2026.{GOOD}.share.sex=male"] = "linked"
    published = rules.publishable(complete, why)
    assert published.iloc[-1]["status"] == "hidden_to_protect"
    published.loc[published.index[-1], ["status", "estimate"]] = ["shown", 0.1]
    found = audit.audit(BOOK, 2026, published, complete).set_index("id")["verdict"]
    assert found[f"2026.{GOOD}.share.sex=male"] == "RECOVERABLE"


def means(n: dict[tuple[str, str], int]) -> pd.DataFrame:
    """The results of working hours by position, by sex and by both, from the number of doctors in each crossing."""
    rows = []
    for by, by2 in (("", ""), ("position", ""), ("sex", ""), ("position", "sex")):
        sums: dict[tuple, int] = {}
        for (position, sex), here in n.items():
            level = {"position": position, "sex": sex, "": ""}
            sums[level[by], level[by2]] = sums.get((level[by], level[by2]), 0) + here
        rows += [{"kind": "estimate", "indicator": "hours_total", "statistic": "mean", "unit": "mean", "n": here, "n_missing": 0, "estimate": 40.0,
                  "by": by, "level": level, "by2": by2, "level2": level2} for (level, level2), here in sums.items() if here]  # fmt: skip
    return table(rows, 2026)


POSITIONS = ("gp", "consultant", "registrar", "academia")


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=8, max_size=8))
def test_no_hidden_mean_can_be_computed_whoever_answered(numbers):
    n = dict(zip([(p, s) for p in POSITIONS for s in BY["sex"]], numbers, strict=True))
    complete = means(n)
    why = rules.reasons(BOOK, 2026, complete)
    found = attacked(complete, why)
    assert set(found["verdict"]) <= {"safe"} and len(found) == (why != "").sum()


def test_the_mean_of_a_small_group_hides_a_block_of_four_each_of_which_is_needed():
    """Women in academia are eight: the men's mean, the other women's and the other men's stand with the totals."""
    n = {(p, s): 40 for p in POSITIONS for s in BY["sex"]} | {("academia", "female"): 8, ("gp", "female"): 20}
    complete = means(n)
    why = rules.reasons(BOOK, 2026, complete)
    links = complete.index[why == "linked"]
    assert list(complete.loc[why == "base", "id"]) == ["2026.hours_total.mean.position=academia.sex=female"]
    assert len(links) == 3 and set(complete.loc[links, "by2"]) == {"sex"}
    for row in links:
        found = attacked(complete, why.drop(row).reindex(why.index, fill_value=""))
        assert "RECOVERABLE" in set(found["verdict"]), complete.at[row, "id"]


def test_a_mean_that_is_shown_gives_shares_away_that_it_adds_up():
    """Of three answers two are hidden: their sum is known, and the mean tells how they share it."""
    subject = attack.Subject((1, 2, 3), {("x", "share", c): frozenset({c}) for c in (1, 2, 3)})
    shares = {"kind": "estimate", "indicator": "x", "statistic": "share", "n": 400, "n_missing": 0}
    rows = table(
        [shares | {"category": c, "count": n, "estimate": n / 400} for c, n in ((1, 300), (2, 98), (3, 2))], 2026
    ).assign(where="")
    mean = table([shares | {"statistic": "mean", "estimate": (300 + 2 * 98 + 3 * 2) / 400}], 2026).assign(where="")
    hidden = {"2026.x.c2.share", "2026.x.c3.share"}
    rows.loc[rows["id"].isin(hidden), "status"] = "hidden_to_protect"
    weights = attack.Weights({}, 1.5)
    alone = attack.weighted(subject, rows, hidden, mean.iloc[:0], weights)["2026.x.c3.share"]
    beside = attack.weighted(subject, rows, hidden, mean, weights)["2026.x.c3.share"]
    assert alone[0] == 0 and alone[1] > 100
    assert beside[0] > 0 and beside[1] < 5


@given(
    share=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
    n=st.integers(1, 500),
    ratio=st.floats(1, 10),
    weights=st.data(),
)
def test_what_a_weighted_share_tells_of_a_count_is_true(share, n, ratio, weights):
    """Whatever the weights, as long as none is more than `ratio` times another."""
    least, most = attack.Weights({}, ratio).counts(*share, n)
    count = weights.draw(st.integers(0, n))
    yes, no = (weights.draw(st.floats(1, ratio)) for _ in range(2))
    weighed = count * yes / (count * yes + (n - count) * no)
    if share[0] <= weighed <= share[1]:
        assert least <= count + 1e-6 and count - 1e-6 <= most


def test_a_build_with_a_recoverable_count_is_refused():
    complete = example()
    why = rules.reasons(BOOK, 2026, complete).replace("linked", "")
    with pytest.raises(LegepaneletError, match="DISCLOSURE_RECOVERABLE") as error:
        audit.refuse(attacked(complete, why), 2026)
    assert "2026.srh.c5.share.sex=female: between 3 and 3" in error.value.message


@pytest.mark.parametrize(
    ("count", "n", "expected"), [(4, 40, "none"), (5, 40, ""), (35, 40, ""), (36, 40, "all"), (3, 6, "both")]
)
def test_the_end_that_an_interval_must_reach(count, n, expected):
    assert list(secondary.needed(pd.DataFrame({"count": [count], "n": [n]}), 5)) == [expected]


def test_sums_hold_in_every_family_of_the_shipped_wave(shipped):
    """Every relation is one: the counts of the complete results fulfil it."""
    complete, _ = shipped
    found = linked.families(BOOK, 2026, complete, set(complete["indicator"]))
    assert len(found) > 200
    for family in found:
        count, n = family.cells["count"], family.cells["n"]
        for relation in family.relations:
            if -1 in relation.values():
                assert sum(k * count[i] for i, k in relation.items()) == 0, family.name
            else:
                assert (
                    sum(count[i] for i in relation) == n[next(iter(relation))]
                    or family.cells.at[next(iter(relation)), "row"] < 0
                )
