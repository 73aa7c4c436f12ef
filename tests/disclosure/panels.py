"""The results of one sensitive question, self-rated health, from how many of each answer, sex and age there are; all weigh the same."""

import numpy as np
import pandas as pd

from analysis.codebook import load
from analysis.disclosure import rules
from analysis.panel import groups
from analysis.settings import settings
from tests.made import results as table

BOOK = load(settings().codebook)
QUESTION, GOOD = "srh", "srh_good"  # five answers; good: the first two
SEX, AGE = ["female", "male"], ["under_40", "40_54", "55_69"]
REASONS = ("not_applicable", "refused", "unanswered", "unusable")


def complete(answers: np.ndarray, missing: tuple[int, int, int, int] = (0, 10, 12, 0)) -> pd.DataFrame:
    """`answers`: persons by answer x sex x age; `missing`: of a woman under 40 each, by reason."""
    lacking = np.zeros((4, 2, 3), dtype=int)
    lacking[:, 0, 0] = missing
    answers[0, 0, 0] += not answers.sum()  # somebody answers
    everyone = answers.sum(axis=0) + lacking.sum(axis=0)
    rows = [*_levels(answers, lacking), *_reasons(missing, int(everyone.sum())), *_known(everyone)]
    return table(rows, 2026)


def _levels(answers: np.ndarray, lacking: np.ndarray):
    for by, level, here in [("", "", np.s_[:, :, :]), *(("sex", s, np.s_[:, i : i + 1, :]) for i, s in enumerate(SEX)),
                            *(("age_group", a, np.s_[:, :, i : i + 1]) for i, a in enumerate(AGE))]:  # fmt: skip
        counts, n = answers[here].sum(axis=(1, 2)), int(answers[here].sum())
        if not n:
            continue
        common = {"kind": "estimate", "statistic": "share", "unit": "share", "n": n, "n_missing": int(lacking[here].sum()), "by": by, "level": level}
        for code, count in enumerate(counts, start=1):
            yield common | {"indicator": QUESTION, "category": code, "count": int(count), "estimate": count / n}
        yield common | {"indicator": GOOD, "count": int(counts[:2].sum()), "estimate": counts[:2].sum() / n}
        good = int(counts[:2].sum())
        parts = [[0, 1], [2, 3, 4]] if min(good, n - good) >= BOOK.panel.limits.side else []
        for places in (c for c in groups.classes([int(c) for c in counts], BOOK.panel.limits.side, parts) if len(c) > 1 and not by):
            yield common | {"indicator": QUESTION, "statistic": "share_joined", "category": places[0] + 1, "count": int(counts[places].sum()),
                            "estimate": counts[places].sum() / n, "term": "~".join(str(p + 1) for p in places)}  # fmt: skip


def _reasons(missing: tuple[int, ...], total: int):
    counted = {"kind": "count", "indicator": QUESTION, "statistic": "count", "unit": "persons", "by": "missing", "n": total, "weighting": "none"}
    for reason, n in zip(REASONS, missing, strict=True):
        yield counted | {"level": reason, "count": n, "estimate": float(n)}
    for places in (c for c in groups.classes(list(missing), BOOK.panel.limits.side) if len(c) > 1):
        n = sum(missing[p] for p in places)
        yield counted | {"level": "~".join(REASONS[p] for p in places), "count": n, "estimate": float(n)}


def _known(everyone: np.ndarray):
    """What is published of all who answered: how many of each sex and age, and what they weigh."""
    total = int(everyone.sum())
    known = {"kind": "count", "indicator": "representativeness", "unit": "share", "n": total}
    parts = [("sex", s, everyone[i].sum()) for i, s in enumerate(SEX)] + [("age_group", a, everyone[:, i].sum()) for i, a in enumerate(AGE)]
    parts += [("sex_age", f"{s}:{a}", everyone[i, j]) for i, s in enumerate(SEX) for j, a in enumerate(AGE)]
    for by, level, n in parts:
        own = known | {"by": by, "level": level, "estimate": n / max(total, 1)}
        yield own | {"statistic": "share_respondents", "count": int(n), "weighting": "none"}
        yield own | {"statistic": "share_weighted", "weighting": "cross"}
    for name in ("smallest", "largest"):
        yield {"kind": "count", "indicator": "weights", "statistic": name, "unit": "number", "estimate": 10.0, "n": total}
    yield {"kind": "count", "indicator": "population", "statistic": "count", "unit": "persons", "by": "sex", "level": "female", "count": 10 * total,
           "estimate": 10.0 * total, "weighting": "none"}  # fmt: skip


def published(results: pd.DataFrame) -> pd.DataFrame:
    """The results as anybody may see them."""
    return rules.publishable(BOOK, 2026, results, why(results))


def why(results: pd.DataFrame, persons: pd.Series | None = None) -> pd.Series:
    persons = pd.Series(np.nan, index=results.index) if persons is None else persons
    found = rules.reasons(BOOK, 2026, results, persons)
    return rules.across(BOOK, 2026, results, found, frozenset())
