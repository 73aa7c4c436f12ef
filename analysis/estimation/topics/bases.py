"""Those who leave a question's base because it does not apply to them, as a share of those asked."""

from collections.abc import Iterator

import numpy as np

from analysis.codebook import Codebook
from analysis.codebook.plan import Plan
from analysis.estimation.estimands import Estimand
from analysis.estimation.sample import Sample
from analysis.estimation.statistics import mean
from analysis.results import Key


def never_applies(book: Codebook, plan: Plan, sample: Sample) -> Iterator[Estimand]:
    """`share_not_applicable` of every question of the plan's topics that can be answered "does not apply": of all who gave an answer or said so."""
    for topic in plan.topics:
        for question in book.asked(plan.wave)[topic]:
            answers = book.responses(question)
            if answers is None or question.type == "multiple" or "not_applicable" not in answers.missing.values():
                continue
            never = sample.lacking(question.id, ("not_applicable",))
            known = never | ~np.isnan(sample.answers(question.id))
            if np.count_nonzero(known) >= 2:
                key = Key(plan.wave, question.id, "share_not_applicable")
                yield Estimand(key, mean(never.astype(float), known), "share", base="all", scale="logit", n_missing=0)
