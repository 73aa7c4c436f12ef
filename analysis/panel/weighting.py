"""Start weights by stratum, and raking to the register's margins.

Raking is iterative proportional fitting (Deming & Stephan 1940; Kalton & Flores-Cervantes 2003), as R's `survey::rake`.
"""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analysis.errors import LegepaneletError

SMALLEST_CELL = 20  # respondents; smaller levels of a margin are collapsed
SMALLEST_STRATUM = 2  # respondents; a variance needs two
CLOSE, MOST_SWEEPS = 1e-12, 500  # how far a raked margin may be from its goal, relative; sweeps over the margins until then
RAKED = ("sex_age", "register_position", "sex")  # margins used where the wave has them (sex only without sex_age)


def start_weights(sample: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """`stratum` and `start_weight` of the invited: those of the file, or population / invited by licence period.

    Where the sample does not know the licence year, or the population by stratum is not known for every stratum of the sample: one stratum,
    equal weights.
    """
    if "start_weight" in sample and sample["start_weight"].notna().any():
        return (
            sample[["stratum", "start_weight"]]
            if "stratum" in sample
            else sample[["start_weight"]].assign(stratum="all")
        )
    size = population[population["variable"] == "stratum"].set_index("level")["count"]
    eligible = sample["eligible"]
    if "licence_period" in sample:
        invited = sample.loc[eligible, "licence_period"].value_counts()
        if len(size) and set(invited.index) <= set(size.index):
            factor = (size / invited).dropna()
            return pd.DataFrame({"stratum": sample["licence_period"], "start_weight": sample["licence_period"].map(factor)})
    return pd.DataFrame({"stratum": "all", "start_weight": total_of(population) / eligible.sum()}, index=sample.index)


def total_of(population: pd.DataFrame) -> int:
    """How many the population counts; every margin counts the same."""
    margins = population[population["variable"] != "stratum"]
    return int(margins.loc[margins["variable"] == margins["variable"].iloc[0], "count"].sum())


def margins_of(population: pd.DataFrame, respondents: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The margins to rake to and each respondent's level of them, small levels collapsed.

    Gives (`variable, level, count`, frame with a column a variable). A level with fewer than SMALLEST_CELL respondents
    joins its neighbour in the population's order, age groups within their sex. Raises MARGIN_UNKNOWN_LEVEL, MARGIN_EMPTY.
    """
    known = set(population["variable"])
    variables = [v for v in RAKED if v in known and v in respondents and not (v == "sex" and "sex_age" in known)]
    rows, columns = [], {}
    for variable in variables:
        of_variable = population[population["variable"] == variable]
        counts = dict(zip(of_variable["level"], of_variable["count"], strict=True))
        answered = respondents[variable].value_counts(dropna=False).to_dict()
        mapping = _collapse(counts, answered, variable)
        if unknown := set(answered) - set(mapping):
            raise LegepaneletError(
                "MARGIN_UNKNOWN_LEVEL",
                f"the population figures lack {variable} = '{min(unknown)}'",
                "Add it to the population file.",
            )
        merged = {name: sum(counts[level] for level in mapping if mapping[level] == name) for name in sorted(set(mapping.values()))}
        columns[variable] = respondents[variable].map(mapping)
        if empty := set(merged) - {mapping[level] for level in answered}:
            raise LegepaneletError(
                "MARGIN_EMPTY",
                f"{variable} = '{min(empty)}': {merged[min(empty)]} persons in the population, and none of them answered",
                "Nobody can stand for them. Look at sample.csv and the answers, or leave the margin out of the population file.",
            )
        rows += [{"variable": variable, "level": level, "count": n} for level, n in merged.items()]
    return pd.DataFrame(rows, columns=["variable", "level", "count"]), pd.DataFrame(columns, index=respondents.index)


def _collapse(population: dict[str, float], respondents: dict[str, int], variable: str) -> dict[str, str]:
    """Level -> the level it is raked as."""
    groups = [[level] for level, n in population.items() if n > 0]

    def n(group):
        return sum(respondents.get(level, 0) for level in group)

    def family(group):  # an age group is only joined to another of the same sex
        return group[0].split(":")[0] if variable == "sex_age" else ""

    while True:
        small = [
            g for g in groups if n(g) < SMALLEST_CELL and any(o is not g and family(o) == family(g) for o in groups)
        ]
        if not small:
            break
        group = min(small, key=n)
        kin = [o for o in groups if o is not group and family(o) == family(group)]
        if variable == "sex_age":
            place = groups.index(group)
            neighbour = min(kin, key=lambda o: (abs(groups.index(o) - place), n(o)))
        else:
            neighbour = min(kin, key=n)
        groups[groups.index(neighbour)] = sorted(neighbour + group)
        groups.remove(group)
    return {level: "+".join(group) for group in groups for level in group}


def collapse_strata(stratum: pd.Series, doctor: pd.Series) -> pd.Series:
    """Strata with fewer than SMALLEST_STRATUM doctors joined to the next one."""
    counts = doctor.groupby(stratum).nunique().sort_index()
    if (counts >= SMALLEST_STRATUM).all():
        return stratum
    order, mapping = list(counts.index), {}
    for place, name in enumerate(order):
        target = name
        if counts[name] < SMALLEST_STRATUM and len(order) > 1:
            target = order[place - 1] if place else order[1]
        mapping[name] = mapping.get(target, target)
    return stratum.map(mapping)


def shared_strata(stratum: pd.Series, doctor: pd.Series) -> pd.Series:
    """The finest strata in which every doctor of several waves is in one, whatever each wave knew: joined where a doctor was in two.

    One cluster in two strata would count as two doctors, and what the waves share would be lost.
    """
    label, names = pd.factorize(stratum)
    found = csr_array((np.ones(len(label)), (label, pd.factorize(doctor)[0])))
    parts, part = connected_components(found @ found.T, directed=False)
    if parts == len(names):
        return stratum
    joined = pd.Series(names).groupby(part).agg(lambda group: "+".join(sorted(group)))
    return pd.Series(joined.to_numpy()[part[label]], index=stratum.index)


def rake(frame: pd.DataFrame, margins: pd.DataFrame) -> np.ndarray:
    """The weights of `frame`'s rows (`start_weight` and a column a margin), which meet `margins` (`variable, level, count`) to CLOSE.

    R: `weights(rake(svydesign(~1, weights = ~start_weight), list(~a, ~b), list(A, B)))`. Raises RAKING_FAILED.
    """
    weight = frame["start_weight"].to_numpy(dtype=float)
    fitted = []
    for variable, rows in margins.groupby("variable", sort=False):
        level, levels = pd.factorize(frame[variable])
        goal = dict(zip(rows["level"], rows["count"], strict=True))
        fitted.append((level, np.array([goal.get(name, np.nan) for name in levels], dtype=float)))
    for _ in range(MOST_SWEEPS):
        for level, goal in fitted:
            weight = weight * (goal / np.bincount(level, weight))[level]
        if all(np.abs(np.bincount(level, weight) / goal - 1).max() <= CLOSE for level, goal in fitted):
            return weight
    raise LegepaneletError(
        "RAKING_FAILED", f"no weights meet the population's margins {', '.join(dict.fromkeys(margins['variable']))} in {MOST_SWEEPS} sweeps",
        "Some crossing of these margins has persons in the population and hardly any who answered: look at sample.csv and population.csv.",
    )  # fmt: skip


def quality(start: np.ndarray, weight: np.ndarray) -> dict[str, float]:
    """How uneven the weights are: largest/median, smallest and largest, and Kish's design effect n sum(w^2)/(sum w)^2."""
    return {
        "largest_to_median": float(weight.max() / np.median(weight)),
        "smallest": float(weight.min()),
        "largest": float(weight.max()),
        "kish_deff": float(len(weight) * (weight**2).sum() / weight.sum() ** 2),
        "largest_adjustment": float((weight / start).max() / np.median(weight / start)),
    }
