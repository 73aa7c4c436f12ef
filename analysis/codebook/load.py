"""Reads `data/codebook/*.yml` and refuses what does not hold together, naming file and field."""

from functools import lru_cache
from pathlib import Path

from analysis.codebook.indicators import of_instrument
from analysis.codebook.model import BREAKING, MARKING, Codebook, Grouping, Instrument, Panel, Part, ResponseSet, Wave
from analysis.errors import LegepaneletError
from analysis.yamlfile import LARGEST, nearest, parse

MADE = {"sex": None, "age_group": "ages", "position": "codes"}  # groupings that every panel has, and what says who is in a level
OF_SAMPLE = ("register_position", "specialty", "region", "licence_period")  # what else the sample file knows a doctor by
HINT = "The fields are described in analysis/codebook/model.py."


def _parse(path: Path, model):
    return parse(path, model, "CODEBOOK_FIELD", HINT)


def load(folder: Path) -> Codebook:
    """The whole codebook. Raises LegepaneletError (CODEBOOK_...) with every cross-reference that leads nowhere."""
    return _checked(folder, tuple(_content(path) for path in sorted(folder.rglob("*")) if path.is_file()))


def _content(path: Path) -> tuple[Path, bytes]:
    """What the codebook says depends on the text of its files, and of others (a logo, an editor's) on whether they are there."""
    read = path.suffix == ".yml" and path.stat().st_size <= LARGEST
    return path, path.read_bytes() if read else b""


@lru_cache(maxsize=8)
def _checked(folder: Path, contents: tuple[tuple[Path, bytes], ...]) -> Codebook:
    """A run asks for the codebook once a task: what has the same `contents` is checked once, as no model can be changed."""
    instruments = {p.stem: _parse(p, Instrument) for p in sorted((folder / "instruments").glob("*.yml"))}
    waves = {p.stem: _parse(p, Wave) for p in sorted((folder / "waves").glob("*.yml"))}
    book = Codebook(
        panel=_parse(folder / "panel.yml", Panel),
        groupings=_parse(folder / "groupings.yml", dict[str, Grouping]),
        response_sets=_parse(folder / "response_sets.yml", dict[str, ResponseSet]),
        instruments=instruments,
        waves={wave.wave: wave for wave in sorted(waves.values(), key=lambda w: w.wave)},
    )
    faults = [
        f"instruments/{name}.yml: id: is '{i.id}', not the file's name"
        for name, i in instruments.items()
        if i.id != name
    ]
    faults += [
        f"waves/{name}.yml: wave: is {w.wave}, not the file's name" for name, w in waves.items() if str(w.wave) != name
    ]
    for instrument in instruments.values():
        faults += _instrument_faults(instrument, book)
    for wave in waves.values():
        faults += _wave_faults(wave, book)
    faults += _repeated_ids(book)
    faults += _words_lacking(book.panel)
    faults += _panel_faults(book, folder)
    faults += _grouping_faults(book)
    faults += [] if faults else _report_faults(book)
    if faults:
        raise LegepaneletError("CODEBOOK_REFERENCE", "\n".join(faults), "Mend the named field, or add what it names.")
    return book


def _grouping_faults(book: Codebook) -> list[str]:
    """Groupings that the panel has no column of, or whose levels do not say who is in them."""
    faults = [f"groupings.yml: '{name}' is missing" for name in MADE if name not in book.groupings]
    drawn = [name for name, grouping in book.groupings.items() if grouping.lines]
    faults += [f"groupings.yml: {name}.lines: {drawn[0]} has lines already; one grouping may" for name in drawn[1:]]
    for name, grouping in book.groupings.items():
        if name not in (*MADE, *OF_SAMPLE):
            faults.append(f"groupings.yml: nothing of a member is called '{name}'{nearest(name, (*MADE, *OF_SAMPLE))}")
        by = MADE.get(name)
        faults += [f"groupings.yml: {name}.levels.{level}: has no {by}" for level, part in grouping.levels.items() if by and not getattr(part, by)]
    return faults


def _report_faults(book: Codebook) -> list[str]:
    """What the report names and the codebook lacks."""
    known = {i.id for instrument in book.instruments.values() for i in of_instrument(book, instrument)}
    named = {name for field in ("key", "trends", "detailed") for name in getattr(book.panel.report, field)}
    faults = [f"panel.yml: report: there is no indicator '{name}'{nearest(name, known)}" for name in sorted(named - known)]
    return faults + [
        f"panel.yml: report.detailed_by: there is no grouping '{name}'{nearest(name, book.groupings)}"
        for name in book.panel.report.detailed_by if name not in book.groupings
    ]  # fmt: skip


def _panel_faults(book: Codebook, folder: Path) -> list[str]:
    """Limits of the panel that its waves and its files do not keep."""
    panel = book.panel
    faults = [f"waves/{w}.yml: wave: is before panel.yml's first_year, {panel.first_year}" for w in book.waves if w < panel.first_year]
    if not 0 < panel.ages[0] < panel.ages[1]:
        faults.append(f"panel.yml: ages: {panel.ages[0]} to {panel.ages[1]} is no span of ages")
    if panel.logo and not (Path(panel.logo).suffix in (".svg", ".png") and (folder / panel.logo).is_file()):
        faults.append(f"panel.yml: logo: there is no SVG or PNG file '{panel.logo}' beside panel.yml")
    return faults


def _words_lacking(panel: Panel) -> list[str]:
    """Words that the program looks up by name: a misspelt key is missed only when somebody reads the sentence."""
    needed = {
        "breaking_kinds": (*BREAKING, *MARKING), "missing_reasons": ("not_asked", "not_applicable", "refused", "unanswered", "unusable"),
        "dispositions": ("invited", "refused", "deceased", "emigrated", "retired", "withdrawn"), "bases": ("all",),
    }  # fmt: skip
    faults = []
    for field, names in needed.items():
        held = getattr(panel, field)
        faults += [f"panel.yml: {field}: '{name}' is missing" for name in names if name not in held]
        if field in ("breaking_kinds", "missing_reasons"):
            faults += [f"panel.yml: {field}: there is no '{name}'{nearest(name, names)}" for name in held if name not in names]
    return faults


def _instrument_faults(instrument: Instrument, book: Codebook) -> list[str]:
    where = f"instruments/{instrument.id}.yml"
    questions = {q.id: q for q in instrument.questions}
    scales = {s.id: s for s in instrument.scales}
    faults = []
    for q in instrument.questions:
        field = f"{where}: questions.{q.id}"
        if q.responses and q.responses not in book.response_sets:
            faults.append(f"{field}.responses: there is no response set '{q.responses}'")
            continue
        codes = set(book.response_sets[q.responses].categories) if q.responses else set()
        for d in q.dichotomies:
            if unknown := set(d.codes or []) - codes:
                faults.append(f"{field}.dichotomies.{d.id}: code {min(unknown)} is not in '{q.responses}'")
        if unknown := set(q.exclusive) - codes:
            faults.append(f"{field}.exclusive: code {min(unknown)} is not in '{q.responses}'")
        if len(q.dichotomies) > 1 and (instrument.sensitive if q.sensitive is None else q.sensitive):
            faults.append(f"{field}.dichotomies: a sensitive question may have one: of two, the answers between them could be told")
        if q.base not in instrument.bases and q.base not in book.panel.bases:
            faults.append(f"{field}.base: there is no base '{q.base}'")
        if q.asked_if:
            asked = questions.get(q.asked_if.question)
            if asked is None or asked.responses is None:
                faults.append(f"{field}.asked_if: '{q.asked_if.question}' is no closed question of this instrument")
            elif unknown := set(q.asked_if.codes) - set(book.response_sets[asked.responses].categories):
                faults.append(f"{field}.asked_if: code {min(unknown)} is no answer to '{asked.id}'")
    for s in instrument.scales:
        field = f"{where}: scales.{s.id}"
        faults += [f"{field}.items: there is no question '{item}'" for item in s.items if item not in questions]
        faults += [
            f"{field}: there is no scale '{part}'"
            for part in (s.numerator, s.denominator)
            if part and part not in scales
        ]
        faults += _score_faults(field, s, questions, book)
    for block in instrument.blocks:
        faults += [
            f"{where}: blocks.{block.id}: there is no question '{q}'" for q in block.questions if q not in questions
        ]
    if not faults:
        known = {i.id for i in of_instrument(book, instrument)}
        faults += [f"{where}: key: there is no indicator '{key}'" for key in instrument.key if key not in known]
    for b in instrument.breaks:
        if not min(book.waves) <= b.wave <= max(book.waves):
            faults.append(f"{where}: breaks.{b.wave}: there is no such wave")
        faults += [f"{where}: breaks.{b.wave}: there is no question '{q}'" for q in b.questions if q not in questions]
    return faults


def _score_faults(field: str, scale, questions: dict, book: Codebook) -> list[str]:
    """A score's range must be what its items can give."""
    items = [questions[i] for i in scale.items if i in questions and questions[i].responses in book.response_sets]
    if not items:
        return []
    ranges = [(min(c), max(c)) for c in (book.response_sets[q.responses].categories for q in items)]
    lows, highs = zip(*ranges, strict=True)
    possible = (sum(lows), sum(highs)) if scale.score == "sum" else (min(lows), max(highs))
    if (scale.minimum, scale.maximum) != possible:
        return [
            f"{field}: the range {scale.minimum:g}-{scale.maximum:g} is outside its items', which give {possible[0]}-{possible[1]}"
        ]
    return []


def _wave_faults(wave: Wave, book: Codebook) -> list[str]:
    where, faults = f"waves/{wave.wave}.yml", []
    for name, asked in wave.instruments.items():
        if name not in book.instruments:
            faults.append(f"{where}: instruments.{name}: there is no such instrument{nearest(name, book.instruments)}")
            continue
        known = {q.id for q in book.instruments[name].questions}
        faults += [
            f"{where}: instruments.{name}.without: there is no question '{q}'" for q in asked.without if q not in known
        ]
    if faults:
        return faults
    asked = book.questions(wave.wave)
    everything = {q.id for instrument in book.instruments.values() for q in instrument.questions}
    for place, b in enumerate(wave.breaks):
        if b.wave != wave.wave:
            faults.append(f"{where}: breaks.{place}.wave: is {b.wave}; a wave file declares the breaks of its own wave")
        faults += [f"{where}: breaks.{place}.questions: there is no question '{q}'{nearest(q, asked)}" for q in b.questions if q not in everything]
    if "position" not in asked:
        faults.append(f"{where}: instruments: 'background' with the question 'position' is needed in every wave")
    for column, question in wave.columns.items():
        if question not in asked and question not in ("doctor", "ignore"):
            faults.append(f"{where}: columns.{column}: the wave does not ask '{question}'")
    for question in asked.values():
        if question.asked_if and question.asked_if.question not in asked:
            faults.append(f"{where}: '{question.id}' depends on '{question.asked_if.question}', which is left out")
    return faults


def _repeated_ids(book: Codebook) -> list[str]:
    seen: dict[str, str] = {}
    faults = []
    for instrument in book.instruments.values():
        parts: list[Part] = [*instrument.questions, *instrument.scales]
        for part in parts:
            for id_ in (part.id, *(d.id for d in part.dichotomies)):
                if id_ in seen:
                    faults.append(f"instruments/{instrument.id}.yml: '{id_}' is also in {seen[id_]}")
                seen[id_] = f"instruments/{instrument.id}.yml"
    return faults
