"""The journal's style, `reports/look/journal.yml`: limits, headings and the shape of numbers, each verified or assumed."""

from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from analysis.codebook.load import read_yaml
from analysis.errors import LegepaneletError
from analysis.settings import settings

FILE = "journal.yml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Setting(_Part):
    standing: Literal["verified", "assumed"]
    source: str = Field(min_length=1)


class Text(_Setting):
    value: str


class Whole(_Setting):
    value: int = Field(ge=0)


class Headings(_Setting):
    value: tuple[str, ...]


class TextByLanguage(_Part):
    nb: Text
    en: Text

    def __getitem__(self, lang: str) -> str:
        return getattr(self, lang).value


class HeadingsByLanguage(_Part):
    nb: Headings
    en: Headings

    def __getitem__(self, lang: str) -> tuple[str, ...]:
        return getattr(self, lang).value


class Limits(_Part):
    words: Whole
    abstract_words: Whole
    tables_and_figures: Whole
    main_findings: Whole
    authors_before_et_al: Whole


class Numbers(_Part):
    percent_decimals: Whole
    percent: TextByLanguage
    interval: TextByLanguage
    negative_interval: TextByLanguage


class Style(_Part):
    """All of it: `limits` in words and counts, `abstract` headings, `numbers` as format strings."""

    name: Text
    limits: Limits
    abstract: HeadingsByLanguage
    numbers: Numbers


@cache
def style() -> Style:
    """The journal's style. Raises JOURNAL_STYLE with every field that does not fit."""
    try:
        return TypeAdapter(Style).validate_python(read_yaml(settings().reports / "look" / FILE))
    except ValidationError as error:
        faults = [f"{FILE}: {'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors()]
        raise LegepaneletError(
            "JOURNAL_STYLE", "\n".join(faults), "The fields are described in analysis/presentation/journal.py."
        ) from None
