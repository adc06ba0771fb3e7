"""Sessions as options: titles that others wrote, made fit to be shown and typed; pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from bot.engine.conversation import About
from bot.engine.hearing import fold, number_in

#: What every platform's button shows.
MOST_TITLE = 60
_CUT = "\u2026"
_ASTRAL = 0xFFFF


def labels(
    about: Iterable[About],
    others: Iterable[str],
    reserved: Collection[str],
    called: Callable[[str], str],
) -> dict[str, str]:
    """The label of each, by its id.

    `others` are the labels that stand beside them. A title that is a reserved word or begins
    with a number would be heard as something else, so it is said as `called` says it.
    """
    seen = {fold(other) for other in others}
    found: dict[str, str] = {}
    for each in about:
        title = " ".join(each.title.split()) or each.id
        phrase = fold(title)
        if not phrase or number_in(phrase) is not None or phrase in reserved:
            title = called(title)
        label, number = _cut(title, MOST_TITLE), 1
        while fold(label) in seen:
            number += 1
            mark = f" ({number})"
            label = _cut(title, MOST_TITLE - len(mark)) + mark
        seen.add(fold(label))
        found.setdefault(each.id, label)
    return found


def _cut(text: str, most: int) -> str:
    """A text within so many UTF-16 units, cut between words where it can be."""
    if _units(text) <= most:
        return text
    kept = text[:most]
    while _units(kept) >= most:
        kept = kept[:-1]
    between = kept.rpartition(" ")[0]
    return (between if len(between) * 2 > len(kept) else kept).rstrip() + _CUT


def _units(text: str) -> int:
    return len(text) + sum(ord(letter) > _ASTRAL for letter in text)
