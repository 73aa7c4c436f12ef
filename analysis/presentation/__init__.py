"""To be seen and read: tables, figures and numbers in the text, from publishable results only.

Documents have one front door: `report = presentation.open(wave, lang)`. What draws is imported there, in the document's kernel: the program
that runs the kernel uses small modules of this package, and waits for no plotting library.
"""

import gc
import json

from analysis.settings import RARELY

__all__ = ["cards_of", "drawn", "open"]
_opened = []


def open(wave: int, lang: str, article: str = ""):
    """The `Report` of a wave in a language (`nb`, `en`), with the results of the wave and of all before it.

    Raises RESULTS_MISSING, and ARTICLE_UNKNOWN if `article` is not about the wave; each says what to run.
    """
    from analysis.presentation.report import Report

    gc.set_threshold(*RARELY)  # looking for waste would take a fifth of a document
    _opened[:] = [Report.of(wave, lang, article)]
    return _opened[0]


def cards_of(rows: list[str], data_hash: str) -> str:
    """What the results `rows` tell of themselves (see `cards.cards`), in the report that was opened last, as JSON."""
    from analysis.presentation.cards import cards

    return json.dumps(cards(_opened[0], set(rows), data_hash), ensure_ascii=False)


def drawn() -> None:
    """Ends when every picture of the document is there; whoever runs the kernel with drawers calls it last. Raises what drawing raised."""
    from analysis.presentation.drawings import finish

    finish()
