"""Tables of indicators: by group, in detail by two groupings at once, quartiles, and the three kinds of change."""

from analysis.codebook.model import listed
from analysis.presentation import numbers
from analysis.presentation.domains import domains, parts
from analysis.presentation.domains import levels as levels_of
from analysis.presentation.floats import ABSENT, Cell, Table, Text, markdown_safe
from analysis.presentation.naming import raked
from analysis.presentation.numbers import HIDDEN
from analysis.presentation.tables.cells import by_groups, estimate, n_of_count, notes
from analysis.results import Row

CAPTIONS = {
    "nb": {
        "groups": "{labels} i {wave}, etter {by}.",
        "detailed": "{title} i {wave}, etter {groups}.",
        "quartiles": "Fordelingen av {title} i {wave}: kvartiler.",
        "changes": "Endring siden forrige runde som stilte spørsmålet, tre mål på endring.",
    },
    "en": {
        "groups": "{labels} in {wave}, by {by}.",
        "detailed": "{title} in {wave}, by {groups}.",
        "quartiles": "The distribution of {title} in {wave}: quartiles.",
        "changes": "Change since the last wave that asked the question, three measures of change.",
    },
}


def _columns(report, names: tuple[str, ...]) -> list[dict]:
    columns = []
    for name in names:
        indicator = report.indicator(name)
        if indicator is not None:
            percent = indicator.kind == "binary"
            columns.append({"label": report.label_of(name), "digits": report.digits(name), "percent": percent,
                            "row": lambda key, name=name: report.row(name, **key)})  # fmt: skip
    return columns


def groups(report, *names: str) -> Table | Text:
    """Estimates of one or two indicators by each grouping."""
    columns = _columns(report, names)
    if not columns:
        return ABSENT
    levels = [level for level in domains(report) if any(c["row"](level[2]) is not None for c in columns)]
    within = {by: _within_joint(columns, levels, by) for by in report.book.groupings}
    columns = [c | {"row": _outside_joint(c, levels)} for c in columns]
    shown = [level for level in levels if not _all_hidden(columns, level[2]) or (
        _always(report, level[2]) and level[2].get("level") not in within.get(level[2].get("by"), ()))]  # fmt: skip
    head, body = by_groups(shown, columns, report.lang)
    left = [level for level in levels if level not in shown and level[2].get("level") not in within.get(level[2].get("by"), ())]
    unlike = any(len({c["row"](key) is None for c in columns}) > 1 for _, _, key in shown)
    extra = (report.words["joint_note"],) * any(within.values()) + (report.words["unlike_note"],) * unlike
    extra += (report.words["refused_note"],) * bool(left) + report.rounding(*names)
    labels = markdown_safe(_joined([c["label"] for c in columns], report.lang))
    caption = CAPTIONS[report.lang]["groups"].format(**report.names, wave=report.wave, labels=labels)
    return report._table(
        f"groups_{'_'.join(names)}",
        head,
        body,
        caption,
        notes(body, report.lang, any(c["percent"] for c in columns)) + extra,
    )


def _all_hidden(columns: list[dict], key: dict) -> bool:
    rows = [c["row"](key) for c in columns]
    return all(row is None or row.status.startswith("hidden") for row in rows)


def _within_joint(columns: list[dict], levels: list[tuple], by: str) -> set[str]:
    """The levels that the columns show within a joint one."""
    keys = [key for _, _, key in levels if key.get("by") == by]
    return set().union(*(parts({key["level"]: c["row"](key) for key in keys}) for c in columns))


def _outside_joint(column: dict, levels: list[tuple]):
    """A column's rows without those of levels that it shows within a joint one: these stand there."""
    keys = [key for _, _, key in levels]
    joint = {by: parts({key["level"]: column["row"](key) for key in keys if key.get("by") == by}) for by in {key["by"] for key in keys if key}}
    return lambda key: None if key.get("level") in joint.get(key.get("by"), ()) else column["row"](key)


def _always(report, key: dict) -> bool:
    """Whether a group stands in a table also where all of it is hidden: a grouping that no sensitive item is shown by is left out instead."""
    return not key.get("by") or report.book.groupings[key["by"]].sensitive


def detailed(report) -> Table | Text:
    """What the panel reports in detail, by two groupings at once."""
    asked = report.book.panel.report
    columns = _columns(report, asked.detailed)
    if not columns:
        return Text("")
    levels = []
    by, by2 = asked.detailed_by
    for level, label in levels_of(report, by).items():
        for level2, label2 in report.book.groupings[by2].labels.items():
            key = {"by": by, "level": level, "by2": by2, "level2": level2}
            if columns[0]["row"](key) is not None:
                levels.append((label, label2[report.lang], key))
    joint = parts({key["level"]: columns[0]["row"](key) for _, _, key in levels})
    head, body = by_groups([level for level in levels if level[2]["level"] not in joint], columns, report.lang)
    return report._table(
        "detailed",
        head,
        body,
        CAPTIONS[report.lang]["detailed"].format(title=asked.detailed_title[report.lang], wave=report.wave, groups=listed(
            (report.book.groupings[name].label[report.lang].lower() for name in (by, by2)), report.lang)),
        notes(body, report.lang, True) + (report.words["joint_note"],) * bool(joint),
    )


def quartiles(report) -> Table | Text:
    """P25, median and P75 of what the panel reports in detail, overall and by group."""
    asked = report.book.panel.report
    name = next((i for i in asked.detailed if report.indicator(i) is not None and report.indicator(i).kind == "mean"), None)
    if name is None:
        return Text("")
    words, body, previous = report.words, [], ""
    for heading, label, key in domains(report):
        rows = [report.row(name, statistic, **key) for statistic in ("p25", "median", "p75")]
        if rows[0] is None:
            continue
        if heading != previous and heading:
            body.append([Cell(heading, number=False)])
        previous = heading
        body.append(
            [
                Cell(label, number=False),
                n_of_count(rows[0], report.lang),
                *(estimate(r, 0, report.lang, False)[0] for r in rows),
            ]
        )
    head = [[Cell(words["group"], number=False), Cell(words["n"]), *(Cell(words[q]) for q in ("p25", "median", "p75"))]]
    return report._table(
        "quartiles",
        head,
        body,
        CAPTIONS[report.lang]["quartiles"].format(title=asked.detailed_title[report.lang].lower(), wave=report.wave),
        notes(body, report.lang, False),
    )


def changes(report) -> Table | Text:
    """The three kinds of change of every key indicator."""
    words, body = report.words, []
    kinds = ("change_net", "change_standardised", "change_within")
    instruments = report.book.waves[report.wave].instruments
    for name in instruments:
        lines = []
        for key in report.book.instruments[name].key:
            indicator = report.indicator(key)
            if indicator is None:
                continue
            rows = [report.change_row(key, kind) for kind in kinds]
            if rows[0] is None:
                continue
            percent = indicator.kind == "binary"
            cells = [change_cell(row, 1 if percent else report.digits(key), percent, report.lang) for row in rows]
            lines.append([Cell(report.label_of(key), number=False), Cell(str(rows[0].key.vs_wave)), *cells])
        if lines:
            body += [[Cell(report.book.instruments[name].title[report.lang], number=False)], *lines]
    if not body:
        return Text("")
    head = [
        [
            Cell(words["indicator"], number=False),
            Cell(words["from"]),
            Cell(words["net"]),
            Cell(words["standardised"]),
            Cell(words["within"]),
        ]
    ]
    note = {
        "nb": "Andeler i prosentpoeng, ellers i skalaens enhet; 95 % konfidensintervall i parentes. Nettoendring: alle som svarte i de to rundene. Standardisert: den tidligere runden vektet til den seneres {raked}. Siste kolonne: de samme {the}.",
        "en": "Shares in percentage points, otherwise in the scale's unit; 95% confidence interval in brackets. Net change: all who answered in the two waves. Standardised: the earlier wave weighted to the later one's {raked}. Last column: the same {many}.",
    }[report.lang]
    return report._table("changes", head, body, CAPTIONS[report.lang]["changes"].format(wave=report.wave), (note.format(**report.names, raked=raked(report)),))


def change_cell(row: Row | None, digits: int, percent: bool, lang: str) -> Cell:
    if row is None:
        return Cell("–")
    if row.status == "not_comparable":
        return Cell("kan ikke sammenliknes" if lang == "nb" else "not comparable")
    if row.status != "shown":
        return Cell(HIDDEN)
    factor = 100 if percent else 1
    limits = (numbers.decimal(factor * getattr(row, side), digits, lang) for side in ("lower", "upper"))
    return Cell(f"{numbers.signed(factor * row.estimate, digits, lang)} ({numbers.span(*limits, lang)})")


def _joined(labels: list[str], lang: str) -> str:
    return listed([labels[0], *(label[0].lower() + label[1:] for label in labels[1:])], lang)
