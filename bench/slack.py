"""Slack as it is used: a burst of events, and a big moment in one workspace.

usage: python -m bench.slack [stored people [seconds [prompts]]]

`skerry run` is a process of its own; a strict fake of Slack shares this process with the people
who write. What this process is late by itself is measured and printed beside.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bench.slack_house import House, house, running, settle
from bot.records import LaneClass, Outbound, Paragraph
from tests.fakes.slack.limits import Limits
from tests.fakes.slack.people import Person
from tests.fakes.slack.post import Parcel, Sort
from tests.fakes.slack.records import Accepted
from tests.fakes.slack.server import Slack

STORED, SECONDS, PROMPTS = 100_000, 60, 300
#: Events a second in the burst, from so many people.
RATE = 100
WRITERS = 500
#: How many may be on their way to us over HTTP at once.
CONNECTIONS = 40
#: How long Slack waits for an acknowledgement, in seconds.
SLACK_WAITS = 3.0
#: Seconds between two people who write amid the big moment.
EVERY = 0.5
#: What is promised of an acknowledgement, in milliseconds.
MOST_WAIT = 300
#: What the bot sends in a second at most, on Slack.
PACE = 20
SEND, TOO_MANY = "chat.postMessage", 429
PROMPT = Outbound(
    paragraphs=(Paragraph(text="What went well this week? " * 8),), lane_class=LaneClass.BROADCAST
)
#: What people write in the burst, again and again: a button's words, words, and an end.
SAID = ("journal", "yes, give me one", "I asked one question in the huddle.", "done")

Json = dict[str, Any]
Bring = Callable[[Json], Awaitable[None]]


@dataclass
class Tight(Limits):
    """A workspace that takes no more than some seconds' worth of messages at once."""

    at_once: float = 20

    def spend_message(self, team: str, channel: str) -> None:
        """Count one message or refuse it."""
        whole = ((team,), self.at_once, self.workspace / 60)
        self._spend(((team, "channel", channel), self.burst, self.channel), whole)


def main() -> None:
    """Print every figure, with few people stored and with many."""
    given = [int(word) for word in sys.argv[1:]]
    stored, seconds, prompts = [*given, *(STORED, SECONDS, PROMPTS)[len(given) :]]
    for posted in (True, False):
        for count in dict.fromkeys((1_000, stored)):
            asyncio.run(burst(count, seconds, posted=posted))
    for count in dict.fromkeys((1_000, stored)):
        asyncio.run(big_moment(count, prompts, Limits()))
    asyncio.run(big_moment(1_000, prompts, Tight()))


async def burst(stored: int, seconds: int, *, posted: bool) -> None:
    """So many events a second, from their due time to their acknowledgement."""
    async with house(posted=posted) as made:
        writers = settle(made, stored, WRITERS)
        async with running(made) as busy, bringing(made) as bring:
            before = busy()
            took = await _post(made, writers, seconds, bring)
            worked = (busy() - before) / len(took)
    way = "posted" if posted else "over a socket"
    again = sum(each > SLACK_WAITS for each in took)
    print(
        f"{len(took)} events at {RATE}/s {way}, {stored:,} people stored: acknowledged after "
        f"{_waits(took)} (p95 at most {MOST_WAIT}); {again} too late for Slack (never)"
    )
    print(
        f"    of those, what people said first since the start, whose profile is asked for: "
        f"{_waits(took[:WRITERS])}; all else {_waits(took[WRITERS:])}"
    )
    print(
        f"    a processor worked {worked * 1000:.1f} ms for each (10 at most); this process "
        f"itself was late by {_waits(made.late)}"
    )


@asynccontextmanager
async def bringing(made: House) -> AsyncIterator[Bring]:
    """How an event is brought, one of the two ways."""
    slack = made.slack
    if not made.posted:

        async def over_socket(event: Json) -> None:
            body = slack.wrap(made.workspace.team, event)
            answer = await slack.sockets.carry(Parcel(Sort.EVENT, made.workspace.id, body), 0, "")
            if answer.reason:
                raise ConnectionError(answer.reason)

        yield over_socket
        return
    many = aiohttp.TCPConnector(limit=CONNECTIONS)  # As many as we suppose Slack makes.
    async with aiohttp.ClientSession(connector=many) as client:

        async def over_http(event: Json) -> None:
            body = json.dumps(slack.wrap(made.workspace.team, event)).encode()
            headers = {"Content-Type": "application/json"} | slack.hook.signed(body)
            async with client.post(slack.hook.url, data=body, headers=headers) as answer:
                answer.raise_for_status()

        yield over_http


async def _post(made: House, writers: list[Person], seconds: int, bring: Bring) -> list[float]:
    """Bring events when each is due, however long those before it take."""
    took = [0.0] * (RATE * seconds)

    async def one(number: int, due: float) -> None:
        person = writers[number % len(writers)]
        await bring(_event(person, SAID[number // len(writers) % len(SAID)]))
        took[number] = time.perf_counter() - due

    watching = asyncio.create_task(_watch(made.late))
    async with asyncio.TaskGroup() as all_:
        start = time.perf_counter()
        for number in range(RATE * seconds):
            due = start + number / RATE
            await asyncio.sleep(due - time.perf_counter())
            all_.create_task(one(number, due))
    watching.cancel()
    return took


def _event(person: Person, text: str) -> Json:
    """What Slack tells of a message that somebody wrote."""
    message = person._said(text)  # noqa: SLF001 - Said, and not brought by the fake itself.
    where = {"channel": person.channel.id, "event_ts": message.ts, "channel_type": "im"}
    return message.wire | where


async def _watch(late: list[float]) -> None:
    """How late this process is, every few milliseconds."""
    while True:
        due = time.perf_counter() + 0.005
        await asyncio.sleep(0.005)
        late.append(time.perf_counter() - due)


async def big_moment(stored: int, prompts: int, limits: Limits) -> None:
    """Prompts to many people of one workspace, all due at once, while others write."""
    async with house(posted=False) as made:
        made.slack.limits = limits
        others = settle(made, 0, PROMPTS, name="other")
        settle(made, stored - PROMPTS, prompts, PROMPT)
        watched = Watched(made.slack, prompts)
        async with running(made), asyncio.timeout(prompts + 60):
            asking = asyncio.create_task(_ask(others, watched.asked))
            await watched.done.wait()
            asking.cancel()
            await asyncio.sleep(3)
    kind = "short" if isinstance(limits, Tight) else "long"
    print(
        f"{prompts} prompts due at once to one workspace, {stored:,} people stored, {kind} "
        f"bursts allowed: {watched.rate:.1f}/s (at most {PACE}/s, and a workspace takes "
        f"{limits.workspace / 60:.0f}/s for long); {limits.provoked} times 429"
    )
    print(
        f"    {len(watched.waits)} of {len(watched.asked)} who wrote amid it were answered, after "
        f"{_waits(watched.waits)}"
    )


class Watched:
    """When each prompt came, and how long those who wrote waited."""

    def __init__(self, slack: Slack, prompts: int) -> None:
        self._left = prompts
        self._came: list[float] = []
        self._helped: dict[str, float] = {}
        #: When each of those who wrote did so, by their conversation.
        self.asked: dict[str, float] = {}
        self.done = asyncio.Event()
        slack.on_accept = self._accepted

    def _accepted(self, what: Accepted) -> None:
        if what.method != SEND:
            return
        at = time.perf_counter()
        if what.channel in self.asked:
            self._helped.setdefault(what.channel, at)
            return
        self._came.append(at)
        if len(self._came) == self._left:
            self.done.set()

    @property
    def rate(self) -> float:
        """How many prompts came in a second."""
        return (len(self._came) - 1) / (self._came[-1] - self._came[0])

    @property
    def waits(self) -> list[float]:
        """How long each of those who wrote waited for their answer."""
        return [at - self.asked[channel] for channel, at in self._helped.items()]


async def _ask(others: list[Person], asked: dict[str, float]) -> None:
    """One after the other writes."""
    for person in others:
        await asyncio.sleep(EVERY)
        asked[person.channel.id] = time.perf_counter()
        person.writes("help")


def _waits(waits: list[float]) -> str:
    if not waits:
        return "never"
    ordered = sorted(waits)
    half, slow = statistics.median(ordered) * 1000, ordered[len(ordered) * 95 // 100] * 1000
    return f"p50 {half:.1f} ms, p95 {slow:.1f} ms, slowest {ordered[-1] * 1000:.0f} ms"


if __name__ == "__main__":
    main()
