"""The manifest of a wave's outputs: what went in, what ran, what came out (after the ideas of outpack). Its schema stands beside it."""

import hashlib
import json
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path

from analysis.documents.ledger import lines
from analysis.errors import LegepaneletError
from analysis.settings import ROOT, settings

NAME, LEDGER, RESULTS = "manifest.json", "numbers.json", "results.csv"
FULL = "estimates.csv"  # all results to the last digit, beside the confidential data
SCHEMA = Path(__file__).with_name("manifest.schema.json")
INPUTS = ("raw", "codebook", "population", "plans", "documents", "code")


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digests(paths: Iterable[Path], folder: Path) -> dict[str, str]:
    """Path relative to `folder` -> SHA-256, sorted."""
    return {path.relative_to(folder).as_posix(): digest(path) for path in sorted(paths) if path.is_file()}


def build(wave: int, raw: dict[int, tuple], kind: str, renderer: str, command: str) -> dict:
    """The manifest of what lies in the wave's output folder now; `raw` is wave -> its raw files (or None)."""
    folders = settings()
    folder, texts = folders.output / str(wave), folders.reports
    plans = [p for p in texts.glob("*.plan.yml") if f"\nwave: {wave}\n" in p.read_text(encoding="utf-8")]
    sources = [p for p in texts.rglob("*") if p not in plans and "figures" not in p.parts]
    code = [p for p in (ROOT / "analysis").rglob("*") if p.suffix in (".py", ".yml", ".json", ".R")]
    found = {
        "version": 1, "wave": wave, "data": kind, "created": datetime.now(UTC).isoformat(timespec="seconds"), "command": command,
        "raw": {f"{w}/{p.name}": digest(p) for w in sorted(raw) if w <= wave for p in raw[w] if p},
        "codebook": digests(folders.codebook.rglob("*.yml"), ROOT), "population": digests(folders.population.glob("*.csv"), ROOT),
        "plans": digests(plans, ROOT), "documents": digests([*sources, ROOT / "_quarto.yml"], ROOT), "code": digests(code, ROOT),
        "lock": digest(ROOT / "requirements.lock"), "environment": environment(renderer),
        "outputs": digests((p for p in folder.rglob("*") if p.name != NAME), folder) | {FULL: digest(folders.derived / str(wave) / FULL)},
    }  # fmt: skip
    check(found)
    return found


def environment(renderer: str) -> dict:
    """Python, platform, packages, seed and renderer of this run."""
    from analysis.documents.render import pandoc_version

    told = [d.metadata for d in distributions()]  # each asks for it anew, and reads the file
    packages = {about["Name"].lower(): about["Version"] for about in told if about["Name"]}
    engines = f"pandoc {pandoc_version()}, typst {packages['typst']}"
    return {"python": platform.python_version(), "platform": f"{platform.system()} {platform.machine()}",
            "packages": dict(sorted(packages.items())), "seed": settings().seed, "renderer": f"{renderer} ({engines})"}  # fmt: skip


def check(found: dict) -> None:
    """Raises MANIFEST_INVALID if a manifest does not follow its schema."""
    from jsonschema import Draft202012Validator

    faults = list(Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).iter_errors(found))
    if faults:
        where = "/".join(map(str, faults[0].absolute_path)) or "the manifest"
        raise LegepaneletError("MANIFEST_INVALID", f"{where}: {faults[0].message}", f"See {SCHEMA.relative_to(ROOT)}.")


def read(folder: Path) -> dict:
    """The manifest of a folder. Raises MANIFEST_MISSING, MANIFEST_INVALID."""
    try:
        found = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        told = f"there is no {NAME} in {folder.name}/"
        raise LegepaneletError("MANIFEST_MISSING", told, "Run `make report` or `make publish` first.") from None
    except ValueError as error:
        raise LegepaneletError("MANIFEST_INVALID", f"{folder.name}/{NAME} is not JSON: {error}") from None
    check(found)
    return found


def write(found: dict, folder: Path) -> None:
    """Writes a manifest, whole or not at all."""
    part = folder / f"{NAME}.part"
    part.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    part.replace(folder / NAME)


def together(ledgers: list[dict]) -> str:
    """The ledgers of a wave's documents as one JSON text."""
    return "[\n" + ",\n".join(map(lines, ledgers)) + "\n]\n"


def record(wave: int, raw: dict[int, tuple], kind: str, renderer: str, command: str) -> None:
    """Gathers the ledgers of the wave's documents into numbers.json, and writes the manifest."""
    folder = settings().output / str(wave)
    ledgers = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob(f"*.{LEDGER}"))]
    part = folder / f"{LEDGER}.part"
    part.write_text(together(ledgers), encoding="utf-8")
    part.replace(folder / LEDGER)
    write(build(wave, raw, kind, renderer, command), folder)
