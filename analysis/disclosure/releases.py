"""Release memory: what of a wave is out, and who answers for a release that tells on few together with it.

What is remembered are published figures only: the memory can be public itself.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from analysis.disclosure.rules import SMALLEST_SENSITIVE_COUNT
from analysis.errors import LegepaneletError

CELL = ["indicator", "category", "statistic"]
KEY = [*CELL, "by", "level", "by2", "level2", "where"]
COLUMNS = ["release", "date", "what", "id", *KEY, "status", "n", "count"]
PUBLICATION = "publication"  # what a release was, if it was no table on demand


def read(path: Path) -> pd.DataFrame:
    """The memory of a wave: COLUMNS, a row a figure and value released. Empty if nothing is out. Raises FILE_UNREADABLE."""
    if not path.is_file():
        return pd.DataFrame(columns=COLUMNS)
    try:
        memory = pd.read_csv(path, dtype=str, keep_default_na=False)[COLUMNS]
        return memory.assign(n=pd.to_numeric(memory["n"]), count=pd.to_numeric(memory["count"]))
    except (OSError, ValueError, KeyError) as error:
        raise LegepaneletError(
            "FILE_UNREADABLE",
            f"{path.name}: {error}",
            "Take the file back from version control: nothing else knows what is out.",
        ) from None


def figures(results: pd.DataFrame) -> pd.DataFrame:
    """What is remembered of publishable results: their estimates, and of tables on demand the hidden ones too."""
    rows = results[(results["kind"] == "estimate") & (results["model"] == "")]
    rows = rows.assign(where="") if "where" not in rows else rows
    rows = rows[rows["n"].notna() | rows["where"].ne("")]
    rows = rows[["id", *KEY, "status", "n", "count"]]
    category = pd.to_numeric(rows["category"]).astype("Int64").astype("string").fillna("")
    return rows.assign(category=category, n=pd.to_numeric(rows["n"]), count=pd.to_numeric(rows["count"]))


def approve(found: pd.DataFrame, computable: list[str], approver: str, reason: str) -> None:
    """Raises RELEASE_APPROVAL if a release tells on few doctors' answers to a sensitive item, and nobody answers for it.

    `found` as `differences` gives it; `computable`: ids of hidden figures of sensitive items that this release and those before it give away.
    """
    told = found[found["sensitive"]]
    if (told.empty and not computable) or (approver.strip() and reason.strip()):
        return
    lines = []
    if len(told):
        lines += [
            f"{len(told)} figures of sensitive items differ from what is out by fewer than {SMALLEST_SENSITIVE_COUNT} persons:"
        ]
        lines += [
            f"{r.id} counts {r.n:.0f}, {r.earlier} of release {r.release} {r.n_earlier:.0f}"
            for r in told.head(5).itertuples()
        ]
        lines += [f"... and {len(told) - 5} more"] if len(told) > 5 else []
    if computable:
        lines += [
            f"{len(computable)} hidden figures of sensitive items can be computed from this release and those before it:"
        ]
        lines += [*computable[:5], *([f"... and {len(computable) - 5} more"] if len(computable) > 5 else [])]
    raise LegepaneletError(
        "RELEASE_APPROVAL",
        "\n".join(lines),
        'Whoever answers for it gives a name and the reason: APPROVER="..." REASON="..."; both are written into the log.',
    )


def remember(path: Path, new: pd.DataFrame, what: str, date: str) -> None:
    """Adds the figures that are not yet known with these values; a release that brings none leaves the memory as it is."""
    memory = read(path)
    old, values = (
        [*t[["id", "status", "n", "count"]].astype(object).fillna("").itertuples(index=False, name=None)]
        for t in (memory, new)
    )
    fresh = ~pd.Series(values, index=new.index, dtype=object).isin(old)
    if not fresh.any():
        return
    number = 1 + pd.to_numeric(memory["release"]).max() if len(memory) else 1
    added = new[fresh].assign(release=number, date=date, what=what)[COLUMNS]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    write(pd.concat([memory, added], ignore_index=True) if len(memory) else added, part)
    part.replace(path)


@contextmanager
def remembered(memories: dict[Path, pd.DataFrame], what: str, date: str, files: Sequence[Path]):
    """Remembers a release before `files` of it exist; within, they are written.

    A journal beside each memory holds what it was. Where the work fails, or is killed and `settle` is called later, memory and files are
    taken for one: the release is forgotten if no file of it came out, and stays remembered if any did.
    """
    was = {str(path): _digest(path) for path in files}
    for path, new in memories.items():
        settle(path)
        old = path.read_text(encoding="utf-8") if path.is_file() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        part = _journal(path).with_suffix(".part")
        part.write_text(json.dumps({"memory": old, "files": was}), encoding="utf-8")
        part.replace(_journal(path))
        try:
            remember(path, new, what, date)
        except BaseException:
            for one in memories:
                settle(one)
            raise
    try:
        yield
    except BaseException:
        for path in memories:
            settle(path)
        raise
    for path in memories:
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


def write(table: pd.DataFrame, path: Path) -> None:
    """A table as CSV, whole numbers as such."""
    numbers = table.select_dtypes("number").columns
    text = table.assign(**{c: table[c].astype("Int64").astype("string").fillna("") for c in numbers})
    text.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
