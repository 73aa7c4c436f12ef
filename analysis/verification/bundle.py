"""`make bundle`: one zip for a journal or an archive, with everything that a stranger needs to rebuild and check, and no microdata."""

import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path

from analysis.codebook import load
from analysis.codebook.model import Panel
from analysis.errors import LegepaneletError
from analysis.settings import ROOT, settings
from analysis.verification import manifest, publishing

FIXED = (1980, 1, 1, 0, 0, 0)  # a zip's time: the same publication gives the same bytes
MICRODATA = ("doctor,", '"doctor"', "doctor;")  # how a file of answers begins: a column of pseudonymous ids
KINDS = {
    ".html": "text/html", ".pdf": "application/pdf", ".xml": "application/xml", ".csv": "text/csv", ".json": "application/json",
    ".png": "image/png", ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
README = """# {panel} {wave}: documents, results and program

{kind}The publication of the wave {wave}: `{place}/` holds the documents (HTML, PDF, Word, JATS XML), the results behind every number
(`results.csv`, `earlier.csv`), the ledger that tells which number shows which result (`numbers.json`), and the manifest (`manifest.json`).
`project/` holds the program at the state that made it (commit {commit}), with its lock file; `project/data/synthetic/`
the raw files of the synthetic panel, which that program makes: nobody answered them.

In `project/`, with Python 3.11, 3.12 or 3.13 and make:

    make report WAVE={wave}
    make verify WAVE={wave}

The first makes the report anew{synthetic}. The second tells, number by number, whether the files here are what was published: level A needs
nothing but the files, level B rebuilds from the synthetic panel, level C needs the confidential answers. `ro-crate-metadata.json` describes the files
for machines. No person's answers are in this bundle.
"""


def bundle(wave: int, kind: str, synthetic: Path) -> Path:
    """Writes `_output/<wave>/legepanelet-<wave>.zip`; `synthetic` is a folder of the synthetic panel as this program makes it.

    Raises VERIFY_NOTHING, BUNDLE_STATE, BUNDLE_MICRODATA, PUBLISH_DIRTY.
    """
    source = publishing.folder_of(wave, kind)
    if not source.is_dir():
        raise LegepaneletError(
            "VERIFY_NOTHING", f"nothing of {wave} is published", f"Run `make publish WAVE={wave}` first."
        )
    about, panel = manifest.read(source), load(settings().codebook).panel
    target = source.relative_to(ROOT)
    place = f"project/{target.as_posix()}"
    files = {f"{place}/{name}": content for name, content in listed(source, about).items()}
    files |= {f"project/{name}": content for name, content in _project(about["commit"]).items()}
    check_state(about["commit"])
    files |= {
        f"project/data/synthetic/{p.relative_to(synthetic).as_posix()}": p.read_bytes()
        for p in sorted(synthetic.rglob("*"))
        if p.is_file()
    }
    files["CITATION.cff"] = files["project/CITATION.cff"]
    files["README.md"] = README.format(
        panel=panel.running["en"], wave=wave, place=place,
        commit=about["commit"][:12], kind="**SYNTHETIC DATA: nobody answered this.** " if kind == "synthetic" else "",
        synthetic="" if kind == "synthetic" else " from the synthetic panel, as the real answers are confidential",
    ).encode()  # fmt: skip
    files["ro-crate-metadata.json"] = (
        json.dumps(crate(panel, wave, about, files, place), ensure_ascii=False, indent=1) + "\n"
    ).encode()
    check(files)
    path = settings().output / str(wave) / f"legepanelet-{wave}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, FIXED), files[name], zipfile.ZIP_DEFLATED)
    part.replace(path)
    return path


def listed(source: Path, about: dict) -> dict[str, bytes]:
    """The files of a publication, each once: the manifest, and what it lists, by hash.

    Raises BUNDLE_NOT_LISTED for a file that the manifest has not, that is another, or that is gone or a link.
    """
    found = {p.relative_to(source).as_posix(): p for p in sorted(source.rglob("*")) if p.is_symlink() or not p.is_dir()}
    links = [name for name, path in found.items() if path.is_symlink() or not path.resolve().is_relative_to(source.resolve())]
    told = [f"{name} is a link" for name in links]
    told += [f"{name} is not in the manifest" for name in found if name not in about["published"] and name != manifest.NAME and name not in links]
    told += [f"{name} is gone" for name in about["published"] if name not in found]
    content = {name: path.read_bytes() for name, path in found.items() if name not in links}
    told += [f"{name} is not the file that was published" for name, digest in about["published"].items()
             if name in content and hashlib.sha256(content[name]).hexdigest() != digest]  # fmt: skip
    if told:
        raise LegepaneletError("BUNDLE_NOT_LISTED", "\n".join(told), "Take it away, or publish anew; no bundle was written.")
    return content


def _project(commit: str) -> dict[str, bytes]:
    """The project's files at a commit."""
    done = subprocess.run(
        ["git", "ls-tree", "-r", "--name-only", "-z", commit], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode:
        raise LegepaneletError(
            "PUBLISH_DIRTY",
            f"the commit {commit[:12]} of the publication is not here",
            "Bundle from a clone that has it.",
        )
    names = [name for name in done.stdout.decode().split("\0") if name and not name.startswith("published/")]
    asked = "".join(f"{commit}:{name}\n" for name in names).encode()
    told = io.BytesIO(subprocess.run(["git", "cat-file", "--batch"], cwd=ROOT, input=asked, capture_output=True, check=True).stdout)
    # Of each a line that ends with its size, its content, and the end of a line.
    return {name: told.read(int(told.readline().split()[-1]) + 1)[:-1] for name in names}


def check_state(commit: str) -> None:
    """Raises BUNDLE_STATE if the program, and with it the synthetic panel that it makes, is no longer that of a commit."""
    recipe = ("analysis", "data/codebook", "data/population", "pyproject.toml", "requirements.lock")
    if subprocess.run(["git", "diff", "--quiet", commit, "--", *recipe], cwd=ROOT, check=False).returncode:
        raise LegepaneletError(
            "BUNDLE_STATE",
            f"the program is no longer as at the publication's commit {commit[:12]}",
            f"Run `git worktree add ../legepanelet-{commit[:7]} {commit}` and bundle there, or publish anew.",
        )


def _is_synthetic(place: str, files: dict[str, bytes]) -> bool:
    """Whether a file lies in a wave of data/synthetic whose sample.csv says, by a column of that name, that it is synthetic."""
    header = files.get(f"project/{Path(place).parent.as_posix()}/sample.csv", b"").partition(b"\n")[0]
    return place.startswith("data/synthetic/") and b"synthetic" in header.strip().split(b",")


def check(files: dict[str, bytes]) -> None:
    """Raises BUNDLE_MICRODATA with every file that lies where answers lie, or that begins as a file of answers does.

    The raw files of a wave that says of itself that it is synthetic are let through: nobody answered them.
    """
    faults = []
    for name, content in files.items():
        place = name.removeprefix("project/")
        if _is_synthetic(place, files):
            continue
        if place.startswith(("data/raw/", "data/derived/", "data/synthetic/")) and place != "data/raw/README.md":
            faults.append(f"{name} lies where answers lie")
        if (
            name.endswith((".csv", ".tsv", ".txt"))
            and not place.startswith("tests/")
            and content[:400].decode("utf-8", "replace").lower().startswith(MICRODATA)
        ):
            faults.append(f"{name} begins with a column of members' numbers")
        if name.endswith((".sav", ".parquet", ".xlsx")) and not place.startswith("tests/"):
            faults.append(f"{name} is a file of answers by its suffix")
    if faults:
        raise LegepaneletError(
            "BUNDLE_MICRODATA", "\n".join(faults), "Nothing of single persons may leave; no bundle was written."
        )


def crate(panel: Panel, wave: int, about: dict, files: dict[str, bytes], place: str) -> dict:
    """RO-Crate 1.1 metadata: the bundle, and every published file with its kind, size and hash."""
    documents = [name for name in sorted(files) if name.startswith(f"{place}/")]
    parts = [
        {"@id": name, "@type": "File", "name": Path(name).name, "encodingFormat": KINDS.get(Path(name).suffix, "application/octet-stream"),
         "contentSize": str(len(files[name])), "sha256": hashlib.sha256(files[name]).hexdigest()}
        for name in documents
    ]  # fmt: skip
    program = {"@id": "project/", "@type": ["Dataset", "SoftwareSourceCode"], "name": "Legepanelet, the program", "version": about["commit"],
               "license": {"@id": "project/LICENSE"}, "programmingLanguage": f"Python {about['environment']['python']}"}  # fmt: skip
    synthetic = "SYNTHETIC DATA. " if about["data"] == "synthetic" else ""
    raw = {
        "@id": "project/data/synthetic/",
        "@type": "Dataset",
        "name": "SYNTHETIC DATA: raw files of every wave, made by the program; nobody answered them",
    }
    told = f"Documents, results, number ledger, manifest and program of a wave: {panel.title['en']}. No microdata."
    name = f"{panel.running['en']} {wave}"
    root = {"@id": "./", "@type": "Dataset", "name": name, "description": synthetic + told, "datePublished": about["created"][:10],
            "license": {"@id": "project/LICENSE"}, "hasPart": [{"@id": part["@id"]} for part in [*parts, program, raw]]}  # fmt: skip
    described = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    licence = {"@id": "project/LICENSE", "@type": "CreativeWork", "name": "MIT License"}
    return {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [described, root, program, raw, licence, *parts],
    }
