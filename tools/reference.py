"""`python -m tools.reference`: R's figures of several waves, frozen for the tests: `tests/estimation/reference/waves.csv`.

Needs R with `survey` and results that are built (`make report`). Of each wave every thirtieth estimate, comparison and test, and all models.
"""

import pandas as pd

from analysis import pipeline
from analysis.codebook import load
from analysis.codebook.plan import plans_of_wave
from analysis.crosscheck import compare, designs
from analysis.panel import build
from analysis.settings import ROOT, settings

WAVES, EVERY = (1994, 2004, 2010, 2019, 2026), 30
PATH = ROOT / "tests" / "estimation" / "reference" / "waves.csv"


def main() -> None:
    book = load(settings().codebook)
    panels = {w: build.load(pipeline.derived(w)) for w in sorted(book.waves)}
    found = []
    for wave in WAVES:
        plans = plans_of_wave(settings().reports, book, wave)
        asked = compare.wanted(pd.read_parquet(pipeline.derived(wave) / "estimates.parquet"), plans)
        of_model = asked["what"].isin(compare.MODELS)
        some = pd.concat([asked[~of_model].iloc[::EVERY], asked[of_model]])
        upto = {w: panel for w, panel in panels.items() if w <= wave}
        found.append(compare.in_r(designs.designs(book, wave, upto, plans), some).merge(some[["id", "statistic"]], on="id"))
    pd.concat(found).to_csv(PATH, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
