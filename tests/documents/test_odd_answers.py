"""A wave unlike the shipped ones: all answer alike, or nobody does, labels full of markup. The report is written, and says what it cannot show."""

import shutil

import pandas as pd
import pytest
from lxml import etree, html

from tests.projects import Project

LABEL = "<b>A</b> & *x* #f[x] `{python} 1` [l](http://x.invalid) $x$ $y$ @o <KI>"


@pytest.fixture(scope="module")
def odd(small, tmp_path_factory) -> Project:
    """Everybody works 40 hours in both waves, is in the best of health, and leaves a question out; a position and a topic are called LABEL."""
    folder = tmp_path_factory.mktemp("odd")
    project = Project(folder / "project", folder / "raw")
    shutil.copytree(small.folder, project.folder, ignore=shutil.ignore_patterns("_output"))
    for wave in ("2024", "2026"):
        shutil.copytree(small.data / wave, project.data / wave)
        path = project.data / wave / "answers.csv"
        answers = pd.read_csv(path, dtype=str, keep_default_na=False)
        answers.assign(hours_total="40", srh="1", jss_03="").to_csv(path, index=False)
    codebook = project.folder / "data" / "codebook"
    relabel(codebook / "groupings.yml", "gp: {label: {nb: Fastleger,", f"gp: {{label: {{nb: '{LABEL}',")
    relabel(codebook / "instruments" / "job_satisfaction.yml", "title: {nb: Jobbtilfredshet,", f"title: {{nb: '{LABEL}',")
    done = project.run("report", "--wave", "2026", "--formats", "html pdf jats")
    assert done.returncode == 0, done.stderr
    return project


def relabel(path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def page(odd) -> str:
    return " ".join(html.parse(odd.output(2026, "wave-report.nb.html")).getroot().text_content().split()).replace("\u00a0", " ")


def test_markup_in_a_label_is_text_in_every_file(odd, page):
    assert LABEL in page
    source = odd.output(2026, "wave-report.nb.html").read_text(encoding="utf-8")
    assert "<b>A</b>" not in source and 'href="http://x.invalid"' not in source
    article = etree.parse(odd.output(2026, "wave-report.nb.xml"))
    alts = " ".join(alt.text or "" for alt in article.iter("alt-text"))
    assert "A</b> & *x*" in alts + "".join(article.getroot().itertext())


def test_all_alike_is_said_and_nothing_is_highest_among_equals(page):
    assert "Tallet er det samme som i 2024." in page and "Kvinner og menn har samme tall." in page
    assert "Etter stilling er tallet det samme i alle grupper (40,0)." in page
    assert "høyest blant" not in page.split("Jobbtilfredshet")[0]


def test_what_cannot_be_shown_is_said_in_its_place(page):
    assert "[ikke vist] vurderer egen helse som svært god eller god" in page
    assert "«Svært god eller god helse» vises ikke i en figur: ingen av tallene kan vises" in page
    assert "kan ikke estimeres" in page or "nan" not in page.lower().split()


def test_round_off_is_nought_and_has_no_test(odd):
    rows = pd.read_csv(odd.output(2026, "results.csv"), keep_default_na=False, na_values={c: [""] for c in ("estimate", "se", "p")})
    compared = rows[(rows["indicator"] == "hours_total") & (rows["kind"] == "comparison") & (rows["status"] == "shown")]
    assert len(compared) and (compared["estimate"] == 0).all() and (compared["se"] == 0).all() and compared["p"].isna().all()
