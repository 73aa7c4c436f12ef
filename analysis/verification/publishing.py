"""`make publish`: documents, results, ledger and manifest of a wave into `published/`, and a line of the log.

Published are the results as `_output` has them, which are rounded. Full precision stays with the confidential data; its hash stands in the manifest.
"""

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.errors import LegepaneletError
from analysis.results import COLUMNS, FIGURES
from analysis.settings import ROOT, settings
from analysis.verification import manifest
from analysis.verification.manifest import LEDGER, NAME, RESULTS

LOG = "LOG.md"
REVIEW = "disclosure.html"
EARLIER = "earlier.csv"  # rows of earlier waves that the wave's documents show
SUFFIXES = (".html", ".pdf", ".docx", ".xml")


def folder_of(wave: int, kind: str) -> Path:
    """Where a wave is published; what is made from synthetic data stands apart."""
    return settings().published / str(wave) if kind == "real" else settings().published / "synthetic" / str(wave)


def memories_of(wave: int, kind: str, data: Path) -> tuple[Path, Path]:
    """What of a wave is out: with what is published, and a copy in the folder of the raw data."""
    return folder_of(wave, kind).parent / "releases" / f"{wave}.csv", data / "releases" / f"{wave}.csv"


def check_memory(wave: int, kind: str, data: Path) -> None:
    """Raises MEMORY_MISSING if the wave is published and both copies of its memory are gone: no release could be held against it."""
    paths = memories_of(wave, kind, data)
    if folder_of(wave, kind).is_dir() and not any(path.is_file() for path in paths):
        told = f"{wave} is published, and {paths[0].parent.name}/{paths[0].name} beside it is gone, here and beside the data"
        raise LegepaneletError("MEMORY_MISSING", told,
                               "Take the file back from version control: nothing else knows what is out.")  # fmt: skip


def check_tree() -> str:
    """The commit of the code. Raises PUBLISH_DIRTY if there is none, or if files differ from it: nobody could rebuild what is published."""
    status = subprocess.run(
        ["git", "status", "--porcelain", "--", ".", ":!published"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if status.returncode:
        raise LegepaneletError("PUBLISH_DIRTY", "the project is not a git repository", "Publish from a clone.")
    if status.stdout.strip():
        changed = ", ".join(line[3:] for line in status.stdout.splitlines()[:5])
        raise LegepaneletError(
            "PUBLISH_DIRTY", f"files differ from the last commit: {changed}", "Commit them, or take the changes back."
        )
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    return head.stdout.strip()


def read_results(path: Path) -> pd.DataFrame:
    """A results table, its figures as numbers. Raises FILE_UNREADABLE."""
    try:
        kinds = dict.fromkeys([*COLUMNS, "data"], str) | dict.fromkeys(FIGURES, float) | {"wave": int}
        table = pd.read_csv(path, dtype=kinds, keep_default_na=False, na_values={c: [""] for c in FIGURES})
        if lacking := [name for name in ("id", "wave", *FIGURES) if name not in table]:
            raise ValueError(f"it has no column '{lacking[0]}'")
        return table
    except (OSError, ValueError, KeyError) as error:
        raise LegepaneletError("FILE_UNREADABLE", f"{path.name}: {error}", "Make the file again.") from None


def entries_of(ledgers: list[dict]) -> list[dict]:
    """The entries of all ledgers, each with its document and language."""
    return [
        entry | {"document": part["document"], "lang": part["lang"]} for part in ledgers for entry in part["numbers"]
    ]


def shown_in(entries: list[dict]) -> set[str]:
    """The ids of the results rows that the entries show."""
    return {row for entry in entries for row in entry["rows"]}


def read_ledgers(path: Path) -> list[dict]:
    """The ledgers of a wave's documents. Raises FILE_UNREADABLE."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        entries_of(found)
        return found
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LegepaneletError("FILE_UNREADABLE", f"{path.name}: {error}", "Make the file again.") from None


def let_out(output: Path, wave: int, entries: list[dict]) -> dict[int, pd.DataFrame]:
    """Wave -> what of its results is published with `wave`: all of its own, and of earlier waves what its documents show.

    `output` is the folder that holds the waves' output folders.
    """
    wanted: dict[int, set[str]] = {}
    for row in shown_in(entries):
        wanted.setdefault(int(row.split(".")[0]), set()).add(row)
    tables = {w: read_results(output / str(w) / RESULTS) for w in [wave, *sorted(wanted.keys() - {wave})]}
    return {w: table if w == wave else table[table["id"].isin(wanted[w])] for w, table in tables.items()}


def released(wave: int, documents: list[str]) -> dict[int, pd.DataFrame]:
    """What publishing `documents` of the wave's output folder lets out, as `let_out` gives it."""
    ledgers = [part for part in read_ledgers(settings().output / str(wave) / LEDGER) if part["document"] in documents]
    return let_out(settings().output, wave, entries_of(ledgers))


def write_results(results: pd.DataFrame, path: Path) -> None:
    """A results table as text: a whole number stays one, and an empty figure stays empty."""
    text = results.astype(object)
    for column in FIGURES:
        text[column] = ["" if pd.isna(v) else f"{v:.12g}" for v in results[column]]
    text.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def publish(wave: int, kind: str, reason: str, commit: str, documents: list[str]) -> Path:
    """Publishes `documents` of the wave's output folder, in all languages and formats, with its disclosure review. Gives the folder.

    Raises PUBLISH_DIFFERENT if another publication of the wave exists and no `reason` for replacing it is given.
    """
    source, target = settings().output / str(wave), folder_of(wave, kind)
    stage = target.with_name(f".{target.name}.part")
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    ledgers = [part for part in read_ledgers(source / LEDGER) if part["document"] in documents]
    for part in ledgers:
        stem = f"{part['document']}.{part['lang']}"
        for path in sorted(source.glob(f"{stem}.*")):
            if path.suffix in SUFFIXES:
                shutil.copy(path, stage)
            elif path.is_dir():
                shutil.copytree(path, stage / path.name)
    shutil.copy(source / REVIEW, stage)
    (stage / LEDGER).write_text(manifest.together(ledgers), encoding="utf-8")
    made = pd.concat(let_out(settings().output, wave, entries_of(ledgers)).values(), ignore_index=True)
    write_results(made[made["wave"] == wave], stage / RESULTS)
    write_results(made[made["wave"] != wave], stage / EARLIER)
    about = manifest.read(source) | {"commit": commit}
    about["published"] = manifest.digests((p for p in stage.rglob("*") if p.name != NAME), stage)
    manifest.check(about)
    manifest.write(about, stage)
    done = _differs(target, about)
    if done and not reason:
        shutil.rmtree(stage)
        raise LegepaneletError("PUBLISH_DIFFERENT", f"{target.relative_to(ROOT)} holds another publication of {wave}: {done}",
                               "Give the reason for replacing it: REASON=\"...\"; it is written into the log.")  # fmt: skip
    if target.is_dir() and not done:
        shutil.rmtree(stage)
        return target
    old = target.with_name(f".{target.name}.old")
    if target.is_dir():
        target.rename(old)
    stage.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    names = sorted({part["document"] for part in ledgers})
    first = f"Replaced: {reason}" if reason else "First publication."
    log(wave, kind, f"{first} {', '.join(names)}; {len(about['published'])} files; code {commit[:12]}.")
    return target


def _differs(target: Path, about: dict) -> str:
    """How the publication that stands in `target` differs from the new one; empty if there is none, or it is the same."""
    if not target.is_dir():
        return ""
    old, new = manifest.read(target)["published"], about["published"]
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return (
        f"{len(changed)} files differ, {', '.join(changed[:3])}{' ...' if len(changed) > 3 else ''}" if changed else ""
    )


def log(wave: int | str, kind: str, text: str) -> None:
    """A line of the log of all that was let out, or taken away; `wave` may be several."""
    path = settings().published / LOG
    path.parent.mkdir(parents=True, exist_ok=True)
    old = (
        path.read_text(encoding="utf-8")
        if path.is_file()
        else "# What was published\n\nNewest last. A publication is replaced for a stated reason only.\n"
    )
    part = path.with_suffix(".part")
    part.write_text(f"{old}\n## {date.today().isoformat()} · {wave} · {kind} data\n\n{text}\n", encoding="utf-8")
    part.replace(path)
