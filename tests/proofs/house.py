"""The house as `skerry run` runs it, with a shore for its platform, until it is killed.

It is made ready, then waits for a line on its standard input before it opens anything.

usage: python -m tests.proofs.house ORDERS
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from bot.adapters.port import Limits, Pace, Receipt, Unreachable
from bot.delivery.deliverer import Deliverer
from bot.doors import Doors
from bot.flows.loader import load
from bot.flows.practice import Library
from bot.records import Inbound, Occasion, Outbound, Platform, Shown
from bot.requests.desk import House
from bot.requests.shelf import Shelf
from bot.store import forgetting
from bot.store.lock import sole
from bot.store.opening import open_store
from scheduler.tick import Tick, now
from tests.fakes.shore import LONGEST, line, parcel, read

#: The longest a killed house's message waits, and how long a send may take: a machine that has
#: other things to do must not be what makes a message come twice.
LEASE = timedelta(seconds=6)
PATIENCE = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What a house is told."""

    name: str
    socket: str
    words: str
    keys: str
    master: str
    #: The quiet gap, in seconds.
    gap: float
    #: How many messages a second the house may send.
    pace: float
    #: Who has a weekly check-in planned.
    planned: tuple[str, ...]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))


class Ferry:
    """The adapter: hands over what is said and acknowledges what was taken."""

    platform = Platform.TELEGRAM
    limits = Limits(text=40_000, label=75, options=25)

    def __init__(self, name: str, pace: float) -> None:
        self.pace = Pace(bot=pace)
        self._name = name
        self._count = 0
        self._offers: dict[int, asyncio.Future[str]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._last: dict[str, asyncio.Task[None]] = {}

    async def send(self, place: str, message: Outbound) -> Receipt:
        if self._writer is None:
            raise Unreachable("no shore yet", uncertain=False)
        self._count += 1
        number = self._count
        taken = self._offers[number] = asyncio.get_running_loop().create_future()
        offer = {"number": number, "place": place, "message": parcel(message)}
        self._writer.write(line(offer))
        return Receipt(message=await taken)

    async def sign_of_life(self, place: str) -> None:
        if self._writer is not None:
            self._writer.write(line({"alive": place}))

    async def show(self, place: str, shown: Shown) -> None:
        pass

    async def rewrite(self, place: str, name: str, message: Outbound) -> bool:
        del place, name, message
        return True

    async def belongs(self, place: str, person: str) -> bool | None:
        del place, person
        return None

    async def close(self) -> None:
        pass

    async def listen(self, socket: str, doors: Doors) -> None:
        """Take what people do, each chat in its order, until the shore hangs up."""
        reader, self._writer = await asyncio.open_unix_connection(socket, limit=LONGEST)
        self._writer.write(line({"house": self._name}))
        while came := await reader.readline():
            told: dict[str, Any] = json.loads(came)
            if "receipt" in told:
                taken = self._offers.pop(told["number"])
                if not taken.done():  # It is when nobody had the patience to wait for it.
                    taken.set_result(told["receipt"])
            else:
                before = self._last.get(told["place"])
                self._last[told["place"]] = asyncio.create_task(self._take(before, told, doors))

    async def _take(
        self, before: asyncio.Task[None] | None, told: dict[str, Any], doors: Doors
    ) -> None:
        if before is not None:
            await before
        body = read(told["body"])
        came = Inbound(platform=self.platform, id=told["update"], place=told["place"], body=body)
        await doors.hear(came)
        if self._writer is not None:
            self._writer.write(line({"acknowledged": came.id, "place": came.place}))


async def live(orders: Orders, library: Library) -> None:
    """Open the house and keep it open."""
    store = open_store(orders.words, orders.keys, lambda _: [bytes.fromhex(orders.master)])
    store.writer.start()
    house = House(
        keys=store.keys,
        shelf=Shelf(library),
        quiet_gap=timedelta(seconds=orders.gap),
        zone="Europe/London",
        signposts="",
        retention_months=12,
        chance=lambda: secrets.randbelow(2**31),
        new_id=lambda: secrets.token_hex(16),
    )
    ferry = Ferry(orders.name, orders.pace)
    adapters = {ferry.platform: ferry}
    deliverer = Deliverer(store.writer, store.keys, adapters, now, lease=LEASE, patience=PATIENCE)
    doors = Doors(house, store, deliverer, adapters, now)
    tick = Tick(doors)
    with sole(store.engine):
        at = now()
        await store.writer.run(lambda conn: house.shelf.keep(conn, at))
        await asyncio.to_thread(forgetting.finish, store.engine, store.writer, store.keys)
        tick.start()
        delivering = asyncio.create_task(deliverer.run())
        planning = asyncio.create_task(_begin(doors, orders.planned))
        await ferry.listen(orders.socket, doors)
        await asyncio.gather(delivering, planning)


async def _begin(doors: Doors, planned: tuple[str, ...]) -> None:
    """What is planned, begun again at each start: it must come once."""
    for participant in planned:
        await doors.begin(
            Occasion(
                campaign="proof",
                step="weekly",
                name="week 1",
                practice="weekly",
                participant=participant,
            )
        )


def main() -> None:
    orders = Orders(**json.loads(Path(sys.argv[1]).read_text()))
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    library = load()
    if sys.stdin.readline():
        asyncio.run(live(orders, library))


if __name__ == "__main__":
    main()
