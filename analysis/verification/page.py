"""`verification.html` and what the terminal says: one page on whether the published numbers are what the data give."""

from collections import Counter
from html import escape
from pathlib import Path

from analysis.verification.grading import GRADES
from analysis.verification.verify import LEVELS, Verdict

MOST = 500  # differences listed on the page; beyond that, a count says what is not listed
STYLE = """body { font: 1rem/1.5 system-ui, sans-serif; color: #1c1c1c; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; border-top: 2px solid #1b5e6b; padding-top: 0.5rem; }
.verdict { font-size: 1.2rem; padding: 0.8rem 1rem; border-left: 5px solid; } .same { border-color: #2c6e49; background: #eef6f1; }
.differs { border-color: #9b1c1c; background: #fbf0f0; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { text-align: left; padding: 0.25rem 0.7rem; border-bottom: 1px solid #b9c4c6; vertical-align: top; }
td { overflow-wrap: anywhere; } .synthetic { color: #9b1c1c; font-weight: 600; }"""

GRADES_MEAN = """same: the same text, and the published result rounds to it. same as displayed: the result differs beyond what is shown.
minor: by one unit of the last shown digit. major: by more. decision: an interval crosses its line (no difference, one half), or a direction
turns. missing: published and not found. new: found and not published."""


def sentence(verdict: Verdict) -> str:
    """The verdict in one sentence, naming the level reached."""
    compared, told = sum(verdict.compared.values()), f"Level {verdict.level} ({LEVELS[verdict.level]})"
    if verdict.exact is not None:
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


def write(verdict: Verdict, path: Path, when: str) -> None:
    """Writes the page."""
    kind = '<p class="synthetic">SYNTHETIC DATA: no doctor answered this.</p>' if verdict.kind == "synthetic" else ""
    body = [
        f"<h1>Verification of the publication of {verdict.wave}</h1>", kind,
        f'<p class="verdict {"same" if verdict.good else "differs"}">{escape(sentence(verdict))}</p>', f"<p>{escape(when)}</p>",
        "<h2>What was compared</h2>", _table(("What", "How many"), sorted(verdict.compared.items())),
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
    if verdict.differences:
        worst = sorted(verdict.differences, key=lambda d: -GRADES.index(d.grade))
        rows = [(d.grade, d.where, d.row, d.field, d.published, d.found) for d in worst[:MOST]]
        body += ["<h2>Numbers that differ</h2>", _table(("Grade", "Where", "Row", "Field", "Published", "Found"), rows)]
        if len(worst) > MOST:
            body.append(f"<p>{len(worst) - MOST} more are not listed.</p>")
    body += ["<h2>Grades</h2>", f"<p>{GRADES_MEAN}</p>"]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Verification {verdict.wave}</title>'
    page = "\n".join(filter(None, body))
    text = f'<!DOCTYPE html>\n<html lang="en"><head>{head}<style>{STYLE}</style></head><body><main>\n{page}\n</main></body></html>\n'
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _table(head: tuple[str, ...], rows) -> str:
    cells = "".join(f'<th scope="col">{escape(h)}</th>' for h in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(str(c))}</td>" for c in row) + "</tr>\n" for row in rows)
    table = f"<table><thead><tr>{cells}</tr></thead><tbody>\n{lines}</tbody></table>"
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(head[0])}">{table}</div>'


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
