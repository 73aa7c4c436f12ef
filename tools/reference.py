"""`python -m tools.reference`: R's figures of the panel that the tests share, frozen: `tests/estimation/reference/waves.csv`.

Needs R with `survey`. Of each wave every twentieth estimate, comparison and test, and all models.
"""

import pandas as pd

from analysis.codebook import load
from analysis.codebook.plan import plans_of_wave
from analysis.crosscheck import compare, designs
from analysis.panel import build
from analysis.results import files
from analysis.settings import ROOT, settings
from tests import projects

EVERY = 20
PATH = ROOT / "tests" / "estimation" / "reference" / "waves.csv"


def main() -> None:
    book, found = load(settings().codebook), []
    derived = projects.full().folder / "data" / "derived"
    panels = {w: build.load(derived / str(w)) for w in projects.WAVES}
    for wave in projects.WAVES:
        plans = plans_of_wave(settings().reports, book, wave)
        asked = compare.wanted(files.read(derived / str(wave) / "estimates.csv"), plans)
        of_model = asked["what"].isin(compare.MODELS)
        some = pd.concat([asked[~of_model].iloc[::EVERY], asked[of_model]])
        upto = {w: panel for w, panel in panels.items() if w <= wave}
        found.append(compare.in_r(designs.designs(book, wave, upto, plans), some))
    pd.concat(found).to_csv(PATH, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
