"""Means, shares and quartiles of a wave, overall and by group."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from analysis.codebook import Codebook, Grouping, Indicator
from analysis.codebook.model import JOINT
from analysis.estimation.estimands import Estimand
from analysis.estimation.sample import Domains, Sample
from analysis.estimation.statistics import difference, mean, quantile
from analysis.panel import groups
from analysis.panel.build import WavePanel
from analysis.panel.population import Figures, size
from analysis.results import Key, Row

QUARTILES = {0.25: "p25", 0.5: "median", 0.75: "p75"}


def levels(sample: Sample, indicators: Iterable[Indicator], by: tuple[str, ...], domains: Domains | None = None) -> Iterator[Estimand]:
    """Means and shares of all `indicators` in the groups `by` (`domains`, if these are others than the levels of `by`).

    Means: t interval on the answers less their strata. Shares: logit interval (R: `svyciprop(method = "logit")`); a share of 0 or 1 gets the
    exact limit on n / Kish's design effect.
    """
    answered = [i for i in indicators if np.count_nonzero(~np.isnan(sample.answers(i.id))) >= 2]
    domains = sample.domains(by) if domains is None else domains
    for indicator in (i for i in answered if i.kind == "mean"):
        for level, inside in domains.items():
            yield from _level(sample, indicator, "mean", _groups(by, level), inside)
    for level, inside in domains.items():
        for indicator in (i for i in answered if i.kind != "mean"):
            yield from _level(sample, indicator, "share", _groups(by, level), inside)


def _groups(by: tuple[str, ...], level: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(zip(by, level, strict=True))


def _level(sample: Sample, indicator: Indicator, statistic: str, groups: tuple, inside: np.ndarray) -> Iterator[Estimand]:
    """The mean, or the share of each answer, of a group; nothing if none of it answered."""
    there = inside & ~np.isnan(sample.answers(indicator.id))
    if not there.any():
        return
    of_what: dict[int | None, np.ndarray] = {None: sample.answers(indicator.id)}
    if indicator.kind == "category":
        of_what = {code: sample.ticked(indicator.id, code) for code in indicator.categories}
    unit, scale = ("mean", "t") if statistic == "mean" else ("share", "logit")
    lost, df = np.count_nonzero(inside & sample.lacking(indicator.id)), sample.design.df(there)
    for code, y in of_what.items():
        key = Key(sample.wave, indicator.id, statistic, category=code, groups=groups)
        yield Estimand(key, mean(y, there), unit, base=indicator.base, scale=scale, n_missing=lost, df=df)


def quartiles(sample: Sample, indicators: Iterable[Indicator], by: tuple[str, ...], domains: Domains | None = None) -> Iterator[Row]:
    """P25, median and P75 of means with Woodruff's intervals."""
    for indicator in (i for i in indicators if i.kind == "mean"):
        y = sample.answers(indicator.id)
        for p, statistic in QUARTILES.items():
            for level, inside in (sample.domains(by) if domains is None else domains).items():
                there = inside & ~np.isnan(y)
                if not there.any():
                    continue
                value, lower, upper = quantile(sample.design, y, inside, p)
                yield Row(Key(sample.wave, indicator.id, statistic, groups=_groups(by, level)), "mean", estimate=value, lower=lower, upper=upper,
                          df=sample.design.df(there), n=np.count_nonzero(there), base=indicator.base,
                          n_missing=np.count_nonzero(inside & sample.lacking(indicator.id)))  # fmt: skip


def differences(sample: Sample, indicators: Iterable[Indicator], groupings: dict[str, Grouping]) -> Iterator[Estimand]:
    """The contrasts of each grouping, on the degrees of freedom of all who have a group."""
    for by, grouping in groupings.items():
        domains = {level[0]: inside for level, inside in sample.domains((by,)).items()}
        for indicator in indicators:
            y = sample.answers(indicator.id)
            answered = ~np.isnan(y)
            if np.count_nonzero(answered) < 2:
                continue
            df = sample.design.df(answered & np.logical_or.reduce(list(domains.values())))
            for one, other in grouping.contrasts:
                if all(level in domains and (answered & domains[level]).any() for level in (one, other)):
                    key = Key(sample.wave, indicator.id, "difference", "comparison", groups=((by, one),), vs_level=other)
                    found = difference(mean(y, domains[one]), mean(y, domains[other]))
                    yield Estimand(key, found, "difference", base=indicator.base, tested=True, df=df)


def three_classes(book: Codebook, sample: Sample, indicators: list[Indicator], by: tuple[str, ...], domains: Domains | None = None
                  ) -> Iterator[Estimand]:  # fmt: skip
    """Shares of an ordered distribution in three classes (category 1-3, statistic `share_of_three`).

    Small groups are published in these instead of all categories; which, is for disclosure to say.
    """
    parted = ordered(book, indicators)
    cut = {i.id: sample.frame[i.id].map(class_of(sorted(i.categories))) for i in parted}
    reduced = Sample(sample.wave, sample.design, sample.frame[[]].assign(**cut))
    reduced_to = [replace(i, categories={c: i.label for c in (1, 2, 3)}) for i in parted
                  if np.count_nonzero(~np.isnan(reduced.answers(i.id))) >= 2]  # fmt: skip
    for level, inside in (sample.domains(by) if domains is None else domains).items():
        for indicator in reduced_to:
            yield from _level(reduced, indicator, "share_of_three", _groups(by, level), inside)


def ordered(book: Codebook, indicators: list[Indicator]) -> list[Indicator]:
    """Those of `indicators` that are shown in three classes too: distributions of more than three ordered categories."""
    return [i for i in indicators if i.kind == "category" and len(i.categories) > 3 and _is_ordered(book, i)]


def _is_ordered(book: Codebook, indicator: Indicator) -> bool:
    instrument = book.instruments[indicator.instrument]
    if any(q.id == indicator.question and q.mean for q in instrument.questions):
        return True
    return any(block.figure == "diverging" and indicator.question in block.questions for block in instrument.blocks)


def joined_groups(book: Codebook, panel: WavePanel, sample: Sample, indicators: Iterable[Indicator], by: tuple[str, ...]
                  ) -> Iterator[tuple[Indicator, Domains]]:  # fmt: skip
    """The tables by `by` in which a group is too small to be shown, with the groups that are shown instead: those joined of several levels.

    Of a crossing the levels of its first grouping are joined. Sensitive items have none: their tables are whole or absent.
    """
    limits, grouping, domains = book.panel.limits, book.groupings[by[0]], sample.domains(by)
    figures = Figures.of(panel.population)
    persons = {level: size({b: frozenset({name}) for b, name in zip(by, level, strict=True)}, panel.doctors, figures) for level in domains}
    seconds = {level[1:] for level in domains}
    for indicator in indicators:
        answered = ~np.isnan(sample.answers(indicator.id))
        n = {level: int(np.count_nonzero(answered & inside)) for level, inside in domains.items()}
        large = {
            first: np.array([(n.get((first, *r), 0) / limits.base, persons.get((first, *r), 0) / limits.population) for r in seconds]).ravel()
            for first in grouping.levels if any(level[0] == first for level in domains)
        }  # fmt: skip
        shown_as = groups.joined(large, grouping.neighbours)
        made: Domains = {}
        for level, inside in domains.items():
            if (name := shown_as.get(level[0], level[0])) != level[0]:
                made[name, *level[1:]] = made.get((name, *level[1:]), False) | inside
        if made:
            yield indicator, made


def joined_answers(book: Codebook, sample: Sample, indicators: Iterable[Indicator]) -> Iterator[Estimand]:
    """Shares of neighbouring answers to a sensitive question, joined until each class was given by enough; one that stands alone has its share."""
    limits = book.panel.limits
    for indicator in (i for i in indicators if i.kind == "category" and i.sensitive):
        answered, codes = ~np.isnan(sample.answers(indicator.id)), list(indicator.categories)
        counts = [int(np.nansum(sample.ticked(indicator.id, code))) for code in codes]
        parts = _parts(book, sample.wave, indicator, dict(zip(codes, counts, strict=True)), limits.side)
        for places in (c for c in groups.classes(counts, limits.side, parts) if len(c) > 1):
            y = np.add.reduce([sample.ticked(indicator.id, codes[p]) for p in places])
            key = Key(sample.wave, indicator.id, "share_joined", category=codes[places[0]], term=JOINT.join(str(codes[p]) for p in places))
            yield Estimand(key, mean(y, answered), "share", base=indicator.base, scale="logit",
                           n_missing=np.count_nonzero(sample.lacking(indicator.id)), df=sample.design.df(answered))  # fmt: skip


def _parts(book: Codebook, wave: int, indicator: Indicator, counts: dict[int, int], side: int) -> list[list[int]]:
    """The places of the answers that a shown share of the question parts: those within it, and the others."""
    codes, question = list(counts), book.questions(wave).get(indicator.question or "")
    for d in question.dichotomies if question else ():  # a sensitive question has one at most
        inside = {c for c in codes if (c in d.codes if d.codes is not None else c > d.above)}
        n = sum(counts[c] for c in inside)
        if min(n, sum(counts.values()) - n) >= side:
            return [[p for p, c in enumerate(codes) if (c in inside) is within] for within in (True, False)]
    return []


def class_of(codes: list[int]) -> dict[int, int]:
    """Code -> 1 (lower end), 2 (middle) or 3 (upper end); the ends are equally wide."""
    end = (len(codes) - 1) // 2
    return {c: 1 if place < end else 3 if place >= len(codes) - end else 2 for place, c in enumerate(codes)}
