"""Release memory: what of a wave is out, and what a new release tells together with it.

Two releases of the same wave that count almost the same doctors tell on those they differ by: a correction, another base, a group within
a group. What is remembered are published figures only: it can be public itself.
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis.disclosure.population import of_row
from analysis.disclosure.rules import SMALLEST_SENSITIVE_COUNT
from analysis.errors import LegepaneletError

CELL = ["indicator", "category", "statistic"]
KEY = [*CELL, "by", "level", "by2", "level2", "where"]
COLUMNS = ["release", "date", "what", "id", *KEY, "status", "n", "count"]
PUBLICATION = "publication"  # what a release was, if it was no table on demand
FOUND = ["id", "release", "earlier", "n", "n_earlier", "count", "count_earlier", "doctors", "sensitive"]


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


def differences(new: pd.DataFrame, memory: pd.DataFrame, sensitive: set[str]) -> pd.DataFrame:
    """The pairs of a new figure and one that is out whose difference isolates fewer than SMALLEST_SENSITIVE_COUNT doctors.

    `new` as `figures` gives it, `memory` as `read` does, `sensitive` the ids of sensitive indicators. Gives FOUND: `doctors` is how many.
    """
    pairs = new.merge(memory, on=KEY, suffixes=("", "_earlier"))
    pairs["doctors"] = pd.concat(
        [(pairs["n"] - pairs["n_earlier"]).abs(), (pairs["count"] - pairs["count_earlier"]).abs()], axis=1
    ).max(axis=1)
    pairs = pd.concat([pairs.rename(columns={"id_earlier": "earlier"}), nested(new, memory)], ignore_index=True)
    few = pairs[pairs["doctors"].gt(0) & pairs["doctors"].lt(SMALLEST_SENSITIVE_COUNT)]
    return few.assign(sensitive=few["indicator"].isin(sensitive))[FOUND].reset_index(drop=True)


def nested(new: pd.DataFrame, memory: pd.DataFrame) -> pd.DataFrame:
    """Pairs of a new figure and one that is out of which the one group lies within the other, with the `doctors` between them.

    Only tables on demand are looked at: other groups are parts of one whole, and the auditor knows those.
    """
    tables, asked = memory[memory["where"] != ""], new["where"] != ""
    pairs = pd.concat(
        [
            one.merge(other, on=CELL, suffixes=("", "_earlier"))
            for one, other in ((new[~asked], tables), (new[asked], memory))
        ]
    )
    groups = ("by", "level", "by2", "level2", "where")
    nested = []
    for row in pairs.itertuples():
        mine, theirs = (
            of_row(row),
            of_row(SimpleNamespace(**{name: getattr(row, f"{name}_earlier") for name in groups})),
        )
        nested.append(mine != theirs and (_within(mine, theirs) or _within(theirs, mine)))
    found = pairs[np.array(nested, dtype=bool)]
    return found.assign(doctors=(found["n"] - found["n_earlier"]).abs()).rename(columns={"id_earlier": "earlier"})


def _within(inner: dict, outer: dict) -> bool:
    return all(variable in inner and inner[variable] <= levels for variable, levels in outer.items())


def approve(found: pd.DataFrame, approver: str, reason: str) -> None:
    """Raises RELEASE_APPROVAL if a difference tells on few doctors' answers to a sensitive item, and nobody answers for it."""
    told = found[found["sensitive"]]
    if told.empty or (approver.strip() and reason.strip()):
        return
    lines = [
        f"{r.id} counts {r.n:.0f}, {r.earlier} of release {r.release} {r.n_earlier:.0f}"
        for r in told.head(5).itertuples()
    ]
    more = [f"... and {len(told) - 5} more"] if len(told) > 5 else []
    raise LegepaneletError(
        "RELEASE_APPROVAL",
        "\n".join(
            [
                f"{len(told)} figures of sensitive items differ from what is out by fewer than {SMALLEST_SENSITIVE_COUNT} doctors:",
                *lines,
                *more,
            ]
        ),
        'Whoever answers for it gives a name and the reason: APPROVER="..." REASON="..."; both are written into the log.',
    )


def remember(path: Path, new: pd.DataFrame, what: str, date: str) -> None:
    """Adds the figures that are not yet known with these values; a release that brings none leaves the memory as it is."""
    memory = read(path)
    old = set(memory[["id", "status", "n", "count"]].itertuples(index=False, name=None))
    fresh = [key not in old for key in new[["id", "status", "n", "count"]].itertuples(index=False, name=None)]
    if not any(fresh):
        return
    number = 1 + pd.to_numeric(memory["release"]).max() if len(memory) else 1
    added = new[fresh].assign(release=number, date=date, what=what)[COLUMNS]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    write(pd.concat([memory, added], ignore_index=True) if len(memory) else added, part)
    part.replace(path)


def write(table: pd.DataFrame, path: Path) -> None:
    """A table as CSV, whole numbers as such."""
    numbers = table.select_dtypes("number").columns
    text = table.assign(**{c: table[c].astype("Int64").astype("string").fillna("") for c in numbers})
    text.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
