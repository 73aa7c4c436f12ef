"""The commands that let something out, and those that look at what is out: publish, table, verify, crosscheck, impact, bundle."""

from datetime import date
from pathlib import Path

from analysis import pipeline
from analysis.errors import LegepaneletError
from analysis.options import FORMATS, REPORT, published_wave, run_of, say, wave_of
from analysis.settings import ROOT, settings
from analysis.writing import built, write


def publish(options) -> int:
    """Builds every document of the wave in both languages and all formats, and publishes them."""
    from analysis.disclosure import releases
    from analysis.verification import manifest, publishing

    commit = publishing.check_tree()
    run = run_of(options)
    wave, kind = wave_of(options, run), run.source.kind
    articles = pipeline.articles(wave)
    known = [REPORT, *articles, *([pipeline.APPENDIX] if articles else [])]
    wanted = options.documents.split() or known
    if unknown := [d for d in wanted if d not in known]:
        raise LegepaneletError("ARTICLE_UNKNOWN", f"DOCUMENTS={' '.join(unknown)}", f"{wave} has {', '.join(known)}.")
    options.lang, options.formats = " ".join(settings().languages), " ".join(FORMATS)
    write(options, run, [(d, wave) for d in wanted])
    manifest.record(wave, run.source.files, kind, options.renderer, f"make publish WAVE={wave}")
    out = {w: releases.figures(rows) for w, rows in publishing.released(wave, wanted).items()}
    told = {w: differences(new, w, kind, options) for w, new in out.items()}
    memories = {publishing.memory_of(w, kind): new for w, new in out.items()}
    signs = [publishing.folder_of(wave, kind) / manifest.NAME]
    with releases.remembered(memories, releases.PUBLICATION, date.today().isoformat(), signs):
        folder = publishing.publish(wave, kind, options.reason, commit, wanted)
    for w in out:
        if told[w]:
            publishing.log(w, kind, told[w])
    places = [folder, settings().published / publishing.LOG, publishing.memory_of(wave, kind).parent]
    say("Published in {}; commit it together with {} and {}.".format(*(place.relative_to(ROOT) for place in places)))
    return 0


def differences(new, wave: int, kind: str, options) -> str:
    """What figures of a wave tell with those that are out: listed beside the memory, refused if nobody answers for it; a line for the log."""
    import pandas as pd

    from analysis.codebook import load
    from analysis.codebook.indicators import of_wave
    from analysis.disclosure import differencing, releases
    from analysis.verification import publishing

    releases.settle(publishing.memory_of(wave, kind))
    publishing.check_memory(wave, kind)
    path, book = publishing.memory_of(wave, kind), load(settings().codebook)
    memory, sensitive = releases.read(path), {i.id for i in of_wave(book, wave) if i.sensitive}
    few = differencing.differences(new, memory, sensitive)
    away = _given_away(book, wave, memory)
    releases.approve(
        few, [row for row, indicator in away.items() if indicator in sensitive], options.approver, options.reason
    )
    if few.empty and away.empty:
        return ""
    listed = path.with_name(f"{wave}-differences.csv")
    listed.parent.mkdir(parents=True, exist_ok=True)
    more = pd.DataFrame({"id": away.index, "earlier": "all releases together"})
    releases.write(pd.concat([few, more], ignore_index=True), listed)
    told = f"{len(few)} figures differ from earlier releases by fewer than {releases.SMALLEST_SENSITIVE_COUNT} persons"
    told += f", {len(away)} hidden ones can be computed with them" if len(away) else ""
    told += f": {listed.name}."
    say(told)
    secret = int(few["sensitive"].sum()) + int(away.isin(sensitive).sum())
    return (
        f"{told} {secret} of them are of sensitive items: approved by {options.approver}, {options.reason}."
        if secret
        else told
    )


def _given_away(book, wave: int, memory):
    """The indicators of the hidden figures of a wave, by id, that its results and all its earlier releases together give away."""
    import pandas as pd

    from analysis.codebook.indicators import of_wave
    from analysis.disclosure import audit, differencing, rules

    published, complete = (
        rules.read_csv(pipeline.results_file(wave)),
        pd.read_parquet(pipeline.derived(wave) / "estimates.parquet"),
    )
    together = differencing.put_back(published, memory, {i.id: i.question or i.id for i in of_wave(book, wave)})
    if together["status"].equals(published["status"]):  # the auditor has seen all there is
        return pd.Series(dtype=object)
    attacked = audit.audit(book, wave, together, complete)
    found = attacked.loc[attacked["verdict"] == "RECOVERABLE", "id"]
    return complete.set_index("id")["indicator"].loc[found]


def verify(options) -> int:
    """Verifies what is published of the wave: with the real raw files if they are here, else with the synthetic panel, else the files alone."""
    from datetime import date

    from analysis.verification import page, publishing
    from analysis.verification import verify as verification

    if options.level not in ("", "A", "B", "C"):
        raise LegepaneletError("LEVEL_UNKNOWN", f"LEVEL={options.level} is not known", "LEVEL may be A, B or C.")
    wave = published_wave(options)
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
    """Every estimate, comparison, test and model of the wave, computed again in R."""
    from analysis.crosscheck import compare, designs

    compare.check_r()
    book, wave, panels, plans = built(options)
    say("computing again in R: minutes")
    found = compare.crosscheck(pipeline.derived(wave), designs.designs(book, wave, panels, plans), plans)
    for row in found.differences.to_dict("records"):
        print(f"{row['id']} {row['field']}: {row['here']:.12g} here, {row['r']:.12g} in R")
    rest = ", ".join(f"{n} of {name}" for name, n in found.not_covered.items())
    print(f"R computed {found.covered} results too; {len(found.differences)} figures differ. No estimates, and not computed again: {rest}.")
    return 0 if found.covered and found.differences.empty else 1


def impact(options) -> int:
    """The erratum candidates, and the continuity ledger of earlier published figures."""
    from analysis.verification import continuity as ledger
    from analysis.verification import impact as changes

    run = run_of(options)
    waves = [w for w in run.waves if w in pipeline.known_waves()]
    pipeline.build(pipeline.results_tasks(run, [max(waves)]))
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

    wave = published_wave(options)
    kind = "real" if publishing.folder_of(wave, "real").is_dir() else "synthetic"
    with tempfile.TemporaryDirectory() as folder:
        # Made anew: what happens to lie in data/synthetic is not handed over.
        pipeline.build([pipeline.synthetic_task(Path(folder))])
        print(bundling.bundle(wave, kind, Path(folder)).relative_to(ROOT))
    return 0
