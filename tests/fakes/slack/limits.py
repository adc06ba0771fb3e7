"""The limits on how fast an app may call.

Slack documents a tier for each method and "one message per second per channel, short bursts
allowed"; how large a burst may be is not documented, and a whole minute at once and three
messages at once were chosen.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from tests.fakes.slack.faults import too_many

MINUTE = 60.0


@dataclass
class Bucket:
    """It fills with each request and leaks all the time."""

    size: float
    #: How much leaks in a second.
    leak: float
    level: float = 0
    at: float = 0

    def wait(self, now: float) -> float:
        """How long until one more fits."""
        self.level = max(0.0, self.level - (now - self.at) * self.leak)
        self.at = now
        return max(0.0, (self.level + 1 - self.size) / self.leak)


@dataclass
class Limits:
    """How many requests are allowed; on until a test switches them off."""

    on: bool = True
    #: Requests in a minute, by tier, for each method and workspace.
    tiers: dict[int, float] = field(default_factory=lambda: {1: 1, 2: 20, 3: 50, 4: 100, 5: 300})
    #: Messages in a second to one channel, and how many may come at once.
    channel: float = 1
    burst: float = 3
    #: Messages in a minute to one workspace.
    workspace: float = 300
    #: How many requests met 429 because they came too fast.
    provoked: int = 0
    _buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict)

    def spend(self, team: str, method: str, tier: int) -> None:
        """Count one request or refuse it."""
        most = self.tiers[tier]
        self._spend(((team, method), most, most / MINUTE))

    def spend_message(self, team: str, channel: str) -> None:
        """Count one message or refuse it."""
        whole = ((team,), self.workspace, self.workspace / MINUTE)
        self._spend(((team, "channel", channel), self.burst, self.channel), whole)

    def _spend(self, *asked: tuple[tuple[str, ...], float, float]) -> None:
        if not self.on:
            return
        now = time.monotonic()
        buckets = [
            self._buckets.setdefault(key, Bucket(size, leak, at=now)) for key, size, leak in asked
        ]
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            self.provoked += 1
            raise too_many(max(1, math.ceil(wait)))
        for bucket in buckets:
            bucket.level += 1
