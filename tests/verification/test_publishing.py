"""Publishing, verifying by command, impact, continuity and the bundle."""

import dataclasses
import json
import shutil
import subprocess
import zipfile

import pandas as pd
import pytest

from analysis.errors import LegepaneletError
from analysis.intake.readers import read_table
from analysis.settings import settings
from analysis.verification import bundle, manifest, publishing
from tests.projects import git

WHERE = "published/synthetic/2026"


def test_a_publication_holds_the_documents_results_ledger_and_manifest(full):
    folder = full.folder / WHERE
    names = {p.name for p in folder.iterdir()}
    assert {
        f"ai-use.{lang}.{suffix}" for lang in ("nb", "en") for suffix in ("html", "pdf", "docx", "xml", "figures")
    } <= names
    assert {"results.csv", "earlier.csv", "numbers.json", "manifest.json"} <= names
    log = (full.folder / "published" / "LOG.md").read_text(encoding="utf-8")
    assert "2026 · synthetic data" in log and "First publication." in log


def test_published_results_carry_one_digit_more_than_is_displayed(full):
    rows = pd.read_csv(full.folder / WHERE / "results.csv", dtype=str, keep_default_na=False).set_index("id")
    assert rows.loc["2026.ai_use_yes.share", "estimate"] == "0.5544"  # shown as 55 %, in a card as 55.4 %
    digits = rows["estimate"].str.partition(".")[2].str.len()
    assert digits.max() <= 4
    private = full.folder / "data" / "derived" / "2026" / "estimates.csv"
    complete = pd.read_csv(private, dtype=str, keep_default_na=False).set_index("id")
    assert len(complete.loc["2026.ai_use_yes.share", "estimate"]) > 10
    assert manifest.read(full.folder / WHERE)["outputs"]["estimates.csv"] == manifest.digest(private)


def test_a_publication_lets_out_what_its_documents_show_of_earlier_waves(full, monkeypatch):
    """And no more: those figures are held against the memory of their own wave."""
    monkeypatch.setattr(publishing, "settings", lambda: dataclasses.replace(settings(), output=full.folder / "_output"))
    out = publishing.released(2026, ["research-conditions"])
    assert list(out) == [2026, 2019]
    assert "2019.res_active_yes.share" in set(out[2019]["id"])
    assert len(out[2019]) < 200 < len(publishing.read_results(full.output(2019, "results.csv")))
    assert len(out[2026]) == len(publishing.read_results(full.output(2026, "results.csv")))
    assert list(publishing.released(2026, ["ai-use"])) == [2026]


@pytest.mark.parametrize("remembered", [True, False])
def test_nothing_is_released_of_a_published_wave_whose_memory_is_gone(tmp_path, monkeypatch, remembered):
    monkeypatch.setattr(publishing, "settings", lambda: dataclasses.replace(settings(), published=tmp_path))
    raw = tmp_path / "raw"
    publishing.check_memory(2026, "synthetic", raw)  # not published yet
    publishing.folder_of(2026, "synthetic").mkdir(parents=True)
    path = publishing.memories_of(2026, "synthetic", raw)[1]
    path.parent.mkdir(parents=True)
    if remembered:
        path.touch()
        publishing.check_memory(2026, "synthetic", raw)
    else:
        with pytest.raises(LegepaneletError, match="MEMORY_MISSING") as error:
            publishing.check_memory(2026, "synthetic", raw)
        assert "version control" in error.value.hint


def test_the_manifest_names_no_path_and_no_user(full):
    text = (full.folder / WHERE / "manifest.json").read_text(encoding="utf-8")
    about = json.loads(text)
    assert str(full.folder.parent) not in text and "/root" not in text and "/home" not in text
    assert {"raw", "codebook", "population", "plans", "documents", "code"} <= set(about)
    assert about["raw"].keys() >= {"2026/answers.csv", "2019/sample.csv"}
    assert about["environment"]["packages"]["statsmodels"] and len(about["commit"]) == 40


@pytest.mark.parametrize(
    ("change", "told"),
    [({"wave": "2026"}, "wave"), ({"extra": 1}, "the manifest"), ({"raw": {"/etc/x": "0" * 64}}, "raw")],
)
def test_a_manifest_that_does_not_follow_its_schema(full, change, told):
    with pytest.raises(LegepaneletError, match=told):
        manifest.check(manifest.read(full.folder / WHERE) | change)


def test_a_dirty_tree_is_not_published(live):
    path = live.folder / "reports" / "references.bib"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "\n", encoding="utf-8")
    done = live.run("publish", "--wave", "2026", "--documents", "ai-use")
    path.write_text(before, encoding="utf-8")
    assert done.returncode == 1 and "PUBLISH_DIRTY" in done.stderr and "reports/references.bib" in done.stderr


def test_the_same_publication_again_changes_nothing_and_another_needs_a_reason(live):
    folder = live.folder / WHERE
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    log = (live.folder / "published" / "LOG.md").read_text(encoding="utf-8")
    assert live.run("publish", "--wave", "2026", "--documents", "ai-use").returncode == 0
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before
    done = live.run("publish", "--wave", "2026", "--documents", "ai-use research-conditions")
    assert done.returncode == 1 and "PUBLISH_DIFFERENT" in done.stderr and "REASON" in done.stderr
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before
    assert (live.folder / "published" / "LOG.md").read_text(encoding="utf-8") == log


def test_verify_names_its_level_counts_and_writes_a_page(live):
    done = live.run("verify", "--wave", "2026", "--level", "A")
    assert done.returncode == 0, done.stdout
    assert (
        "Level A (no data: files against ledger and results): all " in done.stdout and "numbers in files" in done.stdout
    )
    page = live.output(2026, "verification.html").read_text(encoding="utf-8")
    assert 'class="verdict same"' in page and "SYNTHETIC DATA" in page


def test_verify_says_what_differs_and_fails(live, tmp_path):
    path = live.folder / WHERE / "ai-use.nb.html"
    before = path.read_bytes()
    shown = json.loads(live.output(2026, "ai-use.nb.numbers.json").read_text(encoding="utf-8"))["numbers"][0]["shown"]
    path.write_bytes(before.replace(f">{shown}</span>".encode(), b">1</span>", 1))
    done = live.run("verify", "--wave", "2026", "--level", "A")
    path.write_bytes(before)
    assert done.returncode == 1 and "NOT the same as published" in done.stdout
    assert f"published {shown}, found 1" in done.stdout and "ai-use.nb.html is not the one published" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--wave", "1994"), "VERIFY_NOTHING"),
        (("--wave", "2027"), "WAVE_UNKNOWN"),
        (("--wave", "2026", "--level", "D"), "LEVEL_UNKNOWN"),
    ],
)
def test_what_cannot_be_verified_is_told(live, arguments, code):
    done = live.run("verify", *arguments)
    assert done.returncode == 1 and code in done.stderr and "Traceback" not in done.stderr


def test_impact_lists_what_would_be_displayed_otherwise_and_reruns_earlier_figures(live):
    """One published number is not today's; every figure published earlier has a rerun, or the reason why not."""
    path = live.folder / WHERE / "numbers.json"
    before = path.read_bytes()
    parts = json.loads(before)
    next(e for e in parts[0]["numbers"] if e["where"] == "text")["shown"] = "1"
    path.write_text(json.dumps(parts), encoding="utf-8")
    done = live.run("impact")
    path.write_bytes(before)
    assert done.returncode == 1 and "2026/ai-use" in done.stdout and "published 1, today" in done.stdout
    compared = sum(len(part["numbers"]) for part in parts)
    assert done.stdout.splitlines()[-1] == f"1 of {compared} published numbers would be displayed otherwise today."
    table = pd.read_csv(live.folder / "_output" / "continuity.csv", keep_default_na=False)
    assert len(table) > 180
    assert set(table["agreement"]) == {"same", "within the interval", "outside", "not rerun"}
    assert (table.loc[table["agreement"] != "same", "reasons"] != "").all()
    assert (table["source"] != "").all()


@pytest.fixture
def published(full, small, tmp_path):
    """The publication of the whole panel's article, in a project whose raw files are sooner made: it has three waves."""
    project = small.copied(tmp_path)
    shutil.copytree(full.folder / WHERE, project.folder / WHERE)
    git(project.folder, "init")
    git(project.folder, "add", "-A")
    git(project.folder, "commit", "-m", "a state")
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=project.folder, capture_output=True, text=True, check=True).stdout.strip()
    path = project.folder / WHERE / "manifest.json"
    path.write_text(json.dumps(manifest.read(path.parent) | {"commit": head}), encoding="utf-8")
    return project


def test_the_bundle_is_whole_and_holds_no_microdata(published):
    done = published.run("bundle", "--wave", "2026")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(published.output(2026, "legepanelet-2026.zip")) as archive:
        names = set(archive.namelist())
        crate = json.loads(archive.read("ro-crate-metadata.json"))
        assert b"make verify WAVE=2026" in archive.read("README.md")
    assert {
        "project/published/synthetic/2026/ai-use.nb.pdf",
        "project/published/synthetic/2026/results.csv",
        "project/requirements.lock",
        "project/analysis/pipeline/tasks.py",
        "CITATION.cff",
    } <= names
    assert sum(name.endswith("/ai-use.nb.pdf") for name in names) == 1  # once, where `make verify` reads it
    graph = {part["@id"]: part for part in crate["@graph"]}
    assert graph["ro-crate-metadata.json"]["conformsTo"]["@id"].endswith("/ro/crate/1.1")
    assert {part["@id"] for part in graph["./"]["hasPart"]} - {"project/", "project/data/synthetic/"} <= names
    assert {"project/data/synthetic/1994/answers.sav", "project/data/synthetic/2026/sample.csv"} <= names
    answers = [
        n for n in names if n.endswith((".sav", ".parquet", ".xlsx")) and not n.startswith("project/data/synthetic/")
    ]
    assert not answers + [n for n in names if "/data/derived/" in n or "/data/raw/2" in n]


@pytest.mark.parametrize(
    ("change", "told"),
    [(lambda folder: (folder / "supplement.csv").write_text("$submission_id,hours\n1,40\n"), "supplement.csv is not in the manifest"),
     (lambda folder: (folder / "system.csv").symlink_to("/etc/hostname"), "system.csv is a link"),
     (lambda folder: (folder / "panel.rds").write_bytes(b"PAR1"), "panel.rds is not in the manifest"),
     (lambda folder: (folder / "ai-use.nb.html").write_text("x"), "ai-use.nb.html is not the file that was published"),
     (lambda folder: (folder / "results.csv").unlink(), "results.csv is gone")],
)  # fmt: skip
def test_a_bundle_holds_what_the_manifest_lists_by_hash_and_nothing_else(full, tmp_path, change, told):
    folder = tmp_path / "published"
    shutil.copytree(full.folder / WHERE, folder)
    assert set(bundle.listed(folder, manifest.read(folder))) == {"manifest.json", *manifest.read(folder)["published"]}
    change(folder)
    with pytest.raises(LegepaneletError, match="BUNDLE_NOT_LISTED") as error:
        bundle.listed(folder, manifest.read(folder))
    assert told in error.value.message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("project/data/raw/2026/answers.csv", b"x"),
        ("published/list.csv", b"doctor,answer\n1,2\n"),
        ("project/panel.parquet", b"PAR1"),
        ("project/data/synthetic/2026/sample.csv", b"doctor,cohort,sex\nD1,2024,male\n"),
        ("project/data/synthetic/2026/answers.csv", b"doctor,hours\nD1,40\n"),
    ],
)
def test_microdata_in_a_bundle_is_refused(name, content):
    with pytest.raises(LegepaneletError, match="BUNDLE_MICRODATA") as error:
        bundle.check({name: content})
    assert name in error.value.message


@pytest.mark.slow
def test_a_rebuild_from_the_data_in_a_clean_folder(full, tmp_path):
    """Level C: as real data, the wave of 1994 published, verified; again after a member was forgotten; and after one answer, a label and the code have changed."""
    import pyreadstat

    project = type(full)(tmp_path / "project", tmp_path / "raw")
    shutil.copytree(
        full.folder,
        project.folder,
        ignore=shutil.ignore_patterns("_output", "derived", ".build", "published", ".git"),
    )
    shutil.copytree(full.data / "1994", project.data / "1994")
    sample = pd.read_csv(project.data / "1994" / "sample.csv", dtype=str).drop(columns="synthetic")
    sample.to_csv(project.data / "1994" / "sample.csv", index=False)
    git(project.folder, "init")
    git(project.folder, "add", "-A")
    git(project.folder, "commit", "-m", "a state")
    assert project.run("publish", "--wave", "1994").returncode == 0
    done = project.run("verify", "--wave", "1994")
    assert done.returncode == 0, done.stdout
    assert "Level C (the data: rebuilt); results the same to the last digit: all " in done.stdout
    attested = json.loads(project.output(1994, "attestation.json").read_text(encoding="utf-8"))
    assert attested["verdict"] == "same" and attested["level"] == "C" and attested["raw"]
    gone = sorted(set(sample["doctor"]) & set(read_table(project.data / "1994" / "answers.sav")["doctor"]))[0]
    assert project.run("forget", typed=f"{gone}\n{gone}\n").returncode == 0
    done = project.run("verify", "--wave", "1994")
    assert done.returncode == 0, done.stdout
    assert "one member has withdrawn since, and " in done.stdout and "numbers moved with it" in done.stdout
    attested = json.loads(project.output(1994, "attestation.json").read_text(encoding="utf-8"))
    assert attested["withdrawals"] == 1 and sum(attested["moved_by_withdrawals"].values()) > 100
    path = project.data / "1994" / "answers.sav"
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    frame.loc[frame["hours_total"].first_valid_index(), "hours_total"] = 99
    pyreadstat.write_sav(
        frame, str(path), variable_value_labels=meta.variable_value_labels, missing_ranges=meta.missing_ranges
    )
    label = project.folder / "data" / "codebook" / "instruments" / "job_satisfaction.yml"
    label.write_text(label.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    done = project.run("verify", "--wave", "1994")
    assert done.returncode == 1
    assert "raw: 1994/answers.sav differs" in done.stdout and "job_satisfaction.yml differs" in done.stdout
    assert "1994.hours_total.mean" in done.stdout
