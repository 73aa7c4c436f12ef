"""What is odd about a wave's answers as a whole, though every cell can be read: signs that the export is at fault. For `make check`."""

import numpy as np
import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook.comparability import concerns
from analysis.codebook.indicators import of_wave
from analysis.codebook.model import BREAKING

ENOUGH = 30  # answers; fewer may well be all alike


def oddities(book: Codebook, wave: int, answers: pd.DataFrame, reasons: pd.DataFrame) -> list[str]:
    """A line for every question that nobody answered, that all answered alike, or of which nobody chose one of the answers."""
    found = []
    for question in book.questions(wave).values():
        options = sorted(book.responses(question).categories) if question.responses else []
        columns = [f"{question.id}_{c}" for c in options] if question.type == "multiple" else [question.id]
        if not set(columns) <= set(answers):
            continue
        given = answers[columns].to_numpy()
        given = given[~np.isnan(given).any(axis=1)]  # a row a member who answered, a column an option of a multiple choice
        if not len(given):
            asked = int((reasons[columns[0]] != "not_asked").sum())
            found.append(f"warning NOBODY_ANSWERED column '{question.id}': none of the {asked} members who were asked answered it")
            continue
        if question.type == "multiple":
            never = [code for code, chosen in zip(options, (given == 1).any(axis=0), strict=True) if not chosen]
        else:
            values = np.unique(given)
            if len(values) == 1 and len(given) >= ENOUGH:
                found.append(f"warning ALL_THE_SAME column '{question.id}': all {len(given)} answers are {values[0]:g}")
                continue
            never = [code for code in options if code not in values]
        if never and len(given) >= ENOUGH:
            code = "code" if len(never) == 1 else "codes"
            found.append(f"notice NEVER_CHOSEN column '{question.id}': {code} {', '.join(map(str, never))} of {question.id} was chosen by nobody")
    return found


def breaks(book: Codebook, wave: int) -> list[str]:
    """The breaks that a wave declares, its own and its instruments', and what each stops."""
    indicators = of_wave(book, wave)
    own = [(f"waves/{wave}.yml", b) for b in book.waves[wave].breaks]
    for name in book.waves[wave].instruments:
        own += [(f"instruments/{name}.yml", b) for b in book.instruments[name].breaks if b.wave == wave]
    lines = []
    for file, b in own:
        held = [i.id for i in indicators if concerns(b, i) and (file.startswith("waves") or file == f"instruments/{i.instrument}.yml")]
        stops = b.kind in BREAKING and b.comparable_because is None
        does = "no comparison with earlier waves" if stops else "the line is marked, comparisons stand"
        which = ", ".join(dict.fromkeys(held)) if len(set(held)) <= 8 else f"{len(set(held))} indicators"
        lines.append(f"{file}: break of kind '{b.kind}' for {which or 'nothing that the wave asked'}: {does}")
    return lines
