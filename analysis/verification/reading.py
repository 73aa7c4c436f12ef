"""Reads the numbers back from rendered files: what a reader of the page, the PDF, the Word file or the XML is shown."""

import base64
import hashlib
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree, html

from analysis.errors import LegepaneletError

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
HREF = "{http://www.w3.org/1999/xlink}href"
NUMBER = re.compile(r"^n-\d+$")


@dataclass
class Shown:
    """What a file shows: number id -> its text, and -> the row it names (where the format says); per picture, in order, its
    alternative texts and the SHA-256 of the picture (none in a PDF); `text` is all of it, `marked` whether numbers have ids."""

    numbers: dict[str, str] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    pictures: list[tuple[list[str], str]] = field(default_factory=list)
    text: str = ""
    marked: bool = True


def read(path: Path) -> Shown:
    """The numbers of a rendered file, by its suffix. Raises FILE_UNREADABLE."""
    readers = {".html": _html, ".docx": _docx, ".xml": _jats, ".pdf": _pdf}
    try:
        return readers[path.suffix](path)
    except (OSError, ValueError, KeyError, IndexError, etree.LxmlError, zipfile.BadZipFile) as error:
        raise LegepaneletError("FILE_UNREADABLE", f"{path.name}: {error}", "Make the file again.") from None


def _html(path: Path) -> Shown:
    root, found = html.fromstring(path.read_bytes()), Shown()
    for element in root.iter("span"):
        if NUMBER.match(element.get("id", "")):
            found.numbers[element.get("id")] = element.text_content()
            found.rows[element.get("id")] = element.get("data-row", "")
    for image in root.iter("img"):
        data = base64.b64decode(image.get("src", "").partition("base64,")[2])
        alts = [
            image.get(name) for name in ("alt", "aria-label") if image.get(name)
        ]  # what a page says twice must be the same
        found.pictures.append((alts or [""], hashlib.sha256(data).hexdigest()))
    main = next(root.iter("main"), root)
    found.text = main.text_content()
    return found


def _docx(path: Path) -> Shown:
    found = Shown()
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
        links = etree.fromstring(archive.read("word/_rels/document.xml.rels"))
        targets = {link.get("Id"): link.get("Target") for link in links}
        open_: dict[str, str] = {}
        for element in root.iter():
            if element.tag == f"{W}bookmarkStart" and NUMBER.match(element.get(f"{W}name", "")):
                open_[element.get(f"{W}id")] = element.get(f"{W}name")
                found.numbers[element.get(f"{W}name")] = ""
            elif element.tag == f"{W}bookmarkEnd":
                open_.pop(element.get(f"{W}id"), None)
            elif element.tag == f"{W}t":
                for name in open_.values():
                    found.numbers[name] += element.text or ""
        for drawing in root.iter(f"{W}drawing"):
            alt = next(e.get("descr", "") for e in drawing.iter() if e.tag.endswith("}docPr"))
            blip = next(e for e in drawing.iter() if e.tag.endswith("}blip"))
            data = archive.read("word/" + targets[blip.get(f"{R}embed")])
            found.pictures.append(([alt], hashlib.sha256(data).hexdigest()))
    found.text = "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in root.iter(f"{W}p"))
    return found


def _jats(path: Path) -> Shown:
    parser = etree.XMLParser(load_dtd=False, resolve_entities=False, no_network=True)
    root, found = etree.parse(str(path), parser).getroot(), Shown()
    for element in root.iter("named-content"):
        if NUMBER.match(element.get("id", "")):
            found.numbers[element.get("id")] = "".join(element.itertext())
            found.rows[element.get("id")] = element.get("specific-use", "")
    for figure in root.iter("graphic"):
        data = (path.parent / figure.get(HREF)).read_bytes()
        alt = figure.find("alt-text")
        alt = figure.getparent().find("alt-text") if alt is None else alt
        found.pictures.append((["" if alt is None else "".join(alt.itertext())], hashlib.sha256(data).hexdigest()))
    found.text = "".join(root.itertext())
    return found


def _pdf(path: Path) -> Shown:
    """A PDF names no numbers: its text, page by page, without head and foot."""
    import pypdfium2

    pages = []
    document = pypdfium2.PdfDocument(path.read_bytes())
    for page in document:
        text = page.get_textpage()
        height = page.get_height()
        pages.append(text.get_text_bounded(bottom=0.075 * height, top=0.925 * height))
    return Shown(text="\n".join(pages), marked=False)
