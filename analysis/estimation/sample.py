"""What is estimated from: a design and what its doctors answered, as arrays that are made once."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.estimation.design import Design
from analysis.panel import weighting
from analysis.panel.build import WavePanel

MISSING = ("unanswered", "refused", "not_applicable", "unusable")
Domains = dict[tuple[str, ...], np.ndarray]


@dataclass(frozen=True)
class Sample:
    """`frame`: the design's rows, with groups and answers; `reasons`: why answers are missing, and the rows' places in it (None: none is counted)."""

    wave: int
    design: Design
    frame: pd.DataFrame
    reasons: tuple[pd.DataFrame, np.ndarray] | None = None
    _arrays: dict = field(default_factory=dict, repr=False, compare=False)

    def answers(self, name: str) -> np.ndarray:
        """A column as floats, NaN where there is no answer."""
        return self._once(("answers", name), lambda: self.frame[name].to_numpy(dtype=float, na_value=np.nan))

    def ticked(self, name: str, code: int) -> np.ndarray:
        """Whether the answer is `code`: 1 or 0, NaN where there is no answer."""
        y = self.answers(name)
        return self._once(("ticked", name, code), lambda: np.where(np.isnan(y), np.nan, y == code))

    def lacking(self, name: str, those: tuple[str, ...] = MISSING) -> np.ndarray:
        """Who was asked and gave no answer, for one of the reasons `those` (boolean)."""
        if self.reasons is None:
            return np.zeros(len(self.frame), dtype=bool)
        table, order = self.reasons
        return self._once(("lacking", name, those), lambda: table[name].isin(those).to_numpy()[order])

    def domains(self, by: tuple[str, ...]) -> Domains:
        """Levels of the grouping variables -> their rows (boolean), in order; everyone without grouping. Who has no level is in none."""
        return self._once(("domains", by), lambda: self._domains(by))

    def domains_of(self, indicator: str) -> Domains:
        """The same by the values of a 0/1 indicator."""
        y = self.answers(indicator)
        return {(level,): y == value for level, value in (("0", 0), ("1", 1)) if (y == value).any()}

    def _domains(self, by: tuple[str, ...]) -> Domains:
        if not by:
            return {(): np.ones(len(self.frame), dtype=bool)}
        if len(by) == 1:
            code, levels = pd.factorize(self.frame[by[0]], sort=True)
            return {(str(level),): code == place for place, level in enumerate(levels)}
        first, rest = self.domains(by[:1]), self.domains(by[1:])
        both = {a + b: inside & there for a, inside in first.items() for b, there in rest.items()}
        return {level: inside for level, inside in both.items() if inside.any()}

    def _once(self, key: tuple, make):
        if key not in self._arrays:
            self._arrays[key] = make()
        return self._arrays[key]


def weighted(wave: int, panel: WavePanel) -> Sample:
    """The wave as it is weighted."""
    frame = panel.analysed.assign(stratum=weighting.collapse_strata(panel.analysed["stratum"], panel.analysed["doctor"]))
    order = pd.Index(panel.reasons["doctor"]).get_indexer(frame["doctor"])
    return Sample(wave, Design.of(frame, [f"raked_{v}" for v in panel.margins["variable"].unique()]), frame, (panel.reasons, order))
