-- What both renderers need (themes, key figures, boxes), and what Quarto does by itself: numbering, cross-references,
-- alt texts and callouts, which only the built-in renderer takes from here.
local stringify = pandoc.utils.stringify
local words = {
  nb = { fig = "Figur", tbl = "Tabell", sec = "Avsnitt", note = "Merk", region = "Tabell som kan rulles" },
  en = { fig = "Figure", tbl = "Table", sec = "Section", note = "Note", region = "Table that can be scrolled" },
}
local W, typst, html
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

-- Sections on what a wave did not ask; content for another format.
local function prune(div)
  if div.classes:includes("theme") then return absent(div) and {} or div.content end
  local only = div.attributes["when-format"]
  if div.classes:includes("content-visible") and only and not quarto then
    local now = html and "html" or typst and "pdf" or FORMAT
    return only == now and div.content or {}
  end
end

local function boxes(div)
  if not typst then return nil end
  local function call(name) return wrap("#" .. name .. "[", div.content, "]") end
  if div.classes:includes("key-figures") then return wrap("#key-figures(", div.content, ")") end
  if div.classes:includes("key-figure") then return wrap("[", div.content, "],") end
  for _, name in ipairs({ "value", "what", "change", "table-note", "hovedfunn", "lead" }) do
    if div.classes:includes(name) then return call(name) end
  end
end

local function callout(div)
  if quarto or not div.classes:includes("callout-note") then return nil end
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
  local alt, source = image.attributes["fig-alt"] or "", image.src .. ".svg"
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
  return image
end

local function labelled(caption, label)
  local inlines = pandoc.Inlines({ pandoc.Span({ pandoc.Str(label .. ".") }, { class = "label" }), pandoc.Space() })
  if typst then inlines[1] = pandoc.Strong({ pandoc.Str(label .. ".") }) end
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
  end
  return pandoc.Div({ image, pandoc.Div(pandoc.Plain(labelled(caption, label)), { class = "caption" }) },
    { id = div.identifier, class = "float figure" })
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
  end
  local blocks = pandoc.Blocks({ pandoc.Div(pandoc.Plain(labelled(caption, label)), { class = "caption", id = div.identifier .. "-caption" }) })
  for _, block in ipairs(div.content) do
    if block.t == "RawBlock" then
      block = pandoc.Div({ block }, { class = "scroll", role = "region", tabindex = "0", ["aria-labelledby"] = div.identifier .. "-caption" })
    end
    blocks:insert(block)
  end
  return pandoc.Div(blocks, { id = div.identifier, class = "float table" })
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
  if not numbers[id] then error("the document refers to @" .. id .. ", which it does not have") end
  return pandoc.Link(pandoc.Str((numbers[id]:gsub(" ", "\u{a0}"))), "#" .. id)
end

function Pandoc(doc)
  local lang = doc.meta.lang and stringify(doc.meta.lang):sub(1, 2) or "nb"
  W, typst, html = words[lang] or words.nb, FORMAT:match("typst") ~= nil, FORMAT:match("html") ~= nil
  doc = doc:walk({ Div = prune })
  if html and doc.meta.synthetic then
    doc.blocks:insert(1, pandoc.Div(pandoc.Plain(pandoc.Str(stringify(doc.meta["synthetic-label"]))), { class = "synthetic", role = "note" }))
  end
  if not quarto then
    number(doc)
    doc = doc:walk({ Image = picture, Cite = reference })
    doc = doc:walk({ Div = float })
  elseif typst or html then
    doc = doc:walk({ Div = function(div) if div.identifier:match("^tbl%-") and typst then return tables(div) end end })
  end
  return doc:walk({ Div = function(div) return callout(div) or boxes(div) end })
end
