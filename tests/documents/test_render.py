"""The built-in renderer's engines."""

import os

from analysis.documents import render


def test_the_pinned_pandoc_is_taken_whatever_the_machine_has(tmp_path, monkeypatch):
    """A newer one would give other bytes, an older one knows fewer formats."""
    other = tmp_path / "pandoc"
    other.write_text("#!/bin/sh\necho pandoc 99.1\n", encoding="utf-8")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert render.PANDOC.is_file() and render.pandoc_version() != "99.1"
    assert b"<em>ord</em>" in render._pandoc("*ord*", ["--to=html", "--metadata=title:x"], tmp_path, 0)
