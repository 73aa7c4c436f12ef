"""Means, shares and quartiles of a wave, overall and by group."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import beta

from analysis.codebook import Codebook, Indicator
from analysis.codebook.plan import CONTRASTS
from analysis.estimation import linear
from analysis.estimation.linear import Design, Estimate

BY = ("sex", "age_group", "position")
QUARTILES = {0.25: "p25", 0.5: "median", 0.75: "p75"}
MISSING = ("unanswered", "refused", "not_applicable", "unusable")


def estimate(design: Design, frame: pd.DataFrame, reasons: pd.DataFrame, indicators: list[Indicator],
             hours: set[str]) -> list[dict]:  # fmt: skip
    """Rows of all `indicators`: overall and by each of BY; those in `hours` also by position x sex, with quartiles.

    `design` is the raked sample, `frame` the same doctors as a pandas table (groups, indicators, weight), `reasons`
    their reasons of missing answers. Means: t interval on (valid - their strata) degrees of freedom. Shares: logit
    interval (R: `svyciprop(method = "logit")`); a share of 0 or 1 gets the exact limit on n / Kish's design effect.
    """
    rows = []
    for by in [(), *((b,) for b in BY)]:
        rows += _means([i for i in indicators if i.kind == "mean"], design, frame, reasons, by)
        rows += _shares([i for i in indicators if i.kind != "mean"], design, frame, reasons, by)
    special = [i for i in indicators if i.id in hours]
    by = ("position", "sex")
    rows += _means([i for i in special if i.kind == "mean"], design, frame, reasons, by)
    rows += _shares([i for i in special if i.kind != "mean"], design, frame, reasons, by)
    for by in [(), *((b,) for b in BY)]:
        rows += _quartiles([i for i in special if i.kind == "mean"], design, frame, reasons, by)
    return rows


def key(by: tuple, levels: tuple) -> dict:
    """The grouping columns of a row."""
    names = ("by", "level"), ("by2", "level2")
    found = {}
    for (column, value), b, level in zip(names, by, levels, strict=False):
        found |= {column: b, value: str(level)}
    return found


def counts(frame: pd.DataFrame, reasons: pd.DataFrame, ids: list[str], by: tuple) -> dict[tuple, tuple[int, int]]:
    """(indicator, *levels) -> (answers, answers missing among those asked)."""
    valid, missing = frame[ids].notna(), reasons[ids].isin(MISSING)
    if not by:
        return {(i,): (int(valid[i].sum()), int(missing[i].sum())) for i in ids}
    keys = [frame[b] for b in by]
    n, lost = valid.groupby(keys).sum(), missing.groupby(keys).sum()
    return {
        (i, *(levels if isinstance(levels, tuple) else (levels,))): (int(n.loc[levels, i]), int(lost.loc[levels, i]))
        for levels in n.index for i in ids
    }  # fmt: skip


def _common(indicator: Indicator) -> dict:
    return {"kind": "estimate", "indicator": indicator.id, "base": indicator.base, "weighting": "cross"}


def _answered(frame: pd.DataFrame, ids: list[str]) -> list[str]:
    return [i for i in ids if frame[i].notna().sum() >= 2]


def groups(frame: pd.DataFrame, by: tuple) -> Iterator[tuple[tuple, np.ndarray]]:
    """Levels of the grouping variables and the rows that have them, in order; everyone without grouping."""
    if not by:
        yield (), np.ones(len(frame), dtype=bool)
        return
    keys = [frame[b] for b in by]
    for levels, rows in sorted(frame.groupby(list(by) if len(by) > 1 else by[0], observed=True).indices.items()):
        inside = np.zeros(len(frame), dtype=bool)
        inside[rows] = True
        yield levels if len(keys) > 1 else (levels,), inside


def values(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A column as floats, NaN where there is no answer."""
    return frame[name].to_numpy(dtype=float, na_value=np.nan)


def _means(indicators: list[Indicator], design: Design, frame, reasons, by: tuple) -> list[dict]:
    by_id = {i.id: i for i in indicators}
    ids = _answered(frame, list(by_id))
    number = counts(frame, reasons, ids, by) if ids else {}
    rows, estimates = [], []
    for name in ids:
        y = values(frame, name)
        for levels, inside in groups(frame, by):
            found = linear.mean(design, y, inside)
            if found.inside.any():
                n, lost = number[(name, *levels)]
                estimates.append(found)
                rows.append(_common(by_id[name]) | key(by, levels) | {"statistic": "mean", "n": n, "n_missing": lost, "unit": "mean"})
    return with_errors(design, rows, estimates)


def with_errors(design: Design, rows: list[dict], estimates: list[Estimate], df: list[int] | None = None) -> list[dict]:
    """The rows with their estimate, standard error and t interval on `df`, by default the answers less their strata."""
    value = np.array([e.value for e in estimates])
    free = np.array([design.df(e.inside) for e in estimates] if df is None else df, dtype=float)
    se = linear.standard_errors(design, estimates)
    lower, upper = linear.t_interval(value, se, free)
    return [
        row | {"estimate": v, "se": s, "lower": lo, "upper": up, "df": d}
        for row, v, s, lo, up, d in zip(rows, value.tolist(), se.tolist(), lower.tolist(), upper.tolist(), free.tolist(), strict=True)
    ]


def _shares(indicators: list[Indicator], design: Design, frame, reasons, by: tuple) -> list[dict]:
    by_id = {i.id: i for i in indicators}
    ids = _answered(frame, list(by_id))
    number = counts(frame, reasons, ids, by) if ids else {}
    answers, inside = {name: values(frame, name) for name in ids}, dict(groups(frame, by))
    rows, estimates = [], []
    for (name, *levels), (n, lost) in number.items():
        indicator = by_id[name]
        for code in (list(indicator.categories) if indicator.kind == "category" else [1]) if n else []:
            y = np.where(np.isnan(answers[name]), np.nan, answers[name] == code)
            estimates.append(linear.mean(design, y, inside[tuple(levels)]))
            rows.append(_common(indicator) | key(by, tuple(levels)) | {
                "statistic": "share", "n": n, "n_missing": lost, "count": estimates[-1].count, "unit": "share",
                "category": code if indicator.kind == "category" else None})  # fmt: skip
    return _with_limits(design, rows, estimates)


def _with_limits(design: Design, rows: list[dict], estimates: list[Estimate]) -> list[dict]:
    """Shares with logit limits; those of nobody or of all with exact ones, and no degrees of freedom."""
    between = [place for place, row in enumerate(rows) if 0 < row["count"] < row["n"]]
    se = linear.standard_errors(design, [estimates[place] for place in between])
    p = np.array([estimates[place].value for place in between])
    df = np.array([design.df(estimates[place].inside) for place in between], dtype=float)
    lower, upper = linear.logit_interval(p, se, df)
    found = {
        place: {"estimate": v, "se": s, "lower": lo, "upper": up, "df": d}
        for place, v, s, lo, up, d in zip(between, p.tolist(), se.tolist(), lower.tolist(), upper.tolist(), df.tolist(), strict=True)
    }
    return [row | (found.get(place) or _all_or_none(row, estimates[place], design.weight)) for place, row in enumerate(rows)]


def _all_or_none(row: dict, share: Estimate, weight: np.ndarray) -> dict:
    lower, upper = exact_limits(row["count"] == row["n"], weight[share.inside])
    return {"estimate": float(row["count"] == row["n"]), "se": 0.0, "lower": lower, "upper": upper}


def exact_limits(all_of_them: bool, weight: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson limits of a share of 0 or 1, on n / Kish's design effect answers."""
    effective = weight.sum() ** 2 / (weight**2).sum()
    edge = float(beta.ppf((1 - level) / 2, effective, 1))
    return (edge, 1.0) if all_of_them else (0.0, 1 - edge)


def _quartiles(indicators: list[Indicator], design: Design, frame, reasons, by: tuple) -> list[dict]:
    """P25, median and P75 with Woodruff's intervals (R: `svyquantile`, its default rule)."""
    rows = []
    for indicator in indicators:
        number = counts(frame, reasons, [indicator.id], by)
        y = values(frame, indicator.id)
        inside = {levels: rows for levels, rows in groups(frame, by) if (rows & ~np.isnan(y)).any()}
        for p, statistic in QUARTILES.items():
            for levels, here in inside.items():
                n, lost = number[(indicator.id, *levels)]
                value, lower, upper = linear.quantile(design, y, here, p)
                rows.append(_common(indicator) | key(by, levels) | {
                    "statistic": statistic, "n": n, "n_missing": lost, "estimate": value, "lower": lower, "upper": upper,
                    "df": design.df(here & ~np.isnan(y)), "unit": "mean"})  # fmt: skip
    return rows


def overall(design: Design, frame: pd.DataFrame, reasons: pd.DataFrame, indicator: Indicator) -> list[dict]:
    """The row of one mean or share, of everyone."""
    return (_means if indicator.kind == "mean" else _shares)([indicator], design, frame, reasons, ())


def by_indicator(design: Design, frame: pd.DataFrame, reasons: pd.DataFrame, indicator: Indicator, by: str) -> list[dict]:
    """Rows of one mean or share by the levels of a 0/1 indicator `by`."""
    grouped = frame.assign(**{by: frame[by].map({0: "0", 1: "1"})})
    return (_means if indicator.kind == "mean" else _shares)([indicator], design, grouped, reasons, (by,))


def differences(design: Design, frame: pd.DataFrame, indicators: list[Indicator]) -> list[dict]:
    """Women less men, 55-69 less under 40, positions less senior consultants: contrasts of domains, which know their covariance."""
    rows, estimates, df, by_id = [], [], [], {i.id: i for i in indicators}
    for by, contrasts in CONTRASTS.items():
        inside = {levels[0]: rows for levels, rows in groups(frame, (by,))}
        for name in _answered(frame, list(by_id)):
            y = values(frame, name)
            level = {one: linear.mean(design, y, inside[one]) for pair in contrasts for one in pair if one in inside}
            for one, other in contrasts:
                if {one, other} <= {k for k, found in level.items() if found.inside.any()}:
                    estimates.append(linear.less(level[one], level[other]))
                    df.append(design.df(~np.isnan(y) & np.logical_or.reduce(list(inside.values()))))
                    rows.append(_common(by_id[name]) | {
                        "kind": "comparison", "by": by, "level": one, "vs_level": other, "statistic": "difference",
                        "n": int(estimates[-1].inside.sum()), "unit": "difference"})  # fmt: skip
    return with_p(with_errors(design, rows, estimates, df))


def with_p(rows: list[dict]) -> list[dict]:
    """The rows of differences with their p value."""
    p = linear.p_value(*(np.array([row[c] for row in rows], dtype=float) for c in ("estimate", "se", "df")))
    return [row | {"p": value} for row, value in zip(rows, p.tolist(), strict=True)]


def by_group(book: Codebook, wave: int, indicators: list[Indicator], design: Design, frame: pd.DataFrame,
             reasons: pd.DataFrame, by: str) -> list[dict]:  # fmt: skip
    """Rows of `indicators` by the levels of one variable, distributions also in three classes."""
    rows = _means([i for i in indicators if i.kind == "mean"], design, frame, reasons, (by,))
    rows += _shares([i for i in indicators if i.kind != "mean"], design, frame, reasons, (by,))
    return rows + three_classes(book, wave, design, frame, indicators, (by,))


def three_classes(book: Codebook, wave: int, design: Design, frame: pd.DataFrame, indicators: list[Indicator],
                  groups: tuple[str, ...] = BY) -> list[dict]:  # fmt: skip
    """Shares of an ordered distribution in three classes (category 1-3, statistic `share_of_three`), by each of `groups`.

    Small groups are published in these instead of all categories; which, is for disclosure to say.
    """
    parted = ordered(book, indicators)
    classes = pd.DataFrame({i.id: frame[i.id].map(class_of(sorted(i.categories))) for i in parted})
    if classes.empty:
        return []
    reduced = [i.model_copy(update={"categories": {c: i.label for c in (1, 2, 3)}}) for i in parted]
    cut = frame.assign(**classes)
    nothing_missing = pd.DataFrame("", index=frame.index, columns=list(classes))
    rows = [row for by in groups for row in _shares(reduced, design, cut, nothing_missing, (by,))]
    return [row | {"statistic": "share_of_three"} for row in rows]


def ordered(book: Codebook, indicators: list[Indicator]) -> list[Indicator]:
    """Those of `indicators` that are shown in three classes too: distributions of more than three ordered categories."""
    return [i for i in indicators if i.kind == "category" and len(i.categories) > 3 and _is_ordered(book, i)]


def _is_ordered(book: Codebook, indicator: Indicator) -> bool:
    instrument = book.instruments[indicator.instrument]
    if any(q.id == indicator.question and q.mean for q in instrument.questions):
        return True
    return any(block.figure == "diverging" and indicator.question in block.questions for block in instrument.blocks)


def class_of(codes: list[int]) -> dict[int, int]:
    """Code -> 1 (lower end), 2 (middle) or 3 (upper end); the ends are equally wide."""
    end = (len(codes) - 1) // 2
    return {c: 1 if place < end else 3 if place >= len(codes) - end else 2 for place, c in enumerate(codes)}
