"""The built-in renderer: an executed notebook to HTML, PDF, DOCX and JATS with pandoc and Typst, the engines that Quarto uses.

It reads the same `_quarto.yml` and look as Quarto does; nothing runs again.
"""

import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypandoc
import typst
import yaml

from analysis.documents import jats, pictures, word
from analysis.documents.qmd import front_matter, options
from analysis.documents.standalone import standalone
from analysis.errors import LegepaneletError
from analysis.presentation.front import plain
from analysis.settings import ROOT, settings

# The one that the lock file pins, whatever other the machine has: the library would take the newest, and while formats are made at once, any.
PANDOC = Path(pypandoc.__file__).parent / "files" / ("pandoc.exe" if os.name == "nt" else "pandoc")
META = re.compile(r"\{\{<\s*meta\s+([\w.-]+)\s*>\}\}")


def render(notebook, *, outputs: dict[str, Path], resources: Path, epoch: int) -> None:
    """Writes each of `outputs` (`html`, `pdf`, `docx`, `jats` -> path) from an executed notebook; pictures lie in `resources`.

    `epoch` (seconds) is the time the files carry. A file appears whole or not at all. Raises RENDER_FAILED.
    """
    project = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))
    text = markdown(notebook)
    makers = {"html": _html, "pdf": _pdf, "docx": _docx, "jats": _jats}
    prepare(outputs, resources)
    with ThreadPoolExecutor(settings().workers) as pool:  # pandoc and Typst work outside of Python
        made = pool.map(lambda name: makers[name](text, project, resources, epoch), outputs)
    for (name, path), content in zip(outputs.items(), made, strict=True):
        write(finished(name, content, path, epoch), path)


def prepare(outputs: dict[str, Path], resources: Path) -> None:
    """Draws the pictures for the formats that take no SVG; those an XML file refers to are copied to a folder beside it."""
    if {"docx", "jats"} & set(outputs):
        pictures.rasterise(resources / "figures")
    if "jats" in outputs:
        copy_pictures(sorted((resources / "figures").glob("*.png")), outputs["jats"])


def copy_pictures(figures: list[Path], path: Path) -> None:
    """Copies pictures to the folder beside a JATS file that it refers to."""
    shutil.rmtree(pictures_of(path), ignore_errors=True)
    if figures:
        pictures_of(path).mkdir(parents=True)
    for figure in figures:
        shutil.copy(figure, pictures_of(path))


def finished(name: str, made: bytes, path: Path, epoch: int | None) -> bytes:
    """What pandoc, or Quarto, made in the format `name`, with what they leave undone."""
    if name == "docx":
        return word.finished(made, epoch)
    return jats.finished(made, pictures_of(path).name) if name == "jats" else made


def write(content: bytes, path: Path) -> None:
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def pictures_of(path: Path) -> Path:
    """The folder of the pictures of a JATS file."""
    return path.with_suffix(".figures")


def markdown(notebook) -> str:
    """The notebook as one Markdown text: prose and outputs; code only where `echo: true` asks for it."""
    front = front_matter(notebook)
    parts = []
    for cell in notebook.cells[1:]:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        option = options(cell.source)
        if option.get("include") is False:
            continue
        if option.get("echo"):
            code = "\n".join(line for line in cell.source.splitlines() if not line.startswith("#|"))
            parts.append(f"```python\n{code}\n```")
        parts += [o.data["text/markdown"] for o in cell.outputs if "data" in o and "text/markdown" in o.data]
    body = META.sub(lambda hit: str(front.get(hit[1], "")), "\n\n".join(parts))
    head = {
        k: META.sub(lambda hit: str(front.get(hit[1], "")), v) if isinstance(v, str) else v for k, v in front.items()
    }
    return f"---\n{yaml.safe_dump(plain(head), allow_unicode=True, sort_keys=False)}---\n\n{body}\n"


def pandoc_version() -> str:
    told = subprocess.run([PANDOC, "--version"], capture_output=True, text=True, check=True).stdout
    return told.split()[1]


def _pandoc(text: str, arguments: list[str], resources: Path, epoch: int) -> bytes:
    # No locale, home or clock of the machine reaches the output.
    environment = {"SOURCE_DATE_EPOCH": str(epoch), "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(resources)}
    command = [str(PANDOC), "--from=markdown", "--standalone", *arguments]
    done = subprocess.run(
        command, input=text.encode(), capture_output=True, cwd=resources, env=environment, check=False
    )
    complaint = done.stderr.decode().strip()
    if done.returncode or "[WARNING]" in complaint:
        raise LegepaneletError(
            "RENDER_FAILED", f"pandoc: {complaint}", "Look for the reference, key or picture it names."
        )
    return done.stdout


def _common(project: dict) -> list[str]:
    return [
        *(f"--lua-filter={ROOT / f['path']}" for f in project["filters"]),
        "--citeproc",
        f"--csl={ROOT / project['csl']}",
        *(f"--bibliography={ROOT / b}" for b in project["bibliography"]),
        "--metadata=link-citations:true",
        "--wrap=none",
    ]


def _wanted(text: str, style: dict, option: str) -> bool:
    """A format's option, unless the document's front matter says otherwise."""
    return bool(yaml.safe_load(text.split("---\n")[1]).get(option, style.get(option)))


def _html(text: str, project: dict, resources: Path, epoch: int) -> bytes:
    style = project["format"]["html"]
    sheet = ROOT / style["css"]
    arguments = [f"--template={ROOT / style['template']}", f"--css={sheet.name}", "--to=html5",
                 f"--shift-heading-level-by={style['shift-heading-level-by']}", f"--toc-depth={style['toc-depth']}", "--mathml", "--section-divs",
                 f"--resource-path={resources}{os.pathsep}{sheet.parent}"]  # fmt: skip
    arguments += [f"--{option}" for option in ("toc", "number-sections") if _wanted(text, style, option)]
    arguments += ["--include-after-body=numbers.html", *_common(project)]
    page = standalone(_pandoc(text, arguments, resources, epoch), sheet)
    return page or _pandoc(text, ["--embed-resources", *arguments], resources, epoch)


def _pdf(text: str, project: dict, resources: Path, epoch: int) -> bytes:
    style = project["format"]["typst"]
    partials = [ROOT / p for p in style["template-partials"]]
    # Quarto joins its own page definitions to these partials; here a template of two lines does.
    template = "\n".join(p.read_text(encoding="utf-8") for p in partials) + "\n$body$\n"
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.typ"
        page.write_text(template, encoding="utf-8")
        source = _pandoc(
            text, [*_common(project), f"--template={page}", "--to=typst"], resources, epoch
        )
    logo = yaml.safe_load(text.split("---\n")[1]).get("logo")
    pictures = [*sorted((resources / "figures").glob("*.svg")), *([resources / logo] if logo else [])]
    files = {p.relative_to(resources).as_posix(): p.read_bytes() for p in pictures}
    try:
        pdf, warnings = typst.compile_with_warnings(
            {"main": source, **files}, font_paths=[ROOT / p for p in style["font-paths"]],
            ignore_system_fonts=True, pdf_standards=style["pdf-standard"], timestamp=epoch)  # fmt: skip
    except typst.TypstError as error:
        raise LegepaneletError("RENDER_FAILED", f"typst: {error.diagnostic or error.message}") from None
    if fonts := [w.message for w in warnings if "font" in w.message]:
        raise LegepaneletError("RENDER_FAILED", f"typst: {fonts[0]}", "The fonts are in reports/_extensions/look/fonts.")
    return pdf


def _docx(text: str, project: dict, resources: Path, epoch: int) -> bytes:
    front, style = yaml.safe_load(text.split("---\n")[1]), project["format"]["docx"]
    reference = ROOT / style["reference-doc"]
    if front.get("manuscript"):  # double spacing and line numbers
        reference = reference.with_name("manuscript.docx")
    arguments = ["--to=docx", f"--reference-doc={reference}", f"--resource-path={resources}", "--output=-"]
    arguments += ["--number-sections"] if _wanted(text, style, "number-sections") else []
    return _pandoc(text, [*_common(project), *arguments], resources, epoch)


def _jats(text: str, project: dict, resources: Path, epoch: int) -> bytes:
    style = project["format"]["jats"]
    return _pandoc(text, [*_common(project), f"--to={style['to']}", f"--template={ROOT / style['template']}"], resources, epoch)
