"""A page that needs no other file: its style sheet and fonts are in it, as its pictures are already.

Pandoc's `--embed-resources` reads the whole page once more to do this, which takes seconds; it is left to the pages of authors who put in files.
"""

import re
from base64 import b64encode
from pathlib import Path

FONT = re.compile(rb'url\("?([^):"]+\.woff2)"?\)')
REFERRED = re.compile(rb'url\("?(?!"?data:)|@import')
OUTSIDE = re.compile(rb'<(?:img|script|iframe|source|video|audio|link|embed)\b[^>]*\s(?:src|href)="(?!data:|#)')


def standalone(page: bytes, sheet: Path) -> bytes | None:
    """The page with `sheet`, which it links to, in it; None if it refers to other files besides."""
    link = f'<link rel="stylesheet" href="{sheet.name}">'.encode()
    style = _with_fonts(sheet)
    styled = page.replace(link, b"<style>\n" + style + b"</style>")
    return None if OUTSIDE.search(styled) or REFERRED.search(style) else styled


def _with_fonts(sheet: Path) -> bytes:
    def font(hit: re.Match) -> bytes:
        return b"url(data:font/woff2;base64," + b64encode((sheet.parent / hit[1].decode()).read_bytes()) + b")"

    return FONT.sub(font, sheet.read_bytes())
