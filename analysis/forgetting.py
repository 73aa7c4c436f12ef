"""`make forget`: all that is held of one member is listed, removed and logged without the number. What is published stands.

The number is asked for: a variable would stay in the shell's history and in the list of processes.
"""

import getpass
import os
import re
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis import pipeline
from analysis.errors import LegepaneletError
from analysis.options import say
from analysis.settings import ROOT, TEMPORARY, settings

TABLES = (".csv", ".xlsx", ".sav")
OF_PROGRAMS = ("~$", "._")  # how files begin that Excel and macOS lay beside others
UNREAD = (".zsav", ".xlsm", ".xls", ".dta", ".gz", ".7z", ".rar", ".zip", ".parquet", ".rds", ".sas7bdat", ".por")
PART = re.compile(r"\..+\.part\.(csv|xlsx|sav)")  # what is written before a file is replaced
AT_WORK = 3600  # seconds since it was last written in: a temporary folder that is older was left behind
LONG = 4  # letters of a number that is not met by chance
KEPT = ("kind.txt", "run.lock", "locks")  # of data/derived: nothing of a member is in them
NOT_REACHED = """Not reached from here: backups, earlier versions that a synchronised folder keeps, copies that somebody took, the waste bin.
docs/personvern.md tells what to do about them, and about the next wave's sample."""


@dataclass(frozen=True)
class Held:
    """What is held of a member in a folder of raw data: file -> rows; and files that are no table of the panel and name the number."""

    rows: dict[Path, list[int]]
    others: list[Path]
    unread: list[Path]  # packed or of a program's own kind: whether they name it is not known


def forget(options) -> int:
    """Asks for the number, lists, asks again, removes. Raises FORGET_NO_DATA, FORGET_NOTHING, FORGET_STOPPED, FORGET_CHANGED."""
    folder = _folder(options)
    kind = pipeline.find(folder).kind
    number = _ask("The member's number (not shown as you type): ")
    found = held(folder, number)
    if not (found.rows or found.others):
        told = f"no file of {_place(folder)} holds this number" if number else "no number was given"
        raise LegepaneletError("FORGET_NOTHING", told, "Expected a number as it stands in sample.csv, letter by letter. Nothing was removed.")
    for path, rows in found.rows.items():
        say(f"  {_name(path, folder)}: row {', '.join(map(str, rows))}")
    say("  data/derived: coded answers, weights and estimates of all waves, which the next run makes anew")
    for path in found.others:
        say(f"  {_name(path, folder)}: names the number where no column is called as the member's number is; to be looked at by hand")
    for path in found.unread:
        say(f"  {_name(path, folder)}: cannot be searched; to be looked at by hand")
    if len(number) < LONG:
        say(f"  A number of under {LONG} letters is looked for in columns of members' numbers only: elsewhere it may be an answer.")
    if _ask("Type the number again to remove all this; anything else leaves it as it is: ") != number:
        raise LegepaneletError("FORGET_STOPPED", "the number was not the same", "Nothing was removed.")
    left = remove(folder, found, number, kind)
    return _report(found, [*found.others, *left, *found.unread], folder)


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
    if not number:
        return Held({}, [], [])
    files = [p for p in _files(folder) if not p.is_relative_to(folder / "releases")]
    tables = [p for p in files if p.suffix.lower() in TABLES and p.stat().st_size and not p.name.startswith(OF_PROGRAMS)]
    rows = {path: found for path in tables if (found := without.rows_of(path, member))}
    # A short number stands in any table, as an answer: where a table is read, only a long one tells of the member.
    searched = [p for p in files if p not in rows and (p not in tables or len(number) >= LONG)]
    named = [p for p in searched if without.names_in(p, number) or (len(number) >= LONG and number in p.stem)]
    return Held(rows, named, [p for p in files if p.suffix.lower() in UNREAD and p not in named])


def _files(folder: Path) -> list[Path]:
    """All files under the folder, by links too, each once and where it really lies; without what a killed run of ours left half-written."""
    found = {Path(here, name).resolve(): Path(here, name) for here, _, names in os.walk(folder, followlinks=True) for name in sorted(names)}
    parts = [p for p in found.values() if PART.fullmatch(p.name)]
    for part in parts:
        part.unlink(missing_ok=True)
    return sorted(p for p in found.values() if p.is_file() and p not in parts)


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _member(number: str):
    from analysis.codebook import load
    from analysis.intake import columns
    from analysis.intake.export import clean
    from analysis.intake.without import Member

    waves = load(settings().codebook).waves.values()
    named = {clean(column).casefold() for wave in waves for column, meant in wave.columns.items() if meant == "doctor"}
    return Member(number, frozenset(named | set(columns.DOCTOR)))


def remove(folder: Path, found: Held, number: str, kind: str) -> list[Path]:
    """All files are written anew and read back before the first is replaced; what was made of them goes before that, and it is logged before that.

    A run that is killed can be repeated. Gives the files that name the number elsewhere too.
    """
    from analysis.intake import without
    from analysis.verification import publishing, withdrawals
    from analysis.verification.manifest import digest

    member, parts = _member(number), {path: _part(path.resolve()) for path in found.rows}
    try:
        for path, part in parts.items():
            part.touch(mode=0o600)
            without.write(path, member, part)
            shutil.copymode(path, part)
        left = [path for path, part in parts.items() if len(number) >= LONG and without.names_in(part, number)]
        changes = {_name(path, folder): (digest(path), digest(part)) for path, part in parts.items()}
        if changes:
            withdrawals.add(withdrawals.path(), date.today().isoformat(), changes)
            waves = ", ".join(sorted({name.split("/")[0] for name in changes if "/" in name})) or "no wave"
            publishing.log(waves, kind, f"A member was forgotten: {', '.join(changes)}; what was made of them is gone. What is published stands.")
        _clear()
        for path, part in parts.items():
            part.replace(path.resolve())
        return left
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return path.with_name(f".{path.stem}.part{path.suffix}")


def _clear() -> None:
    """Everything that was made of the raw files and could hold an answer: data/derived, and what a verification that was killed left behind.

    One that is at work, which writes, keeps its folder.
    """
    for path in settings().derived.glob("*"):
        if path.name not in KEPT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for left in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        if time.time() - left.stat().st_mtime > AT_WORK:
            shutil.rmtree(left, ignore_errors=True)


def _report(found: Held, left: list[Path], folder: Path) -> int:
    from analysis.verification import publishing, withdrawals

    if found.rows:
        places = " and ".join(str(path.relative_to(ROOT)) for path in (withdrawals.path(), settings().published / publishing.LOG))
        names = ", ".join(_name(path, folder) for path in found.rows)
        say(f"Removed from {names}, each read back, and from all that was made of them.\nLogged without the number: commit {places}.")
    say(NOT_REACHED)
    if left:
        told = f"{', '.join(_name(p, folder) for p in left)}: this names the number too, or could not be searched"
        hint = "The rows above are removed. Look at these files, and take the member out yourself or delete them."
        raise LegepaneletError("FORGET_BY_HAND", told, hint)
    return 0


def _place(folder: Path) -> str:
    return str(folder.relative_to(ROOT)) if folder.is_relative_to(ROOT) else str(folder)
