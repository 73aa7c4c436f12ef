"""Figures as 300 dpi PNG, for the formats that take no SVG; drawn from the SVG, so that both show the same."""

import io
from pathlib import Path

import typst
from PIL import Image

DPI = 300
POINTS = 72  # an inch


def rasterise(folder: Path) -> None:
    """Writes `<name>.png` beside every `<name>.svg` of `folder`: DPI dots an inch of its printed size, without clock or software."""
    for path in sorted(folder.glob("*.svg")):
        page = '#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.svg")'
        drawn = typst.compile({"main": page.encode(), "picture.svg": path.read_bytes()}, format="png", ppi=DPI)
        with Image.open(io.BytesIO(drawn)) as picture:
            picture.convert("RGB").save(path.with_suffix(".png"), dpi=(DPI, DPI), optimize=True)
