"""Change since an earlier wave: three things with three names.

`change_net`: all who answered either wave, cross-sectional weights, the two waves stacked with the doctor as cluster (R:
`svydesign(ids=~doctor, strata=~stratum)`, raked to the margins crossed with wave), in strata that both waves know.
`change_standardised`: the same, the earlier wave raked to the later wave's margins.
`change_within`: those who answered both, the earlier weight times the inverse chance of answering again, raked to the
earlier population less those who have left it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.codebook import Indicator
from analysis.estimation import levels, linear
from analysis.estimation.linear import Design
from analysis.panel import response, weighting
from analysis.panel.build import WavePanel, weigh

BY = ("sex", "age_group", "position")
STATES = ("again", "lost", "left")
LEFT = (*response.NOT_ELIGIBLE, "over_age")


def stack(waves: dict[int, WavePanel], columns: Sequence[str]) -> tuple[Design, pd.DataFrame, pd.DataFrame]:
    """Waves on top of each other as one raked sample, the same as a pandas table, and the margins: each wave's own, crossed with wave."""
    variables = list(dict.fromkeys(v for panel in waves.values() for v in panel.margins["variable"]))
    frames, margins = [], []
    for wave, panel in waves.items():
        who, goal = panel.analysed, panel.margins
        kept = [c for c in dict.fromkeys(("doctor", "stratum", "start_weight", "weight", *columns)) if c in who]
        lacking = [v for v in variables if v not in set(goal["variable"])]
        levels = who[[f"raked_{v}" for v in variables if v not in lacking]].assign(**{f"raked_{v}": "all" for v in lacking})
        frames.append(who[kept].assign(wave=str(wave), **{f"m_{v}": f"{wave}:" + levels[f"raked_{v}"].astype(str) for v in variables}))
        total = goal["count"].sum() / goal["variable"].nunique()
        whole = pd.concat([goal, pd.DataFrame([{"variable": v, "level": "all", "count": total} for v in lacking])])
        margins.append(whole.assign(variable="m_" + whole["variable"], level=f"{wave}:" + whole["level"].astype(str)))
    stacked = pd.concat(frames, ignore_index=True)
    known = weighting.shared_strata(stacked["stratum"], stacked["doctor"])
    stacked["stratum"] = weighting.collapse_strata(known, stacked["doctor"])
    return Design.of(stacked, [f"m_{v}" for v in variables], "doctor"), stacked, pd.concat(margins, ignore_index=True)


def standardised(panel: WavePanel, population: pd.DataFrame) -> WavePanel:
    """The wave raked to another wave's population."""
    doctors, margins = weigh(panel.doctors, population)
    return replace(panel, doctors=doctors, margins=margins)


def net(waves: dict[int, WavePanel], since: dict[int, list[Indicator]], statistic: str = "change_net") -> list[dict]:
    """Net (or, with statistic `change_standardised`, standardised) changes up to the last of `waves`.

    `since` is earlier wave -> indicators; the changes of key indicators are given by group too. Only the two waves compared are stacked,
    so that what else is compared moves no standard error.
    """
    later = max(waves)
    rows = []
    for earlier, indicators in since.items():
        then = standardised(waves[earlier], waves[later].population) if statistic == "change_standardised" else waves[earlier]
        design, frame, _ = stack({earlier: then, later: waves[later]}, [*BY, *(i.id for i in indicators)])
        for by in [(), *((b,) for b in BY)]:
            if some := [i for i in indicators if not by or i.key]:
                rows += _contrasts(design, frame, some, by, earlier, later, statistic)
    return rows


def _contrasts(design: Design, frame, indicators, by, earlier, later, statistic) -> list[dict]:
    """Later less earlier, of everyone or of each level; degrees of freedom are the doctors of both waves less their strata."""
    rows, estimates, df = [], [], []
    waves = {wave: (frame["wave"] == str(wave)).to_numpy() for wave in (earlier, later)}
    doctor = pd.factorize(frame["doctor"])[0]
    for indicator in indicators:
        y = levels.values(frame, indicator.id)
        for level, inside in levels.groups(frame, by):
            then, now = (linear.mean(design, y, inside & waves[wave]) for wave in (earlier, later))
            if min(now.inside.sum(), then.inside.sum()) < 2:
                continue
            both = now.inside | then.inside
            estimates.append(linear.less(now, then))
            df.append(design.df(both))
            rows.append({
                "kind": "comparison", "indicator": indicator.id, "base": indicator.base, "vs_wave": earlier,
                "statistic": statistic, "weighting": "cross", "n": int(now.inside.sum()), "count": int(then.inside.sum()),
                "n_both": int(both.sum() - len(np.unique(doctor[both]))), "unit": "difference", **({"by": by[0], "level": level[0]} if by else {}),
            })  # fmt: skip
    return [row if row["se"] > 0 else row | {"p": None} for row in levels.with_p(levels.with_errors(design, rows, estimates, df))]


def followed(earlier: WavePanel, later: WavePanel) -> pd.DataFrame:
    """Those analysed in the earlier wave, with `now`: again, left (gone from the population) or lost (silent, off the panel)."""
    final = later.doctors.set_index("doctor")
    who = earlier.analysed
    state = who["doctor"].map(final["final"]).fillna("off_panel")
    old = who["doctor"].map(final["age"]).gt(response.OLDEST)
    again = who["doctor"].map(final["analysed"]).fillna(False).astype(bool)
    gone = state.isin(("deceased", "emigrated", "retired")) | old
    return who.assign(now=np.select([again, gone], ["again", "left"], "lost"))


def longitudinal(earlier: WavePanel, later: WavePanel, ids: list[str]) -> tuple[Design, pd.DataFrame, pd.DataFrame] | None:
    """Those who answered both waves, raked, with `<indicator>` = later less earlier, and the margins. None if fewer than 30 did."""
    who = followed(earlier, later)
    stayed = who[who["now"] != "left"]
    both = stayed[stayed["now"] == "again"].copy()
    if len(both) < 30:
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
    second = later.analysed.set_index("doctor").reindex(both["doctor"])
    margins["variable"] = "m_" + margins["variable"]
    frame = levels.add_prefix("m_").assign(
        doctor=both["doctor"], stratum=weighting.collapse_strata(both["stratum"], both["doctor"]), start_weight=both["start_weight"]
    )
    frame[list(BY)] = both[list(BY)]
    for name in ids:
        frame[name] = second[name].to_numpy() - both[name].to_numpy()
    frame = frame.reset_index(drop=True)
    frame["weight"] = weighting.rake(frame, margins)
    return Design.of(frame, list(dict.fromkeys(margins["variable"]))), frame, margins


def _chance_of_answering_again(stayed: pd.DataFrame) -> pd.Series:
    """Logistic regression of answering again on sex x age and register position (unweighted)."""
    import statsmodels.api as sm

    design = pd.get_dummies(stayed[["sex_age", "register_position"]], drop_first=True).astype(float)
    design = design.loc[:, design.sum() >= 5]
    fit = sm.GLM((stayed["now"] == "again").astype(float), sm.add_constant(design), family=sm.families.Binomial()).fit()
    return fit.fittedvalues.clip(lower=0.05)


def within(earlier: int, later: int, waves: dict[int, WavePanel], indicators: list[Indicator]) -> list[dict]:
    """Mean change of the doctors who answered both waves; groups as they were in the earlier."""
    made = longitudinal(waves[earlier], waves[later], [i.id for i in indicators])
    if made is None:
        return []
    design, frame, _ = made
    rows, estimates = [], []
    for by in [(), *((b,) for b in BY)]:
        for indicator in [i for i in indicators if (not by or i.key) and frame[i.id].notna().sum() >= 30]:
            y = levels.values(frame, indicator.id)
            for level, inside in levels.groups(frame, by):
                found = linear.mean(design, y, inside)
                if (n := int(found.inside.sum())) >= 2:
                    estimates.append(found)
                    rows.append({
                        "kind": "comparison", "indicator": indicator.id, "base": indicator.base, "vs_wave": earlier,
                        "statistic": "change_within", "weighting": "longitudinal", "n": n, "n_both": n,
                        "unit": "difference", **({"by": by[0], "level": level[0]} if by else {}),
                    })  # fmt: skip
    return levels.with_errors(design, rows, estimates)


def leavers(earlier: WavePanel, later: WavePanel) -> list[dict]:
    """What became of those who answered the earlier wave: shares who answered again, did not, and left, of all and of each group."""
    who, rows = followed(earlier, later), []
    for variable in ("", *BY):
        for value, part in who.groupby(variable) if variable else [("", who)]:
            for state in STATES:
                count = int((part["now"] == state).sum())
                rows.append({
                    "kind": "count", "indicator": "leavers", "by": "state", "level": state, "statistic": "share",
                    "weighting": "none", "n": len(part), "count": count, "estimate": count / len(part), "unit": "share",
                    "by2": variable, "level2": value,
                })  # fmt: skip
    return rows
