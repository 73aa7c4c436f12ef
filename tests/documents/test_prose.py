"""What the prose may not say: typed numbers, comparisons that nothing is held against, claims that the results do not bear out."""

import re
from pathlib import Path

import pytest

from analysis.documents import prose, qmd
from analysis.settings import settings
from tests.projects import Project

HEAD = '---\ntitle: "x"\nlang: nb-NO\n---\n\n'
WAVES = [2019, 2026]


BASES = {"ai_often": "users", "ai_checks": "users"}


def faults(tmp_path: Path, text: str, lang: str = "nb") -> list[prose.Fault]:
    path = tmp_path / f"x.{lang}.qmd"
    path.write_text(HEAD + text, encoding="utf-8")
    return prose.faults(path, lang, WAVES, lambda name: BASES.get(name, "all"))


@pytest.mark.parametrize(
    "text",
    ["Vi spurte `{python} report.n(\"x\")` leger.", "Som i 2019 og 2026.", "Se @fig-one og @tbl-two-2.", "Vist før [@rosta2019].",
     "# Metode {#sec-2}", "```{python}\nx = 12\n```", "Merket med ^1^.", "Gjelder {{< meta wave >}}."],
)  # fmt: skip
def test_computed_numbers_citations_references_and_waves_may_stand(tmp_path, text):
    assert faults(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "typed"),
    [("Hele 63 % sa ja.", "63"), ("Snittet var 5,07.", "5,07"), ("# Del 3", "3"), ("I 1973.", "1973")],
)
def test_a_typed_number_is_named_with_its_line(tmp_path, text, typed):
    (fault,) = faults(tmp_path, f"God dag.\n\n{text}")
    assert fault.code == "TYPED_NUMBER"
    assert fault.where == "x.nb.qmd line 8"
    assert fault.what.startswith(f"{typed} is typed in")


def test_an_exception_lets_its_phrase_stand_and_no_other(tmp_path):
    marked = '[under 70 år]{.fixed why="the population: its age limit. And so on"}'
    assert faults(tmp_path, f"Leger {marked} svarte.") == []
    assert len(faults(tmp_path, f"Leger {marked} svarte 12 ganger.")) == 1
    assert len(faults(tmp_path, f"Leger {marked} svarte.\n\nLeger under 70 år svarte.")) == 1


def test_an_exception_without_a_reason_is_none(tmp_path):
    (fault,) = faults(tmp_path, "Leger [under 70 år]{.fixed} svarte.")[:1]
    assert fault.code == "EXCEPTION_REASON" and "«under 70 år» needs a reason" in fault.what


def test_the_reader_sees_the_phrase_and_not_the_mark(tmp_path):
    path = tmp_path / "x.nb.qmd"
    path.write_text(HEAD + '# [Del 3]{.fixed why="x"} {#sec-x}\n\nLeger [under 70 år]{.fixed why="x"} svarte.\n', encoding="utf-8")
    assert [c.source for c in qmd.read(path).cells[1:]] == ["# Del 3 {#sec-x}\n\nLeger under 70 år svarte."]


@pytest.mark.parametrize(
    ("text", "lost"),
    [('`{python} report.claim("rose", "x", since=2019)` Det steg `{python} report.size("x", since=2019)`.', 0),
     ('`{python} report.claim("rose", "x", since=2019)` Det steg. Det var `{python} report.size("x", since=2019)`.', 1),
     ('`{python} report.claim("rose", "x")` Det steg `{python} report.size("x", since=2019)`.', 1),
     ('`{python} report.claim("rose", "y", since=2019)` Det steg `{python} report.size("x", since=2019)`.', 1),
     ('`{python} report.claim("change_uncertain", "x")` Det er usikkert: `{python} report.size("x")`.', 1),
     ('`{python} report.claim("change_uncertain", "x")` Det er usikkert: `{python} report.points("x")`.', 0),
     ('`{python} report.claim("less", "x", "sex", "female", "male")` Færre kvinner, `{python} report.size("x", "sex", "female", "male")`.', 0),
     ('`{python} report.claim("less", "x", "sex", "female", "male")` Færre kvinner, `{python} report.size("x", "sex", "male", "female")`.', 1)],
)  # fmt: skip
def test_a_size_without_its_sign_needs_the_claim_of_its_direction(tmp_path, text, lost):
    assert [f.code for f in faults(tmp_path, text)] == ["SIGN_LOST"] * lost


@pytest.mark.parametrize(
    ("text", "missing"),
    [('`{python} report.value("ai_often")` bruker det ukentlig.', 1), ('`{python} report.value("jss")` er snittet.', 0),
     ('Blant `{python} report.base("ai_often")` bruker `{python} report.value("ai_often")` det ukentlig.', 0),
     ('`{python} report.share("ai_checks")` kontrollerer. `{python} report.value("ai_often")` bruker det ukentlig.', 0),
     ('`{python} report.share("ai_checks", base=False)` kontrollerer.', 1),
     ('Blant `{python} report.base("ai_often")` kontrollerer `{python} report.share("ai_checks", base=False)`.', 0),
     ('`{python} report.share("ai_checks")` kontrollerer.\n\n`{python} report.value("ai_often")` bruker det ukentlig.', 1)],
)  # fmt: skip
def test_a_share_of_others_than_all_says_of_whom_in_its_paragraph(tmp_path, text, missing):
    assert [f.code for f in faults(tmp_path, text)] == ["BASE_MISSING"] * missing


@pytest.mark.parametrize(
    ("lang", "text"),
    [("nb", "Andelen økte siden sist."), ("nb", "De fleste var enige."), ("nb", "Det var ingen forskjell."), ("nb", "Færre leger forsker."),
     ("en", "The share rose."), ("en", "Most doctors agreed."), ("en", "There was no difference."), ("en", "It is lower among men.")],
)  # fmt: skip
def test_a_comparison_without_a_claim_is_named(tmp_path, lang, text):
    (fault,) = faults(tmp_path, text, lang)
    assert fault.code == "CLAIM_MISSING"


@pytest.mark.parametrize(
    ("text", "fine"),
    [('`{python} report.claim("rose", "x")` Andelen økte.', True), ('`{python} report.claim("fell", "x")` Andelen økte.', False),
     ('`{python} report.claim("most", "x")` De fleste var enige.', True), ('`{python} report.claim("minority", "x")` De fleste var enige.', True),
     ('`{python} report.claim("change_uncertain", "x")` Om andelen økte, er usikkert.', True),
     ('`{python} report.claim("change_uncertain", "x")` Andelen økte.', False), ("Andelen økte, har andre vist [@rosta2019].", True)],
)  # fmt: skip
def test_a_comparison_needs_a_claim_of_its_own_kind(tmp_path, text, fine):
    assert (faults(tmp_path, text) == []) is fine


def test_every_exception_has_a_reason_and_is_needed():
    """A mark that could be taken away is one too many."""
    for path in settings().reports.rglob("*.qmd"):
        for line in path.read_text(encoding="utf-8").splitlines():
            for mark in qmd.FIXED.finditer(line):
                assert re.search(r"\d", mark[1]) or any(re.search(rf"\b(?:{words})\b", mark[1], re.IGNORECASE) for of in prose.COMPARISONS.values() for words, _ in of), line


def edited(workshop: Project, *changes: tuple[str, str]):
    """What the command says of the English article on artificial intelligence with `changes` made to it."""
    path = workshop.folder / "reports" / "ai-use.en.qmd"
    before = path.read_text(encoding="utf-8")
    text = before
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    try:
        return workshop.run("article", "--article", "ai-use", "--wave", "2026", "--lang", "en", "--formats", "html")
    finally:
        path.write_text(before, encoding="utf-8")


def test_all_that_is_not_so_is_named_in_one_run_and_the_old_file_stays(live):
    page = live.output(2026, "ai-use.en.html")
    before = page.read_bytes()
    done = edited(
        live,
        ('report.claim("less", "ai_use_yes", "sex", "female", "male")` Women\'s use was lower', 'report.claim("more", "ai_use_yes", "sex", "female", "male")` Women\'s use was higher'),
        ("All doctors were asked about", "All 1234 doctors were asked about"),
        ("## Background\n", "## Why\n"),
        ("The doctor answers for the content", "`{python} report.claim(\"rose\", \"ai_use_yes\")` The doctor answers for the content"),
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "DOCUMENT_REFUSED: ai-use.en.qmd" in done.stderr
    assert "CLAIM_UNSUPPORTED: ai-use.en.qmd line" in done.stderr
    assert (
        "«Women's use was higher than men's, by " in done.stderr
        and "percentage points (95% CI" in done.stderr.replace("\u00a0", " ")
    )
    assert "there is no result of ai_use_yes, change_net" in done.stderr
    assert "TYPED_NUMBER: ai-use.en.qmd line" in done.stderr and "1234 is typed" in done.stderr
    assert "JOURNAL_LIMIT: headings of the abstract: Why, Material and method" in done.stderr
    assert page.read_bytes() == before


def test_a_draft_is_written_and_says_that_it_is_one(live):
    path = live.folder / "reports" / "ai-use.en.qmd"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("All doctors were asked", "All 1234 doctors were asked"), encoding="utf-8")
    try:
        done = live.run(
            "article", "--article", "ai-use", "--wave", "2026", "--lang", "en", "--formats", "html", "--draft", "1"
        )
    finally:
        path.write_text(before, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "TYPED_NUMBER" in done.stderr
    assert "DRAFT:" in live.output(2026, "ai-use-draft.en.html").read_text(encoding="utf-8")
