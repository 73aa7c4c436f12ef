"""What is out of a wave: the queries, and which data they were answered from. Nothing about persons, nor any figure.

It lies twice, beside the confidential data and with what is published; what one of them has lost the other still knows.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from analysis.errors import LegepaneletError

COLUMNS = ["date", "query", "data"]  # data: the fingerprint of the raw files
PUBLICATION = "publication"  # what a release was, if it was no table on demand
BEFORE = ["release", "date", "what", "id"]  # how a memory of figures begins, as they were kept once


def read(*paths: Path) -> pd.DataFrame:
    """The memory of a wave: COLUMNS, a row a release, of all copies together. Empty if nothing is out. Raises FILE_UNREADABLE."""
    found = [_read(path) for path in paths if path.is_file()]
    return pd.concat(found, ignore_index=True).drop_duplicates(ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def _read(path: Path) -> pd.DataFrame:
    try:
        memory = pd.read_csv(path, dtype=str, keep_default_na=False)
        if list(memory)[: len(BEFORE)] == BEFORE:  # of which data they were is not known
            memory = memory.rename(columns={"what": "query"}).assign(data="")
        return memory[COLUMNS].drop_duplicates(ignore_index=True)
    except (OSError, ValueError, KeyError) as error:
        raise LegepaneletError(
            "FILE_UNREADABLE", f"{path.parent.name}/{path.name}: {error}",
            f"A memory of releases has the columns {', '.join(COLUMNS)}. Take the file back from version control, or from its copy beside the data.",
        ) from None  # fmt: skip


def remember(path: Path, query: str, data: str, date: str) -> None:
    """Adds a release; one that is known leaves the memory as it is."""
    memory = read(path)
    if ((memory["query"] == query) & (memory["data"] == data)).any():
        return
    part = path.with_suffix(".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.concat([memory, pd.DataFrame([[date, query, data]], columns=COLUMNS)]).to_csv(part, index=False, encoding="utf-8", lineterminator="\n")
    part.replace(path)


@contextmanager
def remembered(releases: dict[Path, str], data: dict[Path, str], date: str, files: Sequence[Path]):
    """Remembers releases (memory -> query) before `files` of them exist; within, they are written.

    A journal beside each memory holds what it was. Where the work fails, or is killed and `settle` is called later, memory and files are
    taken for one: the release is forgotten if no file of it came out, and stays remembered if any did.
    """
    was = {str(path): _digest(path) for path in files}
    for path, query in releases.items():
        settle(path)
        old = path.read_text(encoding="utf-8") if path.is_file() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        part = _journal(path).with_suffix(".part")
        part.write_text(json.dumps({"memory": old, "files": was}), encoding="utf-8")
        part.replace(_journal(path))
        try:
            remember(path, query, data[path], date)
        except BaseException:
            for one in releases:
                settle(one)
            raise
    try:
        yield
    except BaseException:
        for path in releases:
            settle(path)
        raise
    for path in releases:
        _journal(path).unlink()


def settle(path: Path) -> None:
    """Ends a release that was interrupted: the memory is as before if no file of the release came out."""
    journal = _journal(path)
    if not journal.is_file():
        return
    noted = json.loads(journal.read_text(encoding="utf-8"))
    if all(_digest(Path(file)) == was for file, was in noted["files"].items()):
        if noted["memory"] is None:
            path.unlink(missing_ok=True)
        else:
            part = path.with_suffix(".part")
            part.write_text(noted["memory"], encoding="utf-8")
            part.replace(path)
    journal.unlink()


def _journal(path: Path) -> Path:
    return path.with_suffix(".journal")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
