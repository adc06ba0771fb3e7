"""Breaths: the moments between messages of one step, so that nobody meets a wall of text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.records import Outbound

#: How much longer than the shortest the longest breath is, and all breaths of a step together.
LONGEST = 2
MOST = 3
#: After so many characters the breath is the longest.
MUCH = 400


@dataclass(slots=True)
class Breaths:
    """Of one step: how long each of its messages waits after the first."""

    shortest: timedelta
    _waits: timedelta = timedelta(0)
    _length: int | None = None

    def before(self, message: Outbound) -> timedelta:
        """How long this one waits, by the length of what was said before it."""
        if self._length is not None:
            share = min(self._length, MUCH) / MUCH
            breath = self.shortest * (1 + share * (LONGEST - 1))
            self._waits = min(self._waits + breath, self.shortest * MOST)
        if message.paragraphs:
            self._length = sum(len(part.text) for part in message.paragraphs)
        return self._waits
