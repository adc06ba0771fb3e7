"""The world behind the Bot API: who is there, what was said, what the bot may do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.faults import Faults, bad, forbidden
from tests.fakes.telegram.limits import Limits
from tests.fakes.telegram.records import Accepted, Chat, File, Kind, Message, Query, User
from tests.fakes.telegram.updates import Updates

if TYPE_CHECKING:
    from tests.fakes.telegram.groups import Group
    from tests.fakes.telegram.people import Person

Json = dict[str, Any]

TOKEN = "700000001:made-up-for-tests"
BEGINNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
FOLDERS = {"photo": "photos", "voice": "voice", "sticker": "stickers", "document": "documents"}
ENDINGS = {"photo": "jpg", "voice": "oga", "sticker": "webp"}
STARTED = time.monotonic()


def ticking() -> datetime:
    """The usual clock: it begins on a certain day and goes on."""
    return BEGINNING + timedelta(seconds=time.monotonic() - STARTED)


@dataclass(eq=False, repr=False)
class World:
    """Everything the fake knows."""

    token: str = TOKEN
    clock: Callable[[], datetime] = ticking
    me: User = field(
        default_factory=lambda: User(
            700_000_001, "Skerry", username="skerry_bot", is_bot=True, ours=True
        )
    )
    chats: dict[int, Chat] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    #: Every send, edit and deletion that was taken, in its order.
    accepted: list[Accepted] = field(default_factory=list)
    queries: dict[str, Query] = field(default_factory=dict)
    #: How long a press can be answered.
    query_life: timedelta = timedelta(minutes=15)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    descriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    #: Every request in its order: the method in small letters, and its parameters.
    requests: list[tuple[str, Json]] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)
    #: Whether the bot sees in groups only what is meant for it.
    privacy: bool = True
    on_accept: Callable[[Accepted], None] = lambda _: None
    on_request: Callable[[str, Json], None] = lambda _method, _params: None
    updates: Updates = field(init=False)
    _changes: set[asyncio.Event] = field(default_factory=set)
    _numbers: dict[str, count[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.updates = Updates(self.changed)

    @property
    def now(self) -> int:
        return int(self.clock().timestamp())

    def number(self, kind: str, first: int = 1) -> int:
        """The next number of its kind."""
        return next(self._numbers.setdefault(kind, count(first)))

    def changed(self) -> None:
        """Something happened: whoever waits looks again."""
        for event in self._changes:
            event.set()

    async def wait_for(self, predicate: Callable[[], object], timeout: float = 60) -> None:  # noqa: ASYNC109
        """Until this is so; at once when it is."""
        event = asyncio.Event()
        self._changes.add(event)
        try:
            async with asyncio.timeout(timeout):
                while not predicate():
                    event.clear()
                    await event.wait()
        finally:
            self._changes.discard(event)

    def say(self, chat: Chat, sender: User, text: str = "", **more: Any) -> Message:  # noqa: ANN401
        """A new message in a chat."""
        kind = f"message in {chat.id}" if chat.kind is Kind.SUPERGROUP else "message"
        message = Message(self.number(kind), chat, sender, self.now, text, **more)
        chat.messages.append(message)
        self.changed()
        return message

    def keep(self, kind: str, content: bytes, mime: str, name: str = "") -> File:
        """A new file."""
        number = self.number("file")
        ending = ENDINGS.get(kind) or (name.rpartition(".")[2] if "." in name else "bin")
        path = f"{FOLDERS[kind]}/file_{number}.{ending}"
        kept = File(f"file-{number}", f"unique-{number}", path, content, kind, mime, name)
        self.files[kept.id] = kept
        return kept

    def accept(self, method: str, message: Message, html: str) -> Json:
        """Note what the bot did, and tell it how the message stands."""
        content = message.file.content if message.file else None
        accepted = Accepted(
            method,
            message.chat.id,
            message.id,
            message.text,
            html,
            message.markup,
            content,
            self.clock(),
        )
        self.accepted.append(accepted)
        self.on_accept(accepted)
        self.changed()
        return message.wire

    def chat(self, params: Json) -> Chat:
        """The chat of a request, if the bot knows it."""
        given = params.get("chat_id", "")
        if given == "":
            raise bad("chat_id is empty")
        try:
            chat = self.chats.get(int(given))
        except (TypeError, ValueError):
            chat = None
        if chat is None:
            raise bad("chat not found")
        return chat

    def open_chat(self, params: Json) -> Chat:
        """The chat of a request, if the bot may do something in it."""
        chat = self.chat(params)
        if chat.migrated_to is not None:
            raise bad(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to
            )
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.open:
            if chat.kind is Kind.PRIVATE:
                raise forbidden("bot can't initiate conversation with a user")
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        return chat
