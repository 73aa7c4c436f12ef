"""Commands without their start: a process that has the libraries loaded, and forks for each command of a project and for each kernel.

A command of the project spends a second on loading pandas and others before its first line runs, a document's kernel two to four, and
the tests run hundreds. What is forked has none of our modules loaded: it takes them from the project's own folder, with its own working
directory and environment, as `python -m analysis` does. Jupyter finds the kernels by a kernelspec of its own, whose program asks for one.
Elsewhere than on Linux, where a fork is not there (Windows) or not safe (macOS), all is started as usual; that the usual start works is tested
apart, by `make watch` (`tests/documents/test_watch.py`).
"""

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path

# None of them starts a thread when it is loaded: a fork takes along only the thread that forks.
LIBRARIES = ("pandas", "scipy.stats", "scipy.optimize", "scipy.sparse", "scipy.special", "statsmodels.genmod.generalized_linear_model",
             "pydantic.main", "pydantic.fields", "pydantic.functional_validators", "yaml", "babel.dates", "babel.numbers", "openpyxl", "pyreadstat", "lxml.html", "filelock", "nbformat", "nbclient",
             "jsonschema", "pytask", "pytask_parallel", "pypandoc", "typst", "pypdfium2", "seaborn", "matplotlib.backends.backend_svg",
             "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger", "highspy", "pyarrow.pandas_compat", "pyarrow.parquet",
             "fontTools.ttLib", "sqlalchemy.dialects.sqlite")  # fmt: skip
SEED = "0"  # of Python's hashes, as the Makefile has it; fixed when the process starts
FORKS = sys.platform == "linux"
STARTING = threading.Lock()
PLACE = "LEGEPANELET_TESTS_SERVER"  # the folder of the server, told to all processes of a run


def run(command: list[str], folder: Path, environment: dict[str, str], typed: str = "") -> subprocess.CompletedProcess:
    """Runs `python -m analysis COMMAND` in `folder`, with what is `typed` into it: its exit code and what it wrote."""
    if not FORKS or environment.get("PYTHONHASHSEED") != SEED:
        return subprocess.run([sys.executable, "-m", "analysis", *command], cwd=folder, capture_output=True, text=True, check=False,
                              env=environment, input=typed)  # fmt: skip
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(typed.encode())
        given.seek(0)
        files = [given.fileno(), out.fileno(), err.fileno()]
        server = _server()
        with _asked(server / "socket", ["analysis", *command], folder, environment | kernels(), files) as connection:
            code = int(connection.makefile().readline())
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(command, code, out.read().decode(), err.read().decode())


def kernels() -> dict[str, str]:
    """What lets Jupyter find kernels that are forked, as variables of the environment."""
    return {"JUPYTER_PATH": str(_server())} if FORKS else {}


@cache
def begin() -> Path:
    """The folder of the server that a run of tests shares, one for all of its processes: the first of them makes it, and takes it away."""
    if PLACE not in os.environ:
        folder = tempfile.TemporaryDirectory()
        atexit.register(folder.cleanup)
        os.environ[PLACE] = folder.name
        (Path(folder.name) / "owner").write_text(str(os.getpid()))
    return Path(os.environ[PLACE])


def _server() -> Path:
    """The folder of the server, which is started if it is not there: its socket, and the kernelspec that leads to it."""
    from filelock import FileLock  # the kernelspec's program has no libraries

    place = begin()
    with STARTING, FileLock(place / "lock"):  # tests may run commands at once, in one process or in two
        if not (place / "socket").exists():
            _start(place)
    return place


def _start(place: Path) -> None:
    spec = {"argv": [sys.executable, "-IS", __file__, "kernel", str(place / "socket"), "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Python 3", "language": "python"}  # fmt: skip
    (place / "kernels" / "python3").mkdir(parents=True, exist_ok=True)
    (place / "kernels" / "python3" / "kernel.json").write_text(json.dumps(spec))
    here = os.environ | {"PYTHONHASHSEED": SEED, "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg", "MPLCONFIGDIR": str(place), "TZ": "UTC",
                         "LC_ALL": "C.UTF-8", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # fmt: skip  # no threads that a fork would lose; nothing of the user's home
    with subprocess.Popen([sys.executable, __file__, "serve", str(place)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=here) as started:
        started.stdout.readline()  # it is there, or failed


def _asked(place: Path, arguments: list[str], folder: Path, environment: dict[str, str], files: list[int]) -> socket.socket:
    """A connection to the server, which runs a module with `arguments`; it tells the exit code, and ends what it runs with the connection."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(place))
    told = json.dumps({"arguments": arguments, "folder": str(folder), "environment": environment}).encode()
    socket.send_fds(connection, [len(told).to_bytes(8)], files)
    connection.sendall(told)
    return connection


def kernel(place: str, *arguments: str) -> int:
    """The program of the kernelspec: stands for a kernel, which ends with it, as it ends with whoever started it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Jupyter interrupts a kernel before it ends it
    parent = os.getppid()
    with _asked(Path(place), list(arguments), Path.cwd(), dict(os.environ), [0, 1, 2]) as connection:
        while not select.select([connection], [], [], 1)[0]:
            if os.getppid() != parent:
                return 1
        return int(connection.makefile().readline() or 1)


def serve(folder: str) -> None:
    """Forks for whoever asks, until the folder is taken away or its owner is gone."""
    if os.fork():  # whoever asked for the server is not kept by it
        os._exit(0)
    place = Path(folder)
    owner = int((place / "owner").read_text())
    for name in LIBRARIES:
        import_module(name)
    assert threading.active_count() == 1
    gc.freeze()  # what is loaded is never looked through again, so that forks share it
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(place / "socket"))
    listener.listen()
    print(flush=True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nobody waits for what it may write
    running: dict[int, tuple[int, socket.socket]] = {}  # what tells that a process has ended -> the process, and who asked for it
    while place.exists() and _is_there(owner):
        for ready in select.select([listener.fileno(), *running], [], [], 1)[0]:
            if ready in running:
                _tell_end(ready, *running.pop(ready))
            else:
                connection, _ = listener.accept()
                process = _forked(connection, [listener, *(other for _, other in running.values())])
                running[os.pidfd_open(process)] = process, connection


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _forked(connection: socket.socket, others: list[socket.socket]) -> int:
    """The process that runs what is asked; it ends when whoever asked is gone."""
    length, files, *_ = socket.recv_fds(connection, 8, 3)
    told = json.loads(connection.makefile("rb").read(int.from_bytes(length)))
    if (child := os.fork()) == 0:
        for other in others:
            other.close()
        threading.Thread(target=lambda: (connection.recv(1), os._exit(1)), daemon=True).start()
        _leave(_run(told, files))
    for file in files:
        os.close(file)
    return child


def _tell_end(ended: int, process: int, connection: socket.socket) -> None:
    """Tells whoever asked for a process how it ended."""
    os.close(ended)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with suppress(BrokenPipeError), connection:  # whoever asked is gone
        connection.sendall(b"%d\n" % code)


def _run(told: dict, files: list[int]) -> int:
    """What `python -m MODULE` does, in a process of its own."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    time.tzset()
    module, *_ = sys.argv = told["arguments"]
    sys.path[:1] = [told["folder"], *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _leave(code: int) -> None:
    """Taking every library down again would take longer than most commands."""
    sys.stdout.flush()
    sys.stderr.flush()
    atexit._run_exitfuncs()
    os._exit(code)


if __name__ == "__main__":
    sys.exit({"serve": serve, "kernel": kernel}[sys.argv[1]](*sys.argv[2:]))
