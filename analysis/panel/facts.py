"""What is not estimated but counted: response, flow, representativeness, weights, missing answers, alpha, problems."""

from collections.abc import Iterator
from math import isclose

import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.codebook.model import JOINT
from analysis.panel import groups, response, weighting
from analysis.panel.build import WavePanel
from analysis.results import Key, Row

STATES = ("again", "lost", "left")
REASONS = ("not_applicable", "refused", "unanswered", "unusable")  # of those who were asked
EQUAL = 1e-9  # how near a weighted share is to what it was raked to
COMPARED = ("sex", "age_group", "sex_age", "register_position", "specialty", "region", "licence_period")


def facts(book: Codebook, wave: int, panels: dict[int, WavePanel], answers: pd.DataFrame, problems: pd.DataFrame) -> Iterator[Row]:
    """All that is counted of the wave. `panels` holds it and the earlier ones."""
    panel, earlier = panels[wave], max((w for w in panels if w < wave), default=None)
    before = None if earlier is None else panels[earlier]
    yield from fieldwork(wave, panel, before)
    yield from representativeness(wave, panel)
    for row in panel.population.to_dict("records"):
        yield _count(wave, "population", row["variable"], row["level"], row["count"], term=row["kind"])
    yield from weights(wave, panel)
    yield from missing(book, wave, panel)
    yield from alphas(book, wave, answers, panel)
    yield from found_problems(wave, problems)
    yield from definitions(book, wave)
    if before is not None:
        yield from leavers(wave, before, panel, tuple(book.groupings))


def _count(wave: int, indicator: str, by: str, level: str, n: int, term: str = "", base: int | None = None) -> Row:
    key = Key(wave, indicator, "count", "count", groups=((by, level),), term=term, weighting="none")
    return Row(key, "persons", estimate=float(n), count=int(n), n=base)


def fieldwork(wave: int, panel: WavePanel, before: WavePanel | None) -> Iterator[Row]:
    """Flow, AAPOR rates and, where there is a wave before, retention."""
    steps = response.flow(panel.doctors)
    yield from (_count(wave, "flow", "step", step, n) for step, n in steps.items())
    for rate, value in response.rates(panel.doctors["final"].value_counts().to_dict()).items():
        answered = steps["complete"] + (steps["partial"] if rate in ("rr2", "rr4", "rr6") else 0)
        yield Row(Key(wave, "response_rate", rate, "rate", weighting="none"), "share", estimate=value, n=steps["eligible"], count=answered)
    if before is not None:
        steps = response.retention(before.doctors, panel.doctors)
        yield from (_count(wave, "retention", "step", step, n) for step, n in steps.items())
        if eligible := steps["eligible_again"]:
            again = steps["answered_again"]
            yield Row(Key(wave, "retention_rate", "share", "rate", weighting="none"), "share", estimate=again / eligible, n=eligible, count=again)


def representativeness(wave: int, panel: WavePanel) -> Iterator[Row]:
    """Invited, respondents, population and weighted respondents on everything the sample file holds.

    Weighted shares of what was raked are so by construction and say so (term `by_construction`).
    """
    invited, who = panel.doctors[panel.doctors["eligible"] & ~panel.doctors["over_age"]], panel.analysed
    raked = set(panel.margins["variable"]) | ({"sex", "age_group"} if "sex_age" in set(panel.margins["variable"]) else set())
    population, total = _population(panel.population), who["weight"].sum()
    for variable in (v for v in COMPARED if v in invited):
        counts = {"share_invited": (invited[variable].value_counts(), len(invited)), "share_respondents": (who[variable].value_counts(), len(who))}
        weighted = who.groupby(variable)["weight"].sum()
        for level in sorted(set(invited[variable]) | set(who[variable])):
            here = Key(wave, "representativeness", "", "count", groups=((variable, level),), weighting="none")
            for statistic, (found, n) in counts.items():
                count = int(found.get(level, 0))
                yield Row(here.but(statistic=statistic), "share", estimate=count / n, n=n, count=count)
            weight = float(weighted.get(level, 0.0) / total)
            goal = population[variable].get(level) if variable in population else None
            # A level that was raked together with its neighbour is not equal to the population on its own.
            known = "by_construction" if variable in raked and (goal is None or isclose(weight, goal, rel_tol=EQUAL)) else ""
            yield Row(here.but(statistic="share_weighted", weighting="cross", term=known), "share", estimate=weight, n=len(who))
            if goal is not None:
                yield Row(here.but(statistic="share_population"), "share", estimate=goal)


def _population(population: pd.DataFrame) -> dict[str, pd.Series]:
    shares = {v: rows.set_index("level")["count"] / rows["count"].sum() for v, rows in population.groupby("variable")}
    if "sex_age" in shares:
        parts = shares["sex_age"].index.str.split(":", expand=True)
        shares.setdefault("sex", shares["sex_age"].groupby(parts.get_level_values(0)).sum())
        shares["age_group"] = shares["sex_age"].groupby(parts.get_level_values(1)).sum()
    if "stratum" in shares:
        shares["licence_period"] = shares["stratum"]
    return shares


def weights(wave: int, panel: WavePanel) -> Iterator[Row]:
    """The quality of the weights, and the levels raked to after collapsing."""
    who = panel.analysed
    for name, value in weighting.quality(who["start_weight"].to_numpy(), who["weight"].to_numpy()).items():
        yield Row(Key(wave, "weights", name, "count"), "number", estimate=value, n=len(who))
    for margin in panel.margins.to_dict("records"):
        raked = who[who[f"raked_{margin['variable']}"] == margin["level"]]
        yield _count(wave, "raked", margin["variable"], margin["level"], len(raked))
    equal = "all" if set(who["stratum"]) == {"all"} else "licence_period"
    yield _count(wave, "strata", "kind", equal, who["stratum"].nunique())


def missing(book: Codebook, wave: int, panel: WavePanel) -> Iterator[Row]:
    """Why answers are missing, a row a question and reason; of a sensitive question also reasons joined until each has enough."""
    sensitive = {i.question for i in of_wave(book, wave) if i.sensitive}
    for question in book.questions(wave).values():
        column = question.id if question.type != "multiple" else next(
            c for c in panel.reasons if c.startswith(f"{question.id}_"))  # fmt: skip
        tally = panel.reasons[column].value_counts()
        for reason in ("not_asked", *REASONS):
            yield _count(wave, question.id, "missing", reason, tally.get(reason, 0), base=len(panel.reasons))
        if question.id in sensitive:
            counts = [int(tally.get(reason, 0)) for reason in REASONS]
            for places in (c for c in groups.classes(counts, book.panel.limits.side) if len(c) > 1):
                reason = JOINT.join(REASONS[p] for p in places)
                yield _count(wave, question.id, "missing", reason, sum(counts[p] for p in places), base=len(panel.reasons))


def alphas(book: Codebook, wave: int, answers: pd.DataFrame, panel: WavePanel) -> Iterator[Row]:
    """Cronbach's alpha of each scale: unweighted, doctors with all items (Cronbach 1951)."""
    here = answers[answers["doctor"].isin(panel.analysed["doctor"])]
    for scale in (s for name in book.waves[wave].instruments for s in book.instruments[name].scales):
        if scale.score == "ratio" or not set(scale.items) <= set(here):
            continue
        items = here[scale.items].dropna().copy()
        for item in scale.reversed:
            items[item] = scale.minimum + scale.maximum - items[item]
        total = items.sum(axis=1).var()
        if len(items) > 2 and total > 0:
            k = len(scale.items)
            alpha = float(k / (k - 1) * (1 - items.var().sum() / total))
            yield Row(Key(wave, scale.id, "alpha", "scale", weighting="none"), "number", estimate=alpha, n=len(items))


def definitions(book: Codebook, wave: int) -> Iterator[Row]:
    """Figures of the codebook that documents show: items of each scale, margins of each instrument, participation as published."""
    for name in book.waves[wave].instruments:
        instrument = book.instruments[name]
        for kind, size in (("share", instrument.margins.share), ("mean", instrument.margins.mean)):
            yield Row(Key(wave, "margin", kind, "count", groups=(("instrument", name),), weighting="none"), "number", estimate=size)
        for scale in instrument.scales:
            yield Row(Key(wave, scale.id, "items", "scale", weighting="none"), "number", estimate=float(len(scale.items)))
    for place, published in enumerate(book.waves[wave].published, 1):
        for name in ("invited", "answered", "rate"):
            if (value := getattr(published, name)) is not None:
                key = Key(wave, "participation", name, "count", groups=(("publication", str(place)),), weighting="none")
                yield Row(key, "number", estimate=float(value))


def found_problems(wave: int, problems: pd.DataFrame) -> Iterator[Row]:
    """How many problems of each kind intake found; the answers themselves stay behind."""
    if problems.empty:
        yield _count(wave, "data_problems", "code", "none", 0)
    for (severity, code), part in problems.groupby(["severity", "code"]):
        yield _count(wave, "data_problems", "code", str(code), len(part), term=str(severity))


def leavers(wave: int, earlier: WavePanel, later: WavePanel, by: tuple[str, ...]) -> Iterator[Row]:
    """What became of those who answered the earlier wave: shares who answered again, did not, and left, of all and of each group."""
    who = response.followed(earlier.doctors, later.doctors)
    for variable in ("", *by):
        for value, part in who.groupby(variable) if variable else [("", who)]:
            for state in STATES:
                count = int((part["now"] == state).sum())
                key = Key(wave, "leavers", "share", "count", groups=(("state", state), (variable, str(value))), weighting="none")
                yield Row(key, "share", estimate=count / len(part), n=len(part), count=count)
