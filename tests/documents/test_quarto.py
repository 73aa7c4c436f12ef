"""A real Quarto, 1.9 or newer, renders the documents: plainly, as an author does, and from `make`. Skipped where there is none."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree, html

from tests.documents.test_articles import W, catalogue, docx_text
from tests.documents.test_report import Page, pdf_text, without_figure_data
from tests.projects import Project

pytestmark = pytest.mark.skipif(shutil.which("quarto") is None, reason="the program quarto is not on the PATH")
SUFFIXES = ("html", "pdf", "docx", "xml")


def quarto(project: Project, *arguments: str, folder: str = "") -> subprocess.CompletedProcess:
    return subprocess.run(["quarto", *arguments], cwd=project.folder / folder, capture_output=True, text=True, check=False,
                          env=os.environ | {"QUARTO_PYTHON": sys.executable})  # fmt: skip


def changed(project: Project) -> str:
    """What git sees besides the publication that the shared project has."""
    return subprocess.run(["git", "status", "--short", "--", ":!published"], cwd=project.folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def from_make(full, tmp_path_factory) -> Project:
    """The report and an article of 2026, by `RENDERER=quarto`."""
    other = full.copied(tmp_path_factory.mktemp("make"))
    for command in (("report",), ("article", "--article", "ai-use", "--lang", "nb en")):
        done = other.run(*command, "--wave", "2026", "--renderer", "quarto", "--formats", "html pdf docx jats")
        assert done.returncode == 0, done.stderr
        assert "WARN" not in done.stderr
    return other


@pytest.fixture(scope="module")
def plain(full, tmp_path_factory) -> Project:
    """The report and an article, by plain `quarto render`."""
    other = full.copied(tmp_path_factory.mktemp("plain"))
    for name in ("wave-report.nb", "ai-use.en"):
        done = quarto(other, "render", f"reports/{name}.qmd")
        assert done.returncode == 0, done.stderr
        assert "[WARNING]" not in done.stderr
    return other


@pytest.fixture(scope="module")
def builtin(full, tmp_path_factory) -> Project:
    """All formats of the report and the articles, by the built-in renderer."""
    other = full.copied(tmp_path_factory.mktemp("builtin"))
    done = other.run("report", "--wave", "2026", "--formats", "html pdf docx jats")
    assert done.returncode == 0, done.stderr
    return other


@pytest.fixture(params=["from_make", "plain"])
def both(request, builtin):
    """Where the built-in renderer's files lie, and where Quarto's do."""
    other = request.getfixturevalue(request.param)
    return builtin.folder / "_output" / "2026", other.folder / ("_output" if request.param == "from_make" else "_quarto") / "2026"


def page(path: Path) -> Page:
    return Page(without_figure_data(path.read_text(encoding="utf-8")))


def shape(path: Path) -> list:
    """What a page is made of: its elements with what they are for, and its words."""
    found = []
    for element in html.parse(path).getroot().iter("main", "nav", "h1", "h2", "h3", "h4", "figure", "img", "table", "th", "td", "a", "p", "div"):
        kept = {k: v for k, v in element.attrib.items() if k in ("class", "role", "href", "alt", "scope", "lang", "aria-label", "aria-labelledby")}
        found.append((element.tag, kept, " ".join((element.text or "").split())))
    return found


@pytest.mark.parametrize("name", ["wave-report.nb", "ai-use.en"])
class TestTheSame:
    def test_page(self, both, name):
        ours, theirs = (html.parse(folder / f"{name}.html").getroot() for folder in both)
        assert ours.get("lang") == theirs.get("lang")
        assert [e.text for e in ours.iter("title")] == [e.text for e in theirs.iter("title")]
        assert "SYNT" in theirs.find(".//title").text
        ours, theirs = (page(folder / f"{name}.html") for folder in both)
        assert ours.tables == theirs.tables and ours.links == theirs.links
        assert [i.get("alt") for i in ours.images] == [i.get("alt") for i in theirs.images]
        assert " ".join(ours.text.split()) == " ".join(theirs.text.split())

    def test_layout_of_the_page(self, both, name):
        ours, theirs = (shape(folder / f"{name}.html") for folder in both)
        assert ours == theirs

    def test_pdf(self, both, name):
        ours, theirs = (pdf_text(folder / f"{name}.pdf") for folder in both)
        assert ours == theirs

    def test_word(self, both, name):
        texts, heads = [docx_text(folder / f"{name}.docx") for folder in both], []
        for folder in both:
            with zipfile.ZipFile(folder / f"{name}.docx") as archive:
                root = etree.fromstring(archive.read("word/document.xml"))
                alts = [e.get("descr") for e in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")]
                heads.append((len(root.findall(f".//{W}tbl")), alts, [archive.read(n) for n in archive.namelist() if "header" in n]))
        assert texts[0] == texts[1] and heads[0] == heads[1]

    def test_jats(self, both, name):
        """Plain Quarto gives numbers no ids; which they are of, their rows tell."""
        ours, theirs = (folder / f"{name}.xml" for folder in both)
        one, two = (re.sub(r' id="n-\d+"', "", etree.canonicalize(from_file=path)) for path in (ours, theirs))
        assert one == two
        assert [p.name for p in sorted(ours.with_suffix(".figures").iterdir())] == [p.name for p in sorted(theirs.with_suffix(".figures").iterdir())]
        dtd = etree.DTD(str(catalogue()))
        assert dtd.validate(etree.parse(str(theirs))), dtd.error_log.last_error


def test_a_plain_render_leaves_the_tree_clean_and_outputs_of_make_alone(plain, full):
    assert changed(plain) == ""
    assert not (plain.folder / "reports" / "figures").exists()
    for suffix in SUFFIXES:
        name = f"2026/ai-use.en.{suffix}"
        assert (plain.folder / "_output" / name).read_bytes() == (full.folder / "_output" / name).read_bytes()


def test_an_article_from_make_has_its_cards_and_ledger(from_make, full):
    ours, theirs = (p.output(2026, "ai-use.nb.numbers.json").read_text(encoding="utf-8") for p in (full, from_make))
    assert ours == theirs
    assert Counter(re.findall(r'id="n-[^"]+"', from_make.output(2026, "ai-use.nb.html").read_text(encoding="utf-8")))


def test_from_reports_with_a_bare_path(plain):
    """As VS Code and Positron start it."""
    bare = {"PATH": os.pathsep.join([str(Path(shutil.which("quarto")).parent), "/usr/bin", "/bin"]), "HOME": str(plain.folder.parent)}
    (plain.folder / "_environment.local").write_text(f"QUARTO_PYTHON='{Path(sys.executable).as_posix()}'\n", encoding="utf-8")
    done = subprocess.run(["quarto", "render", "ai-use.en.qmd", "--to", "html"], cwd=plain.folder / "reports", capture_output=True, text=True,
                          check=False, env=bare)  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(importlib.util.find_spec("papermill") is None, reason="papermill is not installed (make quarto)")
def test_two_waves_lie_side_by_side(plain):
    done = quarto(plain, "render", "reports/wave-report.nb.qmd", "-P", "wave:1994", "--to", "html")
    assert done.returncode == 0, done.stderr
    waves = {wave: page(plain.folder / "_quarto" / wave / "wave-report.nb.html").text for wave in ("1994", "2026")}
    assert "Legepanelet 1994" in waves["1994"] and "Legepanelet 2026" in waves["2026"]
    theirs = " ".join(waves["1994"].split())
    assert theirs == " ".join(page(plain.output(1994, "wave-report.nb.html")).text.split())


@pytest.mark.skipif(importlib.util.find_spec("papermill") is None, reason="papermill is not installed (make quarto)")
@pytest.mark.parametrize(
    ("document", "wave", "told"), [("wave-report.nb", 2024, "make report WAVE=2024"), ("ai-use.en", 1994, "Render it for 2026")]
)
def test_a_wave_that_cannot_be_is_one_clear_message(plain, document, wave, told):
    done = quarto(plain, "render", f"reports/{document}.qmd", "-P", f"wave:{wave}", "--to", "html")
    assert done.returncode and told in done.stderr
    assert "Traceback" not in done.stderr and "File " not in done.stderr


def test_a_claim_that_does_not_hold_is_seen(plain):
    document = plain.folder / "reports" / "ai-use.en.qmd"
    text = document.read_text(encoding="utf-8")
    assert 'claim("less", "ai_use_yes", "age_group"' in text
    document.write_text(text.replace('claim("less", "ai_use_yes", "age_group"', 'claim("more", "ai_use_yes", "age_group"'), encoding="utf-8")
    done = quarto(plain, "render", "reports/ai-use.en.qmd", "--to", "html")
    document.write_text(text, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    seen = page(plain.folder / "_quarto" / "2026" / "ai-use.en.html").text
    assert "DRAFT" in seen and "more, ai_use_yes" in seen


def test_a_missing_citation_is_refused_with_quartos_own_line(from_make):
    document = from_make.folder / "reports" / "ai-use.nb.qmd"
    text, before = document.read_text(encoding="utf-8"), from_make.output(2026, "ai-use.nb.html").read_bytes()
    document.write_text(text.replace("## Bakgrunn\n\n", "## Bakgrunn\n\nSe [@nowhere2026].\n\n", 1), encoding="utf-8")
    done = from_make.run("article", "--article", "ai-use", "--wave", "2026", "--renderer", "quarto", "--formats", "html")
    document.write_text(text, encoding="utf-8")
    assert done.returncode == 1 and "RENDER_FAILED" in done.stderr and "nowhere2026" in done.stderr
    assert "stack" not in done.stderr.lower() and "\x1b" not in done.stderr
    assert from_make.output(2026, "ai-use.nb.html").read_bytes() == before
