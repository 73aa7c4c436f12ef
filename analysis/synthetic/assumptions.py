"""Reads `analysis/synthetic/assumptions/*.yml`: what the synthetic panel is made to look like.

A figure that `data/codebook/published.yml` holds comes from there; all else in these files is invented.
"""

from functools import cache
from pathlib import Path

import numpy as np

from analysis.codebook.load import read_yaml

FOLDER = Path(__file__).parent / "assumptions"
HOSPITAL = ("hospital_manager", "consultant", "registrar")  # the group the publications call hospital doctors


@cache
def population() -> dict:
    """Size, sex, careers, recruitment and response of the population, by year."""
    return read_yaml(FOLDER / "population.yml")


@cache
def questions() -> dict[str, dict]:
    """How each question is answered: question id -> its assumption, with its `instrument`."""
    return {
        question: {"instrument": path.stem, **spec}
        for path in sorted(FOLDER.glob("*.yml"))
        if path.stem != "population"
        for question, spec in read_yaml(path).items()
    }


def at(by_year: dict, year: int) -> np.ndarray | float:
    """The value of a {year: value} series: linear between its years, constant outside them."""
    years = sorted(by_year)
    values = np.array([by_year[y] for y in years], dtype=float)
    if values.ndim == 1:
        return float(np.interp(year, years, values))
    return np.array([np.interp(year, years, column) for column in values.T])


def group_of(position: str, groups) -> str:
    """The most specific of `groups` that a reporting position belongs to: itself, `hospital`, `other`, `all`."""
    for name in (position, "hospital" if position in HOSPITAL else "other", "all"):
        if name in groups:
            return name
    raise KeyError(f"no group for {position} among {sorted(groups)}")
