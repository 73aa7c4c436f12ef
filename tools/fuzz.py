"""`make fuzz`: coverage-guided fuzzing (atheris) of everything that reads a file, SECONDS for each reader.

Whatever the bytes, a reader gives what it should or raises a LegepaneletError: any other exception, a crash or a hang stops the fuzzer, which
leaves the input in `.build/fuzz/`. Such an input becomes a damage in `tests/damage.py` when it is mended.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["analysis", "yaml", "csv"]):
    from analysis.codebook import load, population
    from analysis.errors import LegepaneletError
    from analysis.intake import reading as intake
    from analysis.intake import sample
    from analysis.yamlfile import read_yaml
from analysis.settings import ROOT, settings

WORK = ROOT / ".build" / "fuzz"
WAVE = 2026
LARGEST = 4096  # bytes of an input
SLOWEST = 20  # seconds that one input may take


def answers(path: Path) -> None:
    """A file of answers, through coding."""
    intake.read(BOOK, WAVE, path, INVITED)


def invited(path: Path) -> None:
    sample.read(BOOK, path, WAVE)


def yaml(path: Path) -> None:
    read_yaml(path)


TARGETS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "csv": ("2026/answers.csv", answers), "xlsx": ("2026/answers.xlsx", answers), "sav": ("1994/answers.sav", answers),
    "sample": ("2026/sample.csv", invited), "population": ("2026/population.csv", lambda path: population.read(path)), "yaml": ("wave.yml", yaml),
}  # fmt: skip
BOOK = load(settings().codebook)
INVITED = WORK / "invited" / "sample.csv"


def seeds(name: str, folder: Path) -> None:
    """Small files of the right kind to start from."""
    folder.mkdir(parents=True, exist_ok=True)
    source = settings().synthetic / TARGETS[name][0]
    if name == "yaml":
        for path in [settings().codebook / "waves" / "1994.yml", settings().codebook / "response_sets.yml"]:
            (folder / path.name).write_bytes(path.read_bytes()[:LARGEST])
    elif name == "xlsx":
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        page = book.create_sheet()
        for row in (["doctor", "jss_01"], ["D00005", 5], ["D00006", "x"]):
            page.append(row)
        book.save(folder / "small.xlsx")
    elif name == "sav":
        import pandas as pd
        import pyreadstat

        frame = pd.DataFrame({"doctor": ["D00005", "D00006"], "jss_01": [5.0, 2.0]})
        pyreadstat.write_sav(frame, str(folder / "small.sav"), variable_value_labels={"jss_01": {5.0: "a", 2.0: "b"}})
    else:
        (folder / "head.csv").write_bytes(source.read_bytes()[: LARGEST // 2].rpartition(b"\n")[0] + b"\n")


def fuzz(name: str, seconds: int) -> None:
    """Runs one reader on ever new bytes for `seconds`; does not return."""
    suffix, read = TARGETS[name]
    path = WORK / name / Path(suffix).parent / Path(suffix).name
    path.parent.mkdir(parents=True, exist_ok=True)
    INVITED.parent.mkdir(parents=True, exist_ok=True)
    INVITED.write_bytes(
        b"\n".join((settings().synthetic / "2026" / "sample.csv").read_bytes().split(b"\n")[:6]) + b"\n"
    )
    seeds(name, WORK / "seeds" / name)

    def once(data: bytes) -> None:
        path.write_bytes(data)
        with suppress(LegepaneletError):
            read(path)

    options = [f"-max_total_time={seconds}", f"-max_len={LARGEST}", f"-timeout={SLOWEST}", "-print_final_stats=1", "-rss_limit_mb=4096",
               f"-artifact_prefix={WORK / name}-"]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(WORK / "seeds" / name)], once)
    atheris.Fuzz()


def main(seconds: int, names: list[str]) -> int:
    """Every reader in a process of its own; 1 if one of them failed."""
    failed = []
    for name in names or TARGETS:
        done = subprocess.run(
            [sys.executable, "-m", "tools.fuzz", str(seconds), name, "one"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        runs = [line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line]
        print(
            f"{name}: {runs[0] if runs else 'no'} inputs in {seconds} s; {'nothing found' if not done.returncode else 'FAILED'}",
            flush=True,
        )
        if done.returncode:
            failed.append(name)
            print("\n".join((done.stdout + done.stderr).splitlines()[-40:]))
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[3:] == ["one"]:
        fuzz(sys.argv[2], int(sys.argv[1]))
    sys.exit(main(int(os.environ.get("SECONDS") or 60), sys.argv[1:]))
