"""How exactly a figure is let out: one digit more than any document shows, and sensitive ones more coarsely.

Full precision stays with the confidential data: with the sample file, twelve digits of a weighted share have one solution.
"""

import numpy as np
import pandas as pd

from analysis.results import DECIMALS

COUNTS = ["n", "count", "n_missing", "n_both"]
TO = 5  # what counts of sensitive items are rounded to
POINT, WHOLE_POINT = 3, 2  # decimals of a sensitive share: 0.1 percentage point, and whole per cent of fewer than FEW answers
FEW = 100
P_DIGITS, DF_DIGITS = 4, 1
SAME = 1e-12


def rounded(results: pd.DataFrame, sensitive: pd.Series) -> pd.DataFrame:
    """The results as they are let out; `sensitive` says of which rows (boolean)."""
    found = results.copy()
    for column in COUNTS:
        coarse = (results[column].astype("Float64") / TO).round() * TO
        found[column] = results[column].where(~sensitive, coarse.astype("Int64"))
    digits = decimals(results, sensitive)
    for column in ("estimate", "lower", "upper"):
        found[column] = near(results[column], digits, ~sensitive)
    found["se"] = near(results["se"], digits + 1)
    for column, places in (("p", P_DIGITS), ("p_adjusted", P_DIGITS), ("df", DF_DIGITS)):
        found[column] = near(results[column], pd.Series(places, index=results.index))
    counted = sensitive & found["unit"].eq("persons")
    found.loc[counted, "estimate"] = found.loc[counted, "count"].astype(float)
    return found


def decimals(results: pd.DataFrame, sensitive: pd.Series) -> pd.Series:
    """Decimals of each row's figure."""
    digits = results["unit"].map(DECIMALS).astype(int)
    share = sensitive & results["unit"].isin(["share", "difference"])
    few = (results["n"] < FEW).fillna(False).astype(bool)
    return digits.mask(share, POINT).mask(share & few, WHOLE_POINT)


def near(figures: pd.Series, digits: pd.Series, again: pd.Series | bool = True) -> pd.Series:
    """`figures` rounded to `digits` decimals; `again`: so that what is rounded once more for a document is what it would be of the exact figure.

    Then a figure that comes to lie in the middle between two shorter ones, which it was not, moves by one unit of its last digit to its own side.
    """
    unit = 10.0 ** -digits.astype(float)
    steps = (figures / unit).round()
    middle = (steps % 10 == 5) | (steps % 100 == 50)
    apart = figures - steps * unit
    steps += np.sign(apart).where(again & middle & (apart.abs() > SAME), 0)
    return pd.Series([np.nan if np.isnan(s) else round(s * u, int(d)) for s, u, d in zip(steps, unit, digits, strict=True)], index=figures.index)
