"""Runs tasks: one run at a time, two tasks at a time, faults of the disk said in a line."""

import errno
import os
from collections.abc import Callable
from contextlib import contextmanager

from analysis.errors import LegepaneletError
from analysis.settings import ROOT, settings


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
    where = (
        os.path.relpath(error.filename, ROOT)
        if isinstance(error.filename, (str, os.PathLike))
        else "the project's folder"
    )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return LegepaneletError(
            "DISK_FULL",
            f"{where}: {error.strerror}",
            "Make room, then run the command again; what was made before is whole.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return LegepaneletError(
            "NOT_WRITABLE",
            f"{where}: {error.strerror}",
            "Give yourself the right to write there, then run the command again.",
        )
    return LegepaneletError(
        "FILE_SYSTEM", f"{where}: {error.strerror or error}", "Run the command again when that is mended."
    )


def build(tasks: Callable[[], list]) -> bool:
    """Runs what has to be run, two tasks at a time where two can; each says what it does. True if anything ran.

    `tasks` makes the tasks: a session marks those it was given, so the look and the run each need their own.

    Raises the LegepaneletErrors of all tasks as one; other faults as they are.
    """
    import pytask

    look = _session(tasks(), dry_run=True)
    # What fails at the look alone (an output that may not be written) is told by the run.
    to_do = (pytask.TaskOutcome.WOULD_BE_EXECUTED, pytask.TaskOutcome.FAIL)
    pending = {r.task.signature for r in look.execution_reports if r.outcome in to_do}
    if not pending:
        return False
    before = sorted(len(look.dag.ancestors(task) & pending) for task in pending)
    # Where each waits for all before it, a second worker would have nothing to do.
    in_line = before == list(range(len(pending)))
    session = _session(tasks(), n_workers=1 if in_line else 2)
    failures = [r.exc_info[1] for r in session.execution_reports if r.outcome == pytask.TaskOutcome.FAIL]
    known = [f for f in failures if isinstance(f, LegepaneletError)]
    if len(known) > 1 and len(known) == len(failures):  # several documents refused: all of it in one run
        raise LegepaneletError(known[0].code, "\n".join(f.message for f in known), known[0].hint)
    for failure in failures:
        raise _full(failure) or failure
    return True


def _full(failure: BaseException) -> OSError | None:
    """A disk that is full, whichever library found it so."""
    words = str(failure)
    full = "disk is full" in words or "No space left on device" in words or "disk I/O error" in words
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) if full and not isinstance(failure, OSError) else None


def _session(tasks: list, **options):
    import pytask

    folder = settings().derived
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "pytask.toml"  # its folder is where pytask keeps its own files
    config.write_text("[tool.pytask.ini_options]\n", encoding="utf-8")
    pytask.console.quiet = True  # our own lines tell what runs
    try:
        session = pytask.build(
            tasks=tasks, config=config, paths=[folder], database_url=f"sqlite:///{folder / 'pytask.sqlite3'}", capture="no", verbose=0,
            show_traceback=False, disable_warnings=True, **options,
        )  # fmt: skip
    except Exception as error:  # pytask's own notes are on the disk too
        raise _full(error) or error from None
    if session.exit_code not in (pytask.ExitCode.OK, pytask.ExitCode.FAILED):
        failure = next((r.exc_info[1] for r in session.collection_reports if r.exc_info), None)
        raise (failure and (_full(failure) or failure)) or LegepaneletError(
            "PIPELINE_FAILED", f"pytask ended with {session.exit_code}"
        )
    return session
