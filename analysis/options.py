"""What was asked on the command line, checked: the run, the wave, languages, formats and edition."""

import difflib
import re
import sys
from pathlib import Path

from analysis import pipeline
from analysis.documents import Edition
from analysis.errors import LegepaneletError
from analysis.settings import settings

REPORT = "wave-report"
FORMATS = ("html", "pdf", "docx", "jats")
MEANT = {"word": "docx", "doc": "docx", "xml": "jats", "web": "html", "htm": "html", "typst": "pdf"}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run_of(options) -> pipeline.Run:
    folder = Path(options.data).expanduser().resolve() if options.data else None
    return pipeline.Run(pipeline.source(folder))


def _year(text: str) -> int | None:
    """A year as people write it; None if it is none (`²⁰²⁶` has digits too)."""
    return int(text) if re.fullmatch(r"[0-9]{4}", text.strip(), re.ASCII) else None


def wave_of(options, run: pipeline.Run) -> int:
    waves = [w for w in run.waves if w in pipeline.known_waves()]
    known = ", ".join(str(w) for w in waves)
    if not options.wave:
        raise LegepaneletError("WAVE_MISSING", "WAVE is not given", f"There are data of {known}.")
    wave = _year(options.wave)
    if wave not in waves:
        unread = "has no wave file in data/codebook/waves"
        why = unread if wave in run.waves else "is not a wave there are data of"
        raise LegepaneletError("WAVE_UNKNOWN", f"WAVE={options.wave} {why}", f"There are data of {known}.")
    return wave


def published_wave(options) -> int:
    """The wave asked for, which needs no data here, but must be one of the codebook."""
    known = pipeline.known_waves()
    if (wave := _year(options.wave)) not in known:
        code = "WAVE_UNKNOWN" if options.wave else "WAVE_MISSING"
        raise LegepaneletError(code, f"WAVE={options.wave}", f"WAVE may be {', '.join(map(str, known))}.")
    return wave


def formats_of(options) -> list[str]:
    formats = options.formats.replace(",", " ").split()
    unknown = [f for f in formats if f not in FORMATS]
    if unknown or not formats:
        told = f"FORMATS={options.formats}: " + (f"'{unknown[0]}' is no format" if unknown else "no format is named")
        near = MEANT.get(unknown[0].lower()) or next(iter(difflib.get_close_matches(unknown[0].lower(), FORMATS, 1)), "") if unknown else ""
        hint = f"FORMATS may hold {' and '.join(FORMATS)}."
        raise LegepaneletError("FORMAT_UNKNOWN", told + (f"; did you mean {near}?" if near else ""), hint)
    return [f for f in FORMATS if f in formats]


def languages_of(options) -> list[str]:
    asked, known = options.lang.replace(",", " ").split(), settings().languages
    if [lang for lang in asked if lang not in known] or not asked:
        told, hint = f"REPORT_LANG={options.lang} is not known", f"It may be {' or '.join(known)}, or both."
        raise LegepaneletError("LANG_UNKNOWN", told, hint)
    return [lang for lang in known if lang in asked]


def edition_of(options, formats: list[str]) -> Edition:
    """Which copy is asked for. Raises SWITCH_VALUE, RENDERER_EDITION, MANUSCRIPT_FORMAT."""
    for name in ("draft", "blind", "manuscript"):
        if getattr(options, name) not in ("", "0", "1"):
            told = f"{name.upper()}={getattr(options, name)}"
            raise LegepaneletError("SWITCH_VALUE", told, f"{name.upper()}=1 asks for it; leave it out otherwise.")
    edition = Edition(*(getattr(options, name) == "1" for name in ("draft", "blind", "manuscript")))
    if options.renderer == "quarto" and (edition.blind or edition.manuscript):
        told = f"{'BLIND' if edition.blind else 'MANUSCRIPT'}=1 is a copy that only the built-in renderer makes"
        raise LegepaneletError("RENDERER_EDITION", told, "Leave RENDERER=quarto out.")
    if edition.manuscript and "docx" not in formats:
        told = f"MANUSCRIPT=1 is a Word file, and FORMATS={options.formats} has none"
        raise LegepaneletError("MANUSCRIPT_FORMAT", told, "Add FORMATS=docx.")
    return edition
