"""Letters: text as it came, made fit to be stored."""

from __future__ import annotations


def whole(text: str) -> str:
    """Text that can be stored: half of a surrogate pair becomes the sign for a lost letter."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
