"""`make watch`: a document on a page of this machine, written anew at each save. For whoever writes: sentences are changed and seen within seconds.

The kernel stays, and runs only what differs: a changed sentence runs no cell. The page is a draft: what the results do not bear out is said on the
terminal and stays on the page.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from analysis import pipeline
from analysis.documents import Edition
from analysis.errors import LegepaneletError
from analysis.options import REPORT, languages_of, run_of, say, wave_of
from analysis.settings import ROOT, settings

PAUSE = 0.3  # seconds between two looks at the files
AGAIN = b"""<script>
let seen; setInterval(async () => { try {
  const now = await (await fetch("/version")).text(); if (seen !== undefined && now !== seen) location.reload(); seen = now;
} catch {} }, 300);
</script>"""


@dataclass
class Page:
    """What the browser is shown, and how often it changed."""

    content: bytes = b"<p>...</p>"
    version: int = 0

    def show(self, content: bytes) -> None:
        self.content, self.version = content + AGAIN, self.version + 1


def watch(options) -> int:
    """Serves the page until it is stopped. Raises ARTICLE_UNKNOWN, and what leads to the results."""
    run = run_of(options)
    wave, lang = wave_of(options, run), languages_of(options)[0]
    name = options.article or REPORT
    if name not in (known := [REPORT, *pipeline.articles(wave)]):
        raise LegepaneletError("ARTICLE_UNKNOWN", f"ARTICLE={name} has no plan for {wave} in reports/", f"It may be {', '.join(known)}.")
    with pipeline.alone(lambda: say("Another run is at work in this project; waiting for it to end.")):
        pipeline.build(pipeline.results_tasks(run, [wave]))
    page = Page()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(page))
    Thread(target=server.serve_forever, daemon=True).start()
    say(f"{name}.{lang} of {wave}: http://127.0.0.1:{server.server_port}/ follows the text. Stop with Ctrl-C.")
    for content, told in pages(run, name, wave, lang):
        page.show(content)
        say(told)
    return 0


def pages(run: pipeline.Run, name: str, wave: int, lang: str) -> Iterator[tuple[bytes, str]]:
    """The page, and what is said of it, at the beginning and each time that a file it hangs on was saved; without end."""
    from analysis.codebook import load
    from analysis.documents import making
    from analysis.documents.execute import Ran
    from analysis.documents.kernels import kernel

    source = settings().reports / f"{name}.{lang}.qmd"
    document = making.Document(source, wave, lang, run.source.kind, Edition(draft=True), pipeline.fingerprint(run, wave))
    making.clear(document)
    ran, seen = Ran(), None
    with kernel(document.stage) as client:
        while True:
            now = _stamps(wave)
            if now == seen:
                time.sleep(PAUSE)
                continue
            if seen is not None and now["results"] != seen["results"]:
                ran = Ran()  # the kernel opened others
            seen, started = now, time.monotonic()
            try:
                yield making.shown(document, load(settings().codebook), client, ran), f"written in {time.monotonic() - started:.1f} s"
            except LegepaneletError as error:
                yield f"<pre>{escape(str(error))}</pre>".encode(), f"Error {error}"


def _stamps(wave: int) -> dict[str, tuple]:
    """When the texts and the look were saved, and the results made."""
    texts = [p for p in settings().reports.rglob("*") if p.is_file() and "figures" not in p.parts]
    results = [p for p in settings().output.glob("*/results.csv") if int(p.parent.name) <= wave]
    return {"texts": _saved([*texts, ROOT / "_quarto.yml"]), "results": _saved(results)}


def _saved(paths: list[Path]) -> tuple:
    return tuple((str(p), p.stat().st_mtime_ns) for p in sorted(paths) if p.is_file())


def _handler(page: Page) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = self.path == "/version"
            kind, content = ("text/plain", str(page.version).encode()) if asked else ("text/html; charset=utf-8", page.content)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *parts):
            pass

    return Handler
