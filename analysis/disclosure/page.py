"""`disclosure.html`: for the person who approves releases. What is hidden and why, what the auditor found, and a place to sign.

It is kept with the publication, so it does not tell small counts from those hidden to protect them.
"""

from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import sheet
from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.disclosure import audit, rules

CONSTANTS = {
    "SMALLEST_BASE": "answers that an estimate needs (ACRO: minimum threshold)",
    "SMALLEST_POPULATION": "persons in the population that a group holds, by the population figures or, where they lack it, the start weights",
    "SMALLEST_SENSITIVE_BASE": "answers that an estimate of a sensitive item needs",
    "SMALLEST_SENSITIVE_COUNT": "persons on either side of a sensitive share, and reasons of a missing answer to it",
    "SMALLEST_DISTRIBUTION": "answers of the smallest group of a table that shows more than three categories",
}
# Told apart, these would say which counts are small.
ONE_REASON = {"sensitive": "few answers to a sensitive item on one side, or so that such a count cannot be computed"}


def write(
    book: Codebook,
    wave: int,
    published: pd.DataFrame,
    why: pd.Series,
    attacked: pd.DataFrame,
    synthetic: bool,
    path: Path,
) -> None:
    """Writes the page; arguments as `rules.reasons`, `rules.publishable` and `audit.audit` give them."""
    hidden = published["status"].str.startswith("hidden")
    reason = why.where(~why.isin(["linked", "whole"]), "sensitive").where(hidden, "")
    reason = reason.mask(hidden & reason.eq(""), "sensitive")  # changes of a hidden level
    told = rules.REASONS | ONE_REASON
    by_reason = [(told[r], int(n)) for r, n in reason[hidden].value_counts().sort_index().items()]
    body = [
        '<p class="synthetic">SYNTHETIC DATA: nobody answered this.</p>' if synthetic else "",
        f'<p class="verdict same">{escape(_verdict(attacked))}</p>',
        "<h2>Rules</h2>",
        sheet.table(("Rule", "At least"), [(text, getattr(rules, name)) for name, text in CONSTANTS.items()]),
        f"<p>Sensitive items are shown overall, by sex and by age only: {escape(_sensitive(book, wave))}. Hidden figures are "
        "printed as a colon, a counted nought as 0. There is no dominance rule, as no magnitudes are published.</p>",
        f"<h2>Hidden: {int(hidden.sum())} of {len(published)} rows</h2>", sheet.table(("Reason", "Rows"), by_reason),
        "<h2>Where</h2>", sheet.table(("Item", "By", "Rows hidden", "Rows"), _where(book, wave, published, hidden)),
        "<h2>What the auditor found</h2>",
        "<p>The auditor knows every published figure, n and count, the population and the rules, not the weight of a person. For each hidden "
        "count it computes the narrowest interval that agrees with all of it. Safe is an interval that spans at least "
        f"{audit.WIDTH} (or the whole base, if that is less) and, where fewer than {audit.WIDTH} stand on one side, does not tell "
        "that there is anybody. A hidden mean is attacked like a count, as groups add up to their total in the same way. "
        "Ordinary distributions that are shown in classes instead are no secret and are not attacked.</p>",
        sheet.table(("Width of the interval", "Hidden counts"), _widths(attacked)),
        "<h2>Approval</h2>", '<table class="sign"><tr><th>Approved by</th><td></td><th>Date</th><td></td></tr>'
        "<tr><th>Decision</th><td></td><th>Remarks</th><td></td></tr></table>",
    ]  # fmt: skip
    sheet.write(path, f"Disclosure control of the results of {wave}", body)


def _verdict(attacked: pd.DataFrame) -> str:
    safe = int((attacked["verdict"] == "safe").sum())
    return f"{safe} hidden counts and means were attacked; none can be computed." if safe else "No count is hidden for secrecy."


def _sensitive(book: Codebook, wave: int) -> str:
    """The sensitive topics, and sensitive questions of others."""
    found: dict[str, None] = {}
    for indicator in of_wave(book, wave):
        if indicator.sensitive:
            instrument = book.instruments[indicator.instrument]
            question = book.questions(wave).get(indicator.question or "")
            label = instrument.title if instrument.sensitive or question is None else question.short
            found[label["en"].lower()] = None
    return ", ".join(found) or "none in this wave"


def _where(book: Codebook, wave: int, published: pd.DataFrame, hidden: pd.Series) -> list[tuple]:
    labels = {i.id: i.label["en"] for i in of_wave(book, wave)} | {
        q.id: q.short["en"] for q in book.questions(wave).values()
    }
    rows = []
    for (name, by, by2), part in published.groupby(["indicator", "by", "by2"], sort=False):
        if number := int(hidden[part.index].sum()):
            rows.append(
                (
                    labels.get(name, name),
                    " x ".join(filter(None, [by, by2])).replace("_", " ") or "overall",
                    number,
                    len(part),
                )
            )
    return rows


def _widths(attacked: pd.DataFrame) -> list[tuple]:
    counted = attacked[attacked["verdict"].eq("safe") & attacked["count"].notna()]
    width = counted["most"] - counted["least"]
    edges = [0, audit.WIDTH, 10, 25, 100, np.inf]
    names = [f"the whole base, under {audit.WIDTH}", f"{audit.WIDTH} to 9", "10 to 24", "25 to 99", "100 or more"]
    return [(name, int(n)) for name, n in zip(names, np.histogram(width, edges)[0], strict=True) if n]
