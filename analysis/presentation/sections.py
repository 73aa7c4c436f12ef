"""Parts of a document that are built from the codebook: the key figures, and a section for every topic of the wave."""

from analysis.presentation import figures, phrases, tables
from analysis.presentation.floats import ABSENT, Text, markdown_safe
from analysis.presentation.numbers import percent
from analysis.presentation.provenance import plain

LEAST_KEY_FIGURES = 5
BY_GROUP = {"nb": "Etter {by}", "en": "By {by}"}


def key_figures(report) -> Text:
    """The response rate and the first of the fixed indicators, each with its interval and its change; then one of each topic."""
    words = {"nb": "svarprosent (RR2): {a} av {d} inviterte", "en": "response rate (RR2): {a} of {d} invited"}[
        report.lang
    ]
    items = [
        (
            str(report.response_rate()),
            words.format(a=report.count("flow", "answered"), d=report.count("flow", "eligible")),
            "",
        )
    ]
    topics = [
        instrument.key[0] for name in report.book.waves[report.wave].instruments
        if (instrument := report.book.instruments[name]).kind == "topic"
    ]  # fmt: skip
    key = report.book.panel.report.key
    shown = [n for n in dict.fromkeys([*key, *topics]) if report.indicator(n) and report.value(n) != report.unshown]
    fixed = [n for n in shown if n in key]
    topics = [n for n in shown if n in topics and n not in fixed]
    # Rows of three: the fixed figures fill up what the response rate and the topics leave.
    fixed = fixed[: LEAST_KEY_FIGURES + (-(1 + LEAST_KEY_FIGURES + len(topics)) % 3)]
    for name in [*fixed, *topics]:
        what = markdown_safe(report.label_of(name))
        what = what[0].lower() + what[1:] if not what.isupper() else what
        items.append(
            (f"{report.value(name)}{report._unit(name)}", f"{what} ({report.ci(name)})", str(report.change(name)))
        )
    blocks = [
        f"::: {{.key-figure}}\n::: {{.value}}\n{value}\n:::\n\n::: {{.what}}\n{what}\n:::\n"
        + (f"\n::: {{.change}}\n{change}\n:::\n" if change else "") + ":::\n"
        for value, what, change in items
    ]  # fmt: skip
    return Text(":::: {.key-figures}\n" + "\n".join(blocks) + "::::\n")


def topics(report) -> Text:
    """A section for each topic module of the wave: what it is about, its figures with a sentence each, its tables."""
    parts = []
    for name in report.book.waves[report.wave].instruments:
        instrument = report.book.instruments[name]
        if instrument.kind == "topic":
            parts += _topic(report, instrument)
    return Text("\n\n".join(parts))


def _topic(report, instrument) -> list[str]:
    lang = report.lang
    references = f" [{'; '.join('@' + r for r in instrument.references)}]" if instrument.references else ""
    intro = instrument.intro[lang]
    parts = [f"## {markdown_safe(instrument.title[lang])} {{#sec-{instrument.id.replace('_', '-')}}}", intro[:-1] + references + "."]
    keys = [k for k in instrument.key if report.indicator(k)]
    parts += [_levels(report, keys)]
    asked = {q.id: q for q in report.book.asked(report.wave)[instrument.id]}
    for block in instrument.blocks:
        figure = figures.block(report, block.id)
        if isinstance(figure, Text) and figure != ABSENT:
            parts += [f"### {markdown_safe(block.title[lang])}", str(figure)]
        elif not isinstance(figure, Text):
            parts += [
                f"### {markdown_safe(block.title[lang])}",
                _sentence(report, block, [asked[q] for q in block.questions if q in asked]) + f" (@fig-{figure.id})",
                figure._repr_markdown_(),
            ]
    parts.append(f"### {BY_GROUP[lang].format(**report.names)} {{#{instrument.id.replace('_', '-')}-groups}}")
    parts += [
        " ".join(
            filter(
                None, (f"**{markdown_safe(report.label_of(k))}.** {report.sentences(k)}" for k in keys[:1])
            )
        )
    ]
    for first in range(0, len(keys), 2):
        parts.append(tables.groups(report, *keys[first : first + 2])._repr_markdown_())
    return [part for part in parts if part.strip()]


def _levels(report, keys: list[str]) -> str:
    """The key indicators in one paragraph: label, estimate, interval."""
    told = [
        f"{markdown_safe(report.label_of(k))}: {report.value(k)} ({report.ci(k)})"
        for k in keys
        if report.ci(k) != report.unshown
    ]
    return "; ".join([told[0], *(t[0].lower() + t[1:] for t in told[1:])]) + "." if told else ""


def _sentence(report, block, questions) -> str:
    """What stands out in a block: the most given answers, or the statements with most and least of the high answers."""
    texts, lang = phrases.TEXTS[report.lang], report.lang
    if block.figure == "bars":
        told = [_among(report, block, [q], _most(report, q, texts)) for q in questions]
        if len(questions) > 1:
            told = [f"{markdown_safe(q.short[lang])}: {t[0].lower()}{t[1:]}" for q, t in zip(questions, told, strict=True) if t]  # fmt: skip
        return " ".join(filter(None, told))
    found = [(q.short[lang], figures.distribution(report, q)) for q in questions]
    categories = report.book.responses(questions[0]).categories
    upper = set(list(categories)[-(len(categories) // 2) :])
    values = [(rows.loc[rows["codes"].map(upper.issuperset), "estimate"].sum(), name) for name, rows in found if _parts(rows, upper)]
    values = sorted(values, key=lambda v: -v[0])
    high = texts["or"].join(f"{texts['open']}{markdown_safe(label[lang].lower())}{texts['close']}" for code, label in categories.items() if code in upper)
    if not values:
        return ""
    (most, one), (least, two) = values[0], values[-1]
    alike = len(values) > 1 and plain(percent(most, lang)) == plain(percent(least, lang))
    return _among(report, block, questions, texts["agree_alike" if alike else "agree" if len(values) > 1 else "agree_one"].format(
        high=high, one=markdown_safe(one), one_value=percent(most, lang), two=markdown_safe(two), two_value=percent(least, lang)))  # fmt: skip


def _parts(rows, upper: set[int]) -> bool:
    """Whether a distribution's upper answers can be told from the lower ones: none is shown together with one of these."""
    return len(rows) > 0 and all(upper.issuperset(codes) or upper.isdisjoint(codes) for codes in rows["codes"])


def _among(report, block, questions, text: str) -> str:
    """A sentence with whom it is about, where that is not all."""
    instrument = next(i for i in report.book.instruments.values() if block in i.blocks)
    base = markdown_safe(figures.bases(report, instrument, questions))
    return f"{text.removesuffix('.')},{base}." if base and text else text


def _most(report, question, texts: dict[str, str]) -> str:
    rows = figures.options(report, question).sort_values("estimate", ascending=False, kind="stable").head(2)
    if len(rows) < 2:
        return ""
    (one, one_value), (two, two_value) = ((r.option, percent(r.estimate / 100, report.lang)) for r in rows.itertuples())
    return texts["most_ticked" if question.type == "multiple" else "most"].format(
        one=markdown_safe(one), one_value=one_value, two=markdown_safe(two), two_value=two_value)  # fmt: skip


PUBLISHED = {
    "nb": "@tbl-published gjengir det som er publisert om deltakelsen. Tallene over er regnet ut fra filene i denne kjøringen.",
    "en": "@tbl-published gives what has been published on participation. The figures above are computed from the files of this run.",
}
BREAKS = {
    "nb": ("Sammenliknbarhet", "Når ordlyd, svarskala, filter eller tidsperiode er endret, avsluttes serien. Andre brudd er bare markert i figurene (@tbl-breaks)."),
    "en": ("Comparability", "A changed wording, response scale, filter or recall period ends a series. Other breaks are only marked in the figures (@tbl-breaks)."),
}  # fmt: skip


def published(report) -> Text:
    """The published figures on participation, if there are any, with their sentence."""
    table = tables.published(report)
    return table if isinstance(table, Text) else Text(f"{PUBLISHED[report.lang]}\n\n{table._repr_markdown_()}")


def breaks(report) -> Text:
    """The comparability notes, if there is anything to note."""
    table = tables.breaks(report)
    if isinstance(table, Text):
        return table
    title, text = BREAKS[report.lang]
    return Text(f"## {title} {{#sec-comparability}}\n\n{text}\n\n{table._repr_markdown_()}")
