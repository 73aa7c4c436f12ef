"""Sets up `.venv` from the hashed lock files, for `make`: once, and again when a lock file has changed. Standard library only.

`python tools/environment.py report` installs what a report needs, `... test` what the tests need besides, `... quarto` what `quarto render -P`
needs besides. The project itself is linked into the environment; after the folder was moved it is linked anew, without a network, and
Quarto, which reads `_environment.local`, is told anew where the environment's Python lies.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCKS = {"report": ["requirements.lock"], "test": ["requirements-test.lock", "tests/files.lock"], "quarto": ["requirements-quarto.lock"]}
FOR_QUARTO = ROOT / "_environment.local"
ALONE = ("tests/files.lock",)  # packages of which only files are used: without what they would need to run


def main(part: str) -> None:
    if _done("report") != _wanted("report"):
        _create()
    for name in ("report", part):
        if _done(name) != _wanted(name):
            for lock in LOCKS[name]:
                _pip("install", "--require-hashes", "--only-binary", ":all:", *(["--no-deps"] if lock in ALONE else []), "-r", str(ROOT / lock))
            _note(name).write_text(_wanted(name), encoding="utf-8")
    if _done("linked") != str(ROOT):
        _pip("install", "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        _note("linked").write_text(str(ROOT), encoding="utf-8")
    if not FOR_QUARTO.is_file() or FOR_QUARTO.read_text(encoding="utf-8") != _for_quarto():
        FOR_QUARTO.write_text(_for_quarto(), encoding="utf-8")


def _for_quarto() -> str:
    """The environment's Python as Quarto reads it: the whole path, as it may be started in any folder of the project."""
    mark = '"' if "'" in str(PYTHON) else "'"
    return f"# Written by make.\nQUARTO_PYTHON={mark}{PYTHON.as_posix()}{mark}\n"


def _create() -> None:
    """An empty environment. Ends the program with a line if this Python is not one that the lock files are for."""
    found = sys.version_info[:2]
    if not (3, 11) <= found <= (3, 13):
        sys.exit(f"Python 3.11, 3.12 or 3.13 is needed; this is {found[0]}.{found[1]}. Try make PYTHON=python3.12 ...")
    print("Setting up the environment in .venv (once; some minutes)", file=sys.stderr, flush=True)
    _run(sys.executable, "-m", "venv", "--clear", str(VENV))


def _pip(*arguments: str) -> None:
    _run(str(PYTHON), "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check")


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(f"The environment could not be set up: `{' '.join(map(str, command[:5]))} ...` ended with {done.returncode}.")


def _note(name: str) -> Path:
    return VENV / f"complete-{name}"


def _done(name: str) -> str:
    return _note(name).read_text(encoding="utf-8") if _note(name).is_file() else ""


def _wanted(part: str) -> str:
    """What stands in the note of a part that is complete: the hash of its lock files."""
    return hashlib.sha256(b"".join((ROOT / lock).read_bytes() for lock in LOCKS[part])).hexdigest()


if __name__ == "__main__":
    main(sys.argv[1])
