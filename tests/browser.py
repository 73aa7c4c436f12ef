"""Pages in a real browser: what a script measures in them, at a width."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

PROBE = """<!DOCTYPE html><title>x</title><body><script>
const wait = ms => new Promise(r => setTimeout(r, ms));
async function of(address, width) {
  const inside = document.body.appendChild(document.createElement('iframe'));
  inside.style = `width:${width}px;height:900px;border:0`;
  await new Promise(there => { inside.onload = there; inside.src = address; });
  const frame = inside.contentWindow, page = inside.contentDocument;
  try { return String(await (async () => { %s })()); }
  catch (error) { return 'error ' + error; }
  finally { inside.remove(); }
}
(async () => {
  const told = [];
  for (const [address, width] of %s) told.push(await of(address, width));
  document.body.dataset.result = JSON.stringify(told);
})();
</script></body>"""


def told(pages: Sequence[tuple[Path, int]], script: str, folder: Path) -> list[str]:
    """What `script` returns of each page, framed at its width in px; it sees the page as `page` (document) and `frame` (window).

    `folder` is for the browser's own files. The pages are looked at one after the other, in one browser.
    """
    probe = folder / "probe.html"
    probe.write_text(PROBE % (script, json.dumps([(page.as_uri(), width) for page, width in pages])), encoding="utf-8")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=600000",
         "--window-size=1400,1000", "--dump-dom", probe.as_uri()], capture_output=True, text=True, check=True, timeout=180)  # fmt: skip
    found = re.search(r'data-result="([^"]*)"', done.stdout)
    assert found, done.stdout[-500:]
    return json.loads(html.unescape(found[1]))


# Width of all that is scrolled to; what sticks out of the page; what was fetched. Nothing fetched and nothing outside is `390 [] 0`.
MEASURED = """
  const width = frame.innerWidth, outside = [...page.querySelectorAll('main *')].filter(
    e => e.getBoundingClientRect().right > width + 1 && !e.closest('.scroll') && !e.closest('math') && !e.closest('pre'));
  const fetched = frame.performance.getEntriesByType('resource').filter(r => !r.name.startsWith('data:')).length;
  return [page.documentElement.scrollWidth, JSON.stringify(outside.slice(0, 3).map(e => e.outerHTML.slice(0, 80))), fetched].join(' ');
"""


def fits(pages: Sequence[tuple[Path, int]], folder: Path) -> None:
    """Nothing sticks out of a page at its width, and nothing is fetched."""
    for (page, width), measured in zip(pages, told(pages, MEASURED, folder), strict=True):
        scrolled, rest = measured.split(" ", 1)
        assert int(scrolled) <= width and rest == "[] 0", (page.name, width, measured)
