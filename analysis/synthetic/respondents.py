"""Who answers a wave, as arrays that its many questions share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.synthetic.assumptions import group_of
from analysis.synthetic.fieldwork import reporting_group

STOPS = {"complete": 2.0, "partial": 0.66, "break_off": 0.33}  # how much of the questionnaire was seen


@dataclass(frozen=True)
class Respondents:
    """Arrays with a value a respondent. `row` is the doctor's in the population; `seen` the share of the questionnaire that was seen."""

    row: np.ndarray
    position: np.ndarray
    sex: np.ndarray
    age_group: np.ndarray
    group: np.ndarray
    seen: np.ndarray
    _cells: dict = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, sample: pd.DataFrame) -> "Respondents":
        """From a wave's sample: those who answered at all."""
        here = sample[sample["response"] != "none"]
        sex, age_group = (here[c].to_numpy(dtype=object) for c in ("sex", "age_group"))
        return cls(here["row"].to_numpy(), here["position"].to_numpy(dtype=float), sex, age_group, reporting_group(here).astype(object),
                   here["response"].map(STOPS).to_numpy(dtype=float))  # fmt: skip

    def __len__(self) -> int:
        return len(self.row)

    def cells(self, groups: Iterable[str]) -> Iterator[tuple[str, np.ndarray]]:
        """The cells that a location is solved in: each of `groups` with its rows, where somebody is in it."""
        groups = tuple(groups)
        if groups not in self._cells:
            own = {group: group_of(group, groups) for group in np.unique(self.group.astype(str))}
            name = np.array([own[group] for group in self.group])
            self._cells[groups] = [(group, rows) for group in groups if (rows := name == group).any()]
        return iter(self._cells[groups])
