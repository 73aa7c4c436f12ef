"""Settings of the project: `[tool.legepanelet]` in `pyproject.toml`, and the folders that follow from it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MARKS = ("_quarto.yml", "data/codebook")  # what the project's folder is known by


def _root() -> Path:
    """The project's folder: from the working directory upwards, as a kernel starts in `reports/`; else where this file lies."""
    here = Path.cwd()
    places = (here, *here.parents, Path(__file__).resolve().parent.parent)
    return next((p for p in places if all((p / mark).exists() for mark in MARKS)), places[-1])


ROOT = _root()
RARELY = 200_000, 100, 100  # how often Python looks for waste where records are made by the hundred thousand, and few thrown away
TEMPORARY = "legepanelet-"  # how a temporary folder begins that holds answers for a while; `make forget` removes what a killed run left


@dataclass(frozen=True)
class Settings:
    """Folders (absolute) and thresholds; one field per key of `[tool.legepanelet]`."""

    codebook: Path
    population: Path
    raw: Path
    synthetic: Path
    derived: Path
    output: Path
    reports: Path
    look: Path
    published: Path
    seed: int
    workers: int
    languages: tuple[str, ...]


@cache
def settings() -> Settings:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["legepanelet"]
    folders = {key: ROOT / value for key, value in table["folders"].items()}
    return Settings(**folders, seed=table["seed"], workers=table["workers"], languages=tuple(table["languages"]))
