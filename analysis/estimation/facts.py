"""What is not estimated but counted: response, flow, representativeness, weights, missing answers, alpha, problems."""

import numpy as np
import pandas as pd

from analysis.codebook import Codebook
from analysis.panel import response, weighting
from analysis.panel.build import WavePanel

COMPARED = ("sex", "age_group", "sex_age", "register_position", "specialty", "region", "licence_period")


def fieldwork(panel: WavePanel, before: WavePanel | None) -> list[dict]:
    """Flow, AAPOR rates and, where there is a wave before, retention."""
    steps = response.flow(panel.doctors)
    rows = [_count("flow", "step", step, n) for step, n in steps.items()]
    for rate, value in response.rates(panel.doctors["final"].value_counts().to_dict()).items():
        answered = steps["complete"] + (steps["partial"] if rate in ("rr2", "rr4", "rr6") else 0)
        rows.append({"kind": "rate", "indicator": "response_rate", "statistic": rate, "weighting": "none",
                     "n": steps["eligible"], "count": answered, "estimate": value, "unit": "share"})  # fmt: skip
    if before is not None:
        steps = response.retention(before.doctors, panel.doctors)
        rows += [_count("retention", "step", step, n) for step, n in steps.items()]
        if steps["eligible_again"]:
            rows.append({"kind": "rate", "indicator": "retention_rate", "statistic": "share", "weighting": "none",
                         "n": steps["eligible_again"], "count": steps["answered_again"], "unit": "share",
                         "estimate": steps["answered_again"] / steps["eligible_again"]})  # fmt: skip
    return rows


def _count(indicator: str, by: str, level: str, n: int, statistic: str = "count") -> dict:
    return {"kind": "count", "indicator": indicator, "by": by, "level": level, "statistic": statistic, "weighting": "none",
            "count": int(n), "estimate": float(n), "unit": "doctors"}  # fmt: skip


def representativeness(panel: WavePanel) -> list[dict]:
    """Invited, respondents, population and weighted respondents on everything the sample file holds.

    Weighted shares of what was raked are so by construction and say so (term `by_construction`).
    """
    invited, who = panel.doctors[panel.doctors["eligible"] & (panel.doctors["age"] <= response.OLDEST)], panel.analysed
    raked = set(panel.margins["variable"]) | (
        {"sex", "age_group"} if "sex_age" in set(panel.margins["variable"]) else set()
    )
    population = _population(panel.population)
    rows = []
    for variable in COMPARED:
        for level in sorted(set(invited[variable]) | set(who[variable])):
            row = {
                "kind": "count",
                "indicator": "representativeness",
                "by": variable,
                "level": level,
                "unit": "share",
                "weighting": "none",
            }
            for statistic, frame in (("share_invited", invited), ("share_respondents", who)):
                count = int((frame[variable] == level).sum())
                rows.append(
                    row | {"statistic": statistic, "n": len(frame), "count": count, "estimate": count / len(frame)}
                )
            weight = who.loc[who[variable] == level, "weight"].sum() / who["weight"].sum()
            rows.append(row | {"statistic": "share_weighted", "weighting": "cross", "n": len(who), "estimate": float(weight),
                               "term": "by_construction" if variable in raked else ""})  # fmt: skip
            if variable in population and level in population[variable]:
                rows.append(row | {"statistic": "share_population", "estimate": population[variable][level]})
    return rows


def _population(population: pd.DataFrame) -> dict[str, pd.Series]:
    shares = {v: rows.set_index("level")["count"] / rows["count"].sum() for v, rows in population.groupby("variable")}
    if "sex_age" in shares:
        parts = shares["sex_age"].index.str.split(":", expand=True)
        shares.setdefault("sex", shares["sex_age"].groupby(parts.get_level_values(0)).sum())
        shares["age_group"] = shares["sex_age"].groupby(parts.get_level_values(1)).sum()
    if "stratum" in shares:
        shares["licence_period"] = shares["stratum"]
    return shares


def population(panel: WavePanel) -> list[dict]:
    """The population figures used, with their kind in `term`."""
    return [
        _count("population", r["variable"], r["level"], r["count"]) | {"term": r["kind"]}
        for r in panel.population.to_dict("records")
    ]


def weights(panel: WavePanel) -> list[dict]:
    """The quality of the weights, and the levels raked to after collapsing."""
    who = panel.analysed
    quality = weighting.quality(who["start_weight"].to_numpy(), who["weight"].to_numpy())
    rows = [{"kind": "count", "indicator": "weights", "statistic": name, "weighting": "cross", "n": len(who),
             "estimate": value, "unit": "number"} for name, value in quality.items()]  # fmt: skip
    for margin in panel.margins.to_dict("records"):
        raked = who[who[f"raked_{margin['variable']}"] == margin["level"]]
        rows.append(_count("raked", margin["variable"], margin["level"], len(raked)))
    equal = "all" if set(who["stratum"]) == {"all"} else "licence_period"
    return [*rows, _count("strata", "kind", equal, who["stratum"].nunique())]


def missing(book: Codebook, wave: int, panel: WavePanel) -> list[dict]:
    """Why answers are missing, a row a question and reason."""
    rows = []
    for question in book.questions(wave).values():
        column = question.id if question.type != "multiple" else next(
            c for c in panel.reasons if c.startswith(f"{question.id}_"))  # fmt: skip
        tally = panel.reasons[column].value_counts()
        for reason in ("not_asked", "not_applicable", "refused", "unanswered", "unusable"):
            rows.append(_count(question.id, "missing", reason, tally.get(reason, 0)) | {"n": len(panel.reasons)})
    return rows


def alphas(book: Codebook, wave: int, answers: pd.DataFrame, panel: WavePanel) -> list[dict]:
    """Cronbach's alpha of each scale: unweighted, doctors with all items (Cronbach 1951)."""
    here = answers[answers["doctor"].isin(panel.analysed["doctor"])]
    rows = []
    for name in book.waves[wave].instruments:
        for scale in book.instruments[name].scales:
            if scale.score == "ratio" or not set(scale.items) <= set(here):
                continue
            items = here[scale.items].dropna().copy()
            for item in scale.reversed:
                items[item] = scale.minimum + scale.maximum - items[item]
            total = items.sum(axis=1).var()
            if len(items) > 2 and total > 0:
                k = len(scale.items)
                rows.append({"kind": "scale", "indicator": scale.id, "statistic": "alpha", "weighting": "none", "n": len(items),
                             "estimate": float(k / (k - 1) * (1 - items.var().sum() / total)), "unit": "number"})  # fmt: skip
    return rows


def definitions(book: Codebook, wave: int) -> list[dict]:
    """Figures of the codebook that documents show: items of each scale, margins of each instrument, participation as published."""
    rows = []
    common = {"weighting": "none", "unit": "number"}
    for name in book.waves[wave].instruments:
        instrument = book.instruments[name]
        for kind, size in (("share", instrument.margins.share), ("mean", instrument.margins.mean)):
            rows.append(
                common
                | {
                    "kind": "count",
                    "indicator": "margin",
                    "by": "instrument",
                    "level": name,
                    "statistic": kind,
                    "estimate": size,
                }
            )
        for scale in instrument.scales:
            rows.append(
                common
                | {"kind": "scale", "indicator": scale.id, "statistic": "items", "estimate": float(len(scale.items))}
            )
    for place, published in enumerate(book.waves[wave].published, 1):
        for name in ("invited", "answered", "rate"):
            if (value := getattr(published, name)) is not None:
                rows.append(common | {"kind": "count", "indicator": "participation", "by": "publication", "level": str(place),
                                      "statistic": name, "estimate": float(value)})  # fmt: skip
    return rows


def problems(found: pd.DataFrame) -> list[dict]:
    """How many problems of each kind intake found; the answers themselves stay behind."""
    rows = []
    for (severity, code), part in found.groupby(["severity", "code"]):
        rows.append(_count("data_problems", "code", str(code), len(part)) | {"term": str(severity)})
    return rows or [_count("data_problems", "code", "none", 0)]


def finite(rows: list[dict]) -> list[dict]:
    """Rows with their not-a-numbers as missing, so that a table never prints one."""
    return [{k: (None if isinstance(v, float) and not np.isfinite(v) else v) for k, v in row.items()} for row in rows]
