"""What lies where: the files of waves, results and documents, and those that a wave's results hang on."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis.documents import Edition
from analysis.errors import LegepaneletError
from analysis.intake.source import Source
from analysis.pipeline.state import digest
from analysis.settings import settings
from analysis.yamlfile import line_of, read_yaml

SUFFIX = {"jats": "xml"}  # of a format's file, where it is not the format's name
APPENDIX = "appendix"  # checklists and specifications of a wave's articles
YEAR = re.compile(r"[0-9]{4}")  # of a wave's file or folder
PANEL = ("doctors", "reasons", "margins", "population")


@dataclass(frozen=True)
class Run:
    """One call of the command: where raw data come from, and of which kind."""

    source: Source

    @property
    def waves(self) -> list[int]:
        return sorted(self.source.files)


def wave_file(wave: int) -> Path:
    return settings().codebook / "waves" / f"{wave}.yml"


@cache
def known_waves() -> tuple[int, ...]:
    """The waves of the codebook, by the names of their files."""
    return tuple(sorted(int(p.stem) for p in (settings().codebook / "waves").glob("*.yml") if YEAR.fullmatch(p.stem)))


@cache
def _yaml(path: Path, hashed: str) -> dict:
    """A YAML file's keys, read again when it has changed; {} if it is no mapping: who needs it says so."""
    found = read_yaml(path)
    return found if isinstance(found, dict) else {}


def yaml_of(path: Path) -> dict:
    return _yaml(path, digest(path))


def codebook_part(wave: int) -> list[Path]:
    """The codebook's files that a wave's results hang on: its own instruments, its and all earlier waves' files, and what all waves share."""
    folder = settings().codebook
    asked = yaml_of(wave_file(wave)).get("instruments") or {}
    instruments = [folder / "instruments" / f"{name}.yml" for name in sorted(asked)]
    shared = [folder / name for name in ("panel.yml", "groupings.yml", "response_sets.yml")]
    return [*shared, *(wave_file(w) for w in known_waves() if w <= wave), *(p for p in instruments if p.is_file())]


def population_files() -> list[Path]:
    return sorted(settings().population.glob("*.csv"))


def export_of(wave: int) -> str:
    """The suffix of a wave's export. Raises CODEBOOK_FIELD."""
    found = yaml_of(wave_file(wave)).get("export")
    if found not in ("sav", "csv", "xlsx"):
        told = f"{wave}.yml line {line_of(wave_file(wave), ['export'])}: export: found '{found}'"
        raise LegepaneletError("CODEBOOK_FIELD", told, "Expected sav, csv or xlsx.")
    return found


def raw_hash(run: Run, wave: int) -> str:
    """The SHA-256 of the SHA-256s of a wave's raw files."""
    return hashlib.sha256(b"".join(bytes.fromhex(digest(path)) for path in run.source.files[wave] if path)).hexdigest()


def fingerprint(run: Run, wave: int) -> str:
    """Which raw files a release was made from."""
    return raw_hash(run, wave)[:16]


def kind_file() -> Path:
    """Says of which kind the data are that the outputs were made from."""
    return settings().derived / "kind.txt"


def derived(wave: int | str) -> Path:
    return settings().derived / str(wave)


def panel_files(wave: int) -> list[Path]:
    return [derived(wave) / f"panel_{part}.parquet" for part in PANEL]


def plan_files(wave: int) -> list[Path]:
    """The analysis plans of the articles of a wave. Raises PLAN_FIELD for a plan that is of no wave."""
    found = {p: yaml_of(p).get("wave") for p in sorted(settings().reports.glob("*.plan.yml"))}
    if lost := [p.name for p, year in found.items() if not YEAR.fullmatch(str(year))]:
        raise LegepaneletError("PLAN_FIELD", f"{lost[0]}: wave: found '{found[settings().reports / lost[0]]}'", "Expected a year, as 2026.")
    return [p for p, year in found.items() if int(year) == wave]


def plans_of(wave: int) -> list:
    """The plans themselves. Raises PLAN_FIELD."""
    from analysis.codebook import load, plan

    return plan.plans_of_wave(settings().reports, load(settings().codebook), wave)


def results_file(wave: int) -> Path:
    return settings().output / str(wave) / "results.csv"


def estimates_file(wave: int) -> Path:
    """All of a wave's results to the last digit: with the confidential data."""
    return derived(wave) / "estimates.csv"


def hidden_files(wave: int) -> list[Path]:
    """Why each row of a wave is hidden, the levels that a later wave's change may not give back, and what the auditor found."""
    return [derived(wave) / name for name in ("hidden.parquet", "hidden_levels.parquet", "attacked.parquet")]


def attacked_file(wave: int) -> Path:
    """What the auditor found of a wave."""
    return hidden_files(wave)[2]


def document_files(document: str, wave: int, lang: str, formats: list[str], edition: Edition) -> dict[str, Path]:
    """Format -> the file it is written to."""
    stem = settings().output / str(wave) / f"{document}{edition.suffix}.{lang}"
    return {name: stem.with_name(f"{stem.name}.{SUFFIX.get(name, name)}") for name in formats}


def articles(wave: int) -> list[str]:
    """The articles that have a plan for the wave."""
    return [p.name.removesuffix(".plan.yml") for p in plan_files(wave)]


def languages(document: str) -> list[str]:
    return [p.stem.rsplit(".", 1)[1] for p in sorted(settings().reports.glob(f"{document}.*.qmd"))]
