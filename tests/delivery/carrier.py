"""A process that carries messages until it is killed; what it sends is a line in a file.

usage: python -m tests.delivery.carrier DATABASE KEYS MASTER FILE
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime, timedelta

from bot.adapters.port import Pace, Receipt
from bot.delivery.deliverer import Deliverer
from bot.records import Outbound, Platform
from bot.store.connect import connect
from bot.store.writer import Writer
from bot.trust.keyring import KeyRing
from tests.fakes.adapter import FakeAdapter


class Scribe(FakeAdapter):
    """Writes what it takes into a file: a line that is written survives a kill."""

    def __init__(self, path: str) -> None:
        super().__init__(pace=Pace(bot=60), slow=timedelta(milliseconds=20))
        self.file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    async def send(self, place: str, message: Outbound) -> Receipt:
        receipt = await super().send(place, message)
        os.write(self.file, f"{place} {message.paragraphs[0].text}\n".encode())
        return receipt


def clock() -> datetime:
    return datetime.fromtimestamp(time.clock_gettime(time.CLOCK_REALTIME), UTC)


async def carry(database: str, keys_url: str, master: str, path: str) -> None:
    writer = Writer(connect(database))
    writer.start()
    keys = KeyRing(keys_url, bytes.fromhex(master))
    made = Deliverer(
        writer,
        keys,
        {Platform.TELEGRAM: Scribe(path)},
        clock,
        lease=timedelta(seconds=1),
        patience=timedelta(seconds=0.5),
        most=8,
    )
    await made.run()


if __name__ == "__main__":
    asyncio.run(carry(*sys.argv[1:]))
