"""Change since an earlier wave: three things with three names.

`change_net`: all who answered either wave, cross-sectional weights, the two waves stacked with the doctor as cluster (R:
`svydesign(ids=~doctor, strata=~stratum)`, raked to the margins crossed with wave), in strata that both waves know.
`change_standardised`: the same, the earlier wave raked to the later wave's margins.
`change_within`: those who answered both, the earlier weight times the inverse chance of answering again, raked to the
earlier population less those who have left it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.codebook import Indicator
from analysis.estimation.design import Design
from analysis.estimation.estimands import Estimand, estimate
from analysis.estimation.sample import Sample
from analysis.estimation.statistics import difference, mean
from analysis.panel import response, weighting
from analysis.panel.build import WavePanel, weigh
from analysis.results import Key, Row

FEWEST = 30  # doctors who answered both


def stack(waves: dict[int, WavePanel], columns: Sequence[str]) -> Sample:
    """Waves on top of each other as one raked sample: each wave's own margins, crossed with wave. What a wave is not raked to is `all` there."""
    raked = {w: [f"raked_{v}" for v in panel.margins["variable"].unique()] for w, panel in waves.items()}
    margins = list(dict.fromkeys(m for some in raked.values() for m in some))
    frames = []
    for wave, panel in waves.items():
        wanted = dict.fromkeys(("doctor", "stratum", "start_weight", "weight", *columns, *raked[wave]))
        lacking = dict.fromkeys((m for m in margins if m not in raked[wave]), "all")
        frames.append(panel.analysed[[c for c in wanted if c in panel.analysed]].assign(wave=str(wave), **lacking))
    stacked = pd.concat(frames, ignore_index=True)
    known = weighting.shared_strata(stacked["stratum"], stacked["doctor"])
    stacked["stratum"] = weighting.collapse_strata(known, stacked["doctor"])
    return Sample(max(waves), Design.of(stacked, margins, "doctor", "wave"), stacked)


def standardised(panel: WavePanel, population: pd.DataFrame) -> WavePanel:
    """The wave raked to another wave's population."""
    doctors, margins = weigh(panel.doctors, population)
    return replace(panel, doctors=doctors, margins=margins)


def net(waves: dict[int, WavePanel], earlier: int, indicators: list[Indicator], by: Sequence[str], statistic: str = "change_net") -> list[Row]:
    """Net (or, with statistic `change_standardised`, standardised) changes from `earlier` to the last of `waves`; of key indicators by `by` too.

    Only the two waves compared are stacked, so that what else is compared moves no standard error.
    """
    later = max(waves)
    then = standardised(waves[earlier], waves[later].population) if statistic == "change_standardised" else waves[earlier]
    sample = stack({earlier: then, later: waves[later]}, [*by, *(i.id for i in indicators)])
    wanted = [(i, groups) for groups in [(), *((b,) for b in by)] for i in indicators if not groups or i.key]
    return estimate(sample.design, (e for i, groups in wanted for e in _changes(sample, i, groups, earlier, statistic)))


def _changes(sample: Sample, indicator: Indicator, by: tuple[str, ...], earlier: int, statistic: str) -> Iterator[Estimand]:
    """Later less earlier, of everyone or of each level; degrees of freedom are the doctors of both waves less their strata."""
    wave = sample.domains(("wave",))
    y, cluster = sample.answers(indicator.id), sample.design.cluster
    for level, inside in sample.domains(by).items():
        then, now = (inside & wave[str(w),] & ~np.isnan(y) for w in (earlier, sample.wave))
        if min(np.count_nonzero(then), np.count_nonzero(now)) >= 2:
            key = Key(sample.wave, indicator.id, statistic, "comparison", groups=tuple(zip(by, level, strict=True)), vs_wave=earlier)
            rows = [np.bincount(cluster[those], minlength=cluster.max() + 1) for those in (then, now)]  # of each doctor
            yield Estimand(key, difference(mean(y, now), mean(y, then)), "difference", base=indicator.base, tested=True, n=np.count_nonzero(now),
                           count=np.count_nonzero(then), n_both=np.count_nonzero(rows[0] * rows[1]))  # fmt: skip


def longitudinal(wave: int, earlier: WavePanel, later: WavePanel, ids: list[str], by: Sequence[str]) -> tuple[Sample, pd.DataFrame] | None:
    """Those who answered both waves (`wave` is the later), raked, with `<indicator>` = later less earlier, and the margins. None if too few."""
    who = response.followed(earlier.doctors, later.doctors)
    stayed = who[who["now"] != "left"]
    both = stayed[stayed["now"] == "again"].copy()
    if len(both) < FEWEST:
        return None
    chance = _chance_of_answering_again(stayed)
    both["start_weight"] = both["weight"] / chance[both.index]
    goal = pd.concat(
        pd.DataFrame({"variable": v, "level": total.index, "count": total.to_numpy()})
        for v in earlier.margins["variable"].unique()
        for total in [stayed.groupby(f"raked_{v}")["weight"].sum()]
    )
    population = goal.assign(wave=0)
    respondents = both.drop(columns=[v for v in goal["variable"].unique() if v in both])
    respondents = respondents.rename(columns={f"raked_{v}": v for v in goal["variable"].unique()})
    margins, levels = weighting.margins_of(population, respondents)
    second = later.analysed.set_index("doctor")[ids].reindex(both["doctor"])
    margins["variable"] = "m_" + margins["variable"]
    frame = levels.add_prefix("m_").assign(
        doctor=both["doctor"], stratum=weighting.collapse_strata(both["stratum"], both["doctor"]), start_weight=both["start_weight"]
    )
    frame[list(by)] = both[list(by)]
    for name in ids:
        frame[name] = second[name].to_numpy() - both[name].to_numpy()
    frame = frame.reset_index(drop=True)
    frame["weight"] = weighting.rake(frame, margins)
    return Sample(wave, Design.of(frame, list(dict.fromkeys(margins["variable"]))), frame), margins


def _chance_of_answering_again(stayed: pd.DataFrame) -> pd.Series:
    """Logistic regression of answering again on sex x age and, where it is known, register position (unweighted)."""
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    known = [v for v in ("sex_age", "register_position") if v in stayed]
    levels = pd.get_dummies(stayed[known], drop_first=True).to_numpy(dtype=float)
    x = np.column_stack([np.ones(len(stayed)), levels[:, levels.sum(axis=0) >= 5]])
    fit = GLM((stayed["now"] == "again").to_numpy(dtype=float), x, family=Binomial()).fit()
    return pd.Series(fit.fittedvalues, stayed.index).clip(lower=0.05)


def within(earlier: int, later: int, waves: dict[int, WavePanel], indicators: list[Indicator], by: Sequence[str]) -> list[Row]:
    """Mean change of the doctors who answered both waves; groups as they were in the earlier."""
    made = longitudinal(later, waves[earlier], waves[later], [i.id for i in indicators], by)
    return estimate(made[0].design, _within(made[0], earlier, indicators, by)) if made else []


def _within(sample: Sample, earlier: int, indicators: list[Indicator], by: Sequence[str]) -> Iterator[Estimand]:
    for groups in [(), *((b,) for b in by)]:
        for indicator in [i for i in indicators if not groups or i.key]:
            y = sample.answers(indicator.id)
            answered = ~np.isnan(y)
            for level, inside in sample.domains(groups).items() if np.count_nonzero(answered) >= FEWEST else ():
                if (n := np.count_nonzero(answered & inside)) >= 2:
                    levels = tuple(zip(groups, level, strict=True))
                    key = Key(sample.wave, indicator.id, "change_within", "comparison", groups=levels, vs_wave=earlier, weighting="longitudinal")
                    yield Estimand(key, mean(y, inside), "difference", base=indicator.base, n_both=n)
