"""Draws: trends with their breaks, groups, distributions, shares of options, and the participant flow."""

import textwrap

import matplotlib.pyplot as plt
import pandas as pd

from analysis.presentation import numbers, style

WIDTH = 6.22  # inches; the text column of the PDF, so that letters have one size in all figures
INTERVAL = {"color": style.ACCENT, "elinewidth": 1.1, "capsize": 0, "fmt": "o", "markersize": 4.5}


def trend(
    points: pd.DataFrame,
    breaks: dict[int, str],
    lines: list[tuple[str, pd.DataFrame]],
    axis: str,
    percent: bool,
    lang: str,
):
    """Estimates by wave with their intervals: everyone on top, groups in small panels below.

    `points` and each of `lines` have wave, estimate, lower, upper (shares as per cent). `breaks` is wave -> "ends" (the line
    ends before it) or "marks" (a dotted rule).
    """
    style.apply()
    rows = -(-len(lines) // 4)
    shape = [["all"] * 4] + [
        [f"g{r * 4 + c}" if r * 4 + c < len(lines) else "." for c in range(4)] for r in range(rows)
    ]
    figure, axes = plt.subplot_mosaic(
        shape, figsize=(WIDTH, 2.3 + 1.25 * rows), height_ratios=[1.8] + [1] * rows, layout="constrained"
    )
    _line(axes["all"], points, breaks, labels=True, lang=lang, percent=percent)
    axes["all"].set_ylabel(axis)
    years = range(int(points["wave"].min()), int(points["wave"].max()) + 1)
    low, high = _limits([points, *(frame for _, frame in lines)], percent)
    for place, (name, frame) in enumerate(lines):
        panel = axes[f"g{place}"]
        _line(panel, frame, breaks, labels=False, lang=lang, percent=percent)
        panel.set_title(name, fontsize=8.5)
        panel.set_ylim(low, high)
        panel.set_xlim(years[0] - 1, years[-1] + 1)
        panel.set_xticks([years[0], years[-1]])
        panel.tick_params(labelsize=7.5)
    axes["all"].set_xlim(years[0] - 1, years[-1] + 1)
    axes["all"].set_ylim(low, high)
    axes["all"].set_xticks(sorted(points["wave"]))
    axes["all"].tick_params(axis="x", labelsize=7.5, rotation=90 if len(points) > 9 else 0)
    for panel in axes.values():
        panel.yaxis.set_major_formatter(lambda value, _: numbers.decimal(value, _digits(low, high), lang))
    return figure


def _limits(frames: list[pd.DataFrame], percent: bool) -> tuple[float, float]:
    low, high = float(min(f["lower"].min() for f in frames)), float(max(f["upper"].max() for f in frames))
    room = max((high - low) * 0.12, 0.1)
    return (max(low - room, 0) if percent else low - room), (min(high + room, 100) if percent else high + room)


def _digits(low: float, high: float) -> int:
    return 0 if high - low > 8 else 1


def _line(axes, points: pd.DataFrame, breaks: dict[int, str], labels: bool, lang: str, percent: bool) -> None:
    segment: list = []
    segments = [segment]
    drawn = points.astype(float)  # as plain numbers; the labels know where theirs come from
    for row in drawn.sort_values("wave").itertuples():
        if breaks.get(row.wave) == "ends" and segment:
            segment = []
            segments.append(segment)
        segment.append(row)
    for part in segments:
        axes.plot([r.wave for r in part], [r.estimate for r in part], color=style.ACCENT, linewidth=1.4)
    axes.errorbar(drawn["wave"], drawn["estimate"], yerr=[drawn["estimate"] - drawn["lower"], drawn["upper"] - drawn["estimate"]],
                  **(INTERVAL | ({} if labels else {"markersize": 3, "elinewidth": 0.8})))  # fmt: skip
    for wave, kind in breaks.items():
        if points["wave"].min() < wave <= points["wave"].max() and (labels or kind == "ends"):
            look = (
                {"color": "#9aa5a8", "linewidth": 0.9, "linestyle": (0, (1, 2))}
                if kind == "marks"
                else {"color": style.QUIET, "linewidth": 1.2}
            )
            axes.axvline(wave - 0.5, zorder=0, **look)
    if labels:
        for row in (points.sort_values("wave").iloc[0], points.sort_values("wave").iloc[-1]):
            digits = 0 if percent else (1 if row["estimate"] > 15 else 2)
            text = numbers.decimal(row["estimate"], digits, lang)
            axes.annotate(text, (row["wave"], float(row["upper"])), xytext=(0, 4), textcoords="offset points", ha="center",
                          fontsize=8.5, fontweight="semibold", color=style.ACCENT)  # fmt: skip


def groups(rows: list[tuple[str, str, float, float, float, str]], axis: str):
    """Dots with intervals: (group, level, estimate, lower, upper, label), groups set apart."""
    style.apply()
    figure, axes = plt.subplots(
        figsize=(WIDTH, 0.55 + 0.25 * (len(rows) + len({r[0] for r in rows}))), layout="constrained"
    )
    place, ticks, previous = 0.0, [], None
    for group, level, estimate, lower, upper, label in rows:
        place += 1.6 if previous not in (None, group) else 1
        previous = group
        ticks.append((place, level))
        axes.errorbar(float(estimate), place, xerr=[[estimate - lower], [upper - estimate]], **INTERVAL)
        axes.annotate(label, (float(upper), place), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8)
    axes.set_yticks([p for p, _ in ticks], [name for _, name in ticks])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(axis)
    axes.margins(x=0.12)
    return figure


def stacked(shares: pd.DataFrame, places: list[list[int]], n: int, lang: str, centred: bool):
    """Stacked bars in per cent: a row a question, a column an answer, or several that are shown together (NaN where a question has others).

    `places` tells of each column which of the scale's `n` answers it is; `centred` sets the bars about the middle of the scale. Answers together
    have the colours of the first and the last of them.
    """
    style.apply()
    widths = shares.astype(float).fillna(0)
    left = pd.Series(0.0, shares.index)
    if centred:
        before = [sum(min(max(n / 2 - place, 0), 1) for place in part) / len(part) for part in places]
        left = -(widths * before).sum(axis=1)
    scale = style.diverging(n) if centred else style.sequential(n)
    names = [_wrapped(name) for name in shares.index]
    figure, axes = plt.subplots(figsize=(WIDTH, 0.85 + 0.4 * len(shares)), layout="constrained")
    for (category, width), part in zip(widths.items(), places, strict=True):
        colour = scale[part[0]]
        bars = axes.barh(range(len(shares)), width, left=left, color=colour, height=0.66, label=category, edgecolor="white", linewidth=0.6)
        if len(part) > 1:
            for bar in bars:
                bar.set(hatch="////", hatchcolor=scale[part[-1]])
        for place, (start, share) in enumerate(zip(left, shares[category], strict=True)):
            if share >= 4.5:
                axes.text(start + share / 2, place, numbers.decimal(share, 0, lang), ha="center", va="center", fontsize=7.5,
                          color=style.on(colour))  # fmt: skip
        left = left + width
    if centred:
        axes.axvline(0, color=style.QUIET, linewidth=0.7, zorder=0)
    axes.set_yticks(range(len(shares)), names)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    rows = -(-sum(len(name) + 6 for name in shares) // 95)  # what fits on a line
    figure.legend(loc="outside lower center", ncols=-(-len(places) // rows), frameon=False, fontsize=7.8, handlelength=1, columnspacing=1.2)  # fmt: skip
    return figure


def bars(options: pd.DataFrame, axis: str, lang: str):
    """Horizontal bars with intervals, in per cent: question (empty: no heading), option, estimate, lower, upper, as given."""
    style.apply()
    place, places, ticks, headings = 0.0, [], [], []
    for question, part in options.groupby("question", sort=False):
        if question:
            headings.append((place + 0.1, question))
            place += 1
        for name in part["option"]:
            lines = _wrapped(name).count("\n") * 0.3
            places.append(place + lines)
            ticks.append(_wrapped(name))
            place += 1 + 2 * lines
        place += 0.4
    figure, axes = plt.subplots(figsize=(WIDTH, 0.6 + 0.27 * place), layout="constrained")
    estimate, lower, upper = (options[c].astype(float) for c in ("estimate", "lower", "upper"))
    axes.barh(places, estimate, color="#a9cdd3", height=0.62)
    axes.errorbar(estimate, places, xerr=[estimate - lower, upper - estimate], **(INTERVAL | {"markersize": 0}))
    for y, share, end in zip(places, options["estimate"], upper, strict=True):
        axes.annotate(numbers.decimal(share, 0, lang), (end, y), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8)  # fmt: skip
    axes.set_yticks(places, ticks)
    for y, question in headings:
        axes.text(0.4, y, question, va="center", fontsize=9, fontweight="semibold", color=style.INK)
    axes.set_ylim(place - 0.8, -0.6)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(axis)
    axes.set_xlim(0, min(upper.max() * 1.12 + 2, 104))
    return figure


def flow(steps: dict[str, int], words: dict[str, str], lang: str):
    """The participant flow: boxes downwards, those who leave to the right."""
    style.apply()
    leave = {
        "sample": [k for k in steps if k.startswith("not_eligible_") and steps[k]],
        "eligible": [k for k in ("silent", "refused", "break_off") if steps[k]],
        "answered": [k for k in ("over_age",) if steps[k]],
        "analysed": [],
    }
    figure, axes = plt.subplots(figsize=(WIDTH, 3.1), layout="constrained")
    axes.axis("off")
    for place, (step, gone) in enumerate(leave.items()):
        y = -1.35 * place
        axes.text(0, y, f"{words[step]}\nn = {numbers.decimal(steps[step], 0, lang)}", ha="center", va="center", fontsize=9.5,
                  bbox={"boxstyle": "round,pad=0.55", "facecolor": "#eef4f5", "edgecolor": style.ACCENT}, linespacing=1.4)  # fmt: skip
        if place < len(leave) - 1:
            axes.annotate(
                "", (0, y - 0.98), (0, y - 0.37), zorder=1, arrowprops={"arrowstyle": "-|>", "color": style.QUIET}
            )
        if gone:
            text = "\n".join(f"{words[k]}: {numbers.decimal(steps[k], 0, lang)}" for k in gone)
            axes.annotate(
                "", (0.92, y - 0.675), (0, y - 0.675), zorder=1, arrowprops={"arrowstyle": "-|>", "color": style.QUIET}
            )
            axes.text(0.98, y - 0.675, text, ha="left", va="center", fontsize=8, color=style.INK, linespacing=1.35)
    axes.set_xlim(-1.0, 2.4)
    axes.set_ylim(-1.35 * 3 - 0.5, 0.5)
    return figure


def _wrapped(text: str, width: int = 34) -> str:
    return "\n".join(textwrap.wrap(text, width))
