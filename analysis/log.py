"""Faults of ours go to a file in `logs/`, for whoever mends them: types and places only, never a value, as that could be an answer."""

import traceback
from datetime import UTC, datetime

from analysis.errors import LegepaneletError
from analysis.settings import ROOT

FOLDER = ROOT / "logs"


def internal(error: BaseException) -> LegepaneletError:
    """The message for an error that nobody foresaw; its trace is in the file that it names."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt"
    hint = "This is a fault of the program. Send the file to those who keep it; it holds places in the program, no answers."
    try:
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / name).write_text(trace(error), encoding="utf-8")
    except OSError:
        return LegepaneletError("INTERNAL", f"{type(error).__name__}{_place(error)}; its trace could not be written to logs/", hint)
    return LegepaneletError("INTERNAL", f"{type(error).__name__}{_place(error)}; see logs/{name}", hint)


def trace(error: BaseException) -> str:
    """Types and places of an error and of those that led to it: file, line and function, without values."""
    lines = []
    for link in _chain(error):
        lines.append(f"{type(link).__module__}.{type(link).__qualname__}")
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(link.__traceback__)]
    return "\n".join(lines) + "\n"


def _chain(error: BaseException | None):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _place(error: BaseException) -> str:
    """The last place in the program itself."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if f.filename.startswith(str(ROOT / "analysis"))]
    return f" at {own[-1].filename.removeprefix(str(ROOT))[1:]} line {own[-1].lineno}" if own else ""
