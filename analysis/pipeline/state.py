"""What is up to date: one function gives the state of a task, and everybody who wants to know asks it.

A task's state is a hash of all that its result hangs on (the function it runs and every module that it imports, its arguments, the
files it reads, the packages and the Python) and of what it made. After a task has succeeded its state is noted; it is done as long as
the note and the state are the same. What a file holds counts, not when it was written, nor where the project lies.
"""

import ast
import hashlib
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis.settings import ROOT, settings

IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+(analysis[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)|import[ \t]+(analysis[\w.]*))", re.MULTILINE)
INSIDE = f"{ROOT}{os.sep}"
ALWAYS = ("requirements.lock", "pyproject.toml")


@dataclass(frozen=True)
class Task:
    """`work(*arguments)` makes `outputs` from `inputs`; `doing` says what it does.

    Arguments are plain values: they are part of the state. The task runs after those that make its `inputs` or `waits_for`.
    """

    name: str
    doing: str
    work: Callable[..., None]
    arguments: tuple
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    waits_for: tuple[Path, ...] = ()
    last: bool = False  # may let others go first
    always: bool = False  # is never done


def given(task: Task) -> str:
    """A hash of all that the task's result hangs on, as it is now."""
    parts = [sys.version, task.name, _plain(task.arguments), code(task.work)]
    parts += [f"{_place(path)} {digest(path)}" for path in (*(ROOT / name for name in ALWAYS), *task.inputs)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def state(task: Task, hangs_on: str) -> str:
    """What the task's result hangs on (as `given` tells it), and a hash of its outputs as they are now."""
    made = "\n".join(f"{_place(path)} {digest(path)}" for path in task.outputs)
    return f"{hangs_on}\n{hashlib.sha256(made.encode()).hexdigest()}\n"


def is_done(task: Task) -> bool:
    """Whether the task has succeeded with just these inputs, and its outputs are still what it made."""
    note = _note(task)
    return not task.always and note.is_file() and note.read_text(encoding="utf-8") == state(task, given(task))


def remember(task: Task, hung_on: str) -> None:
    """Notes that the task has succeeded; `hung_on` is what `given` told before it began."""
    write_whole(_note(task), state(task, hung_on))


def pending(tasks: list[Task]) -> list[Task]:
    """The tasks that are not done, and those that hang on what these make; in the order given, which must be one they can be run in."""
    found: list[Task] = []
    moving: set[Path] = set()
    for task in tasks:
        if moving.intersection(task.inputs + task.waits_for) or not is_done(task):
            found.append(task)
            moving.update(task.outputs)
    return found


def digest(path: Path) -> str:
    """The SHA-256 of a file, "" if there is none; read again when its size or time has changed."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return _digest(path, found.st_size, found.st_mtime_ns, found.st_ino)


@cache
def _digest(path: Path, *stamp: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def code(work: Callable) -> str:
    """A hash of a function's own text (not its comments) and of all modules of the project that it imports, directly or not."""
    text = inspect.getsource(work)
    own = ast.dump(ast.parse(text))
    files = closure(imported(text))
    return hashlib.sha256("\n".join([own, *(f"{_place(p)} {digest(p)}" for p in files)]).encode()).hexdigest()


def closure(modules: Iterable[str]) -> list[Path]:
    """The files of the modules and of all that these import within the project, sorted."""
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if name in found or path is None:
            continue
        found[name] = path
        waiting += [name.rpartition(".")[0], *_imports(path)]  # a module's package is run before it
    return sorted(found.values())


@cache
def _imports(path: Path) -> tuple[str, ...]:
    return imported(path.read_text(encoding="utf-8"))


def imported(text: str) -> tuple[str, ...]:
    """The modules of the project that a Python text imports, wherever in it; names that are no modules among them."""
    found = []
    for package, names, module in IMPORT.findall(text):
        parts = [name.split(" as ")[0].strip() for name in re.sub(r"#.*|[()\n]", " ", names).split(",")]
        found += [module] if module else [package, *(f"{package}.{name}" for name in parts if name)]
    return tuple(found)


def _file(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split(".")) if module else ROOT
    return next((p for p in (place.with_suffix(".py"), place / "__init__.py") if module and p.is_file()), None)


def _plain(value) -> str:
    if isinstance(value, Path):
        return _place(value)
    if isinstance(value, (tuple, list)):
        return f"({', '.join(_plain(v) for v in value)})"
    return repr(value)


def _place(path: Path) -> str:
    """A file's name as seen from the project: moving the project changes nothing."""
    text = str(path)
    return text[len(INSIDE) :] if text.startswith(INSIDE) else os.path.relpath(path, ROOT)


def _note(task: Task) -> Path:
    return settings().derived / "states" / f"{task.name}.txt"


def write_whole(path: Path, text: str) -> None:
    """Whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
