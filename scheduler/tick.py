"""The pulse: wakes what is due, from APScheduler in memory; the database is the truth.

This is the one clock of the house besides the wiring. Nothing is kept in the scheduler: a
process that dies takes no wake-up with it, and the next pulse of any process finds it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

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


class Tick:
    """Calls `wake` and `call` each second, `plan` each ten, `sweep` each hour, one at a time."""

    def __init__(
        self,
        wake: Callable[[datetime], Awaitable[None]],
        call: Callable[[datetime], Awaitable[None]],
        sweep: Callable[[datetime], Awaitable[None]],
        plan: Callable[[datetime], Awaitable[None]],
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._clock = clock
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._every(wake, "wake", seconds=PULSE)
        self._every(call, "call", seconds=PULSE)
        self._every(sweep, "sweep", hours=SWEEP)
        self._every(plan, "plan", seconds=PLAN)

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
