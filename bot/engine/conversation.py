"""Where one participant stands in one practice: all that `step` remembers, and nothing else.

Recalled words are never here: they are fetched for one step and forgotten, so that deleting
them bites. When a conversation ends, its answers leave it too; the kept answers remain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """How a conversation stands. None of these is called missed."""

    #: Waits behind the one that is being held now; nothing has been said yet.
    QUEUED = "queued"
    #: A turn is open, or a quiet time is running.
    OPEN = "open"
    #: Set aside by `later` or `pause`; anything its participant says takes it up again.
    RESTING = "resting"
    #: Came to its own end.
    CLOSED = "closed"
    #: Gave way to a newer one; what was answered is kept.
    FOLDED = "folded"
    #: Its participant said `stop`.
    STOPPED = "stopped"


#: The standings after which nothing happens any more.
ENDED = frozenset({Status.CLOSED, Status.FOLDED, Status.STOPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of an answer."""

    #: The platform's id of the message, so that an edit finds it.
    message: str
    text: str
    #: The id of a stored photo or voice note that came with it.
    media: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a participant gave to one turn."""

    #: A scale's number, a choice's name, choices' names; None when the answer is in words.
    value: int | str | tuple[str, ...] | None = None
    #: The messages of an answer in words, in their order.
    parts: tuple[Part, ...] = ()
    #: What was chosen was called so, when its options came from outside; else empty.
    called: str = ""
    #: Which wording of the question it answers, from 0; None for `turn__rest`.
    wording: int | None = 0
    #: When its last part was said (UTC).
    said_at: datetime

    @property
    def text(self) -> str:
        """The words, the messages joined as paragraphs; nothing is cut."""
        return "\n\n".join(part.text for part in self.parts if part.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Something a conversation is about, such as a session that was held."""

    #: What its choice is kept as.
    id: str
    #: What a person reads.
    title: str
    #: What it is part of, such as a festival; and when it is over (UTC).
    group: str = ""
    ends_at: datetime | None = None
    #: By what name its participant is known there; empty where by none.
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One participant in one practice."""

    #: Random, 32 hexadecimal digits.
    id: str
    practice: str
    #: The content hash of the practice and its words that this conversation is pinned to.
    revision: str
    status: Status = Status.OPEN
    #: The turn that is open; None before the first and after the last.
    at: str | None = None
    #: How many times something was asked; a press carries the number it belongs to.
    ask: int = 0
    #: What it is about: offered by a choice of sessions, in this order.
    about: tuple[About, ...] = ()
    #: How many conversations of this practice came before: chooses among wordings.
    ordinal: int = 0
    #: Which wording each turn that must not repeat itself was given, from 0; None is `turn__rest`.
    wordings: dict[str, int | None] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    #: The questions passed, in order, for `back`.
    trail: tuple[str, ...] = ()
    #: Messages gathered for the open question.
    draft: tuple[Part, ...] = ()
    #: Options chosen so far, for a turn of choices.
    chosen: tuple[str, ...] = ()
    #: When the open turn is to be woken (UTC): a quiet gap, a quiet time, a prompt set aside.
    wake_at: datetime | None = None
    #: The number of that wake-up, so that an old one is known as old.
    wake: int = 0
    touched_at: datetime

    @property
    def begun(self) -> bool:
        """True once its participant has put something into it."""
        return bool(self.answers or self.draft or self.chosen)
