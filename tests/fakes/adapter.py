"""A platform that fits in memory: it keeps what it takes, refuses what it must, fails on order."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import timedelta

from bot.adapters.port import Limits, Pace, Receipt, Refused
from bot.delivery.pieces import units
from bot.records import Outbound, Platform, Shown

LIMITS = Limits(text=4096, label=75, options=25)


class FakeAdapter:
    """The whole port. An error in `troubles` is raised by the next send, None lets it through."""

    def __init__(
        self,
        platform: Platform = Platform.TELEGRAM,
        *,
        pace: Pace | None = None,
        limits: Limits = LIMITS,
        slow: timedelta = timedelta(0),
    ) -> None:
        self.platform = platform
        self.pace = pace or Pace()
        self.limits = limits
        self.slow = slow
        #: What was taken, in its order, with the place it went to.
        self.taken: list[tuple[str, Outbound]] = []
        self.troubles: deque[Exception | None] = deque()
        #: True when a message that is answered with a trouble arrives all the same.
        self.arrives = False
        self.signs: list[str] = []
        #: The buttons that were changed, with their place.
        self.shown: list[tuple[str, Shown]] = []
        #: The messages that were said anew: where, which, and how they read now.
        self.rewritten: list[tuple[str, str, Outbound]] = []
        #: What is said of who is in which place; nothing of all others.
        self.members: dict[tuple[str, str], bool] = {}
        #: Who was asked about, and where.
        self.asked: list[tuple[str, str]] = []
        self.closed = False
        #: The places being served at this moment, and whether one was ever served twice at once.
        self.busy: list[str] = []
        self.crowded = False

    @property
    def texts(self) -> list[str]:
        """What was taken, as text."""
        return ["\n\n".join(said.text for said in message.paragraphs) for _, message in self.taken]

    async def send(self, place: str, message: Outbound) -> Receipt:
        if self.closed:
            raise AssertionError("send after close")
        self.crowded = self.crowded or place in self.busy
        self.busy.append(place)
        try:
            await asyncio.sleep(self.slow.total_seconds())
        finally:
            self.busy.remove(place)
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble is None or self.arrives:
            self._take(place, message)
        if trouble is not None:
            raise trouble
        return Receipt(message=str(len(self.taken)))

    def _take(self, place: str, message: Outbound) -> None:
        text = "\n\n".join(said.text for said in message.paragraphs)
        if bool(message.files) == bool(text or message.options) or len(message.files) > 1:
            raise Refused("text or one file")
        if units(text) > self.limits.text or len(message.options) > self.limits.options:
            raise Refused("too long")
        if any(units(option.label) > self.limits.label for option in message.options):
            raise Refused("long label")
        self.taken.append((place, message))

    async def sign_of_life(self, place: str) -> None:
        self.signs.append(place)

    async def show(self, place: str, shown: Shown) -> None:
        self.shown.append((place, shown))

    async def rewrite(self, place: str, name: str, message: Outbound) -> bool:
        self.rewritten.append((place, name, message))
        return True

    async def belongs(self, place: str, person: str) -> bool | None:
        self.asked.append((place, person))
        return self.members.get((place, person))

    async def close(self) -> None:
        self.closed = True
