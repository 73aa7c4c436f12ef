"""What a number tells of itself on the page: question, who was asked, n, weighting, estimate, interval, basis, wave, data, id."""

from math import isnan

from analysis.presentation import numbers
from analysis.presentation.provenance import plain
from analysis.results import Row

TEXTS = {
    "nb": {
        "title": "Om tallet", "close": "Lukk", "what": "Spørsmål", "who": "Gjelder", "n": "Antall", "weighting": "Vekting",
        "estimate": "Estimat", "change": "Sammenliknet med", "wave": "Runde", "data": "Data", "row": "Oppgi ved henvisning",
        "cross": "vektet til populasjonen", "longitudinal": "vektet for frafall mellom rundene", "none": "uvektet",
        "answers": "{n} svar", "of": "{count} av {n}", "both": "{wave}; {n} {many} svarte begge ganger", "sum": "Sum av {k} tall",
        "points": "prosentpoeng", "hash": "SHA-256 begynner med {hash}", "synthetic": "syntetiske data",
        "model": "Modell", "and": " og ",
    },
    "en": {
        "title": "About this number", "close": "Close", "what": "Question", "who": "Concerns", "n": "Number", "weighting": "Weighting",
        "estimate": "Estimate", "change": "Compared with", "wave": "Wave", "data": "Data", "row": "To be cited as",
        "cross": "weighted to the population", "longitudinal": "weighted for loss between the waves", "none": "unweighted",
        "answers": "{n} answers", "of": "{count} of {n}", "both": "{wave}; {n} {many} answered both times", "sum": "Sum of {k} figures",
        "points": "percentage points", "hash": "SHA-256 begins with {hash}", "synthetic": "synthetic data",
        "model": "Model", "and": " and ",
    },
}  # fmt: skip
# What is counted rather than asked, by the indicator's name in the results.
COUNTED = {
    "nb": {"flow": "Deltakerflyt", "response_rate": "Svarrate (AAPOR)", "representativeness": "Sammensetning av utvalg og svar",
           "population": "Populasjonstall", "weights": "Vektenes egenskaper", "leavers": "Hva som ble av dem som svarte sist",
           "data_problems": "Problemer i rådataene", "margin": "Største forskjell som regnes som ingen (kodeboken)",
           "participation": "Deltakelse slik den er publisert (kodeboken)"},
    "en": {"flow": "Participant flow", "response_rate": "Response rate (AAPOR)", "representativeness": "Composition of sample and answers",
           "population": "Population figures", "weights": "Properties of the weights", "leavers": "What became of those who answered last time",
           "data_problems": "Problems in the raw data", "margin": "Largest difference that counts as none (codebook)",
           "participation": "Participation as published (codebook)"},
}  # fmt: skip


def cards(report, ids: set[str], data_hash: str) -> dict:
    """Words of the card, and row id -> [[heading, text], ...] for the rows a document shows."""
    texts = TEXTS[report.lang]
    rows = report.results.by_id(ids)
    words = {key: texts[key] for key in ("title", "close", "row", "sum")}
    data = texts["hash"].format(hash=data_hash[:12]) + (f" ({texts['synthetic']})" if report.results.synthetic else "")
    return {"words": words | {"data": [texts["data"], data]}, "rows": {i: _card(report, rows[i]) for i in sorted(rows)}}


def _card(report, row: Row) -> list[list[str]]:
    texts, lang = TEXTS[report.lang], report.lang
    found = [["what", _what(report, row)], ["who", _who(report, row)], ["n", _n(row, lang)]]
    if row.key.weighting in ("cross", "longitudinal", "none") and row.key.kind != "count":
        found.append(["weighting", texts[row.key.weighting]])
    found.append(["estimate", _estimate(report, row)])
    if row.key.vs_wave is not None:
        basis = str(row.key.vs_wave)
        both = texts["both"].format(wave=basis, n=numbers.whole(row.n_both, lang), **report.names)
        found.append(["change", basis if row.n_both is None else both])
    found.append(["wave", str(row.key.wave)])
    return [[texts[key], plain(text)] for key, text in found if text]


def _what(report, row: Row) -> str:
    name, lang = row.key.indicator, report.lang
    counted = COUNTED[lang].get(name)
    indicator = report.known.get(name)
    question = report.book.questions(row.key.wave).get(indicator.question if indicator else name)
    label = counted or (indicator.label[lang] if indicator else question.short[lang] if question else name)
    if question is not None and question.text[lang] != label:
        label = f"{label}: «{question.text[lang]}»" if lang == "nb" else f"{label}: '{question.text[lang]}'"
    if question is not None and row.key.category is not None:
        label += f" – {report.book.responses(question).categories[row.key.category][lang]}"
    by, level = row.key.group
    if by in ("step", "code", "state", "missing") or (row.key.statistic.startswith("rr") and counted):
        label += f" ({level or row.key.statistic.upper()})"
    return label


def _who(report, row: Row) -> str:
    lang = report.lang
    labels = report.book.classifications | {"instrument": {k: i.title for k, i in report.book.instruments.items()}}
    groups = [labels[by][level][lang] if level in labels[by] else report.book.groupings[by].label_of(level, lang)
              for by, level in row.key.groups if by in labels and (level in labels[by] or by in report.book.groupings)]  # fmt: skip
    if row.key.vs_level and row.key.group[0] in labels:
        groups = [f"{groups[0]} – {labels[row.key.group[0]][row.key.vs_level][lang]}"]
    indicator = report.known.get(row.key.indicator)
    base = report.book.base_label(indicator.instrument, row.base)[lang] if indicator and row.base else ""
    model = f"{TEXTS[lang]['model']}: {row.key.model}, {row.key.term}" if row.key.model else ""
    return "; ".join(filter(None, [base, ", ".join(groups), model]))


def _n(row: Row, lang: str) -> str:
    if row.n is None:
        return ""
    n = numbers.whole(row.n, lang)
    if row.count is None:
        return TEXTS[lang]["answers"].format(n=n)
    return TEXTS[lang]["of"].format(count=numbers.whole(row.count, lang), n=n)


def _estimate(report, row: Row) -> str:
    if isnan(row.estimate):
        return "" if row.count is None else numbers.whole(row.count, report.lang)
    indicator = report.known.get(row.key.indicator)
    share = row.unit == "share" or (
        row.unit == "difference" and indicator is not None and indicator.kind == "binary"
    )
    counted = row.unit in ("number", "persons") and float(row.estimate).is_integer()
    factor, digits = (100, 1) if share else (1, 0 if counted else 2)
    after = numbers.NBSP + (TEXTS[report.lang]["points"] if row.unit == "difference" else "%") if share else ""
    text = numbers.decimal(factor * row.estimate, digits, report.lang) + after
    if isnan(row.lower) or isnan(row.upper):
        return text
    limits = (numbers.decimal(factor * getattr(row, side), digits, report.lang) for side in ("lower", "upper"))
    return f"{text} ({numbers.interval(*limits, report.lang)})"
