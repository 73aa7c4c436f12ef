"""Processes beside this one, which leave with it.

On Linux they are forked from one that has the libraries loaded; elsewhere each starts from nothing.
"""

import gc
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from threading import Thread

from analysis.errors import LegepaneletError
from analysis.settings import RARELY


def beside(n: int, libraries: Sequence[str]) -> ProcessPoolExecutor:
    """A pool of `n` processes. None is forked from this one, which may have threads; that with the `libraries` has none."""
    if sys.platform != "linux":
        return ProcessPoolExecutor(n, get_context("spawn"), _begin)
    from multiprocessing import forkserver  # it is not there on Windows

    context = get_context("forkserver")
    context.set_forkserver_preload(list(libraries))
    forkserver.ensure_running()  # it loads them while this process goes on
    return ProcessPoolExecutor(n, context, _begin)


def wait(work: Future) -> None:
    """Waits for work in another process. Raises what it raised, and WORKER_LOST if the process is gone."""
    try:
        work.result()
    except BrokenProcessPool:
        hint = "Close other programs and run the command again; `workers = 1` in pyproject.toml takes half the memory."
        raise LegepaneletError("WORKER_LOST", "a process at work was ended from outside, perhaps for want of memory", hint) from None


def _begin() -> None:
    """A process whose parent is killed would wait for ever."""
    gc.set_threshold(*RARELY)
    Thread(target=lambda: (parent_process().join(), os._exit(1)), daemon=True).start()
