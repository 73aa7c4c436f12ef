"""`make check`: read and validate the raw files of a wave, nothing else."""

from analysis.options import run_of, wave_of
from analysis.settings import settings


def check(options) -> int:
    run = run_of(options)
    wave = wave_of(options, run)
    from analysis.codebook import load
    from analysis.codebook.population import of_wave
    from analysis.intake import problems, reading
    from analysis.panel import build as panel

    answers, sample, population = run.source.files[wave]
    book = load(settings().codebook)
    coded = reading.read(book, wave, answers, sample)
    for problem in coded.problems.to_dict("records"):
        print(problems.describe(problem))
    if len(coded.problems):
        print("What to do:", *problems.remedies(coded.problems), sep="\n  ")
    errors, warnings = len(coded.errors), len(coded.problems) - len(coded.errors)
    print(
        f"{wave}: {len(coded.answers)} usable rows of {len(coded.sample)} doctors in the sample; {errors} errors, {warnings} warnings"
    )
    if errors:
        return 1
    tables = (coded.answers, coded.reasons, coded.sample)
    made = panel.build(book, wave, *tables, of_wave(settings().population, wave, population))
    print(f"{wave}: {len(made.analysed)} respondents can be weighted to {len(made.margins)} levels of the population")
    return 0
