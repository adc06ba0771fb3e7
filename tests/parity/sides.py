"""Somebody on each platform, in one house, who do the same things at the same time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.records import Occasion, Platform
from bot.store import answers, conversations, people
from bot.store.tables import metadata
from tests.fakes.slack import records as slack_records
from tests.fakes.slack.people import Person as InSlack
from tests.fakes.slack.server import Slack
from tests.fakes.telegram import records as telegram_records
from tests.fakes.telegram.people import Person as InTelegram
from tests.fakes.telegram.server import Telegram
from tests.slack.whole import PATIENCE, Whole

#: What a platform puts before what is chosen, and what only one of them has: a window.
_MARKS = re.compile(r"^[\u2713\u2714\u2705\u2611\ufe0f\s]+")
WINDOW = "Write at length"

Answered = tuple[str, str, str, object, str]


@dataclass(frozen=True)
class Said:
    """One message as it was read: its words, and what could be pressed on it."""

    text: str
    labels: tuple[str, ...]


class Side(Protocol):
    """Somebody's chat on one platform."""

    platform: Platform

    @property
    def place(self) -> str:
        """The platform's own name of their chat."""

    @property
    def said(self) -> list[Said]:
        """All that the bot has said here, in its order."""

    def arrives(self) -> None:
        """They open the chat for the first time."""

    def writes(self, text: str) -> object:
        """They write a message."""

    def presses(self, label: str) -> object:
        """They press a button of the last question; what it says may be marked as chosen."""

    def says_and_edits(self, text: str, then: str) -> None:
        """They write a message, and change it at once."""

    @property
    def waits(self) -> bool:
        """Whether something they did is not taken yet."""


@dataclass
class OnTelegram:
    """In Telegram."""

    fake: Telegram
    person: InTelegram
    platform = Platform.TELEGRAM

    @property
    def place(self) -> str:
        return str(self.person.id)

    @property
    def said(self) -> list[Said]:
        return [Said(plain(one.text), labels(one.labels)) for one in self.person.chat.from_bot]

    def arrives(self) -> None:
        self.person.starts()

    def writes(self, text: str) -> telegram_records.Message:
        return self.person.writes(text)

    def presses(self, label: str) -> object:
        message = next(one for one in reversed(self.person.chat.from_bot) if one.labels)
        return self.person.presses(message, marked(message.labels, label))

    def says_and_edits(self, text: str, then: str) -> None:
        self.person.edits(self.person.writes(text), then)

    @property
    def waits(self) -> bool:
        return bool(self.fake.updates.pending)


@dataclass
class OnSlack:
    """In Slack."""

    fake: Slack
    person: InSlack
    platform = Platform.SLACK

    @property
    def place(self) -> str:
        return f"{self.person.team.id}:{self.person.id}"

    @property
    def said(self) -> list[Said]:
        return [Said(plain(one.text), labels(one.labels)) for one in self.person.channel.from_bot]

    def arrives(self) -> None:
        self.person.opens_home("messages")

    def writes(self, text: str) -> slack_records.Message:
        return self.person.writes(text)

    def presses(self, label: str) -> object:
        message = next(one for one in reversed(self.person.channel.from_bot) if labels(one.labels))
        said = marked(message.labels, label)
        if any(element.get("type") == "static_select" for element in elements(message)):
            menu = next(one for one in elements(message) if one.get("type") == "static_select")
            if said in [one["text"]["text"] for one in menu["options"]]:
                return self.person.picks(message, menu["action_id"], said)
        return self.person.presses(message, said)

    def says_and_edits(self, text: str, then: str) -> None:
        self.person.edits(self.person.writes(text), then)

    @property
    def waits(self) -> bool:
        return bool(self.fake.pending)


def elements(message: slack_records.Message) -> list[dict[str, Any]]:
    return [one for block in message.blocks for one in block.get("elements", [])]


def plain(text: str) -> str:
    """Words without what a platform does between paragraphs."""
    return " ".join(text.split())


def labels(shown: list[str]) -> tuple[str, ...]:
    return tuple(_MARKS.sub("", one) for one in shown if one != WINDOW)


def marked(shown: list[str], label: str) -> str:
    """A button by what it says without its mark."""
    found = [one for one in shown if _MARKS.sub("", one) == label]
    assert found, (label, shown)
    return found[0]


@dataclass
class Both:
    """The same person twice: once on each platform."""

    house: Whole
    sides: tuple[Side, Side]
    #: How much of what was said had been compared.
    read: list[int] = field(default_factory=lambda: [0, 0])
    #: How many messages were compared, and how many answers.
    messages: int = 0

    async def do(self, act: Callable[[Side], object]) -> list[Said]:
        """Both do it; what is said to both, which is the same."""
        for side in self.sides:
            act(side)
        await self.quiet()
        new = [side.said[seen:] for side, seen in zip(self.sides, self.read, strict=True)]
        self.read = [len(side.said) for side in self.sides]
        assert new[0] == new[1], (new[0], new[1])
        self.messages += len(new[0])
        return new[0]

    async def quiet(self) -> None:
        """Until all that was done is taken, and all that is said has come."""
        async with asyncio.timeout(PATIENCE):
            while any(side.waits for side in self.sides) or self._unsent():  # noqa: ASYNC110 - The store tells nobody.
                await asyncio.sleep(0.01)

    def _unsent(self) -> int:
        outbox = metadata.tables["outbox"]
        return len(
            self.house.reads(
                lambda conn: conn.execute(outbox.select().where(outbox.c.ended_at.is_(None))).all()
            )
        )

    async def prompts(self, side: Side, practice: str, name: str) -> None:
        """A planned prompt comes round."""
        await self.house.running._doors.begin(
            Occasion(
                campaign="programme",
                step=practice,
                name=name,
                practice=practice,
                participant=self.id_of(side),
            )
        )

    def id_of(self, side: Side) -> str:
        """Who they are; empty when nobody knows them."""
        found = self.house.reads(lambda conn: people.find(conn, side.platform, side.place))
        return found.participant.id if found else ""

    def open(self) -> tuple[list[str], list[str]]:
        """The practices that are open for each, each with its turn and how it stands."""
        one, other = (self._open(self.id_of(side)) for side in self.sides)
        return one, other

    def _open(self, whose: str) -> list[str]:
        if not whose:
            return []
        keys = self.house.opened.store.keys
        found = self.house.reads(lambda conn: conversations.all_of(conn, keys, whose))
        return sorted(f"{one.practice}.{one.at} {one.status} {one.ask}" for one in found)

    def kept(self) -> tuple[list[Answered], list[Answered]]:
        """What is kept of each, without ids and times."""
        one, other = (self._kept(self.id_of(side)) for side in self.sides)
        return one, other

    def _kept(self, whose: str) -> list[Answered]:
        if not whose:
            return []
        keys = self.house.opened.store.keys
        found = self.house.reads(lambda conn: answers.all_of(conn, keys, whose))
        return [
            (
                one.place.practice,
                one.place.turn,
                one.place.kind,
                one.answer.value,
                one.answer.text,
            )
            for one in found
        ]
