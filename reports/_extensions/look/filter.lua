-- How a document is laid out, in every format and by both renderers: themes, key figures, boxes, figures and tables with their
-- numbers, captions and alternative texts, cross-references, callouts. In Quarto it runs last (`at: post-finalize` in _quarto.yml), and
-- quarto.lua has kept what is laid out here out of Quarto's own hands.
local stringify = pandoc.utils.stringify
local words = {
  nb = { fig = "Figur", tbl = "Tabell", sec = "Avsnitt", note = "Merk", region = "Tabell som kan rulles" },
  en = { fig = "Figure", tbl = "Table", sec = "Section", note = "Note", region = "Table that can be scrolled" },
}
local W, typst, html, docx, jats, blind
local synthetic -- the mark of synthetic data, which an abstract carries too
local numbers = {} -- id of a float or section -> its label, as "Figur 1"

local function raw(text) return pandoc.RawBlock("typst", text) end

local function wrap(open, blocks, close)
  local all = pandoc.Blocks({ raw(open) })
  all:extend(blocks)
  all:insert(raw(close))
  return all
end

local function absent(div)
  local found = false
  div:walk({ Span = function(span) if span.classes:includes("absent") then found = true end end })
  return found
end

-- Expressions that had nothing to say: `[]{.nothing}`, as Quarto prints an expression whose value is an empty text.
local nothing = {
  Inlines = function(inlines)
    local found = pandoc.Inlines({})
    if not inlines:find_if(function(inline) return inline.t == "Span" and inline.classes[1] == "nothing" end) then return nil end
    for _, inline in ipairs(inlines) do
      local last = found[#found]
      local first = last == nil or last.t == "Space" or last.t == "SoftBreak"
      if not (inline.t == "Span" and inline.classes[1] == "nothing") and not ((inline.t == "Space" or inline.t == "SoftBreak") and first) then
        found:insert(inline)
      end
    end
    if #found > 0 and found[#found].t == "Space" then found:remove() end
    return found
  end,
  Para = function(para) if #para.content == 0 then return {} end end,
}

-- Sections on what a wave did not ask; content for another format.
local function prune(div)
  if div.classes:includes("theme") then return absent(div) and {} or div.content end
  if div.classes:includes("acknowledgement") and blind then return {} end -- an anonymised copy for review thanks nobody
  local only = div.attributes["when-format"]
  if div.classes:includes("content-visible") and only then
    local now = html and "html" or typst and "pdf" or docx and "docx" or "jats"
    return only == now and div.content or {}
  end
end

-- Boxes of ours: functions of the Typst template, styles of the Word template, JATS boxes.
local styles = { hovedfunn = "Hovedfunn", abstract = "Abstract", ["table-note"] = "Table Note", value = "Key Value", what = "Key Text",
  change = "Key Text", synthetic = "Synthetic", draft = "Synthetic" }

local function boxes(div)
  if div.classes:includes("abstract") and synthetic then
    div.content:insert(2, pandoc.Para({ pandoc.Strong({ pandoc.Str(synthetic) }) }))
  end
  local name = div.classes[1]
  if name == "declarations" or name == "acknowledgement" or (jats and name == "abstract") then
    return div.content
  elseif docx and styles[name] then
    div.attributes["custom-style"] = styles[name]
    return div:walk({ BulletList = function(list) -- paragraphs take the box's style, a tight list has its own
      return pandoc.BulletList(list.content:map(function(item) return pandoc.Blocks(item):map(function(block) return pandoc.Para(block.content) end) end))
    end })
  elseif not typst then
    return div
  end
  if div.classes:includes("key-figures") then return wrap("#key-figures(", div.content, ")") end
  if div.classes:includes("key-figure") then return wrap("[", div.content, "],") end
  for _, box in ipairs({ "value", "what", "change", "table-note", "hovedfunn", "abstract", "lead" }) do
    if div.classes:includes(box) then return wrap("#" .. (box == "abstract" and "summary" or box) .. "[", div.content, "]") end
  end
end

local function callout(div)
  if not div.classes:includes("callout-note") then return nil end
  local title = pandoc.Para({ pandoc.Strong({ pandoc.Str(W.note) }) })
  if div.content[1] and div.content[1].t == "Header" then
    title = pandoc.Para({ pandoc.Strong(div.content[1].content) })
    div.content:remove(1)
  end
  div.content:insert(1, title)
  return typst and wrap("#note-box[", div.content, "]") or div
end

-- Typst strings know only these escapes.
local function quoted(text) return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("\n", " ") .. '"' end

local function picture(image)
  local alt, source = image.attributes["fig-alt"] or "", image.src .. ((docx or jats) and ".png" or ".svg")
  if typst then
    return pandoc.RawInline("typst", "#image(" .. quoted(source) .. ", width: 100%, alt: " .. quoted(alt) .. ")")
  end
  image.src, image.caption, image.attributes["fig-alt"] = source, pandoc.Inlines(alt), nil
  if html then -- as an image element: inlined SVG would lose its alternative text
    local file = assert(io.open(source, "rb"))
    local data = pandoc.mediabag.make_data_uri("image/svg+xml", file:read("a"))
    file:close()
    local escaped = alt:gsub("&", "&amp;"):gsub('"', "&quot;"):gsub("<", "&lt;")
    return pandoc.RawInline("html", '<img src="' .. data .. '" alt="' .. escaped .. '">')
  end
  if docx then image.attributes.width = "100%" end
  return image
end

-- A caption of Word's own: its number is a field, so that Word can renumber and list the figures.
local function word_caption(caption, label, id, style)
  local word, number = label:match("^(%S+) (%d+)$")
  local field = '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">' .. word .. ' </w:t></w:r><w:fldSimple w:instr=" SEQ ' .. word ..
    ' \\* ARABIC "><w:r><w:rPr><w:b/></w:rPr><w:t>' .. number .. "</w:t></w:r></w:fldSimple>"
  local inlines = pandoc.Inlines({ pandoc.Span({ pandoc.RawInline("openxml", field) }, { id = id }), pandoc.Strong({ pandoc.Str(".") }), pandoc.Space() })
  inlines:extend(caption.content)
  return pandoc.Div(pandoc.Para(inlines), { ["custom-style"] = style })
end

local function labelled(caption, label)
  local inlines = pandoc.Inlines({ pandoc.Span({ pandoc.Str(label .. ".") }, { class = "label" }), pandoc.Space() })
  if typst or jats then inlines[1] = pandoc.Strong({ pandoc.Str(label .. ".") }) end
  inlines:extend(caption.content)
  return inlines
end

local function captioned(open, blocks, kind, caption, id)
  local all = wrap(open, blocks, "], kind: " .. kind .. ", caption: [")
  all:insert(pandoc.Plain(caption))
  all:insert(raw("]) <" .. id .. ">"))
  return all
end

local function figure(div, label)
  local image, caption = div.content[1], div.content[#div.content]
  if typst then
    return captioned("#figure([", { image }, "image", labelled(caption, label), div.identifier)
  elseif docx then
    return { pandoc.Div({ image }, { ["custom-style"] = "Captioned Figure" }), word_caption(caption, label, div.identifier, "Image Caption") }
  elseif jats then
    return pandoc.Figure({ pandoc.Plain(image.content) }, { long = { pandoc.Plain(labelled(caption, label)) } }, { id = div.identifier })
  end
  return pandoc.Div({ image, pandoc.Div(pandoc.Plain(labelled(caption, label)), { class = "caption" }) },
    pandoc.Attr(div.identifier, { "float", "figure" }))
end

local function tables(div)
  return div:walk({ RawBlock = function(block)
    if block.format == "html" then return pandoc.read(block.text, "html").blocks end
  end })
end

local function table_float(div, label)
  local caption = div.content[#div.content]
  div.content:remove(#div.content)
  if typst then
    local rows = 0
    div = tables(div)
    div:walk({ Table = function(t) for _, body in ipairs(t.bodies) do rows = rows + #body.body end end })
    local float = captioned("#figure([", div.content, "table", labelled(caption, label), div.identifier)
    return rows > 24 and float or wrap("#block(breakable: false, width: 100%)[", float, "]")
  elseif docx then
    local blocks = pandoc.Blocks({ word_caption(caption, label, div.identifier, "Table Caption") })
    blocks:extend(tables(div).content)
    return blocks
  elseif jats then
    div.content:insert(1, pandoc.Div(pandoc.Plain(labelled(caption, label)), { class = "caption" }))
    return pandoc.Div(tables(div).content, pandoc.Attr(div.identifier, { "table-float" }))
  end
  local blocks = pandoc.Blocks({ pandoc.Div(pandoc.Plain(labelled(caption, label)), { class = "caption", id = div.identifier .. "-caption" }) })
  for _, block in ipairs(div.content) do
    if block.t == "RawBlock" then
      block = pandoc.Div({ block }, pandoc.Attr("", { "scroll" }, { { "role", "region" }, { "tabindex", "0" }, { "aria-labelledby", div.identifier .. "-caption" } }))
    end
    blocks:insert(block)
  end
  return pandoc.Div(blocks, pandoc.Attr(div.identifier, { "float", "table" }))
end

-- Numbers every float and section in document order.
local function number(doc)
  local count, level = { fig = 0, tbl = 0 }, {}
  doc:walk({ traverse = "topdown",
    Header = function(header)
      for deeper = header.level + 1, 6 do level[deeper] = nil end
      if not header.classes:includes("unnumbered") then
        level[header.level] = (level[header.level] or 0) + 1
        local parts = {}
        for upper = 1, header.level do parts[#parts + 1] = tostring(level[upper] or 0) end
        if header.identifier ~= "" then numbers[header.identifier] = W.sec .. " " .. table.concat(parts, ".") end
      end
    end,
    Div = function(div)
      local kind = div.identifier:match("^(%a+)%-")
      if kind == "fig" or kind == "tbl" then
        count[kind] = count[kind] + 1
        numbers[div.identifier] = W[kind] .. " " .. count[kind]
      end
    end,
  })
end

local function float(div)
  local kind, label = div.identifier:match("^(%a+)%-"), numbers[div.identifier]
  if label and kind == "fig" then return figure(div, label) end
  if label and kind == "tbl" then return table_float(div, label) end
end

local function reference(cite)
  local id = cite.citations[1].id
  if not id:match("^fig%-") and not id:match("^tbl%-") and not id:match("^sec%-") then return nil end
  assert(numbers[id], "the document refers to @" .. id .. ", which it does not have") -- Quarto's own error() goes on
  return pandoc.Link(pandoc.Str((numbers[id]:gsub(" ", "\u{a0}"))), "#" .. id)
end

-- A displayed number: JATS names its results row; a PDF has no use for the mark.
local function displayed(span)
  if span.classes:includes("fixed") then return span.content end -- the reason is for who reads the source
  if not span.classes:includes("n") then return nil end
  if typst then return span.content end
  if jats then
    local row = span.attributes["row"] or span.attributes["data-row"] -- in pairs: a table of keys has no order
    return pandoc.Span(span.content, pandoc.Attr(span.identifier, {}, { { "content-type", "number" }, { "specific-use", row } }))
  end
end

-- What quarto.lua has kept, back as it was.
local back = {
  Blocks = function(blocks)
    local open, now = {}, pandoc.Blocks({})
    for _, block in ipairs(blocks) do
      if block.t ~= "RawBlock" or block.format ~= "kept" then
        now:insert(block)
      elseif block.text ~= "end" then
        open[#open + 1] = { now, pandoc.json.decode(block.text, false) }
        now = pandoc.Blocks({})
      else
        local outer, mark = table.unpack(table.remove(open))
        local attr = pandoc.Attr(mark.id, mark.classes, mark.attributes)
        outer:insert(mark.kind == "Header" and pandoc.Header(mark.level, now[1].content, attr) or pandoc.Div(now, attr))
        now = outer
      end
    end
    return now
  end,
  Span = function(span)
    if span.classes[1] == "kept-reference" then return pandoc.Cite({}, { pandoc.Citation(span.attributes.to, "AuthorInText") }) end
    if span.classes[1] == "kept-picture" then
      return pandoc.Image(span.content, (span.attributes.source:gsub("%.%a+$", "")), "", { ["fig-alt"] = span.attributes.alt })
    end
  end,
}

function Pandoc(doc)
  local lang = doc.meta.lang and stringify(doc.meta.lang):sub(1, 2) or "nb"
  W, typst, html = words[lang] or words.nb, FORMAT:match("typst") ~= nil, FORMAT:match("html") ~= nil
  docx, jats = FORMAT:match("docx") ~= nil, FORMAT:match("jats") ~= nil
  synthetic = doc.meta.synthetic and stringify(doc.meta["synthetic-label"])
  blind = doc.meta.blind
  doc = doc:walk(back):walk(nothing):walk({ Div = prune })
  doc:walk({ Span = function(span) -- a claim without support, or what the wave did not ask: in Quarto; the built-in renderer refuses it
    if span.classes:includes("unsupported") or span.classes:includes("absent") then doc.meta["draft-label"] = doc.meta["draft-label"] or doc.meta["unsupported-label"] end
  end })
  for _, mark in ipairs({ "draft", "synthetic" }) do
    local label = doc.meta[mark .. "-label"]
    if label and not (typst or jats) then
      doc.blocks:insert(1, pandoc.Div(pandoc.Plain(pandoc.Str(stringify(label))), pandoc.Attr("", { mark }, html and { { "role", "note" } } or {})))
    end
  end
  if docx and doc.meta["date-long"] then doc.meta.date = doc.meta["date-long"] end
  if (docx or jats) and synthetic then doc.meta.title = pandoc.Inlines(synthetic .. " · " .. stringify(doc.meta.title)) end
  number(doc)
  doc = doc:walk({ Image = picture, Cite = reference })
  doc = doc:walk({ Div = float })
  return doc:walk({ Div = function(div) return callout(div) or boxes(div) end, Span = displayed })
end
