"""The report's figures: which results go into each, its caption, and its alternative text in words."""

import itertools

import pandas as pd

from analysis.codebook.comparability import breaks_between
from analysis.codebook.model import BREAKING
from analysis.presentation import charts, numbers, tables
from analysis.presentation.floats import Figure, Text, markdown_safe

# Drawn one by one under a trend; the other positions are few, and stand in the tables.
PANELS = ("consultant", "registrar", "gp", "private_specialist")

TEXTS = {
    "nb": {
        "trend": "{label}, {first}–{last}, alle og etter stilling. Punktene er vektede estimater med 95 % konfidensintervall{axis}.",
        "marks": "Prikkede streker markerer brudd som ikke hindrer sammenlikning: {list}.",
        "ends": "Heltrukne streker viser hvor serien brytes: {list}.",
        "groups": "{label} i {wave}, etter kjønn, alder og stilling. Punktene er vektede estimater med 95 % konfidensintervall.",
        "trend_alt": "Linjediagram over {label} med 95 % konfidensintervaller. Alle leger: {all}",
        "groups_alt": "Punktdiagram over {label} i {wave} med 95 % konfidensintervaller: {all}",
        "diverging": "{title}. Vektet fordeling i prosent{base}, ordnet om midten av skalaen. Antall svar per spørsmål: {n}.",
        "diverging_alt": "Stablede søyler ordnet om midten av skalaen. {all}",
        "bars": "{title}. Vektede prosenter med 95 % konfidensintervall{base} ({n} svar){multiple}.",
        "bars_alt": "Liggende søyler med 95 % konfidensintervaller, prosent: {all}",
        "multiple": "; flere svar var mulige", "base": " blant {base}",
        "flow": "Deltakerne i {wave}, fra utvalg til analyse.", "flow_alt": "Flytskjema over deltakerne: {all}",
        "percent": ", i prosent",
    },
    "en": {
        "trend": "{label}, {first}–{last}, all and by position. Points are weighted estimates with 95% confidence intervals{axis}.",
        "marks": "Dotted rules mark breaks that do not prevent comparison: {list}.",
        "ends": "Solid rules show where the series breaks: {list}.",
        "groups": "{label} in {wave}, by sex, age and position. Points are weighted estimates with 95% confidence intervals.",
        "trend_alt": "Line chart of {label} with 95% confidence intervals. All doctors: {all}",
        "groups_alt": "Dot chart of {label} in {wave} with 95% confidence intervals: {all}",
        "diverging": "{title}. Weighted distribution in per cent{base}, set about the middle of the scale. Answers per question: {n}.",
        "diverging_alt": "Stacked bars set about the middle of the scale. {all}",
        "bars": "{title}. Weighted percentages with 95% confidence intervals{base} ({n} answers){multiple}.",
        "bars_alt": "Horizontal bars with 95% confidence intervals, per cent: {all}",
        "multiple": "; more than one answer was possible", "base": " among {base}",
        "flow": "The participants of {wave}, from sample to analysis.", "flow_alt": "Flow chart of the participants: {all}",
        "percent": ", in per cent",
    },
}  # fmt: skip


def trend(report, name: str) -> Figure | Text:
    """An indicator over the waves; where only one wave can be shown, by group instead."""
    indicator = report.indicator(name)
    if indicator is None:
        return Text("")
    percent = indicator.kind == "binary"
    rows = _series(report, name, percent)
    if len(rows) < 2:
        return groups(report, name)
    texts, breaks = TEXTS[report.lang], _breaks(report, indicator, sorted(rows["wave"]))
    lines = []
    for position, group in report.book.panel.reporting_positions.items():
        line = _series(report, name, percent, by="position", level=position)
        if len(line) >= 2 and position in PANELS:
            lines.append((group.label[report.lang], line))
    figure = charts.trend(
        rows, {w: kind for w, (kind, _) in breaks.items()}, lines, _axis(report, indicator), percent, report.lang
    )
    waves = sorted(rows["wave"])
    caption = texts["trend"].format(label=markdown_safe(indicator.label[report.lang]), first=waves[0], last=waves[-1],
                                    axis=texts["percent"] if percent else "")  # fmt: skip
    for kind in ("marks", "ends"):
        whys: dict[str, list[str]] = {}
        for wave, (how, reasons) in breaks.items():
            for why in reasons if how == kind else ():
                whys.setdefault(why, []).append(str(wave))
        if whys:
            caption += " " + texts[kind].format(list="; ".join(f"{why} ({', '.join(ws)})" for why, ws in whys.items()))
    alt = texts["trend_alt"].format(label=indicator.label[report.lang], all=charts.described(
        [(f"{w}:", _shown(report, e, low, high, name)) for w, e, low, high in rows[["wave", "estimate", "lower", "upper"]].itertuples(index=False)]))  # fmt: skip
    return report._drawn(figure, f"trend_{name}", alt, caption)


def _axis(report, indicator) -> str:
    if indicator.kind == "binary":
        return report.words["share_of"]
    return indicator.unit[report.lang].capitalize() if indicator.unit else report.words["mean"]


def _series(report, name: str, percent: bool, **key) -> pd.DataFrame:
    """Shown estimates of the comparable past and present: wave, estimate, lower, upper."""
    statistic = "share" if percent else "mean"
    rows = report.results.where(indicator=name, statistic=statistic, **key)
    rows = rows[(rows["status"] == "shown") & (rows["wave"] <= report.wave) & rows["lower"].notna()]
    factor = 100 if percent else 1
    found = rows[["wave", "estimate", "lower", "upper"]].astype(float)
    found[["estimate", "lower", "upper"]] *= factor
    return found.astype({"wave": int}).sort_values("wave").reset_index(drop=True)


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


def _shown(report, estimate: float, lower: float, upper: float, name: str) -> str:
    digits = report.digits(name)
    text = [numbers.decimal(v, digits, report.lang) for v in (estimate, lower, upper)]
    return f"{text[0]} ({numbers.span(text[1], text[2], report.lang)})"


def groups(report, name: str) -> Figure | Text:
    """An indicator by sex, age and position in the report's wave."""
    indicator = report.indicator(name)
    if indicator is None:
        return Text("")
    texts, rows, told = TEXTS[report.lang], [], []
    for heading, label, key in levels(report):
        row = report.row(name, **key)
        if row is not None and row["status"] == "shown" and not pd.isna(row["lower"]):
            factor = 100 if indicator.kind == "binary" else 1
            e, low, high = (factor * row[c] for c in ("estimate", "lower", "upper"))
            rows.append((heading, label, e, low, high, numbers.decimal(e, report.digits(name), report.lang)))
            told.append((f"{label}:", _shown(report, e, low, high, name)))
    caption = texts["groups"].format(label=markdown_safe(indicator.label[report.lang]), wave=report.wave)
    alt = texts["groups_alt"].format(label=indicator.label[report.lang], wave=report.wave, all=charts.described(told))
    return report._drawn(charts.groups(rows, _axis(report, indicator)), f"groups_{name}", alt, caption)


def levels(report) -> list[tuple[str, str, dict]]:
    """The rows of every table by group: (heading, label, key columns)."""
    panel, words, lang = report.book.panel, report.words, report.lang
    found = [("", words["all"], {})]
    found += [(words["sex"], label[lang], {"by": "sex", "level": level}) for level, label in panel.sex.items()]
    found += [
        (words["age_group"], label[lang], {"by": "age_group", "level": level})
        for level, label in panel.age_groups.items()
    ]
    found += [
        (words["position"], group.label[lang], {"by": "position", "level": level})
        for level, group in panel.reporting_positions.items()
    ]
    return found


def block(report, name: str) -> Figure | Text:
    """A topic's figure: the distributions of its scales about their middle, or the shares of its options."""
    instrument, shown = next((i, b) for i in report.book.instruments.values() for b in i.blocks if b.id == name)
    asked = {q.id: q for q in report.book.asked(report.wave).get(instrument.id, [])}
    questions = [asked[q] for q in shown.questions if q in asked]
    if not questions:
        return Text("")
    return (_diverging if shown.figure == "diverging" else _bars)(report, instrument, shown, questions)


def distribution(report, question) -> pd.DataFrame:
    """The shown category shares of a closed question, in the order of the codes."""
    rows = report.results.where(wave=report.wave, indicator=question.id, statistic="share")
    rows = rows[rows["category"].notna()].sort_values("category")
    return rows if (rows["status"] == "shown").all() else rows.iloc[:0]


def _base(report, instrument, question) -> str:
    if question.base == "all":
        return ""
    return TEXTS[report.lang]["base"].format(base=report.book.base_label(instrument.id, question.base)[report.lang])


def _diverging(report, instrument, shown, questions) -> Figure | Text:
    texts, lang = TEXTS[report.lang], report.lang
    labels = [label[lang] for label in report.book.responses(questions[0]).categories.values()]
    found = {q.short[lang]: distribution(report, q) for q in questions}
    found = {name: rows for name, rows in found.items() if len(rows) == len(labels)}
    if not found:
        return Text("")
    shares = pd.DataFrame({name: (100 * rows["estimate"]).to_numpy() for name, rows in found.items()}, index=labels).T
    figure = charts.diverging(shares, labels, lang)
    low, high = min(int(r["n"].iloc[0]) for r in found.values()), max(int(r["n"].iloc[0]) for r in found.values())
    n = (
        tables.whole(low, lang)
        if low == high
        else numbers.span(tables.whole(low, lang), tables.whole(high, lang), lang)
    )
    caption = texts["diverging"].format(
        title=markdown_safe(shown.title[lang]), base=_base(report, instrument, questions[0]), n=n
    )
    alt = texts["diverging_alt"].format(all=" ".join(
        f"{name}: " + charts.described([(label.lower(), f"{numbers.decimal(share, 0, lang)} %") for label, share in row.items()])
        for name, row in shares.iterrows()))  # fmt: skip
    return report._drawn(figure, shown.id, alt, caption)


def options(report, questions) -> list[tuple[str, float, float, float, int]]:
    """(label, share, lower, upper, n) in per cent of the options of multiple choices and the categories of single ones."""
    found = []
    for q in questions:
        responses = report.book.responses(q)
        if q.type == "multiple":
            rows = [(label, report.row(f"{q.id}_{code}")) for code, label in responses.categories.items()]
        else:
            rows = list(
                zip(responses.categories.values(), (r for _, r in distribution(report, q).iterrows()), strict=False)
            )
        several = len(questions) > 1
        for label, row in rows:
            if row is not None and row["status"] == "shown":
                name = f"{q.short[report.lang]}: {label[report.lang]}" if several else label[report.lang]
                found.append((name, 100 * row["estimate"], 100 * row["lower"], 100 * row["upper"], int(row["n"])))
    return found


def _bars(report, instrument, shown, questions) -> Figure | Text:
    texts, lang = TEXTS[report.lang], report.lang
    rows = options(report, questions)
    if not rows:
        return Text("")
    multiple = all(q.type == "multiple" for q in questions)
    if multiple:
        rows = sorted(rows, key=lambda r: -r[1])
    figure = charts.bars([r[:4] for r in rows], report.words["share_of"], lang)
    sizes = sorted({r[4] for r in rows})
    n = (
        tables.whole(sizes[0], lang)
        if len(sizes) == 1
        else numbers.span(tables.whole(sizes[0], lang), tables.whole(sizes[-1], lang), lang)
    )
    caption = texts["bars"].format(title=markdown_safe(shown.title[lang]), base=_base(report, instrument, questions[0]), n=n,
                                   multiple=texts["multiple"] if multiple else "")  # fmt: skip
    alt = texts["bars_alt"].format(all=charts.described([
        (f"{name}:", f"{numbers.decimal(e, 0, lang)} ({numbers.span(numbers.decimal(low, 0, lang), numbers.decimal(high, 0, lang), lang)})")
        for name, e, low, high, _ in rows]))  # fmt: skip
    return report._drawn(figure, shown.id, alt, caption)


def flow(report) -> Figure:
    """The participant flow of the wave."""
    from analysis.presentation.words import STEPS

    rows = report.results.where(wave=report.wave, indicator="flow", by="step")
    steps = {r["level"]: int(r["count"]) for _, r in rows.iterrows()}
    texts = TEXTS[report.lang]
    alt = texts["flow_alt"].format(all=charts.described(
        [(STEPS[report.lang][k].lower(), tables.whole(n, report.lang)) for k, n in steps.items() if n]))  # fmt: skip
    return report._drawn(charts.flow(steps, report.lang), "flow", alt, texts["flow"].format(wave=report.wave))
