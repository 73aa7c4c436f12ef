"""RENDERER=quarto against the built-in renderer: the same text, numbers, ids and tables. Skipped where there is no Quarto."""

import re
import shutil
from collections import Counter

import pytest

from tests.documents.test_report import Page, pdf_text
from tests.projects import Project

pytestmark = pytest.mark.skipif(shutil.which("quarto") is None, reason="the program quarto is not on the PATH")


@pytest.fixture(scope="module")
def both(full, tmp_path_factory):
    """The report of 2026 as the built-in renderer made it, and the same by Quarto."""
    other = Project(tmp_path_factory.mktemp("quarto") / "project", full.data)
    shutil.copytree(full.folder, other.folder)
    done = other.run("report", "--wave", "2026", "--renderer", "quarto")
    assert done.returncode == 0, done.stderr
    return full, other


@pytest.fixture(scope="module")
def pages(both):
    return [Page(p.output(2026, "wave-report.nb.html").read_text(encoding="utf-8")) for p in both]


def floats(page: Page) -> list[str]:
    return [i for i in page.ids if re.fullmatch(r"(fig|tbl)-[\w-]+", i) and not i.endswith("-caption")]


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))


def numbers(text: str) -> Counter:
    return Counter(re.findall(r"\d+(?:[.,]\d+)*", text))


def test_the_same_figures_and_tables_in_the_same_order(pages):
    builtin, quarto = (list(dict.fromkeys(floats(page))) for page in pages)
    assert builtin == quarto


def test_the_same_cells_in_every_table(pages):
    builtin, quarto = ([[[cell.strip() for cell in row] for row in table] for table in page.tables] for page in pages)
    assert builtin == quarto


def test_the_same_numbers_in_the_text(pages):
    """From the first paragraph on: before it stand title and contents, laid out in their own ways."""
    builtin, quarto = (numbers(page.text[page.text.index("Undersøkelsen ble sendt") :]) for page in pages)
    assert not builtin - quarto


def test_the_same_sentences(pages):
    found, quarto = re.findall(r"[A-ZÆØÅ][^.:\n]{60,200}\.", pages[0].text), words(pages[1].text)
    assert len(found) > 100
    assert [s for s in found if words(s) not in quarto] == []


def test_the_same_numbers_in_the_pdf(both):
    builtin, quarto = (numbers(pdf_text(p.output(2026, "wave-report.nb.pdf"))) for p in both)
    assert set(builtin) <= set(quarto)
