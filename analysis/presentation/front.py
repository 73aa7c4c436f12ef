"""What a document's front matter says besides title and text: wave, date, language, authors, the mark of synthetic data."""

import shutil
from pathlib import Path

from babel.dates import format_date

from analysis.codebook import Codebook
from analysis.settings import settings

LANGUAGE = {"nb": ("nb", "NO"), "en": ("en", "GB")}
WORDS = {
    "nb": {"toc-title": "Innhold", "page-of": "av", "skip-label": "Hopp til innholdet",
           "synthetic-label": "SYNTETISKE DATA", "draft-label": "UTKAST: teksten har påstander eller tall uten dekning",
           "author": "Forfatter {number} (plassholder)", "affiliation": "Institusjon (plassholder)"},
    "en": {"toc-title": "Contents", "page-of": "of", "skip-label": "Skip to content",
           "synthetic-label": "SYNTHETIC DATA", "draft-label": "DRAFT: the text has claims or numbers without support",
           "author": "Author {number} (placeholder)", "affiliation": "Institution (placeholder)"},
}  # fmt: skip
PLACEHOLDERS = 2  # authors of a document made from synthetic data


def matter(book: Codebook, wave: int, lang: str, *, synthetic: bool, beside: Path) -> dict:
    """The front matter of a document of a wave. One of synthetic data has placeholders for authors, and the panel's owner does not sign it;
    else the owner's logo is laid into the folder `beside` the document's figures."""
    (language, region), words, panel = LANGUAGE[lang], WORDS[lang], book.panel
    day = book.waves[wave].document_date
    found = {
        "wave": wave, "lang": f"{language}-{region}",
        "date": day.isoformat(), "date-long": format_date(day, "long", locale=f"{language}_{region}"),
        "running": f"{panel.running[lang]} {wave}",
        **{key: words[key] for key in ("toc-title", "page-of", "skip-label")},
    }  # fmt: skip
    if synthetic:
        people = [
            {"name": words["author"].format(number=n + 1), "affiliations": [words["affiliation"]]}
            for n in range(PLACEHOLDERS)
        ]
        found |= {"synthetic": True, "synthetic-label": words["synthetic-label"], "author": people}
    elif panel.owner:
        found["owner"] = panel.owner[lang]
        if panel.logo:
            shutil.copyfile(settings().codebook / panel.logo, beside / panel.logo)
            found["logo"] = f"{beside.name}/{panel.logo}"
    return found


def plain(found: dict) -> dict:
    """The same with authors and affiliations as lists of names, as templates read them."""
    people = [a if isinstance(a, dict) else {"name": a} for a in found.get("author", [])]
    if not people:
        return found
    places = list(dict.fromkeys(a for person in people for a in person.get("affiliations", [])))
    return found | {"author": [person["name"] for person in people], "affiliation": places}
