"""The report's figures: which results go into each, its caption, and its alternative text in words."""

import itertools
from math import isnan
from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis.codebook.comparability import breaks_between
from analysis.codebook.model import BREAKING, JOINT
from analysis.presentation import lookup, numbers
from analysis.presentation.domains import domains, parts
from analysis.presentation.drawings import Drawing
from analysis.presentation.floats import ABSENT, Cell, Figure, Text, markdown_safe
from analysis.presentation.words import STEPS

TEXTS = {
    "nb": {
        "trend": "{label}, {first}–{last}, {who}. Punktene er vektede estimater med 95 % konfidensintervall{axis}.",
        "marks": "Prikkede streker markerer brudd som ikke hindrer sammenlikning: {list}.",
        "ends": "Heltrukne streker viser hvor serien brytes: {list}.",
        "groups": "{label} i {wave}, etter {by}. Punktene er vektede estimater med 95 % konfidensintervall.",
        "trend_alt": "Linjediagram over {label} med 95 % konfidensintervaller. Alle {many}: {all}",
        "groups_alt": "Punktdiagram over {label} i {wave} med 95 % konfidensintervaller: {all}",
        "diverging": "{title}. Vektet fordeling i prosent{base}, ordnet om midten av skalaen. Antall svar per spørsmål: {n}.",
        "diverging_alt": "Stablede søyler ordnet om midten av skalaen. {all}",
        "stacked": "{title}. Vektet fordeling i prosent{base}. Antall svar per spørsmål: {n}.",
        "stacked_alt": "Stablede søyler. {all}",
        "together": " Svar som få har gitt, vises sammen.",
        "bars": "{title}. Vektede prosenter med 95 % konfidensintervall{base} ({n} svar){multiple}.",
        "bars_alt": "Liggende søyler med 95 % konfidensintervaller, prosent: {all}",
        "multiple": "; flere svar var mulige", "base": " blant {base}", "or": " eller ",
        "nothing": "«{label}» vises ikke i en figur: ingen av tallene kan vises, fordi ingen svarte, eller av hensyn til personvernet.",
        "flow": "Deltakerne i {wave}, fra utvalg til analyse.", "flow_alt": "Flytskjema over deltakerne: {all}",
        "percent": ", i prosent", "everyone": "alle", "with_groups": "alle og etter {grouping}",
    },
    "en": {
        "trend": "{label}, {first}–{last}, {who}. Points are weighted estimates with 95% confidence intervals{axis}.",
        "marks": "Dotted rules mark breaks that do not prevent comparison: {list}.",
        "ends": "Solid rules show where the series breaks: {list}.",
        "groups": "{label} in {wave}, by {by}. Points are weighted estimates with 95% confidence intervals.",
        "trend_alt": "Line chart of {label} with 95% confidence intervals. All {many}: {all}",
        "groups_alt": "Dot chart of {label} in {wave} with 95% confidence intervals: {all}",
        "diverging": "{title}. Weighted distribution in per cent{base}, set about the middle of the scale. Answers per question: {n}.",
        "diverging_alt": "Stacked bars set about the middle of the scale. {all}",
        "stacked": "{title}. Weighted distribution in per cent{base}. Answers per question: {n}.",
        "stacked_alt": "Stacked bars. {all}",
        "together": " Answers that few gave are shown together.",
        "bars": "{title}. Weighted percentages with 95% confidence intervals{base} ({n} answers){multiple}.",
        "bars_alt": "Horizontal bars with 95% confidence intervals, per cent: {all}",
        "multiple": "; more than one answer was possible", "base": " among {base}", "or": " or ",
        "nothing": "No figure of '{label}' is shown: none of its numbers can be, as nobody answered, or to protect persons.",
        "flow": "The participants of {wave}, from sample to analysis.", "flow_alt": "Flow chart of the participants: {all}",
        "percent": ", in per cent", "everyone": "all", "with_groups": "all and by {grouping}",
    },
}  # fmt: skip


def trend(report, name: str) -> Figure | Text:
    """An indicator over the waves; where only one wave can be shown, by group instead."""
    indicator = report.indicator(name)
    if indicator is None:
        return ABSENT
    percent = indicator.kind == "binary"
    rows = _series(report, name, percent)
    if len(rows) < 2:
        return groups(report, name)
    texts, breaks = TEXTS[report.lang], _breaks(report, indicator, sorted(rows["wave"]))
    lines, hidden = [], list(map(str, _hidden_waves(report, name, percent)))
    drawn_by = next((by for by, grouping in report.book.groupings.items() if grouping.lines), "")
    for level in report.book.groupings[drawn_by].lines if drawn_by else ():
        line, label = _series(report, name, percent, by=drawn_by, level=level), report.book.groupings[drawn_by].labels[level][report.lang]
        if len(line) >= 2:
            lines.append((label, line))
            gone = _hidden_waves(report, name, percent, by=drawn_by, level=level)
            hidden += [f"{label} ({', '.join(map(str, gone))})"] if gone else []
    who = texts["with_groups"].format(grouping=report.book.groupings[drawn_by].label[report.lang].lower()) if lines else texts["everyone"]
    figure = Drawing("trend", (rows, {w: kind for w, (kind, _) in breaks.items()}, lines, _axis(report, indicator), percent, report.lang))
    waves = sorted(rows["wave"])
    caption = texts["trend"].format(label=markdown_safe(report.label_of(name)), first=waves[0], last=waves[-1],
                                    who=who, axis=texts["percent"] if percent else "")  # fmt: skip
    for kind in ("marks", "ends"):
        whys: dict[str, list[str]] = {}
        for wave, (how, reasons) in breaks.items():
            for why in reasons if how == kind else ():
                whys.setdefault(why, []).append(str(wave))
        if whys:
            caption += " " + texts[kind].format(list="; ".join(f"{why} ({', '.join(ws)})" for why, ws in whys.items()))
    alt = texts["trend_alt"].format(**report.names, label=indicator.label[report.lang], all=_described(
        [(f"{r.wave}:", " ".join(_pair(r, report.digits(name), report.lang))) for r in rows.itertuples()]))  # fmt: skip
    data = [("", rows), *lines]
    body = [
        line
        for heading, part in data
        for line in (
            [[Cell(heading, number=False)]] * bool(heading)
            + [
                [Cell(str(r.wave), number=False), *map(Cell, _pair(r, report.digits(name), report.lang))]
                for r in part.itertuples()
            ]
        )
    ]
    return report._drawn(figure, f"trend_{name}", alt, caption, _estimates_head(report, "wave", percent), body, hidden)


def _axis(report, indicator) -> str:
    if indicator.kind == "binary":
        return report.words["share_of"]
    return indicator.unit[report.lang].capitalize() if indicator.unit else report.words["mean"]


def _points(report, name: str, percent: bool, key: dict) -> pd.DataFrame:
    rows = report.results.where(indicator=name, statistic="share" if percent else "mean", **key)
    return rows[rows["wave"] <= report.wave].sort_values("wave")


def _hidden_waves(report, name: str, percent: bool, **key) -> list[int]:
    """The waves in which a series is hidden."""
    rows = _points(report, name, percent, key)
    return rows.loc[rows["status"].str.startswith("hidden"), "wave"].astype(int).tolist()


def _series(report, name: str, percent: bool, **key) -> pd.DataFrame:
    """Shown estimates of the comparable past and present: wave, estimate, lower, upper."""
    rows = _points(report, name, percent, key)
    rows = rows[(rows["status"] == "shown") & rows["lower"].notna()]
    factor = 100 if percent else 1
    found = rows[["wave", "estimate", "lower", "upper"]].astype({"wave": int})
    found[["estimate", "lower", "upper"]] *= factor
    return found.reset_index(drop=True)


def _breaks(report, indicator, waves: list[int]) -> dict[int, tuple[str, tuple[str, ...]]]:
    """Wave -> ("ends" or "marks", why) for the waves in a series."""
    found = {}
    for earlier, later in itertools.pairwise(waves):
        between = breaks_between(report.book, indicator, earlier, later)
        if between:
            ends = any(b.kind in BREAKING and b.comparable_because is None for b in between)
            why = tuple(dict.fromkeys(report.book.panel.breaking_kinds[b.kind][report.lang] for b in between))
            found[later] = ("ends" if ends else "marks", why)
    return found


def _pair(row, digits: int, lang: str) -> tuple[str, str]:
    """An estimate, and its interval in brackets."""
    text = [numbers.decimal(v, digits, lang) for v in (row.estimate, row.lower, row.upper)]
    return text[0], f"({numbers.span(text[1], text[2], lang)})"


def _estimates_head(report, what: str, percent: bool) -> list[Cell]:
    words = report.words
    return [
        Cell(words[what], number=False),
        Cell(words["percent_head" if percent else "estimate"]),
        Cell(words["ci_head"]),
    ]


def groups(report, name: str) -> Figure | Text:
    """An indicator by each grouping in the report's wave."""
    indicator = report.indicator(name)
    if indicator is None:
        return ABSENT
    texts, lang, rows, told, body, hidden = TEXTS[report.lang], report.lang, [], [], [], []
    percent = indicator.kind == "binary"
    every = [(heading, label, key, report.row(name, **key)) for heading, label, key in domains(report)]
    joint = {by: parts({key["level"]: row for _, _, key, row in every if key.get("by") == by}) for by in report.book.groupings}
    for heading, label, key, row in every:
        if row is not None and row.status.startswith("hidden") and key.get("level") not in joint.get(key.get("by"), ()):
            hidden.append(label)
        if row is None or row.status != "shown" or isnan(row.lower):
            continue
        factor = 100 if percent else 1
        scaled = SimpleNamespace(**{c: factor * getattr(row, c) for c in ("estimate", "lower", "upper")})
        value, limits = _pair(scaled, report.digits(name), lang)
        if heading and heading not in {r[0] for r in rows}:
            body.append([Cell(heading, number=False)])
        rows.append((heading, label, scaled.estimate, scaled.lower, scaled.upper, value))
        told.append((f"{label}:", f"{value} {limits}"))
        body.append([Cell(label, number=False), Cell(value), Cell(limits)])
    if not rows:
        return _nothing(report, indicator.label[lang])
    caption = texts["groups"].format(**report.names, label=markdown_safe(report.label_of(name)), wave=report.wave)
    alt = texts["groups_alt"].format(label=indicator.label[lang], wave=report.wave, all=_described(told))
    head = _estimates_head(report, "group", percent)
    for grouping in (g for g in report.book.groupings.values() if g.every):
        levels = [label[lang] for label in grouping.labels.values()]
        if set(levels) <= set(hidden):  # a sensitive item
            hidden = [label for label in hidden if label not in levels] + [grouping.every[lang]]
    drawn = Drawing("groups", (rows, _axis(report, indicator)))
    return report._drawn(drawn, f"groups_{name}", alt, caption, head, body, hidden)


def _nothing(report, label: str) -> Text:
    """A sentence in the place of a figure that cannot be drawn."""
    return Text(TEXTS[report.lang]["nothing"].format(label=markdown_safe(label)))


def block(report, name: str) -> Figure | Text:
    """A topic's figure: the distributions of its scales about their middle, or the shares of its options."""
    blocks = {b.id: (i, b) for i in report.book.instruments.values() for b in i.blocks}
    if name not in blocks:
        lookup.near(name, blocks, "block")
    instrument, shown = blocks[name]
    asked = {q.id: q for q in report.book.asked(report.wave).get(instrument.id, [])}
    questions = [asked[q] for q in shown.questions if q in asked]
    if not questions:
        return ABSENT
    return (_bars if shown.figure == "bars" else _stacked)(report, instrument, shown, questions)


def distribution(report, question) -> pd.DataFrame:
    """The shares of a closed question's answers in the order of the codes, answers shown together as one; none if any stands in no share that is shown.

    The column `codes` tells of which answers a share is.
    """
    if question.id not in report.distributions:
        report.distributions[question.id] = _distribution(report, question)
    return report.distributions[question.id]


def _distribution(report, question) -> pd.DataFrame:
    rows = report.results.where(wave=report.wave, indicator=question.id, statistic=["share", "share_joined"])
    rows = rows[rows["category"].notna()].sort_values("category")
    joint = rows["statistic"] == "share_joined"
    codes = rows["term"].where(joint, rows["category"].astype(str)).map(lambda text: tuple(int(float(code)) for code in text.split(JOINT)))
    shown = rows.assign(codes=codes)[rows["status"] == "shown"]
    return shown if len(set().union(*shown["codes"])) == (~joint).sum() else rows.iloc[:0].assign(codes=())


def answers(report, question, codes: tuple[int, ...]) -> str:
    """What an answer is called, or several that are shown together."""
    first, *rest = (report.book.responses(question).categories[code][report.lang] for code in codes)
    return TEXTS[report.lang]["or"].join([first, *(label[0].lower() + label[1:] for label in rest)])


def bases(report, instrument, questions) -> str:
    """Who was asked the questions, if not all: ` blant leger som forsker`; of questions with other bases, each."""
    found = dict.fromkeys(report.book.base_label(instrument.id, q.base)[report.lang] for q in questions if q.base != "all")
    if not found:
        return ""
    if len({q.base for q in questions}) > 1:
        found |= {report.book.panel.bases["all"][report.lang]: None} if any(q.base == "all" for q in questions) else {}
    return TEXTS[report.lang]["base"].format(base=TEXTS[report.lang]["or"].join(found))


def _sizes(ns, lang: str) -> str:
    low, high = min(ns), max(ns)
    return (
        numbers.whole(low, lang)
        if low == high
        else numbers.span(numbers.whole(low, lang), numbers.whole(high, lang), lang)
    )


def _stacked(report, instrument, shown, questions) -> Figure | Text:
    texts, lang, kind = TEXTS[report.lang], report.lang, shown.figure
    codes = list(report.book.responses(questions[0]).categories)
    told = {q.short[lang]: distribution(report, q) for q in questions}
    found = {name: dict(zip(rows["codes"], rows["estimate"], strict=True)) for name, rows in told.items() if len(rows)}
    if not found:
        return _nothing(report, shown.title[lang])
    classes = sorted({part for rows in found.values() for part in rows})
    labels = [answers(report, questions[0], part) for part in classes]
    shares = pd.DataFrame([[100 * rows.get(part, np.nan) for part in classes] for rows in found.values()], list(found), labels, dtype=object)
    n = _sizes([rows["n"].iloc[0] for rows in told.values() if len(rows)], lang)
    caption = texts[kind].format(
        title=markdown_safe(shown.title[lang]), base=markdown_safe(bases(report, instrument, questions)), n=n
    )
    caption += _together(report, questions)
    alt = texts[f"{kind}_alt"].format(all=" ".join(
        f"{name}: " + _described([(label.lower(), numbers.percent(share / 100, lang)) for label, share in row.dropna().items()])
        for name, row in shares.iterrows()))  # fmt: skip
    head = [Cell(report.words["question"], number=False), *(Cell(f"{label} (%)") for label in labels)]
    body = [
        [Cell(name, number=False), *(Cell("" if pd.isna(share) else numbers.decimal(share, 0, lang)) for share in row)]
        for name, row in shares.iterrows()
    ]
    places = [[codes.index(code) for code in part] for part in classes]
    drawn = Drawing("stacked", (shares, places, len(codes), lang, kind == "diverging"))
    return report._drawn(drawn, shown.id, alt, caption, head, body, _hidden_of(report, questions))


def _together(report, questions) -> str:
    """A sentence for the caption where answers of a question are shown together."""
    single = [q for q in questions if q.type != "multiple"]
    joint = any(len(codes) > 1 for q in single for codes in distribution(report, q)["codes"])
    return TEXTS[report.lang]["together"] if joint else ""


def _hidden_of(report, questions) -> list[str]:
    """The options and questions that a figure of these questions leaves out, as they are hidden."""
    found = []
    for question in questions:
        name, label = question.short[report.lang], report.book.responses(question).categories
        if question.type == "multiple":
            rows = {text[report.lang]: report.row(f"{question.id}_{code}") for code, text in label.items()}
            found += [text for text, row in rows.items() if row and row.status.startswith("hidden")]
        elif report.results.where(wave=report.wave, indicator=question.id, statistic="share")["status"].str.startswith("hidden").any():
            found += [] if len(distribution(report, question)) else [name]
    return found


def options(report, question) -> pd.DataFrame:
    """The shown options of a multiple choice, most ticked first, or the categories of a single one: option, estimate, lower, upper (per cent), n."""
    lang, categories = report.lang, report.book.responses(question).categories
    if question.type == "multiple":
        rows = [(label[lang], report.row(f"{question.id}_{code}")) for code, label in categories.items()]
        rows = sorted((r for r in rows if r[1] and r[1].status == "shown"), key=lambda r: -r[1].estimate)
    else:
        rows = [(answers(report, question, r.codes), r) for r in distribution(report, question).itertuples()]
    return pd.DataFrame(
        [(name, 100 * r.estimate, 100 * r.lower, 100 * r.upper, r.n) for name, r in rows],
        columns=["option", "estimate", "lower", "upper", "n"],
        dtype=object,
    )


def _bars(report, instrument, shown, questions) -> Figure | Text:
    texts, lang = TEXTS[report.lang], report.lang
    several = len(questions) > 1
    rows = pd.concat(options(report, q).assign(question=q.short[lang] if several else "") for q in questions)
    if rows.empty:
        return _nothing(report, shown.title[lang])
    multiple = texts["multiple"] if all(q.type == "multiple" for q in questions) else ""
    caption = texts["bars"].format(title=markdown_safe(shown.title[lang]), base=markdown_safe(bases(report, instrument, questions)),
                                   n=_sizes(rows["n"], lang), multiple=multiple) + _together(report, questions)  # fmt: skip
    told, body = [], []
    for question, part in rows.groupby("question", sort=False):
        values = [(r.option, *_pair(r, 0, lang)) for r in part.itertuples()]
        told.append(
            (f"{question}: " if question else "") + _described([(f"{o}:", f"{v} {ci}") for o, v, ci in values])
        )
        body += [[Cell(question, number=False)]] * bool(question)
        body += [[Cell(option, number=False), Cell(value), Cell(limits)] for option, value, limits in values]
    drawn, alt = Drawing("bars", (rows, report.words["share_of"], lang)), texts["bars_alt"].format(all=" ".join(told))
    head, hidden = _estimates_head(report, "answered", True), _hidden_of(report, questions)
    return report._drawn(drawn, shown.id, alt, caption, head, body, hidden)


def flow(report) -> Figure:
    """The participant flow of the wave."""
    steps = {row.key.group[1]: row.count for row in report.results.select("flow", report.wave, by="step")}
    texts, words = TEXTS[report.lang], {step: text.format(**report.names) for step, text in STEPS[report.lang].items()}
    told = [(words[step], numbers.whole(n, report.lang)) for step, n in steps.items() if n]
    alt = texts["flow_alt"].format(all=_described([(step.lower(), n) for step, n in told]))
    head = [Cell(report.words["step"], number=False), Cell(report.words["n"])]
    body = [[Cell(step, number=False), Cell(n)] for step, n in told]
    caption = texts["flow"].format(wave=report.wave)
    return report._drawn(Drawing("flow", (steps, words, report.lang)), "flow", alt, caption, head, body)


def _described(rows: list[tuple[str, str]]) -> str:
    """`name value; name value` for alternative texts."""
    return "; ".join(f"{name} {value}" for name, value in rows) + "."
