"""What a plain `quarto render` needs of a document and of the project, shown without Quarto; `test_quarto.py` does it in a real one."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from lxml import etree
from nbclient import NotebookClient

from analysis.documents import qmd, quarto, render
from analysis.errors import LegepaneletError
from analysis.presentation import kernel
from analysis.settings import ROOT
from tests.documents.test_articles import docx_text
from tests.documents.test_layout import HOSTILE
from tools import environment

DOCUMENTS = sorted((ROOT / "reports").glob("*.qmd"))
PROJECT = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


# The documents --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_a_document_takes_its_wave_and_tells_quarto_what_depends_on_it(path):
    """`-P wave:2024` fills the cell tagged `parameters`; the next one opens the results and ends with the metadata, which Quarto prints."""
    first, second = [cell for cell in qmd.read(path).cells if cell.cell_type == "code"][:2]
    assert first.metadata["tags"] == ["parameters"] and "wave = " in first.source
    assert qmd.options(second.source) == {"output": "asis"}
    assert second.source.rstrip().endswith("report.metadata()")


def test_every_document_is_of_the_project():
    """One that the project's list left out would get none of its settings, and no mark of synthetic data, with exit 0."""
    wanted = {p for pattern in PROJECT["project"]["render"] for p in ROOT.glob(pattern)}
    assert set(DOCUMENTS) <= wanted


def test_what_quarto_reads_in_the_settings_is_there():
    named = [PROJECT["csl"], *PROJECT["bibliography"], *(f["path"] for f in PROJECT["filters"]), PROJECT["project"]["post-render"]]
    for style in PROJECT["format"].values():
        named += [style[key] for key in ("template", "css", "reference-doc") if key in style] + style.get("template-partials", [])
    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert set(PROJECT["format"]) == set(quarto.TARGETS.values())


# The kernel -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def in_quarto(monkeypatch, tmp_path):
    """As in a kernel that Quarto has started to render `ai-use.nb` to a format."""

    def told(to: str) -> None:
        path = tmp_path / "told.json"
        path.write_text(json.dumps({"document-path": "reports/ai-use.nb.qmd", "format": {"pandoc": {"to": to}}}), encoding="utf-8")
        monkeypatch.setenv(kernel.TOLD, str(path))

    monkeypatch.setattr(kernel, "NOTES", tmp_path / "notes")
    return told


CELL = """
from analysis import presentation
report = presentation.open({wave}, "nb"{article})
print(report.metadata(), end="")
print(repr(report.theme("job_satisfaction")._repr_markdown_()))
"""


def cell(project, told: str, folder: str = "reports", **key) -> subprocess.CompletedProcess:
    """A document's second cell as Quarto's kernel runs it: in `folder`, found by what `_environment` says."""
    info = project.folder / "told.json"
    info.write_text(json.dumps({"document-path": "reports/wave-report.nb.qmd", "format": {"pandoc": {"to": told}}}), encoding="utf-8")
    code = CELL.format(wave=key.get("wave", 2026), article=key.get("article", ""))
    return subprocess.run([sys.executable, "-c", code], cwd=project.folder / folder, capture_output=True, text=True, check=False,
                          env=os.environ | {kernel.TOLD: str(info), "PYTHONPATH": ".."})  # fmt: skip


def test_the_metadata_say_what_a_reader_must_know(workshop):
    _, block, empty = cell(workshop, "html").stdout.split("---\n")
    found = yaml.safe_load(block)
    assert found["wave"] == 2026 and found["lang"] == "nb-NO" and found["synthetic-label"] == "SYNTETISKE DATA"
    assert found["date-long"].endswith("2026") and found["author"] and found["affiliation"]
    assert empty.strip() == "'[]{.nothing}'"  # an empty text would be printed as it is typed


def test_what_the_wave_has_no_results_of_stops_in_a_line_that_says_what_to_run(workshop):
    done = cell(workshop, "html", wave=2022)
    assert done.returncode and "RESULTS_MISSING" in done.stderr and "make report WAVE=2022" in done.stderr


def test_a_fault_of_ours_is_shown_in_jupyter_and_quarto_as_its_message_only():
    assert LegepaneletError("CODE", "what", "do this")._render_traceback_() == ["Error CODE: what\n  do this"]


@pytest.mark.parametrize(("to", "raster"), [("html", False), ("typst", False), ("docx", True), ("jats_publishing+element_citations", True)])
def test_pictures_are_drawn_as_the_format_takes_them(in_quarto, to, raster):
    in_quarto(to)
    assert kernel.wants_raster() is raster


def test_the_built_in_executor_is_not_quarto():
    assert not kernel.in_quarto() and not kernel.wants_raster()


def test_an_executed_notebook_opens_and_runs_again_cell_by_cell(forked_kernels, workshop, tmp_path):
    """In JupyterLab, which starts the kernel beside the notebook, in `_output/<wave>`."""
    path = workshop.output(2026, "wave-report.nb.ipynb")
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}})
    client.create_kernel_manager()
    client.km.transport, client.km.connection_file = "ipc", str(tmp_path / "kernel.json")
    with client.setup_kernel(env=os.environ | {"PYTHONPATH": str(workshop.folder)}):
        for place, cell in enumerate(notebook.cells):
            client.execute_cell(cell, place)  # raises if one fails


# What `RENDERER=quarto` makes of what Quarto says, by a stand-in for the program ---------------------------------------------

TRACE = "\x1b[91mERROR: The document refers to @fig-x\x1b[39m\nit does not have that\n\nStack trace:\n    at main.ts:1:2"


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A program `quarto` on the PATH that is of `version`, and says `told` and ends with `code` when it is to render."""

    def make(version: str = "1.10.18", told: str = "", code: int = 0) -> None:
        program = tmp_path / "bin" / "quarto"
        program.parent.mkdir(exist_ok=True)
        (tmp_path / "told.txt").write_text(told, encoding="utf-8")
        program.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo {version}; exit 0; fi\ncat {tmp_path}/told.txt >&2\nexit {code}\n', encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)

    return make


@pytest.mark.parametrize(("version", "taken"), [("1.8.27", False), ("1.9.38", True), ("1.10.18", True), ("2.0.1", True), ("", False)])
def test_a_quarto_that_is_too_old_is_refused(stand_in, version, taken):
    stand_in(version)
    if taken:
        quarto.check()
    else:
        with pytest.raises(LegepaneletError, match="QUARTO_OLD"):
            quarto.check()


@pytest.mark.parametrize(
    ("told", "code", "said"),
    [(TRACE, 1, "quarto: ERROR: The document refers to @fig-x\n  it does not have that"),
     ("[WARNING] Citeproc: citation x2026 not found", 0, "[WARNING] Citeproc: citation x2026 not found"),
     ("nothing was made", 0, "nothing was made")],
)  # fmt: skip
def test_quartos_own_line_is_the_message_without_its_stack_trace(small, stand_in, tmp_path, told, code, said):
    stand_in(told=told, code=code)
    notebook = nbformat.read(small.output(2026, "wave-report.nb.ipynb"), 4)
    with pytest.raises(LegepaneletError, match="RENDER_FAILED") as failure:
        quarto.render(notebook, outputs={"html": tmp_path / "x.html"}, resources=small.folder / ".build" / "2026" / "wave-report.nb", epoch=1_700_000_000)
    assert said in failure.value.message
    assert "\x1b" not in failure.value.message and "Stack trace" not in failure.value.message
    assert not (tmp_path / "x.html").exists()


@pytest.mark.parametrize("edition", ["blind", "manuscript"])
def test_copies_of_the_built_in_renderer_are_refused_in_a_line(small, edition):
    done = small.run("report", "--wave", "2026", "--renderer", "quarto", "--formats", "docx", f"--{edition}", "1")
    assert done.returncode == 1 and f"RENDERER_EDITION: {edition.upper()}=1" in done.stderr


# Where things are -----------------------------------------------------------------------------------------------------------


def settings_of(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))


def test_quarto_finds_the_python_from_any_folder_and_the_package_from_reports():
    assert Path(settings_of(environment._for_quarto())["QUARTO_PYTHON"].strip("'\"")).is_absolute()
    assert (ROOT / "reports" / settings_of((ROOT / "_environment").read_text(encoding="utf-8"))["PYTHONPATH"] / "analysis").is_dir()


def test_quarto_leaves_a_clean_tree():
    """The lines that it would add to .gitignore stand there, and what it writes is ignored."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    made = ("/.quarto/", "**/*.quarto_ipynb", f"{PROJECT['project']['output-dir']}/", "/_*.local", "reports/figures/")
    assert [line for line in made if line not in lines] == []
    assert PROJECT["project"]["output-dir"] != "_output"  # where make writes


# What Quarto makes, as pandoc makes it with our two filters and Quarto's worst between them ---------------------------------


@pytest.fixture
def rendered(small, tmp_path):
    """The small panel's report as Quarto hands it to pandoc, in a format, beside what the built-in renderer makes of it."""

    def make(name: str) -> tuple[Path, Path]:
        notebook = nbformat.read(small.output(2026, "wave-report.nb.ipynb"), 4)
        resources = small.folder / ".build" / "2026" / "wave-report.nb"
        ours = tmp_path / "ours" / f"wave-report.nb.{ {'jats': 'xml'}.get(name, name) }"
        render.render(notebook, outputs={name: ours}, resources=resources, epoch=1_700_000_000)
        theirs = tmp_path / "_quarto" / "reports" / ours.name
        theirs.parent.mkdir(parents=True)
        hostile = tmp_path / "hostile.lua"
        hostile.write_text(HOSTILE, encoding="utf-8")
        style = PROJECT["format"][quarto.TARGETS[name]]
        filters = [str(ROOT / PROJECT["filters"][0]["path"]), str(hostile), str(ROOT / PROJECT["filters"][1]["path"])]
        command = [str(render.PANDOC), "--from=markdown", "--standalone", *(f"--lua-filter={f}" for f in filters), "--citeproc", "--wrap=none",
                   f"--csl={ROOT / PROJECT['csl']}", *(f"--bibliography={ROOT / b}" for b in PROJECT["bibliography"]), "--metadata=link-citations:true",
                   f"--to={style.get('to', name)}", f"--resource-path={resources}", f"--output={theirs}"]  # fmt: skip
        command += [f"--template={ROOT / style['template']}"] if "template" in style else []
        command += [f"--reference-doc={ROOT / style['reference-doc']}", "--number-sections"] if "reference-doc" in style else []
        done = subprocess.run(command, input=render.markdown(notebook), capture_output=True, text=True, check=False, cwd=resources)
        assert done.returncode == 0, done.stderr
        return ours, theirs

    return make


def after(made: Path, project) -> None:
    """Runs the project's post-render script as Quarto does, on a file in its output folder."""
    folder = project.folder / "_quarto" / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / made.name).write_bytes(made.read_bytes())
    told = {"QUARTO_PROJECT_OUTPUT_FILES": f"_quarto/reports/{made.name}", "QUARTO_PROJECT_OUTPUT_DIR": "_quarto"}
    done = subprocess.run([sys.executable, project.folder / PROJECT["project"]["post-render"]], cwd=project.folder, capture_output=True, text=True,
                          check=False, env=os.environ | told)  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_word_file_is_finished_as_the_built_in_renderer_does(rendered, workshop):
    ours, theirs = rendered("docx")
    after(theirs, workshop)
    made = workshop.folder / "_quarto" / "reports" / theirs.name
    assert docx_text(made) == docx_text(ours)
    heads = []
    for path in (ours, made):
        with zipfile.ZipFile(path) as archive:
            heads.append([archive.read(name) for name in archive.namelist() if name.startswith("word/header")])
            tables = len(etree.fromstring(archive.read("word/document.xml")).findall(f".//{W}tbl"))
            heads[-1].append(str(tables).encode())
    assert heads[0] == heads[1] and b"RUNNING-HEAD" not in b"".join(heads[1]) and b"Legepanelet 2026" in b"".join(heads[1])


def test_a_jats_file_is_finished_with_its_pictures_beside_it(rendered, workshop):
    ours, theirs = rendered("jats")
    figures = workshop.folder / "reports" / "figures"
    figures.mkdir()
    for picture in render.pictures_of(ours).iterdir():
        (figures / picture.name).write_bytes(picture.read_bytes())
    (workshop.folder / ".build" / "quarto").mkdir(parents=True, exist_ok=True)
    (workshop.folder / ".build" / "quarto" / "wave-report.nb.txt").write_text("2026", encoding="utf-8")
    after(theirs, workshop)
    made = workshop.folder / "_quarto" / "2026" / theirs.name  # a copy in a folder of the wave
    assert made.read_bytes() == ours.read_bytes()
    assert {p.name for p in render.pictures_of(made).iterdir()} == {p.name for p in render.pictures_of(ours).iterdir()}
    assert not figures.exists()
