"""`make table`: one indicator by groups, of a part of the doctors, for a reviewer, a journalist, the association. Remembered as a release."""

import difflib
import re
from dataclasses import dataclass
from datetime import date

from analysis import pipeline
from analysis.codebook import Codebook
from analysis.codebook.indicators import of_wave
from analysis.disclosure.population import BACKGROUND, parse_where
from analysis.errors import LegepaneletError
from analysis.options import languages_of, run_of, say, wave_of
from analysis.releasing import differences
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
            parts["INDICATOR"], tuple(filter(None, parts.get("BY", "").split(","))), parse_where(parts.get("WHERE", ""))
        )

    def __str__(self) -> str:
        where = ";".join(f"{name}={','.join(sorted(levels))}" for name, levels in sorted(self.where.items()))
        parts = {"INDICATOR": self.indicator, "BY": ",".join(self.by), "WHERE": where}
        return " ".join(f"{name}={value}" for name, value in parts.items() if value)

    @property
    def slug(self) -> str:
        return re.sub(r"[^a-z0-9_]+", "-", re.sub(r"[A-Z]+=", "", str(self))).strip("-")


def requested(book: Codebook, wave: int, indicator: str, by: str, where: str) -> Request:
    """The request, checked. Raises TABLE_INDICATOR, TABLE_BY, TABLE_WHERE."""
    names = sorted({i.id for i in of_wave(book, wave)} - {"position"})
    if indicator not in names:
        near = ", ".join(difflib.get_close_matches(indicator, names, 3)) or "see the column indicator of results.csv"
        raise LegepaneletError(
            "TABLE_INDICATOR", f"INDICATOR={indicator} is no indicator of {wave}", f"Near it: {near}."
        )
    groups = tuple(filter(None, by.replace(",", " ").split()))
    levels = {name: frozenset(those) for name, those in book.classifications.items() if name in BACKGROUND}
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
    return Request(indicator, groups, found)


def table(options) -> int:
    """A table on demand, through the same rules as all else, remembered as a release."""
    import pandas as pd

    from analysis.codebook import load
    from analysis.disclosure import attack, differencing, on_demand, population, releases, rules
    from analysis.estimation import on_demand as estimation
    from analysis.panel import build
    from analysis.presentation import on_demand as presentation
    from analysis.verification import publishing

    run = run_of(options)
    wave, lang = wave_of(options, run), languages_of(options)[0]
    book = load(settings().codebook)
    request = requested(book, wave, options.indicator, options.by, options.where)
    pipeline.build(pipeline.results_tasks(run, [wave]))
    releases.settle(publishing.memory_of(wave, run.source.kind))
    panel, path = build.load(pipeline.derived(wave)), publishing.memory_of(wave, run.source.kind)
    kin = on_demand.family(book, wave, request.indicator)

    def estimate(one: Request) -> pd.DataFrame:
        indicators = [i for i in of_wave(book, wave) if i.id == one.indicator]
        return estimation.estimate(book, wave, panel, indicators, one.by, one.where)

    out, complete = (table[table["indicator"].isin([*kin, *attack.KNOWN])].assign(where="") for table in (
        rules.read_csv(pipeline.results_file(wave)), pd.read_parquet(pipeline.derived(wave) / "estimates.parquet")))  # fmt: skip
    memory = releases.read(path)
    out = differencing.put_back(out, memory, {i.id: i.question or i.id for i in of_wave(book, wave)})
    earlier = [Request.read(what) for what in memory["what"].unique() if what != releases.PUBLICATION]
    for one in (r for r in earlier if r.indicator in kin):  # tables that are out tell too, whatever they hide
        out, complete = on_demand.beside(out, complete, estimate(one), memory)
    asked = estimate(request)
    found = on_demand.protect(
        book, wave, asked, population.sizes(asked, panel.doctors, panel.population), out, complete
    )
    new = releases.figures(found)
    told = differences(new, wave, run.source.kind, options)
    page = settings().output / str(wave) / "tables" / f"{request.slug}.{lang}.html"
    shown = [i for i in of_wave(book, wave) if i.id == request.indicator]
    with releases.remembered({path: new}, str(request), date.today().isoformat(), [page, page.with_suffix(".csv")]):
        presentation.write(book, wave, shown, found, request.where, lang, run.source.kind == "synthetic", page)
    publishing.log(wave, run.source.kind, " ".join(filter(None, [f"Table {request}.", told])))
    if run.source.kind == "synthetic":
        say("These are SYNTHETIC DATA: nobody answered this.")
    print(page.relative_to(ROOT), page.with_suffix(".csv").relative_to(ROOT), sep="\n")
    return 0
