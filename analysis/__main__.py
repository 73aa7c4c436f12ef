"""The command line: `python -m analysis COMMAND ...`. People use the Makefile."""

import argparse
import sys
import time
from pathlib import Path

from analysis import pipeline
from analysis.documents import Edition, check_renderer
from analysis.errors import LegepaneletError
from analysis.settings import ROOT, settings

REPORT = "wave-report"
FORMATS = ("html", "pdf", "docx", "jats")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


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
        ("crosscheck", crosscheck, "a second computation in R's survey"),
        ("impact", impact, "published numbers that would be displayed otherwise today"), ("bundle", bundle, "one zip for a journal or an archive"),
    ):  # fmt: skip
        command = commands.add_parser(name, help=help_)
        command.set_defaults(run=run, command=name)
        command.add_argument("--data", default="")
        if name in ("report", "article", "articles", "check", "export", "publish", "verify", "crosscheck", "bundle"):
            command.add_argument("--wave", default="")
        if name == "article":
            command.add_argument("--article", default="")
        if name in ("report", "reports", "article", "articles"):
            for edition in ("draft", "blind", "manuscript"):
                command.add_argument(f"--{edition}", default="")
            command.add_argument("--lang", default="nb")
            command.add_argument("--formats", default="html pdf")
            command.add_argument("--renderer", default="builtin")
        if name == "publish":
            command.add_argument("--reason", default="")
            command.add_argument("--documents", default="")
            command.set_defaults(renderer="builtin", draft="", blind="", manuscript="")
        if name == "verify":
            command.add_argument("--level", default="")
    return parser


def _run(options) -> pipeline.Run:
    folder = Path(options.data).expanduser().resolve() if options.data else None
    return pipeline.Run(pipeline.source(folder))


def _wave(options, run: pipeline.Run) -> int:
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


def _formats(options) -> list[str]:
    formats = options.formats.replace(",", " ").split()
    if unknown := [f for f in formats if f not in FORMATS] or not formats:
        raise LegepaneletError(
            "FORMAT_UNKNOWN", f"FORMATS={options.formats}: {unknown}", f"FORMATS may hold {' and '.join(FORMATS)}."
        )
    return [f for f in FORMATS if f in formats]


def _languages(options) -> list[str]:
    asked, known = options.lang.replace(",", " ").split(), settings().languages
    if [lang for lang in asked if lang not in known] or not asked:
        raise LegepaneletError(
            "LANG_UNKNOWN", f"REPORT_LANG={options.lang} is not known", f"It may be {' or '.join(known)}, or both."
        )
    return [lang for lang in known if lang in asked]


def _write(options, run: pipeline.Run, documents: list[tuple[str, int]]) -> int:
    """Makes (document, wave) pairs in the formats, the languages and the edition asked for, and prints their paths."""
    started, formats = time.monotonic(), _formats(options)
    wanted = [(d, w, lang) for lang in _languages(options) for d, w in documents]
    check_renderer(options.renderer)
    edition = Edition(*(getattr(options, name) not in ("", "0") for name in ("draft", "blind", "manuscript")))
    waves = sorted({wave for _, wave in documents})
    made = [p for d, w, lang in wanted for p in pipeline.document_files(d, w, lang, formats, edition).values()]

    def tasks():
        found = [pipeline.document_task(run, *each, formats, options.renderer, edition) for each in wanted]
        return pipeline.results_tasks(run, waves) + found

    command = f"{documents} {options.lang} {formats} {options.renderer}{edition.suffix}"
    results = [pipeline.results_file(w) for w in run.waves if w <= max(waves)]
    records = [settings().output / str(w) / "manifest.json" for w in waves]
    if pipeline.up_to_date(run, command, [*made, *results]) or not pipeline.build(tasks):
        say("Nothing has changed; the documents are up to date.")
        records = [path for path in records if not path.is_file()]
    else:
        say(f"Done in {time.monotonic() - started:.0f} s.")
    for path in records:
        from analysis.verification import manifest

        manifest.record(int(path.parent.name), run.source.files, run.source.kind, options.renderer, _again(options))
    pipeline.remember(run, command, [*made, *results])
    if run.source.kind == "synthetic":
        say("These are SYNTHETIC DATA: no doctor answered this.")
    absent = [str(w) for w in pipeline.known_waves() if w not in run.waves and w <= max(waves)]
    if absent:
        say(f"Waves without files, absent from trends: {', '.join(absent)}.")
    for path in made:
        print(path.relative_to(ROOT))
    return 0


def _again(options) -> str:
    """The command that repeats this one, without a path of this machine."""
    given = {
        "WAVE": getattr(options, "wave", ""), "ARTICLE": getattr(options, "article", ""), "REPORT_LANG": f'"{options.lang}"',
        "FORMATS": f'"{options.formats}"', "RENDERER": options.renderer, "DATA": options.data and "...",
    }  # fmt: skip
    given |= {name.upper(): getattr(options, name) for name in ("draft", "blind", "manuscript")}
    return " ".join([f"make {options.command}", *(f"{name}={value}" for name, value in given.items() if value)])


def report(options) -> int:
    run = _run(options)
    return _write(options, run, [(REPORT, _wave(options, run))])


def reports(options) -> int:
    run = _run(options)
    return _write(options, run, [(REPORT, w) for w in run.waves if w in pipeline.known_waves()])


def article(options) -> int:
    run = _run(options)
    wave = _wave(options, run)
    if options.article not in [*(known := pipeline.articles(wave)), pipeline.APPENDIX]:
        raise LegepaneletError(
            "ARTICLE_UNKNOWN",
            f"ARTICLE={options.article} has no plan for {wave} in reports/",
            f"ARTICLE may be {', '.join(known) or 'none: write reports/<article>.plan.yml first'}, or {pipeline.APPENDIX}.",
        )
    return _write(options, run, [(options.article, wave)])


def articles(options) -> int:
    run = _run(options)
    wave = _wave(options, run)
    if not (known := pipeline.articles(wave)):
        raise LegepaneletError(
            "ARTICLE_UNKNOWN", f"no article has a plan for {wave}", "Write reports/<article>.plan.yml."
        )
    return _write(options, run, [(name, wave) for name in known])


def check(options) -> int:
    run = _run(options)
    wave = _wave(options, run)
    from analysis.codebook import load
    from analysis.codebook.population import of_wave
    from analysis.intake import wave as intake
    from analysis.panel import build as panel

    answers, sample, population = run.source.files[wave]
    book = load(settings().codebook)
    coded = intake.read(book, wave, answers, sample)
    for problem in coded.problems.to_dict("records"):
        print(intake.describe(problem))
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


def export(options) -> int:
    run = _run(options)
    wave = _wave(options, run)
    pipeline.build(lambda: pipeline.results_tasks(run, [wave]))
    from analysis.codebook import load
    from analysis.estimation import export as exporting
    from analysis.panel import build as building

    panels = {w: building.load(pipeline.derived(w)) for w in run.waves if w <= wave}
    for path in exporting.write(
        load(settings().codebook), wave, panels, pipeline.plans_of(wave), pipeline.derived(wave)
    ):
        print(path.relative_to(ROOT))
    return 0


def publish(options) -> int:
    """Builds every document of the wave in both languages and all formats, and publishes them."""
    from analysis.verification import manifest, publishing

    commit = publishing.check_tree()
    run = _run(options)
    wave = _wave(options, run)
    articles_ = pipeline.articles(wave)
    known = [REPORT, *articles_, *([pipeline.APPENDIX] if articles_ else [])]
    wanted = options.documents.split() or known
    if unknown := [d for d in wanted if d not in known]:
        raise LegepaneletError("ARTICLE_UNKNOWN", f"DOCUMENTS={' '.join(unknown)}", f"{wave} has {', '.join(known)}.")
    options.lang, options.formats = " ".join(settings().languages), " ".join(FORMATS)
    _write(options, run, [(d, wave) for d in wanted])
    manifest.record(wave, run.source.files, run.source.kind, options.renderer, f"make publish WAVE={wave}")
    folder = publishing.publish(wave, run.source.kind, options.reason, commit, wanted)
    say(
        f"Published in {folder.relative_to(ROOT)}; commit it together with {settings().published.name}/{publishing.LOG}."
    )
    return 0


def _published_wave(options) -> int:
    """The wave asked for, which needs no data here, but must be one of the codebook."""
    known = pipeline.known_waves()
    if not options.wave.isdigit() or int(options.wave) not in known:
        code = "WAVE_UNKNOWN" if options.wave else "WAVE_MISSING"
        raise LegepaneletError(code, f"WAVE={options.wave}", f"WAVE may be {', '.join(map(str, known))}.")
    return int(options.wave)


def verify(options) -> int:
    """Verifies what is published of the wave: with the real raw files if they are here, else with the synthetic panel, else the files alone."""
    from datetime import date

    from analysis.verification import page, publishing
    from analysis.verification import verify as verification

    if options.level not in ("", "A", "B", "C"):
        raise LegepaneletError("LEVEL_UNKNOWN", f"LEVEL={options.level} is not known", "LEVEL may be A, B or C.")
    wave = _published_wave(options)
    raw = Path(options.data).expanduser().resolve() if options.data else settings().raw
    real = (options.data or any(p.is_dir() for p in raw.glob("*"))) and pipeline.find(raw).kind == "real"
    kinds = [k for k in ("real", "synthetic") if publishing.folder_of(wave, k).is_dir()] or [
        "real" if real else "synthetic"
    ]
    good = True
    for kind in kinds:
        verdict = verification.verify(wave, kind, raw if real and kind == "real" else None, options.level)
        folder, when = settings().output / str(wave), date.today().isoformat()
        page.write(verdict, folder / f"verification{'' if kind == kinds[0] else '-' + kind}.html", when)
        if verdict.level != "A":
            told = verification.attestation(verdict, publishing.folder_of(wave, kind), when)
            (folder / "attestation.json").write_text(told, encoding="utf-8")
        print("\n".join(page.say(verdict)))
        good = good and verdict.good
    return 0 if good else 1


def crosscheck(options) -> int:
    """The wave's levels, differences, changes and models, computed again in R."""
    from analysis.verification import crosscheck as second

    second.check_r()
    run = _run(options)
    wave = _wave(options, run)
    export(options)
    say("computing again in R")
    found = second.crosscheck(pipeline.derived(wave))
    for row in found.differences.to_dict("records"):
        print(f"{row['id']} {row['field']}: {row['here']:.12g} here, {row['r']:.12g} in R")
    rest = ", ".join(f"{n} {name}" for name, n in found.not_covered.items())
    print(f"R computed {found.covered} results too; {len(found.differences)} figures differ. Not covered: {rest}.")
    return 0 if found.covered and found.differences.empty else 1


def impact(options) -> int:
    """The erratum candidates, and the continuity ledger of earlier published figures."""
    from analysis.verification import continuity as ledger
    from analysis.verification import impact as changes

    run = _run(options)
    waves = [w for w in run.waves if w in pipeline.known_waves()]
    pipeline.build(lambda: pipeline.results_tasks(run, [max(waves)]))
    differences, compared, inputs = changes.impact(run.source.kind)
    print("\n".join(inputs))
    for d in sorted(differences, key=lambda d: d.where):
        print(f"{d.grade}: {d.where}: {d.row} {d.field}: published {d.published}, today {d.found or '-'}")
    figures = ledger.continuity(run.source.kind)
    path = settings().output / "continuity.csv"
    figures.to_csv(path, index=False, lineterminator="\n")
    told = ", ".join(f"{n} {name}" for name, n in figures["agreement"].value_counts().items())
    print(f"{len(figures)} figures published earlier, rerun today: {told}. See {path.relative_to(ROOT)}.")
    print(f"{len(differences)} of {compared} published numbers would be displayed otherwise today.")
    return 1 if differences else 0


def bundle(options) -> int:
    """Everything of a publication in one zip, checked to hold no microdata."""
    import tempfile

    from analysis.verification import bundle as bundling
    from analysis.verification import publishing

    wave = _published_wave(options)
    kind = "real" if publishing.folder_of(wave, "real").is_dir() else "synthetic"
    with tempfile.TemporaryDirectory() as folder:
        # Made anew: what happens to lie in data/synthetic is not handed over.
        pipeline.build(lambda: [pipeline.synthetic_task(Path(folder))])
        print(bundling.bundle(wave, kind, Path(folder)).relative_to(ROOT))
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
