"""The labels that a file has for its codes, held against the codebook's: another code's label turns every answer round."""

import difflib
import re

from analysis.codebook import Codebook
from analysis.intake.columns import Target
from analysis.intake.export import Export, clean, to_number

ALIKE = 0.85  # of two labels that mean the same, spelt otherwise
TICKED, NOT_TICKED = ("valgt", "ja", "selected", "yes", "checked", "1"), ("ikke valgt", "nei", "not selected", "no", "unchecked", "0")


def plain(label: str) -> str:
    """A label as it is compared: small letters, without its number in front and without marks."""
    text = re.sub(r"^\W*\d+\s*[.:=)–-]*\s*(?=\D)", "", clean(label).casefold())
    return re.sub(r"[^\w ]", "", text).strip()


def faults(book: Codebook, export: Export, targets: dict[str, Target], file: str) -> list[dict]:
    """A problem for every code to which the file gives the label of another code, or of no answer."""
    found = []
    for column, target in targets.items():
        used = set(export.cells[column]) - export.declared.get(column, frozenset())
        for text, label in export.labels.get(column, {}).items():
            if (code := to_number(text)) is not None and text in used and (told := _fault(book, target, code, label)):
                found.append({"severity": "error", "code": "VALUE_LABEL", "file": file, "column": column, "value": text, "message": told})
    return found


def _fault(book: Codebook, target: Target, code: float, label: str) -> str:
    """What is wrong with a code's label; "" if nothing is known to be."""
    question, responses, mine = target.question, book.responses(target.question), plain(label)
    if target.option is not None:
        wrong = (code == 1 and mine in NOT_TICKED) or (code == 0 and mine in TICKED)
        return f"the file's label is '{label}', and the codebook takes {code:g} for {'ticked' if code else 'not ticked'}" if wrong else ""
    missing = question.missing if responses is None else responses.missing
    if code in missing:
        return ""
    if responses is None:
        reasons = {plain(reason[lang]) for reason in book.panel.missing_reasons.values() for lang in ("nb", "en")}
        inside = question.minimum <= code <= question.maximum
        return f"the file's label is '{label}', and the codebook takes {code:g} for a number" if inside and mine in reasons else ""
    own = {c: [plain(text[lang]) for lang in ("nb", "en")] for c, text in responses.categories.items()}
    if code not in own or mine in own[code]:
        return ""
    near = {c: max(difflib.SequenceMatcher(None, mine, one).ratio() for one in those) for c, those in own.items()}
    best = max(near, key=near.__getitem__)
    if best != code and near[best] >= ALIKE and near[best] > near[code]:
        here = responses.categories[int(code)]["nb"]
        return f"the file's label is '{label}', which is the codebook's {best}; its {code:g} is '{here}'"
    return ""
