"""Reporting checklists (`reports/checklists/*.yml`): every item bound to what answers it, in every article.

An item names a section of the articles, a section of the appendix, or a fact of the results; or says why it has no answer.
"""

import re
from pathlib import Path

from pydantic import ConfigDict, model_validator

from analysis.codebook.model import Label, Part
from analysis.errors import LegepaneletError
from analysis.presentation.floats import Cell, Table, markdown_safe
from analysis.yamlfile import parse

APPENDIX = "appendix"
HEADING = re.compile(r"^#+ (.+?)\s*\{[^}]*#([\w-]+)[^}]*\}\s*$", re.MULTILINE)
FIXED = re.compile(r'\[([^\[\]]*)\]\{\.fixed[^}]*\}')  # a phrase that may hold a number, with its reason
INCLUDE = re.compile(r"^\{\{<\s*include\s+(\S+)\s*>\}\}\s*$", re.MULTILINE)
TEXTS = {
    "nb": {"caption": "Sjekklisten {name}, med stedet i artiklene eller opplysningen som besvarer hvert punkt.", "item": "Punkt",
           "about": "Gjelder", "answer": "Besvart i", "article": "Artikkelen: {title}", "appendix": "Vedlegget: {title}",
           "unanswered": "Ikke besvart: {why}", "repeated": "Samme svar levert to ganger: {n} (det første er brukt)",
           "rr2": "RR2 = (I + P) / alle inviterte som var aktuelle = {rate}", "flow": "{eligible} invitert, {answered} svarte, {analysed} analysert"},
    "en": {"caption": "The checklist {name}, with the place in the articles or the fact that answers each item.", "item": "Item",
           "about": "Concerns", "answer": "Answered in", "article": "The article: {title}", "appendix": "The appendix: {title}",
           "unanswered": "Not answered: {why}", "repeated": "The same answers handed in twice: {n} (the first are used)",
           "rr2": "RR2 = (I + P) / all invited who were eligible = {rate}", "flow": "{eligible} invited, {answered} answered, {analysed} analysed"},
}  # fmt: skip
FACTS = {
    "field_period": lambda report, texts: str(report.field_period()),
    "response_rate": lambda report, texts: texts["rr2"].format(rate=report.response_rate()),
    "repeated_rows": lambda report, texts: texts["repeated"].format(n=report.problems("REPEATED_ROW")),
    "flow": lambda report, texts: texts["flow"].format(**{s: report.count("flow", s) for s in ("eligible", "answered", "analysed")}),
}  # fmt: skip


class Item(Part):
    model_config = ConfigDict(coerce_numbers_to_str=True)
    id: str
    text: Label
    article: str | None = None
    appendix: str | None = None
    fact: str | None = None
    unanswered: Label | None = None

    @model_validator(mode="after")
    def one_answer(self):
        if sum(answer is not None for answer in (self.article, self.appendix, self.fact, self.unanswered)) != 1:
            raise ValueError("needs one of `article`, `appendix`, `fact`, `unanswered`")
        if self.fact and self.fact not in FACTS:
            raise ValueError(f"the fact '{self.fact}' is not known: {', '.join(FACTS)}")
        return self


class Checklist(Part):
    name: str
    reference: str
    items: list[Item]


def read(folder: Path, name: str) -> Checklist:
    """A checklist. Raises CHECKLIST_FIELD with every item that does not fit."""
    path = folder / "checklists" / f"{name}.yml"
    return parse(path, Checklist, "CHECKLIST_FIELD", "Bind the item, or say why it has no answer.")


def headings(folder: Path, document: str, lang: str) -> dict[str, str]:
    """Section id -> heading of a document, its includes among it."""
    text = (folder / f"{document}.{lang}.qmd").read_text(encoding="utf-8")
    text = INCLUDE.sub(lambda hit: (folder / hit[1]).read_text(encoding="utf-8"), text)
    return {identifier: FIXED.sub(r"\1", heading) for heading, identifier in HEADING.findall(text)}


def table(report, folder: Path, name: str, articles: list[str]) -> Table:
    """Every item and what answers it. Raises CHECKLIST_UNANSWERED with each item that an article has no section for."""
    checklist, texts, lang = read(folder, name), TEXTS[report.lang], report.lang
    sections = {document: headings(folder, document, lang) for document in [*articles, APPENDIX]}
    faults, body = [], []
    for item in checklist.items:
        where = articles if item.article else [APPENDIX] if item.appendix else []
        wanted = item.article or item.appendix
        faults += [
            f"{checklist.name} {item.id}: {d}.{lang}.qmd has no section #{wanted}"
            for d in where
            if wanted not in sections[d]
        ]
        titles = " / ".join(dict.fromkeys(sections[d].get(wanted, "") for d in where))
        if item.article:
            answer = texts["article"].format(title=titles)
        elif item.appendix:
            answer = texts["appendix"].format(title=titles)
        elif item.fact:
            answer = FACTS[item.fact](report, texts)
        else:
            answer = texts["unanswered"].format(why=item.unanswered[lang])
        body.append([Cell(item.id, number=False), Cell(item.text[lang], number=False), Cell(answer, number=False)])
    if faults:
        raise LegepaneletError(
            "CHECKLIST_UNANSWERED", "\n".join(faults), "Write the section, or say in the checklist why not."
        )
    head = [[Cell(texts[k], number=False) for k in ("item", "about", "answer")]]
    return report._table(f"checklist_{name}", head, body, texts["caption"].format(name=markdown_safe(checklist.name)))
