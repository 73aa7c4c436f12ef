"""Quarto runs this after `quarto render` (_quarto.yml, post-render): it finishes DOCX and JATS as the built-in renderer does, and puts a copy of
every file into a folder of its wave. Quarto's own file stays where Quarto wants it, for a preview to find.
"""

import os
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from analysis.documents import render  # noqa: E402
from analysis.presentation import kernel  # noqa: E402

FORMATS = {".docx": "docx", ".xml": "jats"}
FIGURES = ROOT / "reports" / "figures"


def finish(path: Path) -> None:
    made, name = path.read_bytes(), FORMATS[path.suffix]
    if name == "jats":
        named = dict.fromkeys(re.findall(r'xlink:href="(figures/[^"]+)"', made.decode()))
        render.copy_pictures([FIGURES.parent / picture for picture in named], path)
    render.write(render.finished(name, made, path, None), path)


def copy(path: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, folder)
    if (pictures := render.pictures_of(path)).is_dir() and path.suffix == ".xml":
        shutil.copytree(pictures, folder / pictures.name, dirs_exist_ok=True)


for line in os.environ.get("QUARTO_PROJECT_OUTPUT_FILES", "").splitlines():
    made = (ROOT / line).resolve()
    if made.suffix in FORMATS:
        finish(made)
    if wave := kernel.wave_of(made.stem):
        copy(made, ROOT / os.environ["QUARTO_PROJECT_OUTPUT_DIR"] / wave)
shutil.rmtree(FIGURES, ignore_errors=True)  # they stand in the files, or beside them
