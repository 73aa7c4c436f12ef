"""Tables on the field work: response, who answered and who left, the population, problems in the raw data."""

from analysis.presentation import numbers
from analysis.presentation.floats import Cell, Table, Text
from analysis.presentation.naming import heading
from analysis.presentation.numbers import whole
from analysis.presentation.tables.cells import n_of_count
from analysis.presentation.words import PROBLEMS
from analysis.results import Row

COMPARED = ("sex", "age_group", "specialty", "region", "register_position", "licence_period")  # of all that is known of everyone
CAPTIONS = {
    "nb": {
        "response": "Svarrater i {wave} etter AAPORs definisjoner.",
        "representativeness": "Inviterte, analyserte og populasjonen i {wave}, prosent.",
        "leavers": "Hva som ble av dem som svarte i {before}: prosent av hver gruppe.",
        "population": "Populasjonstallene som svarene fra {wave} er vektet til.",
        "published": "Inviterte og svar i {wave} slik de er publisert.",
        "problems": "Problemer funnet i rådataene fra {wave}.",
    },
    "en": {
        "response": "Response rates in {wave} by AAPOR's definitions.",
        "representativeness": "Invited, analysed and the population in {wave}, per cent.",
        "leavers": "What became of those who answered in {before}: per cent of each group.",
        "population": "The population figures that the answers of {wave} are weighted to.",
        "published": "Invited and answers in {wave} as published.",
        "problems": "Problems found in the raw data of {wave}.",
    },
}


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
                         Cell(numbers.decimal(100 * row.estimate, 1, report.lang))])  # fmt: skip
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
    return report._table("response", head, body, CAPTIONS[report.lang]["response"].format(wave=report.wave), (note,))


def representativeness(report) -> Table:
    """Invited, analysed, population and weighted, on everything known of all."""
    words, body, raked = report.words, [], False
    known = report.book.classifications
    for variable in [v for v in COMPARED if v in known and report.results.select("representativeness", report.wave, by=v)]:
        names = known[variable]
        body.append([Cell(heading(report.book, variable, report.lang), number=False)])
        for level, label in names.items():
            rows = {s: report.results.row(wave=report.wave, indicator="representativeness", by=variable, level=level, statistic=s)
                    for s in ("share_invited", "share_respondents", "share_population", "share_weighted")}  # fmt: skip
            if rows["share_invited"] is None:
                continue
            cells = [
                Cell("–" if r is None else numbers.decimal(100 * r.estimate, 1, report.lang)) for r in rows.values()
            ]
            if rows["share_weighted"].key.term == "by_construction":
                raked = True
                cells[3] = Cell(cells[3].text, mark="1")
            body.append([Cell(label[report.lang], number=False), *cells])
    head = [[Cell("", number=False), *(Cell(words[k]) for k in ("invited", "respondents", "population", "weighted"))]]
    note = (f"^1^ {words['by_construction']}",) if raked else ()
    return report._table(
        "representativeness", head, body, CAPTIONS[report.lang]["representativeness"].format(wave=report.wave), note
    )


def leavers(report) -> Table | Text:
    """Who answered again, who did not, and who left the population, by group."""
    rows = report.results.select("leavers", report.wave, by="state", by2=...)
    if not rows:
        return Text("")
    words, body = report.words, []
    states = ("again", "lost", "left")
    groups_of = {name: grouping.labels for name, grouping in report.book.groupings.items()}

    def line(label: str, part: list[Row]) -> list[Cell]:
        shares = {row.key.group[1]: row.estimate for row in part}
        return [
            Cell(label, number=False),
            Cell(whole(part[0].n, report.lang)),
            *(Cell(numbers.decimal(100 * shares[s], 0, report.lang)) for s in states),
        ]

    body.append(line(words["everyone"], [row for row in rows if len(row.key.groups) == 1]))
    for variable, labels in groups_of.items():
        body.append([Cell(report.book.groupings[variable].label[report.lang], number=False)])
        for level, label in labels.items():
            part = [row for row in rows if row.key.groups[1:] == ((variable, level),)]
            if part and all(row.status == "shown" for row in part):
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
    return report._table(
        "leavers",
        head,
        body,
        CAPTIONS[report.lang]["leavers"].format(wave=report.wave, before=report.results.waves[-2]),
    )


def population(report) -> Table:
    """The population figures used, with their kind."""
    words, panel, body = report.words, report.book.panel, []
    kinds = {"nb": {"published": "publisert", "interpolated": "interpolert", "extrapolated": "ekstrapolert", "invented": "antatt", "synthetic": "syntetisk"},
             "en": {}}[report.lang]  # fmt: skip
    sexes, ages = (report.book.groupings[name].labels for name in ("sex", "age_group"))
    sex_age = {f"{s}:{a}": f"{sex[report.lang]}, {age[report.lang].lower()}" for s, sex in sexes.items() for a, age in ages.items()}
    labels = {
        "sex": {k: v[report.lang] for k, v in sexes.items()}, "sex_age": sex_age,
        "register_position": {k: p.label[report.lang] for k, p in panel.register_positions.items()},
        "stratum": {k: s.label[report.lang] for k, s in panel.strata.items()},
    }  # fmt: skip
    for variable, names in labels.items():
        if not report.results.select("population", report.wave, by=variable):
            continue
        body.append([Cell(heading(report.book, "licence_period" if variable == "stratum" else variable, report.lang), number=False)])
        for level, label in names.items():
            row = report.results.row("population", report.wave, by=variable, level=level)
            if row is not None:
                body.append(
                    [
                        Cell(label, number=False),
                        Cell(whole(row.count, report.lang)),
                        Cell(kinds.get(row.key.term, row.key.term), number=False),
                    ]
                )
    head = [[Cell("", number=False), Cell(report.names["Many"]), Cell(words["kind"], number=False)]]
    return report._table("population", head, body, CAPTIONS[report.lang]["population"].format(wave=report.wave))


def published(report) -> Table | Text:
    """Invited and answers as publications give them; those that disagree stand side by side."""
    found = report.book.waves[report.wave].published
    if not found:
        return Text("")
    words, body = report.words, []
    for place, p in enumerate(found, 1):
        rows = report.results.select("participation", report.wave, by="publication", level=str(place))
        given = {row.key.statistic: row.estimate for row in rows}
        rate = numbers.decimal(100 * given["rate"], 1, report.lang) if "rate" in given else "–"
        cells = [Cell(whole(given[k], report.lang) if k in given else "–") for k in ("invited", "answered")]
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
    return report._table("published", head, body, CAPTIONS[report.lang]["published"].format(wave=report.wave))


def problems(report) -> Table:
    """What intake found in the raw data, counted."""
    words, body = report.words, []
    for row in report.results.select("data_problems", report.wave, by="code"):
        code = row.key.group[1]
        label = PROBLEMS[report.lang].get(code, code).format(**report.names)
        body.append([Cell(label, number=False), Cell(whole(row.count, report.lang))])
    head = [[Cell(words["kind"], number=False), Cell(words["count"])]]
    return report._table("problems", head, body, CAPTIONS[report.lang]["problems"].format(wave=report.wave))
