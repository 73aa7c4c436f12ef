"""Finds the ledger's numbers again in a PDF, which names none: by their order and the words about them."""

import re

NUMERAL = "[-\u2212+]?\\d+(?:[\u00a0 ]\\d{3}\\b)*(?:[,.]\\d+)?"
DROPPED = re.compile(
    r"[\s\u00ad\u0002\ufffe\u2010\u2011-]"
)  # spaces and hyphens: the setting of the lines decides on them
NEIGHBOURS = (4, 3, 2, 1)  # words on either side, most first
TELLING = 6  # letters and digits that the words about a number must have, to tell it from others
REACH = 6000  # how far after the number before it a number may stand, in letters


class Text:
    """A text, and the same without spaces and hyphens, each of whose letters knows its place in the first."""

    def __init__(self, text: str):
        self.whole = text
        self.places = [i for i, letter in enumerate(text) if not DROPPED.match(letter)]
        self.squeezed = "".join(text[i] for i in self.places)
        self.places.append(len(text))


def find(entries: list[dict], text: str) -> dict[str, str]:
    """Number id -> what the PDF shows in its place, for those that were found; `entries` are the ledger's, in its order.

    First the numbers whose neighbours are just as the ledger has them; then, between two such, the others: a number that stands there as
    the ledger says is found, and what stands between where one is missing is what the PDF shows instead.
    """
    page = Text(text)
    places = _anchors(entries, page.squeezed)
    found = {entry["id"]: entry["shown"] for entry in entries if entry["id"] in places}
    for run, start, end in _gaps(entries, places, len(page.squeezed)):
        part, position, missing = page.whole[page.places[start] : page.places[end]], 0, []
        for entry in run:
            pattern = r"(?<![\d,.])" + re.escape(entry["shown"]).replace("\u00a0", r"\s?") + r"(?![\d]|[,.]\d)"
            hit = re.compile(pattern).search(part, position)
            if hit is None:
                missing.append(entry)
            else:
                found[entry["id"]], position = entry["shown"], hit.end()
        for entry in missing:
            if instead := _instead(entry, part):
                found[entry["id"]] = instead
    return found


def _instead(entry: dict, part: str) -> str | None:
    """The numeral that stands after the words before the number, or before those after it."""
    before, after = entry["before"].split(), entry["after"].split()
    for words, shape in ((before[-2:], "{words}{gap}({numeral})"), (after[:2], "({numeral}){gap}{words}")):
        told = r"\s*".join(re.escape(word) for word in words)
        if len(_squeezed("".join(words))) > 1:
            hit = re.search(shape.format(words=told, gap=r"\s*", numeral=NUMERAL), part)
            if hit:
                return hit[1]
    return None


def _squeezed(text: str) -> str:
    return DROPPED.sub("", text)


def _anchors(entries: list[dict], squeezed: str) -> dict[str, tuple[int, int]]:
    """Number id -> where it stands, of those whose words on both sides are as in the ledger, each after the one before it."""
    places: dict[str, tuple[int, int]] = {}
    position = 0
    for entry in entries:
        before, after, shown = entry["before"].split(), entry["after"].split(), _squeezed(entry["shown"])
        for size in NEIGHBOURS:
            left, right = _squeezed("".join(before[-size:])), _squeezed("".join(after[:size]))
            if len(left) + len(right) < TELLING:
                break
            caption = entry["where"] == "caption"  # of a table it stands before the table, and after it in the ledger
            first = 0 if caption else max(position - len(left), 0)
            at = squeezed.find(left + shown + right, first, len(squeezed) if caption else position + REACH)
            if at < 0:
                continue
            places[entry["id"]] = (at + len(left), at + len(left) + len(shown))
            position = position if caption else places[entry["id"]][1]
            break
    return places


def _gaps(entries: list[dict], places: dict, length: int):
    """Runs of numbers that have no anchor, with the part of the text they must stand in."""
    run, start = [], 0
    for entry in entries:
        if entry["id"] not in places:
            run.append(entry)
        elif entry["where"] != "caption":
            if run:
                yield run, start, places[entry["id"]][0]
            run, start = [], places[entry["id"]][1]
    if run:
        yield run, start, length
