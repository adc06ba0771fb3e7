"""What the proofs within one process share: a house with its doors, and somebody in it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.delivery.deliverer import Deliverer
from bot.doors import Doors
from bot.records import Body, Inbound, Media, Platform, Words
from bot.requests.desk import House
from bot.requests.shelf import Shelf
from bot.store import outbox, people
from bot.store.opening import Store
from bot.trust.sealing import new_key
from bot.turns import Heard
from tests.fakes.adapter import FakeAdapter
from tests.journeys.someone import MORNING, library

#: Where everybody is.
PLATFORM = Platform.TELEGRAM


def house_of(store: Store) -> House:
    return House(
        keys=store.keys,
        shelf=Shelf(library()),
        quiet_gap=timedelta(seconds=12),
        zone="Europe/London",
        signposts="",
        retention_months=12,
        chance=lambda: 0,
        new_id=lambda: new_key().hex()[:32],
    )


@dataclass
class Room:
    """A house in this process, with a clock that is moved by hand."""

    store: Store
    now: datetime = MORNING
    #: What every turn breaks off with, while there is something here.
    trouble: Exception | None = None
    adapter: FakeAdapter = field(default_factory=lambda: FakeAdapter(PLATFORM))
    count: int = 0

    def __post_init__(self) -> None:
        self.house = replace(house_of(self.store), chance=self._chance)
        adapters = {PLATFORM: self.adapter}
        writer, keys = self.store.writer, self.store.keys
        self.deliverer = Deliverer(writer, keys, adapters, self.clock)
        self.doors = Doors(self.house, self.store, self.deliverer, adapters, self.clock)

    def clock(self) -> datetime:
        return self.now

    def came(self, place: str, body: Body) -> Inbound:
        self.count += 1
        return Inbound(platform=PLATFORM, id=f"u{self.count}", place=place, body=body)

    async def hear(self, place: str, body: Body) -> Heard:
        self.now += timedelta(seconds=1)
        return await self.doors.hear(self.came(place, body))

    async def says(self, place: str, *texts: str) -> None:
        for text in texts:
            await self.hear(place, self.words(text))

    def words(self, text: str, media: Media | None = None) -> Words:
        return Words(message=f"m{self.count + 1}", text=text, media=media)

    async def waits(self, seconds: float) -> None:
        """Let time pass, and wake what is due."""
        self.now += timedelta(seconds=seconds)
        await self.doors.wake(self.now)

    async def joins(self, place: str) -> str:
        """Somebody who agreed to what is kept, and has no practice open."""
        now = self.now

        def join(conn: Connection) -> str:
            who = people.add(
                conn,
                self.store.keys,
                PLATFORM,
                place,
                language="en",
                zone="Europe/London",
                now=now,
            )
            people.change(conn, who.participant.id, keeps=True)
            return who.participant.id

        return await self.store.writer.run(join)

    async def deliver(self) -> None:
        """Carry out all that waits; errors are tried again, for the clock goes on."""
        adapters = {PLATFORM: self.adapter}
        deliverer = Deliverer(self.store.writer, self.store.keys, adapters, self.clock)
        running = asyncio.create_task(deliverer.run())
        while await self.store.writer.run(outbox.counts):
            self.now += timedelta(seconds=1)
            deliverer.nudge()
        deliverer.stop()
        await running

    def _chance(self) -> int:
        if self.trouble is not None:
            raise self.trouble
        return 0
