"""The updates that wait for the bot, kept until it confirms them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.faults import OTHER_POLL, Refusal

Json = dict[str, Any]

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "message_reaction",
    "message_reaction_count",
    "my_chat_member",
    "chat_member",
    "poll",
    "poll_answer",
    "inline_query",
    "chosen_inline_result",
    "chat_join_request",
)
#: What a bot gets only when it names them.
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}
ALL_BUT_UNASKED = frozenset(KINDS) - UNASKED
LONGEST_POLL = 50


@dataclass(frozen=True)
class Update:
    """One update, and the chat whose order it keeps."""

    id: int
    chat: int
    body: Json
    #: Told once, even below the offset: a repeat.
    again: bool = False

    @property
    def wire(self) -> Json:
        return {"update_id": self.id} | self.body

    @property
    def date(self) -> int:
        """When what it tells of was done."""
        return max((told.get("date", 0) for told in self.body.values()), default=0)


@dataclass(eq=False)
class Poll:
    """A poll that waits."""

    event: asyncio.Event = field(default_factory=asyncio.Event)
    #: Why it was cut off, if it was.
    cut: str = ""

    async def woken(self) -> None:
        """Until there may be something to tell."""
        self.event.clear()
        await self.event.wait()
        if self.cut:
            raise Refusal(409, self.cut)


@dataclass
class Updates:
    """The queue. Tests turn it about with `repeat`, `held` and `arrange`."""

    #: Called after every change.
    changed: Callable[[], None]
    next_id: int = 500_000_001
    pending: list[Update] = field(default_factory=list)
    #: Everything that was ever put, also when it was confirmed since.
    put_ever: list[Update] = field(default_factory=list)
    allowed: frozenset[str] = ALL_BUT_UNASKED
    #: As the bot last named them; None when it never did.
    named: list[str] | None = None
    #: Turns a batch about before it is told, for updates out of order.
    arrange: Callable[[list[Update]], list[Update]] = list
    #: Offset of the last poll: everything below is confirmed for ever.
    confirmed: int = 0
    #: The offsets of all polls.
    polls: list[int] = field(default_factory=list)
    _poll: Poll | None = None
    _held: int = 0

    @property
    def polling(self) -> bool:
        """Whether a poll waits at this moment."""
        return self._poll is not None

    def put(self, chat: int, kind: str, told: Json) -> int | None:
        """Keep an update for the bot; None when it does not want this kind."""
        if kind not in self.allowed:
            return None
        return self.push({kind: told}, chat).id

    def push(self, body: Json, chat: int = 0) -> Update:
        """Keep any update, wanted or not, with its own id or the next."""
        body = dict(body)
        number = int(body.pop("update_id", self.next_id))
        self.next_id = max(self.next_id, number + 1)
        update = Update(number, chat, body)
        self.put_ever.append(update)
        self.pending.append(update)
        self.pending.sort(key=lambda one: one.id)
        self._tell()
        return update

    def repeat(self, number: int) -> None:
        """Tell an update once more, though it may have been confirmed."""
        first = next(one for one in self.put_ever if one.id == number)
        self.pending.insert(0, Update(first.id, first.chat, first.body, again=True))
        self._tell()

    def take(self, update: Update) -> None:
        """One is confirmed by itself, as a webhook does."""
        if update in self.pending:
            self.pending.remove(update)
        self._tell()

    @property
    def visible(self) -> list[Update]:
        """What would be told now."""
        return [] if self._held else self.pending

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing is told meanwhile: a delay."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            self._tell()

    def allow(self, named: object) -> None:
        """Which kinds the bot wants; None keeps what it wanted before."""
        if isinstance(named, list):
            wanted = [kind for kind in named if kind in KINDS]
            self.allowed = frozenset(wanted) or ALL_BUT_UNASKED
            self.named = wanted or None

    def confirm(self, offset: int) -> None:
        """Forget what is below the offset; a negative one counts from the end."""
        if offset < 0:
            kept = [one for one in self.pending if not one.again][offset:]
            offset = kept[0].id if kept else 0
        if offset > 0:
            self.confirmed = max(self.confirmed, offset)
            self.pending = [one for one in self.pending if one.again or one.id >= offset]
            self.changed()

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """What getUpdates answers. An earlier poll that still waits is cut off with 409."""
        self.end_poll(OTHER_POLL)
        self.confirm(offset)
        self.polls.append(offset)
        mine = Poll()
        self._poll = mine
        self.changed()
        try:
            async with asyncio.timeout(min(seconds, LONGEST_POLL)):
                while not self.visible:
                    await mine.woken()
        except TimeoutError:
            pass
        finally:
            if self._poll is mine:
                self._poll = None
            self.changed()
        told = self.arrange(self.visible[:limit])
        self.pending = [one for one in self.pending if not (one.again and one in told)]
        return [one.wire for one in told]

    def end_poll(self, why: str) -> None:
        """Cut off the poll that waits."""
        if self._poll is not None:
            self._poll.cut = why
            self._poll.event.set()
            self._poll = None

    def _tell(self) -> None:
        if self._poll is not None:
            self._poll.event.set()
        self.changed()
