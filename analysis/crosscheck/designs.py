"""A wave's designs as files for other software: what R's `survey` needs to give the same figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.codebook import Codebook, Indicator
from analysis.codebook.indicators import of_wave
from analysis.codebook.plan import Plan
from analysis.estimation import change, levels
from analysis.estimation.sample import weighted
from analysis.estimation.topics import specification
from analysis.estimation.wave import comparable_waves, comparisons
from analysis.panel.build import WavePanel

BACKGROUND = ["sex", "age_group", "position", "region", "specialty"]
THREE, NEVER = "_three", "_not_applicable"  # what a column of an answer in three classes, or of those it does not apply to, ends in


@dataclass(frozen=True)
class Sheet:
    """A design as two tables: `frame` (doctor, stratum, weights, raking variables, groups, answers), `margins` (variable, level, count)."""

    name: str
    frame: pd.DataFrame
    margins: pd.DataFrame

    def write(self, folder: Path) -> list[Path]:
        """NAME.csv and NAME_margins.csv, with all digits of every weight."""
        paths = [folder / f"{self.name}.csv", folder / f"{self.name}_margins.csv"]
        for table, path in zip((self.frame, self.margins), paths, strict=True):
            table.to_csv(path, index=False, lineterminator="\n")
        return paths


def write(book: Codebook, wave: int, panels: dict[int, WavePanel], plans: list[Plan], folder: Path) -> list[Path]:
    """The wave (analysis.csv) and, for every earlier wave that it is compared with, the two stacked (panel_2024.csv), each with its margins.

    The raking variables of stacked waves are crossed with wave: `2026:female:under_40`.
    """
    for old in [path for name in ("panel", "analysis", "margins") for path in folder.glob(f"{name}*.csv")]:
        old.unlink()
    sheets = [of_wave_sheet(panels[wave], _ids(book, wave)), *_pairs(book, wave, panels, plans)]
    return [path for sheet in sheets for path in sheet.write(folder)]


def designs(book: Codebook, wave: int, panels: dict[int, WavePanel], plans: list[Plan]) -> Iterator[Sheet]:
    """All designs that the wave's results are computed from, for a second computation of each of them.

    `analysis` (with answers in three classes, and whom a question does not apply to), `panel_`, `standardised_` and `within_` with the earlier wave,
    `trend_` with the indicator, and `<article>_<specification>`, with the earlier wave where it is of two.
    """
    indicators = [i for i in of_wave(book, wave) if i.id != "position"]
    yield _with_derived(book, wave, panels[wave], indicators)
    yield from _pairs(book, wave, panels, plans)
    for earlier, compared in _compared(book, wave, panels, plans).items():
        ids = [i.id for i in compared]
        then = change.standardised(panels[earlier], panels[wave].population)
        yield _stacked(f"standardised_{earlier}", {earlier: then, wave: panels[wave]}, ids)
        if made := change.longitudinal(wave, panels[earlier], panels[wave], ids, tuple(book.groupings)):
            yield Sheet(f"within_{earlier}", made[0].frame, made[1])
    for indicator in [i for i in indicators if i.id in book.panel.report.trends]:
        yield _stacked(f"trend_{indicator.id}", comparable_waves(book, indicator, wave, panels), [indicator.id])
    for plan in plans:
        yield from _specifications(book, plan, panels)


def of_wave_sheet(panel: WavePanel, ids: list[str], name: str = "analysis") -> Sheet:
    """A wave as it is weighted; raking variables as in its margins, but for `sex`, which is a group too: `m_sex`."""
    who = weighted(0, panel).frame
    raked = {v: f"m_{v}" if v in BACKGROUND or v == "everyone" else v for v in panel.margins["variable"].unique()}
    who = who.assign(**{new: who[f"raked_{v}"] for v, new in raked.items()})
    columns = dict.fromkeys(["doctor", "stratum", "start_weight", "weight", *raked.values(), *(c for c in BACKGROUND if c in who), *ids])
    return Sheet(name, who[list(columns)], panel.margins.replace({"variable": raked}))


def _stacked(name: str, waves: dict[int, WavePanel], ids: list[str]) -> Sheet:
    frame = change.stack(waves, [*(c for c in BACKGROUND if all(c in panel.doctors for panel in waves.values())), *dict.fromkeys(ids)]).frame
    raked = {c: c.replace("raked_", "m_", 1) for c in frame if c.startswith("raked_")}
    crossed = {new: frame["wave"] + ":" + frame[old].astype(str) for old, new in raked.items()}
    margins = [_crossed(wave, panel.margins, [c.removeprefix("raked_") for c in raked]) for wave, panel in waves.items()]
    return Sheet(name, frame.drop(columns=list(raked)).assign(**crossed), pd.concat(margins, ignore_index=True))


def _crossed(wave: int, margins: pd.DataFrame, variables: list[str]) -> pd.DataFrame:
    """A wave's margins among those of others: those of `variables` that it has, and all of it for those that it lacks."""
    total = margins["count"].sum() / margins["variable"].nunique()
    lacking = [{"variable": v, "level": "all", "count": total} for v in variables if v not in set(margins["variable"])]
    whole = pd.concat([margins, pd.DataFrame(lacking)])
    return whole.assign(variable="m_" + whole["variable"], level=f"{wave}:" + whole["level"].astype(str))


def _ids(book: Codebook, wave: int) -> list[str]:
    return list(dict.fromkeys(i.id for i in of_wave(book, wave) if i.id != "position"))


def _compared(book: Codebook, wave: int, panels: dict[int, WavePanel], plans: list[Plan]) -> dict[int, list[Indicator]]:
    indicators = [i for i in of_wave(book, wave) if i.id != "position" and i.kind != "category"]
    return dict(sorted(comparisons(book, wave, panels, indicators, plans)[0].items()))


def _pairs(book: Codebook, wave: int, panels: dict[int, WavePanel], plans: list[Plan]) -> Iterator[Sheet]:
    for earlier, compared in _compared(book, wave, panels, plans).items():
        yield _stacked(f"panel_{earlier}", {w: panels[w] for w in (earlier, wave)}, [i.id for i in compared])


def _with_derived(book: Codebook, wave: int, panel: WavePanel, indicators: list[Indicator]) -> Sheet:
    sheet, sample = of_wave_sheet(panel, _ids(book, wave)), weighted(wave, panel)
    classes = {f"{i.id}{THREE}": sheet.frame[i.id].map(levels.class_of(sorted(i.categories))) for i in levels.ordered(book, indicators)}
    never: dict[str, pd.Series] = {}
    for question in (q for q in book.questions(wave).values() if q.id in panel.reasons and q.id in sheet.frame):
        left_out = pd.Series(sample.lacking(question.id, ("not_applicable",)))
        never[f"{question.id}{NEVER}"] = left_out.astype(float).where(sheet.frame[question.id].notna() | left_out)
    return Sheet(sheet.name, pd.concat([sheet.frame, pd.DataFrame(classes | never)], axis=1), sheet.margins)


def _specifications(book: Codebook, plan: Plan, panels: dict[int, WavePanel]) -> Iterator[Sheet]:
    findings = specification.findings_of(plan, panels)
    waves = sorted({f.vs_wave for f in findings if f.vs_wave})
    for name in specification.SPECIFICATIONS:
        varied = {w: specification.varied(book, plan, panels[w], w, name) for w in (*waves, plan.wave)}
        if (here := varied[plan.wave]) is None:
            continue
        stem = f"{plan.article}_{name}"
        yield of_wave_sheet(here, list(dict.fromkeys(f.indicator for f in findings)), stem)
        for earlier in [w for w in waves if varied[w] is not None]:
            ids = [f.indicator for f in findings if f.vs_wave == earlier]
            yield _stacked(f"{stem}_{earlier}", {earlier: varied[earlier], plan.wave: here}, ids)
