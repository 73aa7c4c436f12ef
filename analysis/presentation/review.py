"""`disclosure.html`, in both languages: for the data protection officer, or whoever approves a release. What is absent or joined and why, what the auditor found, and
a place to sign. It is kept with the publication: it tells nothing that the published figures do not.
"""

from html import escape
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import sheet
from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.codebook.model import JOINT, listed
from analysis.presentation.naming import heading

EDGES = (5, 10, 25, 100)
TEXTS = {
    "nb": {
        "title": "Vern av enkeltpersoner i resultatene fra {wave}", "synthetic": "SYNTETISKE DATA: ingen har svart dette.",
        "safe": "Revisor har angrepet {n} tall som ikke vises. Ingen av dem kan regnes ut nærmere enn regelen tillater.", "nothing": "Ingen følsomme tall er utelatt.",
        "rules": "Reglene", "rule": "Regel", "least": "Minst",
        "base": "svar bak et tall", "population": "personer som gruppen har i populasjonen", "sensitive_base": "svar i hver gruppe av en følsom tabell",
        "side": "svar på hver side i en følsom tabell, i en klasse av svar og for en grunn til at svar mangler",
        "distribution": "svar i den minste gruppen når en fordeling vises med mer enn tre svar",
        "how": "Det som vises, avhenger av hvor mange som har svart, og for en følsom tabell av én ting til: om den er hel. En tabell vises helt eller ikke. "
               "Følsomme temaer vises samlet, etter {by}: {topics}. Antall i dem er avrundet til nærmeste 5 og andeler til 0,1 prosentpoeng, eller til hele "
               "prosent under 100 svar. Alt annet har én desimal mer enn dokumentene viser.",
        "absent": "Ikke vist: {hidden} av {all} rader", "reason": "Grunn", "rows": "Rader",
        "why": {"base": "gruppen er for liten, og ingen sammenslåing hjelper", "joined": "gruppen vises sammen med en nabo",
                "coarse": "fordelingen vises i tre klasser fordi minst én gruppe har få svar", "group": "et følsomt tema vises ikke så fint inndelt",
                "sensitive": "en følsom tabell som ikke ville vært hel, eller svar som vises sammen med andre"},
        "where": "Hvor", "item": "Tema", "by": "Etter", "overall": "samlet", "of": "av", "missing": "grunn til at svar mangler", "left": "hva som ble av dem", "tables": "Tabeller",
        "joint": "Vist sammen", "groups": "Grupper som vises sammen", "auditor": "Revisors funn",
        "told": "Revisor kjenner alle publiserte tall og hvordan de er avrundet, hvor mange av hvert kjønn og hver alder som svarte, og hva de veier sammen, "
                "største og minste vekt, og reglene: svar som ville gitt et annet mønster, er utelukket. For hvert antall som ikke vises, er det regnet "
                "ut hvor lavt og hvor høyt det kan være. Trygt er et antall som kan være minst fem flere enn det minste mulige og, der færre enn fem står, ingen; "
                "eller et som er så stort på begge sider at det kunne vært vist.",
        "width": "Bredden på intervallet", "counts": "Antall som ikke vises", "under": "hele gruppen, under 5", "over": "{low} eller mer", "between": "{low}–{high}",
        "narrow": "De smaleste intervallene", "row": "Rad", "from": "Fra", "to": "Til", "sign": "Godkjenning",
        "fields": ("Godkjent av", "Dato", "Avgjørelse", "Merknader"),
    },
    "en": {
        "title": "Disclosure control of the results of {wave}", "synthetic": "SYNTHETIC DATA: nobody answered this.",
        "safe": "The auditor has attacked {n} figures that are not shown. None can be told more closely than the rule allows.", "nothing": "No sensitive figure is left out.",
        "rules": "The rules", "rule": "Rule", "least": "At least",
        "base": "answers behind a figure", "population": "persons that the group has in the population", "sensitive_base": "answers in each group of a sensitive table",
        "side": "answers on either side in a sensitive table, in a class of answers, and of a reason for a missing answer",
        "distribution": "answers in the smallest group where a distribution is shown with more than three answers",
        "how": "What is shown depends on how many answered and, for a sensitive table, on one thing more: whether it is whole. A table is shown whole or not "
               "at all. Sensitive topics are shown overall, by {by}: {topics}. Numbers in them are rounded to the nearest 5 and shares to 0.1 percentage points, or to "
               "whole per cent under 100 answers. All else has one decimal more than the documents show.",
        "absent": "Not shown: {hidden} of {all} rows", "reason": "Reason", "rows": "Rows",
        "why": {"base": "the group is too small, and joining does not help", "joined": "the group is shown together with a neighbour",
                "coarse": "the distribution is shown in three classes, as at least one group has few answers", "group": "a sensitive topic is not shown in such detail",
                "sensitive": "a sensitive table that would not be whole, or answers that are shown together with others"},
        "where": "Where", "item": "Item", "by": "By", "overall": "overall", "of": "of", "missing": "reason for a missing answer", "left": "what became of them", "tables": "Tables",
        "joint": "Shown together", "groups": "Groups that are shown together", "auditor": "What the auditor found",
        "told": "The auditor knows every published figure and how it is rounded, how many of each sex and age answered and what they weigh together, the "
                "largest and the smallest weight, and the rules: answers that would have given another pattern are left out. For every number that is not shown, "
                "the least and the most that it can be are computed. Safe is a number that can be at least five more than its least and, where fewer than five "
                "stand, nobody; or one so large on both sides that it might be shown.",
        "width": "Width of the interval", "counts": "Numbers not shown", "under": "the whole group, under 5", "over": "{low} or more", "between": "{low} to {high}",
        "narrow": "The narrowest intervals", "row": "Row", "from": "From", "to": "To", "sign": "Approval",
        "fields": ("Approved by", "Date", "Decision", "Remarks"),
    },
}  # fmt: skip


def write(book: Codebook, wave: int, published: pd.DataFrame, why: pd.Series, attacked: pd.DataFrame, synthetic: bool, path: Path) -> None:
    """Writes the page; arguments as `disclosure.rules` and `disclosure.attack` give them."""
    first, *others = TEXTS
    body = _part(book, wave, published, why, attacked, synthetic, first)
    for lang in others:
        title = f'<h1 lang="{lang}">{escape(TEXTS[lang]["title"].format(wave=wave))}</h1>'
        body += [f'<section lang="{lang}">', title, *_part(book, wave, published, why, attacked, synthetic, lang), "</section>"]
    sheet.write(path, TEXTS[first]["title"].format(wave=wave), body, first)


def _part(book: Codebook, wave: int, published: pd.DataFrame, why: pd.Series, attacked: pd.DataFrame, synthetic: bool, lang: str) -> list[str]:
    texts, hidden, limits = TEXTS[lang], why.ne(""), book.panel.limits
    by_reason = [(texts["why"][reason], int(n)) for reason, n in why[hidden].value_counts().items()]
    by = listed((grouping.label[lang].lower() for grouping in book.groupings.values() if grouping.sensitive), lang)
    names = ("base", "population", "sensitive_base", "side", "distribution")
    first, second, third, fourth = texts["fields"]
    return [
        f'<p class="synthetic">{texts["synthetic"]}</p>' if synthetic else "",
        f'<p class="verdict same">{escape(texts["safe"].format(n=len(attacked)) if len(attacked) else texts["nothing"])}</p>',
        f"<h2>{texts['rules']}</h2>", sheet.table((texts["rule"], texts["least"]), [(texts[name], getattr(limits, name)) for name in names]),
        f"<p>{escape(texts['how'].format(by=by, topics=_sensitive(book, wave, lang)))}</p>",
        f"<h2>{texts['absent'].format(hidden=int(hidden.sum()), all=len(published))}</h2>", sheet.table((texts["reason"], texts["rows"]), by_reason),
        f"<h2>{texts['where']}</h2>", sheet.table((texts["item"], texts["by"], texts["rows"], texts["of"]), _where(book, wave, published, hidden, lang)),
        *_joint(book, published, lang),
        f"<h2>{texts['auditor']}</h2>", f"<p>{escape(texts['told'])}</p>",
        sheet.table((texts["width"], texts["counts"]), _widths(attacked, texts)),
        f"<h2>{texts['narrow']}</h2>", sheet.table((texts["row"], texts["from"], texts["to"]), _narrowest(attacked)),
        f"<h2>{texts['sign']}</h2>", f'<table class="sign"><tr><th>{first}</th><td></td><th>{second}</th><td></td></tr>'
        f"<tr><th>{third}</th><td></td><th>{fourth}</th><td></td></tr></table>",
    ]  # fmt: skip


def _sensitive(book: Codebook, wave: int, lang: str) -> str:
    """The sensitive topics, and sensitive questions of others."""
    found: dict[str, None] = {}
    for indicator in (i for i in of_wave(book, wave) if i.sensitive):
        instrument = book.instruments[indicator.instrument]
        question = book.questions(wave).get(indicator.question or "")
        label = instrument.title if instrument.sensitive or question is None else question.short
        found[label[lang].lower()] = None
    return ", ".join(found) or "–"


def _where(book: Codebook, wave: int, published: pd.DataFrame, hidden: pd.Series, lang: str) -> list[tuple]:
    labels = {q.id: q.short[lang] for q in book.questions(wave).values()} | {i.id: i.label[lang] for i in of_wave(book, wave)}
    counts = hidden.groupby([published[c] for c in ("indicator", "by", "by2")], sort=False).agg(["sum", "size"])
    return [
        (labels.get(name, name), " × ".join(_heading(book, b, lang) for b in (by, by2) if b) or TEXTS[lang]["overall"], int(number), int(size))
        for (name, by, by2), number, size in counts.itertuples(name=None) if number
    ]  # fmt: skip


def _heading(book: Codebook, variable: str, lang: str) -> str:
    known = {"missing": TEXTS[lang]["missing"], "state": TEXTS[lang]["left"]}
    return known.get(variable) or (heading(book, variable, lang).lower() if variable in book.classifications else variable)


def _joint(book: Codebook, published: pd.DataFrame, lang: str) -> list[str]:
    """Which groups are shown together, of how many tables."""
    rows = published[published["by"].isin(list(book.groupings)) & published["level"].str.contains(JOINT, regex=False)]
    tables = rows.drop_duplicates(["indicator", "by", "level"])
    lines = [(book.groupings[by].label_of(level, lang), len(part)) for (by, level), part in tables.groupby(["by", "level"])]
    return [f"<h2>{TEXTS[lang]['groups']}</h2>", sheet.table((TEXTS[lang]["joint"], TEXTS[lang]["tables"]), lines)] if lines else []


def _widths(attacked: pd.DataFrame, texts: dict[str, str]) -> list[tuple]:
    edges = [0, *EDGES, np.inf]
    names = [texts["under"], *(texts["between"].format(low=low, high=high - 1) for low, high in pairwise(EDGES)),
             texts["over"].format(low=EDGES[-1])]  # fmt: skip
    found = np.histogram(attacked["most"] - attacked["least"], edges)[0]
    return [(name, int(n)) for name, n in zip(names, found, strict=True) if n]


def _narrowest(attacked: pd.DataFrame, most: int = 10) -> list[tuple]:
    width = attacked["most"] - attacked["least"]
    return [(row.id, int(row.least), int(row.most)) for row in attacked.loc[width.sort_values().index[:most]].itertuples()]
