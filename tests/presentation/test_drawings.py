"""A picture is drawn once for its content: what it shows, where its numbers come from, how it looks."""

import pandas as pd
import pytest

from analysis import kept
from analysis.presentation.drawings import Drawing, plain
from analysis.presentation.provenance import Traced

STEPS = {"sample": 100, "not_eligible_dead": 1, "eligible": 99, "silent": 9, "refused": 0, "break_off": 0, "answered": 90, "over_age": 0, "analysed": 90}


@pytest.fixture(autouse=True)
def drawn(monkeypatch, tmp_path):
    """How often a chart was drawn; what is kept lies in a folder of the test."""
    from analysis.presentation import charts  # the plotting libraries: only for whoever draws

    times = []
    monkeypatch.setattr(kept, "KEPT", tmp_path / "kept")
    whole = charts.flow
    monkeypatch.setattr(charts, "flow", lambda *given: times.append(given) or whole(*given))
    return times


def saved(folder, alt="Et bilde", synthetic="SYNTETISKE DATA", **steps):
    return Drawing("flow", (STEPS | steps, dict.fromkeys(STEPS, "Trinn"), "nb")).save(folder, "fig-flow", synthetic, alt)


def test_the_same_content_is_drawn_once_and_gives_the_same_files(tmp_path, drawn):
    one, two = saved(tmp_path / "one"), saved(tmp_path / "two")
    assert len(drawn) == 1
    for suffix in (".svg", ".json"):
        assert one.with_suffix(suffix).read_bytes() == two.with_suffix(suffix).read_bytes()


@pytest.mark.parametrize("change", [{"answered": 91}, {"alt": "Et annet"}, {"synthetic": None}])
def test_another_number_text_or_mark_is_drawn_anew(tmp_path, drawn, change):
    one, two = saved(tmp_path / "one"), saved(tmp_path / "two", **change)
    assert len(drawn) == 2
    assert any(one.with_suffix(suffix).read_bytes() != two.with_suffix(suffix).read_bytes() for suffix in (".svg", ".json")) or "alt" in change


def test_the_origin_of_a_figure_is_part_of_the_content():
    frames = [pd.DataFrame({"estimate": [Traced(0.5, (row,), "estimate")]}, dtype=object) for row in ("a", "b")]
    assert plain(frames[0]) != plain(frames[1])
    assert plain(frames[0]) == plain(frames[0].copy())


def test_nothing_half_made_is_kept(tmp_path, monkeypatch):
    def stops(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr("analysis.presentation.charts.flow", stops)
    with pytest.raises(KeyboardInterrupt):
        saved(tmp_path / "one")
    assert list((tmp_path / "kept").iterdir()) == []


def test_only_so_many_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    for number in range(4):
        kept.kept(f"k{number}", [".svg"], lambda place: place.with_suffix(".svg").write_text("x"))
    assert len(list((tmp_path / "kept").iterdir())) == 2
