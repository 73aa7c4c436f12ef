"""What is up to date: a task's state is what it reads, what it runs and what it made, and nothing else."""

import ast

import pytest

from analysis.pipeline import state, tasks
from analysis.pipeline.state import Task
from analysis.settings import ROOT


def by_syntax_tree(text: str) -> set[str]:
    """The project's modules that a Python text imports, as Python itself reads it."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "analysis":
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names if name.name.split(".")[0] == "analysis"}
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "analysis").rglob("*.py")), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_are_found_as_python_finds_them(path):
    text = path.read_text(encoding="utf-8")
    assert set(state.imported(text)) == by_syntax_tree(text)


def files(work) -> set[str]:
    import inspect

    return {p.relative_to(ROOT).as_posix() for p in state.closure(state.imported(inspect.getsource(work)))}


def test_a_task_hangs_on_the_modules_it_imports_and_on_no_others():
    assert "analysis/intake/spss.py" in files(tasks.intake)
    assert not any(f.startswith(("analysis/estimation", "analysis/presentation")) for f in files(tasks.intake))
    assert "analysis/estimation/levels.py" in files(tasks.estimate)
    assert not any(f.startswith(("analysis/presentation", "analysis/documents")) for f in files(tasks.estimate))
    assert {"analysis/presentation/charts.py", "analysis/documents/render.py"} <= files(tasks.write_document)  # the kernel runs the first
    assert not any(f.startswith(("analysis/estimation", "analysis/disclosure")) for f in files(tasks.write_document))


@pytest.fixture
def task(tmp_path, monkeypatch):
    """A task that copies a file, with its notes in a folder of its own."""
    import dataclasses

    from analysis.settings import settings

    monkeypatch.setattr(state, "settings", lambda: dataclasses.replace(settings(), derived=tmp_path / "derived"))
    (tmp_path / "in.txt").write_text("a")

    def make(**change) -> Task:
        given = {"name": "copy", "doing": "copying", "work": copy, "arguments": (tmp_path / "in.txt", tmp_path / "out.txt"),
                 "inputs": (tmp_path / "in.txt",), "outputs": (tmp_path / "out.txt",)}  # fmt: skip
        return Task(**given | change)

    return make


def copy(source, target) -> None:
    target.write_text(source.read_text())


def run(task: Task) -> None:
    hangs_on = state.given(task)
    task.work(*task.arguments)
    state.remember(task, hangs_on)


def test_a_task_is_done_until_an_input_an_output_or_an_argument_changes(task):
    assert not state.is_done(task())
    run(task())
    assert state.is_done(task())
    task().inputs[0].write_text("b")
    assert not state.is_done(task())
    run(task())
    assert state.is_done(task()) and not state.is_done(task(arguments=("else",)))
    task().outputs[0].write_text("touched by hand")
    assert not state.is_done(task())
    task().outputs[0].unlink()
    assert not state.is_done(task())


def test_an_input_that_changes_while_the_task_works_is_no_input_it_had(task):
    hangs_on = state.given(task())
    task().inputs[0].write_text("changed meanwhile")
    copy(*task().arguments)
    state.remember(task(), hangs_on)
    assert not state.is_done(task())


def test_what_hangs_on_a_pending_task_is_pending_too(task, tmp_path):
    run(task())
    after = task(name="after", inputs=(tmp_path / "out.txt",), outputs=(tmp_path / "last.txt",), arguments=(tmp_path / "out.txt", tmp_path / "last.txt"))
    run(after)
    assert state.pending([task(), after]) == []
    task().inputs[0].write_text("b")
    assert [t.name for t in state.pending([task(), after])] == ["copy", "after"]


def test_only_what_compares_with_a_wave_hangs_on_its_file():
    from analysis.pipeline.files import codebook_part, wave_file

    assert wave_file(2024) in codebook_part(2026) and wave_file(2024) in codebook_part(2024)
    assert wave_file(2024) not in codebook_part(2021) and wave_file(2026) not in codebook_part(1994)
    names = {p.name for p in codebook_part(1994)}
    assert "job_satisfaction.yml" in names and "ai_at_work.yml" not in names


def test_a_plan_is_read_as_yaml(tmp_path, monkeypatch):
    """A comment behind the year made an article vanish."""
    import dataclasses

    from analysis.errors import LegepaneletError
    from analysis.pipeline import files as places
    from analysis.settings import settings

    monkeypatch.setattr(places, "settings", lambda: dataclasses.replace(settings(), reports=tmp_path))
    (tmp_path / "sleep.plan.yml").write_text("article: sleep\nwave: 2026  # spring\n")
    (tmp_path / "rest.plan.yml").write_text("article: rest\n'wave': '2026'\n")
    assert places.articles(2026) == ["rest", "sleep"] and places.articles(2024) == []
    (tmp_path / "lost.plan.yml").write_text("article: lost\nyear: 2026\n")
    with pytest.raises(LegepaneletError, match=r"PLAN_FIELD: lost.plan.yml: wave: found 'None'"):
        places.articles(2026)
