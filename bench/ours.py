"""Skerry's side: a reply from its arrival to the commit that its acknowledgement waits for."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from bench.checkin import REPLIES, library
from bot import turns
from bot.records import Arrived, Body, Inbound, Platform, Words
from bot.requests.desk import House
from bot.requests.shelf import Shelf
from bot.store import people
from bot.store.opening import Store, open_store
from bot.trust.sealing import new_key
from bot.turns import Heard

_NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


class Ours:
    """A house with people in it, each at some turn of the check-in."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.house = House(
            keys=store.keys,
            shelf=Shelf(library()),
            quiet_gap=timedelta(0),
            zone="Europe/London",
            signposts="",
            retention_months=12,
            chance=lambda: 0,
            new_id=lambda: secrets.token_hex(16),
        )
        self._count = 0
        self._turns: dict[int, int] = {}
        store.writer.submit(lambda conn: self.house.shelf.keep(conn, _NOW)).result()

    def settle(self, count: int) -> None:
        """Bring so many people in."""
        for each in [self._submit(person, Arrived()) for person in range(count)]:
            each.result()
        self.store.writer.submit(_agree).result()

    def reply(self, person: int) -> Future[Heard]:
        """Let a person answer the turn they are at."""
        turn = self._turns.get(person, 0)
        self._turns[person] = (turn + 1) % len(REPLIES)
        self._count += 1
        return self._submit(person, Words(message=str(self._count), text=REPLIES[turn]))

    def _submit(self, person: int, body: Body) -> Future[Heard]:
        self._count += 1
        came = Inbound(
            platform=Platform.TELEGRAM, id=str(self._count), place=str(person), body=body
        )
        return self.store.writer.submit(lambda conn: turns.hear(conn, self.house, came, _NOW))


def _agree(conn: Connection) -> None:
    """Everybody lets their answers be kept."""
    for person in people.everyone(conn):
        people.change(conn, person.id, keeps=True)


@contextmanager
def opened(folder: Path | None = None) -> Iterator[Ours]:
    """A house on SQLite in a folder of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        master = new_key()
        store = open_store(
            f"sqlite:///{name}/words.sqlite", f"sqlite:///{name}/keys.sqlite", lambda _: [master]
        )
        store.writer.start()
        try:
            yield Ours(store)
        finally:
            store.close()


def one_at_a_time(ours: Ours, people: int, replies: int) -> float:
    """Replies a second when each waits for the one before it."""
    start = time.perf_counter()
    for count in range(replies):
        ours.reply(count % people).result()
    return replies / (time.perf_counter() - start)


def at_once(ours: Ours, people: int, replies: int, together: int = 32) -> float:
    """Replies a second when so many people write at once."""
    start = time.perf_counter()
    waiting: list[Future[Heard]] = []
    for count in range(replies):
        waiting.append(ours.reply(count % people))
        if len(waiting) >= together:
            waiting.pop(0).result()
    for each in waiting:
        each.result()
    return replies / (time.perf_counter() - start)
