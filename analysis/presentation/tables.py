"""The tables: estimates by group, response, representativeness, models, questions, comparability."""

import pandas as pd

from analysis.codebook.model import BREAKING
from analysis.presentation import figures, numbers
from analysis.presentation.floats import Cell, Table, Text, markdown_safe
from analysis.presentation.numbers import HIDDEN
from analysis.presentation.words import PROBLEMS, WORDS

GROUPS = ("sex", "age_group", "position")


def whole(value, lang: str) -> str:
    return HIDDEN if pd.isna(value) else numbers.decimal(value, 0, lang)


def estimate(row: dict | None, digits: int, lang: str, percent: bool) -> tuple[Cell, Cell]:
    """A row's estimate and interval as two cells; ":" where hidden, a dash where there is no row."""
    if row is None:
        return Cell("–"), Cell("–")
    if row["status"].startswith("hidden"):
        return Cell(HIDDEN), Cell(HIDDEN)
    if pd.isna(row["estimate"]):
        return Cell("–"), Cell("–")
    factor, mark = 100 if percent else 1, "1" if row["quality"] == "uncertain" else ""
    value = numbers.decimal(factor * row["estimate"], digits, lang)
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return Cell(value, mark=mark), Cell("–")
    limits = (numbers.decimal(factor * row[side], digits, lang) for side in ("lower", "upper"))
    return Cell(value, mark=mark), Cell(numbers.span(*limits, lang))


def n_of_count(row: dict | None, lang: str) -> Cell:
    """Unweighted `count/n` of a share, or `n` of a mean."""
    if row is None:
        return Cell("–")
    if row["status"].startswith("hidden"):
        return Cell(HIDDEN)
    if row["unit"] == "share" and not pd.isna(row["count"]):
        return Cell(f"{whole(row['count'], lang)}/{whole(row['n'], lang)}")
    return Cell(whole(row["n"], lang))


def by_groups(levels: list[tuple[str, str, dict]], columns: list[dict], lang: str):
    """Head and body of a table of indicators by group.

    `levels` is (group heading, label, key columns); each of `columns` has `label`, `digits`, `percent` and `row(key)`, which
    gives the results row.
    """
    words = WORDS[lang]
    head = [
        [Cell("", number=False), *(Cell(c["label"], span=3) for c in columns)],
        [Cell(words["group"], number=False)],
    ]
    for column in columns:
        share = column["percent"]
        head[1] += [
            Cell(words["count_head" if share else "n"]),
            Cell(words["percent_head" if share else "mean"]),
            Cell(words["ci_head"]),
        ]
    body, previous = [], ""
    for group, label, key in levels:
        if group != previous and group:
            body.append([Cell(group, number=False)])
        previous = group
        cells = [Cell(label, number=False)]
        for column in columns:
            row = column["row"](key)
            cells += [n_of_count(row, lang), *estimate(row, column["digits"], lang, column["percent"])]
        body.append(cells)
    return head, body


def notes(body: list[list[Cell]], lang: str, percent: bool) -> tuple[str, ...]:
    """The footnotes a table needs: what is weighted, what is uncertain, what is hidden."""
    words, cells = WORDS[lang], [cell for row in body for cell in row]
    found = [words["weighted_note" if percent else "mean_note"]]
    if any(cell.mark == "1" for cell in cells):
        found.append(f"^1^ {words['uncertain_note']}")
    if any(cell.text == HIDDEN for cell in cells):
        found.append(words["hidden_note"])
    return tuple(found)


def _columns(report, names: tuple[str, ...]) -> list[dict]:
    columns = []
    for name in names:
        indicator = report.indicator(name)
        if indicator is not None:
            percent = indicator.kind == "binary"
            columns.append({"label": indicator.label[report.lang], "digits": report.digits(name), "percent": percent,
                            "row": lambda key, name=name: report.row(name, **key)})  # fmt: skip
    return columns


CAPTIONS = {
    "nb": {
        "groups": "{labels} i {wave}, etter kjønn, alder og stilling.",
        "hours": "Ukentlig arbeidstid i {wave}, etter stilling og kjønn.",
        "quartiles": "Fordelingen av ukentlig arbeidstid i {wave}: kvartiler.",
        "response": "Svarrater i {wave} etter AAPORs definisjoner.",
        "representativeness": "Inviterte, analyserte og populasjonen i {wave}, prosent.",
        "leavers": "Hva som ble av dem som svarte i {before}: prosent av hver gruppe.",
        "changes": "Endring siden forrige runde som stilte spørsmålet, tre mål på endring.",
        "models": "{label}: modell over rundene, justert for kjønn, alder og stilling.",
        "adjusted": "{label}: justert for endringer i kjønn, alder og stilling, etter runde.",
        "questions": "Spørsmålene i {wave}: ordlyd og dokumentasjon.",
        "breaks": "Forhold som begrenser sammenlikning med tidligere runder.",
        "missing": "Spørsmål der flest svar mangler i {wave}: antall leger etter årsak.",
        "problems": "Problemer funnet i rådataene fra {wave}.",
        "population": "Populasjonstallene som svarene fra {wave} er vektet til.",
        "scales": "Skalaer i {wave}: indre konsistens.",
        "published": "Inviterte og svar i {wave} slik de er publisert.",
    },
    "en": {
        "groups": "{labels} in {wave}, by sex, age and position.",
        "hours": "Weekly working hours in {wave}, by position and sex.",
        "quartiles": "The distribution of weekly working hours in {wave}: quartiles.",
        "response": "Response rates in {wave} by AAPOR's definitions.",
        "representativeness": "Invited, analysed and the population in {wave}, per cent.",
        "leavers": "What became of those who answered in {before}: per cent of each group.",
        "changes": "Change since the last wave that asked the question, three measures of change.",
        "models": "{label}: model over the waves, adjusted for sex, age and position.",
        "adjusted": "{label}: adjusted for changes in sex, age and position, by wave.",
        "questions": "The questions of {wave}: wording and documentation.",
        "breaks": "What limits comparison with earlier waves.",
        "missing": "Questions with most answers missing in {wave}: doctors by reason.",
        "problems": "Problems found in the raw data of {wave}.",
        "population": "The population figures that the answers of {wave} are weighted to.",
        "scales": "Scales in {wave}: internal consistency.",
        "published": "Invited and answers in {wave} as published.",
    },
}  # fmt: skip


def _caption(report, name: str, **parts) -> str:
    return CAPTIONS[report.lang][name].format(wave=report.wave, **parts)


def groups(report, *names: str) -> Table | Text:
    """Estimates of one or two indicators by sex, age and position."""
    columns = _columns(report, names)
    if not columns:
        return Text("")
    levels = [level for level in figures.levels(report) if any(c["row"](level[2]) is not None for c in columns)]
    shown = [level for level in levels if not _all_hidden(columns, level[2]) or level[2].get("by") != "position"]
    head, body = by_groups(shown, columns, report.lang)
    extra = (report.words["refused_note"],) if len(shown) < len(levels) else ()
    labels = markdown_safe(_joined([c["label"] for c in columns], report.lang))
    caption = _caption(report, "groups", labels=labels)
    return report._table(
        f"groups_{'_'.join(names)}",
        head,
        body,
        caption,
        notes(body, report.lang, any(c["percent"] for c in columns)) + extra,
    )


def _all_hidden(columns: list[dict], key: dict) -> bool:
    rows = [c["row"](key) for c in columns]
    return all(row is None or row["status"].startswith("hidden") for row in rows)


def _joined(labels: list[str], lang: str) -> str:
    rest = [labels[0], *(label[0].lower() + label[1:] for label in labels[1:])]
    return rest[0] if len(rest) == 1 else ", ".join(rest[:-1]) + (" og " if lang == "nb" else " and ") + rest[-1]


def hours(report) -> Table | Text:
    """Weekly hours and the share above 48, by position and sex."""
    columns = _columns(report, ("hours_total", "hours_over_48"))
    if not columns:
        return Text("")
    levels = []
    for position, group in report.book.panel.reporting_positions.items():
        for sex, label in report.book.panel.sex.items():
            key = {"by": "position", "level": position, "by2": "sex", "level2": sex}
            if columns[0]["row"](key) is not None:
                levels.append((group.label[report.lang], label[report.lang], key))
    head, body = by_groups(levels, columns, report.lang)
    return report._table("hours_position_sex", head, body, _caption(report, "hours"), notes(body, report.lang, True))


def quartiles(report) -> Table | Text:
    """P25, median and P75 of weekly hours, overall and by group."""
    if report.indicator("hours_total") is None:
        return Text("")
    words, body, previous = report.words, [], ""
    for heading, label, key in figures.levels(report):
        rows = [report.row("hours_total", statistic, **key) for statistic in ("p25", "median", "p75")]
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
    return report._table("hours_quartiles", head, body, _caption(report, "quartiles"), notes(body, report.lang, False))


def response(report) -> Table:
    """AAPOR's six response rates with their definitions."""
    words, body = report.words, []
    plain = {
        "rr1": "I/D",
        "rr2": "(I+P)/D",
        "rr3": "I/(D−U+eU)",
        "rr4": "(I+P)/(D−U+eU)",
        "rr5": "I/(D−U)",
        "rr6": "(I+P)/(D−U)",
    }
    for rate, definition in plain.items():
        row = report.results.row(wave=report.wave, indicator="response_rate", statistic=rate)
        if row is not None:
            body.append([Cell(rate.upper(), number=False), Cell(definition, number=False), n_of_count(row, report.lang),
                         Cell(numbers.decimal(100 * row["estimate"], 1, report.lang))])  # fmt: skip
    head = [
        [
            Cell(words["rate"], number=False),
            Cell(words["definition"], number=False),
            Cell(words["count_head"]),
            Cell("%"),
        ]
    ]
    note = {
        "nb": "I: fullstendige svar (minst 80 % av spørsmålene); P: delvise (50–79 %); D: alle inviterte som var aktuelle; U: ukjent om aktuell, her 0; e: antatt andel aktuelle av U.",
        "en": "I: complete (at least 80% of the questions); P: partial (50–79%); D: all invited who were eligible; U: unknown eligibility, here 0; e: assumed share eligible of U.",
    }[report.lang]
    return report._table("response", head, body, _caption(report, "response"), (note,))


def representativeness(report) -> Table:
    """Invited, analysed, population and weighted, on everything known of all."""
    words, panel, body, raked = report.words, report.book.panel, [], False
    labels = {
        "sex": panel.sex, "age_group": panel.age_groups, "specialty": panel.specialties, "region": panel.regions,
        "register_position": {k: p.label for k, p in panel.register_positions.items()},
        "licence_period": {k: s.label for k, s in panel.strata.items()},
    }  # fmt: skip
    for variable, names in labels.items():
        body.append([Cell(words[variable], number=False)])
        for level, label in names.items():
            rows = {s: report.results.row(wave=report.wave, indicator="representativeness", by=variable, level=level, statistic=s)
                    for s in ("share_invited", "share_respondents", "share_population", "share_weighted")}  # fmt: skip
            if rows["share_invited"] is None:
                continue
            cells = [
                Cell("–" if r is None else numbers.decimal(100 * r["estimate"], 1, report.lang)) for r in rows.values()
            ]
            if rows["share_weighted"]["term"] == "by_construction":
                raked = True
                cells[3] = Cell(cells[3].text, mark="1")
            body.append([Cell(label[report.lang], number=False), *cells])
    head = [[Cell("", number=False), *(Cell(words[k]) for k in ("invited", "respondents", "population", "weighted"))]]
    note = (f"^1^ {words['by_construction']}",) if raked else ()
    return report._table("representativeness", head, body, _caption(report, "representativeness"), note)


def leavers(report) -> Table | Text:
    """Who answered again, who did not, and who left the population, by group."""
    rows = report.results.where("leavers", report.wave, by="state", by2=...)
    if rows.empty:
        return Text("")
    words, panel, body = report.words, report.book.panel, []
    states = ("again", "lost", "left")
    groups_of = {
        "sex": panel.sex,
        "age_group": panel.age_groups,
        "position": {k: g.label for k, g in panel.reporting_positions.items()},
    }

    def line(label: str, part) -> list[Cell]:
        counts = [int(part.loc[part["level"] == s, "count"].sum()) for s in states]
        total = sum(counts)
        return [
            Cell(label, number=False),
            Cell(whole(total, report.lang)),
            *(Cell(numbers.decimal(100 * c / total, 0, report.lang)) for c in counts),
        ]

    everyone = rows[rows["by2"] == ""]
    body.append(line(words["everyone"], everyone))
    for variable, labels in groups_of.items():
        body.append([Cell(words[variable], number=False)])
        for level, label in labels.items():
            part = rows[(rows["by2"] == variable) & (rows["level2"] == level)]
            if not part.empty and (part["status"] == "shown").all():
                body.append(line(label[report.lang], part))
    head = [
        [
            Cell(words["group"], number=False),
            Cell(words["n"]),
            Cell(words["stayed"]),
            Cell(words["lost"]),
            Cell(words["left"]),
        ]
    ]
    return report._table("leavers", head, body, _caption(report, "leavers", before=report.results.waves[-2]))


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
            rows = [_first(report.results.where(wave=report.wave, indicator=key, statistic=kind)) for kind in kinds]
            if rows[0] is None:
                continue
            percent = indicator.kind == "binary"
            cells = [_change_cell(row, 1 if percent else report.digits(key), percent, report.lang) for row in rows]
            lines.append([Cell(indicator.label[report.lang], number=False), Cell(str(int(rows[0]["vs_wave"]))), *cells])
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
        "nb": "Andeler i prosentpoeng, ellers i skalaens enhet; 95 % konfidensintervall i parentes. Nettoendring: alle som svarte i de to rundene. Standardisert: den tidligere runden vektet til den seneres kjønn, alder og stilling. Siste kolonne: de samme legene.",
        "en": "Shares in percentage points, otherwise in the scale's unit; 95% confidence interval in brackets. Net change: all who answered in the two waves. Standardised: the earlier wave weighted to the later one's sex, age and position. Last column: the same doctors.",
    }[report.lang]
    return report._table("changes", head, body, _caption(report, "changes"), (note,))


def _first(rows: pd.DataFrame) -> dict | None:
    return None if rows.empty else rows.iloc[0].to_dict()


def _change_cell(row: dict | None, digits: int, percent: bool, lang: str) -> Cell:
    if row is None:
        return Cell("–")
    if row["status"] == "not_comparable":
        return Cell("kan ikke sammenliknes" if lang == "nb" else "not comparable")
    if row["status"] != "shown":
        return Cell(HIDDEN)
    factor = 100 if percent else 1
    limits = (numbers.decimal(factor * row[side], digits, lang) for side in ("lower", "upper"))
    return Cell(f"{numbers.signed(factor * row['estimate'], digits, lang)} ({numbers.span(*limits, lang)})")


def models(report, name: str) -> Table | Text:
    """The terms of a trend model: differences or odds ratios, with the GEE beside the waves."""
    rows = report.results.where(name, report.wave, model=["trend", "gee"], statistic=["odds_ratio", "difference"])
    if rows.empty:
        return Text("")
    words, panel, body = report.words, report.book.panel, []
    labels = {"wave": None, "sex": panel.sex, "age_group": panel.age_groups,
              "position": {k: g.label for k, g in panel.reporting_positions.items()}}  # fmt: skip
    for variable, names in labels.items():
        part = rows[rows["term"].str.startswith(f"{variable}=") & (rows["model"] == "trend")]
        if part.empty:
            continue
        body.append([Cell(words[variable], number=False)])
        order = (
            sorted(part["term"].str.split("=").str[1])
            if names is None
            else [k for k in names if f"{variable}={k}" in set(part["term"])]
        )
        for level in order:
            row = part[part["term"] == f"{variable}={level}"].iloc[0]
            gee = rows[(rows["model"] == "gee") & (rows["term"] == f"{variable}={level}")]
            label = level if names is None else names[level][report.lang]
            if row["status"] == "reference":
                cells = [
                    Cell(f"{numbers.decimal(row['estimate'], 0, report.lang)} ({words['reference'].lower()})"),
                    Cell(""),
                ]
            else:
                cells = list(estimate(row, 2, report.lang, False))
            cells.append(_with_interval(_first(gee), report.lang))
            body.append([Cell(label, number=False), Cell(whole(row["n"], report.lang)), *cells])
    statistic = words["odds_ratio" if (rows["statistic"] == "odds_ratio").any() else "difference"]
    head = [
        [
            Cell(words["term"], number=False),
            Cell(words["n"]),
            Cell(statistic),
            Cell(words["ci_head"]),
            Cell(words["gee"]),
        ]
    ]
    label = report.indicator(name).label[report.lang]
    return report._table(f"model_{name}", head, body, _caption(report, "models", label=markdown_safe(label)))


def _with_interval(row: dict | None, lang: str) -> Cell:
    if row is None or row["status"] != "shown":
        return Cell("")
    low, high = (numbers.decimal(row[side], 2, lang) for side in ("lower", "upper"))
    return Cell(f"{numbers.decimal(row['estimate'], 2, lang)} ({numbers.span(low, high, lang)})")


def adjusted(report, name: str) -> Table | Text:
    """Adjusted means or shares of a trend model by wave."""
    rows = report.results.where(
        wave=report.wave, indicator=name, model="trend", statistic=["adjusted_mean", "adjusted_share"]
    )
    if rows.empty:
        return Text("")
    words, percent = report.words, rows["statistic"].iloc[0] == "adjusted_share"
    body = []
    for _, row in rows.sort_values("term").iterrows():
        body.append([Cell(row["term"].split("=")[1], number=False), Cell(whole(row["n"], report.lang)),
                     *estimate(row, 1 if percent else 2, report.lang, percent)])  # fmt: skip
    head = [
        [
            Cell(words["wave"], number=False),
            Cell(words["n"]),
            Cell(words["adjusted_share" if percent else "adjusted_mean"] + (" (%)" if percent else "")),
            Cell(words["ci_head"]),
        ]
    ]
    label = report.indicator(name).label[report.lang]
    return report._table(f"adjusted_{name}", head, body, _caption(report, "adjusted", label=markdown_safe(label)))


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
    return report._table("questions", head, body, _caption(report, "questions"))


def breaks(report) -> Table | Text:
    """The breaks that concern the wave's questions or the wave itself, up to it."""
    words, body = report.words, []
    kinds = report.book.panel.breaking_kinds
    found = [(w.wave, words["all"], b) for w in report.book.waves.values() for b in w.breaks if w.wave <= report.wave]
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
    return report._table("breaks", head, body, _caption(report, "breaks"))


def missing(report) -> Table | Text:
    """The questions with most missing answers, by reason (not those a filter kept from the doctor)."""
    reasons = ("unanswered", "refused", "not_applicable", "unusable")
    asked = [
        report.results.where(q, report.wave, by="missing", statistic="count")
        for q in report.book.questions(report.wave)
    ]
    rows = pd.concat(asked)
    counts = rows[rows["status"] == "shown"].pivot_table(
        index="indicator", columns="level", values="count", aggfunc="first"
    )
    counts = counts.reindex(columns=list(reasons)).astype(float).fillna(0)
    counts = counts.assign(total=counts.sum(axis=1)).sort_values("total", ascending=False, kind="stable").head(12)
    if counts.empty:
        return Text("")
    labels = {q.id: q.short[report.lang] for q in report.book.questions(report.wave).values()}
    body = [
        [Cell(labels[q], number=False), *(Cell(whole(int(row[r]), report.lang)) for r in reasons)]
        for q, row in counts.iterrows()
    ]
    head = [
        [
            Cell(report.words["question"], number=False),
            *(Cell(report.book.panel.missing_reasons[r][report.lang]) for r in reasons),
        ]
    ]
    return report._table("missing", head, body, _caption(report, "missing"))


def problems(report) -> Table:
    """What intake found in the raw data, counted."""
    words, body = report.words, []
    for _, row in report.results.where(wave=report.wave, indicator="data_problems", by="code").iterrows():
        label = PROBLEMS[report.lang].get(row["level"], row["level"])
        body.append([Cell(label, number=False), Cell(whole(row["count"], report.lang))])
    head = [[Cell(words["kind"], number=False), Cell(words["count"])]]
    return report._table("problems", head, body, _caption(report, "problems"))


def population(report) -> Table:
    """The population figures used, with their kind."""
    words, panel, body = report.words, report.book.panel, []
    kinds = {"nb": {"published": "publisert", "interpolated": "interpolert", "extrapolated": "ekstrapolert", "invented": "antatt", "synthetic": "syntetisk"},
             "en": {}}[report.lang]  # fmt: skip
    sex_age = {
        f"{s}:{a}": f"{panel.sex[s][report.lang]}, {panel.age_groups[a][report.lang].lower()}"
        for s in panel.sex
        for a in panel.age_groups
    }
    labels = {
        "sex": {k: v[report.lang] for k, v in panel.sex.items()}, "sex_age": sex_age,
        "register_position": {k: p.label[report.lang] for k, p in panel.register_positions.items()},
        "stratum": {k: s.label[report.lang] for k, s in panel.strata.items()},
    }  # fmt: skip
    for variable, names in labels.items():
        rows = report.results.where(wave=report.wave, indicator="population", by=variable)
        if rows.empty:
            continue
        body.append([Cell(words["licence_period" if variable == "stratum" else variable], number=False)])
        for level, label in names.items():
            row = _first(rows[rows["level"] == level])
            if row is not None:
                body.append(
                    [
                        Cell(label, number=False),
                        Cell(whole(row["count"], report.lang)),
                        Cell(kinds.get(row["term"], row["term"]), number=False),
                    ]
                )
    head = [[Cell("", number=False), Cell(words["doctors"]), Cell(words["kind"], number=False)]]
    return report._table("population", head, body, _caption(report, "population"))


def scales(report) -> Table | Text:
    """Alpha of every scale."""
    words, body = report.words, []
    for name in report.book.waves[report.wave].instruments:
        for scale in report.book.instruments[name].scales:
            row = report.results.row(wave=report.wave, indicator=scale.id, statistic="alpha")
            if row is not None:
                value = numbers.decimal(row["estimate"], 2, report.lang) if row["status"] == "shown" else HIDDEN
                body.append(
                    [
                        Cell(scale.label[report.lang], number=False),
                        Cell(str(len(scale.items))),
                        Cell(whole(row["n"], report.lang)),
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
    return report._table("scales", head, body, _caption(report, "scales"))


def published(report) -> Table | Text:
    """Invited and answers as publications give them; those that disagree stand side by side."""
    found = report.book.waves[report.wave].published
    if not found:
        return Text("")
    words, body = report.words, []
    for p in found:
        rate = numbers.decimal(100 * p.rate, 1, report.lang) if p.rate else "–"
        cells = [Cell("–" if v is None else whole(v, report.lang)) for v in (p.invited, p.answered)]
        body.append(
            [
                Cell(p.source, number=False),
                *cells,
                Cell(rate),
                Cell(p.note[report.lang] if p.note else "", number=False),
            ]
        )
    head = [
        [
            Cell(words["source"], number=False),
            Cell(words["invited"]),
            Cell(words["answered"]),
            Cell("%"),
            Cell(words["note"], number=False),
        ]
    ]
    return report._table("published", head, body, _caption(report, "published"))


KINDS = {
    table.__name__: table
    for table in (groups, hours, quartiles, response, representativeness, leavers, changes, models, adjusted, questions, breaks,
                  missing, problems, population, scales, published)
}  # fmt: skip
