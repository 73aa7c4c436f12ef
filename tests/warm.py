"""Commands without their start: a process that has the libraries loaded, and forks for each command of a project and for each kernel.

A command of the project spends a second on loading pandas and others before its first line runs, a document's kernel two to four, and
the tests run hundreds. For each project there is one more, forked from the first, that has the project's own modules loaded, from its own folder
and as they are now: one that is changed is loaded anew. What is forked from it has its own working directory and environment, as
`python -m analysis` has. Jupyter finds the kernels by a kernelspec of its own, whose program asks for one.
Elsewhere than on Linux, where a fork is not there (Windows) or not safe (macOS), all is started as usual; that the usual start works is tested
apart, by `make watch` (`tests/documents/test_watch.py`).
"""

import atexit
import gc
import hashlib
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
MODULES = ("analysis.pipeline.tasks", "analysis.checking", "analysis.codebook", "analysis.intake.reading", "analysis.panel.build", "analysis.estimation.wave",
           "analysis.disclosure.whole", "analysis.documents.making", "analysis.presentation.report", "analysis.verification.verify")  # fmt: skip  # ours that take longest
STARTING = threading.Lock()
PLACE = "LEGEPANELET_TESTS_SERVER"  # the folder of the servers, told to all processes of a run
BEGIN = "a server of a project's modules"  # asked for in the place of a module
ROOT = Path(__file__).parent.parent


def run(command: list[str], folder: Path, environment: dict[str, str], typed: str = "") -> subprocess.CompletedProcess:
    """Runs `python -m analysis COMMAND` in `folder`, with what is `typed` into it: its exit code and what it wrote."""
    if not FORKS or environment.get("PYTHONHASHSEED") != SEED:
        return subprocess.run([sys.executable, "-m", "analysis", *command], cwd=folder, capture_output=True, text=True, check=False,
                              env=environment, input=typed)  # fmt: skip
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(typed.encode())
        given.seek(0)
        files = [given.fileno(), out.fileno(), err.fileno()]
        with _asked(_server(folder), ["analysis", *command], folder, environment | {"JUPYTER_PATH": str(begin())}, files) as connection:
            code = int(connection.makefile().readline())
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(command, code, out.read().decode(), err.read().decode())


def kernels() -> dict[str, str]:
    """What lets Jupyter find kernels that are forked, as variables of the environment."""
    return {"JUPYTER_PATH": str(_server(ROOT).parent)} if FORKS else {}


@cache
def begin() -> Path:
    """The folder of the server that a run of tests shares, one for all of its processes: the first of them makes it, and takes it away."""
    if PLACE not in os.environ:
        folder = tempfile.TemporaryDirectory()
        atexit.register(folder.cleanup)
        os.environ[PLACE] = folder.name
        (Path(folder.name) / "owner").write_text(str(os.getpid()))
    return Path(os.environ[PLACE])


def _server(project: Path) -> Path:
    """The socket of the server that has a project's modules loaded, as they are now. What is not there is started, by the server of the libraries."""
    from filelock import FileLock  # the kernelspec's program has no libraries

    place = begin()
    socket_of = _socket_of(place, project)
    with STARTING, FileLock(place / "lock"):  # tests may run commands at once, in one process or in two
        if not (place / "socket").exists():
            _start(place)
        if not socket_of.exists():
            with _asked(place / "socket", [BEGIN, str(socket_of)], project, {}, [0, 1, 2]) as connection:
                connection.makefile().readline()
    return socket_of


def _socket_of(place: Path, project: Path) -> Path:
    """Another one when a module, or a setting that modules take when they are loaded, has changed."""
    files = [project / "pyproject.toml", *sorted((project / "analysis").rglob("*.py"))]
    state = [(str(path), (found := path.stat()).st_mtime_ns, found.st_size) for path in files if path.is_file()]
    return place / f"{hashlib.sha256(repr(state).encode()).hexdigest()[:16]}.socket"


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
    ours = _socket_of(Path(place).parent, Path(os.environ.get("PYTHONPATH", "").split(os.pathsep)[0]))
    with _asked(ours if ours.exists() else Path(place), list(arguments), Path.cwd(), dict(os.environ), [0, 1, 2]) as connection:
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
    listener = _listening(place / "socket")
    print(flush=True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nobody waits for what it may write
    _serve(listener, place, owner)


def _listening(path: Path) -> socket.socket:
    """The socket of a server that has loaded what it has to."""
    assert threading.active_count() == 1
    gc.freeze()  # what is loaded is never looked through again, so that forks share it
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{path}.part")
    listener.listen()
    os.replace(f"{path}.part", path)  # who finds it can connect
    return listener


def _serve(listener: socket.socket, place: Path, owner: int) -> None:
    running: dict[int, tuple[int, socket.socket]] = {}  # what tells that a process has ended -> the process, and who asked for it
    while place.exists() and _is_there(owner):
        for ready in select.select([listener.fileno(), *running], [], [], 1)[0]:
            if ready in running:
                _tell_end(ready, *running.pop(ready))
            else:
                connection, _ = listener.accept()
                process = _forked(connection, [listener, *(other for _, other in running.values())], place, owner)
                running[os.pidfd_open(process)] = process, connection


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _forked(connection: socket.socket, others: list[socket.socket], place: Path, owner: int) -> int:
    """The process that runs what is asked; it ends when whoever asked is gone. Or that begins a server, and ends as servers do."""
    length, files, *_ = socket.recv_fds(connection, 8, 3)
    told = json.loads(connection.makefile("rb").read(int.from_bytes(length)))
    if (child := os.fork()) == 0:
        for other in others:
            other.close()
        if told["arguments"][0] == BEGIN:
            _begin(Path(told["arguments"][1]), told["folder"], connection, files, place, owner)
        threading.Thread(target=lambda: (connection.recv(1), os._exit(1)), daemon=True).start()
        _leave(_run(told, files))
    for file in files:
        os.close(file)
    return child


def _begin(path: Path, project: str, connection: socket.socket, files: list[int], place: Path, owner: int) -> None:
    """Serves with a project's modules loaded; one that cannot be loaded is told of by what is run."""
    for file in files:  # whoever asked is not kept by it
        os.close(file)
    os.chdir(project)
    sys.path[:1] = [project]
    for name in MODULES:
        with suppress(Exception):
            import_module(name)
    listener = _listening(path)
    with connection:
        connection.sendall(b"0\n")
    _serve(listener, place, owner)
    os._exit(0)


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
