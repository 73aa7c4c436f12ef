"""What a document calls the panel, its members and their groups: the codebook's words, in the forms that fixed sentences need."""

from analysis.codebook import Codebook
from analysis.codebook.model import listed
from analysis.presentation.words import WORDS

FORMS = ("many", "the", "one", "Many", "The")


def words(book: Codebook, lang: str) -> dict[str, str]:
    """What fills the places of a fixed text: `{many}`, `{the}`, `{one}` (members; `{The}` as a sentence begins), `{population}`, `{by}` (all
    groupings), `{over}` (the age from which one is no longer in the population)."""
    panel = book.panel
    by = listed((grouping.label[lang].lower() for grouping in book.groupings.values()), lang)
    return {form: panel.members[lang][form] for form in FORMS} | {
        "population": panel.population[lang], "by": by, "over": str(panel.ages[1] + 1)
    }  # fmt: skip


def heading(book: Codebook, variable: str, lang: str) -> str:
    """What a variable that members are known by is called over its levels."""
    if variable == "sex_age":
        first, second = (book.groupings[name].label[lang] for name in ("sex", "age_group"))
        return listed([first, second.lower()], lang)
    return book.groupings[variable].label[lang] if variable in book.groupings else WORDS[lang][variable]


def raked(report) -> str:
    """What the answers of the report's wave are weighted to: `kjønn, alder og stilling`, in small letters."""
    parts = {"sex_age": ("sex", "age_group"), "register_position": ("position",)}
    found = dict.fromkeys(v for row in report.results.where("raked", report.wave, by=...)["by"].unique() for v in parts.get(row, (row,)))
    return listed((heading(report.book, variable, report.lang).lower() for variable in found), report.lang)
