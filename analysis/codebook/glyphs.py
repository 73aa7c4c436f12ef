"""Whether the documents' fonts have every character of the codebook's texts: one they lack stops a document at its first figure."""

from functools import cache
from pathlib import Path

from analysis.codebook.model import Codebook, Label, Part
from analysis.errors import LegepaneletError


@cache
def _known(folder: Path) -> frozenset[str]:
    """The characters of the text face: those that any file of the folder that has Latin letters has."""
    from fontTools.ttLib import TTFont

    faces = []
    for path in sorted(folder.glob("*.[to]tf")):
        with TTFont(path, lazy=True) as font:
            faces.append(frozenset(map(chr, font.getBestCmap())))
    return frozenset.intersection(*faces) if faces else frozenset()


def faults(book: Codebook, wave: int, fonts: Path) -> list[str]:
    """File, label and character of every text of the wave that the fonts cannot show."""
    known, found = _known(fonts), []
    asked = book.waves[wave].instruments
    parts = {f"instruments/{name}.yml": book.instruments[name] for name in asked}
    parts |= {"panel.yml": book.panel, "groupings.yml": book.groupings, f"waves/{wave}.yml": book.waves[wave]}
    sets = {q.responses for q in book.questions(wave).values() if q.responses}
    parts |= {f"response_sets.yml: {name}": book.response_sets[name] for name in sorted(sets)}
    for file, part in parts.items():
        for text in _texts(part):
            if lacking := [c for c in text if c not in known and ord(c) > 32 and c.isprintable() and not c.isspace()]:
                found.append(f"{file}: «{text[:80]}»: the documents' fonts have no '{lacking[0]}' (U+{ord(lacking[0]):04X})")
    return found


def _texts(part):
    """All labels within a part of the codebook."""
    if isinstance(part, Label):
        yield from (part.nb, part.en)
    elif isinstance(part, Part):
        for name in type(part).model_fields:
            yield from _texts(getattr(part, name))
    elif isinstance(part, dict):
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, (list, tuple)):
        for value in part:
            yield from _texts(value)


def refuse(book: Codebook, wave: int, fonts: Path) -> None:
    """Raises FONT_LACKS with everything that the fonts cannot show."""
    if found := faults(book, wave, fonts):
        raise LegepaneletError("FONT_LACKS", "\n".join(found), "Write the text with letters and signs that a European text face has.")
