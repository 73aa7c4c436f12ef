"""Tables of the trend models: adjusted figures by wave, and the models' terms."""

from math import isnan

from analysis.presentation import numbers
from analysis.presentation.floats import Cell, Table, Text, markdown_safe
from analysis.presentation.numbers import whole
from analysis.presentation.tables.cells import estimate

CAPTIONS = {
    "nb": {
        "models": "{label}: modell over rundene, justert for {by}.",
        "adjusted": "{label}: justert for endringer i {by}, etter runde.",
    },
    "en": {
        "models": "{label}: model over the waves, adjusted for {by}.",
        "adjusted": "{label}: adjusted for changes in {by}, by wave.",
    },
}


def models(report, name: str) -> Table | Text:
    """The terms of a trend model: differences or odds ratios."""
    rows = report.results.select(name, report.wave, model="trend", statistic=["odds_ratio", "difference"])
    if not rows:
        return Text("")
    words, body = report.words, []
    labels = {"wave": None} | {name: grouping.labels for name, grouping in report.book.groupings.items()}
    for variable, names in labels.items():
        part = {row.key.term.split("=")[1]: row for row in rows if row.key.term.startswith(f"{variable}=")}
        if not part:
            continue
        heading = words[variable] if names is None else report.book.groupings[variable].label[report.lang]
        body.append([Cell(heading, number=False)])
        for level in sorted(part) if names is None else [k for k in names if k in part]:
            row, label = part[level], level if names is None else names[level][report.lang]
            if row.status == "reference":
                cells = [
                    Cell(f"{numbers.decimal(row.estimate, 0, report.lang)} ({words['reference'].lower()})"),
                    Cell(""),
                ]
            else:
                cells = list(estimate(row, 2, report.lang, False))
            body.append([Cell(label, number=False), Cell(whole(row.n, report.lang)), *cells])
    statistic = words["odds_ratio" if any(row.key.statistic == "odds_ratio" for row in rows) else "difference"]
    head = [[Cell(words["term"], number=False), Cell(words["n"]), Cell(statistic), Cell(words["ci_head"])]]
    label = report.label_of(name)
    caption = CAPTIONS[report.lang]["models"].format(**report.names, label=markdown_safe(label))
    lacking = any(row.status == "shown" and isnan(row.estimate) for row in rows)
    return report._table(f"model_{name}", head, body, caption, (words["no_estimate_note"],) if lacking else ())


def adjusted(report, name: str) -> Table | Text:
    """Adjusted means or shares of a trend model by wave."""
    rows = report.results.select(name, report.wave, model="trend", statistic=["adjusted_mean", "adjusted_share"])
    if not rows:
        return Text("")
    words, percent = report.words, rows[0].key.statistic == "adjusted_share"
    body = []
    for row in sorted(rows, key=lambda row: row.key.term):
        body.append([Cell(row.key.term.split("=")[1], number=False), Cell(whole(row.n, report.lang)),
                     *estimate(row, 1 if percent else 2, report.lang, percent)])  # fmt: skip
    head = [
        [
            Cell(words["wave"], number=False),
            Cell(words["n"]),
            Cell(words["adjusted_share" if percent else "adjusted_mean"] + (" (%)" if percent else "")),
            Cell(words["ci_head"]),
        ]
    ]
    label = report.label_of(name)
    return report._table(
        f"adjusted_{name}",
        head,
        body,
        CAPTIONS[report.lang]["adjusted"].format(**report.names, label=markdown_safe(label)),
    )
