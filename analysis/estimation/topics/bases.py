"""Those who leave a question's base because it does not apply to them, as a share of those asked."""

import pandas as pd

from analysis.codebook import Codebook, Indicator
from analysis.codebook.plan import Plan
from analysis.estimation import levels
from analysis.estimation.linear import Design


def never_applies(
    book: Codebook, plan: Plan, design: Design, frame: pd.DataFrame, reasons: pd.DataFrame
) -> list[dict]:
    """Statistic `share_not_applicable` of every question of the plan's topics that can be answered "does not apply".

    The base is everyone who gave an answer or said so. Weighted as all else.
    """
    rows = []
    for topic in plan.topics:
        for question in book.asked(plan.wave)[topic]:
            answers = book.responses(question)
            if answers is None or question.type == "multiple" or "not_applicable" not in answers.missing.values():
                continue
            never = reasons[question.id].eq("not_applicable")
            known = (frame[question.id].notna() | never).to_numpy()
            share = never.astype("Float64").where(known).to_numpy(dtype=float, na_value=float("nan"))
            here = frame.assign(**{question.id: share})
            none_missing = reasons.assign(**{question.id: ""})
            as_share = Indicator(id=question.id, instrument=topic, question=question.id, label=question.short, kind="binary", base="all")  # fmt: skip
            rows += [
                row | {"statistic": "share_not_applicable"}
                for row in levels.overall(design, here, none_missing, as_share)
            ]
    return rows
