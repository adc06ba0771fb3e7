"""The command menu: the reserved words a platform offers beside the chat, each with its use."""

from __future__ import annotations

from bot.engine.hearing import Word
from bot.prompts.house import house
from bot.prompts.render import label

#: In the order in which they are offered. `next` and what begins with `yes` need a moment of
#: their own.
OFFERED = (
    Word.PRACTISE,
    Word.JOURNAL,
    Word.DONE,
    Word.SKIP,
    Word.BACK,
    Word.LATER,
    Word.REMEMBER,
    Word.SETTINGS,
    Word.CAMPAIGNS,
    Word.PAUSE,
    Word.LINK,
    Word.UNLINK,
    Word.PROMPTS_HERE,
    Word.HELP,
    Word.KEEP,
    Word.EXPORT,
    Word.DELETE_THAT,
    Word.FORGET_ME,
    Word.STOP,
    Word.START,
)


#: The command that a place of several people has.
CIRCLE = "circle"


def menu(language: str) -> tuple[tuple[str, str], ...]:
    """Each command, in letters, digits and underscores, with what it is for in this language."""
    words = house(language)
    return tuple((word.value, label(words, "command", word.value)) for word in OFFERED)


def group_menu(language: str) -> tuple[tuple[str, str], ...]:
    """The commands for a place of several people, the same way."""
    return ((CIRCLE, label(house(language), "command", CIRCLE)),)
