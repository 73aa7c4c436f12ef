"""Writes the synthetic panel as the survey tools would: SPSS `.sav`, Nettskjema's `.csv`, `.xlsx`, and `sample.csv`."""

import io
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat

from analysis.codebook import Codebook, Question
from analysis.errors import LegepaneletError
from analysis.synthetic import assumptions, fieldwork, population
from analysis.synthetic.answers import Traits, answer

SAMPLE_COLUMNS = ["doctor", "cohort", "licence_year", "sex", "birth_year", "register_position", "specialty", "region",
                  "disposition"]  # fmt: skip


def draw(waves: Sequence[int], drawn: tuple[Path, Path], seed: int) -> None:
    """Writes what the waves share: the population, and who is invited to each wave and answers."""
    doctors = population.simulate(seed, max(waves))
    samples = fieldwork.samples(waves, doctors, seed)
    doctors.to_parquet(drawn[0])
    pd.concat([sample.assign(wave=wave) for wave, sample in samples.items()]).to_parquet(drawn[1])


def write(book: Codebook, wave: int, drawn: tuple[Path, Path], folder: Path, seed: int) -> None:
    """Writes `<wave>/answers.*`, `<wave>/sample.csv` and `<wave>/population.csv` of what `draw` left in `drawn`.

    The same seed gives the same bytes. `sample.csv` has a column `synthetic` (1), by which a folder is known. The wave's folder is replaced
    when all is written. Raises ASSUMPTION_MISSING.
    """
    _check_assumptions(book, wave)
    doctors, samples = (pd.read_parquet(path) for path in drawn)
    sample = samples[samples["wave"] == wave].drop(columns="wave").reset_index(drop=True)
    stage = folder / f".{wave}.part"  # within the folder, which git ignores
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    try:
        _write(book, wave, doctors, sample, stage, seed)
        shutil.rmtree(folder / str(wave), ignore_errors=True)
        stage.replace(folder / str(wave))
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if not any(folder.iterdir()):
            folder.rmdir()


def _check_assumptions(book: Codebook, wave: int) -> None:
    """Raises ASSUMPTION_MISSING with every question that the wave is the first to ask and that nothing is assumed about."""
    before = {q for earlier in book.waves if earlier < wave for q in book.questions(earlier)} | {"position"}
    asked = {q.id: name for name, questions in book.asked(wave).items() for q in questions if q.id not in before}
    lacking = [f"{name}.yml has nothing on '{q}'" for q, name in asked.items() if q not in assumptions.questions()]
    if lacking:
        hint = "Give each a line in analysis/synthetic/assumptions (README, \"Adding a wave\"); without it `make data` cannot answer it."
        raise LegepaneletError("ASSUMPTION_MISSING", "\n".join(f"assumptions/{line}" for line in lacking), hint)


def _write(book: Codebook, wave: int, doctors: pd.DataFrame, sample: pd.DataFrame, folder: Path, seed: int) -> None:
    numbers = _serial_numbers(doctors, seed)
    population_counts(book, doctors, wave).to_csv(folder / "population.csv", index=False, lineterminator="\n")
    _sample_file(sample, numbers).to_csv(folder / "sample.csv", index=False, lineterminator="\n")
    answers = answer(book, wave, sample, Traits(seed, len(doctors)))
    answers.insert(0, "doctor", _doctor_numbers(numbers[answers.pop("row")]))
    _WRITERS[book.waves[wave].export](book, wave, answers, folder)


def _serial_numbers(doctors: pd.DataFrame, seed: int) -> np.ndarray:
    """Serial numbers that say nothing of their doctor, but that later years' doctors have higher ones."""
    parts = population.streams(doctors, [seed, 6])
    serial = [rows.start + np.random.default_rng(key).permutation(rows.stop - rows.start) + 1 for rows, key in parts]
    return np.concatenate(serial)


def _doctor_numbers(serial: np.ndarray) -> np.ndarray:
    return np.array([f"D{number:05d}" for number in serial.tolist()])


def population_counts(book: Codebook, doctors: pd.DataFrame, wave: int) -> pd.DataFrame:
    """The population's margins in the form of `data/population/margins.csv`. The register of 1994 gives sex alone."""
    here = doctors[population.working(doctors, wave)]
    age = population.age_group(wave - here["birth_year"].to_numpy())
    levels = {
        "sex": here["sex"].to_numpy(),
        "sex_age": (here["sex"] + ":").to_numpy() + age,
        "register_position": population.register_position(here, wave),
    }
    strata = {
        name: int(here["licence_year"].between(s.licence_from, s.licence_to).sum())
        for name, s in book.panel.strata.items()
    }
    levels["stratum"] = np.repeat(list(strata), list(strata.values()))
    if wave == 1994:
        levels = {name: levels[name] for name in ("sex", "stratum")}
    rows = [
        {"wave": wave, "variable": variable, "level": level, "count": int(count)}
        for variable, values in levels.items()
        for level, count in sorted(zip(*np.unique(values.astype(str), return_counts=True), strict=True))
    ]
    return pd.DataFrame(rows).assign(kind="synthetic", source="counted in the synthetic population")


def _sample_file(sample: pd.DataFrame, numbers: np.ndarray) -> pd.DataFrame:
    return sample.assign(doctor=_doctor_numbers(numbers[sample["row"]]))[SAMPLE_COLUMNS].assign(synthetic=1).sort_values("doctor")


def _write_csv(book: Codebook, wave: int, answers: pd.DataFrame, folder: Path) -> None:
    table = _nettskjema(book, wave, answers)
    table.to_csv(folder / "answers.csv", index=False, lineterminator="\n", encoding="utf-8")


def _nettskjema(book: Codebook, wave: int, answers: pd.DataFrame) -> pd.DataFrame:
    """One column a question; ticked options joined by ";"; names or whole questions in the first line."""
    names = {question: column for column, question in book.waves[wave].columns.items()}
    whole = book.waves[wave].header == "questions"
    n = len(answers)
    start = np.datetime64(book.waves[wave].field.start)
    spread = (book.waves[wave].field.end - book.waves[wave].field.start).days
    days = np.random.default_rng([wave, n]).integers(0, max(spread, 1), n)
    columns = {
        "$submission_id": [str(30_000_000 + 17 * i) for i in range(n)],
        "$created": [f"{start + np.timedelta64(int(day), 'D')}T12:00:00" for day in days],
        "doctor": answers["doctor"],
    }
    for question in book.questions(wave).values():
        header = question.text.nb if whole else names.get(question.id, question.id)
        columns[header] = _cell_texts(book, question, answers)
    return pd.DataFrame(columns)


def _cell_texts(book: Codebook, question: Question, answers: pd.DataFrame) -> list[str]:
    if question.type != "multiple":
        return ["" if v != v else f"{v:g}" for v in answers[question.id].tolist()]  # v != v: not a number
    codes = sorted(book.responses(question).categories)
    ticks = answers[[f"{question.id}_{code}" for code in codes]].to_numpy().tolist()
    return [";".join(str(code) for code, tick in zip(codes, row, strict=True) if tick == 1) for row in ticks]


def _write_xlsx(book: Codebook, wave: int, answers: pd.DataFrame, folder: Path) -> None:
    table = _nettskjema(book, wave, answers)
    book_, multiple = openpyxl.Workbook(write_only=True), {q.id for q in book.questions(wave).values() if q.type == "multiple"}
    sheet = book_.create_sheet("Svar")
    sheet.append(list(table))
    text = {"$submission_id", "$created", "doctor"} | multiple
    for row in table.itertuples(index=False):
        sheet.append([v if c in text else (float(v) if v else None) for c, v in zip(table, row, strict=True)])
    made = pd.Timestamp(book.waves[wave].field.end).to_pydatetime()
    book_.properties.created = book_.properties.modified = made
    buffer = io.BytesIO()
    book_.save(buffer)
    with zipfile.ZipFile(buffer) as raw, zipfile.ZipFile(folder / "answers.xlsx", "w", zipfile.ZIP_DEFLATED) as target:
        for item in raw.infolist():  # openpyxl stamps the clock on every part: write them again with one fixed time
            content = raw.read(item)
            if item.filename == "docProps/core.xml":
                content = _fixed_modified(content, made)
            target.writestr(zipfile.ZipInfo(item.filename, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _fixed_modified(core: bytes, made) -> bytes:
    head, rest = core.split(b"<dcterms:modified", 1)
    opening, tail = rest.split(b">", 1)
    return (
        head
        + b"<dcterms:modified"
        + opening
        + b">"
        + made.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        + tail[tail.index(b"<") :]
    )


def _write_sav(book: Codebook, wave: int, answers: pd.DataFrame, folder: Path) -> None:
    """One column an option; value labels; the codes that are no answer declared user-missing."""
    names = {question: column for column, question in book.waves[wave].columns.items()}
    data, labels, values, missing = {"doctor": answers["doctor"]}, {"doctor": "Legens løpenummer"}, {}, {}
    for question in book.questions(wave).values():
        name, responses = names.get(question.id, question.id), book.responses(question)
        if question.type == "multiple":
            for code, label in responses.categories.items():
                data[f"{name}_{code}"] = answers[f"{question.id}_{code}"]
                labels[f"{name}_{code}"] = f"{question.short.nb}: {label.nb}"
                values[f"{name}_{code}"] = {0: "Ikke valgt", 1: "Valgt"}
            continue
        data[name], labels[name] = answers[question.id], question.text.nb
        codes = question.missing if responses is None else responses.missing
        if codes:
            missing[name] = [{"lo": code, "hi": code} for code in codes]
        shown = {} if responses is None else {code: label.nb for code, label in responses.categories.items()}
        values[name] = shown | {code: book.panel.missing_reasons[reason].nb for code, reason in codes.items()}
    path = folder / "answers.sav"
    pyreadstat.write_sav(pd.DataFrame(data), str(path), column_labels=labels, missing_ranges=missing,
                         variable_value_labels={k: v for k, v in values.items() if v})  # fmt: skip
    raw = bytearray(path.read_bytes())
    raw[92:109] = b"01 Jan 0012:00:00"  # the header's date and time of writing
    path.write_bytes(raw)


_WRITERS = {"csv": _write_csv, "xlsx": _write_xlsx, "sav": _write_sav}
