"""`verification.html` and what the terminal says: one page on whether the published numbers are what the data give."""

from collections import Counter
from html import escape
from pathlib import Path

from analysis import sheet
from analysis.verification.grading import GRADES, Difference
from analysis.verification.verify import LEVELS, Verdict

MOST = 500  # differences listed on the page; beyond that, a count says what is not listed
GRADES_MEAN = """same: the same text, and the published result rounds to it. same as displayed: the result differs beyond what is shown.
minor: by one unit of the last shown digit. major: by more. decision: an interval crosses its line (no difference, one half), or a direction
turns. missing: published and not found. new: found and not published."""


def sentence(verdict: Verdict) -> str:
    """The verdict in one sentence, naming the level reached."""
    compared, told = sum(verdict.compared.values()), f"Level {verdict.level} ({LEVELS[verdict.level]})"
    if verdict.since.persons:
        told += f"; {_withdrew(verdict)}"
    elif verdict.exact is not None:
        told += "; results " + (
            "the same to the last digit" if verdict.exact else "the same as displayed at most, not to the last digit"
        )
    if verdict.good:
        numbers = verdict.compared["numbers in files"]
        return f"{told}: all {numbers} numbers of the published files, and all else that was compared ({compared}), are the same."
    if not compared:
        return f"{told}: nothing could be compared."
    grades = Counter(d.grade for d in verdict.differences)
    parts = [f"{grades[g]} {g}" for g in reversed(GRADES) if grades[g]]
    parts += [f"{len(verdict.inputs)} files or inputs differ"] if verdict.inputs else []
    return f"{told}: NOT the same as published: {', '.join(parts)}; {compared} compared."


def _withdrew(verdict: Verdict) -> str:
    """Who withdrew since, and what moved with it, apart from what differs."""
    members = "one member has" if verdict.since.persons == 1 else f"{verdict.since.persons} members have"
    turned = sum(d.grade == "decision" for d in verdict.moved)
    return (f"{members} withdrawn since, and {len(verdict.moved)} numbers moved with it, {turned or 'none'} of them past its line; "
            "what is published was what the data gave then")  # fmt: skip


def write(verdict: Verdict, path: Path, when: str) -> None:
    """Writes the page."""
    kind = '<p class="synthetic">SYNTHETIC DATA: nobody answered this.</p>' if verdict.kind == "synthetic" else ""
    body = [
        kind,
        f'<p class="verdict {"same" if verdict.good else "differs"}">{escape(sentence(verdict))}</p>', f"<p>{escape(when)}</p>",
        "<h2>What was compared</h2>", sheet.table(("What", "How many"), sorted(verdict.compared.items())),
    ]  # fmt: skip
    if verdict.inputs:
        body += [
            "<h2>Files and inputs that differ</h2>",
            "<ul>",
            *(f"<li>{escape(line)}</li>" for line in verdict.inputs),
            "</ul>",
        ]
    if verdict.other_bytes:
        told = ", ".join(verdict.other_bytes)
        body += [
            "<h2>Files with other bytes</h2>",
            f"<p>Their numbers are compared above; another word or another machine suffices: {escape(told)}.</p>",
        ]
    body += _listed("Numbers that differ", verdict.differences)
    body += _listed("Numbers that moved with withdrawals", verdict.moved)
    body += ["<h2>Grades</h2>", f"<p>{GRADES_MEAN}</p>"]
    sheet.write(path, f"Verification of the publication of {verdict.wave}", body)


def _listed(head: str, differences: list[Difference]) -> list[str]:
    """The worst of the differences as a table under a head; nothing if there are none."""
    worst = sorted(differences, key=lambda d: -GRADES.index(d.grade))
    rows = [(d.grade, d.where, d.row, d.field, d.published, d.found) for d in worst[:MOST]]
    more = [f"<p>{len(worst) - MOST} more are not listed.</p>"] if len(worst) > MOST else []
    return [f"<h2>{head}</h2>", sheet.table(("Grade", "Where", "Row", "Field", "Published", "Found"), rows), *more] if worst else []


def say(verdict: Verdict, most: int = 20) -> list[str]:
    """The lines of the terminal: the worst differences, the inputs that differ, and the verdict last."""
    worst = sorted(verdict.differences, key=lambda d: -GRADES.index(d.grade))
    lines = [
        f"{d.grade}: {d.where}: {d.row} {d.field}: published {d.published or '-'}, found {d.found or '-'}"
        for d in worst[:most]
    ]
    lines += [f"... and {len(worst) - most} more, see verification.html"] if len(worst) > most else []
    lines += verdict.inputs[:most]
    lines += [f"... and {len(verdict.inputs) - most} more inputs"] if len(verdict.inputs) > most else []
    lines += [f"{count} {what}" for what, count in sorted(verdict.compared.items())]
    return [*lines, sentence(verdict)]
