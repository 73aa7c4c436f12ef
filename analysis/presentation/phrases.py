"""Sentences made of results: what changed, who differs, what was answered most. They say no more than the interval does."""

from collections.abc import Mapping
from dataclasses import replace

from analysis.presentation import numbers
from analysis.presentation.numbers import NBSP
from analysis.results import Row

TEXTS = {
    "nb": {
        "first": "Dette er første gang spørsmålet er stilt, så det finnes ingen tidligere tall å sammenligne med.",
        "absent": "Denne kjøringen har ikke data fra {waves}; disse rundene mangler derfor i figurer og sammenlikninger.",
        "refused": "Tallet kan ikke sammenlignes med {wave}: {why}.",
        "up_share": "Andelen er {size} prosentpoeng høyere enn i {wave} ({ci}).",
        "down_share": "Andelen er {size} prosentpoeng lavere enn i {wave} ({ci}).",
        "up_mean": "Det er {size}{unit} høyere enn i {wave} ({ci}).",
        "down_mean": "Det er {size}{unit} lavere enn i {wave} ({ci}).",
        "unsure_share": "Endringen siden {wave} er usikker: {size} prosentpoeng ({ci}).",
        "unsure_mean": "Endringen siden {wave} er usikker: {size}{unit} ({ci}).",
        "within_share": "Blant de {n} {the} som svarte begge ganger, er endringen {size} prosentpoeng ({ci}).",
        "within_mean": "Blant de {n} {the} som svarte begge ganger, er endringen {size}{unit} ({ci}).",
        "higher": "{One} ligger {size} høyere enn {other} ({ci}).",
        "lower": "{One} ligger {size} lavere enn {other} ({ci}).",
        "difference_unsure": "Forskjellen mellom {one} og {other} er usikker: {size} ({ci}).",
        "difference_none": "{One} og {other} har samme tall.",
        "extremes": "Etter {by} er tallet høyest blant {high} ({high_value}) og lavest blant {low} ({low_value}).",
        "alike": "Etter {by} er tallet det samme i alle grupper ({value}).",
        "change_none": "Tallet er det samme som i {wave}.",
        "within_none": "Blant de {n} {the} som svarte begge ganger, er tallet det samme.",
        "most": "Flest svarer «{one}» ({one_value}), dernest «{two}» ({two_value}).",
        "most_ticked": "Flest krysset av for «{one}» ({one_value}), dernest «{two}» ({two_value}).",
        "agree": "Andelen som svarer {high}, er størst for «{one}» ({one_value}) og minst for «{two}» ({two_value}).",
        "agree_alike": "Andelen som svarer {high}, er den samme for alle ({one_value}).",
        "agree_one": "Til sammen {one_value} svarer {high}.", "or": " eller ", "open": "«", "close": "»",
        "points": "prosentpoeng", "base": "Spørsmålet gjelder {base}.",
    },
    "en": {
        "first": "This is the first time the question was asked, so there are no earlier figures to compare with.",
        "absent": "This run has no data of {waves}; these waves are therefore absent from figures and comparisons.",
        "refused": "The figure cannot be compared with {wave}: {why}.",
        "up_share": "The share is {size} percentage points higher than in {wave} ({ci}).",
        "down_share": "The share is {size} percentage points lower than in {wave} ({ci}).",
        "up_mean": "It is {size}{unit} higher than in {wave} ({ci}).",
        "down_mean": "It is {size}{unit} lower than in {wave} ({ci}).",
        "unsure_share": "The change since {wave} is uncertain: {size} percentage points ({ci}).",
        "unsure_mean": "The change since {wave} is uncertain: {size}{unit} ({ci}).",
        "within_share": "Among the {n} {many} who answered both times, the change is {size} percentage points ({ci}).",
        "within_mean": "Among the {n} {many} who answered both times, the change is {size}{unit} ({ci}).",
        "higher": "{One} are {size} above {other} ({ci}).",
        "lower": "{One} are {size} below {other} ({ci}).",
        "difference_unsure": "The difference between {one} and {other} is uncertain: {size} ({ci}).",
        "difference_none": "{One} and {other} have the same figure.",
        "extremes": "By {by} the figure is highest among {high} ({high_value}) and lowest among {low} ({low_value}).",
        "alike": "By {by} the figure is the same in all groups ({value}).",
        "change_none": "The figure is the same as in {wave}.",
        "within_none": "Among the {n} {many} who answered both times, the figure is the same.",
        "most": "Most answer '{one}' ({one_value}), then '{two}' ({two_value}).",
        "most_ticked": "Most ticked '{one}' ({one_value}), then '{two}' ({two_value}).",
        "agree": "The share answering {high} is largest for '{one}' ({one_value}) and smallest for '{two}' ({two_value}).",
        "agree_alike": "The share answering {high} is the same for all ({one_value}).",
        "agree_one": "Altogether {one_value} answer {high}.", "or": " or ", "open": "'", "close": "'",
        "points": "percentage points", "base": "The question concerns {base}.",
    },
}  # fmt: skip


def excludes_zero(row: Row) -> bool:
    return row.lower > 0 or row.upper < 0


def is_nought(row: Row) -> bool:
    """Whether a difference is nought without any uncertainty: all gave the same answer."""
    return row.estimate == row.lower == row.upper == 0


def interval(row: Row, digits: int, factor: float, lang: str) -> str:
    """`95 % KI 5,07–5,21`."""
    limits = (numbers.decimal(factor * getattr(row, side), digits, lang) for side in ("lower", "upper"))
    return numbers.interval(*limits, lang)


def change(row: Row | None, percent: bool, digits: int, unit: str, lang: str, refused: str, names: Mapping[str, str]) -> str:
    """One sentence on the change since the wave before: a direction only if the interval excludes 0. `names` are `naming.words`."""
    texts, kind = TEXTS[lang], "share" if percent else "mean"
    if row is None:
        return texts["first"]
    wave = row.key.vs_wave
    if row.status == "not_comparable":
        return texts["refused"].format(wave=wave, why=refused)
    if row.status != "shown":
        return ""
    if is_nought(row):
        text = "within_none" if row.key.statistic == "change_within" else "change_none"
        return texts[text].format(wave=wave, n=numbers.decimal(row.n, 0, lang), **names)
    factor = 100 if percent else 1
    ci = interval(row, digits, factor, lang)
    if row.key.statistic == "change_within":
        size = numbers.signed(factor * row.estimate, digits, lang)
        return texts[f"within_{kind}"].format(n=numbers.decimal(row.n, 0, lang), size=size, ci=ci, unit=unit, **names)
    if not excludes_zero(row):
        return texts[f"unsure_{kind}"].format(
            size=numbers.signed(factor * row.estimate, digits, lang), wave=wave, ci=ci, unit=unit
        )
    way = "up" if row.estimate > 0 else "down"
    size = numbers.decimal(abs(factor * row.estimate), digits, lang)
    return texts[f"{way}_{kind}"].format(size=size, wave=wave, ci=ci, unit=unit)


def signed(row: Row, percent: bool, digits: int, unit: str, lang: str) -> str:
    """A change or difference with its sign and its interval: `−1,2 prosentpoeng (95 % KI −5,4 til 2,9)`."""
    if row.status != "shown":
        return numbers.HIDDEN
    factor, after = (100, NBSP + TEXTS[lang]["points"]) if percent else (1, unit)
    return f"{numbers.signed(factor * row.estimate, digits, lang)}{after} ({interval(row, digits, factor, lang)})"


def size(row: Row, percent: bool, digits: int, unit: str, lang: str) -> str:
    """How large a change or difference is, without its sign; limits in the direction of the estimate."""
    if row.status != "shown":
        return numbers.HIDDEN
    factor = 100 if percent else 1
    if row.estimate < 0:
        row = replace(row, estimate=-row.estimate, lower=-row.upper, upper=-row.lower)
    after = NBSP + TEXTS[lang]["points"] if percent else unit
    return f"{numbers.decimal(factor * row.estimate, digits, lang)}{after} ({interval(row, digits, factor, lang)})"


def difference(row: Row | None, percent: bool, digits: int, unit: str, lang: str, one: str, other: str) -> str:
    """One sentence on a group against another (`one` less `other`, as sentences call them); a direction only if the interval excludes 0."""
    if row is None or row.status != "shown":
        return ""
    texts, factor = TEXTS[lang], 100 if percent else 1
    after = NBSP + texts["points"] if percent else unit
    who = {"one": one, "other": other, "One": one[0].upper() + one[1:]}
    if is_nought(row):
        return texts["difference_none"].format(**who)
    if not excludes_zero(row):
        size, text = numbers.signed(factor * row.estimate, digits, lang), "difference_unsure"
    else:
        size, text = numbers.decimal(abs(factor * row.estimate), digits, lang), "higher" if row.estimate > 0 else "lower"
    return texts[text].format(size=size + after, ci=interval(row, digits, factor, lang), **who)
