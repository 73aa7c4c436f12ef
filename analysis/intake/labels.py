"""The labels that a file has for its codes, held against the codebook's: another code's label turns every answer round."""

import difflib
import itertools
import re
from functools import cache

from analysis.codebook import Codebook
from analysis.intake.columns import Target
from analysis.intake.export import Export, clean, to_number

ALIKE = 0.85  # of two labels that mean the same, spelt otherwise
RELATED = 0.6  # of two labels of which one may be the other's wording
# How the label of an option that is not ticked begins.
NEGATIVE = re.compile(r"(har )?ikke |u(avkrysset|sant)|nei\b|not |no\b|un(checked|selected|ticked)|false|0$")
# What a file calls a code that is no answer.
SILENCE = re.compile(
    r"(ubesvart|ikke (be)?svart|intet svar|vet ikke|ønsker ikke|ikke aktuelt"
    r"|missing|no answer|not answered|dont know|refused|not applicable|does not)"
)


@cache
def plain(label: str) -> str:
    """A label as it is compared: small letters, without its number in front and without marks."""
    text = re.sub(r"^\W*\d+\s*[.:=)–-]*\s*(?=\D)", "", clean(label).casefold())
    return re.sub(r"[^\w ]", "", text).strip()


def faults(book: Codebook, export: Export, targets: dict[str, Target], file: str) -> list[dict]:
    """A problem for every code to which the file gives the label of another code, or of no answer."""
    found = []
    for column, target in targets.items():
        if not (labels := export.labels.get(column)):
            continue
        used = set(export.cells[column].unique()) - export.declared.get(column, frozenset())
        for text, label in labels.items():
            if (code := to_number(text)) is not None and text in used and (told := _fault(book, target, code, label)):
                found.append({"severity": "error", "code": "VALUE_LABEL", "file": file, "column": column, "value": text, "message": told})
        if told := _turned(book, target, labels):
            found.append({"severity": "error", "code": "VALUE_LABEL", "file": file, "column": column, "message": told})
    return found


def _turned(book: Codebook, target: Target, labels: dict[str, str]) -> str:
    """Whether the labels, though worded otherwise, run the other way than the codebook's; "" if they do not."""
    responses = book.responses(target.question)
    if responses is None or target.option is not None:
        return ""
    own = {c: [plain(text[lang]) for lang in ("nb", "en")] for c, text in responses.categories.items()}
    if len(own) < 3 or all(plain(label) in own.get(to_number(text), ()) for text, label in labels.items()):
        return ""
    pairs = []
    for text, label in labels.items():
        code = to_number(text)
        near = {c: max(difflib.SequenceMatcher(None, plain(label), one).ratio() for one in those) for c, those in own.items()}
        best = max(near, key=near.__getitem__)
        if code in own and near[best] >= RELATED:
            pairs.append((code, best))
    ways = [(a[0] - b[0]) * (a[1] - b[1]) for a, b in itertools.combinations(pairs, 2)]
    if not ways or sum(way < 0 for way in ways) <= len(ways) / 2:
        return ""
    first = min(pairs)
    return f"the file's labels run the other way: its {first[0]:g} is nearest to the codebook's {first[1]}"


def _fault(book: Codebook, target: Target, code: float, label: str) -> str:
    """What is wrong with a code's label; "" if nothing is known to be."""
    question, responses, mine = target.question, book.responses(target.question), plain(label)
    if target.option is not None:
        wrong = code == 1 and NEGATIVE.match(mine)
        return f"the file's label is '{label}', and the codebook takes {code:g} for ticked" if wrong else ""
    missing = question.missing if responses is None else responses.missing
    if code in missing:
        return ""
    if responses is None:
        inside = question.minimum <= code <= question.maximum
        return f"the file's label is '{label}', and the codebook takes {code:g} for a number" if inside and SILENCE.match(mine) else ""
    own = {c: [plain(text[lang]) for lang in ("nb", "en")] for c, text in responses.categories.items()}
    if code not in own or mine in own[code]:
        return ""
    if SILENCE.match(mine) and not any(SILENCE.match(one) for one in own[code]):
        return f"the file's label is '{label}', and the codebook takes {code:g} for the answer '{responses.categories[int(code)]['nb']}'"
    near = {c: max(difflib.SequenceMatcher(None, mine, one).ratio() for one in those) for c, those in own.items()}
    best = max(near, key=near.__getitem__)
    if best != code and near[best] >= ALIKE and near[best] > near[code]:
        here = responses.categories[int(code)]["nb"]
        return f"the file's label is '{label}', which is the codebook's {best}; its {code:g} is '{here}'"
    return ""
