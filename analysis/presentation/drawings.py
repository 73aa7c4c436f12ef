"""Pictures, kept by content: what was drawn before from the same figures is not drawn again, and no plotting library is loaded for it."""

import hashlib
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from analysis.kept import are_kept, kept
from analysis.presentation.kernel import drawers, wants_raster
from analysis.presentation.provenance import Traced
from analysis.processes import beside, wait
from analysis.settings import ROOT, settings

_drawing: list[Future] = []  # what the drawers are at


@dataclass(frozen=True)
class Drawing:
    """A picture to be: `charts.<chart>(*arguments)`."""

    chart: str
    arguments: tuple

    def save(self, folder: Path, name: str, synthetic: str | None, alt: str) -> Path:
        """Writes `name`.svg and `name`.json as `style.save` does, from what is kept if it is. Gives the path without suffix."""
        key, suffixes = self.key(synthetic, alt), _suffixes()
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, path in zip(suffixes, kept(key, suffixes, lambda place: self._draw(place, synthetic, alt)), strict=True):
            shutil.copyfile(path, folder / f"{name}{suffix}")
        return folder / name

    def key(self, synthetic: str | None, alt: str) -> str:
        """What the picture is kept under."""
        return hashlib.sha256(repr((self.chart, plain(self.arguments), synthetic, alt, _code())).encode()).hexdigest()[:32]

    def _draw(self, place: Path, synthetic: str | None, alt: str) -> None:
        from analysis.presentation import charts, style

        style.save(getattr(charts, self.chart)(*self.arguments), place.parent, place.name, synthetic, alt)


def draw(drawing: Drawing, folder: Path, name: str, synthetic: str | None, alt: str) -> Path:
    """Saves a drawing; where the kernel has drawers and the picture is not kept, one of them does, and `finish` waits for it."""
    if drawers() < 2 or are_kept(drawing.key(synthetic, alt), _suffixes()):
        return drawing.save(folder, name, synthetic, alt)
    _drawing.append(_waiting().submit(_in_a_drawer, drawing.save, folder, name, synthetic, alt))
    return folder / name


def finish() -> None:
    """Waits for the drawers, and lets them go. Raises what one of them raised."""
    for one in _drawing:
        one.result()
    if _drawing:
        _drawing.clear()
        for pool in (_waiting, _pool):
            pool().shutdown()
            pool.cache_clear()


@cache
def _waiting() -> ThreadPoolExecutor:
    """Threads that wait for the drawers, and for these to start, while the kernel goes on."""
    return ThreadPoolExecutor(drawers())


def _in_a_drawer(work: Callable, *arguments) -> None:
    wait(_pool().submit(work, *arguments))


@cache
def _pool() -> ProcessPoolExecutor:
    return beside(drawers(), ["analysis.presentation.charts"])


def _suffixes() -> tuple[str, ...]:
    return (".svg", ".json", *([".png"] if wants_raster() else []))


def plain(value) -> object:
    """What a picture is drawn from as plain values, the origin of every figure with it: the picture names its origins too."""
    if isinstance(value, Traced):
        return (float(value), value.rows, value.field, value.scale)
    if isinstance(value, pd.DataFrame):
        return [list(value.columns), list(value.index), [[plain(cell) for cell in row] for row in value.itertuples(index=False, name=None)]]
    if isinstance(value, dict):
        return [(key, plain(part)) for key, part in value.items()]
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else repr(value)


@cache
def _code() -> str:
    """A hash of all that decides how a picture looks: our code, how numbers are written, the fonts, the libraries."""
    look = settings().look
    files = [*sorted(Path(__file__).parent.glob("*.py")), look / "journal.yml", *sorted((look / "fonts").iterdir()), ROOT / "requirements.lock"]
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files if path.is_file())).hexdigest()
