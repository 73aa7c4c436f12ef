"""The rendered report read back: its numbers, its words, its alternative texts, its tags; and the page in a browser."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pandas as pd
import pytest

from analysis.presentation.numbers import decimal
from tests.browser import fits, in_browser

NBSP = "\u00a0"


class Page(HTMLParser):
    """What a reader of the page meets: its texts, pictures, tables and links."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.words, self.images, self.ids, self.links = [], [], [], [], []
        self.tables: list[list[list[str]]] = []
        self._skip, self._cell = 0, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "img":
            self.images.append(found)
        if tag == "a" and found.get("href", "").startswith("#"):
            self.links.append(found["href"][1:])
        if tag in ("style", "script"):
            self._skip += 1
        if tag == "table":
            self.tables.append([])
        if tag == "tr" and self.tables:
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self._cell = ""

    def handle_endtag(self, tag):
        if tag in ("style", "script"):
            self._skip -= 1
        if tag in ("td", "th") and self.tables:
            self.tables[-1][-1].append(self._cell)
            self._cell = None
            self.words.append("\n")  # a cell's text does not run into its neighbour's

    def handle_data(self, data):
        if not self._skip:
            self.words.append(data)
            if self._cell is not None:
                self._cell += data

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split(" "))


def without_figure_data(text: str) -> str:
    """A page without the tables of its figures' numbers, which other formats do not have."""
    return re.sub(r'<details class="figure-data".*?</details>', "", text, flags=re.DOTALL)


@pytest.fixture(scope="module")
def html(full):
    return without_figure_data(full.output(2026, "wave-report.nb.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


@pytest.fixture(scope="module")
def results(full):
    rows = pd.read_csv(full.output(2026, "results.csv"), keep_default_na=False, na_values={"estimate": [""]})
    return rows.set_index("id")


def pdf_text(path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_numbers_in_the_text_are_those_of_the_results(page, results):
    jss, hours = results.loc["2026.jss.mean"], results.loc["2026.hours_over_48.share"]
    assert f"Gjennomsnittsskåren er {decimal(jss['estimate'], 2, 'nb')}" in page.text
    assert f"{decimal(100 * hours['estimate'], 0, 'nb')}{NBSP}% arbeider mer enn 48 timer i uken" in page.text


def test_every_row_of_the_satisfaction_table_is_a_row_of_the_results(page, results):
    table = next(t for t in page.tables if any("Jobbtilfredshet (1–7)" in cell for cell in t[0]))
    labels = {"Alle": "", "Kvinner": ".sex=female", "Menn": ".sex=male", "Under 40 år": ".age_group=under_40",
              "Overleger": ".position=consultant", "Fastleger": ".position=gp"}  # fmt: skip
    rows = {row[0]: row for row in table if len(row) > 1}
    for label, key in labels.items():
        expected = results.loc[f"2026.jss.mean{key}"]
        assert rows[label][1] == decimal(int(expected["n"]), 0, "nb")
        assert rows[label][2] == decimal(expected["estimate"], 2, "nb")


def test_no_missing_value_no_untranslated_word(page, html):
    assert not re.search(r"\bnan\b|\bNone\b|\bNaN\b|<NA>", page.text)
    body = page.text.split("Spørsmålene i 2026: ordlyd")[
        0
    ]  # after it come sources and references, in their own languages
    assert len(body) > 20_000
    for word in (" the ", "Figure ", "Table ", "hidden_small", "under_40", "position=", "Text(", "change_net"):
        assert word not in body, word
    assert "{{<" not in html and "`{python}" not in html


def test_every_picture_has_an_alternative_text_made_of_the_data(page):
    assert len(page.images) > 15
    assert all(len(image["alt"]) > 60 for image in page.images)
    assert all(image["alt"].startswith("SYNTETISKE DATA.") for image in page.images)
    assert all(image["src"].startswith("data:image/svg+xml") for image in page.images)


def test_references_in_the_text_lead_somewhere(page):
    assert {link for link in page.links if link} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert any(link.startswith("ref-") for link in page.links)


def test_the_page_asks_for_nothing_from_outside(html):
    outside = [
        url
        for url in re.findall(r"(?:src|href)=\"(?!data:|#)([^\"]+)\"", html)
        if not url.startswith("https://doi.org/")
    ]
    assert outside == []
    assert "@import" not in html and not re.search(r"url\(['\"]?(?!data:)", html)


def test_the_page_says_its_language_and_that_the_data_are_synthetic(page, html):
    assert ("html", {"lang": "nb-NO"}) in page.tags
    assert "<title>SYNTETISKE DATA" in html
    assert 'class="synthetic"' in html
    assert "Forfatter 1 (plassholder)" in page.text
    assert all("Syntetiske data." in c for c in re.findall(r'class="caption"[^>]*>(.*?)</div>', html, re.S))


def test_tables_have_heads_and_row_headers(page):
    assert len(page.tables) > 15
    assert sum(tag == "th" and found.get("scope") == "row" for tag, found in page.tags) > 100
    assert sum(tag == "thead" for tag, _ in page.tags) == len(page.tables)


def test_the_pdf_is_tagged_in_norwegian_with_bookmarks(full):
    path = full.output(2026, "wave-report.nb.pdf")
    content = path.read_bytes()
    assert content.startswith(b"%PDF-1.7")
    assert b"nb-NO" in content
    assert b"/Outlines" in content or b"/MarkInfo" in content
    if shutil.which("pdfinfo"):
        said = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True).stdout
        assert re.search(r"Tagged:\s+yes", said)
        assert "Title:           SYNTETISKE DATA" in said
        structure = subprocess.run(["pdfinfo", "-struct", str(path)], capture_output=True, check=True).stdout.decode(
            errors="replace"
        )
        tables = structure.split("\n  Table")[1:] or re.split(r"\bTable\b", structure)[1:]
        assert len(tables) > 15
        assert all("TH" in table.split("Table")[0] for table in tables)


def test_the_pdf_says_on_every_page_that_the_data_are_synthetic(full):
    pages = pdf_text(full.output(2026, "wave-report.nb.pdf")).split("\f")[:-1]
    assert len(pages) > 20
    assert all("SYNTETISKE DATA" in page for page in pages)
    assert not any(re.search(r"\bnan\b|\bNone\b", page) for page in pages)


def test_the_pdf_holds_the_same_numbers_as_the_page(full, page):
    text = re.sub(r"\s+", " ", pdf_text(full.output(2026, "wave-report.nb.pdf")))
    for table in page.tables[:12]:
        for row in table[2:6]:
            for cell in row[1:]:
                assert re.sub(r"\s+", " ", cell) in text, cell


def test_the_first_wave_reads_well_without_an_earlier_one(full):
    page = Page(full.output(1994, "wave-report.nb.html").read_text(encoding="utf-8"))
    assert "Endringer samlet" not in page.text
    assert "Hvem som falt fra" not in page.text
    assert "Innsats og belønning" not in page.text
    assert "Endringen siden" not in page.text and "første gang spørsmålet" not in page.text
    assert not re.search(r"\bnan\b|\bNone\b", page.text)


def test_the_executed_notebook_opens_and_names_no_path(full):
    text = full.output(2026, "wave-report.nb.ipynb").read_text(encoding="utf-8")
    assert json.loads(text)["nbformat"] == 4
    assert str(full.folder.parent) not in text


@in_browser
def test_nothing_overflows_and_nothing_is_fetched_in_a_browser(full, tmp_path):
    """Nor in the articles on a telephone."""
    report, *articles = (full.output(2026, f"{name}.nb.html") for name in ("wave-report", "ai-use", "research-conditions", "unequal-treatment"))
    fits([(report, 390), (report, 1280), *((article, 390) for article in articles)], tmp_path)
