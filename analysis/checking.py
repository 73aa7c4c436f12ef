"""`make check`: read and validate the raw files of a wave, nothing else."""

from analysis.options import run_of, wave_of
from analysis.settings import settings


def check(options) -> int:
    run = run_of(options)
    wave = wave_of(options, run)
    from analysis.codebook import glyphs, load
    from analysis.codebook.population import of_wave
    from analysis.intake import plausibility, problems, reading
    from analysis.panel import build as panel

    answers, sample, population = run.source.files[wave]
    before = max((w for w in run.waves if w < wave), default=None)
    earlier = run.source.files[before][1] if before else None
    book = load(settings().codebook)
    glyphs.refuse(book, wave, settings().look / "fonts")
    coded = reading.read(book, wave, answers, sample, earlier)
    _say("", problems.listing(coded.problems))
    if coded.errors.empty:  # else what is odd may follow from them
        _say("", plausibility.oddities(book, wave, coded.answers, coded.reasons))
    _say("Taken for granted:", coded.notes)
    _say("Breaks that the wave declares:", plausibility.breaks(book, wave))
    _say("What to do:", problems.remedies(coded.problems) if len(coded.problems) else [])
    errors, warnings = len(coded.errors), len(coded.problems) - len(coded.errors)
    print(f"{wave}: {len(coded.answers)} usable rows of {len(coded.sample)} members in the sample; {errors} errors, {warnings} warnings")
    if errors:
        return 1
    tables = (coded.answers, coded.reasons, coded.sample)
    made = panel.build(book, wave, *tables, of_wave(settings().population, wave, population))
    print(f"{wave}: {len(made.analysed)} respondents can be weighted to {len(made.margins)} levels of the population")
    return 0


def _say(head: str, lines) -> None:
    """Lines under a head, indented; without a head as they are."""
    if head and lines:
        print(head, *lines, sep="\n  ")
    elif lines:
        print(*lines, sep="\n")
