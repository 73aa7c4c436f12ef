"""A page of its own that is no document: a verdict, a disclosure review, a table on demand. Plain HTML, nothing from outside."""

from html import escape
from pathlib import Path

STYLE = """body { font: 1rem/1.5 system-ui, sans-serif; color: #1c1c1c; max-width: 66rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; border-top: 2px solid #1b5e6b; padding-top: 0.5rem; }
.verdict { font-size: 1.2rem; padding: 0.8rem 1rem; border-left: 5px solid; } .same { border-color: #2c6e49; background: #eef6f1; }
.differs { border-color: #9b1c1c; background: #fbf0f0; } .synthetic { color: #9b1c1c; font-weight: 600; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums lining-nums; }
th, td { text-align: left; padding: 0.25rem 0.7rem; border-bottom: 1px solid #b9c4c6; vertical-align: top; }
th[scope=row] { font-weight: 400; }
td { overflow-wrap: anywhere; } th.group { padding-top: 0.8rem; } .n { text-align: right; } .small { font-size: 0.85rem; color: #595959; }
.sign td { width: 14rem; height: 2.2rem; }"""


def write(path: Path, title: str, body: list[str], lang: str = "en") -> None:
    """Writes the page whole, or not at all; `title` is text, `body` HTML."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
    content = "\n".join(filter(None, [f"<h1>{escape(title)}</h1>", *body]))
    text = f'<!DOCTYPE html>\n<html lang="{lang}"><head>{head}<style>{STYLE}</style></head><body><main>\n{content}\n</main></body></html>\n'
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def table(head: tuple[str, ...], rows) -> str:
    """A table that scrolls on a narrow screen; whole numbers stand to the right."""
    heads = "".join(f'<th scope="col">{escape(h)}</th>' for h in head)
    lines = "".join("<tr>" + "".join(_cell(c) for c in row) + "</tr>\n" for row in rows)
    return scrolling(f"<table><thead><tr>{heads}</tr></thead><tbody>\n{lines}</tbody></table>", head[0])


def scrolling(element: str, label: str) -> str:
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}">{element}</div>'


def _cell(content) -> str:
    return f'<td class="n">{content}</td>' if isinstance(content, int) else f"<td>{escape(str(content))}</td>"
