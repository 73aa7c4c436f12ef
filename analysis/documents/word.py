"""What pandoc leaves undone in a Word document: the page head, tables that keep together, times that do not tell when it was made."""

import io
import zipfile
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LONGEST = 30  # rows of a table that is kept on one page
PROPERTIES = ("wave", "synthetic-label")
HEAD = {"RUNNING-HEAD": "running", "DATA-LABEL": "synthetic-label"}  # stand in the head of reports/_extensions/look/*.docx


def finished(made: bytes, epoch: int | None) -> bytes:
    """The document with the head filled in, every part of it dated `epoch` (seconds; None: as it is).

    What stands in the head, pandoc has written from the document's metadata among its own properties.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        told = {e.get("name"): "".join(e.itertext()) for e in etree.fromstring(old.read("docProps/custom.xml"))}
        for entry in old.infolist():
            name, content = entry.filename, old.read(entry)
            day = datetime.fromtimestamp(epoch, UTC).timetuple()[:6] if epoch is not None else entry.date_time
            if name.startswith("word/header"):
                for mark, key in HEAD.items():
                    content = content.replace(mark.encode(), escape(told.get(key, "")).encode())
            if name == "docProps/custom.xml":
                content = _properties(content)
            if name == "word/document.xml":
                content = _kept_together(content)
            new.writestr(zipfile.ZipInfo(name, day), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _properties(custom: bytes) -> bytes:
    """The document's own properties without what pandoc adds of its options, paths of the machine among them."""
    root = etree.fromstring(custom)
    for entry in [e for e in root if e.get("name") not in PROPERTIES]:
        root.remove(entry)
    for number, entry in enumerate(root, start=2):  # Word counts them from two
        entry.set("pid", str(number))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _kept_together(document: bytes) -> bytes:
    """Every row of a table that fits on a page stays with the next; no row is cut in two."""
    root = etree.fromstring(document)
    for table in root.iter(f"{W}tbl"):
        rows = table.findall(f"{W}tr")
        for place, row in enumerate(rows):
            properties = row.find(f"{W}trPr")
            if properties is None:
                properties = etree.Element(f"{W}trPr")
                row.insert(0, properties)
            properties.insert(0, etree.Element(f"{W}cantSplit"))
            for paragraph in row.iter(f"{W}pPr") if len(rows) <= LONGEST and place < len(rows) - 1 else ():
                style = paragraph.find(f"{W}pStyle")
                paragraph.insert(0 if style is None else 1, etree.Element(f"{W}keepNext"))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
