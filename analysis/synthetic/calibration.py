"""The synthetic panel held against what has been published, each figure as the statistic it is."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd

from analysis.codebook import Codebook
from analysis.codebook import published as published_figures
from analysis.panel import scoring
from analysis.settings import settings
from analysis.synthetic import fieldwork, population
from analysis.synthetic.answers import Traits, answer
from analysis.synthetic.assumptions import HOSPITAL

GROUPS = {
    "hospital": HOSPITAL,
    "self_employed": ("gp", "private_specialist"),
    "not_gp": ("hospital_manager", "consultant", "registrar", "private_specialist", "academia", "other"),
}
EQUAL = ("hospital", "gp", "private_specialist", "academia")  # the groups of an equal-weight mean
MISSING = (98, 99, 998, 999)


def published() -> pd.DataFrame:
    """`data/codebook/published.yml` as a table."""
    return pd.DataFrame(published_figures.figures(settings().codebook))


def compare(book: Codebook, seed: int) -> pd.DataFrame:
    """Every target beside the synthetic figure of one seed: id, published, synthetic, se, difference (in SE)."""
    targets = published().query("status == 'target'")
    doctors = population.simulate(seed, max(book.waves))
    samples, traits, rows = fieldwork.samples(list(book.waves), doctors, seed), Traits(seed, len(doctors)), []
    for wave, part in targets.groupby("wave"):
        sample = samples[wave]
        rows += [
            _participation(t, sample)
            for t in part.to_dict("records")
            if t["indicator"] in ("invited", "answered", "response_rate")
        ]
        asked = part[~part["indicator"].isin(["invited", "answered", "response_rate"])]
        if len(asked):
            respondents = _scored(_reduced(book, wave, set(asked["indicator"])), wave, sample, traits)
            rows += [_answers(t, respondents) for t in asked.to_dict("records")]
    table = pd.DataFrame(rows)
    return table.assign(difference=(table["synthetic"] - table["published"]) / table["se"].where(table["se"] > 0))


def over_seeds(book: Codebook, seeds: range) -> pd.DataFrame:
    """Per target: published, mean over the seeds, one seed's SE, and how many SE the mean is off. Two processes."""
    with ProcessPoolExecutor(max_workers=2) as pool:
        tables = pd.concat(pool.map(partial(compare, book), seeds))
    mean = tables.groupby("id", sort=False).agg(
        published=("published", "first"), synthetic=("synthetic", "mean"), se=("se", "mean")
    )
    return mean.assign(off=(mean["synthetic"] - mean["published"]) / mean["se"].where(mean["se"] > 0)).reset_index()


def _reduced(book: Codebook, wave: int, indicators: set[str]) -> Codebook:
    """The codebook with only those instruments in the wave that a target concerns, which is all there is to answer."""
    needed = {"background"}
    for name in book.waves[wave].instruments:
        instrument = book.instruments[name]
        ids = {p.id for p in (*instrument.questions, *instrument.scales)}
        ids |= {d.id for p in (*instrument.questions, *instrument.scales) for d in p.dichotomies}
        stems = {i.rsplit("_", 1)[0] for i in indicators}  # an option of a multiple choice
        if (ids & indicators) or (ids & stems):
            needed.add(name)
    kept = {name: asked for name, asked in book.waves[wave].instruments.items() if name in needed}
    return book.model_copy(update={"waves": {wave: book.waves[wave].model_copy(update={"instruments": kept})}})


def _scored(book: Codebook, wave: int, sample: pd.DataFrame, traits: Traits) -> pd.DataFrame:
    """The wave's respondents under 70 with their indicators, group, sex and age."""
    answers = answer(book, wave, sample, traits)
    row = answers.pop("row")
    answers = answers.mask(answers.isin(MISSING))
    for q in book.questions(wave).values():
        if q.type == "number":
            answers[q.id] = answers[q.id].where(answers[q.id] <= q.maximum)
    answers.insert(0, "doctor", row)
    reasons = answers.isna().replace({True: "unanswered", False: ""})
    scored, _ = scoring.score(book, wave, answers, reasons)
    who = sample.set_index("row").loc[row]
    scored = scored.assign(group=fieldwork.reporting_group(who), sex=who["sex"].to_numpy(), age=wave - who["birth_year"].to_numpy(),
                           response=who["response"].to_numpy())  # fmt: skip
    return scored[(scored["age"] < 70) & (scored["response"] != "break_off")].reset_index(drop=True)


def _participation(target: dict, sample: pd.DataFrame) -> dict:
    eligible = sample["p"] > 0
    n, answered = int(eligible.sum()), int(sample["response"].isin(["complete", "partial"]).sum())
    spread = float(np.sqrt((sample["p"] * (1 - sample["p"])).sum()))
    value, se = {"invited": (n, 0.0), "answered": (answered, spread), "response_rate": (answered / n, spread / n)}[
        target["indicator"]
    ]
    return {"id": target["id"], "published": target["value"], "synthetic": value, "se": se}


def _answers(target: dict, who: pd.DataFrame) -> dict:
    name = target["indicator"]
    if isinstance(target.get("category"), (int, float)) and not pd.isna(target["category"]):
        who = who.assign(**{name: (who[name] == target["category"]).astype(float).where(who[name].notna())})
    who = who[who[name].notna()]
    if target["statistic"].startswith("model_"):
        value, se = _marginal_mean(who, name, target["group"])
    elif target["statistic"] == "equal_weight_mean":
        parts = [_mean(who.loc[_in_group(who, {"position": g}), name]) for g in EQUAL]
        value, se = float(np.mean([p[0] for p in parts])), float(np.sqrt(sum(p[1] ** 2 for p in parts)) / len(parts))
    else:
        value, se = _mean(who.loc[_in_group(who, target["group"]), name])
    return {"id": target["id"], "published": target["value"], "synthetic": value, "se": se}


def _in_group(who: pd.DataFrame, group: dict) -> pd.Series:
    positions = GROUPS.get(group.get("position"), (group.get("position"),))
    inside = who["group"].isin(positions) if "position" in group else pd.Series(True, index=who.index)
    return inside & (who["sex"] == group["sex"]) if "sex" in group else inside


def _mean(values: pd.Series) -> tuple[float, float]:
    return float(values.mean()), float(values.std() / np.sqrt(len(values)))


def _marginal_mean(who: pd.DataFrame, name: str, group: dict) -> tuple[float, float]:
    """The mean of a group adjusted to the mean age (least squares: groups by sex, and age)."""
    if "sex" not in group:
        cells = np.where(_in_group(who, group), "mine", who["group"])
    else:
        cells = (
            np.where(_in_group(who, {"position": group["position"]}), "mine", who["group"])
            + ":"
            + who["sex"].to_numpy()
        )
    mine = "mine" if "sex" not in group else f"mine:{group['sex']}"
    design = pd.get_dummies(pd.Series(cells)).astype(float)
    position = design.columns.get_loc(mine)
    x = np.column_stack([design.to_numpy(), who["age"] - who["age"].mean()])
    y = who[name].to_numpy(dtype=float)
    beta, *_ = np.linalg.lstsq(x, y, rcond=None)
    residual = (y - x @ beta)[cells == mine]
    return float(beta[position]), float(residual.std() / np.sqrt(max(len(residual), 1)))


def document(shipped: pd.DataFrame, seeds: pd.DataFrame, n: int) -> str:
    """The calibration as a Markdown page: every target, then the published figures that are no targets, with the reason."""
    every = published()
    merged = every.query("status == 'target'").merge(shipped[["id", "synthetic", "se", "difference"]], on="id")
    merged = merged.merge(seeds[["id", "synthetic", "off"]], on="id", suffixes=("", "_mean"))
    inside = (merged["difference"].abs().fillna(0) <= 2).mean()
    met = (merged["off"].abs().fillna(0) <= 0.5).mean()
    lines = [
        "# The synthetic panel against what is published", "",
        "Made by `make calibration`; do not edit. SYNTHETIC DATA. Each figure is compared as the statistic it was published as:",
        "unweighted means and shares, model means as model means, the overall job satisfaction of 2010 and 2016 as an",
        "equal-weight mean of four groups. SE is the synthetic figure's own standard error.", "",
        f"- Shipped seed: {100 * inside:.0f} % of {len(merged)} targets lie within 2 SE.",
        f"- Mean over {n} seeds: {100 * met:.0f} % lie within 0.5 SE.", "",
        f"| figure | source | published | shipped seed | difference (SE) | mean of {n} seeds | off (SE) |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]  # fmt: skip
    for r in merged.to_dict("records"):
        off, difference = ("" if pd.isna(r[k]) else f"{r[k]:.2f}" for k in ("off", "difference"))
        lines.append(
            f"| {r['id']} | {r['source']} | {r['value']:g} | {r['synthetic']:.4g} | {difference} | {r['synthetic_mean']:.4g} | {off} |"
        )
    lines += [
        "",
        "## Published figures that are not met, and why",
        "",
        "| figure | source | published | status | reason |",
        "| --- | --- | ---: | --- | --- |",
    ]
    for r in every.query("status != 'target'").to_dict("records"):
        value = f"{r['value']:g}" if pd.notna(r["value"]) else f"{r['lower']:g} to {r['upper']:g}"
        lines.append(f"| {r['id']} | {r['source']} | {value} | {r['status']} | {r['reason']} |")
    return "\n".join(lines) + "\n"
