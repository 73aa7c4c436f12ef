"""Displayed numbers: each in the ledger, each with a card that mouse, touch and keyboard open, on pages without a fault of accessibility."""

import csv
import html
import importlib.util
import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.documents.test_articles import EVERY, file
from tests.documents.test_report import CHROMIUM, Page, in_browser

DIGIT = re.compile(r"\d")


def in_frame(page: Path, script: str, folder: Path, width: int = 1280) -> str:
    """What `script` tells (by `tell(text)`) of a page framed at `width`; it sees the page's `page` (document) and `frame` (window)."""
    probe = folder / "probe.html"
    probe.write_text(
        f"""<!DOCTYPE html><title>x</title><body><iframe src="{page.as_uri()}" style="width:{width}px;height:900px;border:0"></iframe><script>
        function tell(text) {{ document.body.dataset.result = text; }}
        document.querySelector('iframe').onload = async function () {{
          var page = this.contentDocument, frame = this.contentWindow, wait = ms => new Promise(r => setTimeout(r, ms));
          try {{ {script} }} catch (error) {{ tell('error ' + error); }}
        }}</script></body>""",
        encoding="utf-8",
    )
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=300000",
         "--window-size=1400,1000", "--dump-dom", probe.as_uri()], capture_output=True, text=True, check=True, timeout=180)  # fmt: skip
    found = re.search(r'data-result="([^"]*)"', done.stdout)
    assert found, done.stdout[-500:]
    return html.unescape(found[1])


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
  told.push(performance.getEntriesByType('resource').filter(r => r.name.startsWith('http')).length);
  tell(told.join(' '));
"""


@in_browser
@pytest.mark.parametrize(("lang", "width"), [("nb", 1280), ("en", 390)])
def test_a_card_opens_by_mouse_by_touch_and_by_keyboard(full, tmp_path, lang, width):
    told = in_frame(file(full, "ai-use", lang, "html"), OPENED, tmp_path, width)
    assert told == "open+ true closed- open+ closed- open+ closed- true 1 true true 0"


def axe() -> Path | None:
    """axe-core's script, in the package axe-playwright-python."""
    spec = importlib.util.find_spec("axe_playwright_python")
    return Path(spec.submodule_search_locations[0]) / "axe.min.js" if spec else None


@in_browser
@pytest.mark.skipif(axe() is None, reason="axe-playwright-python, which holds axe-core, is not installed")
@pytest.mark.parametrize(
    "document", ["1994/wave-report.nb", "2026/ai-use.nb", "2026/research-conditions.en", "2026/unequal-treatment.nb", "2026/appendix.nb"]
)
def test_no_page_has_a_fault_of_accessibility(full, tmp_path, document):
    """Contrast, by far the slowest rule, is looked at in the first rows of every table: those after them are printed alike."""
    script = f"""
      var script = page.createElement('script'); script.src = '{axe().as_uri()}';
      script.onload = async () => {{
        var run = rules => frame.axe.run(page, {{resultTypes: ['violations'], preload: false, ...rules}});
        try {{
          var found = (await run({{rules: {{'color-contrast': {{enabled: false}}}}}})).violations;
          page.querySelectorAll('tbody tr:nth-child(n+7):not(:last-child)').forEach(row => row.remove());
          found = found.concat((await run({{runOnly: ['color-contrast']}})).violations);
          tell(JSON.stringify(found.map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 160)])));
        }} catch (error) {{ tell('error ' + error); }}
      }};
      page.head.appendChild(script);"""
    assert in_frame(full.folder / "_output" / f"{document}.html", script, tmp_path) == "[]"
