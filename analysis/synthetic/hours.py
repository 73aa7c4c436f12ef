"""Weekly hours: right-skewed, heaped at round figures, with a given mean and a given share above 48 hours."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from analysis.synthetic.assumptions import at
from analysis.synthetic.respondents import Respondents

# Where working hours are heaped (37.5 is written 38), and how strongly a figure draws those near it.
BELOW = np.array([16, 20, 24, 30, 32, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48])
BELOW_PULL = np.array([1, 2, 0.6, 3, 1, 3, 2, 3, 8, 2, 16, 2, 4, 2, 3, 14, 2, 2, 7.0])
ABOVE = np.array([49, 50, 52, 53, 54, 55, 56, 58, 60, 62, 65, 68, 70, 75, 80, 90])
ABOVE_PULL = np.array([1, 22, 3, 1, 1.5, 14, 1, 1, 13, 0.6, 4, 0.3, 3, 0.8, 0.8, 0.2])


def weekly(spec: dict, here: Respondents, wave: int, latent: np.ndarray) -> np.ndarray:
    """Hours of each row of `here`, falling in `latent`'s order, by the group's mean and share above 48.

    `spec["mean"]` and `spec["over_48"]` are {group: {sex: {year: value}}}.
    """
    value = np.empty(len(here))
    u = ndtr(latent)
    for group, inside in here.cells(spec["mean"]):
        for sex, series in spec["mean"][group].items():
            rows = inside & (here.sex == sex)
            if rows.any():
                hours, edges = _distribution(at(series, wave), at(spec["over_48"][group][sex], wave))
                value[rows] = hours[np.searchsorted(edges, u[rows]).clip(max=len(hours) - 1)]
    return value


def _distribution(mean: float, over: float) -> tuple[np.ndarray, np.ndarray]:
    """Hours and their cumulative shares: `over` of them above 48, the pulls tilted until the mean is right."""

    def shares(tilt):
        below = BELOW_PULL * np.exp(tilt * (BELOW - 42) / 10)
        above = ABOVE_PULL * np.exp(tilt * (ABOVE - 56) / 10)
        return np.concatenate([(1 - over) * below / below.sum(), over * above / above.sum()])

    hours = np.concatenate([BELOW, ABOVE])
    tilt = brentq(lambda t: shares(t) @ hours - mean, -12, 12)
    return hours, np.cumsum(shares(tilt))
