"""Where the raw files are, which waves they hold, and whether they are real or synthetic."""

import re
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import LegepaneletError
from analysis.intake.plaintext import header_of

YEAR = re.compile(r"[0-9]{4}")
SUFFIXES = ("sav", "csv", "xlsx")


@dataclass(frozen=True)
class Source:
    """A folder of raw waves, all of one kind: `real` or `synthetic`. `files` is wave -> (answers, sample, population)."""

    folder: Path
    kind: str
    files: dict[int, tuple[Path, Path, Path | None]]


def find(folder: Path) -> Source:
    """The raw waves under `folder`.

    Raises DATA_MISSING (no such folder, or nothing in it), DATA_INCOMPLETE (answers without sample, or the reverse; two
    exports of one wave) and DATA_MIXED (synthetic waves beside real ones).
    """
    if not folder.is_dir():
        raise LegepaneletError(
            "DATA_MISSING",
            f"the folder {folder} does not exist",
            "DATA must hold a folder a wave, as DATA/2026/answers.csv.",
        )
    files, faults = {}, []
    for wave in sorted(p for p in folder.iterdir() if p.is_dir() and p.name.isnumeric()):
        if not YEAR.fullmatch(wave.name):
            faults.append(f"{wave.name}/ is no wave; a wave's folder is called by its year, as 2026")
            continue
        answers = [
            p
            for p in sorted(wave.iterdir())
            if p.is_file() and p.stem == "answers" and p.suffix[1:].lower() in SUFFIXES
        ]
        sample, population = wave / "sample.csv", wave / "population.csv"
        if len(answers) > 1:
            faults.append(f"{wave.name}/ holds {' and '.join(p.name for p in answers)}; keep one of them")
        elif not answers:
            faults.append(f"{wave.name}/ has no answers.sav, answers.csv or answers.xlsx")
        elif not sample.is_file():
            faults.append(f"{wave.name}/ has no sample.csv")
        else:
            files[int(wave.name)] = (answers[0], sample, population if population.is_file() else None)
    if faults:
        raise LegepaneletError("DATA_INCOMPLETE", "\n".join(faults), "Each wave needs its answers and its sample.csv.")
    if not files:
        raise LegepaneletError(
            "DATA_MISSING",
            f"the folder {folder} holds no wave",
            "DATA must hold a folder a wave, as DATA/2026/answers.csv.",
        )
    told = {wave: _is_marked(sample) for wave, (_, sample, _) in files.items()}
    marked = {wave: known for wave, known in told.items() if known is not None}  # what is empty is refused when it is read
    if len(set(marked.values())) > 1:
        made = ", ".join(str(w) for w, m in marked.items() if m)
        raise LegepaneletError(
            "DATA_MIXED",
            f"{folder.name}/ mixes synthetic waves ({made}) with real ones",
            "Synthetic and real answers are never reported together: move one kind elsewhere.",
        )
    return Source(folder, "synthetic" if marked and all(marked.values()) else "real", files)


def _is_marked(sample: Path) -> bool | None:
    """Whether `sample.csv` says of itself that it is synthetic (a column of that name); None if it says nothing at all."""
    header = header_of(sample)
    return "synthetic" in header if header else None
