"""A voyage on Telegram: a crowd, programs that may die, and what is found when it is over."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import KW_ONLY, dataclass, field
from random import Random
from typing import Any

from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response

from bot.records import Platform
from bot.store.outbox import chat_of
from bot.store.tables import inbound
from tests.fakes.telegram.faults import Refusal
from tests.fakes.telegram.records import Accepted, Message
from tests.fakes.telegram.server import Telegram
from tests.fakes.telegram.updates import Update
from tests.fakes.telegram.webhook import Webhook
from tests.proofs import waits
from tests.proofs.counting import Came, check_sends, check_words
from tests.proofs.programs import PATIENCE, Harbour, joined
from tests.proofs.telegram_crowd import Talker
from tests.proofs.telegram_program import Waits

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


@dataclass
class Crossing(Harbour):
    """A crowd on Telegram, and the databases that outlive every program."""

    module = "tests.proofs.telegram_program"
    _: KW_ONLY
    seed: int
    size: int = 20
    #: How many of the crowd write to a house that does not know them yet.
    strangers: int = 2
    waits: waits.Waits = field(default_factory=Waits)
    people: dict[str, Talker] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.chance = Random(self.seed)
        self.telegram = Watched()
        self.telegram.limits.on = True
        self.telegram.on_accept = self.accepted
        with self.opened() as store:
            for number in range(self.size):
                account = self.telegram.person(f"Person {number}")
                stranger = number < self.strangers
                mood = Random(self.chance.random())
                talker = Talker(mood, account=account, stranger=stranger)
                self.people[talker.place] = talker
                if not stranger:
                    account.chat.open = True
                    joins = joined(store, Platform.TELEGRAM, talker.place)
                    store.writer.submit(joins).result(30)

    @property
    def connection(self) -> dict[str, str]:
        return {
            "TELEGRAM_TOKEN": self.telegram.token,
            "TELEGRAM_BASE_URL": self.telegram.root,
        }

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
        await self.patiently(self.all_sent())

    async def until(self, predicate: Callable[[], object]) -> None:
        """Wait for something that must come; if it does not, say where everybody is."""
        await self.patiently(self.telegram.wait_for(predicate, PATIENCE))

    def state(self) -> str:
        late = [talker for talker in self.people.values() if talker.waits]
        last = {talker.place: talker.account.sees[-2:] for talker in late}
        pending = [update.wire for update in self.telegram.updates.pending]
        errors = self.log.read_text()[-6000:]
        return f"pending: {pending}; not answered: {last}; {errors}"


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
    words = check_words(crossing, crossing.people, Platform.TELEGRAM)
    again = check_sends(crossing, _came(telegram))
    with crossing.looking() as made, made.connect() as conn:
        assert taken(conn) == {update.id for update in telegram.updates.put_ever}
    assert not telegram.hurried, telegram.hurried
    return Figures(
        words=words,
        updates=len(telegram.updates.put_ever),
        sends=len(telegram.sends),
        doubled=sum(each.times - 1 for each in again),
        conflicts=telegram.conflicts,
    )


def _came(telegram: Watched) -> dict[str, list[Came]]:
    """What came into each chat, in its order."""
    came: dict[str, list[Came]] = defaultdict(list)
    for each in telegram.sends:
        shown = each.html, each.markup and _labels(each.markup)
        chat = chat_of(Platform.TELEGRAM, str(each.chat))
        came[chat].append(Came(str(each.message), str(shown)))
    return came


def _labels(markup: dict[str, Any]) -> list[str]:
    return [button["text"] for row in markup["inline_keyboard"] for button in row]
