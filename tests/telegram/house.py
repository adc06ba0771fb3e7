"""The whole house in this process, as `skerry run` runs it, on the fake Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx
from sqlalchemy import Connection, func, select

from bot.adapters.port import Pace
from bot.adapters.telegram.webhook import HEADER, PATH
from bot.commands.looking import parts
from bot.commands.opening import Opened, opened
from bot.commands.run import _port, _Running
from bot.commands.telegram_line import TelegramLine
from bot.engine.conversation import Conversation
from bot.records import Occasion, Platform
from bot.settings import Settings
from bot.store import answers, conversations, parked, people
from bot.store.lock import sole
from bot.store.people import Present
from bot.store.tables import metadata
from bot.trust import master
from bot.trust.sealing import new_key
from bot.web import Part
from scheduler.tick import now
from tests.conftest import Urls
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.records import Message, Query
from tests.fakes.telegram.server import Telegram
from tests.journeys.playing import begin
from tests.journeys.someone import Someone

T = TypeVar("T")

SECRET = "a-secret-of-some-length_0123456789"
#: How long anything may take on a machine with much else to do, in seconds.
PATIENCE = 60.0
MODES = ("polling", "webhook")


@dataclass
class House:
    """A house with its doors open, and the fake it talks with."""

    telegram: Telegram
    opened: Opened
    running: _Running
    port: int
    #: How far its clock is ahead of the real one.
    ahead: timedelta = timedelta(0)
    #: Whether it has been told to stop.
    closed: bool = False
    #: What was told of how Telegram is, each time that something else was.
    told: list[str] = field(default_factory=list)
    _seeded: int = 0

    def now(self) -> datetime:
        return now() + self.ahead

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def webhook(self) -> str:
        """Where updates are brought."""
        return self.url + PATH

    async def posts(self, content: bytes | str, secret: str | None = SECRET) -> httpx.Response:
        """Bring something to the webhook, as anybody on the internet could."""
        headers = {} if secret is None else {HEADER: secret}
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
            return await client.post(self.webhook, content=content, headers=headers)

    async def until(self, predicate: Callable[[], object]) -> None:
        """Until something is so that the fake sees come about."""
        await self.telegram.wait_for(predicate, PATIENCE)

    async def eventually(self, predicate: Callable[[], object]) -> None:
        """Until something is so that nobody tells us of: a row in the store."""
        async with asyncio.timeout(PATIENCE):
            while not predicate():  # noqa: ASYNC110 - The store tells nobody.
                await asyncio.sleep(0.01)

    async def all_is_said(self) -> None:
        """Until every update is taken and nothing waits to be sent."""
        await self.until(lambda: not self.telegram.updates.pending)
        await self.eventually(lambda: not self.rows("outbox", ended_at=None))

    def reads(self, work: Callable[[Connection], T]) -> T:
        """Look something up in the store."""
        with self.opened.store.engine.connect() as conn:
            return work(conn)

    def rows(self, table: str, **where: object) -> int:
        """How many rows of a table are so."""
        found = metadata.tables[table]
        wanted = [found.c[name] == value for name, value in where.items()]
        return self.reads(
            lambda conn: conn.scalar(select(func.count()).select_from(found).where(*wanted)) or 0
        )

    def all_rows(self) -> dict[str, int]:
        """How many rows each table has that somebody's doing adds to."""
        return {name: self.rows(name) for name in metadata.tables if name != "health"}

    def parked(self) -> int:
        return len(self.reads(parked.waiting))

    def health(self) -> Part:
        """What `/healthz` and `skerry doctor` say of Telegram."""
        return next(part for part in parts(self.opened) if part.part == "telegram")

    async def is_told(self, detail: str) -> None:
        """Until a process tells something of how Telegram is, though it may be past already."""
        await self.eventually(lambda: any(detail in each for each in self.told))

    @property
    def line(self) -> TelegramLine:
        """How it is heard from Telegram."""
        (line,) = self.running._lines
        assert isinstance(line, TelegramLine)
        return line

    def _listen_in(self) -> None:
        """Note what is told of Telegram."""
        watched = self.line._health
        tell = watched.tell

        async def told(well: bool, detail: str) -> None:  # noqa: FBT001 - As it is called.
            if self.told[-1:] != [detail]:
                self.told.append(detail)
            await tell(well, detail)

        watched.tell = told  # type: ignore[method-assign]

    async def hears_of(self, detail: str) -> Part:
        """Until health says something; how it then is."""
        await self.eventually(lambda: detail in self.health().detail)
        return self.health()

    def present(self, person: Person) -> Present | None:
        return self.reads(lambda conn: people.find(conn, Platform.TELEGRAM, str(person.id)))

    def id_of(self, person: Person) -> str:
        found = self.present(person)
        assert found is not None, "nobody knows them"
        return found.participant.id

    def gone(self, person: Person) -> bool:
        """Whether nobody is reached there any more."""
        found = self.present(person)
        return found is not None and found.gone

    def words(self, person: Person) -> list[str]:
        """What they said in their own words, the oldest first."""
        id_, keys = self.id_of(person), self.opened.store.keys
        kept = self.reads(lambda conn: answers.all_of(conn, keys, id_))
        return [each.answer.text for each in kept if each.answer.text]

    def open_ones(self, person: Person) -> tuple[Conversation, ...]:
        id_, keys = self.id_of(person), self.opened.store.keys
        return self.reads(lambda conn: conversations.open_ones(conn, keys, id_))

    async def knows(self, person: Person, *beginnings: str) -> Chat:
        """Somebody who was here before, without a message through Telegram.

        The loop waits meanwhile, so that nobody delivers what is said to them.
        """
        await self.all_is_said()
        self._seeded += 1
        someone = Someone(
            self.opened.store,
            platform=Platform.TELEGRAM,
            place=str(person.id),
            now=self.now() - timedelta(hours=1),
        )
        someone.ids.mark = f"{self._seeded:x}"
        begin(someone, "joined", *beginnings)
        person.chat.open = True
        return Chat(self, person)

    def chat(self, person: Person) -> Chat:
        return Chat(self, person)

    async def prompts(self, person: Person, practice: str, name: str) -> None:
        """A planned prompt comes round."""
        await self.running._doors.begin(
            Occasion(
                campaign="programme",
                step=practice,
                name=name,
                practice=practice,
                participant=self.id_of(person),
            )
        )


class Unwritable:
    """A writer that takes no turn for so many times, as when a disk is full."""

    def __init__(self, house: House, times: int) -> None:
        self._run: Any = house.running._doors._writer.run
        self.left = times

    async def run(self, work: object, lane: str = "", otherwise: object = None) -> object:
        if self.left and otherwise is not None:
            self.left -= 1
            raise OSError(28, "No space left on device")
        return await self._run(work, lane, otherwise)


@dataclass
class Chat:
    """Somebody in their chat: what they do, and what they wait for."""

    house: House
    person: Person
    #: How many messages of the bot's they had before they did something last.
    before: int = 0

    @property
    def last(self) -> Message:
        return self.person.last

    @property
    def new(self) -> list[Message]:
        """What the bot has said since they did something."""
        return self.person.chat.from_bot[self.before :]

    def acts(self) -> None:
        """They are about to do something."""
        self.before = len(self.person.chat.from_bot)

    async def hears(self, text: str) -> Message:
        """Until the bot has said this in answer."""
        try:
            await self.house.until(lambda: any(text in one.text for one in self.new))
        except TimeoutError:
            heard = [one.text for one in self.new]
            raise AssertionError(f"{text!r} was not said, but {heard}") from None
        return next(one for one in self.new if text in one.text)

    async def starts(self, then: str, payload: str = "") -> Message:
        self.acts()
        self.person.starts(payload)
        return await self.hears(then)

    async def says(self, text: str, then: str) -> Message:
        self.acts()
        self.person.writes(text)
        return await self.hears(then)

    async def says_all(self, *lines: tuple[str, str]) -> Message:
        """Several, each with what is then heard."""
        for text, then in lines[:-1]:
            await self.says(text, then)
        return await self.says(*lines[-1])

    async def presses(self, label: str, then: str, message: Message | None = None) -> Message:
        self.acts()
        self.person.presses(message or self.last, label)
        return await self.hears(then)

    async def shows(self, message: Message, *labels: str) -> None:
        """Until the buttons of a message say this."""
        try:
            await self.house.until(lambda: message.labels == list(labels))
        except TimeoutError:
            raise AssertionError(f"its buttons say {message.labels}") from None

    async def reads(self, message: Message, text: str) -> None:
        """Until a message reads so."""
        try:
            await self.house.until(lambda: message.text == text)
        except TimeoutError:
            raise AssertionError(f"it reads {message.text!r}") from None

    async def is_answered(self, query: Query) -> None:
        """Until a press is answered."""
        await self.house.until(lambda: query.answered)


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a house is set up."""

    mode: str = "polling"
    #: The quiet gap in seconds; with 0, each message is an answer.
    gap: float = 0
    #: Whether it keeps to the pace of Telegram.
    paced: bool = False

    @property
    def is_webhook(self) -> bool:
        return self.mode == "webhook"


@contextmanager
def at_home(telegram: Telegram, urls: Urls, way: Way, key: bytes) -> Iterator[House]:
    """The house with its doors still shut: nobody polls, delivers or serves yet."""
    # Validated, not made, so that nothing comes from the environment.
    before = Settings.model_validate(
        {
            "host": "127.0.0.1",
            "port": 0,
            "database_url": urls.words,
            "keys_url": urls.keys,
            "master_key": master.to_text(key),
            "telegram_token": telegram.token,
            "telegram_base_url": telegram.root,
            "telegram_webhook_secret": SECRET if way.is_webhook else "",
            "quiet_gap": way.gap,
            "breath": 0,
        }
    )
    with _port(before) as socket:
        port = socket.getsockname()[1]
        public = f"http://127.0.0.1:{port}" if way.is_webhook else ""
        settings = before.model_copy(update={"public_url": public})
        with opened(settings) as found, sole(found.store.engine):
            # Of several wordings always the first, so that a test knows what is asked.
            held = replace(found, house=replace(found.house, chance=lambda: 0))
            running = _Running(held, socket)
            house = House(telegram, held, running, port)
            running._deliverer._clock = running._doors._clock = house.now
            running._tick._clock = running._doors._buttons._clock = house.now
            house._listen_in()
            if not way.paced:
                running._deliverer._paces = {Platform.TELEGRAM: Pace()}
            yield house


@asynccontextmanager
async def living(house: House, *, heard: bool = True) -> AsyncIterator[House]:
    """The house open to people, until the end of the block; `heard`: once it hears Telegram."""
    task = asyncio.create_task(house.running.run())
    try:
        if heard:
            telegram = house.telegram
            await house.until(lambda: telegram.webhook.url or telegram.updates.polls)
        yield house
        assert house.closed or not task.done(), "it stopped by itself"
    finally:
        house.closed = True
        house.running._stopping.set()
        async with asyncio.timeout(PATIENCE):
            assert await task, "a part of it broke down"


@asynccontextmanager
async def home(
    telegram: Telegram, urls: Urls, way: Way | None = None, key: bytes | None = None
) -> AsyncIterator[House]:
    """A house, its doors open."""
    with at_home(telegram, urls, way or Way(), key or new_key()) as house:
        async with living(house):
            yield house
