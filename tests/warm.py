"""Commands without their start: a process that has the libraries loaded, and forks for each command of a project.

A command of the project spends a second on loading pandas and others before its first line runs, and the tests run hundreds. What is
forked has none of our modules loaded: it takes them from the project's own folder, with its own working directory and environment, as
`python -m analysis` does. Where a process cannot fork (Windows), a command is started as usual; that the usual start works is tested
apart, by `make`.
"""

import atexit
import gc
import json
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
from functools import cache
from importlib import import_module
from pathlib import Path

# None of them starts a thread when it is loaded: a fork takes along only the thread that forks.
LIBRARIES = ("pandas", "scipy.stats", "scipy.optimize", "scipy.sparse", "scipy.special", "statsmodels.api", "statsmodels.stats.multitest",
             "pydantic", "yaml", "babel.dates", "babel.numbers", "openpyxl", "pyreadstat", "lxml.etree", "filelock", "nbformat", "nbclient",
             "jsonschema", "pytask", "pytask_parallel", "pypandoc", "typst", "pypdfium2")  # fmt: skip
SEED = "0"  # of Python's hashes, as the Makefile has it; fixed when the process starts


def run(command: list[str], folder: Path, environment: dict[str, str], typed: str = "") -> subprocess.CompletedProcess:
    """Runs `python -m analysis COMMAND` in `folder`, with what is `typed` into it: its exit code and what it wrote."""
    if not hasattr(os, "fork") or environment.get("PYTHONHASHSEED") != SEED:
        return subprocess.run([sys.executable, "-m", "analysis", *command], cwd=folder, capture_output=True, text=True, check=False,
                              env=environment, input=typed)  # fmt: skip
    with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err, tempfile.NamedTemporaryFile() as given:
        given.write(typed.encode())
        given.flush()
        told = {"command": command, "folder": str(folder), "environment": environment, "in": given.name, "out": out.name, "err": err.name}
        server = _server()
        server.stdin.write(json.dumps(told) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return subprocess.CompletedProcess(command, code, out.read().decode(), err.read().decode())


@cache
def _server() -> subprocess.Popen:
    """One a test process; it ends with its input."""
    here = os.environ | {"PYTHONHASHSEED": SEED, "OPENBLAS_NUM_THREADS": "1"}  # no threads that a fork would lose
    server = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=here)
    atexit.register(server.communicate)
    return server


def serve() -> None:
    for name in LIBRARIES:
        import_module(name)
    gc.freeze()  # what is loaded is never looked through again, so that forks share it
    while line := sys.stdin.readline():
        told = json.loads(line)
        if (child := os.fork()) == 0:
            code = _command(told)
            sys.stdout.flush()
            sys.stderr.flush()
            atexit._run_exitfuncs()
            os._exit(code)  # taking every library down again would take longer than most commands
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _command(told: dict) -> int:
    """What `python -m analysis` does, in a process of its own."""
    for number, path, mode in ((0, told["in"], os.O_RDONLY), (1, told["out"], os.O_WRONLY), (2, told["err"], os.O_WRONLY)):
        os.dup2(os.open(path, mode), number)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    sys.path[0] = told["folder"]
    sys.argv = ["analysis", *told["command"]]
    try:
        runpy.run_module("analysis", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    serve()
