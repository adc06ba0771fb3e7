"""The limits on how fast a bot may send. Telegram's own are inexact; these are about the same."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tests.fakes.telegram.faults import too_many
from tests.fakes.telegram.records import Kind


@dataclass
class Bucket:
    """It fills with each message and leaks all the time."""

    size: float
    #: How much leaks in a second.
    leak: float
    level: float = 0
    at: float = 0

    def settle(self, now: float) -> None:
        self.level = max(0.0, self.level - (now - self.at) * self.leak)
        self.at = now

    def wait(self, now: float) -> float:
        """How long until one more fits."""
        self.settle(now)
        return max(0.0, (self.level + 1 - self.size) / self.leak)


@dataclass
class Limits:
    """How many messages are allowed; off until a test switches them on."""

    on: bool = False
    #: All messages in a second.
    overall: float = 30
    #: Messages in a second to one private chat, and how many may come at once.
    private: float = 1
    burst: float = 3
    #: Messages in a minute to one group.
    group: float = 20
    #: How many requests met 429 because they came too fast.
    provoked: int = 0
    _buckets: dict[int, Bucket] = field(default_factory=dict)

    def spend(self, chat: int, kind: Kind, now: float) -> None:
        """Count one message or refuse it."""
        if not self.on:
            return
        whole = self._buckets.setdefault(0, Bucket(self.overall, self.overall, at=now))
        size, leak = (self.burst, self.private)
        if kind is not Kind.PRIVATE:
            size, leak = (self.group, self.group / 60)
        own = self._buckets.setdefault(chat, Bucket(size, leak, at=now))
        wait = max(whole.wait(now), own.wait(now))
        if wait > 0:
            self.provoked += 1
            raise too_many(max(1, math.ceil(wait)))
        whole.level += 1
        own.level += 1
