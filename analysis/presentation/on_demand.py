"""A table on demand: the rows that may be seen, as a page and as a file."""

from html import escape
from pathlib import Path

import pandas as pd

from analysis import sheet
from analysis.codebook import Codebook, Indicator
from analysis.presentation import numbers
from analysis.presentation.floats import Cell, Table
from analysis.presentation.tables.cells import estimate, n_of_count, notes
from analysis.presentation.words import WORDS
from analysis.results import Row

TEXTS = {
    "nb": {
        "title": "{label}, {panel} {wave}", "only": "Avgrenset til: {what}.",
        "classes": ("Laveste trinn", "Midterste trinn", "Høyeste trinn"), "of_base": "Spørsmålet er stilt til {base}.",
        "in_classes": "Fordelingen vises i tre klasser, fordi minst én gruppe har få svar.", "synthetic": "SYNTETISKE DATA: ingen har svart dette.",
        "cite": "Tallene med nøkler står i {file}.", "rounded": "n er antallet svar, avrundet til nærmeste 10; andeler er hele prosent, vektet til populasjonen.",
    },
    "en": {
        "title": "{label}, {panel} {wave}", "only": "Restricted to: {what}.",
        "classes": ("Lowest steps", "Middle", "Highest steps"), "of_base": "Asked of {base}.",
        "in_classes": "The distribution is shown in three classes, as at least one group has few answers.",
        "synthetic": "SYNTHETIC DATA: nobody answered this.", "cite": "The numbers with their ids are in {file}.", "rounded": "n is the number of answers, rounded to the nearest 10; shares are whole per cent, weighted to the population.",
    },
}  # fmt: skip


def labels(book: Codebook, lang: str) -> dict[str, dict[str, str]]:
    """Variable -> level -> label, of every variable that a table may be asked by."""
    return {variable: {level: text[lang] for level, text in levels.items()} for variable, levels in book.classifications.items()}


def _in_a_title(name: str) -> str:
    """The panel's name where it does not come first: an English article loses its capital."""
    return name[0].lower() + name[1:] if name.startswith("The ") else name


def write(
    book: Codebook,
    wave: int,
    forms: list[Indicator],
    rows: pd.DataFrame,
    where: dict,
    lang: str,
    synthetic: bool,
    path: Path,
) -> None:
    """Writes `path` (HTML) and, beside it, the same rows as CSV.

    `forms`: an indicator, and its distribution or mean if it has both; `rows` as `disclosure.releases.released` gives them.
    """
    texts, names, one = TEXTS[lang], labels(book, lang), forms[0]
    about = []
    if one.base != "all":
        about.append(texts["of_base"].format(base=book.base_label(one.instrument, one.base)[lang]))
    for variable, levels in where.items():
        about.append(
            texts["only"].format(what=", ".join(text for level, text in names[variable].items() if level in levels))
        )
    body = [
        f'<p class="synthetic">{texts["synthetic"]}</p>' if synthetic else "",
        f"<p>{escape(' '.join(about))}</p>" if about else "",
    ]
    for form in forms:
        body += _part(form, rows, names, lang)
    said = path.with_suffix(".csv")
    body.append(f'<p class="small">{texts["cite"].format(file=said.name)}</p>')
    sheet.write(path, texts["title"].format(label=one.label[lang], panel=_in_a_title(book.panel.title[lang]), wave=wave), body, lang)
    empty = [c for c in rows if (rows[c].isna() | rows[c].astype(object).eq("")).all()]
    kept = rows.drop(columns=empty).assign(**({"data": "SYNTHETIC DATA"} if synthetic else {}))
    kept.to_csv(said, index=False, lineterminator="\n", encoding="utf-8")


def _part(form: Indicator, rows: pd.DataFrame, names: dict, lang: str) -> list[str]:
    """One form of the indicator as a table with its footnotes."""
    texts, words, percent = TEXTS[lang], WORDS[lang], form.kind != "mean"
    digits = 0 if percent else numbers.digits_of("", form.minimum, form.maximum)
    own = rows[
        (rows["statistic"] == ("share" if percent else "mean")) & rows["category"].notna().eq(form.kind == "category")
    ]
    classes = rows[rows["statistic"] == "share_of_three"]
    parts = {code: text[lang] for code, text in form.categories.items()} if form.kind == "category" else {}
    in_classes = bool(parts) and len(classes) > 0
    if in_classes:  # the table falls back as a whole; of all doctors together there are no classes
        own = pd.concat([own[own["by"] == ""], classes[classes["by"] != ""]])
    body, places = [], {(v, level): place for v, levels in names.items() for place, level in enumerate(levels)}

    def place(key: tuple) -> tuple:
        """All first, then the levels in the codebook's order."""
        by, level, by2, level2 = key
        return (
            by2 != "",
            by != "",
            list(names).index(by) if by else -1,
            places.get((by, level), 0),
            places.get((by2, level2), 0),
        )

    found = dict(list(own.groupby(["by", "level", "by2", "level2"], sort=False)))
    for (by, level, by2, level2), group in sorted(found.items(), key=lambda item: place(item[0])):
        label = ", ".join(names[b].get(name, name) for b, name in ((by, level), (by2, level2)) if b) or words["all"]
        if parts:
            body.append([Cell(label, number=False)])
        for row in map(Row.read, group.to_dict("records")):
            three, code = row.key.statistic == "share_of_three", row.key.category
            name = texts["classes"][int(code) - 1] if three else parts[int(code)] if parts else label
            body.append([Cell(name, number=False), n_of_count(row, lang), *estimate(row, digits, lang, percent)])
    if not body:
        return []
    head = [[Cell(words["group"], number=False), Cell(words["n"]),
             Cell(words["percent_head" if percent else "mean"]), Cell(words["ci_head"])]]  # fmt: skip
    small = [texts["rounded"], *notes(body, lang, False)[1:]]
    small += [texts["in_classes"]] if in_classes else []
    return [
        sheet.scrolling(Table("on-demand", head, body, "").html(), form.label[lang]),
        *(f'<p class="small">{note.replace("^1^", "<sup>1</sup>")}</p>' for note in small),
    ]
