"""The pulse: wakes what is due, from APScheduler in memory; the database is the truth.

This is the one clock of the house besides the wiring. Nothing is kept in the scheduler: a
process that dies takes no wake-up with it, and the next pulse of any process finds it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

#: Seconds between two looks at what is due.
PULSE = 1
#: Seconds between two looks at what comes near.
PLAN = 10
#: Hours between two looks at what has been kept long enough.
SWEEP = 1

_log = structlog.get_logger("tick")


def now() -> datetime:
    """The instant (UTC)."""
    return datetime.now(UTC)


class Pulsed(Protocol):
    """What beats: each is given the instant of its beat."""

    async def wake(self, now: datetime) -> None:
        """Each second: conversations that are due."""

    async def call(self, now: datetime) -> None:
        """Each second: prompts that are due."""

    async def circle(self, now: datetime) -> None:
        """Each second: rounds that are due."""

    async def retell(self, now: datetime) -> None:
        """Each second: messages in channels that are to be said anew."""

    async def plan(self, now: datetime) -> None:
        """Each ten seconds: what comes near."""

    async def sweep(self, now: datetime) -> None:
        """Each hour: what has been kept long enough."""


class Tick:
    """Lets each part of what is pulsed beat at its own pace, and each one at a time."""

    def __init__(self, pulsed: Pulsed, clock: Callable[[], datetime] = now) -> None:
        self._clock = clock
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._every(pulsed.wake, "wake", seconds=PULSE)
        self._every(pulsed.call, "call", seconds=PULSE)
        self._every(pulsed.circle, "circle", seconds=PULSE)
        self._every(pulsed.retell, "retell", seconds=PULSE)
        self._every(pulsed.sweep, "sweep", hours=SWEEP)
        self._every(pulsed.plan, "plan", seconds=PLAN)

    def _every(
        self, work: Callable[[datetime], Awaitable[None]], name: str, **interval: int
    ) -> None:
        async def pulse() -> None:
            try:
                await work(self._clock())
            except Exception as error:  # noqa: BLE001 - the pulse must go on beating
                _log.warning(
                    "the pulse failed and beats on", work=name, error=type(error).__name__
                )

        self._scheduler.add_job(
            pulse,
            "interval",
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            **interval,
        )

    def start(self) -> None:
        """Begin beating; needs a running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop beating; what is under way goes on to its end."""
        self._scheduler.shutdown(wait=False)
