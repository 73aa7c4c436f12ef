"""Reads `analysis/synthetic/assumptions/*.yml`: what the synthetic panel is made to look like.

A figure that `data/codebook/published.yml` holds comes from there; all else in these files is invented.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from analysis.codebook.model import Part
from analysis.yamlfile import parse, read_yaml

FOLDER = Path(__file__).parent / "assumptions"
HOSPITAL = ("hospital_manager", "consultant", "registrar")  # the group the publications call hospital doctors


Group = Literal["all", "hospital", "other", "hospital_manager", "consultant", "registrar", "gp", "private_specialist", "academia"]
Trait = Literal["female", "male", "under_40", "40_54", "55_69"]  # a doctor's, beside the groups, that may shift an answer
ByYear = dict[int, Any]


class Spec(Part):
    """How a question is answered: of `shares`, `options` and `mean` one, by group and year; the rest may be left out."""

    shares: dict[Group, ByYear] | None = None
    options: dict[int, dict[Group, ByYear]] | None = None
    mean: dict[Group, ByYear | dict[Literal["female", "male"], ByYear]] | None = None
    over_48: dict[Group, dict[Literal["female", "male"], ByYear]] | None = None
    sd: float | None = None
    spread: dict[Group, ByYear] | None = None
    offset: float = 0
    step: float = 1
    loading: float = 0.6
    trait: str | None = None
    effects: dict[Group | Trait, float] | None = None
    missing: dict[Literal["unanswered", "refused", "not_applicable"], float] | None = None


class Population(Part):
    """Size, sex, careers, recruitment and response of the population; the file's comments say what each is."""

    doctors: ByYear
    women: ByYear
    careers: dict[Literal["female", "male"], dict[str, float]]
    regions: dict[str, float]
    specialties: dict[str, float]
    invited: ByYear
    response: ByYear
    recruited: ByYear
    recruited_licence_from: ByYear
    recruited_licence_to: ByYear
    response_effects: dict[Group | Trait, float]
    response_persistence: float
    partial: float
    break_off: float


@cache
def population() -> dict:
    """The figures of `Population` as they are written. Raises ASSUMPTION_FIELD."""
    path = FOLDER / "population.yml"
    parse(path, Population, "ASSUMPTION_FIELD", "The fields are described in analysis/synthetic/assumptions.py.")
    return read_yaml(path)


@cache
def questions() -> dict[str, dict]:
    """How each question is answered: question id -> its assumption, with its `instrument`. Raises ASSUMPTION_FIELD."""
    found = {}
    for path in (p for p in sorted(FOLDER.glob("*.yml")) if p.stem != "population"):
        parse(path, dict[str, Spec], "ASSUMPTION_FIELD", "The fields are described in analysis/synthetic/assumptions.py.")
        found |= {question: {"instrument": path.stem, **spec} for question, spec in read_yaml(path).items()}
    return found


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
