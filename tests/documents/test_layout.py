"""The layout's two filters as Quarto runs them, without Quarto: what happens between them must not reach what they lay out."""

import subprocess

import pytest
import yaml

from analysis.documents import render
from analysis.settings import ROOT, settings

LOOK = settings().look
TEXT = """---
title: Prøve
lang: nb-NO
---

# Først {#sec-first}

Se @fig-one, @tbl-one og @sec-first.

::: {.theme}
[]{.absent}

## Ikke spurt {#sec-absent}
:::

::: {.hovedfunn}

# Funn {#hovedfunn .unnumbered}

- Det første.
- Det andre.

:::

::: {#fig-one}
![](figures/fig-one){fig-alt="Et bilde med 1 tall"}

Bildetekst.
:::

::: {.content-visible when-format="html"}
Bare på siden.
:::

::: {#tbl-one}
```{=html}
<table><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td><span class="n" data-row="x" data-field="n" data-scale="1">1</span></td></tr></tbody></table>
```

::: {.table-note}
En merknad.
:::

Tabelltekst.
:::

::: {.callout-note}
## Husk
Dette.
:::
"""
# What Quarto 1.9 and 1.10 do between the two entry points, at their worst: boxes taken apart (JATS), headings numbered by typing,
# floats and references made its own.
HOSTILE = """
function Div(div) return div.content end
function Header(header) header.content:insert(1, pandoc.Str("9. ")) return header end
function Cite(cite)
  local id = cite.citations[1].id
  if id:match("^fig%-") or id:match("^tbl%-") or id:match("^sec%-") then return pandoc.Str("?@" .. id) end
end
function Image(image) return pandoc.Str("picture") end
"""


def made(folder, text: str, to: str, *filters) -> str:
    command = [str(render.PANDOC), "--from=markdown", f"--to={to}", *(f"--lua-filter={f}" for f in filters)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("to", ["html5", "typst", "jats_publishing"])
def test_what_quarto_does_between_the_filters_changes_nothing(tmp_path, to):
    hostile = tmp_path / "hostile.lua"
    hostile.write_text(HOSTILE, encoding="utf-8")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "fig-one.svg").write_text("<svg/>", encoding="utf-8")
    plain = made(tmp_path, TEXT, to, LOOK / "filter.lua")
    assert made(tmp_path, TEXT, to, LOOK / "quarto.lua", hostile, LOOK / "filter.lua") == plain
    assert "Figur" in plain and "Avsnitt" in plain


@pytest.mark.parametrize("before", ["", "Før. ", "- "])
def test_an_expression_with_nothing_to_say_leaves_no_trace(tmp_path, before):
    """Quarto prints an expression whose value is '' as it is typed; `Text` gives it an empty span instead."""
    empty = made(tmp_path, f"---\nlang: nb\n---\n\n{before}[]{{.nothing}} []{{.nothing}} Teksten. []{{.nothing}}\n", "native", LOOK / "filter.lua")
    assert empty == made(tmp_path, f"---\nlang: nb\n---\n\n{before}Teksten.\n", "native", LOOK / "filter.lua")


def test_the_filters_stand_first_and_last_in_quarto():
    project = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))
    assert [(f["path"], f["at"]) for f in project["filters"]] == [
        ("reports/_extensions/look/quarto.lua", "pre-ast"),
        ("reports/_extensions/look/filter.lua", "post-finalize"),
    ]
    assert project["crossref"] is False and project["html-table-processing"] == "none"
