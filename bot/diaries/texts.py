"""Pure: other people's text made plain: no control characters, one line, no more than fits."""

from __future__ import annotations

import html
import re
from datetime import date
from unicodedata import category

#: What turns text around for whatever stands after it.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
#: Where a line of a description ends, in plain text and in HTML.
_END = re.compile(r"\n|<br\s*/?>|</p>|</div>|</li>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def plain(text: str) -> str:
    """The text on one line."""
    return " ".join(_seen(text).split())


def paragraphs(text: str) -> str:
    """The text with its own line ends."""
    return "\n".join(plain(line) for line in text.splitlines()).strip()


def lines(description: str) -> list[str]:
    """The lines of a description, which may be HTML."""
    return [plain(html.unescape(_TAG.sub("", line))) for line in _END.split(description)]


def shown(text: str) -> str:
    """The text in its marks, short enough for a sentence."""
    return f'"{plain(text)[:60]}"'


def _seen(text: str) -> str:
    kept = (" " if category(each) in _UNSEEN else each for each in text if each not in _TURNING)
    return "".join(kept)


def about(title: str, day: date, fault: str) -> str:
    """A line that says what is wrong with an event."""
    return f"{shown(title)} of {day:%Y-%m-%d}: {fault}."
