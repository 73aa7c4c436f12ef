"""What lies where, and what a task's result hangs on: the files of stages, waves and documents, and their fingerprints."""

import hashlib
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis.documents import Edition
from analysis.errors import LegepaneletError
from analysis.intake.source import Source
from analysis.settings import ROOT, settings

SUFFIX = {"jats": "xml"}  # of a format's file, where it is not the format's name
APPENDIX = "appendix"  # checklists and specifications of a wave's articles
COMMON = ("__init__.py", "errors.py", "settings.py", "pipeline/files.py", "pipeline/tasks.py")
PANEL = ("doctors", "reasons", "margins", "population")


@dataclass(frozen=True)
class Run:
    """One call of the command: where raw data come from, and of which kind."""

    source: Source

    @property
    def waves(self) -> list[int]:
        return sorted(self.source.files)


def code(*stages: str) -> list[Path]:
    """The files whose change makes a task run again: its stages' code, the settings, the lock file."""
    folder = ROOT / "analysis"
    files = [folder / name for name in COMMON] + [p for stage in stages for p in sorted((folder / stage).rglob("*.py"))]
    return [*files, ROOT / "requirements.lock", ROOT / "pyproject.toml"]


def codebook_files() -> list[Path]:
    folders = settings()
    return [*sorted(folders.codebook.rglob("*.yml")), *sorted(folders.population.glob("*.csv"))]


def fingerprint(files: list[Path]) -> str:
    """One hash of many small files (names and contents), so that pytask has one thing to compare, not hundreds."""
    total = hashlib.sha256(sys.version.encode())
    for path in files:
        total.update(os.path.relpath(path, ROOT).encode() + b"\0" + digest(path))
    return total.hexdigest()


@cache
def digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def known_waves() -> list[int]:
    """The waves of the codebook, by the names of their files."""
    return sorted(int(p.stem) for p in (settings().codebook / "waves").glob("*.yml") if p.stem.isdigit())


def export_of(wave: int) -> str:
    """The suffix of a wave's export, without reading the whole codebook."""
    text = (settings().codebook / "waves" / f"{wave}.yml").read_text(encoding="utf-8")
    found = [line.split(":", 1)[1].split("#")[0].strip() for line in text.splitlines() if line.startswith("export:")]
    if not found or found[0] not in ("sav", "csv", "xlsx"):
        raise LegepaneletError("CODEBOOK_FIELD", f"waves/{wave}.yml: export: expected sav, csv or xlsx")
    return found[0]


def raw_hash(run: Run, wave: int) -> str:
    """The SHA-256 of the SHA-256s of a wave's raw files."""
    return hashlib.sha256(b"".join(digest(path) for path in run.source.files[wave] if path)).hexdigest()


def derived(wave: int) -> Path:
    return settings().derived / str(wave)


def panel_files(wave: int) -> list[Path]:
    return [derived(wave) / f"panel_{part}.parquet" for part in PANEL]


def plan_files(wave: int) -> list[Path]:
    """The analysis plans of the articles of a wave, found without reading the codebook."""
    return [
        p for p in sorted(settings().reports.glob("*.plan.yml")) if f"\nwave: {wave}\n" in p.read_text(encoding="utf-8")
    ]


def plans_of(wave: int) -> list:
    """The plans themselves. Raises PLAN_FIELD."""
    from analysis.codebook import load, plan

    return [p for p in plan.read(settings().reports, load(settings().codebook)).values() if p.wave == wave]


def results_file(wave: int) -> Path:
    return settings().output / str(wave) / "results.csv"


def hidden_files(wave: int) -> list[Path]:
    """Why each row of a wave is hidden, and the levels that a later wave's change may not give back."""
    return [derived(wave) / "hidden.parquet", derived(wave) / "hidden_levels.parquet"]


def document_files(document: str, wave: int, lang: str, formats: list[str], edition: Edition) -> dict[str, Path]:
    """Format -> the file it is written to."""
    stem = settings().output / str(wave) / f"{document}{edition.suffix}.{lang}"
    return {name: stem.with_name(f"{stem.name}.{SUFFIX.get(name, name)}") for name in formats}


def articles(wave: int) -> list[str]:
    """The articles that have a plan for the wave."""
    return [p.name.removesuffix(".plan.yml") for p in plan_files(wave)]


def languages(document: str) -> list[str]:
    return [p.stem.rsplit(".", 1)[1] for p in sorted(settings().reports.glob(f"{document}.*.qmd"))]
