"""Reads the prose of a `.qmd`: a number nobody computed, and a comparison that nothing is held against, are mistakes.

A number may stand in prose if it is computed, a citation, a reference to a figure or table, a wave's year, or marked where it stands
with the reason: `[under 70]{.fixed why="the population's age limit"}`. A sentence that says that something rose, is more, is most, or
does not differ carries a `report.claim(...)` of that kind, or cites its source. A size without its sign needs the claim that gives the
direction, and a share of others than all respondents says of whom.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis.documents import qmd

DIRECTIONS = ("rose", "fell", "more", "less")
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


def faults(path: Path, lang: str, waves: list[int], base_of: Callable[[str], str] = lambda name: "all") -> list[Fault]:
    """Every typed number (TYPED_NUMBER), unbound comparison (CLAIM_MISSING), size without a direction (SIGN_LOST), share without its base
    (BASE_MISSING) and exception without a reason (EXCEPTION_REASON) of a document, its includes among it.

    `base_of`: indicator -> the codebook's id of those it is about.
    """
    found = _bases(path, base_of)
    for where, text in sentences(path):
        found += [Fault("EXCEPTION_REASON", where, f"«{m[1]}» needs a reason: [{m[1]}]{{.fixed why=\"...\"}}")
                  for m in qmd.UNREASONED.finditer(text)]  # fmt: skip
        found += [Fault("SIGN_LOST", where, f"report.size({told}) needs a claim of {', '.join(DIRECTIONS)} of the same in «{_plain(text)}»")
                  for told in _without_direction(text)]  # fmt: skip
        bare = NOT_PROSE.sub(" ", text)
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
        for sentence in SENTENCE.split(qmd.FIXED.sub("…", text.lstrip("-* ").strip())):
            if sentence:
                yield f"{file} line {number}", sentence


def _plain(text: str, longest: int = 160) -> str:
    text = " ".join(INLINE.sub("…", text).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _calls(text: str, method: str) -> list[tuple[list, dict]]:
    """Positional and named arguments of every `report.<method>(...)` of a sentence."""
    found = []
    for expression in re.findall(r"`\{python\}\s*([^`]*)`", text):
        try:
            tree = ast.parse(expression.strip(), mode="eval")
        except SyntaxError:  # told when the document is run
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
                named = {k.arg: ast.unparse(k.value) for k in node.keywords if k.arg}
                found.append(([ast.unparse(a) for a in node.args], named))
    return found


def _without_direction(text: str) -> list[str]:
    """The arguments of sizes without a claim that gives their direction."""
    claims = [(args[1:], named) for args, named in _calls(text, "claim") if args and ast.literal_eval(args[0]) in DIRECTIONS]
    return [", ".join([*args, *(f"{k}={v}" for k, v in named.items())]) for args, named in _calls(text, "size") if (args, named) not in claims]


def _bases(path: Path, base_of: Callable[[str], str]) -> list[Fault]:
    """Paragraphs that show a share or mean of others than all respondents and do not say of whom."""
    paragraphs: dict[str, list[str]] = {}
    for where, text in sentences(path):
        paragraphs.setdefault(where, []).append(text)
    found = []
    for where, texts in paragraphs.items():
        text = " ".join(texts)
        calls = [(method, ast.literal_eval(args[0]), named) for method in ("share", "base", "value") for args, named in _calls(text, method) if args]
        silent = [name for method, name, named in calls if method == "value" or named.get("base") == "False"]
        said = {base_of(name) for method, name, named in calls if method != "value" and named.get("base") != "False"}
        shown = {name: base_of(name) for name in silent}
        found += [
            Fault("BASE_MISSING", where, f"{name} is about '{base}', not all: say so with report.base(\"{name}\") or report.share")
            for name, base in shown.items() if base != "all" and base not in said
        ]  # fmt: skip
    return found
