"""The port: what the house asks of every platform, and how a send can fail.

An adapter makes one message of the platform's from what it is given, escapes all of it, and
turns the platform's errors into these, narrow first:

Undeliverable
    Unreachable   the network, a 5xx or a timeout: try again; `uncertain` when it may have arrived
    Throttled     too fast: not before `retry_after` has passed
    Refused       the platform will never take this message
    Departed      the person or the chat is gone: delivery to this address ends
    Moved         the chat has a new place
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.records import Inbound, Outbound, Platform, Reply, Shown

#: What an adapter hands everything to that comes in; acknowledge only once it has returned.
Hear = Callable[[Inbound], Awaitable[Reply]]


class Undeliverable(Exception):  # noqa: N818 (MODELS 3.13: named after what happened to us)
    """A message could not be handed over; `reason` is a short name without anybody's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        #: At most 80 characters, fit for a log and for staff: `403 blocked`.
        self.reason = reason


class Unreachable(Undeliverable):
    """The platform did not answer, or could not."""

    def __init__(self, reason: str, *, uncertain: bool) -> None:
        super().__init__(reason)
        #: True when the message may have arrived all the same.
        self.uncertain = uncertain


class Throttled(Undeliverable):
    """The platform wants us to be slower."""

    def __init__(self, retry_after: timedelta, *, everywhere: bool = False) -> None:
        super().__init__("throttled")
        self.retry_after = retry_after
        #: True when the whole bot must wait, not this chat alone.
        self.everywhere = everywhere


class Refused(Undeliverable):
    """The platform will never take this message."""


class Departed(Undeliverable):
    """The person or the chat is gone."""


class Moved(Undeliverable):
    """The chat has moved to another place."""

    def __init__(self, to: str) -> None:
        super().__init__("moved")
        #: The platform's own name of the chat from now on.
        self.to = to


def nowhere(_place: str) -> bool:
    """No chat is a group."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a platform lets a bot speak; the defaults are no pace at all."""

    #: Messages a second over all chats; None when nobody counts.
    bot: float | None = None
    #: The time between two messages to one person's chat.
    chat: timedelta = timedelta(0)
    #: The time between two messages to one group.
    group: timedelta = timedelta(0)
    #: Whether a place is a group.
    is_group: Callable[[str], bool] = nowhere

    def between(self, place: str) -> timedelta:
        """The time between two messages to this place."""
        return self.group if self.is_group(place) else self.chat

    @property
    def step(self) -> timedelta:
        """The time between two messages of the bot."""
        return timedelta(seconds=1 / self.bot) if self.bot else timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much goes into one message; delivery splits what is longer."""

    #: The longest text in UTF-16 units, its paragraphs joined by a blank line.
    text: int
    #: The longest label of an option, in UTF-16 units.
    label: int
    #: The most options of one message. More, or longer ones, are written as a numbered list.
    options: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a platform says when it has taken a message."""

    #: The platform's id of the message, unique in its chat; at most 255 characters.
    message: str


class Adapter(Protocol):
    """One platform."""

    @property
    def platform(self) -> Platform:
        """Which one."""

    @property
    def pace(self) -> Pace:
        """How fast it lets us speak."""

    @property
    def limits(self) -> Limits:
        """How much goes into one message."""

    async def send(self, place: str, message: Outbound) -> Receipt:
        """Hand over one message that is within the limits; raises Undeliverable.

        It carries text with its options, or one file, never both: one call is one message.
        """

    async def sign_of_life(self, place: str) -> None:
        """Show that somebody was heard, in the platform's way; never raises Undeliverable."""

    async def show(self, place: str, shown: Shown) -> None:
        """Change the buttons of a message that was sent, where that can be done; never raises.

        It is only what a person sees: when it fails, an old button answers that it is past.
        """

    async def rewrite(self, place: str, name: str, message: Outbound) -> bool:
        """Say anew, whole, a message that was sent and that the platform calls `name`.

        True when it now stands so, or when it never can; False when a later try may do it. Never
        raises.
        """

    async def belongs(self, place: str, person: str) -> bool | None:
        """Whether somebody, by their private chat, is in a place of several people.

        None where the platform does not say, or not now. Never raises.
        """

    async def close(self) -> None:
        """Let go of connections; nothing is sent afterwards."""
