"""`make lock`: writes the lock files anew from the ranges of `pyproject.toml`, hashed and without addresses. Needs `uv`.

`requirements.lock` is what a report needs, `requirements-test.lock` what the tests need besides, `requirements-quarto.lock` what plain Quarto
needs besides to render another wave than a document's own. A version that is locked stays as long as its range allows it; `python tools/lock.py --upgrade` takes the newest of each.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "requirements.lock"
REST = {"test": ROOT / "requirements-test.lock", "quarto": ROOT / "requirements-quarto.lock"}
HOW = ["--universal", "--generate-hashes", "--python-version", "3.11", "--no-emit-index-url", "--no-annotate", "--no-header", "--quiet"]


def compile_lock(extras: list[str], constraints: list[Path], upgrade: list[str]) -> str:
    """A lock file's text. Raises CalledProcessError if uv finds no versions."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "lock"
        command = ["uv", "pip", "compile", "pyproject.toml", *HOW, *upgrade, "-o", str(output)]
        command += [part for extra in extras for part in ("--extra", extra)]
        command += [part for path in constraints for part in ("--constraint", str(path))]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return output.read_text(encoding="utf-8")


def entries(text: str) -> dict[str, str]:
    """Package -> its lines of a lock file."""
    return {re.match(r"[\w.-]+", entry)[0]: entry for entry in re.findall(r"^\w.*(?:\n    .*)*\n?", text, re.MULTILINE)}


def main(upgrade: list[str]) -> None:
    locked = [] if upgrade else [path for path in (REPORT, *REST.values()) if path.is_file()]
    REPORT.write_text(compile_lock(["build"], locked, upgrade), encoding="utf-8")
    needed = entries(REPORT.read_text(encoding="utf-8"))
    for extra, path in REST.items():
        rest = entries(compile_lock(["build", extra], [REPORT, *(p for p in locked if p != REPORT)], upgrade))
        path.write_text("".join(text for name, text in rest.items() if name not in needed), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
