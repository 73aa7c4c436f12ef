"""Reads a `.qmd` into a notebook, and refuses what is not plain Quarto, naming the line.

The dialect (see the design): YAML front matter; `{python}` cells with `#|` options; inline `{python}` expressions;
cross-references and citations; divs and spans with classes; callout notes; `{{< include >}}` and `{{< meta >}}`;
`.content-visible when-format`. Both renderers read exactly this.
"""

import re
from pathlib import Path

import nbformat
import yaml

from analysis.errors import LegepaneletError
from analysis.presentation.front import LANGUAGE

OPTIONS = {"label", "echo", "include", "output", "tags"}
# A phrase that stands as it is, with the reason; the reader sees the phrase.
FIXED = re.compile(r'\[([^\[\]]*)\]\{\.fixed why="[^"]+"\}')
UNREASONED = re.compile(r'\[([^\[\]]*)\]\{\.fixed(?! why="[^"]+"\})[^}]*\}')
# Keys of the front matter that Quarto reads itself, as something else than an author would think, and what ours is called.
RESERVED = {"language": "lang", "article": "journal-article"} | dict.fromkeys(
    ("brand", "crossref", "date-format", "engine", "execute", "filters", "format", "params", "project", "template", "template-partials", "theme"), ""
)
FENCE = re.compile(r"^(`{3,})\s*\{?(\w*)(.*?)\}?\s*$")
SHORTCODE = re.compile(r"\{\{<\s*(\w+)\s+([^>]*?)\s*>\}\}")
DIV = re.compile(r"^:{3,}\s*\{(.+)\}\s*$")
FOREIGN = ("panel-", "column-", "callout-warning", "callout-tip", "callout-important", "callout-caution")


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook: the front matter as a raw cell, then markdown and code cells; `cell.metadata.source` has file and line.

    Raises QMD_DIALECT with every line that is not plain Quarto, QMD_MISSING for an include that is not there.
    """
    content = lines(path)
    faults = [fault for line in content if (fault := _fault(*line))] + _divs(content)
    if faults:
        raise LegepaneletError("QMD_DIALECT", "\n".join(faults), "CONTRIBUTING.md lists what a document may use.")
    front, body = _front_matter(content, path)
    cells = [nbformat.v4.new_raw_cell(front)]
    text: list[tuple[str, str, int]] = []
    place = 0
    while place < len(body):
        line, file, number = body[place]
        fence = FENCE.match(line)
        if not fence:
            text.append(body[place])
            place += 1
            continue
        end = next((i for i in range(place + 1, len(body)) if body[i][0].strip() == fence[1]), None)
        if end is None:
            raise LegepaneletError(
                "QMD_DIALECT", f"{file} line {number}: the block is not closed", f"End it with {fence[1]}."
            )
        if line.strip().startswith(fence[1] + "{python}"):
            cells += _markdown(text)
            text = []
            cells.append(_code(body[place + 1 : end], file, number))
        else:
            text += body[place : end + 1]
        place = end + 1
    cells += _markdown(text)
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number:03d}"
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


def lines(path: Path, seen: tuple[Path, ...] = ()) -> list[tuple[str, str, int]]:
    """(text, file, line number) of the document with its includes in place."""
    if not path.is_file():
        raise LegepaneletError("QMD_MISSING", f"{path.name} does not exist", "Look at the name in the include.")
    if path in seen:
        raise LegepaneletError("QMD_DIALECT", f"{path.name} includes itself")
    found = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        code = SHORTCODE.fullmatch(text.strip())
        if code and code[1] == "include":
            found += lines(path.parent / code[2], (*seen, path))
        else:
            found.append((text, path.name, number))
    return found


def _fault(text: str, file: str, number: int) -> str | None:
    where = f"{file} line {number}"
    for name, _ in SHORTCODE.findall(text):
        if name not in ("meta", "include"):
            return f"{where}: the shortcode '{name}' is not plain Quarto"
    if (option := re.match(r"^#\|\s*([\w-]+)\s*:", text)) and option[1] not in OPTIONS:
        return f"{where}: the cell option '{option[1]}' is not plain Quarto"
    if (fence := FENCE.match(text)) and "{" in text and not text.strip().lstrip("`").startswith("{python}"):
        return f"{where}: a block '{fence[2] or fence[3]}' is not plain Quarto"
    if div := DIV.match(text):
        for part in div[1].split():
            if part.startswith(".") and part[1:].startswith(FOREIGN):
                return f"{where}: the class '{part}' is not plain Quarto"
            if "=" in part and not part.startswith(("when-format=", "fig-alt=")):
                return f"{where}: the attribute '{part}' is not plain Quarto"
    return None


def _divs(lines: list[tuple[str, str, int]]) -> list[str]:
    """A fault for every `:::` that is opened and not closed, or closed and not opened, with its line."""
    waiting, faults, fence = [], [], ""
    for text, file, number in lines:
        if mark := re.match(r"^(`{3,})", text):
            fence = "" if fence == mark[1] else fence or mark[1]
        elif not fence and (mark := re.match(r"^:{3,}\s*(.*?)\s*:*$", text)):
            if mark[1]:
                waiting.append((file, number, text.strip()))
            elif waiting:
                waiting.pop()
            else:
                faults.append(f"{file} line {number}: ':::' closes nothing that is open")
    return faults + [f"{file} line {number}: '{text}' is not closed; end it with a line ':::'" for file, number, text in waiting]


def references(path: Path) -> dict[str, str]:
    """What a document refers to by `@fig-`, `@tbl-` and `@sec-` -> file and line."""
    found: dict[str, str] = {}
    fence = False
    for text, file, number in lines(path):
        if text.startswith("```"):
            fence = not fence
        elif not fence:
            for name in re.findall(r"(?<![\w`])@((?:fig|tbl|sec)-[\w-]*\w)", text):
                found.setdefault(name, f"{file} line {number}")
    return found


def _front_matter(lines, path: Path) -> tuple[str, list]:
    texts = [text for text, _, _ in lines]
    if not texts or texts[0].strip() != "---" or "---" not in [t.strip() for t in texts[1:]]:
        raise LegepaneletError(
            "QMD_DIALECT", f"{path.name} line 1: a document begins with its front matter between '---'"
        )
    end = [t.strip() for t in texts[1:]].index("---") + 1
    try:
        front = yaml.safe_load("\n".join(texts[1:end])) or {}
    except yaml.YAMLError as error:
        raise LegepaneletError("QMD_DIALECT", f"{path.name}: the front matter is not YAML: {error}") from None
    if faults := _keys(front, texts[1:end], path):
        raise LegepaneletError("QMD_DIALECT", "\n".join(faults), "docs/quarto.md tells which keys are Quarto's own.")
    return "\n".join(texts[: end + 1]), lines[end + 1 :]


def _keys(front: dict, texts: list[str], path: Path) -> list[str]:
    """A fault for every key that Quarto reads as something else, and for a `lang` that is missing or not the document's."""
    line = {text.split(":")[0]: number for number, text in enumerate(texts, start=2)}
    faults = [
        f"{path.name} line {line.get(key, 1)}: the key '{key}' is Quarto's own" + (f"; ours is '{RESERVED[key]}'" if RESERVED[key] else "")
        for key in front if key in RESERVED
    ]  # fmt: skip
    lang = path.name.split(".")[-2]
    if not str(front.get("lang", "")).startswith(lang):
        wanted = "-".join(LANGUAGE.get(lang, (lang,)))
        faults.append(f"{path.name} line {line.get('lang', 1)}: the front matter says its language: 'lang: {wanted}'")
    return faults


def _markdown(text) -> list:
    if not any(line.strip() for line, _, _ in text):
        return []
    first = next(line for line in text if line[0].strip())
    cell = nbformat.v4.new_markdown_cell(FIXED.sub(r"\1", "\n".join(line for line, _, _ in text).strip("\n")))
    cell.metadata["source"] = {"file": first[1], "line": first[2]}
    return [cell]


def _code(lines, file: str, number: int):
    source = "\n".join(text for text, _, _ in lines)
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata["source"] = {"file": file, "line": number + 1}
    cell.metadata["tags"] = options(source).get("tags", [])
    return cell


def options(source: str) -> dict:
    """The `#|` options of a code cell."""
    head = [line[2:] for line in source.splitlines() if line.startswith("#|")]
    return yaml.safe_load("\n".join(head)) or {}


def front_matter(notebook) -> dict:
    """The front matter of a notebook as a mapping."""
    return yaml.safe_load(notebook.cells[0].source.strip().strip("-")) or {}


def set_front_matter(notebook, front: dict) -> None:
    """Writes the front matter of a notebook."""
    notebook.cells[0].source = f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False).strip()}\n---"
