"""What the prose may say: each claim is held against the results, and one that they do not support is marked where it stands.

A document writes `report.claim("rose", "res_time_agree")` at the head of the sentence that says so. A claim the results support
leaves nothing; another leaves a span of class `unsupported` with the reason, which the executor collects (see `documents.checks`).
"""

from analysis.codebook import Indicator
from analysis.presentation import numbers
from analysis.presentation.floats import Text, markdown_safe
from analysis.presentation.provenance import plain
from analysis.results import Row

HALF = 0.5
CHANGE, GROUPS, LEVEL, ORDER, MODEL = "change", "groups", "level", "order", "model"
# Claim -> what it is about. Of each family one, and only one, claim of direction, equality or uncertainty holds.
KINDS = {
    "rose": CHANGE, "fell": CHANGE, "unchanged": CHANGE, "change_uncertain": CHANGE,
    "more": GROUPS, "less": GROUPS, "equal": GROUPS, "difference_uncertain": GROUPS,
    "most": LEVEL, "minority": LEVEL, "about_half": LEVEL,
    "largest": ORDER,
    "goes_with_more": MODEL, "goes_with_less": MODEL, "association_uncertain": MODEL,
}  # fmt: skip
# What holds of a change, a difference or an association that goes a way.
HOLDS = {
    CHANGE: {"up": "rose", "down": "fell", "none": "unchanged", "uncertain": "change_uncertain"},
    GROUPS: {"up": "more", "down": "less", "none": "equal", "uncertain": "difference_uncertain"},
    MODEL: {"up": "goes_with_more", "down": "goes_with_less", "uncertain": "association_uncertain"},
}


def check(report, kind: str, name: str, *others: str, **key) -> Text:
    """Nothing if the results support the claim, else its marked reason.

    `rose`, `fell`, `unchanged`, `change_uncertain` (name; `since`, `statistic`): the change's interval excludes 0, lies within the
    codebook's margin, or neither. `more`, `less`, `equal`, `difference_uncertain` (name, by, level, other): the same of a difference.
    `most`: the share's lower limit is above one half; `minority`: its upper limit below; `about_half`: neither. `largest` (name and the
    names it is set against): its lower limit is above the others' upper limits. `goes_with_more`, `goes_with_less`,
    `association_uncertain` (name, article, term): the odds ratio's interval excludes 1, or does not. What has no result to show
    supports nothing. Raises ValueError for an unknown claim.
    """
    if kind not in KINDS:
        raise ValueError(f"'{kind}' is not a claim; known are {', '.join(KINDS)}")
    held = {CHANGE: _change, GROUPS: _groups, LEVEL: _level, ORDER: _order, MODEL: _model}[KINDS[kind]]
    try:
        holds, reason = held(report, name, *others, **key)
        reason += f"; what holds is {holds}" if holds else ""
    except LookupError as error:  # nothing can be claimed of what has no result, or a hidden one
        holds, reason = "", str(error)
    return Text("") if holds == kind else Text(f"[{kind}, {name}: {markdown_safe(plain(reason))}]{{.unsupported}} ")


def _shown(row: Row | None, what: str) -> Row:
    if row is None:
        raise LookupError(f"there is no result of {what}")
    if row.status != "shown":
        raise LookupError(f"the result of {what} is {row.status}: nothing can be claimed")
    return row


def direction(lower: float, upper: float, null: float, margin: float | None) -> str:
    """up, down: the interval excludes the null; none: it lies within the margin about it; else uncertain."""
    if lower > null:
        return "up"
    if upper < null:
        return "down"
    return "none" if margin is not None and -margin <= lower - null and upper - null <= margin else "uncertain"


def margin(report, indicator: Indicator) -> float:
    """The largest difference that still counts as none, from the codebook."""
    kind = "share" if indicator.kind == "binary" else "mean"
    row = report.results.row("margin", report.wave, by="instrument", level=indicator.instrument, statistic=kind)
    return row.estimate


def _told(report, name: str, row: Row, what: str) -> str:
    percent, digits, unit = report._shape(name)
    factor = 100 if percent else 1
    limits = [numbers.decimal(factor * getattr(row, side), digits, report.lang) for side in ("lower", "upper")]
    points = numbers.NBSP + numbers.WORDS[report.lang]["points"] if percent else unit
    return f"{what}: {numbers.signed(factor * row.estimate, digits, report.lang)}{points} ({numbers.interval(*limits, report.lang)})"


def _change(report, name, since: int | None = None, statistic: str = "change_net", **key) -> tuple[str, str]:
    row = _shown(report.change_row(name, statistic, since, **key), f"{name}, {statistic}")
    found = direction(row.lower, row.upper, 0, margin(report, report.indicator(name)))
    return HOLDS[CHANGE][found], _told(report, name, row, f"{statistic}, {row.key.vs_wave}–{report.wave}")


def _groups(report, name, by, level, other) -> tuple[str, str]:
    row = _shown(report.difference_row(name, by, level, other), f"{name}, {level} less {other}")
    found = direction(row.lower, row.upper, 0, margin(report, report.indicator(name)))
    return HOLDS[GROUPS][found], _told(report, name, row, f"{level} less {other}")


def _level(report, name, **key) -> tuple[str, str]:
    row = _shown(report.row(name, **key), name)
    found = "most" if row.lower > HALF else "minority" if row.upper < HALF else "about_half"
    return found, f"{report.value(name, **key)} ({report.ci(name, **key)})"


def _order(report, name, *others) -> tuple[str, str]:
    first = _shown(report.row(name), name)
    rivals = {other: _shown(report.row(other), other) for other in others}
    ahead = [other for other, row in rivals.items() if row.upper >= first.lower]
    told = "; ".join(f"{n} {report.value(n)} ({report.ci(n)})" for n in (name, *ahead))
    return "" if ahead else "largest", told


def _model(report, name, article, term) -> tuple[str, str]:
    row = _shown(
        report.results.row(name, report.wave, model=article, term=term, statistic="odds_ratio"), f"{name}, {term}"
    )
    found = direction(row.lower, row.upper, 1, None)
    limits = [numbers.decimal(getattr(row, side), 2, report.lang) for side in ("lower", "upper")]
    told = f"{term}: {numbers.decimal(row.estimate, 2, report.lang)} ({numbers.interval(*limits, report.lang)})"
    return HOLDS[MODEL][found], told
