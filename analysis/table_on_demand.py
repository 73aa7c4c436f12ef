"""`make table`: one indicator by groups, of a part of the doctors, for a reviewer, a journalist, the association. Remembered as a release."""

import difflib
import re
from dataclasses import dataclass
from datetime import date

from analysis import pipeline
from analysis.codebook import Codebook, load
from analysis.codebook.indicators import of_wave
from analysis.disclosure.releases import REGISTER
from analysis.errors import LegepaneletError
from analysis.options import languages_of, run_of, say, wave_of
from analysis.releasing import settle
from analysis.settings import ROOT, settings


@dataclass(frozen=True)
class Request:
    """What a table is asked for: an indicator, by at most two variables, of the doctors that `where` (variable -> levels) leaves."""

    indicator: str
    by: tuple[str, ...]
    where: dict[str, frozenset[str]]

    @classmethod
    def read(cls, text: str) -> "Request":
        """A request as `str` writes it."""
        parts = dict(re.findall(r"(INDICATOR|BY|WHERE)=(\S+)", text))
        return cls(
            parts["INDICATOR"], tuple(filter(None, parts.get("BY", "").split(","))), _where(parts.get("WHERE", ""))
        )

    def __str__(self) -> str:
        where = ";".join(f"{name}={','.join(sorted(levels))}" for name, levels in sorted(self.where.items()))
        parts = {"INDICATOR": self.indicator, "BY": ",".join(self.by), "WHERE": where}
        return " ".join(f"{name}={value}" for name, value in parts.items() if value)

    @property
    def slug(self) -> str:
        return re.sub(r"[^a-z0-9_]+", "-", re.sub(r"[A-Z]+=", "", str(self))).strip("-")


def _where(text: str) -> dict[str, frozenset[str]]:
    """`sex=female;region=west,north` as variable -> levels."""
    pairs = (part.split("=", 1) for part in text.split(";") if part)
    return {name: frozenset(levels.split(",")) for name, levels in pairs}


def requested(book: Codebook, wave: int, indicator: str, by: str, where: str) -> Request:
    """The request, checked. Raises TABLE_INDICATOR, TABLE_SENSITIVE, TABLE_BY, TABLE_WHERE."""
    names = sorted({i.id for i in of_wave(book, wave)} - {"position"})
    if indicator not in names:
        near = ", ".join(difflib.get_close_matches(indicator, names, 3)) or "see the column indicator of results.csv"
        raise LegepaneletError(
            "TABLE_INDICATOR", f"INDICATOR={indicator} is no indicator of {wave}", f"Near it: {near}."
        )
    if any(i.id == indicator and i.sensitive for i in of_wave(book, wave)):
        told = f"INDICATOR={indicator} is sensitive, and no table of it is made on demand"
        raise LegepaneletError("TABLE_SENSITIVE", told, "What may be seen of it stands in the report and in results.csv.")
    groups = tuple(filter(None, by.replace(",", " ").split()))
    levels = {name: frozenset(those) for name, those in book.classifications.items() if name in REGISTER}
    if len(groups) > 2 or len(set(groups)) < len(groups) or not set(groups) <= set(levels):
        raise LegepaneletError("TABLE_BY", f"BY={by}", f"BY may be one or two of {', '.join(levels)}.")
    found: dict[str, frozenset[str]] = {}
    for part in filter(None, (p.strip() for p in where.split(";"))):
        name, equals, text = (p.strip() for p in part.partition("="))
        if not equals or name not in levels or name in found:
            raise LegepaneletError(
                "TABLE_WHERE", f"WHERE: '{part}'", f"Expected variable=level, of {', '.join(levels)}, once each."
            )
        those = frozenset(filter(None, (t.strip() for t in text.split(","))))
        if not those or not those <= levels[name]:
            raise LegepaneletError(
                "TABLE_WHERE", f"WHERE: '{part}'", f"{name} may be {', '.join(sorted(levels[name]))}."
            )
        found[name] = those
    if len(found) > 1:
        raise LegepaneletError("TABLE_WHERE", f"WHERE={where}", f"WHERE may limit one variable, and names {', '.join(found)}. Use BY for the others.")
    return Request(indicator, groups, found)


def table(options) -> int:
    """A table on demand, held against all that is out of the wave, and remembered as a release."""
    from analysis.disclosure import releases
    from analysis.estimation import on_demand as estimation
    from analysis.panel import build, population
    from analysis.presentation import on_demand as presentation
    from analysis.results import files
    from analysis.verification import memory, publishing

    run = run_of(options)
    wave, lang, kind = wave_of(options, run), languages_of(options)[0], run.source.kind
    book = load(settings().codebook)
    request = requested(book, wave, options.indicator, options.by, options.where)
    pipeline.build(pipeline.results_tasks(run, [wave]))
    settle(wave, run)
    paths, data = publishing.memories_of(wave, kind, run.source.folder), pipeline.fingerprint(run, wave)
    panel, out = build.load(pipeline.derived(wave)), memory.read(*paths)
    check_data(out, str(request), data)
    indicators = [i for i in of_wave(book, wave) if i.id == request.indicator]
    asked = estimation.estimate(book, wave, panel, indicators, request.by, request.where)
    found = releases.released(book, asked, population.sizes(asked, panel.doctors, panel.population, request.where))
    refuse_isolating(request, out, panel.analysed, files.read(pipeline.results_file(wave)))
    page = settings().output / str(wave) / "tables" / f"{request.slug}.{lang}.html"
    known = dict.fromkeys(paths, str(request)), dict.fromkeys(paths, data)
    with memory.remembered(*known, date.today().isoformat(), [page, page.with_suffix(".csv")]):
        presentation.write(book, wave, indicators, found, request.where, lang, kind == "synthetic", page)
    publishing.log(wave, kind, f"Table {request}.")
    if kind == "synthetic":
        say("These are SYNTHETIC DATA: nobody answered this.")
    print(page.relative_to(ROOT), page.with_suffix(".csv").relative_to(ROOT), sep="\n")
    return 0


def check_data(out, query: str, data: str) -> None:
    """Raises TABLE_OTHER_DATA if the same table was given out of other data: what differs would tell who was corrected."""
    if (out["query"].eq(query) & out["data"].ne("") & out["data"].ne(data)).any():
        told = "this table was given out before, and the raw files have changed since"
        hint = "The table that is out stands. Publish the corrected wave instead: its differences are looked at."
        raise LegepaneletError("TABLE_OTHER_DATA", told, hint)


def refuse_isolating(request: Request, out, analysed, published) -> None:
    """Raises TABLE_DISCLOSES if the table, with all that is out of the wave, lets somebody compute the answers of few."""
    from analysis.disclosure import releases
    from analysis.verification import memory

    members = analysed[analysed[request.indicator].notna()]
    before = releases.cells_published(published)
    for query in out["query"]:
        if query != memory.PUBLICATION:
            one = Request.read(query)
            before += releases.cells_of(one.by, one.where, members)
    if found := releases.isolated(members, [*before, *releases.cells_of(request.by, request.where, members)]):
        if releases.isolated(members, before) == found:
            return  # they were told before this table
        told = f"with what is out, {found[0].persons} could be singled out: {found[0].who}"
        raise LegepaneletError("TABLE_DISCLOSES", told, "Ask by larger groups, or by groups that a table already has.")
