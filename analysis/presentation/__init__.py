"""To be seen and read: tables, figures and numbers in the text, from publishable results only.

Documents have one front door: `report = presentation.open(wave, lang)`.
"""

from analysis.presentation.report import Report

__all__ = ["Report", "open"]


def open(wave: int, lang: str) -> Report:
    """The report of a wave in a language (`nb`, `en`), with the results of the wave and of all before it."""
    return Report.of(wave, lang)
