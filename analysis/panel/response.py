"""Dispositions, AAPOR response rates, retention and the participant flow.

American Association for Public Opinion Research. Standard definitions: I complete, P partial, R refusal and break-off,
NC non-contact, O other, U unknown eligibility. The panel knows every doctor invited, so U = 0 and the silent are
eligible non-respondents (NC).
"""

import numpy as np
import pandas as pd

COMPLETE, PARTIAL = 0.80, 0.50  # shares of the applicable items answered
NOT_ELIGIBLE = ("deceased", "emigrated", "retired", "withdrawn")


def disposition(sample: pd.DataFrame, reasons: pd.DataFrame, questions: dict[str, list[str]]) -> pd.Series:
    """The final disposition of each row of `sample`: complete, partial, break_off, refused, silent or why not eligible.

    `questions` is question -> its columns in `reasons`; a question counts as answered if any of its columns is, and does
    not count at all if it was not asked or does not apply. An answer that could not be used was still given.
    """
    given, applicable = pd.Series(0, index=reasons.index), pd.Series(0, index=reasons.index)
    for columns in questions.values():
        why = reasons[columns[0]]
        given += why.isin(["", "unusable"])
        applicable += ~why.isin(["not_asked", "not_applicable"])
    share = (given / applicable.where(applicable > 0)).fillna(0).set_axis(reasons["doctor"])
    answered = sample["doctor"].map(share)
    return pd.Series(
        np.select(
            [answered >= COMPLETE, answered >= PARTIAL, answered.notna(), sample["disposition"] != "invited"],
            ["complete", "partial", "break_off", sample["disposition"]],
            "silent",
        ),
        index=sample.index,
    )


def rates(counts: dict[str, int]) -> dict[str, float]:
    """RR1 to RR6 of a wave from its disposition counts.

    RR1 = I/D, RR2 = (I+P)/D with D = I + P + R + NC + O + U; with U = 0, RR3 and RR5 equal RR1, RR4 and RR6 equal RR2.
    "The response rate" of the reports is RR2.
    """
    complete, partial = counts.get("complete", 0), counts.get("partial", 0)
    eligible = complete + partial + sum(counts.get(k, 0) for k in ("refused", "break_off", "silent"))
    if not eligible:
        return {}
    rr1, rr2 = complete / eligible, (complete + partial) / eligible
    return {"rr1": rr1, "rr2": rr2, "rr3": rr1, "rr4": rr2, "rr5": rr1, "rr6": rr2}


def flow(panel: pd.DataFrame) -> dict[str, int]:
    """The participant flow, each step a count of doctors.

    `panel` has a row a doctor of the sample with `final` (disposition) and `analysed`.
    """
    final = panel["final"].value_counts()
    answered = int(final.get("complete", 0) + final.get("partial", 0))
    steps = {"sample": len(panel)}
    steps |= {f"not_eligible_{k}": int(final.get(k, 0)) for k in NOT_ELIGIBLE}
    steps["eligible"] = len(panel) - sum(int(final.get(k, 0)) for k in NOT_ELIGIBLE)
    steps |= {k: int(final.get(k, 0)) for k in ("silent", "refused", "break_off", "partial", "complete")}
    steps |= {
        "answered": answered,
        "over_age": answered - int(panel["analysed"].sum()),
        "analysed": int(panel["analysed"].sum()),
    }
    return steps


def retention(earlier: pd.DataFrame, later: pd.DataFrame) -> dict[str, int]:
    """What became of those who answered the wave before: eligible again, answered again, and how the others left."""
    answered = earlier.loc[earlier["final"].isin(["complete", "partial"]), "doctor"]
    now = answered.map(later.set_index("doctor")["final"]).fillna("not_in_sample")
    counts = {f"left_{k}": int((now == k).sum()) for k in (*NOT_ELIGIBLE, "not_in_sample")}
    again = int(now.isin(["complete", "partial"]).sum())
    eligible = len(now) - sum(counts.values())
    new = later["final"].isin(["complete", "partial"]).sum() - again
    return {"answered_before": len(now), **counts, "eligible_again": eligible, "answered_again": again,
            "not_again": eligible - again, "new_or_returned": int(new)}  # fmt: skip


def followed(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Those analysed in the earlier wave, with `now`: again, left (gone from the population) or lost (silent, off the panel)."""
    final, who = later.set_index("doctor"), earlier[earlier["analysed"]].reset_index(drop=True)
    state = who["doctor"].map(final["final"]).fillna("off_panel")
    old = who["doctor"].map(final["over_age"]).fillna(False).astype(bool)
    again = who["doctor"].map(final["analysed"]).fillna(False).astype(bool)
    gone = state.isin(("deceased", "emigrated", "retired")) | old
    return who.assign(now=np.select([again, gone], ["again", "left"], "lost"))
