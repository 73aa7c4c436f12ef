"""Slips of an author: what a wave has nothing of, references that lead nowhere, blocks that are not closed, cells that show nothing."""

import nbformat
import pytest

from analysis.documents import checks, qmd
from analysis.documents.execute import execute
from analysis.documents.kernels import kernel
from analysis.errors import LegepaneletError


def notebook(*sources: str):
    cells = [nbformat.v4.new_markdown_cell(source) for source in sources]
    for cell in cells:
        cell.metadata["source"] = {"file": "x.qmd", "line": 10}
    return nbformat.v4.new_notebook(cells=cells)


def test_within_a_section_that_is_left_out_it_may_stand():
    assert checks.absent(notebook("::: {.theme}\n[]{.absent}\n\n## Søvn", "Snittet var [](){.x} []{.absent}.", ":::\n\nMer.")) == []


def test_outside_of_it_the_document_is_refused_with_its_line():
    (fault,) = checks.absent(notebook("::: {.theme}\n[]{.absent}\n:::\n\nSnittet var []{.absent}."))
    assert (fault.code, fault.where) == ("NOT_ASKED", "x.qmd line 14")


HEAD = '---\ntitle: "x"\nlang: nb-NO\n---\n\n```{python}\n#| tags: [parameters]\n#| include: false\nwave = 2026\n```\n\n'


@pytest.fixture
def written(tmp_path):
    """A function that writes a document and gives its path."""

    def write(text: str):
        path = tmp_path / "x.nb.qmd"
        path.write_text(HEAD + text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("text", "told"),
    [("::: {.theme}\n\nTekst.\n", "x.nb.qmd line 12: '::: {.theme}' is not closed"), ("Tekst.\n\n:::\n", "x.nb.qmd line 14: ':::' closes nothing that is open"),
     ("::: {.theme}\n::: {.x}\n:::\n", "x.nb.qmd line 12: '::: {.theme}' is not closed")],
)  # fmt: skip
def test_a_block_that_is_not_closed_is_told_with_the_line_that_opens_it(written, text, told):
    with pytest.raises(LegepaneletError, match="QMD_DIALECT") as error:
        qmd.read(written(text))
    assert told in error.value.message


def test_a_reference_that_leads_nowhere_is_told_with_its_line_and_the_nearest(written):
    path = written("Se @fig-flyt og @tbl-one.\n\n::: {#fig-flow}\nx\n:::\n\n::: {#tbl-one}\nx\n:::\n")
    (fault,) = checks.references(qmd.read(path), qmd.references(path))
    assert (fault.code, fault.where) == ("REFERENCE_UNKNOWN", "x.nb.qmd line 12")
    assert "@fig-flyt" in fault.what and "did you mean 'fig-flow'?" in fault.what


@pytest.mark.commands  # a kernel each
@pytest.mark.parametrize(
    ("cell", "line", "told"),
    [("x = = 1", 13, "SyntaxError: invalid syntax"), ("y = 1\nx = (", 14, "SyntaxError: incomplete input"),
     ("from IPython.display import HTML\nHTML('<b>x</b>')", 13, "which no format shows"), ("1 + 1", 13, "which no format shows")],
)  # fmt: skip
def test_a_cell_that_fails_or_shows_nothing_is_told_with_its_line(forked_kernels, written, tmp_path, cell, line, told):
    with pytest.raises(LegepaneletError, match="DOCUMENT_FAILED") as error, kernel(tmp_path) as client:
        execute(client, qmd.read(written(f"```{{python}}\n{cell}\n```\n")), parameters={"wave": 2026}, metadata={}, data_hash="")
    assert f"x.nb.qmd line {line}: " in error.value.message and told in error.value.message and ".py" not in error.value.message
