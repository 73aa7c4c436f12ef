"""Where no part of a question's tables can be shown safely, or none is found in time, the whole of them is hidden, and it always ends."""

from unittest import mock

import numpy as np
import pandas as pd
import pytest

from analysis.disclosure import secondary
from analysis.disclosure.linked import Family


def family(groups: int, codes: int, seed: int = 1) -> tuple[Family, np.ndarray]:
    """A distribution by groups with its totals, the smaller half of its cells hidden."""
    rng = np.random.default_rng(seed)
    rows = [{"by": "position" if g else "", "level": f"g{g}", "by2": "", "level2": "", "part": f"c{c}", "count": float(rng.integers(0, 9)), "n": 60, "row": g * codes + c}
            for g in range(groups + 1) for c in range(codes)]  # fmt: skip
    cells = pd.DataFrame(rows)
    for c in range(codes):
        cells.loc[c, "count"] = cells.loc[[g * codes + c for g in range(1, groups + 1)], "count"].sum()
    cells.loc[:, "n"] = 60 * groups
    relations = [{c: -1} | {g * codes + c: 1 for g in range(1, groups + 1)} for c in range(codes)]
    hidden = (cells["count"] < 5).to_numpy() & (cells["by"] != "").to_numpy()
    return Family("x", cells, relations), hidden


def test_a_family_too_large_is_given_up_at_once():
    large, hidden = family(groups=40, codes=8)
    assert len(hidden) * hidden.sum() > secondary.LARGEST
    with mock.patch.object(secondary, "milp", side_effect=AssertionError("a programme was solved")), pytest.raises(secondary.TooLong):
        secondary.protect(large, hidden, np.where(hidden, "none", ""), np.full(len(hidden), 5))


def test_past_its_time_a_family_is_given_up(monkeypatch):
    monkeypatch.setattr(secondary, "LONGEST", 0.0)
    small, hidden = family(groups=6, codes=4)
    with pytest.raises(secondary.TooLong):
        secondary.protect(small, hidden, np.where(hidden, "none", ""), np.full(len(hidden), 5))


def test_given_up_means_hidden_whole_and_the_rest_is_shown(small):
    """Job satisfaction of two hundred doctors: its distributions by group are linked in more ways than can be protected."""
    rows = pd.read_csv(small.output(2026, "results.csv"), dtype=str, keep_default_na=False)
    items = rows[rows["indicator"].str.startswith("jss_") & (rows["kind"] == "estimate") & (rows["by"] != "") & (rows["category"] != "")]
    assert items["status"].str.startswith("hidden").all()
    shown = rows[(rows["indicator"] == "jss") & (rows["statistic"] == "mean") & (rows["by"] == "")]
    assert shown["status"].tolist() == ["shown"]
