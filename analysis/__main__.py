"""The command line: `python -m analysis COMMAND ...`. People use the Makefile."""

import argparse
import sys
from pathlib import Path

from analysis import pipeline
from analysis.errors import LegepaneletError
from analysis.options import REPORT, run_of, say, wave_of
from analysis.releasing import bundle, crosscheck, impact, publish, verify
from analysis.settings import ROOT, settings
from analysis.table_on_demand import table
from analysis.writing import export, write


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.run in (check, verify):  # they write nothing that another run could need
            return options.run(options)
        with pipeline.alone(lambda: say("Another run is at work in this project; waiting for it to end.")):
            return options.run(options)
    except LegepaneletError as error:
        print(f"Error {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Error {pipeline.of_the_disk(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; what was made before is as it was.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, run, help_ in (
        ("report", report, "the report of a wave"), ("reports", reports, "the reports of all waves"),
        ("article", article, "one article of a wave"), ("articles", articles, "all articles of a wave"),
        ("check", check, "read and validate the raw files of a wave, nothing else"),
        ("export", export, "the analysis file of a wave for other software"), ("data", data, "write the synthetic raw exports"),
        ("publish", publish, "publish a wave's documents, results and ledger"), ("verify", verify, "whether a publication is what the data give"),
        ("table", table, "a table on demand"), ("crosscheck", crosscheck, "a second computation in R's survey"),
        ("impact", impact, "published numbers that would be displayed otherwise today"), ("bundle", bundle, "one zip for a journal or an archive"),
    ):  # fmt: skip
        command = commands.add_parser(name, help=help_)
        command.set_defaults(run=run, command=name)
        command.add_argument("--data", default="")
        if name in (
            "report",
            "article",
            "articles",
            "check",
            "export",
            "publish",
            "table",
            "verify",
            "crosscheck",
            "bundle",
        ):
            command.add_argument("--wave", default="")
        if name == "article":
            command.add_argument("--article", default="")
        if name in ("report", "reports", "article", "articles"):
            for edition in ("draft", "blind", "manuscript"):
                command.add_argument(f"--{edition}", default="")
            command.add_argument("--lang", default="nb")
            command.add_argument("--formats", default="html pdf")
            command.add_argument("--renderer", default="builtin")
        if name in ("publish", "table"):
            command.add_argument("--approver", default="")
            command.add_argument("--reason", default="")
        if name == "table":
            for part in ("indicator", "by", "where"):
                command.add_argument(f"--{part}", default="")
            command.add_argument("--lang", default="nb")
        if name == "publish":
            command.add_argument("--documents", default="")
            command.set_defaults(renderer="builtin", draft="", blind="", manuscript="")
        if name == "verify":
            command.add_argument("--level", default="")
    return parser


def report(options) -> int:
    run = run_of(options)
    return write(options, run, [(REPORT, wave_of(options, run))])


def reports(options) -> int:
    run = run_of(options)
    return write(options, run, [(REPORT, w) for w in run.waves if w in pipeline.known_waves()])


def article(options) -> int:
    run = run_of(options)
    wave = wave_of(options, run)
    if options.article not in [*(known := pipeline.articles(wave)), pipeline.APPENDIX]:
        raise LegepaneletError(
            "ARTICLE_UNKNOWN",
            f"ARTICLE={options.article} has no plan for {wave} in reports/",
            f"ARTICLE may be {', '.join(known) or 'none: write reports/<article>.plan.yml first'}, or {pipeline.APPENDIX}.",
        )
    return write(options, run, [(options.article, wave)])


def articles(options) -> int:
    run = run_of(options)
    wave = wave_of(options, run)
    if not (known := pipeline.articles(wave)):
        raise LegepaneletError(
            "ARTICLE_UNKNOWN", f"no article has a plan for {wave}", "Write reports/<article>.plan.yml."
        )
    return write(options, run, [(name, wave) for name in known])


def check(options) -> int:
    run = run_of(options)
    wave = wave_of(options, run)
    from analysis.codebook import load
    from analysis.codebook.population import of_wave
    from analysis.intake import problems
    from analysis.intake import wave as intake
    from analysis.panel import build as panel

    answers, sample, population = run.source.files[wave]
    book = load(settings().codebook)
    coded = intake.read(book, wave, answers, sample)
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


def data(options) -> int:
    folder = Path(options.data).expanduser().resolve() if options.data else settings().synthetic
    if options.data and folder.is_dir() and any(folder.iterdir()):
        pipeline.find(folder)  # an existing folder must hold synthetic waves, not real ones
        if pipeline.find(folder).kind != "synthetic":
            raise LegepaneletError(
                "DATA_REAL", f"{folder.name}/ holds real waves", "Synthetic waves are never written beside them."
            )
    pipeline.build(lambda: [pipeline.synthetic_task(folder)])
    print(folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
