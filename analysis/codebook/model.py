"""The codebook's objects, as the YAML files under `data/codebook/` spell them.

Every label stands in both languages. A field that is not known here is a mistake in the file, never ignored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from analysis.yamlfile import unknown_key

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Group = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$")]  # a level of a grouping
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
JOINT = "~"  # in the name of what is shown as one: levels (`academia~other`), answers, reasons. Not +, which parts the rows of a sum
MissingReason = Literal["not_applicable", "refused", "unanswered"]
# A break of these kinds ends the trend line; a test across it is refused unless the codebook gives a reason.
BREAKING = ("wording", "scale", "filter", "recall_period")
# These only mark the line: the test stands, with the standardised change beside it.
MARKING = ("order", "mode", "renewal", "population", "position_grouping")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def known_keys(cls, data):
        for key in data if isinstance(data, dict) else ():
            if key not in cls.model_fields:
                raise unknown_key(key, cls.model_fields)
        return data


class Label(Part):
    """One text in both languages of the reports."""

    nb: Text
    en: Text

    def __getitem__(self, lang: str) -> str:
        return getattr(self, lang)


def listed(labels: Iterable[str], lang: str) -> str:
    """`kjønn, alder og stilling`."""
    *first, last = labels
    return f"{', '.join(first)} {'og' if lang == 'nb' else 'and'} {last}" if first else last


class ResponseSet(Part):
    """The answer categories of a closed question: code -> label, and the codes that are no answer."""

    categories: dict[int, Label] = Field(min_length=2)
    missing: dict[int, MissingReason] = {}

    @model_validator(mode="after")
    def codes_are_distinct(self):
        if both := set(self.categories) & set(self.missing):
            raise ValueError(f"code {min(both)} is both a category and a missing value")
        return self


class Filter(Part):
    """Who was asked: those whose answer to `question` is among `codes`."""

    question: Id
    codes: list[int] = Field(min_length=1)


class Dichotomy(Part):
    """A share worth naming: those with one of `codes`, or with a value above `above`."""

    id: Id
    label: Label
    codes: list[int] | None = None
    above: float | None = None

    @model_validator(mode="after")
    def one_rule(self):
        if (self.codes is None) == (self.above is None):
            raise ValueError("give either `codes` or `above`")
        return self


class Question(Part):
    """One question. `single` and `multiple` have answer categories, `number` a plausible range."""

    id: Id
    type: Literal["single", "multiple", "number"]
    text: Label
    short: Label
    wording: Literal["official", "reconstructed"]
    responses: str | None = None  # name of a response set
    minimum: float | None = None
    maximum: float | None = None
    unit: Label | None = None
    missing: dict[int, MissingReason] = {}  # of a number; a closed question has them in its response set
    exclusive: list[int] = []  # of a multiple choice: options that go with no other ("none")
    asked_if: Filter | None = None
    base: Id = "all"
    mean: bool = False  # the categories are a rating whose mean is reported too
    dichotomies: list[Dichotomy] = []
    sensitive: bool | None = None  # None: as the instrument

    @model_validator(mode="after")
    def fits_its_type(self):
        if self.type == "number":
            if self.minimum is None or self.maximum is None or self.unit is None:
                raise ValueError("a number needs `minimum`, `maximum` and `unit`")
            if self.responses:
                raise ValueError("a number has no response set")
        elif not self.responses:
            raise ValueError(f"a {self.type} choice needs `responses`")
        if self.exclusive and self.type != "multiple":
            raise ValueError("`exclusive` is for multiple choice")
        return self


class Scale(Part):
    """A score of several items: their mean or sum, or the ratio of two other scales' means."""

    id: Id
    label: Label
    short: Label
    items: list[Id] = []
    reversed: list[Id] = []
    score: Literal["mean", "sum", "ratio"] = "mean"
    numerator: Id | None = None
    denominator: Id | None = None
    answered: float = Field(0.8, gt=0, le=1)  # share of items that must be answered
    minimum: float
    maximum: float
    dichotomies: list[Dichotomy] = []

    @model_validator(mode="after")
    def has_parts(self):
        if self.score == "ratio":
            if not (self.numerator and self.denominator) or self.items:
                raise ValueError("a ratio needs `numerator` and `denominator`, and no items")
        elif len(self.items) < 2:
            raise ValueError("a scale needs at least two items")
        if extra := set(self.reversed) - set(self.items):
            raise ValueError(f"reversed item '{min(extra)}' is not among the items")
        return self


class Break(Part):
    """Something that makes the waves from `wave` on differ from those before."""

    wave: int
    kind: Literal[
        "wording", "scale", "filter", "recall_period", "order", "mode", "renewal", "population", "position_grouping"
    ]
    note: Label
    questions: list[Id] = []  # empty: all of the instrument
    comparable_because: Label | None = None  # a reason that lets a breaking kind be tested across


class Block(Part):
    """How a part of a topic is shown: one figure of several questions or options."""

    id: Id
    title: Label
    figure: Literal["diverging", "stacked", "bars"]  # agreement; frequency or degree; options
    questions: list[Id] = Field(min_length=1)


class Margins(Part):
    """The largest difference that still counts as none: of shares (0.05 is 5 percentage points) and of means."""

    share: float = Field(0.05, gt=0, lt=1)
    mean: float = Field(0.2, gt=0)


class Instrument(Part):
    """A fixed instrument or a topic module."""

    id: Id
    kind: Literal["fixed", "topic"]
    title: Label
    intro: Label  # a paragraph for the reader of the report
    scoring: Label | None = None
    references: list[str] = []  # keys of reports/references.bib
    licensed: bool = False  # then the items carry a descriptor, not their text
    sensitive: bool = False
    bases: dict[Id, Label] = {}
    questions: list[Question] = Field(min_length=1)
    scales: list[Scale] = []
    blocks: list[Block] = []
    key: list[Id] = []  # indicators that stand for the instrument: trends, key figures, changes
    breaks: list[Break] = []
    margins: Margins = Margins()


class Asked(Part):
    """That a wave asked an instrument, how we know, and which questions it left out."""

    asked: Literal["documented", "assumed"]
    source: str | None = None
    without: list[Id] = []

    @model_validator(mode="after")
    def documented_has_source(self):
        if self.asked == "documented" and not self.source:
            raise ValueError("`asked: documented` needs a `source`")
        return self


class Published(Part):
    """Invited and answered as a publication gives them; conflicting figures stand side by side."""

    invited: int | None = None
    answered: int | None = None
    rate: float | None = Field(None, ge=0, le=1)
    source: str
    note: Label | None = None


class Recruitment(Part):
    """New members before a wave: invited and joined, and which licence years they were drawn from."""

    year: int
    invited: int | None = None
    joined: int | None = None
    licence_from: int | None = None
    basis: Literal["published", "assumed"]
    source: str | None = None
    note: Label | None = None


class Field_(Part):
    start: date
    end: date
    basis: Literal["published", "assumed"]
    source: str | None = None


class Wave(Part):
    """One wave, named by the year its field work started."""

    wave: int = Field(ge=1900, le=2100)
    field: Field_
    document_date: date  # the date printed on the report
    mode: Literal["postal", "web", "mixed"]
    export: Literal["sav", "csv", "xlsx"]
    header: Literal["names", "questions"] = "names"  # what stands in the export's first line
    intro: Label
    published: list[Published] = []
    recruitment: Recruitment | None = None
    instruments: dict[Id, Asked] = Field(min_length=1)
    columns: dict[str, str] = {}  # export column -> question, where the export names it otherwise
    breaks: list[Break] = []


class Position(Part):
    label: Label
    code: int | None = None  # register position -> code of the questionnaire's `position`


class Stratum(Part):
    """Doctors whose licence year lies in [licence_from, licence_to]: one refreshment's frame."""

    label: Label
    licence_from: int
    licence_to: int


class Level(Part):
    """A group, and who is in it: by age in whole years (both ends within) or by codes of the grouping's question; else the sample file says it.

    `who`: its members in a sentence, `leger under 40 år`; the label in small letters, if it is not given.
    """

    label: Label
    who: Label | None = None
    ages: tuple[int, int] | None = None
    codes: list[int] = []


class Grouping(Part):
    """A grouping that results are given by; the panel's column has its name.

    `reference`: the level that models set the others against; `contrasts`: the pairs that are compared, the first less the second; `sensitive`:
    whether a sensitive item may be shown by it; `lines`: levels with a line of their own in figures over the waves (of one grouping); `every`: all
    its levels in a word, `alle stillinger`; `neighbours`: the level that one too small to be shown is joined with (else the next in order).
    """

    label: Label
    levels: dict[Group, Level] = Field(min_length=2)
    reference: Group
    contrasts: list[tuple[Group, Group]] = []
    sensitive: bool = False
    lines: list[Group] = []
    every: Label | None = None
    neighbours: dict[Group, Group] = {}

    @property
    def labels(self) -> dict[str, Label]:
        return {name: level.label for name, level in self.levels.items()}

    def label_of(self, level: str, lang: str) -> str:
        """The label of a level, or of levels that are shown as one (`academia~other`)."""
        first, *rest = (self.levels[name].label[lang] for name in level.split(JOINT))
        return listed([first, *(text[0].lower() + text[1:] for text in rest)], lang)

    def who(self, level: str, lang: str) -> str:
        """Those of a level, in a sentence."""
        if level not in self.levels:
            return self.label_of(level, lang).lower()
        found = self.levels[level]
        return found.who[lang] if found.who else found.label[lang].lower()

    @model_validator(mode="after")
    def known_levels(self):
        if unknown := [n for n in (self.reference, *self.lines, *chain(*self.contrasts), *chain(*self.neighbours.items())) if n not in self.levels]:
            raise ValueError(f"there is no level '{unknown[0]}'; the levels are {', '.join(self.levels)}")
        return self


class Limits(Part):
    """The sizes below which nothing is shown. A panel may raise them, never lower them; why they are so stands in docs/disclosure.md.

    `side` is six, not five: of a table that is absent for it, all that can be told is that nought to five stand on one side.
    """

    base: int = Field(10, ge=10)  # answers that a figure rests on
    population: int = Field(50, ge=50)  # persons that a group holds, whoever of them answered
    sensitive_base: int = Field(30, ge=30)  # answers to a sensitive question
    side: int = Field(6, ge=6)  # answers on either side of a sensitive share, in a class of answers, of a reason for none
    distribution: int = Field(100, ge=100)  # answers of the smallest group of a table that shows more than three answers
    released_base: int = Field(100, ge=100)  # answers in a table on demand


class Report(Part):
    """What the report of every wave gives besides what each instrument asks for, as far as the wave asked it."""

    key: list[Id]  # on the first page
    trends: list[Id]  # a model each over all comparable waves
    detailed_title: Label  # what these are, `ukentlig arbeidstid`
    detailed: list[Id]  # also by `detailed_by`, two groupings at once, and as quartiles
    detailed_by: tuple[Id, Id]


class Forms(Part):
    """A noun in the forms that sentences need: `leger`, `legene`, `legen`; `doctors`, `the doctors`, `the doctor`."""

    many: Text
    the: Text
    one: Text

    def __getitem__(self, form: str) -> str:
        """A form; with a capital, as a sentence begins: `The` gives `Legene`."""
        text = getattr(self, form.lower())
        return text[0].upper() + text[1:] if form[0].isupper() else text


class Members(Part):
    """What the panel's members are called."""

    nb: Forms
    en: Forms

    def __getitem__(self, lang: str) -> Forms:
        return getattr(self, lang)


class Panel(Part):
    """Whose panel it is, and what holds for all waves: classifications and strata."""

    title: Label
    running: Label  # its name at the head of every page
    members: Members
    population: Label  # whom the members stand for, as a table's caption says it
    first_year: int = Field(ge=1900, le=2100)  # nobody joined before
    ages: tuple[int, int]  # of the population, in whole years, both ends within
    owner: Label | None = None
    logo: str | None = None  # a file beside panel.yml, SVG or PNG
    report: Report
    limits: Limits = Limits()
    register_positions: dict[Id, Position] = {}
    regions: dict[Id, Label] = {}
    specialties: dict[Id, Label] = {}
    strata: dict[Id, Stratum] = {}
    dispositions: dict[Id, Label]
    breaking_kinds: dict[str, Label]  # label of every kind of break
    missing_reasons: dict[str, Label]
    bases: dict[Id, Label]


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One thing estimated, made from questions and scales (see `indicators`): `id` is its column of the scored answers.

    `mean` and `binary` indicators are numbers (a binary one 0/1); `category` has one share per code.
    """

    id: str
    instrument: str
    question: str | None  # None for a scale or its dichotomy
    label: Label
    kind: Literal["mean", "category", "binary"]
    categories: dict[int, Label] = field(default_factory=dict)
    base: str = "all"
    sensitive: bool = False
    unit: Label | None = None
    minimum: float | None = None
    maximum: float | None = None
    parts: Sequence[str] = ()  # questions whose breaks concern it
    key: bool = False


class Codebook(Part):
    """All of it. Built by `analysis.codebook.load`."""

    panel: Panel
    groupings: dict[Id, Grouping]
    response_sets: dict[str, ResponseSet]
    instruments: dict[Id, Instrument]
    waves: dict[int, Wave]

    def wave(self, wave: int) -> Wave:
        return self.waves[wave]

    def asked(self, wave: int) -> dict[str, list[Question]]:
        """Questions of a wave by instrument, without those it left out."""
        return {
            name: [q for q in self.instruments[name].questions if q.id not in asked.without]
            for name, asked in self.waves[wave].instruments.items()
        }

    def questions(self, wave: int) -> dict[str, Question]:
        return {q.id: q for questions in self.asked(wave).values() for q in questions}

    def responses(self, question: Question) -> ResponseSet | None:
        return self.response_sets[question.responses] if question.responses else None

    def base_label(self, instrument: str, base: str) -> Label:
        return self.instruments[instrument].bases.get(base) or self.panel.bases[base]

    @property
    def classifications(self) -> dict[str, dict[str, Label]]:
        """What a member is known by -> level -> label: the groupings, then what the sample file alone knows, as far as the panel has it."""
        panel = self.panel
        of_sample = {
            "specialty": panel.specialties, "region": panel.regions,
            "register_position": {name: part.label for name, part in panel.register_positions.items()},
            "licence_period": {name: part.label for name, part in panel.strata.items()},
        }  # fmt: skip
        return {name: grouping.labels for name, grouping in self.groupings.items()} | {
            name: levels for name, levels in of_sample.items() if levels and name not in self.groupings
        }
