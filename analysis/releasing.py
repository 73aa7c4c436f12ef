"""The commands that let something out, and those that look at what is out: publish, table, verify, crosscheck, impact, bundle."""

from datetime import date
from pathlib import Path

from analysis import pipeline
from analysis.errors import LegepaneletError
from analysis.options import FORMATS, REPORT, published_wave, run_of, say, wave_of
from analysis.settings import ROOT, settings
from analysis.writing import built, write

TIGHTEST = 20  # intervals that `make attack` prints


def publish(options) -> int:
    """Builds every document of the wave in both languages and all formats, and publishes them."""
    from analysis.verification import manifest, memory, publishing

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
    out, paths = publishing.released(wave, wanted), {}
    for w in out:
        settle(w, run)
        paths |= dict.fromkeys(publishing.memories_of(w, kind, run.source.folder), w)
    told = {w: corrected(rows, w, run, options) for w, rows in out.items()}
    data = {path: pipeline.fingerprint(run, w) for path, w in paths.items()}
    signs = [publishing.folder_of(wave, kind) / manifest.NAME]
    with memory.remembered(dict.fromkeys(paths, memory.PUBLICATION), data, date.today().isoformat(), signs):
        folder = publishing.publish(wave, kind, options.reason, commit, wanted)
    for w in out:
        if told[w]:
            publishing.log(w, kind, told[w])
    places = [folder, settings().published / publishing.LOG, publishing.memories_of(wave, kind, run.source.folder)[0].parent]
    say("Published in {}; commit it together with {} and {}.".format(*(place.relative_to(ROOT) for place in places)))
    return 0


def settle(wave: int, run) -> None:
    """Ends releases of a wave that were interrupted. Raises MEMORY_MISSING."""
    from analysis.verification import memory, publishing

    for path in publishing.memories_of(wave, run.source.kind, run.source.folder):
        memory.settle(path)
    publishing.check_memory(wave, run.source.kind, run.source.folder)


def corrected(new, wave: int, run, options) -> str:
    """What of a wave is published otherwise than before: listed beside the memory, refused if nobody answers for it; a line for the log."""
    from analysis.codebook import load
    from analysis.disclosure import releases, rules
    from analysis.verification import publishing
    from analysis.verification.manifest import RESULTS

    before = publishing.folder_of(wave, run.source.kind) / RESULTS
    if not before.is_file():
        return ""
    sensitive = rules.sensitive_rows(load(settings().codebook), wave, new)
    found = releases.corrected(publishing.read_results(before), new, sensitive)
    approve(found, options.approver, options.reason)
    if found.empty:
        return ""
    listed = publishing.memories_of(wave, run.source.kind, run.source.folder)[0].with_name(f"{wave}-differences.csv")
    listed.parent.mkdir(parents=True, exist_ok=True)
    found.to_csv(listed, index=False, lineterminator="\n")
    told = f"{len(found)} figures are others than those published before: {listed.name}."
    say(told)
    secret = int(found["sensitive"].sum())
    return f"{told} {secret} of them are of sensitive items. Approved by {options.approver}: {options.reason}."


def approve(found, approver: str, reason: str) -> None:
    """Raises RELEASE_APPROVAL where figures moved by few persons, or sensitive ones at all, and nobody answers for what can be told of the few."""
    if len(found) and not (approver.strip() and reason.strip()):
        told, secret = found.sort_values("sensitive", ascending=False, kind="stable"), int(found["sensitive"].sum())
        more = [f"... and {len(told) - 5} more"] if len(told) > 5 else []
        head = f"{len(told)} figures are others than those that are out, by fewer than five persons or of sensitive items ({secret}):"
        raise LegepaneletError(
            "RELEASE_APPROVAL",
            "\n".join([head, *told["id"].head(5), *more]),
            'Whoever answers for it gives a name and the reason: APPROVER="..." REASON="..."; both are written into the log.',
        )  # fmt: skip


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


def attack(options) -> int:
    """How closely anybody can tell what is not shown of a sensitive question: the tightest intervals."""
    import pandas as pd

    run = run_of(options)
    wave = wave_of(options, run)
    pipeline.build(pipeline.results_tasks(run, [wave]))  # which stops where one is not safe
    found = pd.read_parquet(pipeline.attacked_file(wave))
    found = found.assign(width=found["most"] - found["least"]).sort_values("width", kind="stable")
    for row in found.head(TIGHTEST).itertuples():
        print(f"{row.id}: between {row.least:.0f} and {row.most:.0f}")
    print(f"{wave}: {len(found)} counts that are not shown were attacked; none can be told more closely than the rules allow.")
    return 0


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
        pipeline.build(pipeline.synthetic_tasks(Path(folder)))
        print(bundling.bundle(wave, kind, Path(folder)).relative_to(ROOT))
    return 0
