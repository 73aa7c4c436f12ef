"""`make forget`: all that is held of one member is listed, removed and logged without the number. What is published stands.

The number is asked for: a variable would stay in the shell's history and in the list of processes.
"""

import getpass
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis import pipeline
from analysis.errors import LegepaneletError
from analysis.options import say
from analysis.settings import ROOT, TEMPORARY, settings

TABLES = (".csv", ".xlsx", ".sav")
LONG = 4  # letters of a number that is not met by chance
KEPT = ("kind.txt", "run.lock", "locks")  # of data/derived: nothing of a member is in them
NOT_REACHED = """Not reached from here: backups, earlier versions that a synchronised folder keeps, copies that somebody took, the waste bin.
docs/personvern.md tells what to do about them, and about the next wave's sample."""


@dataclass(frozen=True)
class Held:
    """What is held of a member in a folder of raw data: file -> rows, and files that are not read and name the number."""

    rows: dict[Path, list[int]]
    others: list[Path]


def forget(options) -> int:
    """Asks for the number, lists, asks again, removes. Raises FORGET_NO_DATA, FORGET_NOTHING, FORGET_STOPPED, FORGET_CHANGED."""
    folder = _folder(options)
    kind = pipeline.find(folder).kind
    number = _ask("The member's number (not shown as you type): ")
    found = held(folder, number)
    if not number or not (found.rows or found.others):
        told = f"no file of {_place(folder)} holds this number" if number else "no number was given"
        raise LegepaneletError("FORGET_NOTHING", told, "Expected a number as it stands in sample.csv, letter by letter. Nothing was removed.")
    for path, rows in found.rows.items():
        say(f"  {path.relative_to(folder).as_posix()}: row {', '.join(map(str, rows))}")
    say("  data/derived: coded answers, weights and estimates of all waves, which the next run makes anew")
    for path in found.others:
        say(f"  {path.relative_to(folder).as_posix()}: names the number, and no column of it is the member's")
    if _ask("Type the number again to remove all this; anything else leaves it as it is: ") != number:
        raise LegepaneletError("FORGET_STOPPED", "the number was not the same", "Nothing was removed.")
    remove(folder, found, number)
    return _report(found, folder, kind)


def _folder(options) -> Path:
    folder = Path(options.data).expanduser().resolve() if options.data else settings().raw
    if not any(p.is_dir() for p in folder.glob("*")):
        hint = "Put the raw files there, or name their folder: DATA=... The synthetic panel is nobody's, and is made anew."
        raise LegepaneletError("FORGET_NO_DATA", f"{_place(folder)} holds no raw files", hint)
    return folder


def _ask(question: str) -> str:
    """A line of the terminal, which does not show it; or of what is piped in."""
    if sys.stdin.isatty():
        return getpass.getpass(question).strip()
    say(question)
    return sys.stdin.readline().strip()


def held(folder: Path, number: str) -> Held:
    """Every row of the member in the folder. Raises what the readers raise: a file that cannot be read is not known to be without it."""
    from analysis.intake import without

    member = _member(number)
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_relative_to(folder / "releases")] if number else []
    tables = [p for p in files if p.suffix.lower() in TABLES and p.stat().st_size]
    rows = {path: found for path in tables if (found := without.rows_of(path, member))}
    # A short number stands in any table, as an answer: where a table is read, only a long one tells of the member.
    searched = [p for p in files if p not in rows and (p not in tables or len(number) >= LONG)]
    return Held(rows, [p for p in searched if without.names_in(p, number)])


def _member(number: str):
    from analysis.codebook import load
    from analysis.intake import columns
    from analysis.intake.export import clean
    from analysis.intake.without import Member

    waves = load(settings().codebook).waves.values()
    named = {clean(column).casefold() for wave in waves for column, meant in wave.columns.items() if meant == "doctor"}
    return Member(number, frozenset(named | set(columns.DOCTOR)))


def remove(folder: Path, found: Held, number: str) -> None:
    """All files are written anew and read back before the first is replaced; what was made of them goes before that.

    A run that is killed can be repeated.
    """
    from analysis.intake import without
    from analysis.verification import withdrawals
    from analysis.verification.manifest import digest

    member, parts = _member(number), {path: path.with_name(f".{path.stem}.part{path.suffix}") for path in found.rows}
    try:
        for path, part in parts.items():
            without.write(path, member, part)
        changes = {path.relative_to(folder).as_posix(): (digest(path), digest(part)) for path, part in parts.items()}
        if changes:
            withdrawals.add(withdrawals.path(), date.today().isoformat(), changes)
        _clear()
        for path, part in parts.items():
            part.replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _clear() -> None:
    """Everything that was made of the raw files and could hold an answer: data/derived, and what a verification that was killed left behind."""
    for path in settings().derived.glob("*"):
        if path.name not in KEPT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for left in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        shutil.rmtree(left, ignore_errors=True)


def _report(found: Held, folder: Path, kind: str) -> int:
    from analysis.verification import publishing, withdrawals

    names = [path.relative_to(folder).as_posix() for path in found.rows]
    if names:
        told = f"A member was forgotten: a row less in {', '.join(names)}; what was made of them is gone. What is published stands."
        publishing.log(", ".join(sorted({name.split("/")[0] for name in names})), kind, told)
        places = " and ".join(str(path.relative_to(ROOT)) for path in (withdrawals.path(), settings().published / publishing.LOG))
        say(f"Removed from {len(names)} files, each read back, and from all that was made of them. Logged without the number: commit {places}.")
    say(NOT_REACHED)
    if found.others:
        left = ", ".join(p.relative_to(folder).as_posix() for p in found.others)
        hint = "Look at it, and take the member out yourself or delete the file."
        raise LegepaneletError("FORGET_BY_HAND", f"{left}: this still names the number", hint)
    return 0


def _place(folder: Path) -> str:
    return str(folder.relative_to(ROOT)) if folder.is_relative_to(ROOT) else str(folder)
