"""Answers of the synthetic doctors: lasting traits, calibrated so that the expected answer is the published one.

A doctor's answer to an item is a category (or number) read off a latent normal variable. It holds the doctor's
lasting trait, a part that lasts one wave and a part of the item's own, so that answers go together within a doctor,
within an instrument and over time. Locations are solved for the mix of doctors who answer, by group and wave.
"""

import zlib

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import gammaincinv, ndtr, ndtri

from analysis.codebook import Codebook, Question
from analysis.synthetic import assumptions, hours
from analysis.synthetic.assumptions import at
from analysis.synthetic.respondents import Respondents

SHARED = 0.45  # correlation of a module's trait with the doctor's well-being
LASTING = 0.75  # share of a trait's variance that lasts from wave to wave
LOADING = 0.6
MISSING = {"unanswered": 0.018}
MISTYPED = 0.0015


def _key(text: str) -> int:
    return zlib.crc32(text.encode())


class Traits:
    """Standard normal traits of all doctors: one lasting part per module, and a fresh part per wave."""

    def __init__(self, seed: int, size: int):
        self.seed, self.size = seed, size
        self.wellbeing = np.random.default_rng([seed, 4]).normal(size=size)
        self._lasting: dict[str, np.ndarray] = {}
        self._of: dict[tuple[str, int], np.ndarray] = {}

    def of(self, module: str, wave: int, rows: np.ndarray) -> np.ndarray:
        if (module, wave) not in self._of:  # a module's questions share it
            self._of = {kept: value for kept, value in self._of.items() if kept[1] == wave} | {(module, wave): self._drawn(module, wave)}
        return self._of[module, wave][rows]

    def _drawn(self, module: str, wave: int) -> np.ndarray:
        if module not in self._lasting:
            own = np.random.default_rng([self.seed, 4, _key(module)]).normal(size=self.size)
            self._lasting[module] = SHARED * self.wellbeing + np.sqrt(1 - SHARED**2) * own
        fresh = np.random.default_rng([self.seed, 4, _key(module), wave]).normal(size=self.size)
        return np.sqrt(LASTING) * self._lasting[module] + np.sqrt(1 - LASTING) * fresh


def answer(
    book: Codebook, wave: int, sample: pd.DataFrame, traits: Traits, only: set[str] | None = None
) -> pd.DataFrame:
    """Coded answers of a wave's respondents, one row a respondent, one column a question.

    A multiple choice has one column `<question>_<code>` an option (0/1). Missing answers are their codes (98, 99) or NaN;
    questions that a filter keeps from a doctor are NaN. `only` limits the work to some questions.
    """
    here = Respondents.of(sample)
    columns: dict[str, np.ndarray] = {"position": here.position}
    specs = assumptions.questions()
    order = [q for q in book.questions(wave).values() if q.id != "position"]
    for place, question in enumerate(order):
        if only is not None and question.id not in only:
            continue
        spec = specs[question.id]
        rng = np.random.default_rng([traits.seed, 5, wave, _key(question.id)])
        latent = _latent(rng, spec, here, wave, traits)
        asked = _asked(question, columns, len(here))
        stopped = place / len(order) >= here.seen  # had laid the questionnaire down by then
        if question.type == "multiple":
            columns |= _options(book, question, spec, here, wave, rng, traits, asked & ~stopped)
            continue
        is_number = question.type == "number"
        value = (
            _number(question, spec, here, wave, latent)
            if is_number
            else _category(book, question, spec, here, wave, latent)
        )
        value = _mistyped(question, rng, value)
        columns[question.id] = _with_missing(book, question, spec, rng, np.where(asked & ~stopped, value, np.nan))
    return pd.DataFrame(columns | {"row": here.row})


def _latent(rng, spec, here, wave, traits) -> np.ndarray:
    """Each respondent's standard normal for one item."""
    loading = spec.get("loading", LOADING)
    trait = traits.of(spec.get("trait", spec["instrument"]), wave, here.row)
    return loading * trait + np.sqrt(1 - loading**2) * rng.normal(size=len(here))


def _asked(question: Question, columns: dict, n: int) -> np.ndarray:
    if question.asked_if is None:
        return np.ones(n, dtype=bool)
    key, codes = question.asked_if.question, question.asked_if.codes
    if key in columns:
        return np.isin(columns[key], codes)
    return np.any([columns[f"{key}_{code}"] == 1 for code in codes], axis=0)


def _shift(spec, here) -> np.ndarray:
    """Each respondent's shift of the latent answer, in SD: the effects of sex, age group and position."""
    shift = np.zeros(len(here))
    for name, effect in spec.get("effects", {}).items():
        shift += effect * ((here.sex == name) | (here.age_group == name) | (here.group == name))
    return shift


def _combinations(shift: np.ndarray):
    values, count = np.unique(shift, return_counts=True)
    return values, count / count.sum()


def _category(book, question, spec, here, wave, latent) -> np.ndarray:
    codes = np.array(sorted(book.responses(question).categories))
    shift, value = _shift(spec, here), np.empty(len(here))
    if "mean" in spec:
        spread = spec.get("spread", {})
        for group, rows in here.cells(spec["mean"]):
            offsets, shares = _combinations(shift[rows])
            sd = at(spread[group], wave) if group in spread else spec["sd"]
            target = at(spec["mean"][group], wave) + spec.get("offset", 0)
            edges = codes[:-1] + np.diff(codes) / 2
            location = solve_mean(target, edges, codes, sd, offsets, shares)
            value[rows] = codes[np.searchsorted(edges, location + sd * (latent + shift)[rows])]
        return value
    for group, rows in here.cells(spec["shares"]):
        offsets, shares = _combinations(shift[rows])
        below = np.cumsum(at(spec["shares"][group], wave))
        cuts = [solve_share(c / below[-1], offsets, shares) for c in below[:-1]]
        value[rows] = codes[np.searchsorted(cuts, (latent + shift)[rows])]
    return value


def solve_mean(target, edges, codes, sd, offsets, shares) -> float:
    """The location at which a normal variable, cut at `edges` into `codes`, has the mean `target`."""

    def excess(location):
        above = ndtr(-((edges[:, None] - location - sd * offsets) / sd)) @ shares
        return codes[0] + np.diff(codes) @ above - target

    return brentq(excess, codes[0] - 8 * sd, codes[-1] + 8 * sd, xtol=1e-9)


def solve_share(share, offsets, shares) -> float:
    """The cut below which `share` of a standard normal variable shifted by `offsets` lies."""
    if share <= 0 or share >= 1:
        return -np.inf if share <= 0 else np.inf
    return brentq(lambda cut: ndtr(cut - offsets) @ shares - share, -9, 9, xtol=1e-9)


def _number(question, spec, here, wave, latent) -> np.ndarray:
    if "over_48" in spec:
        return hours.weekly(spec, here, wave, latent)
    shift, value, step = _shift(spec, here), np.empty(len(here)), spec.get("step", 1)
    grid = ndtri((np.arange(400) + 0.5) / 400)
    for group, rows in here.cells(spec["mean"]):
        target, sd = at(spec["mean"][group], wave), spec["sd"]
        offsets, shares = _combinations(shift[rows])

        def heaped(z, mean, sd=sd):
            shape = (mean / sd) ** 2
            raw = gammaincinv(shape, ndtr(z)) * (mean / shape)
            return np.clip(np.round(raw / step) * step, question.minimum, question.maximum)

        def excess(mean, target=target, offsets=offsets, shares=shares):
            return sum(w * heaped(grid + o, mean).mean() for o, w in zip(offsets, shares, strict=True)) - target

        value[rows] = heaped((latent + shift)[rows], brentq(excess, target * 0.3, target * 2.5, xtol=1e-4))
    return value


def _options(book, question, spec, here, wave, rng, traits, answering) -> dict[str, np.ndarray]:
    """Options ticked. Who would tick none ticks one all the same (likelier the more popular it is)."""
    codes = sorted(book.responses(question).categories)
    ticks = np.zeros((len(here), len(codes)))
    chance = np.empty((len(here), len(codes)))
    for j, code in enumerate(codes):
        series = spec["options"][code]
        for group, rows in here.cells(series):
            chance[rows, j] = at(series[group], wave)
    exclusive = np.isin(codes, question.exclusive)
    alone = chance[:, exclusive].sum(axis=1)
    free = np.flatnonzero(~exclusive)
    latent = np.column_stack([_latent(rng, spec, here, wave, traits) for _ in free])
    wanted, whose = np.unique(np.clip(chance[:, free] / (1 - alone)[:, None], 0.001, 0.98), axis=0, return_inverse=True)
    fallback = wanted / wanted.sum(axis=1, keepdims=True)
    tick_chance = wanted
    for _ in range(30):  # so that the share after the fallback is the one wanted
        none = _none(tick_chance, spec.get("loading", LOADING))
        tick_chance = np.clip(wanted - none[:, None] * fallback, 0.0005, 0.98)
    fallback, tick_chance = fallback[whose.ravel()], tick_chance[whose.ravel()]
    ticks[:, free] = ndtr(latent) < tick_chance
    empty = ticks[:, free].sum(axis=1) == 0
    pick = (rng.random(len(here))[:, None] > fallback.cumsum(axis=1)).sum(axis=1).clip(max=len(free) - 1)
    ticks[empty, free[pick[empty]]] = 1
    only = rng.random(len(here)) < alone
    if exclusive.any():
        share = chance[:, exclusive] / np.maximum(alone, 1e-12)[:, None]
        which = (rng.random(len(here))[:, None] > share.cumsum(axis=1)).sum(axis=1).clip(max=exclusive.sum() - 1)
        ticks[only] = 0
        ticks[only, np.flatnonzero(exclusive)[which[only]]] = 1
    skipped = rng.random(len(here)) < spec.get("missing", MISSING).get("unanswered", 0)
    ticks[~answering | skipped] = np.nan
    return {f"{question.id}_{code}": ticks[:, j] for j, code in enumerate(codes)}


_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)


def _none(chance: np.ndarray, loading: float) -> np.ndarray:
    """The chance of ticking nothing, when the options share a trait with that loading."""
    cut = ndtri(chance)[:, :, None]
    untouched = ndtr(-((cut - loading * _NODES) / np.sqrt(1 - loading**2))).prod(axis=1)
    return untouched @ (_WEIGHTS / _WEIGHTS.sum())


def _mistyped(question: Question, rng, value: np.ndarray) -> np.ndarray:
    """Now and then a number gets a digit too many, as on paper and on a phone; intake must set it aside."""
    if question.type != "number":
        return value
    slip = rng.random(len(value)) < MISTYPED
    return np.where(slip & (value * 10 > question.maximum) & (value * 10 < 998), value * 10, value)


def _with_missing(book, question, spec, rng, value) -> np.ndarray:
    """Lays unanswered (NaN) and the codes of other missing answers over the values."""
    codes = question.missing if question.type == "number" else book.responses(question).missing
    by_reason = {reason: code for code, reason in codes.items()}
    u, edge, value = rng.random(len(value)), 0.0, value.copy()
    for reason, share in spec.get("missing", MISSING).items():
        hit = (u >= edge) & (u < edge + share) & ~np.isnan(value)
        value[hit] = by_reason.get(reason, np.nan)
        edge += share
    return value
