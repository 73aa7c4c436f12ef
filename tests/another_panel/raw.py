"""The nurses' raw files: three waves of the same four hundred, as a spreadsheet program saves them; no licence year, no register position."""

import csv
from pathlib import Path

import numpy as np

WAVES = (2015, 2018, 2022)
MEMBERS = 400
HEAD = ["doctor", "cohort", "sex", "birth_year", "region", "disposition"]


def write(folder: Path, seed: int = 7) -> Path:
    """Writes `folder`/<wave>/answers.csv and sample.csv. The answers hold semicolons and decimal commas."""
    rng = np.random.default_rng(seed)
    who = [
        [f"S{n:04}", 2015, "male" if rng.random() < 0.2 else "female", int(rng.integers(1962, 1993)), "north" if rng.random() < 0.4 else "south"]
        for n in range(MEMBERS)
    ]
    place, hours = rng.integers(1, 5, MEMBERS), rng.normal(8.5, 1.5, MEMBERS)
    for wave in WAVES:
        (folder / str(wave)).mkdir(parents=True)
        _write(folder / str(wave) / "sample.csv", [HEAD, *([*person, "invited"] for person in who)], ",")
        answered = np.flatnonzero(rng.random(MEMBERS) < 0.8)
        rows = [[who[i][0], place[i], _decimal(hours[i] + rng.normal(0, 1)), rng.integers(1, 5), 1 + (rng.random() < 0.3),
                 *(int(rng.random() < share) for share in (0.5, 0.4, 0.3))] for i in answered]  # fmt: skip
        columns = ["doctor", "position", "shift_hours", "rested", "stays", "draws_1", "draws_2", "draws_3"]
        _write(folder / str(wave) / "answers.csv", [columns, *rows], ";")
    return folder


def _decimal(value: float) -> str:
    return f"{max(value, 1):.1f}".replace(".", ",")


def _write(path: Path, rows: list[list], delimiter: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)
