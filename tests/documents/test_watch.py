"""`make watch`: a page that follows the text. What was saved is on it, what cannot be written is said on it, and it goes on."""

import os
import re
import subprocess
import sys
import urllib.request

import pytest

SENTENCE = "Andelen er `{python} report.value(\"hours_over_48\")`, og det er nytt."


@pytest.fixture(scope="module")
def page(workshop):
    """The page of the report as it is watched: saves a text after the report's own, gives what is said and the page.

    Command and kernel start as a user's do: nothing is forked from a process of the tests.
    """
    source = workshop.folder / "reports" / "wave-report.nb.qmd"
    before = source.read_text(encoding="utf-8")
    command = [sys.executable, "-m", "analysis", "watch", "--wave", "2026", "--data", str(workshop.data)]
    process = subprocess.Popen(command, cwd=workshop.folder, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONHASHSEED": "0"})
    address = next(hit[0] for line in process.stderr if (hit := re.search(r"http://127\.0\.0\.1:\d+/", line)))

    def get(what: str = "") -> str:
        with urllib.request.urlopen(address + what, timeout=60) as answer:
            return answer.read().decode()

    def save(text: str | None) -> tuple[str, str]:
        if text is not None:
            source.write_text(f"{before}\n\n{text}\n", encoding="utf-8")
        told = []
        for line in process.stderr:
            told.append(line)
            if re.match(r"written in|  Mend", line):
                break
        return "".join(told), get()

    save(None)
    yield save, get
    process.terminate()
    process.communicate()
    source.write_text(before, encoding="utf-8")


def test_a_saved_sentence_is_on_the_page_and_the_browser_is_told(page):
    save, get = page
    version = get("version")
    told, content = save(SENTENCE)
    assert told.startswith("written in") and "og det er nytt." in content and "UTKAST" in content
    assert get("version") != version and "location.reload()" in content


def test_what_cannot_be_written_is_said_on_the_page_which_goes_on(page):
    save, _ = page
    told, content = save("Andelen er `{python} report.value(\"hours_over_84\")`.")
    assert "Error DOCUMENT_FAILED" in told and "hours_over_84" in content and "near it: " in content
    told, content = save("Andelen er 42 prosent, og ingen har regnet den ut.")
    assert "42" in told.replace("written", "") and "ingen har regnet den ut" in content  # a typed number is said, and stays in the draft
    told, content = save("```{python}\ntall = 6 * 7\n```\n\nSvaret er `{python} tall`, av en ny celle.")
    assert "Svaret er 42, av en ny celle." in content


def test_only_articles_of_the_wave_are_watched(workshop):
    done = workshop.run("watch", "--wave", "2026", "--article", "no-such")
    assert done.returncode == 1 and "ARTICLE_UNKNOWN" in done.stderr and "wave-report" in done.stderr
