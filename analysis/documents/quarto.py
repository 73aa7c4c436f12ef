"""RENDERER=quarto: the same executed notebook through a real Quarto (1.9 or newer on the PATH)."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import nbformat

from analysis.documents import pictures, qmd
from analysis.errors import LegepaneletError
from analysis.settings import ROOT

TARGETS = {"html": "html", "pdf": "typst", "docx": "docx", "jats": "jats"}
SUFFIX = {"jats": "xml"}


def render(notebook, *, outputs: dict[str, Path], resources: Path, epoch: int) -> None:
    """As `render.render`. The notebook is rendered inside a staging project, where Quarto finds the project's settings."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        shutil.copy(ROOT / "_quarto.yml", stage)
        shutil.copytree(ROOT / "reports" / "look", stage / "reports" / "look")
        shutil.copy(ROOT / "reports" / "references.bib", stage / "reports")
        if {"docx", "jats"} & set(outputs):
            pictures.rasterise(resources / "figures")
        shutil.copytree(resources / "figures", stage / "reports" / "figures")
        shutil.copy(resources / "numbers.html", stage / "reports")
        notebook = nbformat.from_dict(notebook)
        page = {"html": {"include-after-body": "numbers.html"}}
        qmd.set_front_matter(notebook, qmd.front_matter(notebook) | {"format": page})
        document = stage / "reports" / "document.ipynb"
        nbformat.write(notebook, document)
        for name, path in outputs.items():
            command = [
                "quarto",
                "render",
                str(document),
                "--to",
                TARGETS[name],
                "--no-execute",
                "--output",
                f"document.{SUFFIX.get(name, name)}",
            ]
            done = subprocess.run(command, capture_output=True, text=True, cwd=stage, check=False,
                                  env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch)})  # fmt: skip
            made = [p for p in stage.rglob(f"document.{SUFFIX.get(name, name)}") if p.is_file()]
            if done.returncode or not made:
                raise LegepaneletError(
                    "RENDER_FAILED", f"quarto: {done.stderr.strip().splitlines()[-1:] or done.stdout}"
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            whole = path.with_suffix(path.suffix + ".part")
            shutil.copy(made[0], whole)
            os.replace(whole, path)
