"""Tables of the articles: who answered, levels, change since an earlier wave, models, primary outcomes, specifications."""

import pandas as pd

from analysis.codebook.plan import Finding, Regression
from analysis.presentation import lookup, numbers
from analysis.presentation.floats import Cell, Table, Text, markdown_safe
from analysis.presentation.naming import heading, raked
from analysis.presentation.numbers import HIDDEN, whole
from analysis.presentation.tables.cells import estimate, n_of_count, notes
from analysis.presentation.tables.indicators import change_cell
from analysis.results import Row

TEXTS = {
    "nb": {
        "characteristics": "{The} i analysene ({n}) og {population} i {wave}.",
        "characteristics_note": "Antall og prosent av de analyserte er uvektet{unknown}.",
        "unknown": "; {many} uten kjent stilling i registeret står for seg",
        "analysed": "Analyserte, n (%)", "weighted": "Vektet (%)", "population": "Populasjon (%)",
        "levels": "{title} i {wave}.", "item": "Spørsmål", "never": "Ikke aktuelt (%)",
        "never_note": "Ikke aktuelt: vektet andel som svarte at spørsmålet ikke gjelder dem; de er ikke med i grunnlaget for prosentene.",
        "change": "Endring fra {earlier} til {later}.", "change_in": "{title}: endring fra {earlier} til {later}.",
        "change_note": "Andeler er vektede prosenter, endringer er prosentpoeng med 95 % konfidensintervall. Nettoendring: alle som svarte i én av eller begge rundene. Standardisert: den tidligere runden vektet til den seneres {raked}. Siste kolonne: de samme {the} begge ganger.",
        "association": "{label} i {wave}: faktorer i en logistisk regresjonsmodell med {n} {many}.",
        "association_note": "Andeler er vektede prosenter. Justert andel og oddsratio er fra samme modell, med alle faktorene i tabellen.",
        "crude": "Andel (%)", "adjusted": "Justert andel (%)", "odds": "Oddsratio (95 % KI)", "yes": "Ja", "no": "Nei",
        "primary": "Primære utfall i analyseplanen for artikkelen «{title}».", "outcome": "Utfall", "p": "p", "holm": "p (Holm)",
        "plan_note": "Analyseplanen er datert {date}; filens SHA-256 begynner med {hash}.",
        "specification": "Funnene i artikkelen «{title}» under fem spesifikasjoner.", "finding": "Spesifikasjon", "value": "Estimat (95 % KI)",
        "specification_note": "Andeler i prosent, forskjeller og endringer i prosentpoeng.",
        "weighted_spec": "Som rapportert", "unweighted": "Uten vekter", "equal_start_weights": "Like startvekter",
        "without_newest_cohort": "Uten det nyeste kullet", "complete_cases": "Bare komplette svar",
        "less": "{label}: {one} mot {other}", "since": "{label}: endring fra {wave}",
    },
    "en": {
        "characteristics": "{The} analysed ({n}) and {population} in {wave}.",
        "characteristics_note": "Numbers and percentages of those analysed are unweighted{unknown}.",
        "unknown": "; {many} whose position the register does not know stand by themselves",
        "analysed": "Analysed, n (%)", "weighted": "Weighted (%)", "population": "Population (%)",
        "levels": "{title} in {wave}.", "item": "Question", "never": "Not applicable (%)",
        "never_note": "Not applicable: weighted share who answered that the question does not concern them; they are outside the base of the percentages.",
        "change": "Change from {earlier} to {later}.", "change_in": "{title}: change from {earlier} to {later}.",
        "change_note": "Shares are weighted percentages, changes are percentage points with 95% confidence intervals. Net change: all who answered in one or both waves. Standardised: the earlier wave weighted to the later one's {raked}. Last column: the same {many} both times.",
        "association": "{label} in {wave}: factors in a logistic regression model of {n} {many}.",
        "association_note": "Shares are weighted percentages. Adjusted shares and odds ratios come from one model, with all the factors of the table.",
        "crude": "Share (%)", "adjusted": "Adjusted share (%)", "odds": "Odds ratio (95% CI)", "yes": "Yes", "no": "No",
        "primary": "Primary outcomes in the analysis plan of the article '{title}'.", "outcome": "Outcome", "p": "p", "holm": "p (Holm)",
        "plan_note": "The analysis plan is dated {date}; the file's SHA-256 begins with {hash}.",
        "specification": "The findings of the article '{title}' under five specifications.", "finding": "Specification", "value": "Estimate (95% CI)",
        "specification_note": "Shares in per cent, differences and changes in percentage points.",
        "weighted_spec": "As reported", "unweighted": "Without weights", "equal_start_weights": "Equal start weights",
        "without_newest_cohort": "Without the newest cohort", "complete_cases": "Complete answers only",
        "less": "{label}: {one} against {other}", "since": "{label}: change from {wave}",
    },
}  # fmt: skip


def characteristics(report) -> Table:
    """Sex, age and register position of those analysed (unweighted), weighted, and in the population."""
    texts, lang, body = TEXTS[report.lang], report.lang, []
    statistics = ("share_respondents", "share_weighted", "share_population")
    known = {v: those for v, those in report.book.classifications.items() if v in ("sex", "age_group", "register_position")}
    for variable, names in known.items():
        body.append([Cell(heading(report.book, variable, lang), number=False)])
        for level, label in names.items():
            own, *others = (
                report.results.row("representativeness", report.wave, by=variable, level=level, statistic=s)
                for s in statistics
            )
            if own is None:
                continue
            per_cent = numbers.decimal(100 * own.estimate, 0, lang)
            shares = [Cell("–" if r is None else numbers.decimal(100 * r.estimate, 0, lang)) for r in others]
            body.append([Cell(label[lang], number=False), Cell(f"{whole(own.count, lang)} ({per_cent})"), *shares])
    head = [[Cell("", number=False), *(Cell(texts[k]) for k in ("analysed", "weighted", "population"))]]
    caption = texts["characteristics"].format(**report.names, n=report.count("flow", "analysed"), wave=report.wave)
    unknown = texts["unknown"].format(**report.names) if "register_position" in known else ""
    return report._table("characteristics", head, body, caption, (texts["characteristics_note"].format(unknown=unknown),))


def levels(report, title: str, *names: str) -> Table:
    """Shares of everyone, a row an indicator: n/N, weighted per cent, interval; and whom the question does not concern, if any."""
    texts, body = TEXTS[report.lang], []
    never = {
        n: report.results.row(report.indicator(n).question, report.wave, statistic="share_not_applicable")
        for n in names
    }
    said = any(row is not None for row in never.values())
    for name in names:
        row = report.row(name)
        cells = [Cell(report.label_of(name), number=False), n_of_count(row, report.lang),
                 *estimate(row, 0, report.lang, True)]  # fmt: skip
        body.append([*cells, *([estimate(never[name], 0, report.lang, True)[0]] if said else [])])
    words = report.words
    head = [[Cell(texts["item"], number=False), Cell(words["count_head"]), Cell(words["percent_head"]), Cell(words["ci_head"]),
             *([Cell(texts["never"])] if said else [])]]  # fmt: skip
    extra = (*((texts["never_note"],) if said else ()), *report.rounding(*names))
    caption = texts["levels"].format(title=markdown_safe(title), wave=report.wave)
    return report._table(f"levels_{names[0]}", head, body, caption, notes(body, report.lang, True) + extra)


def development(report, title: str, earlier: int, *names: str) -> Table:
    """Levels in an earlier wave and now, and the three kinds of change between them."""
    texts, words, body = TEXTS[report.lang], report.words, []
    for name in names:
        levels_ = [report.row(name, wave=wave) for wave in (earlier, report.wave)]
        changes = [
            report.change_row(name, kind, earlier) for kind in ("change_net", "change_standardised", "change_within")
        ]
        body.append([Cell(report.label_of(name), number=False),
                     *(estimate(row, 0, report.lang, True)[0] for row in levels_),
                     *(change_cell(row, 1, True, report.lang) for row in changes)])  # fmt: skip
    head = [[Cell(words["indicator"], number=False), Cell(f"{earlier} (%)"), Cell(f"{report.wave} (%)"), Cell(words["net"]),
             Cell(words["standardised"]), Cell(words["within"])]]  # fmt: skip
    caption = texts["change_in"].format(title=markdown_safe(title), earlier=earlier, later=report.wave)
    return report._table(f"development_{names[0]}", head, body, caption, (texts["change_note"].format(**report.names, raked=raked(report)),))


def association(report, article: str, name: str) -> Table:
    """An article's model of a share: unadjusted and adjusted shares and odds ratios, a row a level."""
    texts, words, lang = TEXTS[report.lang], report.words, report.lang
    model: Regression | None = next((m for m in report.plan(article).models if m.indicator == name), None)
    if model is None:
        lookup.near(name, [m.indicator for m in report.plan(article).models], f"model of {article} of the indicator")
    ratios = report.results.select(name, report.wave, model=article, statistic="odds_ratio")
    if not ratios:
        told = "its model is of a mean" if report.indicator(name).kind == "mean" else "its model could not be estimated"
        raise LookupError(f"a table of odds ratios of '{name}' in {article}: {told}, and has none")
    labels = {name: grouping.labels for name, grouping in report.book.groupings.items()}
    body, n = [], None
    for term in model.terms:
        heading = report.book.groupings[term].label[lang] if term in labels else report.indicator(term).label[lang]
        body.append([Cell(heading, number=False)])
        for level, label in labels.get(term, {"1": texts["yes"], "0": texts["no"]}).items():
            ratio = report.results.row(name, report.wave, model=article, term=f"{term}={level}", statistic="odds_ratio")
            if ratio is None:
                continue
            adjusted = report.results.row(
                name, report.wave, model=article, term=f"{term}={level}", statistic="adjusted_share"
            )
            crude = report.row(name, by=term, level=level)
            body.append([Cell(label if isinstance(label, str) else label[lang], number=False), n_of_count(crude, lang),
                         estimate(crude, 0, lang, True)[0], estimate(adjusted, 0, lang, True)[0], _odds(ratio, lang, words)])  # fmt: skip
        n = sum(row.n for row in ratios if row.key.term.startswith(f"{model.terms[0]}="))
    head = [
        [
            Cell("", number=False),
            Cell(words["count_head"]),
            Cell(texts["crude"]),
            Cell(texts["adjusted"]),
            Cell(texts["odds"]),
        ]
    ]
    label = markdown_safe(report.label_of(name))
    caption = texts["association"].format(**report.names, label=label, wave=report.wave, n=whole(n, lang))
    return report._table(
        f"association_{name}", head, body, caption, (texts["association_note"], *notes(body, lang, True)[1:])
    )


def _odds(row: Row, lang: str, words: dict) -> Cell:
    if row.status == "reference":
        return Cell(f"{numbers.decimal(row.estimate, 0, lang)} ({words['reference'].lower()})")
    if row.status != "shown" or pd.isna(row.lower):
        return Cell(HIDDEN if row.status.startswith("hidden") else "–")
    low, high = (numbers.decimal(getattr(row, side), 2, lang) for side in ("lower", "upper"))
    return Cell(f"{numbers.decimal(row.estimate, 2, lang)} ({numbers.span(low, high, lang)})")


def primary(report, article: str, title: str) -> Table | Text:
    """The primary outcomes of an article's plan: difference or change, p, and p after Holm's method."""
    texts, lang, body = TEXTS[report.lang], report.lang, []
    for outcome in report.plan(article).primary:
        row = _since(outcome.vs_wave, report.results.select(outcome.indicator, report.wave, model=article, term="primary", by=outcome.by,
                                                            level=outcome.level, vs_level=outcome.vs_level))  # fmt: skip
        if row is None:
            continue
        shown = row.status == "shown"
        body.append([Cell(_label(report, outcome), number=False), change_cell(row, 1, True, lang),
                     *(Cell(numbers.p_value(getattr(row, c), lang).removeprefix(f"p{numbers.NBSP}=").strip() if shown else HIDDEN) for c in ("p", "p_adjusted"))])  # fmt: skip
    if not body:
        return Text("")
    head = [[Cell(texts["outcome"], number=False), Cell(texts["value"]), Cell(texts["p"]), Cell(texts["holm"])]]
    caption = texts["primary"].format(title=markdown_safe(title))
    plan_note = texts["plan_note"].format(date=report.plan_date(article), hash=report.plan_hash(article))
    return report._table(f"primary_{article}", head, body, caption, (texts["specification_note"], plan_note))


def specification(report, article: str, title: str) -> Table | Text:
    """Every primary outcome and finding of an article under each specification."""
    texts, lang, body, plan = TEXTS[report.lang], report.lang, [], report.plan(article)
    for finding in dict.fromkeys([*(Finding(**o.model_dump()) for o in plan.primary), *plan.findings]):
        lines = []
        for name in ("weighted", "unweighted", "equal_start_weights", "without_newest_cohort", "complete_cases"):
            key = {
                "model": "specification",
                "term": name,
                "by": finding.by,
                "level": finding.level,
                "vs_level": finding.vs_level,
            }
            statistic = "change_net" if finding.vs_wave else "difference" if finding.by else ["share", "mean"]
            row = _since(finding.vs_wave, report.results.select(finding.indicator, report.wave, statistic=statistic, **key))
            if row is not None:
                label = texts["weighted_spec" if name == "weighted" else name]
                lines.append([Cell(label, number=False), Cell(whole(row.n, lang)), _either(row, finding, lang)])
        if lines:
            body += [[Cell(_label(report, finding), number=False)], *lines]
    if not body:
        return Text("")
    head = [[Cell(texts["finding"], number=False), Cell(report.words["n"]), Cell(texts["value"])]]
    caption = texts["specification"].format(title=markdown_safe(title))
    return report._table(f"specification_{article}", head, body, caption, (texts["specification_note"],))


def _since(wave: int | None, rows: list[Row]) -> Row | None:
    """The first of the rows, or of those of a change since `wave`."""
    return next((row for row in rows if not wave or row.key.vs_wave == wave), None)


def _either(row: Row, finding: Finding, lang: str) -> Cell:
    if finding.by or finding.vs_wave:
        return change_cell(row, 1, True, lang)
    value, limits = estimate(row, 0, lang, True)
    return Cell(HIDDEN) if value.text == HIDDEN else Cell(f"{value.text} ({limits.text})", mark=value.mark)


def _label(report, finding: Finding) -> str:
    """A finding in words: the indicator, and the groups or the wave it is set against."""
    texts, lang = TEXTS[report.lang], report.lang
    label = report.label_of(finding.indicator)
    if finding.vs_wave:
        return texts["since"].format(label=label, wave=finding.vs_wave)
    if finding.by:
        names = report.book.groupings[finding.by].labels
        one, other = (names[level][lang].lower() for level in (finding.level, finding.vs_level))
        return texts["less"].format(label=label, one=one, other=other)
    return label
