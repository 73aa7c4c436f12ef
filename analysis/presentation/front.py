"""What a document's front matter says besides title and text: wave, date, language, authors, the mark of synthetic data."""

from datetime import date

from babel.dates import format_date

LANGUAGE = {"nb": ("nb", "NO"), "en": ("en", "GB")}
WORDS = {
    "nb": {"running": "Legepanelet {wave}", "toc-title": "Innhold", "page-of": "av", "skip-label": "Hopp til innholdet",
           "synthetic-label": "SYNTETISKE DATA", "draft-label": "UTKAST: teksten har påstander eller tall uten dekning",
           "author": "Forfatter {number} (plassholder)", "affiliation": "Institusjon (plassholder)"},
    "en": {"running": "Legepanelet {wave}", "toc-title": "Contents", "page-of": "of", "skip-label": "Skip to content",
           "synthetic-label": "SYNTHETIC DATA", "draft-label": "DRAFT: the text has claims or numbers without support",
           "author": "Author {number} (placeholder)", "affiliation": "Institution (placeholder)"},
}  # fmt: skip
PLACEHOLDERS = 2  # authors of a document made from synthetic data


def matter(wave: int, lang: str, day: date, *, synthetic: bool) -> dict:
    """The front matter of a document of a wave, dated `day`; one of synthetic data has placeholders for authors."""
    language, region = LANGUAGE[lang]
    words = WORDS[lang]
    found = {
        "wave": wave, "lang": f"{language}-{region}",
        "date": day.isoformat(), "date-long": format_date(day, "long", locale=f"{language}_{region}"),
        "running": words["running"].format(wave=wave),
        **{key: words[key] for key in ("toc-title", "page-of", "skip-label")},
    }  # fmt: skip
    if synthetic:
        people = [
            {"name": words["author"].format(number=n + 1), "affiliations": [words["affiliation"]]}
            for n in range(PLACEHOLDERS)
        ]
        found |= {"synthetic": True, "synthetic-label": words["synthetic-label"], "author": people}
    return found


def plain(found: dict) -> dict:
    """The same with authors and affiliations as lists of names, as templates read them."""
    people = [a if isinstance(a, dict) else {"name": a} for a in found.get("author", [])]
    if not people:
        return found
    places = list(dict.fromkeys(a for person in people for a in person.get("affiliations", [])))
    return found | {"author": [person["name"] for person in people], "affiliation": places}
