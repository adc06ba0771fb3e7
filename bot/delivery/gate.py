"""The gate: as many sends on their way at once as the pace needs, and no more.

What was accepted and not yet written down is sent again after a crash. So a message waits for
the one before it, where a platform answers faster than the pace; where it answers more slowly,
so many more are on their way that the pace is kept.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

#: So many of the last sends are looked at; the quickest says how fast the platform can answer.
LOOKED_AT = 20
#: One that hangs for so long holds up nobody any more, in seconds.
HANGS = 1.0


class Gate:
    """Lets the sends of one platform through; the clock is monotonic, in seconds."""

    def __init__(self, step: timedelta, clock: Callable[[], float]) -> None:
        self._step = step.total_seconds()
        self._clock = clock
        self._took: deque[float] = deque(maxlen=LOOKED_AT)
        #: When those that are on their way went through.
        self._on_their_way: dict[int, float] = {}
        self._count = 0
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def through(self) -> AsyncIterator[None]:
        """Wait for a turn; it ends with what is done within."""
        if not self._step:
            yield
            return
        await self._enter()
        self._count += 1
        number, began = self._count, self._clock()
        self._on_their_way[number] = began
        try:
            yield
            self._took.append(self._clock() - began)
        finally:
            del self._on_their_way[number]
            async with self._changed:
                self._changed.notify()

    async def _enter(self) -> None:
        async with self._changed:
            while not self._has_room():
                with suppress(TimeoutError):  # Then look whether one hangs.
                    async with asyncio.timeout(HANGS):
                        await self._changed.wait()

    def _has_room(self) -> bool:
        now = self._clock()
        moving = sum(now - began < HANGS for began in self._on_their_way.values())
        return moving <= min(self._took, default=0.0) // self._step
