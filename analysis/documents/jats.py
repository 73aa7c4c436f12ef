"""Makes pandoc's JATS valid and whole: abstract, authors, labels, notes and references as JATS Publishing 1.1 has them."""

import re

from lxml import etree

DOCTYPE = (
    '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing DTD v1.1 20151215//EN" "JATS-journalpublishing1.dtd">'
)
REF_TYPES = {"fig": "fig", "tbl": "table", "sec": "sec", "ref": "bibr"}
AFTER_ABSTRACT = ("trans-abstract", "kwd-group", "funding-group", "conference", "counts", "custom-meta-group")


def finished(made: bytes, front: dict) -> bytes:
    """The article as validated XML; `front` is the document's front matter (author, affiliation, lang, synthetic-label)."""
    root = etree.fromstring(made, etree.XMLParser(load_dtd=False, resolve_entities=False, remove_blank_text=True))
    root.set("dtd-version", "1.1")
    root.set("article-type", "research-article")
    root.set("{http://www.w3.org/XML/1998/namespace}lang", front["lang"])
    meta = root.find("front/article-meta")
    _contributors(meta, front)
    _abstract(root, meta)
    _floats(root)
    for link in root.iter("xref"):
        link.set("ref-type", REF_TYPES.get(link.get("rid", "").split("-")[0], "other"))
    if label := front.get("synthetic-label"):
        group = etree.SubElement(meta, "kwd-group")
        etree.SubElement(group, "kwd").text = label
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=DOCTYPE, pretty_print=True)


def _contributors(meta, front: dict) -> None:
    """Authors as surname and given names; a name of one word, or a placeholder, is a surname."""
    for group in meta.findall("contrib-group"):
        meta.remove(group)
    if not front.get("author"):
        return
    group = etree.Element("contrib-group")
    for author in front["author"]:
        contributor = etree.SubElement(group, "contrib", {"contrib-type": "author"})
        name = etree.SubElement(contributor, "name")
        given, _, surname = author.rpartition(" ") if "(" not in author else ("", "", author)
        etree.SubElement(name, "surname").text = surname
        if given:
            etree.SubElement(name, "given-names").text = given
    for affiliation in front.get("affiliation", []):
        etree.SubElement(group, "aff").text = affiliation
    meta.find("title-group").addnext(group)


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


def _floats(root) -> None:
    """Labels out of captions, a table's id and notes on its `table-wrap`."""
    for box in list(root.iter("boxed-text")):
        kind = box.get("content-type", "")
        if kind.startswith("table-float"):
            wrap = box.find(".//table-wrap")
            wrap.set("id", box.get("id"))
            caption = next((b for b in box.iter("boxed-text") if b.get("content-type") == "caption"), None)
            if caption is not None:
                holder = etree.Element("caption")
                holder.extend(list(caption))
                wrap.insert(0, holder)
                caption.getparent().remove(caption)
            notes = next((b for b in box.iter("boxed-text") if b.get("content-type") == "table-note"), None)
            if notes is not None:
                foot = etree.SubElement(wrap, "table-wrap-foot")
                for note in list(notes):
                    etree.SubElement(foot, "fn").append(note)
            box.getparent().replace(box, wrap)
    for holder in [*root.iter("fig"), *root.iter("table-wrap")]:
        bold = holder.find("caption//bold")
        if bold is None:
            continue
        label = etree.Element("label")
        label.text = bold.text.rstrip(".")
        rest = (bold.tail or "").lstrip()
        parent = bold.getparent()
        parent.remove(bold)
        parent.text = rest
        holder.insert(0, label)
