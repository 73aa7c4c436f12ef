"""Whether an executed document may be published: its claims, and for an article the limits of the journal's style."""

import re

from analysis.documents.prose import SENTENCE, Fault
from analysis.documents.render import markdown
from analysis.presentation.journal import style
from analysis.yamlfile import nearest

UNSUPPORTED = re.compile(r"\[([^\[\]]+)\]\{\.unsupported\}\s*")
DIV = re.compile(r"^:{3,}\s*\{\.%s\}\s*$(.*?)^:{3,}\s*$", re.MULTILINE | re.DOTALL)


def claims(notebook) -> list[Fault]:
    """A fault (CLAIM_UNSUPPORTED) for every claim that the results do not support, with its sentence and numbers."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        source = cell.metadata.get("source", {"file": "the document", "line": 1})
        for offset, line in enumerate(cell.source.splitlines()):
            for hit in UNSUPPORTED.finditer(line):
                sentence = SENTENCE.split(re.sub(r"<[^>]*>", "", UNSUPPORTED.sub("", line[hit.end() :])))[0]
                where = f"{source['file']} line {source['line'] + offset}"
                found.append(Fault("CLAIM_UNSUPPORTED", where, f"«{sentence.strip()}» says {_unescaped(hit[1])}"))
    return found


ABSENT = re.compile(r"\[\]\{\.absent\}")


def absent(notebook) -> list[Fault]:
    """A fault (NOT_ASKED) for everything that the wave has nothing of and that stands outside of a section that is then left out."""
    found, open_divs = [], []
    for cell in notebook.cells:
        source = cell.metadata.get("source", {"file": "the document", "line": 1})
        outputs = [o["data"].get("text/markdown", "") for o in cell.get("outputs", []) if "data" in o]
        for offset, line in enumerate((cell.source if cell.cell_type == "markdown" else "\n".join(outputs)).splitlines()):
            if mark := re.match(r"^:{3,}\s*(.*)$", line):
                if mark[1]:
                    open_divs.append(".theme" in mark[1])
                elif open_divs:
                    open_divs.pop()
            if ABSENT.search(line) and not any(open_divs):
                where = f"{source['file']} line {source['line'] + (offset if cell.cell_type == 'markdown' else 0)}"
                told = "the wave did not ask this, or has nothing of it: put the passage into a section `::: {.theme}`, which is then left out"
                found.append(Fault("NOT_ASKED", where, told))
    return found


IDENTIFIED = re.compile(r"\{[^}]*#((?:fig|tbl|sec)-[\w-]+)")


def references(notebook, asked: dict[str, str]) -> list[Fault]:
    """A fault (REFERENCE_UNKNOWN) for every `@fig-`, `@tbl-` or `@sec-` that leads nowhere; `asked` as `qmd.references` gives it.

    What stands in a section that is left out may refer to what is left out with it.
    """
    text = "\n".join(
        cell.source if cell.cell_type == "markdown" else "\n".join(o["data"].get("text/markdown", "") for o in cell.get("outputs", []) if "data" in o)
        for cell in notebook.cells
    )
    known = set(IDENTIFIED.findall(text))
    left_out = "{.absent}" in text
    return [
        Fault("REFERENCE_UNKNOWN", where, f"@{name}: the document has no such figure, table or section{nearest(name, sorted(known))}")
        for name, where in asked.items() if name not in known and not left_out
    ]  # fmt: skip


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\W_])", r"\1", text)


def limits(notebook, lang: str) -> list[Fault]:
    """Faults (JOURNAL_LIMIT) of an article against the journal's style: words, abstract, tables and figures, main findings."""
    text, found, limit = markdown(notebook), [], style().limits
    abstract, findings = _div(text, "abstract"), _div(text, "hovedfunn")
    measured = {
        "words": (words(text), limit.words),
        "words of the abstract": (words(re.sub(r"^#.*$", "", abstract, flags=re.MULTILINE)), limit.abstract_words),
        "tables and figures": (
            len(re.findall(r"^:::\s*\{#(?:fig|tbl)-", text, re.MULTILINE)),
            limit.tables_and_figures,
        ),
        "main findings": (len(re.findall(r"^- ", findings, re.MULTILINE)), limit.main_findings),
    }
    for what, (size, most) in measured.items():
        if size > most.value or size == 0:
            found.append(
                Fault("JOURNAL_LIMIT", what, f"{size}; the journal's style allows 1 to {most.value} ({most.standing})")
            )
    headings = tuple(re.findall(r"^## (.+?)(?:\s*\{.*\})?$", abstract, re.MULTILINE))
    if headings != style().abstract[lang]:
        found.append(
            Fault(
                "JOURNAL_LIMIT",
                "headings of the abstract",
                f"{', '.join(headings)}; the style has {', '.join(style().abstract[lang])}",
            )
        )
    return found


def _div(text: str, name: str) -> str:
    hit = re.search(DIV.pattern % name, text, re.MULTILINE | re.DOTALL)
    return hit[1] if hit else ""


def words(text: str) -> int:
    """Words of a Markdown text as a reader sees them: title, prose, captions and cells, without markup, citations and references."""
    title = re.search(r"^title: (.+)$", text, re.MULTILINE)
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    body = re.sub(
        r"<[^>]+>|\[[^\[\]]*@[^\]]*\]|!\[\]\([^)]*\)|\{[^}]*\}|^:::.*$|^```.*$", " ", body, flags=re.MULTILINE
    )
    return len(re.findall(r"\w[\w,.%/–−-]*", f"{title[1] if title else ''} {body}"))
