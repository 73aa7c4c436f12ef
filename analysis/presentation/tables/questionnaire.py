"""Tables on the questions: their standing, breaks, missing answers, scales."""

from analysis.codebook.model import BREAKING
from analysis.presentation import numbers
from analysis.presentation.floats import Cell, Table, Text
from analysis.presentation.numbers import HIDDEN, whole

CAPTIONS = {
    "nb": {
        "questions": "Spørsmålene i {wave}: ordlyd og dokumentasjon.",
        "breaks": "Forhold som begrenser sammenlikning med tidligere runder.",
        "missing": "Spørsmål der flest svar mangler i {wave}: antall {many} etter årsak.",
        "scales": "Skalaer i {wave}: indre konsistens.",
    },
    "en": {
        "questions": "The questions of {wave}: wording and documentation.",
        "breaks": "What limits comparison with earlier waves.",
        "missing": "Questions with most answers missing in {wave}: {many} by reason.",
        "scales": "Scales in {wave}: internal consistency.",
    },
}


def questions(report) -> Table:
    """Every question of the wave with the standing of its wording and of its having been asked."""
    words, body = report.words, []
    for name, asked in report.book.waves[report.wave].instruments.items():
        body.append([Cell(report.book.instruments[name].title[report.lang], number=False)])
        for q in report.book.asked(report.wave)[name]:
            standing = words[asked.asked] + (f": {asked.source}" if asked.source else "")
            body.append(
                [
                    Cell(q.text[report.lang], number=False),
                    Cell(words[q.wording], number=False),
                    Cell(standing, number=False),
                ]
            )
    head = [
        [
            Cell(words["question"], number=False),
            Cell(words["wording"], number=False),
            Cell(words["asked"], number=False),
        ]
    ]
    return report._table("questions", head, body, CAPTIONS[report.lang]["questions"].format(wave=report.wave))


def breaks(report) -> Table | Text:
    """The breaks that concern the wave's questions or the wave itself, up to it."""
    words, body = report.words, []
    kinds = report.book.panel.breaking_kinds
    short = {q.id: q.short[report.lang] for i in report.book.instruments.values() for q in i.questions}
    found = [
        (w.wave, ", ".join(short[q] for q in b.questions) or words["all"], b)
        for w in report.book.waves.values() for b in w.breaks if w.wave <= report.wave
    ]  # fmt: skip
    for name in report.book.waves[report.wave].instruments:
        instrument = report.book.instruments[name]
        found += [(b.wave, instrument.title[report.lang], b) for b in instrument.breaks if b.wave <= report.wave]
    for wave, what, b in sorted(found, key=lambda f: (f[0], f[1])):
        ends = words["refuses" if b.kind in BREAKING and b.comparable_because is None else "marks"]
        body.append([Cell(str(wave), number=False), Cell(what, number=False), Cell(kinds[b.kind][report.lang], number=False),
                     Cell(b.note[report.lang], number=False), Cell(ends, number=False)])  # fmt: skip
    if not body:
        return Text("")
    head = [[Cell(words[k], number=False) for k in ("from", "instrument", "kind", "note", "change")]]
    return report._table("breaks", head, body, CAPTIONS[report.lang]["breaks"].format(wave=report.wave))


def missing(report) -> Table | Text:
    """The questions with most missing answers, by reason (not those a filter kept from the doctor)."""
    reasons = ("unanswered", "refused", "not_applicable", "unusable")
    counts: dict[str, dict] = {}
    for question in report.book.questions(report.wave):
        found = report.results.select(question, report.wave, by="missing", statistic="count")
        counts[question] = {row.key.group[1]: row.count if row.status == "shown" else None for row in found}
    totals = {q: sum(found.get(r) or 0 for r in reasons) for q, found in counts.items() if found}
    most = sorted(totals, key=lambda q: -totals[q])[:12]
    if not most:
        return Text("")
    labels = {q.id: q.short[report.lang] for q in report.book.questions(report.wave).values()}
    body = [
        [Cell(labels[q], number=False), *(Cell(whole(counts[q].get(r, 0), report.lang)) for r in reasons)] for q in most
    ]
    head = [
        [
            Cell(report.words["question"], number=False),
            *(Cell(report.book.panel.missing_reasons[r][report.lang]) for r in reasons),
        ]
    ]
    return report._table("missing", head, body, CAPTIONS[report.lang]["missing"].format(**report.names, wave=report.wave))


def scales(report) -> Table | Text:
    """Alpha of every scale."""
    words, body = report.words, []
    for name in report.book.waves[report.wave].instruments:
        for scale in report.book.instruments[name].scales:
            row = report.results.row(wave=report.wave, indicator=scale.id, statistic="alpha")
            items = report.results.row(wave=report.wave, indicator=scale.id, statistic="items")
            if row is not None:
                value = numbers.decimal(row.estimate, 2, report.lang) if row.status == "shown" else HIDDEN
                body.append(
                    [
                        Cell(scale.label[report.lang], number=False),
                        Cell(whole(items.estimate, report.lang)),
                        Cell(whole(row.n, report.lang)),
                        Cell(value),
                    ]
                )
    if not body:
        return Text("")
    head = [
        [
            Cell(words["scale"], number=False),
            Cell({"nb": "Spørsmål", "en": "Questions"}[report.lang]),
            Cell(words["n"]),
            Cell(words["alpha"]),
        ]
    ]
    return report._table("scales", head, body, CAPTIONS[report.lang]["scales"].format(wave=report.wave))
