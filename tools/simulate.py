"""`make simulate`: do 95 % intervals hold the truth in 95 of 100 panels? Written to docs/simulation.md.

Panels of two waves are drawn from a superpopulation whose truth is known, doctors answer at random given the raking variables, and the
project's own weights, levels and changes are computed. The design is the panel's: strata by licence period with their own chances, a
refreshment of new doctors, doctors who leave, doctors who answer once. Expectations are sums of an effect of sex and age and one of
position, and the chance of answering is a product of such effects: then raking to the two margins removes all bias, and what is tested is
the intervals. A second table lets the chance of answering depend on the answer itself, which no weight can mend.
"""

import os
import sys
import time
from multiprocessing import Pool

os.environ["OMP_NUM_THREADS"] = "1"  # a process a core

import numpy as np
import pandas as pd
from scipy.stats import norm

from analysis.codebook import Indicator
from analysis.estimation import change, levels
from analysis.estimation.estimands import estimate
from analysis.estimation.sample import weighted
from analysis.panel import build, weighting
from analysis.results import Row
from analysis.settings import ROOT, settings

PANELS, BIASED, KNIFED = 10_000, 500, 100  # panels of the coverage; of each row of the bias; of the jackknife
GROUPED = 50  # groups of doctors that the jackknife leaves out, one after the other
INVITED, NEW = 900, 120  # doctors of the first wave's sample; of the refreshment
FIRST, SECOND = 1, 2
SEXES, AGES = ("female", "male"), ("under_40", "40_54", "55_69")
POSITIONS = {
    "senior_hospital": "consultant",
    "junior_hospital": "registrar",
    "gp_municipal": "gp",
    "academic": "academia",
}
SHARES = (0.05, 0.20, 0.50, 0.80, 0.95)
ALIKE = 0.6  # correlation of a doctor's two answers, on the latent scale
ODDS = (1.25, 1.5, 2.0)  # of answering, for a doctor who would say yes


def cells() -> pd.DataFrame:
    """Sex x age x position: doctors of both populations, those who stay, effects on answers and on the chance of answering."""
    rows = pd.MultiIndex.from_product(
        [SEXES, AGES, POSITIONS], names=["sex", "age_group", "register_position"]
    ).to_frame(index=False)
    size = {"under_40": (0.25, 0.55, 0.18, 0.02), "40_54": (0.45, 0.15, 0.32, 0.08), "55_69": (0.48, 0.02, 0.36, 0.14)}
    people = {("female", "under_40"): 4200, ("female", "40_54"): 3900, ("female", "55_69"): 2000,
              ("male", "under_40"): 3000, ("male", "40_54"): 3500, ("male", "55_69"): 3400}  # fmt: skip
    place = {p: i for i, p in enumerate(POSITIONS)}
    share = [size[a][place[p]] for a, p in zip(rows["age_group"], rows["register_position"], strict=True)]
    rows["first"] = [round(people[s, a] * x) for s, a, x in zip(rows["sex"], rows["age_group"], share, strict=True)]
    rows["stay"] = rows["age_group"].map({"under_40": 0.97, "40_54": 0.98, "55_69": 0.75})
    rows["new"] = [
        round(people[s, a] * x * (0.35 if a == "under_40" else 0))
        for s, a, x in zip(rows["sex"], rows["age_group"], share, strict=True)
    ]
    rows["second"] = (rows["first"] * rows["stay"]).round().astype(int) + rows["new"]
    group = rows["sex"] + ":" + rows["age_group"]
    rows["effect"] = group.map(dict(zip(sorted(set(group)), (-0.3, 0.1, 0.4, -0.6, 0.0, 0.4), strict=True))) + rows["register_position"].map(
        dict(zip(POSITIONS, (0.2, -0.5, 0.4, -0.1), strict=True)))  # fmt: skip
    rows["answers"] = group.map(dict(zip(sorted(set(group)), (0.9, 0.95, 0.75, 0.8, 0.9, 0.65), strict=True))) * rows["register_position"].map(
        dict(zip(POSITIONS, (0.95, 0.85, 0.9, 1.0), strict=True)))  # fmt: skip
    rows["early"] = rows["age_group"].map(
        {"under_40": 0.1, "40_54": 0.6, "55_69": 0.95}
    )  # licensed in the older period
    return rows.assign(sex_age=group, position=rows["register_position"].map(POSITIONS))


CELLS = cells()
INDICATORS = [Indicator(id="hours", instrument="simulated", question="hours", label={"nb": "-", "en": "-"}, kind="mean")] + [
    Indicator(id=f"share_{round(100 * p)}", instrument="simulated", question="x", label={"nb": "-", "en": "-"}, kind="binary")
    for p in SHARES
]  # fmt: skip


def expected(wave: int) -> pd.DataFrame:
    """Each cell's expectation of every indicator: SHARES are those of all doctors in the second wave; the first wave's were others."""
    before = wave == FIRST
    effect = CELLS["effect"] - np.average(CELLS["effect"], weights=CELLS["second"])
    found = {"hours": 43 + 3 * effect + 1.2 * before}
    for p in SHARES:
        moved = (0.25 if before else 0) * (1 if p < 0.5 else -1)
        found[f"share_{round(100 * p)}"] = p + min(p, 1 - p) * (0.5 * effect + moved)
    return pd.DataFrame(found)


def truths() -> dict[tuple, float]:
    """(statistic, indicator, group) -> the superpopulation's value."""
    first, second = expected(FIRST), expected(SECOND)
    stayers = CELLS["first"] * CELLS["stay"]
    women, found = CELLS["sex"] == "female", {}

    def mean(of: pd.Series, by: pd.Series) -> float:
        return float(np.average(of, weights=by))

    for i in (i.id for i in INDICATORS):
        found["level", i, ""] = mean(second[i], CELLS["second"])
        found["level", i, "female"] = mean(second.loc[women, i], CELLS.loc[women, "second"])
        gps = CELLS["position"] == "gp"
        found["level", i, "gp"] = mean(second.loc[gps, i], CELLS.loc[gps, "second"])
        found["change_net", i, ""] = mean(second[i], CELLS["second"]) - mean(first[i], CELLS["first"])
        found["change_standardised", i, ""] = mean(second[i] - first[i], CELLS["second"])
        found["change_within", i, ""] = mean(second[i] - first[i], stayers)
    return found


def population(wave: int) -> pd.DataFrame:
    size = CELLS["first" if wave == FIRST else "second"]
    stay = CELLS["first"] if wave == FIRST else size - CELLS["new"]
    strata = {"licence_1": (stay * CELLS["early"]).sum(), "licence_2": (stay * (1 - CELLS["early"])).sum()}
    if wave == SECOND:
        strata["licence_3"] = CELLS["new"].sum()
    rows = [{"variable": "stratum", "level": level, "count": n} for level, n in strata.items()]
    for variable in ("sex_age", "register_position"):
        rows += [
            {"variable": variable, "level": level, "count": n}
            for level, n in size.groupby(CELLS[variable]).sum().items()
        ]
    return pd.DataFrame(rows).assign(wave=wave, kind="synthetic", source="simulated")


POPULATION = {wave: population(wave) for wave in (FIRST, SECOND)}


def draw(rng: np.random.Generator, odds: float) -> dict[int, build.WavePanel]:
    """A panel of two waves. `odds` of answering for those who would say yes to the share of 20 per cent; 1: at random."""
    parts = []
    for stratum, early, invited in (
        ("licence_1", 1, INVITED // 3),
        ("licence_2", 0, INVITED - INVITED // 3),
        ("licence_3", -1, NEW),
    ):
        size = CELLS["new"] if early < 0 else CELLS["first"] * (CELLS["early"] if early else 1 - CELLS["early"])
        cell = rng.choice(len(CELLS), invited, p=size / size.sum())
        parts.append(CELLS.iloc[cell].assign(cell=cell, licence_period=stratum))
    everyone = pd.concat(parts, ignore_index=True)
    everyone["doctor"] = [f"d{i}" for i in range(len(everyone))]
    stays = rng.random(len(everyone)) < everyone["stay"]
    noise = rng.standard_normal((len(everyone), len(INDICATORS)))  # what a doctor brings to both waves
    waves = {}
    for wave in (FIRST, SECOND):
        means = expected(wave).iloc[everyone["cell"]].reset_index(drop=True)
        latent = np.sqrt(ALIKE) * noise + np.sqrt(1 - ALIKE) * rng.standard_normal(noise.shape)
        answers = {"hours": means["hours"] + 5 * (np.exp(0.6 * latent[:, 0]) - np.exp(0.18)) / 0.6}
        for place, name in enumerate(means.columns[1:], 1):
            answers[name] = (norm.cdf(latent[:, place]) < means[name]).astype(float)
        chance = everyone["answers"].to_numpy()
        if odds != 1:
            chance = chance / (chance + (1 - chance) * np.where(answers["share_20"] == 1, 1 / odds, 1))
        new = everyone["licence_period"] == "licence_3"
        doctors = everyone.assign(age=45, over_age=False, **answers)
        doctors["analysed"] = rng.random(len(doctors)) < chance
        doctors["final"] = np.where(doctors["analysed"], "complete", "silent")
        if wave == SECOND:
            doctors["analysed"] &= stays | new
            doctors.loc[~stays & ~new, "final"] = "retired"
        else:
            doctors = doctors[~new]
        doctors["eligible"] = doctors["final"] != "retired"
        doctors.loc[~doctors["analysed"], [i.id for i in INDICATORS]] = np.nan
        waves[wave] = weigh(doctors, wave)
    return waves


def weigh(doctors: pd.DataFrame, wave: int) -> build.WavePanel:
    """The wave's panel of these doctors, weighted by the project."""
    doctors = doctors.drop(columns=["stratum", "start_weight"], errors="ignore").reset_index(drop=True)
    doctors = doctors.join(weighting.start_weights(doctors, POPULATION[wave]))
    doctors, margins = build.weigh(doctors, POPULATION[wave])
    names = dict.fromkeys((i.id for i in INDICATORS), "")
    reasons = doctors.loc[doctors["analysed"], ["doctor"]].assign(**names).reset_index(drop=True)
    return build.WavePanel(doctors, reasons, margins, POPULATION[wave])


def jackknife(waves: dict[int, build.WavePanel], rng: np.random.Generator) -> dict[tuple, float]:
    """Standard errors by leaving out a group of doctors at a time, who are weighted and estimated anew: var = (G - 1)/G sum (theta_g - mean)^2
    (Kott 2001, the delete-a-group jackknife), G = GROUPED groups drawn within strata. It knows nothing of influences, nor of raking.
    """
    everyone = pd.concat([panel.doctors[["doctor", "licence_period"]] for panel in waves.values()]).drop_duplicates("doctor")
    shuffled = everyone.iloc[rng.permutation(len(everyone))]
    group = dict(zip(shuffled["doctor"], shuffled.groupby("licence_period").cumcount() % GROUPED, strict=True))
    found: dict[tuple, list[float]] = {}
    for left_out in range(GROUPED):
        kept = {w: weigh(p.doctors[p.doctors["doctor"].map(group).ne(left_out)], w) for w, p in waves.items()}
        for row in estimates(kept):
            found.setdefault(row[:3], []).append(row[4])
    return {key: float(np.sqrt((GROUPED - 1) * np.var(values))) for key, values in found.items() if len(values) == GROUPED}


def estimates(waves: dict[int, build.WavePanel]) -> list[tuple]:
    """(statistic, indicator, group, n, estimate, lower, upper, standard error) by the project's own estimation."""
    sample = weighted(SECOND, waves[SECOND])
    asked = [e for by in ((), ("sex",), ("position",)) for e in levels.levels(sample, INDICATORS, by)]
    rows = [r for r in estimate(sample.design, asked) if _group(r) in ("", "female", "gp")]
    for statistic in ("change_net", "change_standardised"):
        rows += [r for r in change.net(waves, FIRST, INDICATORS, (), statistic)]
    rows += [r for r in change.within(FIRST, SECOND, waves, INDICATORS, ())]
    return [
        ("level" if r.key.kind == "estimate" else r.key.statistic, r.key.indicator, _group(r), r.n, r.estimate, r.lower, r.upper, r.se)
        for r in rows
    ]


def _group(row: Row) -> str:
    return "".join(level for _, level in row.key.groups)


def one(job: tuple[int, float]) -> list[tuple]:
    number, odds = job
    return estimates(draw(np.random.default_rng([settings().seed, number, round(100 * odds)]), odds))


def simulate(panels: int, odds: float, told: str) -> pd.DataFrame:
    """Over `panels` simulated panels: a row an estimand, how often the interval held the truth, and the estimates' mean."""
    truth, sums = truths(), {}
    started = time.monotonic()
    with Pool() as pool:  # all cores
        for done, rows in enumerate(pool.imap_unordered(one, ((k, odds) for k in range(panels)), chunksize=5), 1):
            for *key, n, estimate, lower, upper, _ in rows:
                if n >= 100:
                    total = sums.setdefault(tuple(key), np.zeros(5))
                    total += (1, lower <= truth[tuple(key)] <= upper, estimate, estimate**2, n)
            if done % max(1, panels // 20) == 0:
                seconds = time.monotonic() - started
                print(f"{told}: {done} of {panels} panels, {seconds:.0f} s", file=sys.stderr, flush=True)
    rows = []
    for (statistic, indicator, group), (count, covered, total, squares, n) in sorted(sums.items()):
        mean = total / count
        rows.append({"statistic": statistic, "indicator": indicator, "group": group, "panels": int(count), "n": n / count,
                     "truth": truth[statistic, indicator, group], "mean": mean, "covered": covered / count,
                     "deviation": np.sqrt(max(squares / count - mean**2, 0))})  # fmt: skip
    return pd.DataFrame(rows)


def both_errors(number: int) -> list[tuple]:
    """(statistic, indicator, group, standard error, the jackknife's) of a panel's estimates."""
    rng = np.random.default_rng([settings().seed, number, 100])
    waves = draw(rng, 1)
    knife = jackknife(waves, rng)
    return [(*row[:3], row[7], knife[row[:3]]) for row in estimates(waves) if row[3] >= 100 and row[:3] in knife]


def jackknifed(panels: int) -> pd.DataFrame:
    """Over the first `panels` panels: a row an estimand, the mean of its standard errors and of the jackknife's."""
    with Pool() as pool:
        rows = [row for part in pool.imap_unordered(both_errors, range(panels)) for row in part]
    told = pd.DataFrame(rows, columns=["statistic", "indicator", "group", "se", "jackknife"])
    return told.groupby(["statistic", "indicator", "group"], as_index=False).mean()


NAMES = {
    "level": "level",
    "change_net": "net change",
    "change_standardised": "standardised change",
    "change_within": "change within doctors",
}
GROUPS = {"": "all", "female": "women", "gp": "general practitioners"}
PAGE = """# Do the intervals hold what they promise?

Made by `make simulate`; do not edit. Simulated panels, drawn from a superpopulation whose truth is known: no figure here is about doctors.

- {panels} panels of two waves (seed {seed}), {invited} doctors invited and {new} new ones in the second wave, {seconds:.0f} s on {cores} cores.
- Doctors answer at random given sex, age and position. Weights, levels and changes are the project's own. Only estimates on 100 answers or more.
- Coverage of the 95 % intervals: {low:.1f} to {high:.1f} %; {inside} of {all} estimands lie between 94 and 96 %.
- The chance error of a coverage is {chance:.1f} percentage points (two standard errors).

| Estimate | Of | Answers, mean | Truth | Mean of estimates | Coverage, % |
| --- | --- | ---: | ---: | ---: | ---: |
{rows}

Hours are means of a skewed answer; the others are shares, named after their value among all doctors in the second wave.

## The standard errors beside a jackknife

How much the estimates vary over all panels; and, over the first {knifed} of them, the mean of the standard errors that the project computes from influences and
of those that a jackknife gives which leaves out a fiftieth of the doctors at a time and weights and estimates anew. Ours and the jackknife's are of the same panels; beside the
deviation, which is of all, they vary by chance the more the fewer these are.

| Estimate | Of | Standard deviation | Ours | Ours / deviation | Jackknife / ours |
| --- | --- | ---: | ---: | ---: | ---: |
{errors}

## When answering depends on the answer

The same panels, but the odds of answering are higher for doctors who would say yes to the share of 20 per cent. Weights know sex, age and
position only: they cannot mend this, and the intervals do not tell of it. What a reader can take from the table is its size. In a change
between two waves whose answering depends on the answer in the same way, most of the bias cancels out.

| Odds of answering | Estimate | Truth | Mean of estimates | Bias, points | Coverage, % |
| ---: | --- | ---: | ---: | ---: | ---: |
{bias}

{biased} panels a row.
"""


def document(found: pd.DataFrame, bias: pd.DataFrame, knife: pd.DataFrame, panels: int, biased: int, knifed: int, seconds: float) -> str:
    """The page. Coverage in per cent, shares as shares."""
    covered = 100 * found["covered"]
    rows = [
        f"| {NAMES[r.statistic]}, {r.indicator.replace('_', ' ')} | {GROUPS[r.group]} | {r.n:.0f} | {r.truth:.4f} | {r.mean:.4f} | {100 * r.covered:.1f} |"
        for r in found.itertuples()
    ]
    wrong = [
        f"| {r.odds:.2f} | {NAMES[r.statistic]} | {r.truth:.4f} | {r.mean:.4f} | {100 * (r.mean - r.truth):+.1f} | {100 * r.covered:.0f} |"
        for r in bias.itertuples()
    ]
    errors = [
        f"| {NAMES[r.statistic]}, {r.indicator.replace('_', ' ')} | {GROUPS[r.group]} | {r.deviation:.4f} | {r.se:.4f} | {r.se / r.deviation:.3f} |"
        f" {r.jackknife / r.se:.3f} |"
        for r in found.merge(knife, on=["statistic", "indicator", "group"]).itertuples()
    ]
    return PAGE.format(
        chance=200 * np.sqrt(0.95 * 0.05 / panels), knifed=knifed, errors="\n".join(errors),
        panels=f"{panels:,}".replace(",", " "), seed=settings().seed, invited=INVITED, new=NEW, seconds=seconds, cores=os.cpu_count(), biased=biased,
        low=covered.min(), high=covered.max(), inside=int(covered.between(94, 96).sum()), all=len(found), rows="\n".join(rows), bias="\n".join(wrong),
    )  # fmt: skip


def main(panels: int = PANELS, biased: int = BIASED, knifed: int = KNIFED) -> None:
    started = time.monotonic()
    found = simulate(panels, 1, "coverage")
    tables = [simulate(biased, odds, f"odds {odds}").assign(odds=odds) for odds in ODDS]
    bias = pd.concat(t[(t["indicator"] == "share_20") & (t["group"] == "")] for t in tables)
    page = document(found, bias, jackknifed(knifed), panels, biased, knifed, time.monotonic() - started)
    (ROOT / "docs" / "simulation.md").write_text(page, encoding="utf-8")
    print("\n".join(line for line in page.splitlines() if line.startswith("- ")))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
