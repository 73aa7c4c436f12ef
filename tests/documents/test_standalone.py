"""A page is one file: what it looks like does not hang on another."""

import pytest

from analysis.documents.standalone import standalone
from analysis.settings import settings

SHEET = settings().look / "page.css"
PAGE = '<head><link rel="stylesheet" href="page.css"></head><body><img src="data:image/png;base64,AAAA"><a href="https://doi.org/1">1</a>{}</body>'


def test_the_style_sheet_and_its_fonts_are_in_the_page():
    page = standalone(PAGE.format("").encode(), SHEET).decode()
    assert "<link" not in page and "woff2\")" not in page.replace("format(\"woff2\")", "")
    assert page.count("url(data:font/woff2;base64,") == SHEET.read_text(encoding="utf-8").count("@font-face")


def test_a_style_sheet_that_refers_to_more_than_fonts_is_left_to_pandoc(tmp_path):
    sheet = tmp_path / "page.css"
    sheet.write_text("body { background: url(paper.png) }", encoding="utf-8")
    assert standalone(PAGE.format("").encode(), sheet) is None


@pytest.mark.parametrize("other", ['<img alt="x" src="map.png">', '<script src="x.js"></script>', '<link href="more.css" rel="stylesheet">'])
def test_a_page_that_refers_to_other_files_is_left_to_pandoc(other):
    assert standalone(PAGE.format(other).encode(), SHEET) is None
