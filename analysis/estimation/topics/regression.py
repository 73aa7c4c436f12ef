"""An article's design-based regression models of one wave: what goes with an answer, other things equal."""

from dataclasses import replace

from analysis.codebook import Codebook, Indicator
from analysis.codebook.plan import Plan
from analysis.estimation.estimands import estimate
from analysis.estimation.levels import levels
from analysis.estimation.models import family_of, rows
from analysis.estimation.regression import Term, fit
from analysis.estimation.sample import Sample
from analysis.results import Key, Row


def models(book: Codebook, plan: Plan, indicators: dict[str, Indicator], sample: Sample) -> list[Row]:
    """Terms (odds ratios or differences) and adjusted shares or means of every model of the plan, named by the article.

    R: `svyglm(y ~ x, family = quasibinomial)` on the calibrated design; a logistic model for a share, a linear one for a mean.
    References: those of the groupings, and 0 of an indicator. Levels by a 0/1 term are given unadjusted too.
    """
    found: list[Row] = []
    for asked in plan.models:
        indicator = indicators[asked.indicator]
        added = [t for t in asked.terms if t not in book.groupings]
        factors = replace(sample, frame=sample.frame.assign(**{t: sample.frame[t].map({0: "0", 1: "1"}) for t in added}))
        terms = [Term(t, "0" if t in added else book.groupings[t].reference) for t in asked.terms]
        model = fit(factors, indicator.id, terms, family_of(indicator))
        if model is None:
            continue
        key = Key(plan.wave, indicator.id, "", "model", model=plan.article)
        found += rows(factors, model, terms, key, indicator.base, list(asked.terms))
        for term in added:
            found += estimate(sample.design, levels(sample, [indicator], (term,), sample.domains_of(term)))
    return found
