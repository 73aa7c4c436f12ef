"""How figures look: fonts, colours, and files that are the same bytes on every machine."""

import json
from functools import cache
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib import font_manager
from matplotlib.backends.backend_svg import FigureCanvasSVG

from analysis.presentation import provenance
from analysis.presentation.kernel import wants_raster
from analysis.settings import settings

FONTS = settings().look / "fonts"
ACCENT, INK, QUIET, LINE, ALARM = "#1b5e6b", "#1c1c1c", "#595959", "#b9c4c6", "#9b1c1c"
# Told apart in grey print and by the colour-blind: dark, middle, light, with the accent first.
SERIES = ("#1b5e6b", "#c2703d", "#6b4c8a", "#4a7c3a", "#8a8a8a", "#b0336a", "#2f6fb0")


@cache
def apply() -> None:
    """Sets fonts and rules for all figures of this process."""
    for path in sorted(FONTS.glob("SourceSans3-*.ttf")):
        font_manager.fontManager.addfont(str(path))
    sns.set_theme(
        style="ticks",
        rc={
            "font.family": "Source Sans 3", "font.size": 9, "axes.titlesize": 10, "axes.labelsize": 9, "axes.edgecolor": LINE,
            "axes.labelcolor": QUIET, "xtick.color": QUIET, "ytick.color": QUIET, "text.color": INK, "axes.spines.top": False,
            "axes.spines.right": False, "axes.grid": True, "axes.grid.axis": "y", "grid.color": "#e6ebec", "grid.linewidth": 0.7,
            "xtick.labelsize": 8, "ytick.labelsize": 8.5, "svg.fonttype": "path", "svg.hashsalt": "legepanelet", "figure.dpi": 100, "savefig.dpi": 300, "axes.titleweight": "semibold",
            "axes.titlelocation": "left", "text.parse_math": False, "axes.unicode_minus": True,
        },
    )  # fmt: skip


def diverging(n: int) -> list[str]:
    """`n` colours from disagreement through neutral to agreement; light in the middle, dark at both ends."""
    low, high = ["#8c4a1f", "#c98a5b", "#e6c6ab"], ["#a9cdd3", "#4f93a0", "#174f5a"]
    half = n // 2
    middle = ["#dcdcdc"] if n % 2 else []
    pick = {1: [0], 2: [0, 1], 3: [0, 1, 2]}[min(half, 3)]
    return [low[i] for i in pick] + middle + [high[2 - i] for i in reversed(pick)]


def sequential(n: int) -> list[str]:
    """`n` shades of the accent, from light to dark."""
    return ["#dde8ea", *sns.blend_palette(["#b5d3d8", "#174f5a"], n - 1).as_hex()]


def on(colour: str) -> str:
    """The colour of a text on `colour`."""
    return "white" if sum(int(colour[i : i + 2], 16) for i in (1, 3, 5)) < 420 else INK


def save(figure, folder: Path, name: str, synthetic: str | None, alt: str) -> Path:
    """Writes `name`.svg without clock or software in it; marks synthetic data inside the picture. Gives the path without suffix.

    `name`.json beside it tells the origin of every number drawn and of every number of the alternative text, in which no mark can stand.
    """
    drawn = [text for text in figure.findobj(matplotlib.text.Text) if provenance.origins(text.get_text())]
    told = {"figure label": "".join(text.get_text() for text in drawn), "alt": alt}
    for text in drawn:
        text.set_text(provenance.plain(text.get_text()))
    if synthetic:
        # A band of its own above the drawing, so that it covers nothing.
        figure.get_layout_engine().set(rect=(0, 0, 1, 1 - 0.17 / figure.get_figheight()))
        figure.text(0.995, 0.995, synthetic, ha="right", va="top", fontsize=7, color=ALARM, fontweight="semibold")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    canvas, figure.dpi = FigureCanvasSVG(figure), 72
    figure.get_layout_engine().execute(figure)  # `savefig` would draw everything once more only for this
    figure.set_layout_engine("none")
    canvas.print_svg(path.with_suffix(".svg"), metadata={"Date": None, "Creator": None})
    if wants_raster():
        figure.savefig(path.with_suffix(".png"), metadata={"Software": None})
    plt.close(figure)
    origins = {
        where: [[*vars(o).values(), shown] for o, shown in provenance.origins(text)] for where, text in told.items()
    }
    path.with_suffix(".json").write_text(json.dumps(origins), encoding="utf-8")
    return path
