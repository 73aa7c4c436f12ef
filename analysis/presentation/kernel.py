"""Who runs the document's kernel: the built-in executor, or Quarto when a document is rendered by `quarto render` itself.

Quarto tells a kernel that it starts about the rendering in a JSON file whose path stands in the environment.
"""

import json
import os
from pathlib import Path

from analysis.settings import ROOT

TOLD = "QUARTO_EXECUTE_INFO"
DRAWERS = "LEGEPANELET_DRAWERS"
RASTER = ("docx", "jats")  # formats that take no SVG
NOTES = ROOT / ".build" / "quarto"  # document -> the wave it was last rendered for, for `reports/_extensions/look/after.py`


def in_quarto() -> bool:
    return TOLD in os.environ


def drawers() -> int:
    """How many processes may draw beside the kernel: one, the kernel itself, unless whoever runs it waits for them at the end."""
    return int(os.environ.get(DRAWERS, "1"))


def wants_raster() -> bool:
    """Whether Quarto renders to a format that takes no SVG; the built-in renderer draws such pictures by itself."""
    return in_quarto() and _told()["format"]["pandoc"].get("to", "").startswith(RASTER)


def note_wave(wave: int) -> None:
    """Leaves a note of the wave that the document is rendered for: Quarto names its files after the document only."""
    NOTES.mkdir(parents=True, exist_ok=True)
    (NOTES / f"{Path(_told()['document-path']).stem}.txt").write_text(str(wave), encoding="utf-8")


def wave_of(document: str) -> str:
    """The wave that a document (`ai-use.nb`) was last rendered for; empty if it never was."""
    note = NOTES / f"{document}.txt"
    return note.read_text(encoding="utf-8") if note.is_file() else ""


def _told() -> dict:
    return json.loads(Path(os.environ[TOLD]).read_text(encoding="utf-8"))
