"""What has been published from the panel, `data/codebook/published.yml`: figures to be like, and to run again."""

from pathlib import Path
from typing import Literal

from analysis.codebook.model import Part
from analysis.yamlfile import parse, read_yaml


class Figure(Part):
    """A published figure in natural units (shares as proportions); the file's head tells what the words mean."""

    id: str
    indicator: str
    category: int | None = None
    wave: int
    group: dict[Literal["position", "sex"], str]
    statistic: Literal["mean", "share", "model_mean", "model_share", "equal_weight_mean", "count", "rate"]
    value: float | None
    lower: float | None = None
    upper: float | None = None
    source: str
    status: Literal["target", "conflict", "context"]
    reason: str = ""


def figures(folder: Path) -> list[dict]:
    """The figures as they are written. Raises CODEBOOK_FIELD with the line of every key that is not known."""
    path = folder / "published.yml"
    parse(path, list[Figure], "CODEBOOK_FIELD", "The fields are described at the head of the file.")
    return read_yaml(path)
