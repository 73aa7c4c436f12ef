"""Means, shares and quartiles of a wave, overall and by group. All from `svy`, which equals R's `survey`."""

import numpy as np
import pandas as pd
import polars as pl
import svy
from scipy.stats import beta

from analysis.codebook import Codebook, Indicator
from analysis.codebook.plan import CONTRASTS

BY = ("sex", "age_group", "position")
QUARTILES = {0.25: "p25", 0.5: "median", 0.75: "p75"}
MISSING = ("unanswered", "refused", "not_applicable", "unusable")


def estimate(sample: svy.Sample, frame: pd.DataFrame, reasons: pd.DataFrame, indicators: list[Indicator],
             hours: set[str]) -> list[dict]:  # fmt: skip
    """Rows of all `indicators`: overall and by each of BY; those in `hours` also by position x sex, with quartiles.

    `sample` is the raked svy sample, `frame` the same doctors as a pandas table (groups, indicators, weight), `reasons`
    their reasons of missing answers. Means: t interval on (valid - their strata) degrees of freedom. Shares: logit
    interval (R: `svyciprop(method = "logit")`); a share of 0 or 1 gets the exact limit on n / Kish's design effect.
    """
    rows = []
    for by in [(), *((b,) for b in BY)]:
        rows += _means([i for i in indicators if i.kind == "mean"], sample, frame, reasons, by)
        rows += _shares([i for i in indicators if i.kind != "mean"], sample, frame, reasons, by)
    special = [i for i in indicators if i.id in hours]
    by = ("position", "sex")
    rows += _means([i for i in special if i.kind == "mean"], sample, frame, reasons, by)
    rows += _shares([i for i in special if i.kind != "mean"], sample, frame, reasons, by)
    for by in [(), *((b,) for b in BY)]:
        rows += _quartiles([i for i in special if i.kind == "mean"], sample, frame, reasons, by)
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


def _estimates(results, by: tuple):
    """Rows of svy results as (index of the variable, levels, record)."""
    for place, result in enumerate(results):
        for record in result.to_polars().iter_rows(named=True):
            yield place, tuple(record[b] for b in by), record


def _answered(frame: pd.DataFrame, ids: list[str]) -> list[str]:
    return [i for i in ids if frame[i].notna().sum() >= 2]


def _means(indicators: list[Indicator], sample, frame, reasons, by: tuple) -> list[dict]:
    by_id = {i.id: i for i in indicators}
    ids = _answered(frame, list(by_id))
    if not ids:
        return []
    number, rows = counts(frame, reasons, ids, by), []
    results = sample.estimation.mean(ids, by=by or None, drop_nulls=True)
    for place, levels, r in _estimates(results, by):
        indicator = by_id[ids[place]]
        n, lost = number[(indicator.id, *levels)]
        rows.append(_common(indicator) | key(by, levels) | {
            "statistic": "mean", "n": n, "n_missing": lost, "estimate": r["est"], "se": r["se"], "lower": r["lci"],
            "upper": r["uci"], "df": r["df"], "unit": "mean"})  # fmt: skip
    return rows


def _shares(indicators: list[Indicator], sample, frame, reasons, by: tuple) -> list[dict]:
    by_id = {i.id: i for i in indicators}
    ids = _answered(frame, list(by_id))
    if not ids:
        return []
    number, rows = counts(frame, reasons, ids, by), []
    results = sample.estimation.prop(ids, by=by or None, drop_nulls=True)
    found = {(ids[place], *levels, int(r[ids[place]])): r for place, levels, r in _estimates(results, by)}
    tallies = _tallies(frame, ids, by)
    for (name, *levels), (n, lost) in number.items():
        indicator = by_id[name]
        codes = list(indicator.categories) if indicator.kind == "category" else [1]
        for code in codes if n else []:
            count = tallies.get((name, *levels, code), 0)
            row = _common(indicator) | key(by, tuple(levels)) | {
                "statistic": "share", "n": n, "n_missing": lost, "count": count, "unit": "share",
                "category": code if indicator.kind == "category" else None}  # fmt: skip
            rows.append(row | _share(found.get((name, *levels, code)), count, n, frame, name, by, levels))
    return rows


def _share(r: dict | None, count: int, n: int, frame, name, by, levels) -> dict:
    if 0 < count < n:
        return {"estimate": r["est"], "se": r["se"], "lower": r["lci"], "upper": r["uci"], "df": r["df"]}
    inside = frame[name].notna()
    for b, level in zip(by, levels, strict=True):
        inside &= frame[b] == level
    lower, upper = exact_limits(count == n, frame.loc[inside, "weight"].to_numpy())
    return {"estimate": float(count == n), "se": 0.0, "lower": lower, "upper": upper}


def exact_limits(all_of_them: bool, weight: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson limits of a share of 0 or 1, on n / Kish's design effect answers."""
    effective = weight.sum() ** 2 / (weight**2).sum()
    edge = float(beta.ppf((1 - level) / 2, effective, 1))
    return (edge, 1.0) if all_of_them else (0.0, 1 - edge)


def _tallies(frame: pd.DataFrame, ids: list[str], by: tuple) -> dict[tuple, int]:
    long = frame[[*by, *ids]].melt(id_vars=list(by), value_vars=ids, var_name="_indicator", value_name="_code").dropna()
    size = long.groupby(["_indicator", *by, "_code"], observed=True).size()
    return {(*index[:-1], int(index[-1])): int(n) for index, n in size.items()}


def _quartiles(indicators: list[Indicator], sample, frame, reasons, by: tuple) -> list[dict]:
    """P25, median and P75 with Woodruff's intervals (R: `svyquantile`, its default rule)."""
    rows = []
    for indicator in indicators:
        number = counts(frame, reasons, [indicator.id], by)
        result = sample.estimation.quantile(indicator.id, p=tuple(QUARTILES), by=by or None, drop_nulls=True)
        for r in result.to_polars().iter_rows(named=True):
            levels = tuple(r[b] for b in by)
            n, lost = number[(indicator.id, *levels)]
            rows.append(_common(indicator) | key(by, levels) | {
                "statistic": QUARTILES[r["prob"]], "n": n, "n_missing": lost, "estimate": r["est"], "lower": r["lci"],
                "upper": r["uci"], "df": r["df"], "unit": "mean"})  # fmt: skip
    return rows


def overall(sample: svy.Sample, frame: pd.DataFrame, reasons: pd.DataFrame, indicator: Indicator) -> list[dict]:
    """The row of one mean or share, of everyone."""
    return (_means if indicator.kind == "mean" else _shares)([indicator], sample, frame, reasons, ())


def by_indicator(
    sample: svy.Sample, frame: pd.DataFrame, reasons: pd.DataFrame, indicator: Indicator, by: str
) -> list[dict]:
    """Rows of one mean or share by the levels of a 0/1 indicator `by`."""
    levels = frame[by].map({0: "0", 1: "1"})
    data = sample.data.with_columns(pl.from_pandas(levels).alias(by))
    make = _means if indicator.kind == "mean" else _shares
    return make([indicator], sample.clone(data=data), frame.assign(**{by: levels}), reasons, (by,))


def differences(sample: svy.Sample, frame: pd.DataFrame, indicators: list[Indicator]) -> list[dict]:
    """Women less men, 55-69 less under 40, positions less senior consultants: contrasts of domains, which know their covariance."""
    rows, by_id = [], {i.id: i for i in indicators}
    for by, contrasts in CONTRASTS.items():
        for place, result in enumerate(
            sample.estimation.mean(ids := _answered(frame, list(by_id)), by=by, drop_nulls=True)
        ):
            levels = set(result.keys())
            for one, other in contrasts:
                if {one, other} <= levels:
                    r = result.contrast(svy.estd(one) - svy.estd(other)).to_polars().row(0, named=True)
                    rows.append(_common(by_id[ids[place]]) | {
                        "kind": "comparison", "by": by, "level": one, "vs_level": other, "statistic": "difference",
                        "n": int(frame.loc[frame[by].isin([one, other]), ids[place]].notna().sum()),
                        "estimate": r["est"], "se": r["se"], "lower": r["lci"], "upper": r["uci"], "df": r["df"],
                        "p": r["p_value"], "unit": "difference"})  # fmt: skip
    return rows


def by_group(book: Codebook, wave: int, indicators: list[Indicator], sample: svy.Sample, frame: pd.DataFrame,
             reasons: pd.DataFrame, by: str) -> list[dict]:  # fmt: skip
    """Rows of `indicators` by the levels of one variable, distributions also in three classes."""
    rows = _means([i for i in indicators if i.kind == "mean"], sample, frame, reasons, (by,))
    rows += _shares([i for i in indicators if i.kind != "mean"], sample, frame, reasons, (by,))
    return rows + three_classes(book, wave, sample, frame, indicators, (by,))


def three_classes(book: Codebook, wave: int, sample: svy.Sample, frame: pd.DataFrame, indicators: list[Indicator],
                  groups: tuple[str, ...] = BY) -> list[dict]:  # fmt: skip
    """Shares of an ordered distribution in three classes (category 1-3, statistic `share_of_three`), by each of `groups`.

    Small groups are published in these instead of all categories; which, is for disclosure to say.
    """
    ordered = {i.id: i for i in indicators if i.kind == "category" and len(i.categories) > 3 and _is_ordered(book, i)}
    classes = pd.DataFrame({name: frame[name].map(class_of(sorted(i.categories))) for name, i in ordered.items()})
    if classes.empty:
        return []
    data = sample.data.with_columns(pl.from_pandas(classes.astype("Float64")))
    reduced = [i.model_copy(update={"categories": {c: i.label for c in (1, 2, 3)}}) for i in ordered.values()]
    cut = frame.assign(**classes)
    nothing_missing = pd.DataFrame("", index=frame.index, columns=list(ordered))
    rows = [row for by in groups for row in _shares(reduced, sample.clone(data=data), cut, nothing_missing, (by,))]
    return [row | {"statistic": "share_of_three"} for row in rows]


def _is_ordered(book: Codebook, indicator: Indicator) -> bool:
    instrument = book.instruments[indicator.instrument]
    if any(q.id == indicator.question and q.mean for q in instrument.questions):
        return True
    return any(block.figure == "diverging" and indicator.question in block.questions for block in instrument.blocks)


def class_of(codes: list[int]) -> dict[int, int]:
    """Code -> 1 (lower end), 2 (middle) or 3 (upper end); the ends are equally wide."""
    end = (len(codes) - 1) // 2
    return {c: 1 if place < end else 3 if place >= len(codes) - end else 2 for place, c in enumerate(codes)}
