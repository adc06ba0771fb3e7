"""Telegram as it is used: a burst of updates, and a big moment at Telegram's own pace.

usage: python -m bench.telegram [stored people [seconds]]

`skerry run` is a process of its own and posts to a strict fake of the Bot API, which shares
this process with the people who write. The clock is the real one.
"""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from sqlalchemy import Connection

from bench.replies import fill
from bot.records import LaneClass, Outbound, Paragraph, Platform
from bot.store import outbox, people
from bot.store.opening import Store, open_store
from bot.trust import master
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.records import Accepted
from tests.fakes.telegram.server import Telegram

STORED = 100_000
SECONDS = 60
#: Updates a second in the burst, from so many people.
RATE = 100
WRITERS = 500
#: What Telegram allows in a second.
PACE = 30
#: Seconds between two people who write amid the big moment.
EVERY = 3
SECRET = "a-secret-of-the-bench"  # noqa: S105 - Made up.
PROMPT = Outbound(
    paragraphs=(Paragraph(text="What went well this week? " * 8),), lane_class=LaneClass.BROADCAST
)
#: What people write in the burst, again and again: a button's words, words, and an end.
SAID = ("journal", "yes, give me one", "I asked one question in the huddle.", "done")


@dataclass
class House:
    """`skerry run` with a database of its own, and the fake it talks with."""

    folder: Path
    telegram: Telegram
    port: int
    env: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> str:
        """The words' database."""
        return f"sqlite:///{self.folder}/words.sqlite"

    def opened(self) -> Store:
        """The store, while nobody else has it."""
        key = self.folder / "master.key"
        return open_store(
            self.store,
            f"sqlite:///{self.folder}/keys.sqlite",
            lambda empty: master.in_use(key, empty=empty),
        )


def main() -> None:
    """Print every figure, with few people stored and with many."""
    given = [int(word) for word in sys.argv[1:]]
    stored, seconds = [*given, *(STORED, SECONDS)[len(given) :]]
    for count in dict.fromkeys((1_000, stored)):
        asyncio.run(burst(count, seconds))
    for count in dict.fromkeys((1_000, stored)):
        asyncio.run(big_moment(count, seconds))


async def burst(stored: int, seconds: int) -> None:
    """So many updates a second by the webhook, from their due time to their acknowledgement."""
    async with house(webhook=True) as made:
        writers = settle(made, stored, WRITERS)
        async with running(made):
            took = await _post(made, writers, seconds)
    ordered = sorted(took)
    slow = ordered[len(ordered) * 95 // 100]
    print(
        f"{len(took)} updates at {RATE}/s, {stored:,} people stored: acknowledged after "
        f"p50 {statistics.median(took) * 1000:.1f} ms, p95 {slow * 1000:.1f} ms (at most 300), "
        f"slowest {ordered[-1] * 1000:.0f} ms"
    )


async def _post(made: House, writers: list[Person], seconds: int) -> list[float]:
    """Post updates when each is due, however long those before it take."""
    took: list[float] = []
    url = f"http://127.0.0.1:{made.port}/telegram/webhook"
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}

    async def one(client: aiohttp.ClientSession, number: int, due: float) -> None:
        person = writers[number % len(writers)]
        update = {
            "update_id": 1_000_000 + number,
            "message": {
                "message_id": 1_000_000 + number,
                "date": 0,
                "chat": person.chat.wire,
                "from": person.user.wire,
                "text": SAID[number // len(writers) % len(SAID)],
            },
        }
        async with client.post(url, json=update, headers=headers) as answer:
            answer.raise_for_status()
        took.append(time.perf_counter() - due)

    many = aiohttp.TCPConnector(limit=40)  # As many as we let Telegram make.
    async with aiohttp.ClientSession(connector=many) as client, asyncio.TaskGroup() as all_:
        start = time.perf_counter()
        for number in range(RATE * seconds):
            due = start + number / RATE
            await asyncio.sleep(due - time.perf_counter())
            all_.create_task(one(client, number, due))
    return took


async def big_moment(stored: int, seconds: int) -> None:
    """Prompts due at once, sent as fast as Telegram lets us, while some people write."""
    async with house(webhook=False) as made:
        prompts = PACE * seconds
        readers = settle(made, stored, prompts, PROMPT)
        made.telegram.limits.on = True
        sent: list[float] = []
        reached: dict[int, float] = {}
        helped: dict[int, float] = {}
        done = asyncio.Event()

        def accepted(what: Accepted) -> None:
            sent.append(time.perf_counter())
            if what.text.startswith("Skerry is automated"):
                helped[what.chat] = sent[-1]
            else:
                reached[what.chat] = sent[-1]
            if len(sent) - len(helped) == prompts:
                done.set()

        made.telegram.on_accept = accepted
        asked: dict[int, float] = {}
        async with running(made), asyncio.timeout(3 * seconds + 60):
            asking = asyncio.create_task(_ask(readers, reached, asked))
            await done.wait()
            asking.cancel()
            await asyncio.sleep(1)
    waits = [helped[id_] - asked[id_] for id_ in asked if id_ in helped]
    rate = (len(sent) - 1) / (sent[-1] - sent[0])
    half, most = statistics.median(waits) * 1000, max(waits) * 1000
    print(
        f"{len(sent)} messages due at once, {stored:,} people stored: {rate:.2f}/s, "
        f"{rate / PACE:.1%} of {PACE}/s (at least 98 %); "
        f"{made.telegram.limits.provoked} times 429 (never)"
    )
    print(
        f"    {len(waits)} of {len(asked)} who wrote amid it were answered, after "
        f"{half:.0f} ms, at most {most:.0f} ms (under 1000)"
    )


async def _ask(readers: list[Person], reached: dict[int, float], asked: dict[int, float]) -> None:
    """Some who have read their prompt write meanwhile."""
    by_id = {reader.id: reader for reader in readers}
    while True:
        await asyncio.sleep(EVERY)
        now = time.perf_counter()
        ready = (id_ for id_, at in reached.items() if id_ not in asked and now - at > EVERY - 1)
        if (id_ := next(ready, None)) is not None:
            asked[id_] = now
            by_id[id_].writes("help")


def settle(made: House, stored: int, count: int, message: Outbound | None = None) -> list[Person]:
    """So many people with a chat, perhaps each with a message due; and silent ones."""
    store = made.opened()
    found = [made.telegram.person(f"p{number}") for number in range(count)]
    for person in found:
        person.chat.open = True
    store.writer.start()
    for chunk in range(0, count, 500):
        store.writer.submit(_take_in(store, found[chunk : chunk + 500], message)).result()
    fill(store, max(stored - count, 0))
    store.close()
    return found


def _take_in(
    store: Store, found: list[Person], message: Outbound | None
) -> Callable[[Connection], None]:
    def work(conn: Connection) -> None:
        now = datetime.now(UTC)  # noqa: TID251 - The bench lives by the real clock.
        for person in found:
            place = str(person.id)
            known = people.add(
                conn,
                store.keys,
                Platform.TELEGRAM,
                place,
                language="en",
                zone="Europe/London",
                now=now,
            )
            people.change(conn, known.participant.id, keeps=True)
            if message is not None:
                outbox.add(conn, store.keys, known.address, message, now=now)

    return work


@asynccontextmanager
async def house(*, webhook: bool) -> AsyncIterator[House]:
    """A folder, a fake, and the settings that join them."""
    with tempfile.TemporaryDirectory() as name:
        async with Telegram().running() as telegram:
            made = House(Path(name), telegram, _free_port())
            made.env = {
                **os.environ,
                "SKERRY_BREATH": "0",
                "PYTHONPATH": str(Path(__file__).parent.parent),
                "SKERRY_DATABASE_URL": made.store,
                "SKERRY_PORT": str(made.port),
                "SKERRY_TELEGRAM_TOKEN": telegram.token,
                "SKERRY_TELEGRAM_BASE_URL": telegram.root,
                "SKERRY_LOG_LEVEL": "ERROR",
            }
            if webhook:
                made.env["SKERRY_PUBLIC_URL"] = f"http://127.0.0.1:{made.port}"
                made.env["SKERRY_TELEGRAM_WEBHOOK_SECRET"] = SECRET
            yield made


@asynccontextmanager
async def running(made: House) -> AsyncIterator[None]:
    """`skerry run`, from when it listens to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run"),
        cwd=made.folder,
        env=made.env,
        stdin=asyncio.subprocess.DEVNULL,
    )
    try:
        first = "setwebhook" if "SKERRY_PUBLIC_URL" in made.env else "getupdates"
        await made.telegram.wait_for(
            lambda: any(method == first for method, _ in made.telegram.requests), timeout=60
        )
        yield
    finally:
        process.terminate()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
