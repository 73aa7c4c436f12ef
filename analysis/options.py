"""What was asked on the command line, checked: the run, the wave, languages and formats."""

import sys
from pathlib import Path

from analysis import pipeline
from analysis.errors import LegepaneletError
from analysis.settings import settings

REPORT = "wave-report"
FORMATS = ("html", "pdf", "docx", "jats")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run_of(options) -> pipeline.Run:
    folder = Path(options.data).expanduser().resolve() if options.data else None
    return pipeline.Run(pipeline.source(folder))


def wave_of(options, run: pipeline.Run) -> int:
    waves = [w for w in run.waves if w in pipeline.known_waves()]
    known = ", ".join(str(w) for w in waves)
    if not options.wave:
        raise LegepaneletError("WAVE_MISSING", "WAVE is not given", f"There are data of {known}.")
    if not options.wave.isdigit() or int(options.wave) not in waves:
        where = (
            "has no wave file in data/codebook/waves"
            if options.wave.isdigit() and int(options.wave) in run.waves
            else "is not a wave there are data of"
        )
        raise LegepaneletError("WAVE_UNKNOWN", f"WAVE={options.wave} {where}", f"There are data of {known}.")
    return int(options.wave)


def published_wave(options) -> int:
    """The wave asked for, which needs no data here, but must be one of the codebook."""
    known = pipeline.known_waves()
    if not options.wave.isdigit() or int(options.wave) not in known:
        code = "WAVE_UNKNOWN" if options.wave else "WAVE_MISSING"
        raise LegepaneletError(code, f"WAVE={options.wave}", f"WAVE may be {', '.join(map(str, known))}.")
    return int(options.wave)


def formats_of(options) -> list[str]:
    formats = options.formats.replace(",", " ").split()
    if unknown := [f for f in formats if f not in FORMATS] or not formats:
        raise LegepaneletError(
            "FORMAT_UNKNOWN", f"FORMATS={options.formats}: {unknown}", f"FORMATS may hold {' and '.join(FORMATS)}."
        )
    return [f for f in FORMATS if f in formats]


def languages_of(options) -> list[str]:
    asked, known = options.lang.replace(",", " ").split(), settings().languages
    if [lang for lang in asked if lang not in known] or not asked:
        raise LegepaneletError(
            "LANG_UNKNOWN", f"REPORT_LANG={options.lang} is not known", f"It may be {' or '.join(known)}, or both."
        )
    return [lang for lang in known if lang in asked]
