"""Runs tasks: one run at a time, some tasks at a time (`workers` in pyproject.toml), faults of the disk said in a line."""

import errno
import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from itertools import pairwise

from analysis import log
from analysis.errors import LegepaneletError
from analysis.pipeline.state import Task, given, is_done, pending, remember
from analysis.settings import ROOT, settings

PAUSE = 0.02  # seconds between two looks of the scheduler
LITTLE = 1_000_000  # bytes; a disk with less is full
LIBRARIES = ("pandas", "scipy.optimize", "analysis.codebook")  # what every task needs, and takes longest to load


@contextmanager
def alone(waiting: Callable[[], None]):
    """Holds the project for one run; a second one calls `waiting` and waits. A run that is killed lets go."""
    from filelock import FileLock, Timeout

    settings().derived.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings().derived / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def of_the_disk(error: OSError) -> LegepaneletError:
    """A full or write-protected disk, said in a line."""
    named = isinstance(error.filename, (str, os.PathLike))
    where = os.path.relpath(error.filename, ROOT) if named else "the project's folder"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "Make room, then run the command again; what was made before is whole."
        return LegepaneletError("DISK_FULL", f"{where}: {error.strerror}", hint)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        hint = "Give yourself the right to write there, then run the command again."
        return LegepaneletError("NOT_WRITABLE", f"{where}: {error.strerror}", hint)
    return LegepaneletError("FILE_SYSTEM", f"{where}: {error.strerror or error}", "Run the command again when that is mended.")


def build(tasks: list[Task]) -> bool:
    """Runs what is not done, several tasks at a time where they can; each says what it does. True if anything was not.

    `tasks` stand in an order in which they can be run. Raises the LegepaneletErrors of all tasks as one; other faults as they are.
    """
    to_do = pending(tasks)
    if not to_do:
        return False
    failures = _in_turn(to_do) if _in_line(to_do) else _run(to_do)
    known = [f for f in failures if isinstance(f, LegepaneletError)]
    if len(known) > 1 and len(known) == len(failures):  # several documents refused: all of it in one run
        raise LegepaneletError(known[0].code, "\n".join(f.message for f in known), known[0].hint)
    for failure in failures:
        raise _full_disk() or failure
    return True


class _Looks:
    """How long the scheduler waits before it looks again. Its own pauses grow to a second, and most of our tasks are shorter."""

    def reset(self) -> None: ...

    def increment(self) -> None: ...

    def sleep(self) -> None:
        time.sleep(PAUSE)


def _run(tasks: list[Task]) -> list[BaseException]:
    """The tasks run, as many at a time as may be; the faults of those that failed."""
    if settings().workers == 1:
        return _scheduled(tasks, perform)
    # Loaded here: a run that has nothing to do needs no processes.
    from analysis.processes import beside, wait

    with beside(settings().workers, LIBRARIES) as workers:
        return _scheduled(tasks, lambda task: wait(workers.submit(perform, task)))


def _scheduled(tasks: list[Task], run: Callable[[Task], None]) -> list[BaseException]:
    """Has pytask say which task is next, and `run` it. It keeps no notes of its own, which take as long as a short task: `state` decides."""
    import _pytask.execute
    import pytask
    from pytask_parallel import execute

    folder = settings().derived
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "pytask.toml"  # its folder is where pytask looks for its own
    if not config.is_file():
        config.write_text("[tool.pytask.ini_options]\n", encoding="utf-8")
    pytask.console.quiet = True  # our own lines tell what runs
    execute._Sleeper = _Looks
    _pytask.execute.update_states = lambda session, task: None
    session = pytask.build(
        tasks=[_for_pytask(task, run) for task in tasks], config=config, paths=[folder], database_url="sqlite://", capture="no", verbose=0,
        show_traceback=False, disable_warnings=True, force=True, n_workers=settings().workers,
        parallel_backend="threads" if settings().workers > 1 else "none",
    )  # fmt: skip
    failures = [r.exc_info[1] for r in session.execution_reports if r.outcome == pytask.TaskOutcome.FAIL]
    if session.exit_code not in (pytask.ExitCode.OK, pytask.ExitCode.FAILED) and not failures:
        found = next((r.exc_info[1] for r in session.collection_reports if r.exc_info), None)
        failures = [found or LegepaneletError("PIPELINE_FAILED", f"pytask ended with {session.exit_code}")]
    return failures


def _in_turn(tasks: list[Task]) -> list[BaseException]:
    """Runs tasks that wait for each other, here; none after one that failed."""
    try:
        for task in tasks:
            perform(task)
    except Exception as error:  # as pytask gives it back
        return [error]
    return []


def _in_line(tasks: list[Task]) -> bool:
    """Whether each task waits for the one before it: a second worker would have nothing to do."""
    return all(set(one.outputs) & {*two.inputs, *two.waits_for} for one, two in pairwise(tasks))


def _for_pytask(task: Task, run: Callable[[Task], None]):
    """The task as pytask takes it. Whether it has to run is asked once more when its turn comes: what it waited for may be as it was."""
    import pytask

    @pytask.task(name=task.name, kwargs={"inputs": [*task.inputs, *task.waits_for], "produces": list(task.outputs)})
    def turn(inputs, produces):
        run(task)

    return pytask.mark.try_last(turn) if task.last else turn


def perform(task: Task) -> None:
    """Runs a task if it is not done, and notes that it is."""
    from filelock import FileLock

    locks = settings().derived / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with FileLock(locks / f"{task.name}.lock"):  # a worker outlives a run that is killed, and may be at this very task
        if is_done(task):
            return
        hangs_on = given(task)
        print(f"  {task.doing}", file=sys.__stderr__, flush=True)  # past pytask's capture, as it happens
        for path in task.outputs:
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            task.work(*task.arguments)
        except (LegepaneletError, OSError):
            raise
        except Exception as error:  # its trace is lost on the way from a worker
            raise _full_disk() or log.internal(error) from None
        remember(task, hangs_on)


def _full_disk() -> LegepaneletError | None:
    """A disk with no room left, whichever library stumbled over it."""
    folders = [f for f in (settings().derived, settings().output, ROOT) if f.is_dir()]
    full = next((f for f in folders if shutil.disk_usage(f).free < LITTLE), None)
    return of_the_disk(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(full))) if full else None
