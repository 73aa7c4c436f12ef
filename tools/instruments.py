"""A wave file with few instruments, for tests and tables that need no more."""

from collections.abc import Collection
from pathlib import Path


def keep(wave_file: Path, kept: Collection[str]) -> None:
    """Leaves the instruments that are `kept`, and all other lines as they stand."""
    lines, inside = [], False
    for line in wave_file.read_text(encoding="utf-8").splitlines(keepends=True):
        inside = line.startswith("instruments:") or (inside and line.startswith(" "))
        if not inside or not line.startswith("  ") or line.strip().split(":")[0] in kept:
            lines.append(line)
    wave_file.write_text("".join(lines), encoding="utf-8")
