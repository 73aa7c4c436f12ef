-- Keeps what filter.lua lays out (boxes, headings, figures, tables, callouts, references to them) out of Quarto's hands. In Quarto it
-- runs first of all (`at: pre-ast` in _quarto.yml), and filter.lua, which runs last, takes everything back. The built-in renderer runs
-- it too, where it changes nothing: what is tested without Quarto is what Quarto does.
-- Quarto would lay figures out as tables in Word, write no alternative texts there and in JATS, type the numbers of headings into
-- them, and take every box apart in JATS. It still executes, includes, fills in {{< meta >}}, and runs citeproc and pandoc.

-- A block's contents between two marks, which Quarto hands on as they are.
local function between(kind, level, attr, blocks)
  local pairs_of = {}
  for name, value in pairs(attr.attributes) do pairs_of[#pairs_of + 1] = { name, value } end
  local mark = pandoc.json.encode({ kind = kind, level = level, id = attr.identifier, classes = attr.classes, attributes = pairs_of })
  local all = pandoc.Blocks({ pandoc.RawBlock("kept", mark) })
  all:extend(blocks)
  all:insert(pandoc.RawBlock("kept", "end"))
  return all
end

local function kept(kind, values, content) return pandoc.Span(content or {}, pandoc.Attr("", { "kept-" .. kind }, values)) end

function Div(div)
  if div.classes[1] == "cell" or div.classes[1] == "cell-output" then return div.content end -- Quarto's, about what a cell gave
  return between("Div", 0, div.attr, div.content)
end

function Header(header)
  return between("Header", header.level, header.attr, { pandoc.Plain(header.content) })
end

function Cite(cite)
  local id = cite.citations[1].id
  if id:match("^fig%-") or id:match("^tbl%-") or id:match("^sec%-") then return kept("reference", { { "to", id } }) end
end

function Image(image)
  return kept("picture", { { "source", image.src }, { "alt", image.attributes["fig-alt"] or "" } }, image.caption)
end
