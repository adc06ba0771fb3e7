"""Buttons: those of messages that were sent are changed as things stand, in the bot's pace.

It is only what a person sees, so it is done beside everything else and gives up quietly: an old
button answers that it is past. Of several changes to one message only the last is made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

import structlog

from bot.adapters.port import Adapter
from bot.records import Address, Platform, Settled, Shown
from bot.store import outbox, pacing
from bot.store.opening import Store
from bot.store.outbox import Put

_log = structlog.get_logger("buttons")


class Buttons:
    """Changes the buttons of each chat's messages, one after the other."""

    def __init__(
        self,
        store: Store,
        adapters: Mapping[Platform, Adapter],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._adapters = adapters
        self._clock = clock
        #: What is still to be shown in each chat, by its message, and who shows it.
        self._wanted: dict[tuple[Platform, str], dict[str, Shown]] = {}
        self._showing: dict[tuple[Platform, str], asyncio.Task[None]] = {}
        self._looking: set[asyncio.Task[None]] = set()

    def change(self, there: Address, shown: Shown | None, settled: Collection[Settled]) -> None:
        """Show this, and take the buttons off settled questions; returns at once."""
        if there.platform not in self._adapters:
            return
        if shown is not None:
            self._want(there.platform, there.place, shown)
        if settled:
            task = asyncio.create_task(self._look_up(settled))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    async def close(self) -> None:
        """Leave what is not shown yet."""
        tasks = [*self._looking, *self._showing.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look_up(self, settled: Collection[Settled]) -> None:
        try:
            found = await asyncio.to_thread(self._found, settled)
        except Exception as error:  # noqa: BLE001 - Whatever it is, the buttons stay as they are.
            _log.warning("questions could not be looked up", error=type(error).__name__)
            return
        for put, chosen in found:
            if put.platform in self._adapters:
                self._want(put.platform, put.place, Shown(message=put.message, chosen=chosen))

    def _found(self, settled: Collection[Settled]) -> list[tuple[Put, str]]:
        """The messages that put these questions, as far as they are known, and what was chosen.

        Whoever is reached in two places may answer in the one what was asked in the other.
        """
        with self._store.engine.connect() as conn:
            return [
                (put, each.chosen)
                for each in settled
                for put in outbox.asked_in(conn, each.conversation, each.ask)
            ]

    def _want(self, platform: Platform, place: str, shown: Shown) -> None:
        key = platform, place
        wanted = self._wanted.setdefault(key, {})
        before = wanted.get(shown.message)
        # A second press only takes the buttons off, as the first does that says what was chosen.
        if before is None or not before.chosen or shown.chosen or shown.options:
            wanted[shown.message] = shown
        if key not in self._showing:
            self._showing[key] = asyncio.create_task(self._show(key))

    async def _show(self, key: tuple[Platform, str]) -> None:
        """Show what is wanted in one chat, until nothing is."""
        platform, place = key
        try:
            while wanted := self._wanted.get(key):
                if await self._may(platform):
                    await self._adapters[platform].show(place, wanted.pop(next(iter(wanted))))
                else:
                    wanted.clear()
        except Exception as error:  # noqa: BLE001 - Whatever it is, the buttons stay as they are.
            _log.warning("buttons could not be changed", error=type(error).__name__)
        finally:
            self._wanted.pop(key, None)
            del self._showing[key]

    async def _may(self, platform: Platform) -> bool:
        """Wait for a slot in the bot's pace; False when there is none soon."""
        pace, now = self._adapters[platform].pace, self._clock()
        if pace.bot is None:
            return True
        at = await self._store.writer.run(lambda conn: pacing.slot(conn, platform, pace, now))
        if at is None:
            return False
        await asyncio.sleep((at - self._clock()).total_seconds())
        return True
