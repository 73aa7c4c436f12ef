"""The dated analysis plan of an article, `reports/<article>.plan.yml`: its outcomes, models and findings, before its prose."""

from datetime import date
from pathlib import Path

from pydantic import Field, model_validator

from analysis.codebook.indicators import of_wave
from analysis.codebook.model import Codebook, Id, Part
from analysis.errors import LegepaneletError
from analysis.yamlfile import parse

MOST_PRIMARY = 3  # outcomes that Holm's method is applied to; all else is exploratory


class Finding(Part):
    """An indicator's level; with `by`, `level`, `vs_level` a difference between groups; with `vs_wave` a net change."""

    indicator: Id
    by: str = ""
    level: str = ""
    vs_level: str = ""
    vs_wave: int | None = None

    @model_validator(mode="after")
    def one_kind(self):
        if self.by and self.vs_wave:
            raise ValueError("give either a pair of groups or `vs_wave`")
        return self


class Outcome(Finding):
    """A primary outcome: a difference or a change, never a mere level."""

    @model_validator(mode="after")
    def has_a_test(self):
        if not self.by and not self.vs_wave:
            raise ValueError("a primary outcome needs a pair of groups or `vs_wave`")
        return self


class Regression(Part):
    """A design-based model of a share or mean in the plan's wave; a term is a grouping or a 0/1 indicator."""

    indicator: Id
    terms: list[str] = Field(min_length=1)


class Plan(Part):
    """All of an article's plan. `since` is earlier wave -> indicators whose change is also measured from there."""

    article: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    date: date
    wave: int
    topics: list[Id] = Field(min_length=1)
    primary: list[Outcome] = Field(min_length=1, max_length=MOST_PRIMARY)
    findings: tuple[Finding, ...] = ()
    models: tuple[Regression, ...] = ()
    since: dict[int, tuple[Id, ...]] = Field(default_factory=dict)

    @property
    def compared(self) -> list[int]:
        """The earlier waves that the article sets its own against."""
        return sorted({f.vs_wave for f in (*self.primary, *self.findings) if f.vs_wave} | set(self.since))


def read(folder: Path, book: Codebook) -> dict[str, Plan]:
    """Article -> its plan. Raises PLAN_FIELD with every field that does not fit the model or the codebook."""
    plans, faults = {}, []
    for path in sorted(folder.glob("*.plan.yml")):
        try:
            plan = parse(path, Plan, "PLAN_FIELD")
        except LegepaneletError as error:
            if error.code != "PLAN_FIELD":
                raise
            faults.append(error.message)
            continue
        faults += [f"{path.name}: {fault}" for fault in _faults(plan, path.name.removesuffix(".plan.yml"), book)]
        plans[plan.article] = plan
    if faults:
        raise LegepaneletError(
            "PLAN_FIELD", "\n".join(faults), "The fields are described in analysis/codebook/plan.py."
        )
    return plans


def plans_of_wave(folder: Path, book: Codebook, wave: int) -> list[Plan]:
    """The plans of the articles of a wave. Raises PLAN_FIELD."""
    return [plan for plan in read(folder, book).values() if plan.wave == wave]


def _faults(plan: Plan, stem: str, book: Codebook):
    if plan.article != stem:
        yield f"article: expected '{stem}', as the file is called, found '{plan.article}'"
    if plan.wave not in book.waves:
        yield f"wave: {plan.wave} has no wave file"
        return
    pairs = [(by, *pair) for by, grouping in book.groupings.items() for pair in grouping.contrasts]
    for finding in (*plan.primary, *plan.findings):
        if finding.by and (finding.by, finding.level, finding.vs_level) not in pairs:
            told = "; ".join(f"{by}: {one} vs {other}" for by, one, other in pairs)
            yield f"'{finding.indicator}' by {finding.by}: {finding.level} vs {finding.vs_level}: the groups may be {told}"
    known = {i.id: i.kind for i in of_wave(book, plan.wave) if i.kind != "category"}
    terms = [t for m in plan.models for t in m.terms if t not in book.groupings]
    named = [*plan.primary, *plan.findings, *plan.models]
    for name in [*(n.indicator for n in named), *terms, *(i for ids in plan.since.values() for i in ids)]:
        if name not in known:
            yield f"'{name}' is not a mean or share that {plan.wave} asked"
    for name in terms:
        if known.get(name) == "mean":
            yield f"models: the term '{name}' is not a 0/1 indicator"
    for name in plan.topics:
        if name not in book.waves[plan.wave].instruments:
            yield f"topics: {plan.wave} did not ask '{name}'"
