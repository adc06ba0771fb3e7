"""What a step asks the house to do: a closed union, one frozen record each.

A turn is named as it stands in the script. Which words it has, and in which language, is
known to whoever renders it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.engine.conversation import Answer
from bot.engine.flow import Request, Setting


class Remark(StrEnum):
    """Small things said beside a conversation, worded in `bot/prompts/<language>/house.j2`."""

    #: A button of a turn that is no longer open.
    STALE = "stale"
    #: `back` at the first question.
    NOTHING_BEFORE = "nothing_before"
    #: Words where one of the options is wanted.
    CHOOSE = "choose"
    #: The same where several may be chosen.
    CHOOSE_FROM = "choose_from"
    #: Words where one of the options is wanted and nothing else is kept.
    CHOOSE_ONLY = "choose_only"
    #: The same where several may be chosen.
    CHOOSE_FROM_ONLY = "choose_from_only"
    #: Words that are neither one of the hours nor can be read as one.
    CHOOSE_HOUR = "choose_hour"
    #: Words where something may be counted or shared.
    CHOOSE_OFFER = "choose_offer"
    #: `done` at choices with none chosen.
    CHOOSE_SOME = "choose_some"
    #: Words that cannot be read as a place.
    UNREAD_ZONE = "unread_zone"
    #: Words that cannot be read as a time of day.
    UNREAD_HOUR = "unread_hour"
    #: `done` before anything was written.
    NOTHING_YET = "nothing_yet"
    #: `skip` after words were written, which stay as the answer.
    SKIPPED_WORDS = "skipped_words"
    #: The answer has grown as long as one answer may; it is whole, and the next turn comes.
    LONG = "long"
    #: An edit changed an answer.
    CHANGED = "changed"
    #: A message was taken out of the chat, and so out of an answer.
    GONE = "gone"
    #: The last thing said was taken back.
    UNSAID = "unsaid"
    #: There is nothing to take back.
    NOTHING_TO_UNSAY = "nothing_to_unsay"
    #: The conversation has ended.
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Say:
    """Say the words of a turn."""

    turn: str
    wording: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Say the words of a turn and wait for an answer."""

    turn: str
    #: Which wording, from 0; None for `turn__rest`.
    wording: int | None
    #: The number a press must carry.
    ask: int
    #: The option names on show, scale points as digits.
    options: tuple[str, ...] = ()
    #: The options chosen so far.
    chosen: tuple[str, ...] = ()
    #: True when several may be chosen, then `done`.
    several: bool = False
    #: What was answered here before, shown so that it can be kept or replaced.
    earlier: Answer | None = None
    #: What was written here so far and is not yet an answer.
    draft: Answer | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Make a remark; the question stays open."""

    remark: Remark


@dataclass(frozen=True, slots=True)
class PutOff:
    """Say when the open question comes again, as its participant chose."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """Show a sign of life: words were gathered and no message is due yet."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep this answer; it replaces an earlier one to the same turn of this conversation."""

    turn: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Drop:
    """Delete the kept answer to this turn of this conversation."""

    turn: str


@dataclass(frozen=True, slots=True)
class Hold:
    """This answer is in the open conversation alone; words may speak of it, nothing keeps it."""

    turn: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Pool:
    """Count these answers without a name; it replaces what this conversation gave before."""

    measure: str
    #: The answers by the names that the practice has for them.
    values: tuple[tuple[str, int | str | tuple[str, ...]], ...]
    #: Which session it is about; empty for none.
    at: str


@dataclass(frozen=True, slots=True)
class Unpool:
    """Take back what this conversation gave to a count."""

    measure: str
    #: Which session it was about; empty for none.
    at: str


@dataclass(frozen=True, slots=True)
class Share:
    """Share these answers; it replaces what this turn of this conversation shared before."""

    turn: str
    #: The turns whose answers were shown.
    sources: tuple[str, ...]
    level: str
    #: Which session they are about; empty for none.
    at: str


@dataclass(frozen=True, slots=True)
class Unshare:
    """Take back what this turn of this conversation shared."""

    turn: str


@dataclass(frozen=True, slots=True)
class Set:
    """Set something about the participant."""

    setting: Setting
    value: str


@dataclass(frozen=True, slots=True)
class Begin:
    """Begin another practice."""

    practice: str


@dataclass(frozen=True, slots=True)
class Do:
    """Do what a closing practice asks of the house."""

    request: Request


Effect = (
    Say
    | Ask
    | Note
    | PutOff
    | Heard
    | Keep
    | Drop
    | Hold
    | Pool
    | Unpool
    | Share
    | Unshare
    | Set
    | Begin
    | Do
)
