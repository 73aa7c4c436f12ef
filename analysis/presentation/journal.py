"""The journal's style, `reports/_extensions/look/journal.yml`: limits, headings and the shape of numbers, each verified or assumed."""

from functools import cache
from typing import Literal

from pydantic import Field

from analysis.codebook.model import Part
from analysis.settings import settings
from analysis.yamlfile import parse

FILE = "journal.yml"


class _Setting(Part):
    standing: Literal["verified", "assumed"]
    source: str = Field(min_length=1)


class Text(_Setting):
    value: str


class Whole(_Setting):
    value: int = Field(ge=0)


class Headings(_Setting):
    value: tuple[str, ...]


class TextByLanguage(Part):
    nb: Text
    en: Text

    def __getitem__(self, lang: str) -> str:
        return getattr(self, lang).value


class HeadingsByLanguage(Part):
    nb: Headings
    en: Headings

    def __getitem__(self, lang: str) -> tuple[str, ...]:
        return getattr(self, lang).value


class Limits(Part):
    words: Whole
    abstract_words: Whole
    tables_and_figures: Whole
    main_findings: Whole
    authors_before_et_al: Whole


class Numbers(Part):
    percent_decimals: Whole
    percent: TextByLanguage
    interval: TextByLanguage
    negative_interval: TextByLanguage


class Style(Part):
    """All of it: `limits` in words and counts, `abstract` headings, `numbers` as format strings."""

    name: Text
    limits: Limits
    abstract: HeadingsByLanguage
    numbers: Numbers


@cache
def style() -> Style:
    """The journal's style. Raises JOURNAL_STYLE with every field that does not fit."""
    hint = "The fields are described in analysis/presentation/journal.py."
    return parse(settings().look / FILE, Style, "JOURNAL_STYLE", hint)
