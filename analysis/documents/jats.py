"""Makes pandoc's JATS valid and whole: abstract, authors, labels, notes and references as JATS Publishing 1.1 has them."""

import re

from lxml import etree

from analysis.errors import LegepaneletError

ALT = re.compile(rb"(<alt-text>)(.*?)(</alt-text>)", re.DOTALL)
DOCTYPE = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing DTD v1.1 20151215//EN" "JATS-journalpublishing1.dtd">'
REF_TYPES = {"fig": "fig", "tbl": "table", "sec": "sec", "ref": "bibr"}
TEXT = ("p", "td", "th", "title", "subtitle", "article-title", "label", "bold", "italic", "sup", "sub", "xref", "ext-link", "named-content",
        "alt-text", "kwd", "surname", "given-names", "aff", "term")  # fmt: skip
MAIN_FINDINGS = ("hovedfunn", "main-findings")
AFTER_ABSTRACT = ("trans-abstract", "kwd-group", "funding-group", "conference", "counts", "custom-meta-group")


def finished(made: bytes, folder: str) -> bytes:
    """The article, written by the template `reports/_extensions/look/article.xml`, as XML that is valid by the DTD.

    `folder` is where its pictures lie. Raises RENDER_FAILED.
    """
    try:
        root = etree.fromstring(_escaped(made), etree.XMLParser(load_dtd=False, resolve_entities=False, remove_blank_text=True))
    except etree.XMLSyntaxError as error:
        told = f"pandoc's JATS is no XML: {error.msg}"
        raise LegepaneletError("RENDER_FAILED", told, "Look for a text with markup of its own; the document was not written.") from None
    meta = root.find("front/article-meta")  # the journal's own part stays empty: which it will be, nobody knows yet
    for name in meta.iterfind("contrib-group/contrib/name"):
        _name(name)
    _abstract(root, meta)
    _main_findings(root)
    _tables(root)
    _labels(root)
    for link in root.iter("xref"):
        link.set("ref-type", REF_TYPES.get(link.get("rid", "").split("-")[0], "other"))
        link.attrib.pop("alt", None)
    _references(root)
    for picture in root.iter("graphic"):
        href = "{http://www.w3.org/1999/xlink}href"
        picture.set(href, f"{folder}/{picture.get(href).rsplit('/', 1)[1]}")
    for element in root.iter():  # a line an element, but for what stands in a line of text, where a space would be read
        parent = element.getparent()
        if parent is not None and parent.tag not in TEXT and not (element.tail or "").strip():
            element.tail = "\n"
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=DOCTYPE)


def _escaped(made: bytes) -> bytes:
    """Alternative texts with what would be markup escaped: pandoc writes them as they are."""

    def escape(hit: re.Match) -> bytes:
        text = re.sub(rb"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)", b"&amp;", hit[2])
        return hit[1] + text.replace(b"<", b"&lt;").replace(b">", b"&gt;") + hit[3]

    return ALT.sub(escape, made)


def _name(name) -> None:
    """A name as surname and given names; one of a single word, or a placeholder, is a surname."""
    whole = name.find("surname")
    given, _, surname = whole.text.rpartition(" ") if "(" not in whole.text else ("", "", whole.text)
    whole.text = surname
    if given:
        etree.SubElement(name, "given-names").text = given


def _abstract(root, meta) -> None:
    """The section of class abstract moves from the body to the front, its headings as section titles."""
    section = next((s for s in root.iter("sec") if s.get("id") == "abstract"), None)
    if section is None:
        return
    section.getparent().remove(section)
    section.tag = "abstract"
    section.attrib.clear()
    for part in section.iter("sec"):
        part.attrib.pop("id", None)
    followers = [child for child in meta if child.tag in AFTER_ABSTRACT]
    followers[0].addprevious(section) if followers else meta.append(section)


def _main_findings(root) -> None:
    """The section of main findings becomes a box."""
    for section in [s for s in root.iter("sec") if s.get("id") in MAIN_FINDINGS]:
        box = etree.Element("boxed-text", {"content-type": "main-findings"})
        section.getparent().replace(section, box)
        box.append(section)


def _tables(root) -> None:
    """A table's id, caption and notes on its `table-wrap`; pandoc leaves a box with all of them around it."""
    for box in [b for b in root.iter("boxed-text") if b.get("id", "").startswith("tbl-")]:
        wrap = box.find("table-wrap")
        wrap.set("id", box.get("id"))
        wrap.insert(0, box.find("caption"))
        for notes in box.findall("boxed-text"):
            foot = etree.SubElement(wrap, "table-wrap-foot")
            for note in list(notes):
                etree.SubElement(foot, "fn").append(note)
        box.getparent().replace(box, wrap)


def _labels(root) -> None:
    """`Figur 1` out of the caption."""
    for holder in [*root.iter("fig"), *root.iter("table-wrap")]:
        bold = holder.find("caption//bold")
        label = etree.Element("label")
        label.text = bold.text.rstrip(".")
        parent, rest = bold.getparent(), (bold.tail or "").lstrip()
        parent.remove(bold)
        parent.text = rest
        holder.insert(0, label)


def _references(root) -> None:
    """References in the order of their first citation, numbered as they are cited."""
    listed = root.find("back/ref-list")
    if listed is None:
        return
    order = dict.fromkeys(x.get("rid") for x in root.iter("xref") if x.get("ref-type") == "bibr")
    found = {ref.get("id"): ref for ref in listed.findall("ref")}
    for number, ref in enumerate((found[rid] for rid in order if rid in found), start=1):
        listed.remove(ref)
        label = etree.Element("label")
        label.text = str(number)
        ref.insert(0, label)
        listed.append(ref)
