"""The process that a document is run in: it is lent what takes long to make, and one that is gone is not waited for."""

import json

import pytest

from analysis.documents import qmd
from analysis.documents.execute import execute
from analysis.documents.kernels import kernel
from tests.documents.test_qmd import write


def test_the_list_of_the_machines_fonts_is_lent_to_a_kernel_and_what_it_makes_is_kept(tmp_path, monkeypatch):
    """A list that Matplotlib cannot read is made anew, and takes the place of the old one."""
    from matplotlib.font_manager import FontManager

    name = f"fontlist-v{FontManager.__version__}.json"
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / name).write_text("cut o", encoding="utf-8")
    monkeypatch.setattr("analysis.documents.kernels.KEPT_FONTS", tmp_path / "kept")
    told = f"(__import__('pathlib').Path(__import__('os').environ['MPLCONFIGDIR'], '{name}').read_text(), __import__('matplotlib.font_manager'))[0]"
    notebook = qmd.read(write(tmp_path, f"Listen er `{{python}} {told}`.\n"))
    with kernel(tmp_path) as client:
        done, _ = execute(client, notebook, parameters={}, metadata={}, data_hash="")
    assert done.cells[-1].source == "Listen er cut o."
    assert [p.name for p in (tmp_path / "kept").iterdir()] == [name] and '"ttflist"' in (tmp_path / "kept" / name).read_text(encoding="utf-8")


def test_a_kernel_that_ends_at_once_is_told_and_not_waited_for(tmp_path, monkeypatch):
    spec = tmp_path / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": ["true"], "display_name": "x", "language": "python"}), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="the kernel was gone before it answered"), kernel(tmp_path) as client:
        execute(client, qmd.read(write(tmp_path, "Tekst.\n")), parameters={}, metadata={}, data_hash="")
