"""One model a fixed theme over the waves, design-based: population-averaged, with the doctor as cluster. And the rows of any model."""

from collections.abc import Iterator

from analysis.codebook import Codebook, Indicator
from analysis.estimation.change import stack
from analysis.estimation.estimands import Estimand, estimate
from analysis.estimation.regression import Fit, Term, fit
from analysis.estimation.sample import Sample
from analysis.panel.build import WavePanel
from analysis.results import Key, Row


def trend(book: Codebook, indicator: Indicator, waves: dict[int, WavePanel], wave: int) -> list[Row]:
    """Rows of the model of `indicator` over `waves` (the last is `wave`) by all groupings: terms, and adjusted means or shares by wave.

    Stacked waves, the doctor as cluster (R: `svyglm` on `calibrate(svydesign(ids = ~doctor, strata = ~stratum), ...)`). References: the wave
    itself, and those of the groupings.
    """
    sample = stack(waves, [indicator.id, *book.groupings])
    terms = [Term("wave", str(wave))] * (len(waves) > 1) + [Term(name, g.reference) for name, g in book.groupings.items()]
    model = fit(sample, indicator.id, terms, family_of(indicator))
    if model is None:
        return []
    key, adjusting = Key(wave, indicator.id, "", "model", model="trend"), ["wave"] * (len(waves) > 1)
    return rows(sample, model, terms, key, "all", adjusting)


def family_of(indicator: Indicator) -> str:
    """Logistic for a share, linear for a mean."""
    return "binomial" if indicator.kind == "binary" else "gaussian"


def rows(sample: Sample, model: Fit, terms: list[Term], key: Key, base: str, adjusting: list[str]) -> list[Row]:
    """A model's terms, and the means or shares adjusted to each level of the terms `adjusting`."""
    levels = {t.variable: sample.frame.loc[model.inside, t.variable] for t in terms}
    asked = [e for t in terms for e in _coefficients(model, t, levels[t.variable].value_counts(sort=False).to_dict(), key, base)]
    asked += [e for name in adjusting for e in _adjusted(model, name, levels[name].value_counts().sort_index().to_dict(), key, base)]
    found = iter(estimate(sample.design, [e for e in asked if isinstance(e, Estimand)]))
    return [next(found) if isinstance(e, Estimand) else e for e in asked]


def _coefficients(model: Fit, term: Term, count: dict[str, int], key: Key, base: str) -> Iterator[Estimand | Row]:
    """The levels of a term, its reference among them: odds ratios or differences. One that the data do not tell has no figures."""
    odds = model.family == "binomial"
    statistic, unit = ("odds_ratio", "ratio") if odds else ("difference", "difference")
    for level, n in count.items():
        named = key.but(statistic=statistic, term=f"{term.variable}={level}")
        if level == term.reference:
            yield Row(named, unit, estimate=1.0 if odds else 0.0, n=n, base=base, status="reference")
        elif (found := model.coefficient(term.variable, level)) is None:
            yield Row(named, unit, n=n, base=base, quality="uncertain")
        else:
            yield Estimand(named, found, unit, base, "odds" if odds else "t", tested=True, n=n, df=model.df)


def _adjusted(model: Fit, variable: str, count: dict[str, int], key: Key, base: str) -> Iterator[Estimand]:
    """Means or shares at each level of `variable`, averaged over everyone's other terms (predictive margins)."""
    statistic, unit = ("adjusted_share", "share") if model.family == "binomial" else ("adjusted_mean", "mean")
    for level, n in count.items():
        yield Estimand(key.but(statistic=statistic, term=f"{variable}={level}"), model.adjusted(variable, level), unit, base, n=n, df=model.df)
