"""Another panel, with nothing of ours but the program: nurses, three waves, other groups, no licence year, no register position."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.another_panel import raw
from tests.projects import ROOT, Project, copy_project

HERE = Path(__file__).parent
OURS = re.compile(r"\b(lege|leger|legene|legepanel\w*|doctors?|physicians?|overlege\w*|consultants?)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def nurses(tmp_path_factory) -> Project:
    """Our program beside the nurses' codebook, figures, report and raw files."""
    folder = tmp_path_factory.mktemp("sykepleiere på Øya")
    project = Project(copy_project(folder / "project"), raw.write(folder / "raw"))
    for part in ("data/codebook", "data/population"):
        shutil.rmtree(project.folder / part)
        shutil.copytree(HERE / part, project.folder / part)
    for old in [*(project.folder / "reports").glob("*.qmd"), *(project.folder / "reports").glob("*.plan.yml")]:
        old.unlink()
    shutil.copytree(HERE / "reports", project.folder / "reports", dirs_exist_ok=True)
    return project


@pytest.fixture(scope="module")
def report(nurses) -> Project:
    for lang, formats in (("nb", "html pdf docx jats"), ("en", "html")):
        done = nurses.run("report", "--wave", "2022", "--lang", lang, "--formats", formats)
        assert done.returncode == 0, done.stderr
    return nurses


@pytest.mark.commands
def test_the_check_says_what_falls_away_and_what_that_costs(nurses):
    done = nurses.run("check", "--wave", "2022")
    assert done.returncode == 0, done.stderr
    assert "no licence_year, so no strata by licence period: start weights are equal" in done.stdout
    assert "no register_position, so the answers are not weighted to it" in done.stdout
    assert "400 members in the sample; 0 errors" in done.stdout and "weighted to 5 levels" in done.stdout


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style).*?</\1>", " ", page)))


@pytest.mark.commands
@pytest.mark.parametrize(("lang", "words"), [
    ("nb", ("Sykepleierpanelet 2022", "sykepleierne sier", "etter kjønn, alder, arbeidssted og landsdel", "Timer per vakt i 2022, etter arbeidssted",
            "Øyas sykepleierforbund", "yrkesaktive sykepleiere under 67 år på Øya", "den seneres kjønn og alder.", "Alle sykepleiere:", "Forskjellen mellom Nordøya og Sørøya er usikker")),
    ("en", ("Nurses' panel 2022", "The nurses say", "by sex, age, workplace and region", "Hours a shift in 2022, by workplace and sex",
            "The Island's Association of Nurses", "working nurses under 67 on the Island", "the later one's sex and age.", "All nurses:")),
])  # fmt: skip
def test_the_report_speaks_the_panels_words_and_none_of_ours(report, lang, words):
    page = report.output(2022, f"wave-report.{lang}.html").read_text(encoding="utf-8")
    text = text_of(page) + " ".join(re.findall(r'alt="([^"]*)"', page))
    lacking = [word for word in words if word.casefold() not in text.replace("\u00a0", " ").replace("’", "'").casefold()]
    assert lacking == [] and OURS.findall(text) == []
    assert re.search(r'<img[^>]*class="logo" src="data:image/svg\+xml', page) and "plassholder" not in text


@pytest.mark.commands
def test_groups_contrasts_and_models_are_the_codebooks(report):
    results = pd.read_csv(report.output(2022, "results.csv"), dtype=str, keep_default_na=False)
    ids = set(results["id"])
    assert {"2022.shift_hours.difference.sex=male.vs=female", "2022.shift_hours.mean.region=north", "2022.stays_yes.share.position=home_care",
            "2022.shift_hours.change_net.vs=2018", "2022.shift_hours.mean.position=ward.sex=female"} <= ids  # fmt: skip
    assert set(results.loc[results["indicator"] == "raked", "by"]) == {"sex_age"}
    raked = results[results["by"].isin(["sex", "age_group"]) & (results["statistic"] == "share_weighted") & results["term"].eq("by_construction")]
    assert set(raked["level"]) == {"female", "male", "50_66"}  # young men were too few, and are raked together with those of 35 to 49
    assert not results["by"].isin(["register_position", "licence_period", "specialty"]).any()
    assert (results.loc[results["indicator"] == "rested_yes", "by"].isin(["", "sex", "age_group"]) | results.loc[
        results["indicator"] == "rested_yes", "status"].str.startswith("hidden")).all()  # fmt: skip


@pytest.mark.commands
def test_a_table_can_be_asked_by_the_panels_own_groups_only(report):
    done = report.run("table", "--wave", "2022", "--indicator", "shift_hours", "--by", "licence_period")
    assert done.returncode == 1 and "BY may be one or two of sex, age_group, region." in done.stderr


SHOWN = re.compile(r"\b(doctors|leger|legene|legen|physicians?)\b|\b(the|a|no|of) doctor\b", re.IGNORECASE)


def test_no_stage_holds_a_level_or_a_word_of_one_profession():
    """Only the synthetic panel, which is of doctors, may; `doctor` is the column's name."""
    import ast

    found = []
    for path in sorted((ROOT / "analysis").rglob("*.py")):
        if "synthetic" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(n.body[0].value) for n in ast.walk(tree) if isinstance(n, (ast.Module, ast.ClassDef, ast.FunctionDef)) and n.body and isinstance(
            n.body[0], ast.Expr)}  # fmt: skip
        texts = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in told]
        found += [f"{path.name}:{n.lineno}: {n.value}" for n in texts if n.value in ("consultant", "under_40", "lefo") or SHOWN.search(n.value)]
    assert [f for f in found if not f.endswith(": doctors")] == []  # a table and a file of the panel
