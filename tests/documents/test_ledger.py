"""Displayed numbers: each in the ledger, each with a card that mouse, touch and keyboard open, on pages without a fault of accessibility."""

import csv
import html
import importlib.util
import json
import re
from pathlib import Path

import pytest

from tests.browser import in_browser, told
from tests.documents.test_articles import EVERY, file
from tests.documents.test_report import Page

DIGIT = re.compile(r"\d")


# What stands on a page and is no result: years, names of groups and indicators, levels of intervals, limits with their reasons.
NOT_RESULTS = re.compile(
    r"\d+\.?[ \u00a0](mars|mai|november|March|May|November)\b|\b(19|20)\d\d\b|RR\d|95\s?%|40–54|55–69|[Uu]nder 40|under 70|70 (år|years)|aged 70|\d+\u00a0prosentpoeng|"
    r"\d+\u00a0percentage|30 svar|30 answers"
)


@pytest.mark.parametrize(("article", "lang"), EVERY)
def test_every_number_on_the_page_is_in_the_ledger(full, article, lang):
    text = html.unescape(file(full, article, lang, "html").read_text(encoding="utf-8"))
    text = text[text.index('<section id="abstract"') : text.index('<div id="refs"')]
    for gone in (r"<(script|math).*?</\1>", r'<span[^>]*class="n"[^>]*>[^<]*</span>', r"<a [^>]*>.*?</a>", r"<sup>.*?</sup>",
                 r'<span class="(label|header-section-number)">.*?</span>'):  # fmt: skip
        text = re.sub(gone, " ", text, flags=re.DOTALL)
    left = [NOT_RESULTS.sub("", line) for line in re.sub(r"<[^>]*>", "\n", text).splitlines()]
    assert [line for line in left if DIGIT.search(line)] == []


def test_the_ledger_is_what_the_page_shows(full):
    for article, lang in EVERY:
        page = Page(file(full, article, lang, "html").read_text(encoding="utf-8"))
        shown = [(a["id"], a["data-row"]) for tag, a in page.tags if tag == "span" and a.get("class") == "n"]
        ledger = json.loads(file(full, article, lang, "numbers.json").read_text(encoding="utf-8"))["numbers"]
        assert sorted(shown) == sorted((e["id"], "+".join(e["rows"])) for e in ledger if e["id"])
        assert {"text", "table", "abstract", "hovedfunn", "caption", "alt", "figure label", "figure data"} <= {
            e["where"] for e in ledger
        }


@pytest.mark.parametrize("wave", [1994, 2026])
def test_every_row_of_the_ledgers_is_a_result(full, wave):
    """Of the report too, in which groups are shown together: a row's name may hold nothing that parts rows."""
    tables = [path.read_text(encoding="utf-8").splitlines() for path in full.folder.glob("_output/*/results.csv")]
    known = {row["id"] for lines in tables for row in csv.DictReader(lines)}
    parts = json.loads(full.output(wave, "numbers.json").read_text(encoding="utf-8"))
    shown = {row for part in parts for entry in part["numbers"] for row in entry["rows"]}
    assert "wave-report" in {part["document"] for part in parts} and len(shown) > 300 and shown <= known


def test_a_card_tells_of_every_row(full):
    for article, lang in EVERY:
        text = file(full, article, lang, "html").read_text(encoding="utf-8")
        told = json.loads(re.search(r'id="number-rows">(.*?)</script>', text, re.DOTALL)[1])
        ledger = json.loads(file(full, article, lang, "numbers.json").read_text(encoding="utf-8"))["numbers"]
        assert {row for e in ledger if e["id"] for row in e["rows"]} <= set(told["rows"])
        share = dict(
            told["rows"][
                "2026.res_active_yes.share"
                if article == "research-conditions"
                else next(r for r in told["rows"] if r.endswith(".share"))
            ]
        )
        words = {
            "nb": ("Spørsmål", "Gjelder", "Antall", "Vekting", "Estimat", "Runde"),
            "en": ("Question", "Concerns", "Number", "Weighting", "Estimate", "Wave"),
        }
        assert set(words[lang]) <= set(share)


OPENED = """
  var number = page.querySelector('#sec-main-results ~ * .n, main p .n'), card = page.getElementById('number-card'), told = [];
  var state = () => (card.hidden ? 'closed' : 'open') + (number.getAttribute('aria-describedby') === 'number-card' ? '+' : '-');
  number.dispatchEvent(new frame.MouseEvent('mouseover', {bubbles: true})); await wait(400); told.push(state(), card.textContent.length > 60);
  page.body.dispatchEvent(new frame.MouseEvent('mouseover', {bubbles: true})); await wait(600); told.push(state());
  number.click(); told.push(state()); number.click(); told.push(state());
  number.focus(); told.push(state());
  number.dispatchEvent(new frame.KeyboardEvent('keydown', {key: 'Escape', bubbles: true})); told.push(state());
  var cells = [...page.querySelectorAll('table .n')].filter(n => !n.closest('details')), stops = [...cells[0].closest('table').querySelectorAll('.n')].filter(n => n.tabIndex === 0).length;
  cells[0].focus(); cells[0].dispatchEvent(new frame.KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
  told.push(page.activeElement === cells[1], stops, card.textContent.includes(cells[1].dataset.row));
  var box = card.getBoundingClientRect(); told.push(box.left >= 0 && box.right <= frame.innerWidth);
  told.push(frame.performance.getEntriesByType('resource').filter(r => r.name.startsWith('http')).length);
  return told.join(' ');
"""


@in_browser
def test_a_card_opens_by_mouse_by_touch_and_by_keyboard(full, tmp_path):
    pages = [(file(full, "ai-use", "nb", "html"), 1280), (file(full, "ai-use", "en", "html"), 390)]
    assert told(pages, OPENED, tmp_path) == ["open+ true closed- open+ closed- open+ closed- true 1 true true 0"] * 2


def axe() -> Path | None:
    """axe-core's script, in the package axe-playwright-python."""
    spec = importlib.util.find_spec("axe_playwright_python")
    return Path(spec.submodule_search_locations[0]) / "axe.min.js" if spec else None


LOOKED_AT = ("1994/wave-report.nb", "2026/ai-use.nb", "2026/research-conditions.en", "2026/unequal-treatment.nb", "2026/appendix.nb")


@in_browser
@pytest.mark.long
@pytest.mark.skipif(axe() is None, reason="axe-playwright-python, which holds axe-core, is not installed")
def test_no_page_has_a_fault_of_accessibility(full, tmp_path):
    """Of every table the first rows and the last: those between are printed alike. That no id stands twice is looked at in the whole page."""
    script = f"""
      const script = page.createElement('script');
      await new Promise((there, not) => {{ script.onload = there; script.onerror = not; script.src = '{axe().as_uri()}'; page.head.appendChild(script); }});
      const ids = [...page.querySelectorAll('[id]')].map(e => e.id), twice = ids.filter((id, place) => ids.indexOf(id) !== place);
      page.querySelectorAll('tbody tr:nth-child(n+6):not(:last-child)').forEach(row => row.remove());
      const found = (await frame.axe.run(page, {{resultTypes: ['violations'], preload: false}})).violations;
      return JSON.stringify([...twice, ...found.map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 160)])]);"""
    pages = [(full.folder / "_output" / f"{document}.html", 1280) for document in LOOKED_AT]
    assert dict(zip(LOOKED_AT, told(pages, script, tmp_path), strict=True)) == dict.fromkeys(LOOKED_AT, "[]")
