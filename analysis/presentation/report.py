"""The front door of a document: `report.share(...)`, `report.figure(...)`, `report.table(...)` and the rest."""

import difflib
import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from math import isnan
from pathlib import Path

import pandas as pd
import yaml
from babel.dates import format_date

from analysis.codebook import Codebook, Indicator, load
from analysis.codebook import plan as plans
from analysis.codebook.comparability import breaking, last_asked
from analysis.codebook.indicators import of_instrument, of_wave
from analysis.codebook.model import JOINT, Grouping
from analysis.codebook.plan import Plan
from analysis.presentation import (
    checklists,
    claims,
    figures,
    front,
    lookup,
    naming,
    numbers,
    phrases,
    sections,
    tables,
)
from analysis.presentation.drawings import Drawing, draw
from analysis.presentation.floats import ABSENT, Cell, Figure, Table, Text, markdown_safe
from analysis.presentation.kernel import in_quarto, note_wave
from analysis.presentation.numbers import NBSP
from analysis.presentation.provenance import plain
from analysis.presentation.results import Results
from analysis.presentation.words import WORDS
from analysis.results import Key, Row
from analysis.settings import settings

FIGURES = Path("figures")  # beside the document, where the kernel runs
COUNTED = ("flow", "retention")
NOTHING = Row(Key(0, "", ""), "", status="not_answered")  # of an item that nobody answered


@dataclass
class Report:
    """A wave's results in one language. Every method gives an object that shows itself as Markdown.

    A method asked for an indicator that the wave did not ask marks the section it stands in as absent (see `theme`); outside of such a
    section the document is refused. What has no result for another reason (a misspelt group, step, contrast) raises LookupError.
    """

    wave: int
    lang: str
    book: Codebook
    results: Results
    distributions: dict[str, pd.DataFrame] = field(default_factory=dict)  # by question, made once (`figures.distribution`)

    @classmethod
    def of(cls, wave: int, lang: str, article: str = "") -> "Report":
        """Raises RESULTS_MISSING, and ARTICLE_UNKNOWN if `article` has a plan for another wave."""
        folders = settings()
        book = load(folders.codebook)
        made = {int(p.parent.name) for p in folders.output.glob("*/results.csv") if p.parent.name.isdigit()}
        needed = {wave, *(lookup.plan(folders.reports, book, article, wave).compared if article else ())}
        return cls(wave, lang, book, Results.read(folders.output, sorted({*(w for w in made if w <= wave), *needed})))

    # What the wave holds -------------------------------------------------------------------------------------------

    @property
    def unshown(self) -> Text:
        """What stands in a sentence in the place of a figure that may not or cannot be shown."""
        return Text(self.words["unshown"])

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.lang]

    @cached_property
    def names(self) -> dict[str, str]:
        """What the panel, its members and its groups are called (see `naming.words`)."""
        return naming.words(self.book, self.lang)

    @cached_property
    def indicators(self) -> list[Indicator]:
        return [i for i in of_wave(self.book, self.wave) if i.id != "position"]

    @cached_property
    def known(self) -> dict[str, Indicator]:
        """Every indicator of the codebook, whatever wave asked it; its mean or 0/1 form where it has one."""
        found = [i for part in self.book.instruments.values() for i in of_instrument(self.book, part)]
        return {i.id: i for i in sorted(found, key=lambda i: i.kind != "category")}

    @cached_property
    def joint_levels(self) -> dict[str, set[str]]:
        """Grouping -> the levels of it that several are shown as, in any table of the wave."""
        found: dict[str, set[str]] = {}
        for by, level in self.results.groups_of(self.wave, JOINT):
            found.setdefault(by, set()).add(level)
        return found

    def rounding(self, *names: str) -> tuple[str, ...]:
        """The note under a table of sensitive items, whose numbers are rounded."""
        found = [self.indicator(name) for name in names]
        return (self.words["rounded_note"],) if any(i is not None and i.sensitive for i in found) else ()

    def indicator(self, name: str) -> Indicator | None:
        """The indicator's mean or 0/1 form, else its categories; None if the wave did not ask it.

        Raises LookupError if the codebook has none of that name: a misspelt one must not leave a gap in a sentence.
        """
        if name not in self.known:
            near = (
                ", ".join(difflib.get_close_matches(name, self.known, 3)) or "see the column indicator of results.csv"
            )
            raise LookupError(f"the codebook has no indicator '{name}'; near it: {near}")
        return self._asked.get(name)

    @cached_property
    def _asked(self) -> dict[str, Indicator]:
        """The same of the wave."""
        return {i.id: i for i in sorted(reversed(self.indicators), key=lambda i: i.kind != "category")}

    def theme(self, instrument: str) -> Text:
        """Marks the section it stands in as absent when the wave did not ask the instrument. Raises LookupError."""
        if instrument not in self.book.instruments:
            lookup.near(instrument, self.book.instruments, "instrument")
        return Text("") if instrument in self.book.waves[self.wave].instruments else ABSENT

    def earlier(self) -> Text:
        """Marks the section it stands in as absent when there is no wave before."""
        return Text("") if len(self.results.waves) > 1 else ABSENT

    def has_topics(self) -> Text:
        """Marks the section it stands in as absent when the wave has no topic module."""
        asked = self.book.waves[self.wave].instruments
        return Text("") if any(self.book.instruments[name].kind == "topic" for name in asked) else ABSENT

    def has_models(self) -> Text:
        """Marks the section it stands in as absent when no model was estimated."""
        return (
            ABSENT
            if all(tables.models(self, name) == Text("") for name in self.book.panel.report.trends)
            else Text("")
        )

    def members(self, form: str = "many") -> Text:
        """What the panel's members are called: `many`, `the` or `one`; `The` and `Many` as a sentence begins. Raises LookupError."""
        if form not in naming.FORMS:
            lookup.near(form, naming.FORMS, "form of the members' word")
        return Text(self.names[form])

    def population(self) -> Text:
        """Whom the members stand for: `yrkesaktive leger under 70 år i Norge`."""
        return Text(self.names["population"])

    def intro(self, instrument: str | None = None) -> Text:
        """The codebook's paragraph on the wave or on an instrument."""
        part = self.book.instruments[instrument].intro if instrument else self.book.waves[self.wave].intro
        return Text(part[self.lang])

    def metadata(self) -> Text:
        """What depends on the wave and on its data of a document's front matter, for Quarto: a metadata block of Pandoc's Markdown.

        Empty where the built-in executor runs the document, which puts the same into the front matter.
        """
        if not in_quarto():
            return Text("")
        note_wave(self.wave)
        found = front.matter(self.book, self.wave, self.lang, synthetic=self.results.synthetic, beside=FIGURES)
        found["unsupported-label"] = front.WORDS[self.lang]["draft-label"]  # for filter.lua, should a claim not hold
        return Text(f"---\n{yaml.safe_dump(front.plain(found), allow_unicode=True, sort_keys=False)}---\n")

    # Numbers ---------------------------------------------------------------------------------------------------------

    def row(self, name: str, statistic: str | None = None, wave: int | None = None, **key) -> Row | None:
        """The one row of an indicator with these values; None if there is none."""
        indicator = self.indicator(name)
        if statistic is None and indicator is not None:
            statistic = "share" if indicator.kind == "binary" else "mean"
        row = self.results.row(wave=wave or self.wave, indicator=name, statistic=statistic, **key)
        return row

    def digits(self, name: str) -> int:
        indicator = self.indicator(name)
        return 0 if indicator.kind != "mean" else numbers.digits_of("", indicator.minimum, indicator.maximum)

    def required(self, name: str, statistic: str | None = None, wave: int | None = None, **key) -> Row | None:
        """The row; None if the wave did not ask the indicator. Raises LookupError, with what is near, if there is no such row."""
        indicator = self.indicator(name)
        if indicator is None and wave in (None, self.wave):
            return None
        row = self.row(name, statistic, wave, **key)
        if row is None and self._unanswered(name, wave or self.wave):
            return NOTHING
        if row is None:
            chosen = statistic or ("share" if indicator is not None and indicator.kind == "binary" else "mean")
            lookup.nothing(self.results, name, wave or self.wave, statistic=chosen, **key)
        return row

    def _unanswered(self, name: str, wave: int) -> bool:
        """Whether the wave asked the indicator and nobody answered: then nothing of it is estimated."""
        rows = self.results.rows(name, wave)
        return name in self.known and wave in self.results.waves and not any(row.key.kind == "estimate" for row in rows)

    def value(self, name: str, statistic: str | None = None, **key) -> Text:
        """An estimate: a share as per cent, a mean with its decimals; "[ikke vist]" where it may not or cannot be shown."""
        row = self.required(name, statistic, **key)
        if row is None:
            return ABSENT
        if row.status != "shown":
            return self.unshown
        if row.unit == "share":
            return Text(numbers.percent(row.estimate, self.lang))
        return Text(numbers.decimal(row.estimate, self.digits(name) if self.indicator(name) else 2, self.lang))

    def ci(self, name: str, statistic: str | None = None, **key) -> Text:
        """The interval of an estimate: `95 % KI 5,07–5,21`; "[ikke vist]" where there is none to show."""
        row = self.required(name, statistic, **key)
        if row is None:
            return ABSENT
        if row.status != "shown" or isnan(row.lower):
            return self.unshown
        share = row.unit == "share"
        return Text(phrases.interval(row, self.digits(name), 100 if share else 1, self.lang))

    def n(self, name: str, statistic: str | None = None, **key) -> Text:
        row = self.required(name, statistic, **key)
        return ABSENT if row is None else Text(numbers.whole(row.n, self.lang))

    def share(self, name: str, base: bool = True, **key) -> Text:
        """A share as an article gives it: `55 % (1 020/1 881; 95 % KI 53–58)`, weighted per cent of unweighted numbers.

        Of others than all respondents it says of whom: `(686/992 leger som bruker kunstig intelligens; ...)`; not with `base=False`, in a
        paragraph that says so otherwise.
        """
        row = self.required(name, **key)
        if row is None:
            return ABSENT
        if row.status != "shown":
            return self.unshown
        count, n = (numbers.whole(getattr(row, c), self.lang) for c in ("count", "n"))
        whom = self.base_of(name) if base else ""
        of = f"{count}/{n} {markdown_safe(whom)}" if whom else f"{count}/{n}"
        return Text(f"{self.value(name, **key)} ({of}; {self.ci(name, **key)})")

    def base_of(self, name: str) -> str:
        """Who an indicator is about, if not all respondents: `leger som forsker`; else an empty text."""
        indicator = self.indicator(name)
        if indicator is None or indicator.base == "all":
            return ""
        return self.book.base_label(indicator.instrument, indicator.base)[self.lang]

    def label_of(self, name: str) -> str:
        """An indicator's label, with who it is about in brackets if these are not all respondents."""
        base, label = self.base_of(name), self.indicator(name).label[self.lang]
        return f"{label} ({base})" if base else label

    def base(self, name: str) -> Text:
        """Who an indicator is about, in a sentence: `leger som forsker`."""
        if self.indicator(name) is None:
            return ABSENT
        return Text(markdown_safe(self.base_of(name) or self.book.panel.bases["all"][self.lang]))

    def points(self, name: str, since: int | None = None, statistic: str = "change_net", **key) -> Text:
        """A change with its sign and interval: `−1,2 prosentpoeng (95 % KI −5,4 til 2,9)`. Raises LookupError."""
        return self._difference_text(name, self._required_change(name, statistic, since, **key), phrases.signed)

    def gap(self, name: str, by: str, level: str, other: str) -> Text:
        """A difference between two groups, the first less the second, with its sign and interval. Raises LookupError."""
        return self._difference_text(name, self._required_difference(name, by, level, other), phrases.signed)

    def size(self, name: str, *groups: str, since: int | None = None, statistic: str = "change_net", **key) -> Text:
        """The size of a change (`since`) or of a difference (by, level, other) without its sign.

        Only for a sentence whose claim gives the direction (`rose`, `fell`, `more`, `less` of the same): elsewhere the document is refused.
        """
        row = self._required_difference(name, *groups) if groups else self._required_change(name, statistic, since, **key)
        return self._difference_text(name, row, phrases.size)

    def _difference_text(self, name: str, row: Row | None, shape) -> Text:
        return ABSENT if row is None else Text(shape(row, *self._shape(name), self.lang))

    def _required_change(self, name: str, statistic: str, since: int | None, **key) -> Row | None:
        if self.indicator(name) is None:
            return None
        row = self.change_row(name, statistic, since, **key)
        if row is None:
            lookup.nothing(self.results, name, self.wave, statistic=statistic, vs_wave=since, **key)
        return row

    def _required_difference(self, name: str, by: str, level: str, other: str) -> Row | None:
        if self.indicator(name) is None:
            return None
        row = self.difference_row(name, by, level, other)
        if row is None:
            lookup.nothing(self.results, name, self.wave, statistic="difference", by=by, level=level, vs_level=other)
        return row

    def _of_model(self, name: str, article: str, **key) -> Row:
        row = self.results.row(name, self.wave, model=article, **key)
        if row is None:
            lookup.nothing(self.results, name, self.wave, model=article, **key)
        return row

    def odds(self, name: str, article: str, term: str) -> Text:
        """An odds ratio of an article's model with its interval. Raises LookupError."""
        row = self._of_model(name, article, term=term, statistic="odds_ratio")
        if row.status != "shown":
            return self.unshown
        return Text(f"{numbers.decimal(row.estimate, 2, self.lang)}; {phrases.interval(row, 2, 1, self.lang)}")

    def adjusted(self, name: str, article: str, term: str) -> Text:
        """An adjusted share of an article's model. Raises LookupError."""
        row = self._of_model(name, article, term=term, statistic="adjusted_share")
        return self.unshown if row.status != "shown" else Text(numbers.percent(row.estimate, self.lang))

    def never(self, question: str) -> Text:
        """The share that a question does not apply to, of those asked. Raises LookupError."""
        row = self.results.row(question, self.wave, statistic="share_not_applicable")
        if row is None:
            lookup.nothing(self.results, question, self.wave, statistic="share_not_applicable")
        return self.unshown if row.status != "shown" else Text(numbers.percent(row.estimate, self.lang))

    def p_holm(self, article: str, name: str, **key) -> Text:
        """The p value of a primary outcome after Holm's method: `p < 0,001` or `p = 0,004`. Raises LookupError."""
        asked = {c: v for c, v in key.items() if c != "vs_wave"}
        rows = self.results.select(name, self.wave, model=article, term="primary", **({"vs_level": ...} | asked))
        p = next((row.p_adjusted for row in rows if key.get("vs_wave") in (None, row.key.vs_wave)), None)
        if p is None:
            lookup.nothing(self.results, name, self.wave, model=article, term="primary", **({"vs_level": ...} | key))
        return self.unshown if isnan(p) else Text(numbers.p_value(p, self.lang))

    def claim(self, kind: str, name: str, *others: str, **key) -> Text:
        """Nothing where the results support what the sentence says, else a mark that stops the document (see `claims.check`)."""
        return claims.check(self, kind, name, *others, **key)

    def count(self, indicator: str, level: str, by: str = "step") -> Text:
        """A count of the flow or of retention; what the wave has nothing of (retention in the first) marks its section as absent."""
        row = self.results.row(wave=self.wave, indicator=indicator, by=by, level=level, statistic="count")
        if row is None and indicator in COUNTED and not self.results.rows(indicator, self.wave):
            return ABSENT
        if row is None:
            lookup.nothing(self.results, indicator, self.wave, by=by, level=level, statistic="count")
        return Text(numbers.whole(row.count, self.lang))

    def problems(self, code: str) -> Text:
        """How many problems of a kind the raw data had."""
        row = self.results.row(wave=self.wave, indicator="data_problems", by="code", level=code, statistic="count")
        return Text("0" if row is None else numbers.whole(row.count, self.lang))

    def response_rate(self, rate: str = "rr2") -> Text:
        row = self.results.row(wave=self.wave, indicator="response_rate", statistic=rate)
        if row is None:
            lookup.nothing(self.results, "response_rate", self.wave, statistic=rate)
        return Text(numbers.percent(row.estimate, self.lang, 1))

    def quality(self, name: str, digits: int = 2) -> Text:
        """A measure of the weights."""
        row = self.results.row(wave=self.wave, indicator="weights", statistic=name)
        if row is None:
            lookup.nothing(self.results, "weights", self.wave, statistic=name)
        return Text(numbers.decimal(row.estimate, digits, self.lang))

    def alpha(self, scale: str) -> Text:
        if self.indicator(scale) is None:
            return ABSENT
        row = self.results.row(wave=self.wave, indicator=scale, statistic="alpha")
        if row is None and not any(s.id == scale for i in self.book.instruments.values() for s in i.scales):
            lookup.near(scale, [s.id for i in self.book.instruments.values() for s in i.scales], "scale")
        return self.unshown if row is None or row.status != "shown" else Text(numbers.decimal(row.estimate, 2, self.lang))

    # Sentences -------------------------------------------------------------------------------------------------------

    def _unit(self, name: str) -> str:
        indicator = self.indicator(name)
        return NBSP + indicator.unit[self.lang] if indicator.unit else ""

    def _shape(self, name: str) -> tuple[bool, int, str]:
        """(per cent?, decimals, unit) of an indicator's changes; one more decimal than its level for shares is not needed."""
        indicator = self.indicator(name)
        percent = indicator.kind == "binary"
        return percent, 1 if percent else self.digits(name), "" if percent else self._unit(name)

    def change_row(self, name: str, statistic: str = "change_net", since: int | None = None, **key) -> Row | None:
        """The change since the last wave that asked, or since the wave `since`."""
        found = self.results.select(name, self.wave, statistic=statistic, **key)
        return max((row for row in found if since in (None, row.key.vs_wave)), key=lambda row: row.key.vs_wave, default=None)

    def difference_row(self, name: str, by: str, level: str, other: str) -> Row | None:
        """A group less another."""
        return self.results.row(
            wave=self.wave, indicator=name, statistic="difference", by=by, level=level, vs_level=other
        )

    def change(self, name: str, statistic: str = "change_net", since: int | None = None) -> Text:
        """A sentence on the change since the wave that asked it last, or since the wave `since`."""
        if self.indicator(name) is None:
            return ABSENT
        row = self.change_row(name, statistic, since) if since is None else self._required_change(name, statistic, since)
        if row is None and (statistic != "change_net" or not self._is_new(name)):
            return Text("")
        return Text(phrases.change(row, *self._shape(name), self.lang, self._refusal(name, row), self.names))

    def _is_new(self, name: str) -> bool:
        """Whether earlier rounds did not ask it; in the panel's first round nothing could be otherwise, and is not said."""
        before = [w for w in self.book.waves if w < self.wave]
        return bool(before) and last_asked(self.book, self.indicator(name), self.wave, before) is None

    def absent(self) -> Text:
        """The earlier waves that there are no files of, in a sentence."""
        lacking = [str(w) for w in self.book.waves if w <= self.wave and w not in self.results.waves]
        return Text(phrases.TEXTS[self.lang]["absent"].format(waves=", ".join(lacking)) if lacking else "")

    def _refusal(self, name: str, row) -> str:
        if row is None or row.status != "not_comparable":
            return ""
        stops = breaking(self.book, self.indicator(name), row.key.vs_wave, self.wave)
        return ", ".join(self.book.panel.breaking_kinds[b.kind][self.lang] for b in stops)

    def contrast(self, name: str, by: str) -> Text:
        """A sentence on the first pair of groups that a grouping compares: women against men."""
        if self.indicator(name) is None:
            return ABSENT
        grouping = self._grouping(by)
        if not grouping.contrasts:
            return Text("")
        pair = grouping.contrasts[0]
        row, who = self.difference_row(name, by, *pair), (grouping.who(level, self.lang) for level in pair)
        return Text(phrases.difference(row, *self._shape(name), self.lang, *map(markdown_safe, who)))

    def _grouping(self, by: str) -> Grouping:
        if by not in self.book.groupings:
            lookup.near(by, self.book.groupings, "grouping")
        return self.book.groupings[by]

    def extremes(self, name: str, by: str) -> Text:
        """A sentence on the groups with the highest and the lowest figure, of those that are not uncertain."""
        if self.indicator(name) is None:
            return ABSENT
        grouping, texts = self._grouping(by), phrases.TEXTS[self.lang]
        statistic = "share" if self.indicator(name).kind == "binary" else "mean"
        rows = self.results.where(wave=self.wave, indicator=name, statistic=statistic, by=by)
        rows = rows[(rows["status"] == "shown") & (rows["quality"] != "uncertain")].sort_values("estimate")
        if len(rows) < 2:
            return Text("")
        levels = [rows.iloc[place]["level"] for place in (0, -1)]
        low, high = (str(self.value(name, by=by, level=level)) for level in levels)
        low_who, high_who = (markdown_safe(grouping.who(level, self.lang)) for level in levels)
        heading = grouping.label[self.lang].lower()
        if plain(low) == plain(high):
            return Text(texts["alike"].format(by=heading, value=high))
        return Text(texts["extremes"].format(by=heading, high=high_who, high_value=high, low=low_who, low_value=low))

    def sentences(self, name: str) -> Text:
        """Change, and of each grouping its pair, or of one that compares several the extremes, as far as there are results."""
        parts = [self.change(name), self.change(name, "change_within")]
        parts += [
            self.contrast(name, by) if len(grouping.contrasts) == 1 else self.extremes(name, by)
            for by, grouping in self.book.groupings.items()
        ]
        return Text(" ".join(str(part) for part in parts if str(part)))

    # Floats ----------------------------------------------------------------------------------------------------------

    def _caption(self, text: str) -> str:
        return f"{text} {self.words['synthetic_caption']}" if self.results.synthetic else text

    def _drawn(
        self, drawing: Drawing, name: str, alt: str, caption: str, head: list[Cell], body: list[list[Cell]], hidden=()
    ) -> Figure:
        """A picture as a float; `head` and `body` are its numbers as a table, `hidden` what is not drawn as it is hidden."""
        if hidden:
            told = self.words["hidden_in_figure"].format(list="; ".join(hidden))
            alt, caption = f"{alt} {told}", f"{caption} {markdown_safe(told)}"
            body = [
                *body,
                *([Cell(label, number=False), *[Cell(numbers.HIDDEN)] * (len(head) - 1)] for label in hidden),
            ]
        mark = self.words["synthetic"] if self.results.synthetic else None
        path = draw(drawing, FIGURES, f"fig-{name.replace('_', '-')}", mark, alt)
        prefix = f"{self.words['synthetic']}. " if self.results.synthetic else ""
        data = Table(f"data-{name}", [head], body, self.words["figure_data"], self._hidden_note(body))
        return Figure(name.replace("_", "-"), path, prefix + alt, self._caption(caption), data)

    def _table(self, name: str, head, body, caption: str, notes: tuple[str, ...] = ()) -> Table:
        return Table(name.replace("_", "-"), head, body, self._caption(caption), (*notes, *self._hidden_note(body)))

    def _hidden_note(self, body: list[list[Cell]]) -> tuple[str, ...]:
        hidden = any(cell.text == numbers.HIDDEN for row in body for cell in row)
        return (self.words["hidden_note"],) if hidden else ()

    def figure(self, kind: str, name: str = "") -> Figure | Text:
        """A figure: `trend` of an indicator, `block` of a topic, or the `flow`."""
        kinds = {"trend": figures.trend, "groups": figures.groups, "block": figures.block, "flow": figures.flow}
        if kind not in kinds:
            lookup.near(kind, kinds, "kind of figure")
        return kinds[kind](self, name) if name else kinds[kind](self)

    def table(self, kind: str, *names) -> Table | Text:
        """A table: `groups` of indicators, `detailed`, `response`, `representativeness`, `models`, ... (see `tables.KINDS`)."""
        if kind not in tables.KINDS:
            lookup.near(kind, tables.KINDS, "kind of table")
        return tables.KINDS[kind](self, *names)

    def margin(self, name: str) -> Text:
        """The largest difference in an indicator that still counts as none: `5 prosentpoeng`."""
        percent, _, unit = self._shape(name)
        size = claims.margin(self, self.indicator(name)) * (100 if percent else 1)
        points = numbers.NBSP + numbers.WORDS[self.lang]["points"] if percent else unit
        return Text(numbers.decimal(size, 0 if size >= 1 else 1, self.lang) + points)

    def field_period(self) -> Text:
        """First and last day of the field work; a period that nobody has published says that it is assumed."""
        field = self.book.waves[self.wave].field
        first, last = (format_date(day, "long", locale=numbers.LOCALE[self.lang]) for day in (field.start, field.end))
        text = f"{first} {numbers.WORDS[self.lang]['to']} {last}".replace(
            " ", numbers.NBSP, 1
        )  # a line never begins "2. "
        return Text(text + self.words["assumed_period"] if field.basis == "assumed" else text)

    def plan_date(self, article: str) -> Text:
        return Text(format_date(self.plan(article).date, "long", locale=numbers.LOCALE[self.lang]))

    def plan(self, article: str) -> Plan:
        """The analysis plan of an article."""
        known = plans.read(settings().reports, self.book)
        if article not in known:
            lookup.near(article, known, "article with a plan")
        return known[article]

    def plan_hash(self, article: str) -> str:
        """The beginning of the SHA-256 of an article's plan file, enough to tell that a printed plan is the one that was followed."""
        return hashlib.sha256((settings().reports / f"{article}.plan.yml").read_bytes()).hexdigest()[:16]

    def articles(self) -> list[str]:
        """The articles that have a plan for the wave."""
        return [plan.article for plan in plans.plans_of_wave(settings().reports, self.book, self.wave)]

    def checklist(self, name: str) -> Table:
        """A reporting checklist, bound to the wave's articles."""
        return checklists.table(self, settings().reports, name, self.articles())

    def key_figures(self) -> Text:
        return sections.key_figures(self)

    def topics(self) -> Text:
        return sections.topics(self)

    def published(self) -> Text:
        return sections.published(self)

    def breaks_section(self) -> Text:
        return sections.breaks(self)

    def date(self) -> Text:
        return Text(format_date(self.book.waves[self.wave].document_date, "long", locale=numbers.LOCALE[self.lang]))
