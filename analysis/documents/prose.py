"""Reads the prose of a `.qmd`: a number nobody computed, and a comparison that nothing is held against, are mistakes.

A number may stand in prose if it is computed, a citation, a reference to a figure or table, a wave's year, or listed with its reason in
`reports/exceptions.yml`. A sentence that says that something rose, is more, is most, or does not differ carries a
`report.claim(...)` of that kind, or cites its source.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from analysis.documents import qmd
from analysis.errors import LegepaneletError
from analysis.yamlfile import read_yaml

EXCEPTIONS = "exceptions.yml"
INLINE = re.compile(r"`\{python\}[^`]*`")
CLAIM = re.compile(r"report\.claim\(\s*[\"'](\w+)[\"']")
NOT_PROSE = re.compile(r"`[^`]*`|\[[^\[\]]*@[^\]]*\]|@[\w:-]+|\{\{<.*?>\}\}|\{[#.][^}]*\}|<[^>]+>|\^\d\^|\]\([^)]*\)")
SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-ZÆØÅ«'\[`*@])")
ANY_UP = {"rose", "more", "goes_with_more", "largest", "most"}
ANY_DOWN = {"fell", "less", "goes_with_less", "minority"}
UNCERTAIN = {"change_uncertain", "difference_uncertain", "association_uncertain", "about_half"}
# Language -> (words, the claims that may stand behind them).
COMPARISONS = {
    "nb": [
        (r"øk(?:te|t|er|ning\w*)|ste(?:g|get)|høyere|oftere|(?:flere|større) enn|mer (?:enn|vanlig|utbredt)|(?:hyppig|vanlig)ere|doblet", ANY_UP),
        (r"falt|faller|sank|sunket|lavere|sjeldnere|færre|mindre enn|nedgang\w*|redusert|mindre (?:vanlig|utbredt)|halvert", ANY_DOWN),
        (r"flertall\w*|de fleste|flest|halvparten|vanligst\w*|hyppigst\w*|størst|høyest", {"most", "largest", "minority", "about_half"}),
        (r"mindretall\w*", {"minority"}),
        (r"ingen (?:sikker )?(?:forskjell|endring)|uendret|like (?:stor|ofte|mange|høy)\w*|skilte seg ikke", {"equal", "unchanged"}),
        (r"usikker\w*", UNCERTAIN),
    ],
    "en": [
        (r"increase[sd]?|rose|risen|higher|more (?:often|than|likely|common|widespread)|larger than|greater than|doubled|grew|grown", ANY_UP),
        (r"fell|fallen|decrease[sd]?|decline[sd]?|lower|less (?:often|than|likely|common|widespread)|fewer|reduced|halved", ANY_DOWN),
        (r"majority|(?<!at )most|half|largest|highest|most common", {"most", "largest", "minority", "about_half"}),
        (r"minority", {"minority"}),
        (r"no (?:clear )?(?:difference|change)|unchanged|did not differ|equally (?:often|many|common)", {"equal", "unchanged"}),
        (r"uncertain\w*", UNCERTAIN),
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """Something wrong with a document: a stable code, where, and what."""

    code: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.code}: {self.where}: {self.what}"


def faults(path: Path, lang: str, waves: list[int], exceptions: list[str]) -> list[Fault]:
    """Every typed number (TYPED_NUMBER) and unbound comparison (CLAIM_MISSING) of a document, its includes among it."""
    found = []
    for where, text in sentences(path):
        bare = NOT_PROSE.sub(" ", text)
        for phrase in exceptions:
            bare = bare.replace(phrase, " ")
        typed = [n for n in re.findall(r"\d+(?:[.,]\d+)*", bare) if not (n.isdigit() and int(n) in waves)]
        if typed:
            found.append(Fault("TYPED_NUMBER", where, f"{', '.join(typed)} is typed in «{_plain(text)}»"))
        if "@" in text and re.search(r"\[@|(?<!\w)@(?!fig-|tbl-|sec-)\w", text):
            continue  # what others have found stands with its source
        found += [Fault("CLAIM_MISSING", where, f"'{word}' has no report.claim behind it in «{_plain(text)}»")
                  for word in _unbound(bare, set(CLAIM.findall(text)), lang)]  # fmt: skip
    return found


def _unbound(text: str, claims: set[str], lang: str) -> list[str]:
    found = [(m[0], allowed) for words, allowed in COMPARISONS[lang]
             if (m := re.search(rf"\b(?:{words})\b", text, re.IGNORECASE))]  # fmt: skip
    # "It is uncertain whether the share is higher" says nothing of a direction.
    if claims & UNCERTAIN and any(allowed is UNCERTAIN for _, allowed in found):
        return []
    return [word for word, allowed in found if not claims & allowed]


def sentences(path: Path):
    """(file and line, sentence) of a document's prose, with its inline expressions, without code, front matter and fences."""
    paragraph: list[tuple[str, str, int]] = []
    fence, front = "", 0
    for text, file, number in [*qmd.lines(path), ("", path.name, 0)]:
        if text.strip() == "---" and front < 2:
            front += 1
            continue
        mark = re.match(r"^(`{3,})", text)
        if mark:
            fence = "" if fence else mark[1]
        quiet = front == 1 or fence or mark or text.startswith(":::") or not text.strip() or text.startswith("#")
        if not quiet:
            paragraph.append((text, file, number))
            continue
        yield from _split(paragraph)
        paragraph = [(text.lstrip("# "), file, number)] if text.startswith("#") and front != 1 and not fence else []


def _split(paragraph):
    for text, file, number in paragraph:
        for sentence in SENTENCE.split(text.lstrip("-* ").strip()):
            if sentence:
                yield f"{file} line {number}", sentence


def _plain(text: str, longest: int = 160) -> str:
    text = " ".join(INLINE.sub("…", text).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def exceptions(folder: Path) -> list[str]:
    """The phrases that may hold a number or a comparison, longest first. Raises EXCEPTIONS_FILE if one has no reason."""
    listed = read_yaml(folder / EXCEPTIONS)
    for entry in listed:
        if not isinstance(entry, dict) or set(entry) != {"text", "why"} or not all(entry.values()):
            raise LegepaneletError("EXCEPTIONS_FILE", f"{EXCEPTIONS}: {entry}", "Each entry has a `text` and a `why`.")
    return sorted((str(entry["text"]) for entry in listed), key=len, reverse=True)
