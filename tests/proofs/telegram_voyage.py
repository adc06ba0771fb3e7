"""A voyage on Telegram: a crowd, programs that may die, and what is found when it is over."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, Engine, Select, select
from starlette.requests import Request
from starlette.responses import Response

from bot.records import Platform
from bot.store import people
from bot.store.opening import Store, open_store
from bot.store.outbox import chat_of
from bot.store.sending import Ending
from bot.store.tables import inbound, outbox
from bot.trust.databases import engine
from bot.trust.master import to_text
from scheduler.tick import now
from tests.commands.skerry import free_port
from tests.conftest import Urls
from tests.fakes.telegram.faults import Refusal
from tests.fakes.telegram.records import Accepted, Message
from tests.fakes.telegram.server import Telegram
from tests.fakes.telegram.updates import Update
from tests.fakes.telegram.webhook import Webhook
from tests.proofs.telegram_crowd import Talker
from tests.proofs.telegram_program import Waits
from tests.proofs.voyage import Found, finds, go, kill

ROOT = Path(__file__).parents[2]
#: How long anything may take on a machine with other things to do, in seconds.
PATIENCE = 180.0
#: Longer than any proof: answers end by a word.
NO_GAP = "600"
CONFLICT, TOO_MANY = 409, 429


#: Whose request is being answered: the name by which a program calls the server.
_CALLER: ContextVar[str] = ContextVar("caller", default="")


@dataclass(eq=False)
class _Hook(Webhook):
    """The webhook, which says what it brings, and whose answers can be lost."""

    watched: Watched | None = None

    async def _bring(self, update: Update) -> float | None:
        assert self.watched is not None
        self.watched.on_told([update.id])
        after = await super()._bring(update)
        if after is None and self.watched.loses():
            return self._failed(update, 0, "Connection reset by peer", 0.0)
        return after


@dataclass(eq=False, repr=False)
class Watched(Telegram):
    """The fake, which says what it told, counts whom it turned away and knows who called."""

    #: Called with the ids of the updates that a program is told.
    on_told: Callable[[list[int]], None] = lambda _: None
    #: Called when a webhook has answered; True when its answer is lost on its way.
    loses: Callable[[], bool] = lambda: False
    #: How many polls met another one.
    conflicts: int = 0
    #: How often each program called each method, by the name of the server that it used.
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: What met 429 because it came too fast.
    hurried: list[str] = field(default_factory=list)
    #: Who polled last.
    polled: str = ""
    #: Who sent each message.
    senders: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.webhook = _Hook(self.updates, watched=self)

    async def _method(self, request: Request) -> Response:
        caller = request.url.hostname or ""
        _CALLER.set(caller)
        method = request.path_params["method"].lower()
        self.calls[caller, method] += 1
        self.polled = caller if method == "getupdates" else self.polled
        return await super()._method(request)

    async def _answer(self, method: str, params: dict[str, Any]) -> Response:
        answered = await super()._answer(method, params)
        if answered.status_code == TOO_MANY and not self.faults.orders:
            chat = self.chats[int(params["chat_id"])]
            before = [each for each in self.accepted if each.chat == chat.id][-8:]
            times = [f"{each.method} at {each.time:%S.%f}" for each in before]
            self.hurried.append(f"{method} in {chat.id} at {self.clock():%S.%f} after {times}")
        return answered

    def accept(self, method: str, message: Message, html: str) -> dict[str, Any]:
        if method.startswith("send"):
            self.senders[message.id] = _CALLER.get()
        return super().accept(method, message, html)

    async def _get_updates(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            told = await super()._get_updates(params)
        except Refusal as refusal:
            self.conflicts += refusal.code == CONFLICT
            raise
        if told:
            self.on_told([update["update_id"] for update in told])
        return told

    @property
    def sends(self) -> list[Accepted]:
        """Every message that was taken, without edits."""
        return [each for each in self.accepted if each.method.startswith("send")]

    async def silence(self) -> None:
        """Until every connection is gone: all is read that anybody wrote who is dead."""
        state = self.listening._state
        while state.connections or state.tasks:  # noqa: ASYNC110 - Nobody tells.
            await asyncio.sleep(0.005)


@dataclass(frozen=True)
class Program:
    """A program made ready; `go` makes it open."""

    process: subprocess.Popen[bytes]
    port: int

    def go(self) -> None:
        go(self.process)

    def kill(self) -> None:
        kill(self.process)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    async def ends(self) -> int:
        """Told to stop; its exit code."""
        self.process.terminate()
        code = await asyncio.to_thread(self.process.wait, PATIENCE)
        self.kill()
        return code

    async def health(self) -> tuple[int, dict[str, Any]]:
        """What `/healthz` says; nothing while nobody serves."""
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                answer = await client.get(f"http://127.0.0.1:{self.port}/healthz")
            except httpx.TransportError:
                return 0, {}
        return answer.status_code, answer.json()


@dataclass
class Crossing:
    """A crowd on Telegram, and the databases that outlive every program."""

    urls: Urls
    master: bytes
    seed: int
    size: int = 20
    #: How many of the crowd write to a house that does not know them yet.
    strangers: int = 2
    waits: Waits = field(default_factory=Waits)
    #: Settings beside the usual ones.
    settings: dict[str, str] = field(default_factory=dict)
    #: Whether the programs' lines are counted; those of one that is killed are not.
    counted: bool = False
    people: dict[str, Talker] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        #: All programs serve on one port, for only one of them is a webhook's address.
        self.port = free_port()
        self.telegram = Watched()
        self.telegram.limits.on = True
        self.telegram.on_accept = self.accepted
        self.log = self.urls.folder / "program.log"
        with self.opened() as store:
            for number in range(self.size):
                account = self.telegram.person(f"Person {number}")
                stranger = number < self.strangers
                talker = Talker(account, Random(self.chance.random()), stranger)
                self.people[talker.place] = talker
                if not stranger:
                    account.chat.open = True
                    store.writer.submit(self._joined(store, talker.place)).result(30)

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """The databases, opened here."""
        store = open_store(self.urls.words, self.urls.keys, lambda _: [self.master])
        store.writer.start()
        try:
            yield store
        finally:
            store.close()

    @property
    def environment(self) -> dict[str, str]:
        """The settings, in an environment that is otherwise as ours."""
        not_ours = ("SKERRY_",) if self.counted else ("SKERRY_", "COV")
        bare = {name: each for name, each in os.environ.items() if not name.startswith(not_ours)}
        settings = {
            "DATABASE_URL": self.urls.words,
            "KEYS_URL": self.urls.keys,
            "MASTER_KEY": to_text(self.master),
            "TELEGRAM_TOKEN": self.telegram.token,
            "TELEGRAM_BASE_URL": self.telegram.root,
            "QUIET_GAP": NO_GAP,
            **self.settings,
        }
        if url := settings.get("PUBLIC_URL"):
            settings["PUBLIC_URL"] = f"{url}:{self.port}"
        named = {f"SKERRY_{name}": value for name, value in settings.items()}
        return bare | named | {"PYTHONPATH": str(ROOT)}

    def make(self, **settings: str) -> Program:
        """A program made ready, perhaps with settings of its own."""
        port = int(settings.get("PORT", self.port))
        own = {"PORT": str(port)} | settings
        with self.log.open("ab") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.proofs.telegram_program", self.waits.written()],
                stdin=subprocess.PIPE,
                stderr=errors,
                cwd=self.urls.folder,
                env=self.environment | {f"SKERRY_{name}": each for name, each in own.items()},
            )
        return Program(process, port)

    def doctor(self) -> dict[str, dict[str, str]]:
        """What `skerry doctor` says of each part."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", "doctor", "--json"],
            cwd=self.urls.folder,
            env=self.environment,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        parts = [json.loads(line) for line in done.stdout.splitlines()]
        return {part["part"]: part for part in parts}

    @asynccontextmanager
    async def begun(self) -> AsyncIterator[Watched]:
        """Telegram there, and everybody having written."""
        async with self.telegram.running():
            for talker in self.people.values():
                talker.begins()
            yield self.telegram

    async def amid_a_send(self, does: Callable[[], object], sender: str = "") -> Accepted:
        """Do something when a message is accepted, perhaps of one program, before it is told."""
        found: list[Accepted] = []

        def hears(accepted: Accepted) -> None:
            by = self.telegram.senders.get(accepted.message, "")
            if not found and accepted.method.startswith("send") and sender in {"", by}:
                does()
                found.append(accepted)
            self.accepted(accepted)

        self.telegram.on_accept = hears
        await self.until(lambda: found)
        self.telegram.on_accept = self.accepted
        return found[0]

    def accepted(self, accepted: Accepted) -> None:
        """A person reads what came."""
        if accepted.method.startswith("send"):
            talker = self.people[str(accepted.chat)]
            talker.hears(talker.account.last)

    def enough(self) -> None:
        """Nobody does anything more."""
        for talker in self.people.values():
            talker.rests = True

    @property
    def said(self) -> bool:
        """Whether everybody was answered, and Telegram keeps nothing for the house."""
        waits = any(talker.waits for talker in self.people.values())
        return not waits and not self.telegram.updates.pending

    async def over(self) -> None:
        """Everybody has been answered; everything is confirmed and sent."""
        self.enough()
        await self.until(lambda: self.said)
        await self.patiently(self._all_sent())

    def looking(self) -> AbstractContextManager[Engine]:
        return _looking(self.urls.words)

    async def until(self, predicate: Callable[[], object]) -> None:
        """Wait for something that must come; if it does not, say where everybody is."""
        await self.patiently(self.telegram.wait_for(predicate, PATIENCE))

    async def patiently(self, what: Awaitable[object]) -> None:
        try:
            await asyncio.wait_for(what, PATIENCE)
        except TimeoutError:
            pytest.fail(self._state())

    def _joined(self, store: Store, place: str) -> Callable[[Connection], None]:
        def join(conn: Connection) -> None:
            whose = people.add(
                conn,
                store.keys,
                Platform.TELEGRAM,
                place,
                language="en",
                zone="Europe/London",
                now=now(),
            )
            people.change(conn, whose.participant.id, keeps=True)

        return join

    async def _all_sent(self) -> None:
        """What the house writes down last, Telegram does not hear of."""
        waits = select(outbox.c.id).where(outbox.c.ended_at.is_(None))
        with self.looking() as made:
            while await asyncio.to_thread(_finds_some, made, waits):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    def _state(self) -> str:
        late = [talker for talker in self.people.values() if talker.waits]
        last = {talker.place: talker.account.sees[-2:] for talker in late}
        pending = [update.wire for update in self.telegram.updates.pending]
        errors = self.log.read_text()[-6000:]
        return f"pending: {pending}; not answered: {last}; {errors}"


def _finds_some(made: Engine, what: Select[Any]) -> bool:
    with made.connect() as conn:
        return conn.execute(what).first() is not None


@contextmanager
def _looking(url: str) -> Iterator[Engine]:
    """An engine of our own, let go of afterwards."""
    made = engine(url)
    try:
        yield made
    finally:
        made.dispose()


def taken(conn: Connection) -> set[int]:
    """The ids of the updates that were taken."""
    return {int(id_.partition(".")[0]) for id_ in conn.scalars(select(inbound.c.id))}


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was found when it was over."""

    words: int
    updates: int
    sends: int
    #: How many sends came twice.
    doubled: int
    conflicts: int

    def __str__(self) -> str:
        return (
            f"{self.updates} updates, {self.words} messages kept, {self.sends} sends, "
            f"{self.doubled} of them twice, {self.conflicts} polls met 409"
        )


def check(crossing: Crossing) -> Figures:
    """Nothing is lost, doubled or out of order, and Telegram was never hurried."""
    telegram = crossing.telegram
    words = _check_words(crossing)
    doubled = _check_sends(crossing)
    with crossing.looking() as made, made.connect() as conn:
        assert taken(conn) == {update.id for update in telegram.updates.put_ever}
    assert not telegram.hurried, telegram.hurried
    return Figures(
        words=words,
        updates=len(telegram.updates.put_ever),
        sends=len(telegram.sends),
        doubled=doubled,
        conflicts=telegram.conflicts,
    )


def _check_words(crossing: Crossing) -> int:
    """Every reply is kept once and verbatim, and what ended has ended; say how many."""
    with crossing.opened() as store:
        stored = {
            place: store.writer.submit(finds(store, place)).result(30) for place in crossing.people
        }
    for place, found in stored.items():
        _check_person(crossing.people[place], found)
    return sum(len(talker.sent) for talker in crossing.people.values())


def _check_person(talker: Talker, found: Found) -> None:
    mind, place = talker.mind, talker.place
    wrote = {talker.sent[name]: each for name, each in mind.wrote.items()}
    assert found.messages == Counter(dict.fromkeys(wrote, 1)), place
    assert found.texts == {name: text for name, (text, _) in wrote.items()}, place
    carried = {name: file for name, (_, file) in wrote.items() if file}
    assert found.media == carried, place
    assert found.files == len(carried), place
    # The very first choice, whether anything may be kept, is made before anything is.
    assert found.choices == mind.chose - (talker.stranger and mind.chose > 0), place
    assert found.closed["nudge"] == talker.nudges, place
    assert found.closed["weekly"] == mind.ended - talker.nudges, place
    assert found.closed["join"] <= talker.stranger, place


def _check_sends(crossing: Crossing) -> int:
    """What was meant for a chat came in its order, and all of it; say how much came twice."""
    with crossing.looking() as made, made.connect() as conn:
        rows = conn.execute(
            select(outbox.c.chat, outbox.c.receipt, outbox.c.state, outbox.c.piece).order_by(
                outbox.c.seq
            )
        ).all()
    assert {row.state for row in rows} == {Ending.SENT}
    came: dict[str, list[Accepted]] = defaultdict(list)
    for each in crossing.telegram.sends:
        came[chat_of(Platform.TELEGRAM, str(each.chat))].append(each)
    twice = 0
    for row in rows:
        twice += _again(came[row.chat], int(row.receipt), row.piece)
    assert not any(came.values()), came
    return twice


def _again(came: list[Accepted], receipt: int, pieces: int) -> int:
    """Take a message off what came, each of its pieces once or at once again; say how often."""
    length = next(number for number, each in enumerate(came, 1) if each.message == receipt)
    mine = [(each.html, each.markup and _labels(each.markup)) for each in came[:length]]
    del came[:length]
    assert sum(one != before for one, before in pairwise([None, *mine])) == pieces, mine
    return length - pieces


def _labels(markup: dict[str, Any]) -> list[str]:
    return [button["text"] for row in markup["inline_keyboard"] for button in row]


@contextmanager
def killed(*programs: Program) -> Iterator[None]:
    """Whatever happens, none of these is left."""
    try:
        yield
    finally:
        for program in programs:
            with suppress(ProcessLookupError):
                program.kill()
