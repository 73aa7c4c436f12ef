"""The panel in the field: who is recruited, invited and answers in each wave."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

from analysis.synthetic import assumptions, population
from analysis.synthetic.assumptions import at


def samples(waves: Sequence[int], doctors: pd.DataFrame, seed: int) -> dict[int, pd.DataFrame]:
    """Everyone invited to each wave, and those who left since the one before.

    Gives wave -> frame with a row a doctor: `row` (of `doctors`), cohort, licence_year, sex, birth_year,
    register_position, specialty, region, disposition, position (the doctor's own word for it), age_group, response
    (`complete`, `partial`, `break_off`, `none`) and `p` (the chance of answering).
    """
    made = assumptions.population()
    rng = np.random.default_rng([seed, 3])
    willing = rng.normal(0, made["response_persistence"], len(doctors))
    cohort = np.zeros(len(doctors), dtype=int)  # the wave a doctor joined; 0: no member
    lapsed = np.full(len(doctors), "", dtype=object)
    found = {}
    for wave in waves:
        rng = np.random.default_rng([seed, 3, wave])
        member = (cohort > 0) & (lapsed == "")
        gone = member & (doctors["exit_year"] <= wave).to_numpy()
        lapsed[gone] = doctors["exit"].to_numpy()[gone]
        member &= ~gone
        leaving = gone.copy()
        target = round(at(made["invited"], wave)) if wave <= max(made["invited"]) else int(member.sum())
        joining = int(made["recruited"].get(wave, 0))
        surplus = member.sum() + joining - target
        if surplus > 0:  # the least willing withdraw
            mood = _logistic(rng, doctors, [seed, 3, wave])
            order = np.flatnonzero(member)[np.argsort((willing + mood)[member])]
            withdrawn = order[:surplus]
            lapsed[withdrawn] = np.where(rng.random(surplus) < 0.85, "withdrawn", "refused")
            leaving[withdrawn[lapsed[withdrawn] == "withdrawn"]] = True
            member[withdrawn] = False
        joined = _recruit(rng, doctors, wave, cohort, made, max(joining, target - int(member.sum())))
        cohort[joined] = wave
        member[joined] = True
        found[wave] = _sample(rng, doctors, wave, member, leaving, lapsed, cohort, willing, made)
        lapsed[member & (rng.random(len(member)) < 0.012)] = "withdrawn"  # asked to be taken out after this wave
    return found


def _logistic(rng, doctors, key) -> np.ndarray:
    """A logistic draw for every doctor: of the settled from `rng`, of each later year's from a stream of its own."""
    (settled, _), *later = population.streams(doctors, key)
    drawn = [rng.logistic(size=settled.stop)]
    drawn += [np.random.default_rng(own).logistic(size=rows.stop - rows.start) for rows, own in later]
    return np.concatenate(drawn)


def _recruit(rng, doctors, wave, cohort, made, n) -> np.ndarray:
    """Rows of `n` doctors drawn among those of the wave's licence years who are not members yet."""
    planned = wave in made["recruited"]
    lowest = made["recruited_licence_from"][wave] if planned else wave - 8
    highest = made["recruited_licence_to"][wave] if planned else wave - 1
    frame = (
        population.working(doctors, wave) & (cohort == 0) & doctors["licence_year"].between(lowest, highest).to_numpy()
    )
    return np.sort(rng.choice(np.flatnonzero(frame), min(n, int(frame.sum())), replace=False))


def _sample(rng, doctors, wave, member, leaving, lapsed, cohort, willing, made) -> pd.DataFrame:
    rows = np.flatnonzero(member | leaving)
    chosen = doctors.iloc[rows]
    code = population.position(chosen, wave)
    frame = chosen[["licence_year", "sex", "birth_year", "region"]].assign(
        row=rows,
        cohort=cohort[rows],
        register_position=population.register_position(chosen, wave),
        specialty=population.specialty(chosen, wave),
        disposition=np.where(member[rows], "invited", lapsed[rows]),
        position=code,
        age_group=population.age_group(wave - chosen["birth_year"].to_numpy()),
    )
    invited = (frame["disposition"] == "invited").to_numpy()
    effects = made["response_effects"]
    tilt = willing[rows].copy()
    for name, effect in effects.items():
        tilt += effect * ((frame["sex"] == name) | (frame["age_group"] == name) | (_group(code) == name)).to_numpy()
    rate = at(made["response"], wave)
    level = brentq(lambda a: expit(a + tilt[invited]).mean() - rate, -10, 10)
    p = np.where(invited, expit(level + tilt), 0)
    answers = rng.random(len(rows)) < p
    u = rng.random(len(rows))
    response = np.where(answers, np.where(u < made["partial"], "partial", "complete"), "none")
    response = np.where(invited & ~answers & (u < made["break_off"] / (1 - rate)), "break_off", response)
    refused = invited & (response == "none") & (rng.random(len(rows)) < 0.12)
    frame["disposition"] = np.where(refused, "refused", frame["disposition"])
    return frame.assign(response=response, p=p).reset_index(drop=True)


def _group(code: np.ndarray) -> np.ndarray:
    names = np.array(["", "hospital_manager", "consultant", "registrar", "gp", "private_specialist", "other", "academia",
                      "other", "other"])  # fmt: skip
    return names[code]


def reporting_group(sample: pd.DataFrame) -> np.ndarray:
    """The reporting position of each row's own `position`."""
    return _group(sample["position"].to_numpy())
