"""`make bench`: what takes minutes. The calibration over 200 seeds (written to docs/calibration.md), and timings as ratios."""

import subprocess
import sys
import time

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


def timings() -> None:
    """A report with nothing changed, and one with a sentence changed, as shares of a report of everything."""
    command = [sys.executable, "-m", "analysis", "report", "--wave", "2026"]
    document = ROOT / "reports" / "wave-report.nb.qmd"
    before = document.read_text(encoding="utf-8")

    def seconds() -> float:
        start = time.monotonic()
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        return time.monotonic() - start

    subprocess.run(["make", "clean"], check=True, capture_output=True, cwd=ROOT)
    whole, idle = seconds(), seconds()
    try:
        document.write_text(before + "\nEn ny setning.\n", encoding="utf-8")
        sentence = seconds()
    finally:
        document.write_text(before, encoding="utf-8")
    print(
        f"everything 1.00 ({whole:.0f} s); a changed sentence {sentence / whole:.2f}; nothing changed {idle / whole:.3f}"
    )


if __name__ == "__main__":
    calibrate()
    timings()
