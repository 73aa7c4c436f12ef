"""Planted faults: each is caught and rightly graded, also when whoever planted it has signed the manifest anew."""

import base64
import csv
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from analysis.documents import render
from analysis.verification import consistency, grading, manifest, page, publishing, reading, verify, withdrawals

NB, EN = "ai-use.nb", "ai-use.en"
SHARE = "2026.ai_use_yes.share"  # shown as 55 %, 53 to 58
GAP = "2026.ai_use_yes.difference.sex=female.vs=male"
SPAN = r'(<span id="{id}" [^>]*>)([^<]*)(</span>)'


@pytest.fixture(scope="module", autouse=True)
def read_once():
    """Files that no fault was planted in are read once, and their results held against themselves once; they are the same hundred times."""
    kept: dict[tuple, object] = {}

    def once(function, key):
        def known(*arguments):
            place = (function, *key(*arguments))
            if place not in kept:
                kept[place] = function(*arguments)
            return kept[place]

        return known

    def content(path: Path) -> tuple:
        beside = sorted(path.with_suffix(".figures").glob("*")) if path.suffix == ".xml" else []
        return path.suffix, *(p.read_bytes() for p in (path, *beside))

    def of_folder(folder: Path) -> tuple:
        return content(folder / "results.csv") + content(folder / "earlier.csv")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(publishing, "read_results", once(publishing.read_results, content))
        patched.setattr(reading, "read", once(reading.read, content))
        patched.setattr(verify, "_published_results", once(verify._published_results, of_folder))
        patched.setattr(consistency, "faults", once(consistency.faults, lambda results, entries: (id(results), json.dumps(entries))))
        yield


@pytest.fixture(scope="module")
def folder(full) -> Path:
    return full.folder / "published" / "synthetic" / "2026"


@pytest.fixture
def copy(folder, tmp_path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "published"))


def ledger(folder: Path, lang: str) -> list[dict]:
    return next(p["numbers"] for p in json.loads((folder / "numbers.json").read_text()) if p["lang"] == lang)


def entry(folder: Path, where: str, lang: str = "nb", field: str = "estimate", row: str = "") -> dict:
    """The first number of that kind."""
    return next(e for e in ledger(folder, lang) if e["where"] == where and e["field"] == field and row in e["rows"][0])


def verdict(folder: Path) -> verify.Verdict:
    """Level A, after the manifest has been made to fit what lies there."""
    about = json.loads((folder / "manifest.json").read_text())
    about["published"] = manifest.digests((p for p in folder.rglob("*") if p.name != "manifest.json"), folder)
    (folder / "manifest.json").write_text(json.dumps(about))
    return verify.level_a(folder, 2026, "synthetic")


def caught(folder: Path, grade: str, where: str = "", row: str = "") -> None:
    found = verdict(folder)
    assert not found.good
    assert [d for d in found.differences if d.grade == grade and where in d.where and row in d.row], found.differences[
        :5
    ]


def test_what_was_published_is_the_same_and_every_number_was_compared(folder):
    found = verify.level_a(folder, 2026, "synthetic")
    assert found.good and found.differences == [] and found.inputs == []
    marked = sum(bool(e["id"]) for lang in ("nb", "en") for e in ledger(folder, lang))
    on_page_only = sum(e["where"] == "figure data" for lang in ("nb", "en") for e in ledger(folder, lang))
    alts = sum(e["where"] == "alt" for lang in ("nb", "en") for e in ledger(folder, lang))
    # In four formats; figure data on the page only; alternative texts in all but the PDF.
    assert found.compared["numbers in files"] == 4 * marked - 3 * on_page_only + 3 * alts
    assert found.compared["numbers of the ledger against results"] == sum(
        len(ledger(folder, lang)) for lang in ("nb", "en")
    )


# The page ----------------------------------------------------------------------------------------------------------------


def on_page(folder: Path, found: dict, new: str, lang: str = "nb") -> None:
    """Writes `new` in the place of a number of the page."""
    path = folder / f"ai-use.{lang}.html"
    text, hits = re.subn(SPAN.format(id=found["id"]), rf"\g<1>{new}\g<3>", path.read_text(encoding="utf-8"))
    assert hits == 1
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("where", "field", "row", "lang", "new", "grade"),
    [
        ("abstract", "estimate", SHARE, "nb", "56", "minor"),
        ("abstract", "estimate", SHARE, "nb", "75", "major"),
        ("abstract", "lower", SHARE, "nb", "43", "decision"),  # no longer above one half
        ("text", "estimate", SHARE, "en", "54", "minor"),
        ("text", "count", SHARE, "nb", "899", "major"),
        ("text", "lower", GAP, "nb", "\u22122,0", "decision"),
        ("hovedfunn", "estimate", "ai_workload", "nb", "29", "major"),
        ("table", "estimate", "odds_ratio", "nb", "0,09", "major"),
        ("table", "count", "ai_use_yes", "en", "1", "major"),
        ("caption", "n", "", "nb", "9", "major"),
        ("figure data", "estimate", "ai_purpose", "en", "99", "major"),
        ("text", "estimate", SHARE, "nb", "noe", "major"),
    ],
)
def test_a_changed_number_of_the_page(copy, where, field, row, lang, new, grade):
    number = entry(copy, where, lang, field, row)
    on_page(copy, number, new, lang)
    caught(copy, grade, f"ai-use.{lang}.html, {where}", number["rows"][0])


def edit(path: Path, old: str, new: str, count: int = 1) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.search(old, text, re.DOTALL), old
    path.write_text(re.sub(old, new, text, count=count, flags=re.DOTALL), encoding="utf-8")


def test_a_number_taken_from_the_page(copy):
    number = entry(copy, "text")
    edit(copy / f"{NB}.html", SPAN.format(id=number["id"]), "")
    caught(copy, "missing", f"{NB}.html", number["rows"][0])


def test_a_row_taken_from_a_table_of_the_page(copy):
    edit(copy / f"{EN}.html", r'<tr>\s*<th scope="row"[^>]*>Women</th>.*?</tr>', "")
    caught(copy, "missing", f"{EN}.html, table")


def test_a_number_added_to_the_page(copy):
    edit(copy / f"{NB}.html", "</main>", '<p><span id="n-9999" class="n" data-row="x">7</span></p></main>')
    caught(copy, "new", f"{NB}.html")


def test_a_number_of_the_page_that_names_another_row(copy):
    number = entry(copy, "text")
    edit(
        copy / f"{NB}.html",
        f'id="{number["id"]}" class="n" data-row="[^"]*"',
        f'id="{number["id"]}" class="n" data-row="2026.jss.mean"',
    )
    caught(copy, "major", f"{NB}.html")


def test_a_number_of_the_pages_alternative_text(copy):
    number = entry(copy, "alt", row="ai_purpose")
    edit(copy / f"{NB}.html", rf'(alt|aria-label)="([^"]*?): {number["shown"]} \(', r'\1="\2: 99 (')
    caught(copy, "missing", "alternative text")


def test_a_picture_of_the_page_drawn_from_other_data(copy):
    other = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()
    edit(copy / f"{NB}.html", r'src="data:image/svg\+xml;base64,[^"]*"', f'src="data:image/svg+xml;base64,{other}"')
    caught(copy, "major", "a picture")


def test_a_picture_taken_from_the_page(copy):
    edit(copy / f"{NB}.html", r"<img [^>]*>", "")
    caught(copy, "missing", f"{NB}.html")


# The Word file -------------------------------------------------------------------------------------------------------------


def in_word(path: Path, part: str, change) -> None:
    """Rewrites one part of a Word file."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = next(n for n in parts if re.fullmatch(part, n))
    before = parts[name]
    parts[name] = change(before)
    assert parts[name] != before
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def bookmarked(number: dict, new: str):
    """A change of the text that a number's bookmark spans."""
    pattern = rf'(w:name="{number["id"]}"[^>]*/>.*?<w:t[^>]*>)([^<]*)(</w:t>)'
    return lambda content: re.sub(pattern, rf"\g<1>{new}\g<3>", content.decode(), count=1, flags=re.DOTALL).encode()


@pytest.mark.parametrize(
    ("where", "field", "row", "new", "grade"),
    [
        ("text", "estimate", SHARE, "56", "minor"),
        ("abstract", "estimate", SHARE, "15", "major"),
        ("table", "estimate", "odds_ratio", "0,07", "major"),
        ("table", "lower", "sex=female", "1,20", "decision"),  # the odds ratio's interval no longer holds what it held
        ("caption", "n", "", "1", "major"),
    ],
)
def test_a_changed_number_of_the_word_file(copy, where, field, row, new, grade):
    number = entry(copy, where, "nb", field, row)
    in_word(copy / f"{NB}.docx", "word/document.xml", bookmarked(number, new))
    caught(copy, grade, f"{NB}.docx, {where}", number["rows"][0])


def test_a_number_taken_from_the_word_file(copy):
    number = entry(copy, "text")
    in_word(
        copy / f"{NB}.docx",
        "word/document.xml",
        lambda c: c.replace(f'w:name="{number["id"]}"'.encode(), b'w:name="gone"'),
    )
    caught(copy, "missing", f"{NB}.docx", number["rows"][0])


def test_the_word_files_picture_and_its_alternative_text(copy):
    in_word(copy / f"{NB}.docx", r"word/media/.*\.png", lambda content: content + b"\0")
    in_word(
        copy / f"{EN}.docx",
        "word/document.xml",
        lambda c: re.sub(rb'(descr="[^"]*?: )\d+ \(', rb"\g<1>99 (", c, count=1),
    )
    caught(copy, "major", f"{NB}.docx, a picture")
    caught(copy, "missing", f"{EN}.docx, alternative text")


# The XML -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "field", "row", "new", "grade"),
    [("text", "estimate", SHARE, "56", "minor"), ("abstract", "estimate", SHARE, "15", "major"), ("table", "estimate", "odds_ratio", "0,07", "major"),
     ("text", "upper", SHARE, "48", "decision")],
)  # fmt: skip
def test_a_changed_number_of_the_xml(copy, where, field, row, new, grade):
    number = entry(copy, where, "nb", field, row)
    edit(copy / f"{NB}.xml", rf'(<named-content id="{number["id"]}"[^>]*>)[^<]*', rf"\g<1>{new}")
    caught(copy, grade, f"{NB}.xml, {where}", number["rows"][0])


def test_a_number_taken_from_the_xml_or_given_another_row(copy):
    number, other = entry(copy, "text"), entry(copy, "table")
    edit(copy / f"{NB}.xml", rf'<named-content id="{number["id"]}"[^>]*>([^<]*)</named-content>', r"\1")
    edit(copy / f"{NB}.xml", rf'(<named-content id="{other["id"]}" specific-use=")[^"]*', r"\g<1>2026.jss.mean")
    caught(copy, "missing", f"{NB}.xml", number["rows"][0])
    caught(copy, "major", f"{NB}.xml", other["rows"][0])


def test_the_xmls_picture(copy):
    picture = sorted((copy / f"{NB}.figures").glob("*.png"))[0]
    picture.write_bytes(picture.read_bytes() + b"\0")
    caught(copy, "major", f"{NB}.xml, a picture")


# The PDF -------------------------------------------------------------------------------------------------------------------


def test_a_pdf_made_from_a_changed_source(full, copy, tmp_path):
    """A digit of the text, one of a table, a limit that crosses its line, and a sentence taken away."""
    notebook = nbformat.read(full.folder / "_output" / "2026" / f"{NB}.ipynb", as_version=4)
    text = {where: entry(copy, where, row=SHARE) for where in ("abstract", "text")}
    cell, limit = entry(copy, "table", row="odds_ratio"), entry(copy, "text", field="lower", row=GAP)
    gone = entry(copy, "hovedfunn", row="ai_trained")
    changes = {
        text["abstract"]["id"]: "75",
        text["text"]["id"]: "56",
        cell["id"]: "0,08",
        limit["id"]: "\u22122,0",
        gone["id"]: "",
    }
    for part in notebook.cells:
        for identifier, new in changes.items():
            part.source = re.sub(SPAN.format(id=identifier), rf"\g<1>{new}\g<3>", part.source)
            for output in part.get("outputs", []):
                shown = output.get("data", {})
                if "text/markdown" in shown:
                    shown["text/markdown"] = re.sub(
                        SPAN.format(id=identifier), rf"\g<1>{new}\g<3>", shown["text/markdown"]
                    )
    stage = full.folder / ".build" / "2026" / NB
    render.render(notebook, outputs={"pdf": copy / f"{NB}.pdf"}, resources=stage, epoch=0)
    found = {(d.grade, d.published) for d in verdict(copy).differences if f"{NB}.pdf" in d.where}
    assert found == {("major", text["abstract"]["shown"]), ("minor", text["text"]["shown"]), ("major", cell["shown"]),
                     ("decision", limit["shown"]), ("missing", gone["shown"])}  # fmt: skip


# Results and ledger --------------------------------------------------------------------------------------------------------


def in_results(folder: Path, row: str, **changes: str) -> None:
    """Writes other values into a row of the results, whose first column is its id."""
    path = folder / "results.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    (place,) = [i for i, line in enumerate(lines) if line.startswith(f"{row},")]
    found = next(csv.DictReader([lines[0], lines[place]])) | changes
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(found.values())
    lines[place] = buffer.getvalue()
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


@pytest.mark.parametrize(
    ("row", "changes", "grade", "where"),
    [
        (SHARE, {"estimate": "0.561"}, "minor", "ai-use.nb"),
        (SHARE, {"estimate": "0.9"}, "major", "ai-use.nb"),
        (SHARE, {"lower": "0.49"}, "decision", "ai-use.nb"),
        (GAP, {"upper": "0.03"}, "decision", "ai-use.nb"),
        (SHARE, {"count": "998"}, "minor", "ai-use.en"),
        (SHARE, {"n": ""}, "missing", "ai-use.en"),
        (SHARE, {"count": "9999"}, "major", "inner consistency"),
        ("2026.jss.mean", {"n": "17"}, "major", "inner consistency"),
        ("2026.jss.mean", {"estimate": "6.9"}, "major", "inner consistency"),
        ("2026.srh_good.share", {"estimate": "1.2", "upper": "1.3"}, "major", "inner consistency"),
        ("2026.life_sat.c4.share", {"estimate": "0.4", "lower": "0.38", "upper": "0.42"}, "major", "inner consistency"),
        ("2026.response_rate.rr2.none", {"estimate": "0.9"}, "major", "ai-use.nb"),
    ],
)
def test_a_changed_result(copy, row, changes, grade, where):
    in_results(copy, row, **changes)
    caught(copy, grade, where)


def test_a_result_taken_away(copy):
    edit(copy / "results.csv", rf"\n{re.escape(SHARE)},[^\n]*", "")
    caught(copy, "missing", "ai-use.nb", SHARE)


def in_ledger(folder: Path, lang: str, change) -> None:
    parts = json.loads((folder / "numbers.json").read_text(encoding="utf-8"))
    change(next(p["numbers"] for p in parts if (p["document"], p["lang"]) == ("ai-use", lang)))
    (folder / "numbers.json").write_text(json.dumps(parts, ensure_ascii=False), encoding="utf-8")


def test_a_ledger_that_lacks_a_number_or_names_another(copy):
    first = next(e for e in ledger(copy, "nb") if e["id"] and e["where"] == "text")
    in_ledger(copy, "nb", lambda numbers: numbers.remove(first))
    caught(copy, "new", f"{NB}.html")
    caught(copy, "major", "ai-use, en and not nb")


def test_a_ledgers_number_changed(copy):
    in_ledger(copy, "en", lambda numbers: numbers[0].update(shown="1"))
    caught(copy, "major", "ai-use.en")


@pytest.mark.parametrize(("name", "new"), [("wave", 2024), ("data", "real")])
def test_a_manifest_of_another_wave_or_kind(copy, name, new):
    edit(copy / "manifest.json", rf'"{name}": [^,]*', f'"{name}": {json.dumps(new)}')
    caught(copy, "major", "manifest.json")


@pytest.mark.parametrize("change", ["changed", "gone", "added"])
def test_a_file_that_is_not_the_one_published(copy, change):
    path = copy / (f"{NB}.pdf" if change != "added" else "notes.txt")
    path.write_bytes(path.read_bytes() + b" " if change == "changed" else b"x") if change != "gone" else path.unlink()
    found = verify.level_a(copy, 2026, "synthetic")
    assert not found.good
    assert [line for line in found.inputs if path.name in line], found.inputs


# A rebuild that gives something else ------------------------------------------------------------------------------------


@pytest.fixture
def made(full, tmp_path) -> Path:
    """What a rebuild gave, to be changed: results, ledger and manifest of the wave, and the results of those before."""
    for path in full.folder.glob("_output/*/*"):
        if path.name in ("results.csv", "numbers.json", "manifest.json"):
            target = tmp_path / "output" / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return tmp_path / "output" / "2026"


def compared(folder: Path, made: Path, known: pd.DataFrame = withdrawals.NONE) -> verify.Verdict:
    found = verify.Verdict(2026, "synthetic")
    verify.compare(folder, made, found, known, frozenset({"sick_days"}))
    return found


def test_an_unchanged_rebuild_is_the_same(folder, made):
    found = compared(folder, made)
    assert found.differences == [] and found.inputs == [] and found.exact
    assert found.compared["numbers of the ledger rebuilt"] == sum(len(ledger(folder, lang)) for lang in ("nb", "en"))
    assert found.compared["figures of the results"] > 20_000


@pytest.mark.parametrize(
    ("part", "name", "told"),
    [
        ("raw", "2026/answers.csv", "raw: 2026/answers.csv differs"),
        (
            "codebook",
            "data/codebook/instruments/ai_at_work.yml",
            "codebook: data/codebook/instruments/ai_at_work.yml differs",
        ),
        ("plans", "reports/ai-use.plan.yml", "plans: reports/ai-use.plan.yml differs"),
        ("code", "analysis/panel/weighting.py", "code: analysis/panel/weighting.py differs"),
    ],
)
def test_an_input_that_differs_is_named(folder, made, part, name, told):
    about = json.loads((made / "manifest.json").read_text())
    about[part][name] = "0" * 64
    (made / "manifest.json").write_text(json.dumps(about))
    assert compared(folder, made).inputs == [told]


def test_another_package_another_seed_another_lock_file(folder, made):
    about = json.loads((made / "manifest.json").read_text())
    about["environment"]["packages"]["statsmodels"] = "0.1"
    about["environment"]["seed"], about["lock"] = 7, "0" * 64
    (made / "manifest.json").write_text(json.dumps(about))
    package, lock, seed = compared(folder, made).inputs
    assert package.startswith("package: statsmodels ") and package.endswith("here 0.1")
    assert "lock" in lock and "seed" in seed


@pytest.mark.parametrize(
    ("row", "changes", "grade"),
    [
        (SHARE, {"estimate": "0.5548"}, "minor"),
        (SHARE, {"estimate": "0.61"}, "major"),
        (SHARE, {"lower": "0.4999"}, "decision"),
        (GAP, {"upper": "0.001"}, "decision"),
        (SHARE, {"n": "1880"}, "major"),
        (SHARE, {"status": "hidden_small", "estimate": ""}, "missing"),
    ],
)
def test_a_rebuilt_result_that_differs(folder, made, row, changes, grade):
    in_results(made, row, **changes)
    assert [d for d in compared(folder, made).differences if d.grade == grade and d.row == row]


def test_results_that_differ_beyond_the_digits_shown_are_the_same_as_displayed(folder, made):
    about = json.loads((made / "manifest.json").read_text())
    about["outputs"]["estimates.csv"] = "0" * 64
    (made / "manifest.json").write_text(json.dumps(about))
    found = compared(folder, made)
    assert found.differences == [] and not found.exact
    assert "same as displayed" in page.sentence(found)


def test_another_weight_moves_every_estimate(folder, made):
    table = pd.read_csv(made / "results.csv", dtype=str, keep_default_na=False)
    moved = table["weighting"].eq("cross") & table["estimate"].ne("")
    table.loc[moved, "estimate"] = [f"{float(v) * 1.004:.12g}" for v in table.loc[moved, "estimate"]]
    table.to_csv(made / "results.csv", index=False)
    assert len(compared(folder, made).differences) > 3000


def test_a_rebuilt_ledger_with_a_number_less_a_number_more_and_a_number_changed(folder, made):
    def change(numbers):
        numbers.append(numbers[0] | {"section": "elsewhere"})
        del numbers[3]
        numbers[0]["shown"] = "1"

    in_ledger(made, "nb", change)
    assert {d.grade for d in compared(folder, made).differences} == {"new", "missing", "major"}


def test_a_rebuilt_picture_that_is_another(folder, made):
    parts = json.loads((made / "numbers.json").read_text(encoding="utf-8"))
    next(p for p in parts if p["document"] == "ai-use")["pictures"]["fig-flow"]["svg"] = "0" * 64
    (made / "numbers.json").write_text(json.dumps(parts))
    assert [(d.row, d.grade) for d in compared(folder, made).differences] == [("fig-flow", "major")]


# Withdrawals --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def withdrawn(made) -> pd.DataFrame:
    """One member less in the raw files of 2026, as `make forget` notes it, and the number of the hours' answers one less."""
    about = json.loads((made / "manifest.json").read_text())
    files = [name for name in about["raw"] if name in ("2026/answers.csv", "2026/sample.csv")]
    rows = [["1", "2026-11-26", name, about["raw"][name], f"{place:064x}"] for place, name in enumerate(files, start=1)]
    about["raw"] |= {name: after for _, _, name, _, after in rows}
    (made / "manifest.json").write_text(json.dumps(about))
    in_results(made, SHARE, n=str(int(result(made, SHARE)["n"]) - 1), estimate="0.5548")
    return pd.DataFrame(rows, columns=withdrawals.COLUMNS)


def result(folder: Path, row: str) -> dict:
    head, *lines = (folder / "results.csv").read_text(encoding="utf-8").splitlines()
    return next(csv.DictReader([head, *(line for line in lines if line.startswith(f"{row},"))]))


def test_what_moved_with_a_withdrawal_is_counted_apart(folder, made, withdrawn):
    found = compared(folder, made, withdrawn)
    assert found.differences == [] and found.inputs == [] and found.since.persons == 1
    assert {(d.row, d.field, d.grade) for d in found.moved} == {(SHARE, "n", "major"), (SHARE, "estimate", "minor")}
    assert "one member has withdrawn since, and 2 numbers moved with it, none of them past its line" in page.sentence(found)


def test_a_decision_that_turned_with_a_withdrawal_is_told(folder, made, withdrawn):
    in_results(made, SHARE, lower="0.4999")
    assert "1 of them past its line" in page.sentence(compared(folder, made, withdrawn))


def test_without_the_note_of_it_the_files_and_numbers_differ(folder, made, withdrawn):
    found = compared(folder, made)
    assert found.inputs == ["raw: 2026/answers.csv differs", "raw: 2026/sample.csv differs"] and len(found.differences) == 2


def test_a_file_that_changed_again_differs(folder, made, withdrawn):
    about = json.loads((made / "manifest.json").read_text())
    about["raw"]["2026/answers.csv"] = "f" * 64
    (made / "manifest.json").write_text(json.dumps(about))
    found = compared(folder, made, withdrawn)
    assert found.inputs == ["raw: 2026/answers.csv differs"] and found.moved == [] and len(found.differences) == 2


def test_beside_other_code_nothing_is_put_down_to_a_withdrawal(folder, made, withdrawn):
    about = json.loads((made / "manifest.json").read_text())
    about["code"]["analysis/panel/weighting.py"] = "0" * 64
    (made / "manifest.json").write_text(json.dumps(about))
    found = compared(folder, made, withdrawn)
    assert found.moved == [] and len(found.differences) == 2


@pytest.mark.parametrize(
    ("row", "fewer", "moved"),
    [(SHARE, 1, True), (SHARE, 2, False), (SHARE, -2, False), ("2026.sick_days.c1.share", 5, True), ("2026.sick_days.c1.share", 10, False), ("2026.hours_total.mean", 5, False)],
)  # fmt: skip
def test_one_withdrawal_takes_one_answer_or_one_step_of_what_is_rounded(folder, made, withdrawn, row, fewer, moved):
    n = int(result(folder, row)["n"])
    in_results(made, row, n=str(n - fewer))
    found = compared(folder, made, withdrawn)
    assert any((d.row, d.field) == (row, "n") for d in found.moved) is moved
    assert any((d.row, d.field) == (row, "n") for d in found.differences) is not moved


def test_a_wave_before_that_of_the_row_cannot_have_moved():
    since = withdrawals.Since(1, 2024, ("2024/answers.csv",))
    rows = [grading.Difference("results.csv", f"{wave}.hours_total.mean", "estimate", "45.1", "45.2", "minor") for wave in (2019, 2024, 2026)]
    assert [d.row[:4] for d in withdrawals.explained(since, rows, {}, frozenset())] == ["2024", "2026"]


def test_a_later_waves_withdrawal_explains_nothing_of_this_publication(folder, made, withdrawn):
    found = verify.Verdict(1994, "synthetic")
    verify.compare(folder, made, found, withdrawn, frozenset())
    assert found.moved == [] and found.differences


def test_a_sentence_on_an_earlier_wave_that_is_gone_is_not_put_down_to_it():
    since = withdrawals.Since(1, 2026, ("2026/answers.csv",))
    gone = [grading.Difference("ai-use.nb, text, Funn", f"{wave}.hours_total.mean", "estimate", "45", "", "missing") for wave in (2019, 2026)]
    assert [d.row[:4] for d in withdrawals.explained(since, gone, {}, frozenset())] == ["2026"]


def test_withdrawals_are_followed_from_one_to_the_next(tmp_path):
    """Two of three members withdrew from what was published; the third file was changed by hand."""
    note = tmp_path / "published" / "withdrawals.csv"
    withdrawals.add(note, "2026-11-26", {"2024/answers.csv": ("a", "b"), "2026/answers.csv": ("k", "l")})
    withdrawals.add(note, "2026-12-01", {"2024/answers.csv": ("b", "c")})
    known = withdrawals.read(note)
    old = {"2024/answers.csv": "a", "2026/answers.csv": "k", "1994/answers.sav": "x"}
    now = {"2024/answers.csv": "c", "2026/answers.csv": "m", "1994/answers.sav": "x"}
    assert withdrawals.since(known, old, now) == withdrawals.Since(2, 2024, ("2024/answers.csv",))
    assert withdrawals.since(known, old | {"2024/answers.csv": "b"}, now).persons == 1
    assert withdrawals.since(known, old, old) == withdrawals.Since()


def test_a_withdrawal_that_was_killed_and_repeated_counts_once(tmp_path):
    """The first run noted what the file would become, and did not come to it; a workbook written again has other bytes."""
    note = tmp_path / "withdrawals.csv"
    for after in ("never", "b"):
        withdrawals.add(note, "2026-11-26", {"2019/answers.xlsx": ("a", after)})
    assert withdrawals.since(withdrawals.read(note), {"2019/answers.xlsx": "a"}, {"2019/answers.xlsx": "b"}).persons == 1
