"""What pandoc leaves undone in a Word document: the page head, and times that do not tell when it was made."""

import io
import zipfile
from datetime import UTC, datetime
from xml.sax.saxutils import escape

HEAD = ("RUNNING-HEAD", "DATA-LABEL")  # stand in the head of reports/look/*.docx


def finished(made: bytes, *, running: str, label: str, epoch: int) -> bytes:
    """The document with the head filled in, every part of it dated `epoch` (seconds)."""
    day = datetime.fromtimestamp(epoch, UTC).timetuple()[:6]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("word/header"):
                for mark, text in zip(HEAD, (running, label), strict=True):
                    content = content.replace(mark.encode(), escape(text).encode())
            new.writestr(zipfile.ZipInfo(name, day), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
