"""Files kept by the content that they are made from, in `.build/pictures`: what was made before is not made again."""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from analysis.settings import ROOT

KEPT = ROOT / ".build" / "pictures"
MOST = 5000  # files that are kept; a picture has three, the reports of seventeen waves in two languages some 3,000


def are_kept(key: str, suffixes: Sequence[str]) -> bool:
    """Whether all files of a key are there."""
    return all((KEPT / f"{key}{suffix}").is_file() for suffix in suffixes)


def kept(key: str, suffixes: Sequence[str], make: Callable[[Path], None]) -> list[Path]:
    """The files of a key, one a suffix; if one is missing, `make` writes all of them, as its path with the suffixes.

    They appear whole, whoever else may be at it.
    """
    found = [KEPT / f"{key}{suffix}" for suffix in suffixes]
    if not are_kept(key, suffixes):
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as folder:
            make(Path(folder) / key)
            for path in found:
                os.replace(Path(folder) / path.name, path)
        _prune()
    for path in found:
        os.utime(path)  # in use: what nobody asks for goes first
    return found


def _prune() -> None:
    """Takes away what was not used for longest, past MOST."""
    files = sorted((p for p in KEPT.iterdir() if p.is_file()), key=lambda p: p.stat().st_mtime)
    for old in files[:-MOST]:
        old.unlink(missing_ok=True)
