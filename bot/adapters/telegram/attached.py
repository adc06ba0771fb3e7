"""Attached: the photo or voice note of a message, which waits at Telegram; pure and total."""

from __future__ import annotations

from dataclasses import dataclass

from bot.adapters.telegram import fields
from bot.adapters.telegram.fields import Json

#: Telegram's limit on what a bot may fetch, in bytes.
LARGEST = 20_000_000
#: What a voice note is; other sound may carry its owner's name.
VOICE = "audio/ogg"
_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """A file that waits at Telegram."""

    id: str
    mime: str
    #: In bytes; 0 when Telegram does not say.
    size: int


def attached(message: Json) -> FileRef | None:
    """The photo or voice note of a message; a film that comes as a document too is none."""
    if sizes := fields.parts(message, "photo"):
        return _largest(sizes)
    if voice := fields.part(message, "voice"):
        mime = fields.text(voice, "mime_type") or VOICE
        return _ref(voice, mime) if mime == VOICE else None
    document = fields.part(message, "document")
    mime = fields.text(document, "mime_type").casefold()
    return _ref(document, mime) if mime in _IMAGES and "animation" not in message else None


def _largest(sizes: list[Json]) -> FileRef | None:
    """The largest of a photo's sizes that can be fetched."""
    area = {
        index: (fields.number(size, "width") or 0) * (fields.number(size, "height") or 0)
        for index, size in enumerate(sizes)
    }
    ranked = sorted(area, key=lambda index: (area[index], index))
    refs = [ref for index in ranked if (ref := _ref(sizes[index], "image/jpeg"))]
    fitting = [ref for ref in refs if ref.size <= LARGEST] or refs
    return fitting[-1] if fitting else None


def _ref(file: Json, mime: str) -> FileRef | None:
    id_ = fields.text(file, "file_id")
    return FileRef(id=id_, mime=mime, size=fields.number(file, "file_size") or 0) if id_ else None
