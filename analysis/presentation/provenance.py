"""Where a displayed number comes from: a figure of the results keeps its row's id, through arithmetic and text, to the page.

`Results` gives its figures as `Traced`; `numbers.decimal` wraps what it writes of one in a mark of three private-use characters,
which joins, splits and moves with the text around it; what leaves for a document turns the marks into spans.
"""

import re
from dataclasses import dataclass
from html import escape

OPEN, MIDDLE, CLOSE = "\ue000", "\ue001", "\ue002"
MARK = re.compile(f"{OPEN}([^{MIDDLE}]*){MIDDLE}([^{CLOSE}]*){CLOSE}")
BELOW = "below"  # what is shown is not the figure, but a bound that it lies below: p < 0.001


class Traced(float):
    """A figure of the results: `rows` their ids, `field` the column, `scale` what it was multiplied by (100: per cent; -1: a fall's size).

    Multiplying by a number, changing the sign and adding figures of the same column and scale keep the origin; nothing else does.
    """

    __slots__ = ("field", "rows", "scale")

    def __new__(cls, value: float, rows: tuple[str, ...], field: str, scale: float = 1):
        made = super().__new__(cls, value)
        made.rows, made.field, made.scale = rows, field, scale
        return made

    def __reduce__(self):  # to another process, which draws
        return Traced, (float(self), self.rows, self.field, self.scale)

    def __mul__(self, factor):
        return Traced(float(self) * factor, self.rows, self.field, self.scale * factor)

    __rmul__ = __mul__

    def __truediv__(self, factor):
        return Traced(float(self) / factor, self.rows, self.field, self.scale / factor)

    def __neg__(self):
        return self * -1

    def __abs__(self):
        return -self if self < 0 else self

    def __add__(self, other):
        if isinstance(other, Traced) and (self.field, self.scale) == (other.field, other.scale):
            return Traced(float(self) + float(other), self.rows + other.rows, self.field, self.scale)
        return self if other == 0 else float(self) + float(other)

    __radd__ = __add__


@dataclass(frozen=True)
class Origin:
    """What a mark tells: the rows whose `field`, summed and multiplied by `scale`, is shown."""

    rows: tuple[str, ...]
    field: str
    scale: float
    form: str = ""

    @classmethod
    def read(cls, head: str) -> "Origin":
        rows, field, scale, form = head.split("|")
        return cls(tuple(rows.split("+")), field, float(scale), form)


def mark(text: str, value, form: str = "") -> str:
    """`text` with the origin of `value` about it, if it has one."""
    if not isinstance(value, Traced):
        return text
    return f"{OPEN}{'+'.join(value.rows)}|{value.field}|{value.scale:g}|{form}{MIDDLE}{text}{CLOSE}"


def plain(text: str) -> str:
    """`text` as it is read, without marks."""
    return MARK.sub(r"\2", text)


def origins(text: str) -> list[tuple[Origin, str]]:
    """(origin, as shown) of every marked number of `text`, in its order."""
    return [(Origin.read(hit[1]), hit[2]) for hit in MARK.finditer(text)]


def spans(text: str) -> str:
    """`text` with its marks as HTML spans, which Markdown and notebooks read too."""
    return MARK.sub(lambda hit: span(Origin.read(hit[1]), hit[2]), text)


def span(origin: Origin, shown: str, identifier: str = "") -> str:
    """A displayed number as an element: `data-row` (ids joined by +), `data-field`, `data-scale`, `data-form`."""
    head = f' id="{identifier}"' if identifier else ""
    form = f' data-form="{origin.form}"' if origin.form else ""
    rows = escape("+".join(origin.rows))
    return f'<span{head} class="n" data-row="{rows}" data-field="{origin.field}" data-scale="{origin.scale:g}"{form}>{shown}</span>'


SPAN = re.compile(
    r'<span(?: id="(?P<id>[^"]*)")? class="n" data-row="(?P<rows>[^"]*)" data-field="(?P<field>\w+)" data-scale="(?P<scale>[^"]*)"'
    r'(?: data-form="(?P<form>\w+)")?>(?P<shown>[^<]*)</span>'
)
"""A span as `span` writes it."""
