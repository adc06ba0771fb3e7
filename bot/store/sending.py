"""Sending: the records of the outbox, for whoever adds to it, claims from it or looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.records import Address, LaneClass, Outbound


class Ending(StrEnum):
    """How a message's time in the outbox ended."""

    #: The platform has taken all of it.
    SENT = "sent"
    #: We left it, for the reason given.
    SKIPPED = "skipped"
    #: The platform will never take it.
    REFUSED = "refused"
    #: Its time was over before it could be sent.
    EXPIRED = "expired"
    #: Nobody is there any more.
    DEPARTED = "departed"


class Hold(StrEnum):
    """What waits along with a message that is tried again."""

    #: Only what stands behind it in its lane, and lower lanes of its chat.
    LANE = "lane"
    #: Everything for its chat.
    CHAT = "chat"
    #: Everything on its platform.
    BOT = "bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A message claimed for one attempt; `token` is what proves that the claim still holds."""

    id: str
    address: Address
    message: Outbound
    #: The piece to send, from 0: those before it are acknowledged.
    piece: int
    #: Which attempt this is, from 1, over all its pieces.
    attempts: int
    #: When it may go, at the earliest: its slot in the bot's pace, at most a moment from now.
    at: datetime
    #: Whoever has not sent by then must leave it alone.
    until: datetime
    #: When the chat's pace allows the next one.
    free_at: datetime
    #: The chat's name in the outbox.
    chat: str
    token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much of one class waits in the outbox."""

    lane_class: LaneClass
    queued: int
    #: Those of them that are being sent.
    in_flight: int
    #: Since when the oldest has waited.
    oldest: datetime
