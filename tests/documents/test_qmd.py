"""The dialect: plain Quarto is read, anything else is refused with its line."""

import re

import pytest

from analysis.documents import qmd
from analysis.documents.execute import execute
from analysis.documents.kernels import kernel
from analysis.errors import LegepaneletError
from analysis.settings import ROOT

HEAD = '---\ntitle: "Prøve {{< meta wave >}}"\nlang: nb-NO\n---\n\n```{python}\n#| tags: [parameters]\nwave = 1\n```\n\n'


def write(tmp_path, body: str):
    path = tmp_path / "sample.nb.qmd"
    path.write_text(HEAD + body, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "line",
    ["{{< video film.mp4 >}}", "```{r}\n1\n```", "```{mermaid}\nx\n```", "::: {.panel-tabset}\n:::", "::: {.callout-warning}\n:::", "```{python}\n#| fig-cap: x\n1\n```", "```{=html}\n<b>\n```"],
)  # fmt: skip
def test_what_is_not_plain_quarto_is_refused_with_its_line(tmp_path, line):
    with pytest.raises(LegepaneletError, match=r"sample\.nb\.qmd line 1[23]"):
        qmd.read(write(tmp_path, "Tekst.\n" + line + "\n"))


def test_every_fault_is_told_at_once(tmp_path):
    with pytest.raises(LegepaneletError) as caught:
        qmd.read(write(tmp_path, "{{< video a >}}\n\n{{< kbd b >}}\n"))
    assert "line 11" in caught.value.message and "line 13" in caught.value.message


def test_an_include_is_read_in_place_and_keeps_its_lines(tmp_path):
    (tmp_path / "_part.qmd").write_text("Fra en annen fil.\n\n{{< video x >}}\n", encoding="utf-8")
    with pytest.raises(LegepaneletError, match=r"_part\.qmd line 3"):
        qmd.read(write(tmp_path, "{{< include _part.qmd >}}\n"))


def test_a_missing_include(tmp_path):
    with pytest.raises(LegepaneletError, match=r"_gone\.qmd does not exist"):
        qmd.read(write(tmp_path, "{{< include _gone.qmd >}}\n"))


def test_a_block_that_is_not_closed(tmp_path):
    with pytest.raises(LegepaneletError, match="line 11: the block is not closed"):
        qmd.read(write(tmp_path, "```{python}\n1\n"))


def test_inline_values_are_filled_in_and_plain_text_is_escaped(forked_kernels, tmp_path):
    notebook = qmd.read(write(tmp_path, "Runde `{python} wave` og `{python} 'a*b_c'`.\n"))
    with kernel(tmp_path) as client:
        done, _ = execute(client, notebook, parameters={"wave": 2026}, metadata={"wave": 2026}, data_hash="")
    assert done.cells[-1].source == "Runde 2026 og a\\*b\\_c."
    assert "wave: 2026" in done.cells[0].source


def test_a_failing_expression_names_its_line(forked_kernels, tmp_path):
    notebook = qmd.read(write(tmp_path, "En linje.\n\nTo `{python} 1/0`.\n"))
    with pytest.raises(LegepaneletError, match=r"sample\.nb\.qmd line 13: `1/0`: ZeroDivisionError"), kernel(tmp_path) as client:
        execute(client, notebook, parameters={}, metadata={}, data_hash="")


@pytest.mark.parametrize(("line", "told"), [("article: true", "ours is 'journal-article'"), ("language: nb", "ours is 'lang'"), ("date-format: long", "is Quarto's own"),
                                            ("format: html", "is Quarto's own")])  # fmt: skip
def test_a_key_that_quarto_reads_as_something_else_is_refused_with_its_line(tmp_path, line, told):
    path = tmp_path / "sample.nb.qmd"
    path.write_text(f"---\ntitle: x\nlang: nb-NO\n{line}\n---\n", encoding="utf-8")
    with pytest.raises(LegepaneletError, match=rf"sample\.nb\.qmd line 4: the key .*{re.escape(told)}"):
        qmd.read(path)


@pytest.mark.parametrize("line", ["subtitle: x", "lang: en-GB"])
def test_a_document_says_the_language_of_its_name(tmp_path, line):
    """Before anything runs: Quarto chooses its words by it."""
    path = tmp_path / "sample.nb.qmd"
    path.write_text(f"---\ntitle: x\n{line}\n---\n", encoding="utf-8")
    with pytest.raises(LegepaneletError, match="lang: nb-NO"):
        qmd.read(path)


@pytest.mark.parametrize("path", sorted((ROOT / "reports").glob("*.qmd")), ids=lambda p: p.name)
def test_the_shipped_documents_are_plain_quarto(path):
    qmd.read(path)
