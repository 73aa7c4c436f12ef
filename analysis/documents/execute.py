"""Runs a document's notebook once; every format is made from what this gives."""

import ast
import re
from copy import deepcopy
from dataclasses import dataclass, field

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from analysis.documents.qmd import front_matter, options, set_front_matter
from analysis.errors import LegepaneletError
from analysis.presentation.provenance import SPAN

INLINE = re.compile(r"`\{python\}\s*(.+?)`")
ESCAPED = re.compile(r"([\\`*_{}\[\]<>@#|~^$])")


@dataclass
class Ran:
    """What a kernel that stays has run: the code cells in their order, and what its texts became."""

    code: list[nbformat.NotebookNode] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def has(self, place: int, cell: nbformat.NotebookNode) -> bool:
        """Whether the kernel's code cell of that place is this one; if not, it is forgotten with all after it, and all texts."""
        if place < len(self.code) and self.code[place].source == cell.source:
            return True
        del self.code[place:]
        self.texts.clear()
        return False


def execute(
    client: NotebookClient, notebook: nbformat.NotebookNode, *, parameters: dict, metadata: dict, data_hash: str, before: Ran | None = None
) -> tuple[nbformat.NotebookNode, str]:
    """The notebook run by a `kernel`, with `parameters` set after the cell tagged so and `metadata` in its front matter; and its cards.

    With `before` the kernel stays, and runs what differs from it: the first code cell that is another and all after it, and texts that are new.

    Inline expressions are replaced by their values. The cards (JSON) tell of every results row shown, and of the raw data (`data_hash`).
    Raises DOCUMENT_FAILED with the document's own file and line.
    """
    notebook = nbformat.from_dict(notebook)
    notebook.cells = _with_parameters(notebook.cells, parameters)
    set_front_matter(notebook, front_matter(notebook) | metadata)
    client.nb = notebook
    with client.setup_kernel(cleanup_kc=before is None):
        _run_cells(client, notebook.cells, Ran() if before is None else before)
        cards = _cards(client, notebook, data_hash)
        _finish(client)
    notebook.metadata.pop("language_info", None)
    return notebook, cards


def _cards(client, notebook, data_hash: str) -> str:
    """The cards of all results rows that the document shows; empty if it shows none."""
    rows = sorted(
        {row for hit in SPAN.finditer(nbformat.writes(notebook).replace('\\"', '"')) for row in hit["rows"].split("+")}
    )
    if not rows:
        return ""
    asked = {"cards": f"_presentation.cards_of({rows!r}, {data_hash!r})"}
    message = client.kc.execute(
        "from analysis import presentation as _presentation", silent=True, user_expressions=asked
    )
    result = client.wait_for_reply(message)["content"]["user_expressions"]["cards"]
    if result["status"] != "ok":
        raise LegepaneletError("DOCUMENT_FAILED", f"the numbers' cards: {result['ename']}: {result['evalue']}")
    return ast.literal_eval(result["data"]["text/plain"])


def _finish(client) -> None:
    """Waits for the pictures that are still being drawn."""
    asked = {"drawn": "_presentation.drawn()"}
    message = client.kc.execute("from analysis import presentation as _presentation", silent=True, user_expressions=asked)
    drawn = client.wait_for_reply(message)["content"]["user_expressions"]["drawn"]
    if drawn["status"] != "ok":
        raise LegepaneletError("DOCUMENT_FAILED", f"a picture could not be drawn: {drawn['ename']}: {drawn['evalue']}")


def _with_parameters(cells: list, parameters: dict) -> list:
    found = [i for i, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])]
    if not found:
        raise LegepaneletError(
            "DOCUMENT_FAILED", "the document has no cell tagged 'parameters'", "Add `#| tags: [parameters]`."
        )
    lines = ["#| include: false", *(f"{name} = {value!r}" for name, value in parameters.items())]
    cell = nbformat.v4.new_code_cell("\n".join(lines), id="cell-parameters")
    cell.metadata["tags"] = ["injected-parameters"]
    return [*cells[: found[0] + 1], cell, *cells[found[0] + 1 :]]


def _run_cells(client, cells: list, ran: Ran) -> None:
    place = 0
    for number, cell in enumerate(cells):
        if cell.cell_type == "code":
            if ran.has(place, cell):
                cell.outputs, cell.execution_count = deepcopy(ran.code[place].outputs), ran.code[place].execution_count
            else:
                _run(client, cell, number)
                ran.code.append(deepcopy(cell))
            place += 1
        elif cell.cell_type == "markdown":
            if cell.source not in ran.texts:
                ran.texts[cell.source] = _fill_in(client, cell)
            cell.source = ran.texts[cell.source]


def _run(client, cell, number: int) -> None:
    try:
        client.execute_cell(cell, number)
    except CellExecutionError:
        error = next(o for o in cell.outputs if o.output_type == "error")
        line = _line_of(error, cell)
        if error.ename in ("SyntaxError", "IndentationError"):  # the kernel names a file of its own
            number = re.search(r"line (\d+)", error.evalue)
            line, error.evalue = int(number[1]) - 1 if number else 0, re.sub(r"\s*\([^()]*line \d+\)$", "", error.evalue)
        raise _failure(cell, line, f"{error.ename}: {error.evalue}") from None
    for output in cell.outputs:
        output.pop("execution_count", None)
        if "data" in output:
            output["metadata"] = {}
            if "text/markdown" in output.data:
                output.data = {"text/markdown": output.data["text/markdown"]}
        if output.output_type == "execute_result":
            output["execution_count"] = cell.execution_count
    for output in cell.outputs:
        shown = output.output_type in ("display_data", "execute_result") and options(cell.source).get("include") is not False
        if shown and "text/markdown" not in output.data:
            told = f"the cell gives {' and '.join(sorted(output.data))}, which no format shows"
            raise _failure(cell, 0, f"{told}; return what `report` gives (a figure, a table, a text), or nothing")
        if output.output_type == "stream" and output.name == "stderr":
            raise _failure(cell, 0, f"a warning: {output.text.strip()}")


def _line_of(error, cell) -> int:
    """The cell's line that failed, counted from 0; IPython's traceback marks it with an arrow."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))
    hit = re.search(r"Cell In\[\d+\], line (\d+)", plain)
    return int(hit[1]) - 1 if hit else 0


def _fill_in(client, cell) -> str:
    expressions = dict.fromkeys(INLINE.findall(cell.source))
    if not expressions:
        return cell.source
    names = {f"e{i}": expression for i, expression in enumerate(expressions)}
    message = client.kc.execute("", silent=True, store_history=False, user_expressions=names)
    reply = client.wait_for_reply(message)
    values = {}
    for name, expression in names.items():
        result = reply["content"]["user_expressions"][name]
        if result["status"] != "ok":
            at = next(i for i, line in enumerate(cell.source.splitlines()) if expression in line)
            raise _failure(cell, at, f"`{expression}`: {result['ename']}: {result['evalue']}")
        data = result["data"]
        values[expression] = data["text/markdown"] if "text/markdown" in data else _plain(data["text/plain"])
    return INLINE.sub(lambda hit: values[hit[1]], cell.source)


def _plain(text: str) -> str:
    """A plain value, with what Markdown would read as markup escaped; a string without its quotes."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    return ESCAPED.sub(r"\\\1", text)


def _failure(cell, offset: int, what: str) -> LegepaneletError:
    source = cell.metadata.get("source", {"file": "the document", "line": 1})
    return LegepaneletError("DOCUMENT_FAILED", f"{source['file']} line {source['line'] + offset}: {what}",
                            "Mend the cell or expression; the document was not written.")  # fmt: skip
