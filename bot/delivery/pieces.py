"""Pieces: one message as the platform's messages it takes to say it; pure.

Text is cut on a paragraph, else a line, else a sentence, else a word, else between two letters
as a reader sees them. Nothing is dropped but pieces that would show nothing. A message is cut
the same way each time, so that a resend goes on with the piece that was not acknowledged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.adapters.port import Limits
from bot.records import Option, Outbound, Paragraph, Quote

#: What an adapter writes between two paragraphs is as long as this.
_BLANK_LINE = 2
#: The places to cut at, from good to bad; each match ends where the next piece begins.
_CUTS = (
    re.compile(r"\n[^\S\n]*\n\s*"),
    re.compile(r"\n\s*"),
    re.compile(
        r"(?:(?<=[.!?\u2026])|(?<=[.!?\u2026][\"')\]\u2019\u201d\u00bb]))\s+|[\u3002\uff01\uff1f]\s*"
    ),
    re.compile(r"\s+"),
)
#: Marks and joiners that belong to the letter before them.
_CLINGING = frozenset(("Mn", "Mc", "Me"))
_JOINER = "\u200d"
_HANGUL = re.compile(r"[\u1100-\u115f][\u1100-\u11a7]|[\u1160-\u11ff][\u1160-\u11ff]")
_SKIN = range(0x1F3FB, 0x1F400)
_FLAG = range(0x1F1E6, 0x1F200)
_TAG = range(0xE0020, 0xE0080)
_ASTRAL = 0xFFFF


def units(text: str) -> int:
    """How long a text is in UTF-16 units, as the platforms count."""
    return len(text) + sum(ord(letter) > _ASTRAL for letter in text)


def pieces(message: Outbound, limits: Limits) -> tuple[Outbound, ...]:
    """Cut a message so that each piece is within the limits; buttons stand on the last one."""
    message = _listed(message, limits)
    bare = replace(message, options=(), files=(), done=None, window=None, aside="")
    room = limits.text
    if message.aside:
        room -= units(message.aside) + _BLANK_LINE
    if room * 2 < limits.text:  # An aside that would leave no room is said as all else is.
        whole = (*message.paragraphs, Paragraph(text=message.aside))
        message, room = replace(message, paragraphs=whole, aside=""), limits.text
    texts = [replace(bare, paragraphs=texts) for texts in _packed(message.paragraphs, room)]
    files = [replace(bare, paragraphs=(), files=(file,)) for file in message.files]
    buttons = message.options or message.done or message.window
    if not buttons and not (message.aside and texts):
        return (*texts, *files)
    last = texts.pop() if texts else bare
    last = replace(last, options=message.options, done=message.done, window=message.window)
    last = replace(last, aside=message.aside)
    return (*texts, *files, last)


def _listed(message: Outbound, limits: Limits) -> Outbound:
    """Options that do not fit on buttons become a numbered list: they can be typed as well."""
    options = message.options
    if len(options) <= limits.options and all(units(o.label) <= limits.label for o in options):
        return message
    lines = "\n".join(_line(number, option) for number, option in enumerate(options, 1))
    return replace(message, paragraphs=(*message.paragraphs, Paragraph(text=lines)), options=())


def _line(number: int, option: Option) -> str:
    return option.numbered(number) + (" \u2713" if option.chosen else "")


def _packed(
    paragraphs: Iterable[Paragraph | Quote], limit: int
) -> Iterator[tuple[Paragraph | Quote, ...]]:
    """Fill one piece after the other; a paragraph is cut only when it is too long by itself."""
    held: list[Paragraph | Quote] = []
    room = limit
    for paragraph in paragraphs:
        for part in _cut(paragraph.text, limit):
            needed = units(part)
            if held and needed + _BLANK_LINE > room:
                yield from _seen(held)
                held, room = [], limit
            room -= needed + (_BLANK_LINE if held else 0)
            held.append(replace(paragraph, text=part))
    yield from _seen(held)


def _seen(held: list[Paragraph | Quote]) -> Iterator[tuple[Paragraph | Quote, ...]]:
    """The piece, unless it would show nothing."""
    if any(not part.text.isspace() and part.text for part in held):
        yield tuple(held)


def _cut(text: str, limit: int) -> Iterator[str]:
    """Cut one text into parts within the limit; together they are the text again."""
    start = 0
    while (most := _reach(text, start, limit)) < len(text):
        end = _place(text, start, most)
        yield text[start:end]
        start = end
    yield text[start:]


def _reach(text: str, start: int, limit: int) -> int:
    """How far a part that begins here may go; at least one letter, whatever the limit."""
    end, left = start, limit
    while end < len(text) and (left := left - 1 - (ord(text[end]) > _ASTRAL)) >= 0:
        end += 1
    return max(end, min(start + 1, len(text)))


def _place(text: str, start: int, most: int) -> int:
    """Where to cut between two places: the last good one, unless it leaves a piece half empty."""
    for kind in _CUTS:
        ends = [found.end() for found in kind.finditer(text, start, most)]
        if ends and (ends[-1] - start) * 2 >= most - start:
            return ends[-1]
    for end in range(most, start, -1):
        if not _clings(text, end):
            return end
    return most


def _clings(text: str, at: int) -> bool:
    """Whether a cut here would tear a letter apart, as a reader sees letters."""
    before, after = text[at - 1], text[at]
    return (
        unicodedata.category(after) in _CLINGING
        or _JOINER in (before, after)
        or ord(after) in _SKIN
        or ord(after) in _TAG
        or (before == "\r" and after == "\n")
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
        or bool(_HANGUL.match(before + after))
        or (ord(after) in _FLAG and _flags_before(text, at) % 2 == 1)
    )


def _flags_before(text: str, at: int) -> int:
    """How many regional letters stand right before here; two of them make a flag."""
    start = at
    while start and ord(text[start - 1]) in _FLAG:
        start -= 1
    return at - start
