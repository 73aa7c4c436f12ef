"""Whether a finding hangs on how it was computed: the same figure under five specifications."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pandas as pd

from analysis.codebook import Codebook, Indicator
from analysis.codebook.plan import Finding, Plan
from analysis.errors import LegepaneletError
from analysis.estimation import change
from analysis.estimation.estimands import Estimand, estimate
from analysis.estimation.levels import differences, levels
from analysis.estimation.sample import Sample, weighted
from analysis.panel import weighting
from analysis.panel.build import WavePanel, weigh
from analysis.results import Row

SPECIFICATIONS = ("weighted", "unweighted", "equal_start_weights", "without_newest_cohort", "complete_cases")
UNANSWERED = ("unanswered", "refused", "unusable")


def rows(book: Codebook, plan: Plan, indicators: dict[str, Indicator], panels: dict[int, WavePanel]) -> list[Row]:
    """Rows of model `specification`, the term naming which, for every primary outcome and finding there are data for.

    weighted: as reported. unweighted: no weights, no strata. equal_start_weights: every doctor starts with the same weight, then
    raked. without_newest_cohort: without those recruited at the last renewal or later, raked again. complete_cases: those who
    left none of the topics' questions unanswered, raked again.
    """
    found: list[Row] = []
    wanted = findings_of(plan, panels)
    waves = sorted({plan.wave, *(f.vs_wave for f in wanted if f.vs_wave)})
    for name in SPECIFICATIONS:
        held = {w: varied(book, plan, panels[w], w, name) for w in waves}
        if held[plan.wave] is not None:
            made = _specified(book, plan.wave, wanted, indicators, held)
            found += [replace(row, key=row.key.but(model="specification", term=name)) for row in made]
    return found


def _specified(book: Codebook, wave: int, wanted: list[Finding], indicators: dict[str, Indicator], panels: dict[int, WavePanel | None]
               ) -> Iterator[Row]:  # fmt: skip
    sample = weighted(wave, panels[wave])
    here = [e for f in wanted if not f.vs_wave for e in _of_the_wave(book, sample, f, indicators[f.indicator])]
    yield from estimate(sample.design, here)
    for earlier in sorted({f.vs_wave for f in wanted if f.vs_wave} & {w for w, panel in panels.items() if panel}):
        compared = [indicators[f.indicator] for f in wanted if f.vs_wave == earlier]
        yield from change.net({w: panels[w] for w in (earlier, wave)}, earlier, compared, ())


def _of_the_wave(book: Codebook, sample: Sample, finding: Finding, indicator: Indicator) -> Iterable[Estimand]:
    if not finding.by:
        return levels(sample, [indicator], ())
    wanted = (((finding.by, finding.level),), finding.vs_level)
    return [e for e in differences(sample, [indicator], book.groupings) if (e.key.groups, e.key.vs_level) == wanted]


def findings_of(plan: Plan, panels: dict[int, WavePanel]) -> list[Finding]:
    """The plan's primary outcomes and findings, those that there are data for."""
    named = dict.fromkeys([*(Finding(**o.model_dump()) for o in plan.primary), *plan.findings])
    return [f for f in named if f.vs_wave is None or f.vs_wave in panels]


def varied(book: Codebook, plan: Plan, panel: WavePanel, wave: int, name: str) -> WavePanel | None:
    """The wave as the specification has it; None if too few are left to weight."""
    if name == "weighted":
        return panel
    doctors = panel.doctors.copy(deep=False)
    if name == "unweighted":
        doctors = doctors.assign(stratum="all", start_weight=1.0, weight=1.0, everyone="all", raked_everyone="all")
        margins = pd.DataFrame([{"variable": "everyone", "level": "all", "count": int(doctors["analysed"].sum())}])
        return replace(panel, doctors=doctors, margins=margins)
    if name == "equal_start_weights":
        doctors["stratum"] = "all"
        doctors["start_weight"] = weighting.total_of(panel.population) / len(
            doctors
        )
    elif name == "without_newest_cohort":
        renewals = [w for w, held in book.waves.items() if held.recruitment and w <= plan.wave]
        if not renewals:
            return None
        doctors["analysed"] &= doctors["cohort"] < max(renewals)
    else:
        asked = [c for topic in plan.topics if topic in book.asked(wave) for q in book.asked(wave)[topic]
                 for c in panel.reasons.columns if c == q.id or (q.type == "multiple" and c.startswith(f"{q.id}_"))]  # fmt: skip
        whole = ~panel.reasons[asked].isin(UNANSWERED).any(axis=1)
        doctors["analysed"] &= doctors["doctor"].isin(panel.reasons.loc[whole, "doctor"])
    return _raked_again(panel, doctors)


def _raked_again(panel: WavePanel, doctors: pd.DataFrame) -> WavePanel | None:
    if doctors["analysed"].sum() < 2 * weighting.SMALLEST_CELL:
        return None
    try:
        doctors, margins = weigh(doctors, panel.population)
    except LegepaneletError:  # a margin that nobody of the rest can fill
        return None
    return replace(panel, doctors=doctors, margins=margins)
