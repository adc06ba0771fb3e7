"""What every platform's line has: how it is told of, and how what fails is waited out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog
from starlette.routing import BaseRoute

from bot.adapters.port import Adapter
from bot.store import health
from bot.store.writer import Writer
from scheduler.tick import now

T = TypeVar("T")

#: Seconds until something that failed is tried again: at first, and at most.
FIRST = 1.0
LONGEST = 30.0
#: Under which name our own name in Telegram is kept, for links that lead to it.
USERNAME = "telegram username"
#: How often health is told at the least.
TOLD = timedelta(seconds=60)

_log = structlog.get_logger("line")


class Line(Protocol):
    """One platform as it is heard, from the settings to the doors."""

    @property
    def adapter(self) -> Adapter:
        """How it is spoken to."""

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What the web application listens to for it."""

    async def run(self) -> None:
        """Hear, until cancelled; whatever fails is waited out."""


@dataclass
class Health:
    """Tells how a platform is, whenever that changes, and every minute."""

    writer: Writer
    #: What the parts of the house call the platform.
    part: str
    last: tuple[bool, str] | None = None
    told_at: datetime | None = None

    async def tell(self, well: bool, detail: str) -> None:
        """Say how it is."""
        at = now()
        known = self.told_at is not None and at - self.told_at < TOLD
        if known and self.last == (well, detail):
            return
        await self.writer.run(
            lambda conn: health.tell(conn, self.part, well=well, detail=detail, now=at)
        )
        self.last, self.told_at = (well, detail), at

    async def unwell(self, detail: str) -> None:
        """Say what is wrong, if anybody can be told."""
        try:
            await self.tell(False, detail)
        except Exception as error:  # noqa: BLE001 - The database may be away just now.
            _log.warning("health could not be told", part=self.part, error=type(error).__name__)


async def patiently(
    work: Callable[[], Awaitable[T]], health: Health, trouble: Callable[[Exception], str]
) -> T:
    """Do something once; whatever fails is told in the words of `trouble`, and waited out."""
    wait = FIRST
    while True:
        try:
            return await work()
        except Exception as error:  # noqa: BLE001 - Whatever it is, it is waited out.
            detail = trouble(error)
        _log.warning("a platform does not answer yet", part=health.part, detail=detail)
        await health.unwell(detail)
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST)
