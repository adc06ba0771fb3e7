"""Revealing: what of a round's voices is shown, so that no one learns what another chose; pure.

Nobody may find out who chose to have no name by leaving out those who have one. So names stand
only where those who could have written what has none are at least three: somebody who looks knows
themselves, and two others are left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from bot.records import Paragraph, Quote
from bot.store.rounds import Words

#: So many people at least could have written a voice without a name.
FEWEST = 3


def named(voices: Mapping[str, Words], others: Collection[str]) -> bool:
    """Whether names stand beside voices; `others` are all who could have given one.

    Whoever has a name could not have written what has none. Where all have a name, all stand.
    """
    with_name = {who for who, words in voices.items() if words.name}
    without = voices.keys() - with_name
    candidates = (set(others) | voices.keys()) - with_name
    return not without or len(candidates) >= FEWEST


def hidden(voices: Mapping[str, Words], others: Collection[str]) -> frozenset[str]:
    """Those whose voice would be known as theirs though they chose no name, so it is not shown.

    `others` are all who could have given a voice now, and have not been heard.
    """
    without = {who for who, words in voices.items() if not words.name}
    alone = len(set(others) | without) < FEWEST
    return frozenset(without) if alone else frozenset()


def shown(
    voices: Mapping[str, Words],
    others: Collection[str],
    chance: Callable[[], int],
    *,
    names: bool = True,
) -> tuple[Words, ...]:
    """The voices in an order that chance alone gives, with names where they may stand."""
    stand = names and named(voices, others)
    drawn = sorted(voices.values(), key=lambda _: chance())
    return tuple(drawn if stand else (_nameless(each) for each in drawn))


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
