"""What an open question offers to choose from; it may depend on what was said so far."""

from __future__ import annotations

from collections.abc import Mapping

from bot.engine.conversation import About, Answer, Conversation
from bot.engine.flow import MINE, Ask, Choice, Choices, Level, Offer, Pool, Reading, Scale, Share
from bot.engine.script import Node

#: What a conversation is about that belongs to a round of a circle (see About.group).
ROUND = "round"


def options_of(node: Node, conversation: Conversation) -> tuple[str, ...]:
    """The options a turn shows, by name; a scale's points as digits."""
    match node.turn:
        case Scale(points=points):
            return tuple(str(point) for point in range(1, points + 1))
        case Choice(options=options) as turn:
            fixed = tuple(option.id for option in options)
            return (*_sessions(turn, conversation, fixed), *fixed)
        case Choices(options=options):
            return tuple(option.id for option in options)
        case Pool():
            return tuple(offer.measure for offer in offered(node, conversation))
        case Share(levels=levels) as turn:
            named = name_given(node, conversation.answers, conversation.about)
            nameless = (turn.round or turn.name is not None) and not named
            gone = {Level.NAMED} if nameless else set()
            return (MINE, *(level for level in levels if level not in gone))
        case _:
            return ()


def passes(node: Node, conversation: Conversation) -> bool:
    """Whether a question is passed over, for there is nothing to choose."""
    match node.turn:
        case Choice(offers=str()) as turn:
            return not _sessions(turn, conversation, ())
        case Pool():
            return not offered(node, conversation)
        case Share(of=names, round=in_round):
            alone = in_round and round_of(conversation.about) is None
            return alone or not answered(node, conversation, names)
        case _:
            return False


def offered(node: Node, conversation: Conversation) -> tuple[Offer, ...]:
    """The counts of a pool into which something could go."""
    offers = node.turn.offers if isinstance(node.turn, Pool) else ()
    return tuple(offer for offer in offers if answered(node, conversation, offer.of))


def answered(node: Node, conversation: Conversation, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a turn's sources that were answered in this conversation, as their nodes' keys."""
    in_words = isinstance(node.turn, Share)
    found = ((key, conversation.answers.get(key)) for key in (node.prefix + n for n in names))
    return tuple(key for key, given in found if given and (in_words or given.value is not None))


def round_of(about: tuple[About, ...]) -> About | None:
    """The round of a circle that a conversation is about; None for most."""
    return next((each for each in about if each.group == ROUND), None)


def name_given(node: Node, answers: Mapping[str, Answer], about: tuple[About, ...] = ()) -> str:
    """The name that a share would send with the words; empty where none was given.

    In a circle it is the name by which they are known there.
    """
    if not isinstance(node.turn, Share):
        return ""
    if node.turn.round:
        found = round_of(about)
        return found.name if found else ""
    if node.turn.name is None:
        return ""
    given = answers.get(node.prefix + node.turn.name)
    return given.text.strip() if given else ""


def takes_several(node: Node) -> bool:
    """Whether as many as a person likes may be chosen, then `done`."""
    return isinstance(node.turn, Choices | Pool)


def keeps_words(node: Node) -> bool:
    """Whether words that are no option are kept beside what is chosen.

    Where something is set up, they are a slip of the hand and nothing that anybody said.
    """
    match node.turn:
        case Ask(reads=Reading.WORDS):
            return True
        case Ask(sets=setting) | Choice(sets=setting) | Choices(sets=setting):
            return setting is None and not node.house
        case Pool() | Share():
            return False
        case _:
            return True


def goes_on_by_itself(node: Node) -> bool:
    """Whether a question is left when nothing has been written for a while."""
    return isinstance(node.turn, Ask) and node.turn.goes_on_after is not None


def puts_off(node: Node) -> frozenset[str]:
    """The options that bring the question again later the same day."""
    options = node.turn.options if isinstance(node.turn, Choice) else ()
    return frozenset(option.id for option in options if option.later)


def title_of(
    node: Node, conversation: Conversation, value: int | str | tuple[str, ...] | None
) -> str:
    """The title of what was chosen, where options come from outside; else empty."""
    if not isinstance(node.turn, Choice) or node.turn.offers is None:
        return ""
    fixed = {option.id for option in node.turn.options}
    titles = {each.id: each.title for each in conversation.about if each.id not in fixed}
    return titles.get(value, "") if isinstance(value, str) else ""


def _sessions(turn: Choice, conversation: Conversation, fixed: tuple[str, ...]) -> tuple[str, ...]:
    """What a choice offers of what the conversation is about, each once."""
    if turn.offers is None:
        return ()
    return tuple(dict.fromkeys(each.id for each in conversation.about if each.id not in fixed))
