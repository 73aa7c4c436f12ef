"""`make calibration`: how well the synthetic panel gives the published figures, over 200 seeds. Written to docs/calibration.md."""

from analysis.codebook import load
from analysis.settings import ROOT, settings
from analysis.synthetic import calibration

SEEDS = 200


def calibrate() -> None:
    book = load(settings().codebook)
    shipped = calibration.compare(book, settings().seed)
    seeds = calibration.over_seeds(book, range(SEEDS))
    page = ROOT / "docs" / "calibration.md"
    page.parent.mkdir(exist_ok=True)
    page.write_text(calibration.document(shipped, seeds, SEEDS), encoding="utf-8")
    print("\n".join(line for line in page.read_text().splitlines() if line.startswith("- ")))


if __name__ == "__main__":
    calibrate()
