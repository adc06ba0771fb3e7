"""The house with circles on two piers instead of platforms, until it is killed or kills itself.

A pier writes down what it is handed before it says so, as a platform keeps what it accepted. What
people do comes in by lines; each is acknowledged by its id once it is committed.

usage: python -m tests.proofs.circle_program ORDERS
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import records
from bot.adapters.port import Limits, Pace, Receipt
from bot.delivery.deliverer import Deliverer
from bot.doors import Doors
from bot.flows.loader import load
from bot.records import Inbound, Outbound, Platform, Shown
from bot.requests.desk import House
from bot.requests.shelf import Shelf
from bot.store import forgetting
from bot.store.lock import sole
from bot.store.opening import open_store
from scheduler import tick
from scheduler.tick import Tick, now

#: The longest a killed house's message waits, and how long a send may take.
LEASE = timedelta(seconds=3)
PATIENCE = timedelta(seconds=2.5)
#: Between two looks at what is due, in seconds.
PULSE = 0.25


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What a house is told."""

    words: str
    keys: str
    master: str
    #: Where the piers write down what they were handed.
    pier: str
    #: How many messages a second each of them takes.
    pace: float

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))


@dataclass
class Doom:
    """At which moment of a kind the house dies, if at any."""

    moment: str = ""
    left: int = 0
    #: How far the house's clock is ahead of the real one.
    ahead: timedelta = field(default_factory=timedelta)

    def comes(self, moment: str) -> None:
        if moment == self.moment:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class Pier:
    """The adapter of a platform."""

    limits = Limits(text=40_000, label=75, options=25)

    def __init__(self, platform: Platform, orders: Orders, doom: Doom) -> None:
        self.platform = platform
        self.pace = Pace(bot=orders.pace)
        self._doom = doom
        self._file = os.open(orders.pier, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._count = 0

    async def send(self, place: str, message: Outbound) -> Receipt:
        self._doom.comes("offered")
        self._count += 1
        name = f"{os.getpid()}-{self.platform}-{self._count}"
        self._writes("send", place, name, message)
        self._doom.comes("accepted")
        return Receipt(message=name)

    async def rewrite(self, place: str, name: str, message: Outbound) -> bool:
        self._writes("rewrite", place, name, message)
        self._doom.comes("rewritten")
        return True

    async def sign_of_life(self, place: str) -> None:
        pass

    async def show(self, place: str, shown: Shown) -> None:
        pass

    async def belongs(self, place: str, person: str) -> bool | None:
        del place, person
        return None

    async def close(self) -> None:
        pass

    def _writes(self, what: str, place: str, name: str, message: Outbound) -> None:
        told = {
            "what": what,
            "place": place,
            "name": name,
            "thread": message.thread,
            "text": "\n".join(part.text for part in message.paragraphs),
            "options": [(option.label, option.token) for option in message.options],
        }
        os.write(self._file, json.dumps(told).encode() + b"\n")


async def live(orders: Orders) -> None:
    """Open the house and keep it open."""
    doom, shelf, reader = Doom(), Shelf(load()), await _stdin()
    # It is ready; it opens nothing before it is told to.
    if not (begins := await reader.readline()):
        return
    doom.ahead = timedelta(seconds=json.loads(begins)["ahead"])
    store = open_store(orders.words, orders.keys, lambda _: [bytes.fromhex(orders.master)])
    store.writer.start()
    house = House(
        keys=store.keys,
        shelf=shelf,
        quiet_gap=timedelta(0),
        zone="Europe/London",
        signposts="",
        retention_months=12,
        chance=lambda: secrets.randbelow(2**31),
        new_id=lambda: secrets.token_hex(16),
    )

    def clock() -> Any:  # noqa: ANN401 - An instant.
        return now() + doom.ahead

    adapters = {each: Pier(each, orders, doom) for each in (Platform.TELEGRAM, Platform.SLACK)}
    deliverer = Deliverer(
        store.writer, store.keys, adapters, clock, lease=LEASE, patience=PATIENCE
    )
    doors = Doors(house, store, deliverer, adapters, clock)
    vars(tick)["PULSE"] = PULSE
    pulse = Tick(doors, clock)
    with sole(store.engine):
        at = now()
        await store.writer.run(lambda conn: shelf.keep(conn, at))
        await asyncio.to_thread(forgetting.finish, store.engine, store.writer, store.keys)
        async with asyncio.TaskGroup() as group:
            pulse.start()
            group.create_task(deliverer.run())
            while line := await reader.readline():
                told = json.loads(line)
                if "ahead" in told:
                    doom.ahead = timedelta(seconds=told["ahead"])
                elif "moment" in told:
                    doom.moment, doom.left = told["moment"], told["left"]
                else:
                    doom.comes("told")
                    group.create_task(_hears(doors, told, doom))


async def _hears(doors: Doors, told: dict[str, Any], doom: Doom) -> None:
    body = getattr(records, told.pop("kind"))(**told.pop("body"))
    await doors.hear(Inbound(body=body, **told | {"platform": Platform(told["platform"])}))
    doom.comes("committed")
    os.write(1, told["id"].encode() + b"\n")


async def _stdin() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    return reader


if __name__ == "__main__":
    asyncio.run(live(Orders(**json.loads(Path(sys.argv[1]).read_text()))))
