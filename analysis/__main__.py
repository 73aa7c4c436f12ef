"""The command line: `python -m analysis COMMAND ...`. People use the Makefile."""

import argparse
import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis import log, pipeline
from analysis.checking import check
from analysis.errors import LegepaneletError
from analysis.forgetting import forget
from analysis.options import REPORT, run_of, say, wave_of
from analysis.releasing import attack, bundle, crosscheck, impact, publish, verify
from analysis.settings import RARELY, ROOT, settings
from analysis.watching import watch
from analysis.writing import export, write


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    gc.set_threshold(*RARELY)
    try:
        if options.command in ("check", "verify", "watch"):  # they write nothing that another run could need, or do not end
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
    except Exception as error:  # a fault of ours: the user is told where its trace lies, and nothing else
        print(f"Error {log.internal(error)}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, known in COMMANDS.items():
        command = commands.add_parser(name, help=known.help)
        command.set_defaults(run=known.run, command=name, renderer="builtin", draft="", blind="", manuscript="")
        for option in known.options:
            command.add_argument(f"--{option}", default=DEFAULTS.get(option, ""))
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


def table(options) -> int:
    from analysis.table_on_demand import table as answer  # pandas: a second that the other commands need not pay

    return answer(options)


def data(options) -> int:
    folder = Path(options.data).expanduser().resolve() if options.data else settings().synthetic
    if options.data and folder.is_dir() and any(not p.name.startswith(".") for p in folder.iterdir()):
        pipeline.find(folder)  # an existing folder must hold synthetic waves, not real ones
        if pipeline.find(folder).kind != "synthetic":
            raise LegepaneletError(
                "DATA_REAL", f"{folder.name}/ holds real waves", "Synthetic waves are never written beside them."
            )
    pipeline.build(pipeline.synthetic_tasks(folder))
    print(folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder)
    return 0


@dataclass(frozen=True)
class Command:
    """What a command does and the options it takes; `make` hands them over as variables (see `door`)."""

    run: Callable[[argparse.Namespace], int]
    help: str
    options: tuple[str, ...]


DEFAULTS = {"lang": "nb", "formats": "html pdf", "renderer": "builtin"}
WRITING = ("lang", "formats", "renderer", "data", "draft", "blind", "manuscript")
COMMANDS = {
    "report": Command(report, "the report of a wave", ("wave", *WRITING)),
    "reports": Command(reports, "the reports of all waves", WRITING),
    "article": Command(article, "one article of a wave", ("article", "wave", *WRITING)),
    "articles": Command(articles, "all articles of a wave", ("wave", *WRITING)),
    "check": Command(check, "read and validate the raw files of a wave, nothing else", ("wave", "data")),
    "export": Command(export, "the analysis file of a wave for other software", ("wave", "data")),
    "data": Command(data, "write the synthetic raw exports", ("data",)),
    "publish": Command(publish, "publish a wave's documents, results and ledger", ("wave", "documents", "data", "reason", "approver")),
    "verify": Command(verify, "whether a publication is what the data give", ("wave", "data", "level")),
    "table": Command(table, "a table on demand", ("indicator", "by", "where", "wave", "lang", "data", "reason", "approver")),
    "attack": Command(attack, "how closely anybody can tell what is not shown of a wave", ("wave", "data")),
    "crosscheck": Command(crosscheck, "a second computation in R's survey", ("wave", "data")),
    "impact": Command(impact, "published numbers that would be displayed otherwise today", ("data",)),
    "forget": Command(forget, "remove all that is held of one member", ("data",)),
    "watch": Command(watch, "a document on a page that follows its text", ("wave", "article", "lang", "data")),
    "bundle": Command(bundle, "one zip for a journal or an archive", ("wave",)),
}


if __name__ == "__main__":
    sys.exit(main())
