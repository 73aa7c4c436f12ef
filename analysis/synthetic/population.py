"""One population of doctors: licensed, working, and leaving, year by year since 1993."""

from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.synthetic import assumptions
from analysis.synthetic.assumptions import at

FIRST_YEAR = 1993
SETTLED = 2026  # what is drawn over all doctors is drawn for those licensed up to then; every later year has streams of its own
CAREERS = (
    "consultant",
    "gp",
    "private_specialist",
    "hospital_manager",
    "academia",
    "community",
    "administrative",
    "other",
)
LEFO = {"hospital_manager": 1, "consultant": 2, "registrar": 3, "gp": 4, "private_specialist": 5, "community": 6,
        "academia": 7, "administrative": 8, "other": 9}  # fmt: skip


def simulate(seed: int, last_year: int) -> pd.DataFrame:
    """Every doctor who worked in Norway in a year from 1993 to `last_year` (at least SETTLED), one row each, by year of entry.

    A later last year changes nothing about the doctors of the years before.

    Columns: sex, birth_year, licence_year, exit_year (first year not working), exit (how), career and the years at
    which it turns, region, specialty, and `u` (a lasting uniform, for what the register does not know). The number
    and the share of women follow the published series; ages and careers are invented.
    """
    made = assumptions.population()
    rng = np.random.default_rng([seed, 1])
    stock = _initial(rng, made)
    for year in range(FIRST_YEAR + 1, max(last_year, SETTLED) + 1):
        rng = np.random.default_rng([seed, 1, year])  # a year of its own: a later last year changes no earlier doctor
        working = (stock["exit_year"] > year) & (year - stock["birth_year"] < 70)
        wanted = at(made["doctors"], year)
        women = at(made["women"], year) * wanted - ((stock["sex"] == "female") & working).sum()
        entrants = max(round(wanted - working.sum()), 0)
        stock = pd.concat([stock, _entrants(rng, year, entrants, int(np.clip(women, 0.3 * entrants, 0.75 * entrants)))])
    stock = stock.reset_index(drop=True)
    parts = [_careers(stock.iloc[rows], np.random.default_rng(key), made) for rows, key in streams(stock, [seed, 2])]
    return pd.concat(parts, ignore_index=True)


def streams(doctors: pd.DataFrame, key: list[int]) -> list[tuple[slice, list[int]]]:
    """The rows of the settled doctors, and of each later year's, with the seed that what is drawn over them is drawn from."""
    entry = doctors["licence_year"].to_numpy()
    years = range(SETTLED + 1, int(entry.max()) + 1)
    edges = [0, *np.searchsorted(np.maximum.accumulate(entry), [SETTLED + 1, *(year + 1 for year in years)])]
    keys = [key, *([*key, year] for year in years)]
    return [(slice(int(a), int(b)), k) for (a, b), k in zip(pairwise(edges), keys, strict=True)]


def _leave(rng, birth_year, from_year):
    """The year a doctor stops working in Norway, and how."""
    retire = birth_year + np.clip(rng.normal(68.2, 2.4, len(birth_year)), 60, 73).round().astype(int)
    die = from_year + rng.geometric(0.0018, len(birth_year))
    emigrate = from_year + rng.geometric(0.0025, len(birth_year))
    years = np.column_stack([retire, die, emigrate])
    return years.min(axis=1), np.array(["retired", "deceased", "emigrated"])[years.argmin(axis=1)]


def _initial(rng, made) -> pd.DataFrame:
    n = int(at(made["doctors"], FIRST_YEAR))
    female = rng.random(n) < at(made["women"], FIRST_YEAR)
    age = np.where(female, 27 + 41 * rng.beta(1.5, 2.6, n), 27 + 42 * rng.beta(1.9, 2.1, n)).round().astype(int)
    birth = FIRST_YEAR - age
    licence = np.minimum(birth + np.clip(rng.normal(28, 1.5, n), 25, 38).round().astype(int), FIRST_YEAR)
    leave, how = _leave(rng, birth, np.full(n, FIRST_YEAR))
    leave = np.where(leave <= FIRST_YEAR, FIRST_YEAR + rng.integers(1, 4, n), leave)
    return pd.DataFrame({"sex": np.where(female, "female", "male"), "birth_year": birth, "licence_year": licence,
                         "exit_year": leave, "exit": how})  # fmt: skip


def _entrants(rng, year: int, n: int, women: int) -> pd.DataFrame:
    sex = rng.permutation(np.array(["female"] * women + ["male"] * (n - women)))
    late = rng.random(n) < 0.38  # trained or licensed abroad first
    age = np.where(late, rng.integers(31, 53, n), np.clip(rng.normal(28, 1.4, n), 25, 33).round().astype(int))
    leave, how = _leave(rng, year - age, np.full(n, year))
    return pd.DataFrame({"sex": sex, "birth_year": year - age, "licence_year": year, "exit_year": leave, "exit": how})


def _careers(doctors: pd.DataFrame, rng, made) -> pd.DataFrame:
    n = len(doctors)
    shares = pd.DataFrame(made["careers"])  # rows: careers, columns: sex
    draw = rng.random(n)
    career = np.empty(n, dtype=object)
    for sex in ("female", "male"):
        chosen = (doctors["sex"] == sex).to_numpy()
        edges = np.cumsum(shares.loc[list(CAREERS), sex].to_numpy())
        career[chosen] = np.array(CAREERS)[np.searchsorted(edges / edges[-1], draw[chosen])]
    training = np.where(career == "gp", rng.integers(2, 5, n), np.clip(rng.normal(10.5, 2.5, n), 6, 18).round()).astype(
        int
    )
    training = np.where(np.isin(career, ["community", "academia"]), rng.integers(3, 8, n), training)
    second = np.where(np.isin(career, ["private_specialist", "hospital_manager", "administrative"]),
                      np.clip(rng.normal(45, 5, n), 36, 60).round(), 0).astype(int)  # fmt: skip
    specialties = made["specialties"]
    return doctors.assign(
        career=career,
        specialist_year=doctors["licence_year"] + training,
        second_career_year=doctors["birth_year"] + second,
        region=rng.choice(list(made["regions"]), n, p=list(made["regions"].values())),
        specialty=np.where(
            career == "gp",
            "general_practice",
            np.where(
                career == "community",
                "community_medicine",
                rng.choice(list(specialties), n, p=list(specialties.values())),
            ),
        ),
        u=rng.random(n),
    )


def position(doctors: pd.DataFrame, year: int) -> np.ndarray:
    """What each doctor works as in `year`: a code of the questionnaire's question on position."""
    career = doctors["career"].to_numpy()
    late = np.isin(career, ["private_specialist", "hospital_manager", "administrative"])
    now = np.where(late & (year < doctors["second_career_year"]), "consultant", career)
    now = np.where(year < doctors["specialist_year"], "registrar", now)
    return np.vectorize(LEFO.get, otypes=[int])(now)


def register_position(doctors: pd.DataFrame, year: int) -> np.ndarray:
    """What the register says: interns told apart, some positions unknown, mostly of the young."""
    code = position(doctors, year)
    u, since = doctors["u"].to_numpy(), year - doctors["licence_year"].to_numpy()
    place = np.array(["", "senior_hospital", "senior_hospital", "junior_hospital", "gp_municipal", "private_specialist",
                      "gp_municipal", "academic", "administrative", "other"])[code]  # fmt: skip
    place = np.where((code == 3) & (since < 1), np.where(u > 0.55, "intern_hospital", "intern_municipal"), place)
    place = np.where((code == 6) & (u > 0.55), "occupational", place)
    return np.where(u < np.where(since < 14, 0.23, 0.10), "unknown", place)


def specialty(doctors: pd.DataFrame, year: int) -> np.ndarray:
    return np.where(year < doctors["specialist_year"], "none", doctors["specialty"])


def age_group(age) -> np.ndarray:
    return np.select([age < 40, age < 55], ["under_40", "40_54"], "55_69")


def working(doctors: pd.DataFrame, year: int) -> np.ndarray:
    """Who belongs to the population of `year`: working in Norway and under 70."""
    present = (doctors["licence_year"] <= year) & (doctors["exit_year"] > year)
    return (present & (year - doctors["birth_year"] < 70)).to_numpy()
