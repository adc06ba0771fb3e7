"""Revealing: what of a round's voices is shown, so that no one learns what another chose; pure.

Nobody may find out who chose to have no name by leaving out those who have one. If all others have
a name or have been heard, what is left over says it of each of them, however many they are. So
names stand beside voices without one only where two at least have not been heard. Whoever looks
may be one of the two, and knows it; the other could be anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bot.records import Paragraph, Quote
from bot.store.rounds import Words

#: So many people at least could have written a voice that came late and has no name.
FEWEST = 3
#: So many people at least have not been heard, where names stand beside voices without one.
UNHEARD = 2


def named(voices: Mapping[str, Words], others: Collection[str]) -> bool:
    """Whether names stand beside voices; `others` are all who could have given one.

    Where all have a name, all stand.
    """
    unheard = len(set(others) - voices.keys())
    return all(words.name for words in voices.values()) or unheard >= UNHEARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What stands in a round when voices come late, and who has left since."""

    #: Whether a voice has no name there.
    nameless: bool = False
    #: Whether somebody has left since: they have not come late.
    parted: bool = False
    #: How many of those who were heard have left. Nobody is to tell who had been heard, so it is
    #: reckoned as if none of them had.
    gone: int = 0


def late(
    voices: Mapping[str, Words], others: Collection[str], before: Before
) -> tuple[dict[str, Words], bool]:
    """Of voices that came late: those that are shown, and whether names stand beside them.

    `others` are all who could have given a voice now, and have not been heard. A voice without a
    name is not shown where too few could have given it. Where somebody has left, too few that stay
    unheard would tell that whoever left had no name: then none is shown.
    """
    few = len(set(others) | voices.keys()) - before.gone < FEWEST
    told = {who: words for who, words in voices.items() if words.name or not few}
    nameless = before.nameless or not all(words.name for words in told.values())
    unheard = len(set(others) - told.keys()) - before.gone
    if before.parted and nameless and unheard < UNHEARD:
        return {}, False
    return told, not nameless or unheard >= UNHEARD


def shown(
    voices: Mapping[str, Words], chance: Callable[[], int], *, names: bool
) -> tuple[Words, ...]:
    """The voices in an order that chance alone gives, with names where they may stand."""
    drawn = sorted(voices.values(), key=lambda _: chance())
    return tuple(drawn if names else (_nameless(each) for each in drawn))


def _nameless(words: Words) -> Words:
    return words.model_copy(update={"name": ""})


def paragraphs(
    voices: tuple[Words, ...],
    first: str,
    above: Callable[[str], tuple[Paragraph | Quote, ...]],
) -> tuple[Paragraph | Quote, ...]:
    """All voices in one message: what stands above each, then its words."""
    said: list[Paragraph | Quote] = [Paragraph(text=first)] if first else []
    for each in voices:
        said += [*above(each.name), Quote(text="\n\n".join(each.paragraphs))]
    return tuple(said)


def taken_up(counted: Mapping[int, int], chance: Callable[[], int]) -> tuple[int | None, bool]:
    """Which question was chosen most, and whether a lot had to be drawn; None when none was."""
    if not counted:
        return None, False
    most = max(counted.values())
    first = sorted(choice for choice, number in counted.items() if number == most)
    return first[chance() % len(first)], len(first) > 1
