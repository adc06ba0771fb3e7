"""Photos: everything but the picture is taken out; pure, but not quick.

A phone writes into a photo where it was taken, when, and by whose camera. JPEG and WebP that
stand upright are cut byte by byte, so that no point of the picture changes; the others are
written anew from their points.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, JpegImagePlugin

from bot.records import Media

#: The most points a picture may have when it is unpacked: about 200 MB of memory.
MOST_POINTS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_ORIENTATION = 0x0112
_UPRIGHT = 1
#: What a picture needs to look right; all else that Pillow knows of it is dropped.
_NEEDED = frozenset({"icc_profile", "transparency", "background", "gamma"})
#: How much of a WebP's quality is kept when it is turned.
_WEBP_QUALITY = 92

#: What stands before each marker, once or more often; and the first that begins a segment.
_BEFORE, _FIRST = 0xFF, 0xC0
_START_OF_SCAN, _END = 0xDA, 0xD9
_RESTARTS = range(0xD0, 0xD8)
#: Segments without which there is no picture: frames, tables, scans.
_PICTURE = frozenset({*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD})
#: Application segments that say how to show a JPEG, by what they begin with.
_SHOWN_BY = ((0xE2, b"ICC_PROFILE\x00"), (0xEE, b"Adobe"))
_JFIF = (0xE0, b"JFIF\x00")
#: A JFIF segment without its thumbnail.
_JFIF_LENGTH = 14

_WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
#: The flags of a WebP that announce EXIF and XMP.
_WEBP_FLAGS = 0x0C


def clean(content: bytes) -> Media | None:
    """The picture alone, upright; None when it is none that can be kept."""
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MOST_POINTS:
                return None
            image.load()
            kind = _kind(image)
            bare = _bare(image, kind, content)
    except Exception:  # noqa: BLE001 - Pillow raises whatever a broken file makes happen.
        return None
    ending = "jpg" if kind == "JPEG" else kind.lower()
    return Media(name=f"photo.{ending}", mime=f"image/{kind.lower()}", content=bare)


def _kind(image: Image.Image) -> str:
    """The format; a JPEG with more pictures behind it has another name in Pillow."""
    is_jpeg = isinstance(image, JpegImagePlugin.JpegImageFile)
    return "JPEG" if is_jpeg else str(image.format)


def _bare(image: Image.Image, kind: str, content: bytes) -> bytes:
    if image.getexif().get(_ORIENTATION, _UPRIGHT) == _UPRIGHT and kind in _CUT:
        try:
            return b"".join(_CUT[kind](content))
        except (ValueError, IndexError):
            pass  # Pillow reads it all the same, so it is written anew.
    return _anew(image, kind)


def _anew(image: Image.Image, kind: str) -> bytes:
    """The picture written again, as its camera was held."""
    upright = ImageOps.exif_transpose(image)
    upright.info = {name: upright.info[name] for name in _NEEDED & upright.info.keys()}
    how: dict[str, Any] = {}
    if "icc_profile" in upright.info:
        how["icc_profile"] = upright.info["icc_profile"]
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        sampling = JpegImagePlugin.get_sampling(image)
        how |= {"qtables": image.quantization, "subsampling": sampling}
    elif kind == "WEBP":
        how["quality"] = _WEBP_QUALITY
    out = BytesIO()
    upright.save(out, kind, **how)
    return out.getvalue()


def _jpeg(content: bytes) -> Iterator[bytes]:
    """A JPEG's segments but those that say more than the picture; nothing behind its end."""
    yield content[:2]
    at = 2
    while True:
        marker = content[at + 1]
        if content[at] != _BEFORE or marker < _FIRST:
            raise ValueError("not a marker")
        if marker == _BEFORE:
            at += 1
            continue
        if marker == _END:
            yield content[at : at + 2]
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        yield _segment(marker, content[at:end])
        at = end
        if marker == _START_OF_SCAN:
            at = _scanned(content, end)
            yield content[end:at]


def _segment(marker: int, segment: bytes) -> bytes:
    """The segment as it is kept; empty when it is not."""
    said = segment[4:]
    if (marker, said[:5]) == _JFIF:
        return segment[:2] + (_JFIF_LENGTH + 2).to_bytes(2) + said[: _JFIF_LENGTH - 2] + b"\0\0"
    shown_by = any(marker == each and said.startswith(begin) for each, begin in _SHOWN_BY)
    return segment if marker in _PICTURE or shown_by else b""


def _scanned(content: bytes, at: int) -> int:
    """Where the points of a scan end: at the next marker that is not one of their own."""
    while True:
        at = content.index(b"\xff", at)
        after = content[at + 1]
        if after and after not in _RESTARTS:
            return at
        at += 2


def _webp(content: bytes) -> Iterator[bytes]:
    """A WebP's chunks but those that say more than the picture."""
    kept = b"".join(_chunks(content))
    yield b"RIFF" + (len(kept) + 4).to_bytes(4, "little") + b"WEBP" + kept


def _chunks(content: bytes) -> Iterator[bytes]:
    end = min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    at = 12
    while at + 8 <= end:
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        after = at + 8 + size + size % 2
        if name == b"VP8X":
            flags = content[at + 8] & ~_WEBP_FLAGS
            yield content[at : at + 8] + bytes([flags]) + content[at + 9 : after]
        elif name in _WEBP_KEPT:
            yield content[at:after]
        at = after


#: How a picture that stands upright is cut, by its format.
_CUT = {"JPEG": _jpeg, "WEBP": _webp}
