"""RENDERER=quarto: the same executed notebook through a real Quarto, by the same settings and filters as a plain `quarto render`."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from analysis.documents import render as builtin
from analysis.errors import LegepaneletError
from analysis.settings import ROOT, settings

OLDEST = (1, 9)
TARGETS = {"html": "html", "pdf": "typst", "docx": "docx", "jats": "jats"}
SUFFIX = {"jats": "xml"}
DOCUMENT = Path("reports") / "document.qmd"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
TELLING = ("ERROR", "error:", "[WARNING]", "Error running filter")  # how the line begins that says what is wrong
HARMLESS = "verapdf is not installed"


def check() -> None:
    """Raises QUARTO_MISSING, or QUARTO_OLD, before anything is made."""
    if not (program := shutil.which("quarto")):
        hint = "Install Quarto 1.9 or newer (docs/quarto.md)."
        raise LegepaneletError("QUARTO_MISSING", "RENDERER=quarto needs the program quarto on the PATH", hint)
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if found < OLDEST:
        raise LegepaneletError("QUARTO_OLD", f"the program quarto on the PATH is {version or 'of no known version'}", "Install Quarto 1.9 or newer.")


def render(notebook, *, outputs: dict[str, Path], resources: Path, epoch: int) -> None:
    """As `render.render`. Raises RENDER_FAILED.

    Quarto gets the Markdown of the executed notebook, so that nothing runs again, as a document of a project of its own: a copy of the
    settings and of the look, away from the working tree.
    """
    builtin.prepare(outputs, resources)
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        _fill(stage, builtin.markdown(notebook), outputs, resources)
        done = subprocess.run([shutil.which("quarto"), "render", str(DOCUMENT)], capture_output=True, text=True, encoding="utf-8", cwd=stage,
                              check=False, env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch)})  # fmt: skip
        told = COLOUR.sub("", f"{done.stderr}\n{done.stdout}").splitlines()
        made = {name: (stage / "made" / DOCUMENT).with_suffix(f".{SUFFIX.get(name, name)}") for name in outputs}
        if done.returncode or any(line.startswith("[WARNING]") for line in told) or not all(path.is_file() for path in made.values()):
            raise LegepaneletError("RENDER_FAILED", f"quarto: {_complaint(told)}", "Look for the reference, key or picture it names.")
        for line in [line for line in told if line.startswith("WARN") and HARMLESS not in line]:
            print(f"  quarto: {line}", file=sys.__stderr__, flush=True)
        for name, path in outputs.items():
            builtin.write(builtin.finished(name, made[name].read_bytes(), path, epoch), path)


def _fill(stage: Path, text: str, outputs: dict[str, Path], resources: Path) -> None:
    """The project that Quarto renders: the settings of the formats asked for, the look, the document and its pictures."""
    reports = stage / "reports"
    project = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))
    del project["project"]["post-render"]  # it finishes files of the working tree
    project["project"]["output-dir"] = "made"
    project["format"] = {TARGETS[name]: project["format"][TARGETS[name]] for name in outputs}
    if "html" in outputs:
        project["format"]["html"]["include-after-body"] = "reports/numbers.html"
    (stage / "_quarto.yml").write_text(yaml.safe_dump(project, sort_keys=False), encoding="utf-8")
    shutil.copytree(settings().look, reports / "_extensions" / "look")
    shutil.copy(ROOT / "reports" / "references.bib", reports)
    shutil.copytree(resources / "figures", reports / "figures")
    shutil.copy(resources / "numbers.html", reports)
    (stage / DOCUMENT).write_text(text.replace("---\n", "---\nengine: markdown\n", 1), encoding="utf-8")


def _complaint(told: list[str]) -> str:
    """What Quarto says is wrong: its line ERROR and what follows, without the stack trace."""
    lines = [line for line in told if line.strip()]
    start = next((i for i, line in enumerate(lines) if line.startswith(TELLING)), max(len(lines) - 5, 0))
    found = lines[start : start + 6]
    end = next((i for i, line in enumerate(found) if line.startswith(("stack traceback", "Stack trace"))), len(found))
    return "\n  ".join(found[:end])
