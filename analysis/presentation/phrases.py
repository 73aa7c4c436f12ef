"""Sentences made of results: what changed, who differs, what was answered most. They say no more than the interval does."""

from analysis.presentation import numbers
from analysis.presentation.numbers import NBSP

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
        "within_share": "Blant de {n} legene som svarte begge ganger, er endringen {size} prosentpoeng ({ci}).",
        "within_mean": "Blant de {n} legene som svarte begge ganger, er endringen {size}{unit} ({ci}).",
        "women_more": "Kvinner ligger {size} høyere enn menn ({ci}).",
        "women_less": "Kvinner ligger {size} lavere enn menn ({ci}).",
        "sex_unsure": "Forskjellen mellom kvinner og menn er usikker: {size} ({ci}).",
        "old_more": "Leger på 55–69 år ligger {size} høyere enn leger under 40 år ({ci}).",
        "old_less": "Leger på 55–69 år ligger {size} lavere enn leger under 40 år ({ci}).",
        "age_unsure": "Forskjellen mellom leger på 55–69 år og leger under 40 år er usikker: {size} ({ci}).",
        "positions": "Etter stilling er tallet høyest blant {high} ({high_value}) og lavest blant {low} ({low_value}).",
        "positions_alike": "Etter stilling er tallet det samme i alle grupper ({value}).",
        "change_none": "Tallet er det samme som i {wave}.",
        "within_none": "Blant de {n} legene som svarte begge ganger, er tallet det samme.",
        "sex_none": "Kvinner og menn har samme tall.", "age_none": "Leger på 55–69 år og leger under 40 år har samme tall.",
        "most": "Flest svarer «{one}» ({one_value}), dernest «{two}» ({two_value}).",
        "most_ticked": "Flest krysset av for «{one}» ({one_value}), dernest «{two}» ({two_value}).",
        "agree": "Andelen som svarer {high}, er størst for «{one}» ({one_value}) og minst for «{two}» ({two_value}).",
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
        "within_share": "Among the {n} doctors who answered both times, the change is {size} percentage points ({ci}).",
        "within_mean": "Among the {n} doctors who answered both times, the change is {size}{unit} ({ci}).",
        "women_more": "Women are {size} above men ({ci}).",
        "women_less": "Women are {size} below men ({ci}).",
        "sex_unsure": "The difference between women and men is uncertain: {size} ({ci}).",
        "old_more": "Doctors aged 55–69 are {size} above doctors under 40 ({ci}).",
        "old_less": "Doctors aged 55–69 are {size} below doctors under 40 ({ci}).",
        "age_unsure": "The difference between doctors aged 55–69 and those under 40 is uncertain: {size} ({ci}).",
        "positions": "By position the figure is highest among {high} ({high_value}) and lowest among {low} ({low_value}).",
        "positions_alike": "By position the figure is the same in all groups ({value}).",
        "change_none": "The figure is the same as in {wave}.",
        "within_none": "Among the {n} doctors who answered both times, the figure is the same.",
        "sex_none": "Women and men have the same figure.", "age_none": "Doctors aged 55–69 and doctors under 40 have the same figure.",
        "most": "Most answer '{one}' ({one_value}), then '{two}' ({two_value}).",
        "most_ticked": "Most ticked '{one}' ({one_value}), then '{two}' ({two_value}).",
        "agree": "The share answering {high} is largest for '{one}' ({one_value}) and smallest for '{two}' ({two_value}).",
        "agree_one": "Altogether {one_value} answer {high}.", "or": " or ", "open": "'", "close": "'",
        "points": "percentage points", "base": "The question concerns {base}.",
    },
}  # fmt: skip


def excludes_zero(row: dict) -> bool:
    return row["lower"] > 0 or row["upper"] < 0


def is_nought(row: dict) -> bool:
    """Whether a difference is nought without any uncertainty: all gave the same answer."""
    return row["estimate"] == row["lower"] == row["upper"] == 0


def interval(row: dict, digits: int, factor: float, lang: str) -> str:
    """`95 % KI 5,07–5,21`."""
    limits = (numbers.decimal(factor * row[side], digits, lang) for side in ("lower", "upper"))
    return numbers.interval(*limits, lang)


def change(row: dict | None, percent: bool, digits: int, unit: str, lang: str, refused: str = "") -> str:
    """One sentence on the change since the wave before: a direction only if the interval excludes 0."""
    texts, kind = TEXTS[lang], "share" if percent else "mean"
    if row is None:
        return texts["first"]
    wave = int(row["vs_wave"])
    if row["status"] == "not_comparable":
        return texts["refused"].format(wave=wave, why=refused)
    if row["status"] != "shown":
        return ""
    if is_nought(row):
        text = "within_none" if row["statistic"] == "change_within" else "change_none"
        return texts[text].format(wave=wave, n=numbers.decimal(row["n"], 0, lang))
    factor = 100 if percent else 1
    ci = interval(row, digits, factor, lang)
    if row["statistic"] == "change_within":
        size = numbers.signed(factor * row["estimate"], digits, lang)
        return texts[f"within_{kind}"].format(n=numbers.decimal(row["n"], 0, lang), size=size, ci=ci, unit=unit)
    if not excludes_zero(row):
        return texts[f"unsure_{kind}"].format(
            size=numbers.signed(factor * row["estimate"], digits, lang), wave=wave, ci=ci, unit=unit
        )
    way = "up" if row["estimate"] > 0 else "down"
    size = numbers.decimal(abs(factor * row["estimate"]), digits, lang)
    return texts[f"{way}_{kind}"].format(size=size, wave=wave, ci=ci, unit=unit)


def signed(row: dict, percent: bool, digits: int, unit: str, lang: str) -> str:
    """A change or difference with its sign and its interval: `−1,2 prosentpoeng (95 % KI −5,4 til 2,9)`."""
    if row["status"] != "shown":
        return numbers.HIDDEN
    factor, after = (100, NBSP + TEXTS[lang]["points"]) if percent else (1, unit)
    return f"{numbers.signed(factor * row['estimate'], digits, lang)}{after} ({interval(row, digits, factor, lang)})"


def size(row: dict, percent: bool, digits: int, unit: str, lang: str) -> str:
    """How large a change or difference is, without its sign; limits in the direction of the estimate."""
    if row["status"] != "shown":
        return numbers.HIDDEN
    factor = 100 if percent else 1
    if row["estimate"] < 0:
        row = row | {"estimate": -row["estimate"], "lower": -row["upper"], "upper": -row["lower"]}
    after = NBSP + TEXTS[lang]["points"] if percent else unit
    return f"{numbers.decimal(factor * row['estimate'], digits, lang)}{after} ({interval(row, digits, factor, lang)})"


# The pairs that the sentences on women and men, old and young speak of, by their very words: another contrast has no sentence.
SPOKEN_OF = {"sex": ("female", "male"), "age_group": ("55_69", "under_40")}


def difference(row: dict | None, percent: bool, digits: int, unit: str, lang: str) -> str:
    """One sentence on women against men, or old against young; a direction only if the interval excludes 0."""
    if row is None or row["status"] != "shown":
        return ""
    texts, factor = TEXTS[lang], 100 if percent else 1
    more, less, unsure = (
        ("women_more", "women_less", "sex_unsure") if row["by"] == "sex" else ("old_more", "old_less", "age_unsure")
    )
    after = NBSP + texts["points"] if percent else unit
    if is_nought(row):
        return texts["sex_none" if row["by"] == "sex" else "age_none"]
    if not excludes_zero(row):
        size, text = numbers.signed(factor * row["estimate"], digits, lang), unsure
    else:
        size, text = numbers.decimal(abs(factor * row["estimate"]), digits, lang), more if row["estimate"] > 0 else less
    return texts[text].format(size=size + after, ci=interval(row, digits, factor, lang))
