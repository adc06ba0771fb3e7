"""QR: a link as a code to be printed and scanned, as SVG or PNG, told to screen readers too."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import segno

#: Modules of white around it, and how much of it may be damaged (M: 15 %): the standard's advice.
QUIET, LEVEL = 4, "m"
#: Pixels a module: at 3 cm across, a printer's 600 dots an inch.
_PIXELS = 20
#: The same for a drawing, whose size is free.
_UNITS = 4
KINDS = (".svg", ".png")


def drawn(link: str, kind: str, title: str) -> bytes:
    """The code of a link as a file's content: `.svg` or `.png`."""
    code = segno.make(link, error=LEVEL, micro=False)
    file = BytesIO()
    if kind == ".png":
        code.save(file, kind="png", border=QUIET, scale=_PIXELS)
        return file.getvalue()
    code.save(
        file,
        kind="svg",
        border=QUIET,
        scale=_UNITS,
        light="white",
        title=title,
        desc=f"A QR code. It leads to {link}",
    )
    return file.getvalue().replace(b"<svg ", b'<svg role="img" ', 1)


def beside(file: Path, platform: str) -> Path:
    """The file of one platform where each has its own: `poster-telegram.svg`."""
    return file.with_name(f"{file.stem}-{platform}{file.suffix}")
