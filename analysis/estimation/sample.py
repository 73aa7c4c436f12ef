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
    """`frame`: the design's rows, with groups and answers; `reasons`: why an answer is missing, in the same order (None: none is counted)."""

    wave: int
    design: Design
    frame: pd.DataFrame
    reasons: pd.DataFrame | None = None
    _arrays: dict = field(default_factory=dict, repr=False, compare=False)

    def answers(self, name: str) -> np.ndarray:
        """A column as floats, NaN where there is no answer."""
        return self._once(("answers", name), lambda: self.frame[name].to_numpy(dtype=float, na_value=np.nan))

    def lacking(self, name: str) -> np.ndarray:
        """Who was asked and gave no answer (boolean)."""
        if self.reasons is None:
            return np.zeros(len(self.frame), dtype=bool)
        return self._once(("lacking", name), lambda: self.reasons[name].isin(MISSING).to_numpy())

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
        code, levels = pd.MultiIndex.from_frame(self.frame[list(by)]).factorize(sort=True)
        return {tuple(map(str, level)): code == place for place, level in enumerate(levels) if not pd.isna(list(level)).any()}

    def _once(self, key: tuple, make):
        if key not in self._arrays:
            self._arrays[key] = make()
        return self._arrays[key]


def weighted(wave: int, panel: WavePanel) -> Sample:
    """The wave as it is weighted."""
    frame = panel.analysed.assign(stratum=weighting.collapse_strata(panel.analysed["stratum"], panel.analysed["doctor"]))
    reasons = panel.reasons.set_index("doctor").loc[frame["doctor"]].reset_index()
    return Sample(wave, Design.of(frame, [f"raked_{v}" for v in panel.margins["variable"].unique()]), frame, reasons)
