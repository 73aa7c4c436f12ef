"""`make verify`: whether a publication is what the data give, at the level that can be reached here, number by number.

Level A needs no data: every number of the rendered files against ledger and results, and inner consistency. Level B runs the published
program on the synthetic panel, level C on the real raw files: both rebuild in a clean folder and compare row by row, number by number.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.codebook import load
from analysis.codebook.indicators import of_wave
from analysis.errors import LegepaneletError
from analysis.settings import ROOT, TEMPORARY, settings
from analysis.verification import consistency, grading, manifest, matching, publishing, reading, withdrawals
from analysis.verification.grading import Difference
from analysis.verification.manifest import FULL, LEDGER, NAME, RESULTS

SUFFIX = {"jats": "xml"}
TREE = (
    "analysis",
    "reports",
    "data/codebook",
    "data/population",
    "data/raw/README.md",
    "_quarto.yml",
    "pyproject.toml",
    "requirements.lock",
)
LEVELS = {"A": "no data: files against ledger and results", "B": "synthetic data: rebuilt", "C": "the data: rebuilt"}


@dataclass
class Verdict:
    """What was compared at which level, every difference, the inputs that differ, and files that differ in no number but in bytes."""

    wave: int
    kind: str
    level: str = "A"
    compared: Counter = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    other_bytes: list[str] = field(default_factory=list)
    since: withdrawals.Since = field(default_factory=withdrawals.Since)  # who withdrew since, and
    moved: list[Difference] = field(default_factory=list)  # the differences that this can have made
    exact: bool | None = None  # whether the rebuilt results are the same to the last digit; None if nothing was rebuilt

    @property
    def good(self) -> bool:
        """All that was compared is the same, and something was."""
        return not self.differences and not self.inputs and self.compared["numbers in files"] > 0


def level_a(folder: Path, wave: int, kind: str) -> Verdict:
    """Rendered files against ledger and results, and these against themselves; `folder` is the publication."""
    about, verdict = manifest.read(folder), Verdict(wave, kind)
    if about["data"] != kind or about["wave"] != wave:
        verdict.differences.append(
            Difference(NAME, "", "data", f"{wave}, {kind}", f"{about['wave']}, {about['data']}", "major")
        )
    verdict.inputs += _changed_files(folder, about)
    ledgers, results = publishing.read_ledgers(folder / LEDGER), _published_results(folder)
    rows = _rows(results, publishing.shown_in(publishing.entries_of(ledgers)))
    for part in ledgers:
        for entry in part["numbers"]:
            entry = entry | {"lang": part["lang"], "document": part["document"]}
            grade = grading.of_results(entry, [rows[i] for i in entry["rows"] if i in rows])
            verdict.compared["numbers of the ledger against results"] += 1
            if grade not in grading.FINE:
                told = " + ".join(f"{rows[i][entry['field']]:g}" if i in rows else "no row" for i in entry["rows"])
                verdict.differences.append(grading.difference(entry, told, grade))
        for path in sorted(folder.glob(f"{part['document']}.{part['lang']}.*")):
            if path.suffix in publishing.SUFFIXES:
                _file(path, part, rows, verdict)
    verdict.differences += consistency.faults(results, publishing.entries_of(ledgers))
    verdict.compared["results rows against themselves"] += len(results)
    return verdict


def _rows(results: pd.DataFrame, ids: set[str]) -> dict[str, dict]:
    """Id -> row of those of `ids` that are there."""
    return {row["id"]: row for row in results[results["id"].isin(ids)].to_dict("records")}


def _published_results(folder: Path) -> pd.DataFrame:
    return pd.concat(
        [publishing.read_results(folder / name) for name in (RESULTS, publishing.EARLIER)], ignore_index=True
    )


def _changed_files(folder: Path, about: dict) -> list[str]:
    """Files that are not as the publication's manifest has them, that it does not have, or that are gone."""
    now = manifest.digests((p for p in folder.rglob("*") if p.name != NAME), folder)
    listed = about.get("published", {})
    return [f"file: {name} is {'gone' if name not in now else 'not in the manifest' if name not in listed else 'not the one published'}"
            for name in sorted(now.keys() | listed.keys()) if now.get(name) != listed.get(name)]  # fmt: skip


def _file(path: Path, part: dict, rows: dict, verdict: Verdict) -> None:
    """The numbers and pictures of one file against its document's ledger."""
    about = {"document": part["document"], "lang": part["lang"]}
    page_only = path.suffix != ".html"
    entries = [
        entry | about
        for entry in part["numbers"]
        if entry["id"] and not (page_only and entry["where"] == "figure data")
    ]
    file = reading.read(path)
    found = file.numbers if file.marked else matching.find(entries, file.text)
    for entry in entries:
        shown = found.get(entry["id"])
        grade = grading.of_display(entry["shown"], shown, entry, rows.get(entry["rows"][0], {}))
        if file.rows and shown is not None and file.rows[entry["id"]] != "+".join(entry["rows"]):
            grade = "major"
            shown = f"{shown} ({file.rows[entry['id']]})"
        verdict.compared["numbers in files"] += 1
        if grade not in grading.FINE:
            verdict.differences.append(grading.difference(entry, shown or "", grade, path.suffix))
    known = {entry["id"] for entry in entries}
    for identifier, shown in found.items():
        if identifier not in known:
            verdict.differences.append(
                Difference(path.name, file.rows.get(identifier, identifier), "", "", shown, "new")
            )
    _pictures(path, part, file, verdict)


def _pictures(path: Path, part: dict, file: reading.Shown, verdict: Verdict) -> None:
    """Pictures by their hash, alternative texts by their numbers, in the order of the document."""
    if not file.marked:
        return
    told: dict[str, list[str]] = {}
    for entry in part["numbers"]:
        if entry["where"] == "alt":
            told.setdefault(entry["float"], []).append(entry["shown"])
    suffix = "svg" if path.suffix == ".html" else "png"
    expected = {hashes[suffix]: name for name, hashes in part["pictures"].items() if suffix in hashes}
    if len(file.pictures) != len(expected):
        verdict.differences.append(
            Difference(path.name, "", "pictures", str(len(expected)), str(len(file.pictures)), "missing")
        )
    for alts, digest in file.pictures:
        name = expected.get(digest)
        verdict.compared["pictures"] += 1
        if name is None:
            where = f"{path.name}, a picture"
            verdict.differences.append(Difference(where, alts[0][:60], "picture", "as published", "another", "major"))
        for shown in (_untold(alt, told[name]) for alt in alts if name in told):
            if shown is not None:
                verdict.differences.append(Difference(f"{path.name}, alternative text", name, "", shown, "", "missing"))
        verdict.compared["numbers in files"] += len(told.get(name, []))


def _untold(alt: str, numbers: list[str]) -> str | None:
    """The first of the numbers that an alternative text does not tell, in their order; None if it tells all."""
    text, position = " ".join(alt.split()), 0
    for shown in numbers:
        number = re.escape(" ".join(shown.split()))
        hit = re.compile(rf"(?<![\d,.]){number}(?!\d|[,.]\d)").search(text, position)
        if hit is None:
            return shown
        position = hit.end()
    return None


def rebuild(folder: Path, wave: int, data: Path | None, work: Path) -> Path:
    """Builds the documents of a publication anew in `work`, from the raw files in `data` (None: the synthetic panel, made there too).

    Nothing made before is used. Gives the new output folder. Raises REBUILD_FAILED.
    """
    project = work / "project"
    for name in TREE:
        source, target = ROOT / name, project / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "figures"))
        elif source.is_file():
            shutil.copy(source, target)
    raw = data
    if raw is None:
        raw = work / "raw"
        _run(project, "data", "--data", str(raw))
    for document, (langs, formats) in _documents(folder).items():
        command = ["report"] if document == "wave-report" else ["article", "--article", document]
        _run(
            project,
            *command,
            "--wave",
            str(wave),
            "--lang",
            " ".join(langs),
            "--formats",
            " ".join(formats),
            "--data",
            str(raw),
        )
    return project / settings().output.relative_to(ROOT) / str(wave)


def _documents(folder: Path) -> dict[str, tuple[list[str], list[str]]]:
    """Document -> its languages and formats, of a publication."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for part in publishing.read_ledgers(folder / LEDGER):
        stem = f"{part['document']}.{part['lang']}"
        langs, formats = found.setdefault(part["document"], ([], []))
        langs.append(part["lang"])
        there = [f for f in ("html", "pdf", "docx", "jats") if (folder / f"{stem}.{SUFFIX.get(f, f)}").is_file()]
        formats += [f for f in there if f not in formats]
    return found


def _run(project: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "analysis", *arguments], cwd=project, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise LegepaneletError("REBUILD_FAILED", f"`{arguments[0]}` did not succeed: {done.stderr.strip()[-600:]}")


def compare(folder: Path, made: Path, verdict: Verdict, known: pd.DataFrame, sensitive: frozenset[str]) -> None:
    """A rebuilt output folder against the publication: results row by row, ledger number by number, files byte by byte, inputs.

    `known` are the withdrawals, `sensitive` the indicators whose counts are rounded: if nothing else changed, what moved with a withdrawal is
    counted apart.
    """
    about, now = manifest.read(folder), manifest.read(made)
    verdict.since = withdrawals.since(known, about["raw"], now["raw"])
    verdict.inputs += [line for line in _changed_inputs(about, now) if line not in {f"raw: {name} differs" for name in verdict.since.files}]
    verdict.exact = now["outputs"][FULL] == about["outputs"][FULL]  # the private file, of which only the hash is published
    ledgers, new = publishing.read_ledgers(folder / LEDGER), publishing.read_ledgers(made / LEDGER)
    entries = publishing.entries_of(ledgers)
    old_rows = _published_results(folder)
    new_rows = pd.concat(publishing.let_out(made.parent, verdict.wave, entries).values(), ignore_index=True)
    found, compared = grading.of_rows(old_rows, new_rows)
    verdict.compared["figures of the results"] += compared
    rows = _rows(old_rows, publishing.shown_in(entries) | {difference.row for difference in found})
    wanted = {(part["document"], part["lang"]) for part in ledgers}
    again = [e for e in publishing.entries_of(new) if (e["document"], e["lang"]) in wanted]
    differences, compared = grading.of_ledgers(entries, again, rows)
    found += differences
    verdict.compared["numbers of the ledger rebuilt"] += compared
    drawn = {(part["document"], part["lang"]): part["pictures"] for part in new}
    for part in ledgers:
        for name, hashes in part["pictures"].items():
            verdict.compared["pictures rebuilt"] += 1
            if drawn.get((part["document"], part["lang"]), {}).get(name) != hashes:
                where = f"{part['document']}.{part['lang']}, a picture"
                found.append(Difference(where, name, "picture", "as published", "another", "major"))
    if verdict.since.persons and not verdict.inputs and verdict.since.first <= verdict.wave:  # a later wave moves nothing of this one
        verdict.moved = withdrawals.explained(verdict.since, found, rows, sensitive)
    moved = set(verdict.moved)
    verdict.differences += [d for d in found if d not in moved]
    for name, digest in about["published"].items():
        if name not in (LEDGER, RESULTS, publishing.EARLIER):
            same = (made / name).is_file() and manifest.digest(made / name) == digest
            verdict.compared["files with the same bytes"] += same
            verdict.other_bytes += [] if same else [name]


def _changed_inputs(old: dict, new: dict) -> list[str]:
    """What went in, then and now: data, codebook, population figures, plans, texts, code, packages."""
    found = []
    for part in manifest.INPUTS:
        names = sorted(
            name for name in old[part].keys() | new[part].keys() if old[part].get(name) != new[part].get(name)
        )
        found += [
            f"{part}: {name} {'is new' if name not in old[part] else 'is gone' if name not in new[part] else 'differs'}"
            for name in names
        ]
    before, after = old["environment"], new["environment"]
    for name in sorted(before["packages"].keys() & after["packages"].keys()):
        if before["packages"][name] != after["packages"][name]:
            found.append(f"package: {name} {before['packages'][name]}, here {after['packages'][name]}")
    if old["lock"] != new["lock"]:
        found.append("lock: requirements.lock differs")
    if before["seed"] != after["seed"]:
        found.append(f"seed: {before['seed']}, here {after['seed']}")
    return found


def verify(wave: int, kind: str, data: Path | None, level: str) -> Verdict:
    """The verdict on a wave's publication. `data` is the folder of the real raw files, if they are here; `level` the highest to try.

    Raises VERIFY_NOTHING if nothing of the wave is published, or the errors of what cannot be read.
    """
    folder = publishing.folder_of(wave, kind)
    if not folder.is_dir():
        told = f"nothing of {wave} is published in {folder.relative_to(ROOT)}"
        raise LegepaneletError("VERIFY_NOTHING", told, f"Run `make publish WAVE={wave}` first.")
    verdict = level_a(folder, wave, kind)
    if level == "A" or (kind == "real" and data is None):
        return verdict
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as work:
        made = rebuild(folder, wave, data if kind == "real" else None, Path(work))
        known = withdrawals.read(withdrawals.path()) if kind == "real" else withdrawals.NONE
        compare(folder, made, verdict, known, _sensitive())
    verdict.level = "C" if kind == "real" else "B"
    return verdict


def _sensitive() -> frozenset[str]:
    """Every indicator and question of the codebook whose counts are published rounded."""
    book = load(settings().codebook)
    found = [i for wave in book.waves for i in of_wave(book, wave) if i.sensitive]
    return frozenset({i.id for i in found} | {i.question for i in found if i.question})


def attestation(verdict: Verdict, folder: Path, when: str) -> str:
    """What can be handed to a reviewer who has no data: hashes, verdict and date, as JSON."""
    about = manifest.read(folder)
    return json.dumps({
        "wave": verdict.wave, "data": verdict.kind, "level": verdict.level, "level_means": LEVELS[verdict.level], "date": when,
        "verdict": "same" if verdict.good else "differs", "compared": dict(verdict.compared),
        "differences": dict(Counter(d.grade for d in verdict.differences)), "inputs_that_differ": verdict.inputs,
        "withdrawals": verdict.since.persons, "moved_by_withdrawals": dict(Counter(d.grade for d in verdict.moved)),
        "manifest": manifest.digest(folder / NAME), "results": about["published"][RESULTS], "ledger": about["published"][LEDGER],
        "full_results": about["outputs"][FULL], "raw": about["raw"], "commit": about["commit"],
    }, ensure_ascii=False, indent=1) + "\n"  # fmt: skip
