"""The primary outcomes of an article, tested with Holm's method within them (Holm 1979)."""

from statsmodels.stats.multitest import multipletests

from analysis.codebook.plan import Outcome, Plan


def tests(plan: Plan, rows: list[dict]) -> list[dict]:
    """A row of kind `test` for each primary outcome there are data for: its comparison's figures, and `p_adjusted`."""
    found = [row for outcome in plan.primary if (row := _comparison(outcome, rows))]
    if not found:
        return []
    # Outcomes without data count as the least significant: fewer tests would make the others look better.
    p = [row["p"] for row in found] + [1.0] * (len(plan.primary) - len(found))
    adjusted = multipletests(p, method="holm")[1]
    return [
        row | {"kind": "test", "model": plan.article, "term": "primary", "p_adjusted": float(a)}
        for row, a in zip(found, adjusted, strict=False)
    ]


def _comparison(outcome: Outcome, rows: list[dict]) -> dict | None:
    statistic = "change_net" if outcome.vs_wave else "difference"
    wanted = {"indicator": outcome.indicator, "statistic": statistic, "by": outcome.by, "level": outcome.level,
              "vs_level": outcome.vs_level, "vs_wave": outcome.vs_wave, "model": "", "status": ""}  # fmt: skip
    return next((r for r in rows if all((r.get(k) or None) == (v or None) for k, v in wanted.items())), None)
