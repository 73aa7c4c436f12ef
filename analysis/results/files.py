"""Results tables as files: `estimates.csv`, to the last digit, and `results.csv`, as anybody may see them."""

from pathlib import Path

import pandas as pd

from analysis.results.schema import NUMBERS, TEXT, WHOLE


def write(results: pd.DataFrame, path: Path, synthetic: bool = False) -> None:
    """UTF-8, `.` decimals, every digit that a figure has. Synthetic results say so in every row, in a last column `data`."""
    table = results.assign(data="SYNTHETIC DATA") if synthetic else results
    part = path.with_name(f"{path.name}.part")
    table.to_csv(part, index=False, lineterminator="\n", encoding="utf-8")
    part.replace(path)


def read(path: Path) -> pd.DataFrame:
    """A results table again, its figures as they were."""
    table = pd.read_csv(path, dtype={c: str for c in TEXT} | {c: "Int64" for c in WHOLE}, keep_default_na=False,
                        na_values={c: [""] for c in (*WHOLE, *NUMBERS)})  # fmt: skip
    return table.drop(columns="data", errors="ignore")
