"""One wave of the panel: everyone of the sample, with disposition, scores and weights."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.errors import LegepaneletError
from analysis.panel import response, scoring, weighting


@dataclass(frozen=True)
class WavePanel:
    """One wave.

    doctors: a row a doctor of the sample: background, `final` disposition, `analysed`, stratum, start_weight, weight,
        the raking variables and every indicator (NaN where there is none).
    reasons: a row a doctor analysed: "" or why an indicator is missing.
    margins: `variable, level, count` raked to.  population: as `codebook.population.read` gives it.
    """

    doctors: pd.DataFrame
    reasons: pd.DataFrame
    margins: pd.DataFrame
    population: pd.DataFrame

    @cached_property
    def analysed(self) -> pd.DataFrame:
        """Those analysed, to read: it is made once."""
        return self.doctors[self.doctors["analysed"]].reset_index(drop=True)


def build(book: Codebook, wave: int, answers: pd.DataFrame, reasons: pd.DataFrame, sample: pd.DataFrame,
          population: pd.DataFrame) -> WavePanel:  # fmt: skip
    """The wave's panel from intake's tables. Raises NO_RESPONDENTS and what weighting raises."""
    questions = {
        q.id: [q.id] if q.type != "multiple" else [f"{q.id}_{c}" for c in book.responses(q).categories]
        for q in book.questions(wave).values()
    }
    doctors = sample.assign(age=wave - sample["birth_year"], final=response.disposition(sample, reasons, questions))
    doctors["eligible"] = ~doctors["final"].isin(response.NOT_ELIGIBLE)
    doctors["age_group"] = _age_group(book, doctors["age"])
    doctors["sex_age"] = doctors["sex"] + ":" + doctors["age_group"]
    doctors["over_age"] = doctors["age"] > book.panel.ages[1]
    if "licence_year" in doctors:
        doctors["licence_period"] = _licence_period(book, doctors["licence_year"])
    doctors["analysed"] = doctors["final"].isin(["complete", "partial"]) & ~doctors["over_age"]
    if not doctors["analysed"].any():
        answered = doctors["doctor"].isin(answers["doctor"])
        old = int((answered & doctors["over_age"]).sum())
        told = f"of {int(answered.sum())} who answered, {old} were over {book.panel.ages[1]}, the rest broke off"
        told = f"nobody of wave {wave} can be analysed: {told}"
        raise LegepaneletError("NO_RESPONDENTS", told, "Look at the wave's answers, and at birth_year in sample.csv.")
    doctors = doctors.drop(columns=["stratum", "start_weight"], errors="ignore").join(
        weighting.start_weights(doctors, population)
    )
    scored, why = scoring.score(book, wave, answers, reasons)
    scored.insert(0, "doctor", answers["doctor"])
    doctors = doctors.merge(scored, on="doctor", how="left")
    doctors.loc[~doctors["analysed"], scored.columns[1:]] = np.nan
    doctors["position"] = _reporting_position(book, doctors)
    doctors, margins = weigh(doctors, population)
    why.insert(0, "doctor", answers["doctor"])
    why = why[why["doctor"].isin(doctors.loc[doctors["analysed"], "doctor"])].reset_index(drop=True)
    return WavePanel(doctors, why, margins, population)


def weigh(doctors: pd.DataFrame, population: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`doctors` with `weight` and `raked_<margin>` of those analysed, and the margins they are raked to."""
    who = doctors.loc[doctors["analysed"], ["start_weight", *(v for v in weighting.RAKED if v in doctors)]]
    margins, levels = weighting.margins_of(population, who)
    weight = weighting.rake(levels.assign(start_weight=who["start_weight"]), margins)
    raked = {f"raked_{v}": levels[v] for v in levels}
    doctors = doctors.drop(columns=[c for c in doctors if c.startswith("raked_")])
    return doctors.assign(**raked, weight=pd.Series(weight, index=who.index)), margins


def _age_group(book: Codebook, age: pd.Series) -> pd.Series:
    group = pd.Series(f"{book.panel.ages[1] + 1}_on", index=age.index)
    for name, level in book.groupings["age_group"].levels.items():
        group[age.between(*level.ages)] = name
    return group


def _licence_period(book: Codebook, year: pd.Series) -> pd.Series:
    period = pd.Series("unknown", index=year.index)
    for name, stratum in book.panel.strata.items():
        period[year.between(stratum.licence_from, stratum.licence_to)] = name
    return period


def _reporting_position(book: Codebook, doctors: pd.DataFrame) -> pd.Series:
    """The group a doctor is reported in: by the own answer, else by the register; none if neither knows."""
    by_code = {code: name for name, level in book.groupings["position"].levels.items() for code in level.codes}
    code = doctors["position"]
    if "register_position" in doctors:
        register = doctors["register_position"].map({name: p.code for name, p in book.panel.register_positions.items()})
        code = code.fillna(register.astype(float))
    return code.map(by_code)


def indicator_ids(book: Codebook, wave: int) -> list[str]:
    """Columns of `doctors` that hold indicators, without `position`, which is a background there."""
    return list(dict.fromkeys(i.id for i in of_wave(book, wave) if i.id != "position"))


PARTS = ("doctors", "reasons", "margins", "population")


def save(panel: WavePanel, folder: Path) -> None:
    """Writes the panel's four tables as parquet."""
    for part in PARTS:
        getattr(panel, part).to_parquet(folder / f"panel_{part}.parquet", index=False)


def load(folder: Path) -> WavePanel:
    return WavePanel(*(pd.read_parquet(folder / f"panel_{part}.parquet") for part in PARTS))
