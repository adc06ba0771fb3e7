"""The crowd on the fake Slack: what people of the proofs do, done with messages and buttons.

Slack brings each event by itself and promises no order. So people here say that they are done
once all that they wrote has been taken, as somebody does who looks at what they see.
"""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable, Coroutine
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import Any

from bot.adapters.slack.writing import MENU, PRESS
from bot.records import Arrived, Body, Media, Option, Press, Words
from tests.fakes.slack.people import Person as Account
from tests.fakes.slack.post import Parcel, Sort, State
from tests.fakes.slack.records import Message
from tests.fakes.slack.seen import options
from tests.fakes.slack.surfaces import all_elements
from tests.proofs import talking

Json = dict[str, Any]

_VOICE = Media(name="voice.ogg", mime="audio/ogg", content=b"OggS")


@dataclass(eq=False)
class Talker(talking.Talker):
    """Somebody with an account in a workspace."""

    look = 0.5
    carried = _VOICE
    _: KW_ONLY
    account: Account
    #: All that they did, as Slack brings it.
    did: list[Parcel] = field(default_factory=list)
    #: How many presses Slack could not bring.
    failed: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _hand: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def place(self) -> str:
        return f"{self.account.team.id}:{self.account.id}"

    @property
    def busy(self) -> bool:
        """Whether they are about to do something, or wait for an answer."""
        return self.waits or bool(self._tasks)

    def hears(self, message: Message) -> None:
        """Read a message with its buttons."""
        offered = tuple(
            Option(token=value, label=label)
            for _, element in all_elements(message)
            for label, value in _choices(element)
        )
        self.reads(message.text, offered)

    def does(self, _place: str, body: Body) -> None:
        match body:
            case Words(message=name, text=text, media=media) if name in self.mind.wrote:
                self.sent[name] = self.says(text, media)
            case Words(text="journal"):
                self.later(talking.REST, self.writes, "journal")
            case _:
                self.waits = True
                self._soon(self._goes_on(body))

    def says(self, text: str, media: Media | None) -> str:
        """An answer, or a part of one."""
        if media is None:
            return self.writes(text)
        self.waits = True
        sent = self.account.sends_voice(media.content, text)
        self._notes()
        return _named(sent)

    def writes(self, text: str) -> str:
        self.waits = True
        sent = self.account.writes(text)
        self._notes()
        return _named(sent)

    async def _goes_on(self, body: Body) -> None:
        """Do what ends an answer, once all of it is taken; one thing after the other."""
        async with self._hand:
            await self.taken()
            match body:
                case Arrived():
                    self.account.opens_home("messages")
                    self._notes()
                case Press(token=token):
                    await self._insists(self.account.last, token)
                case Words(text=text):
                    self.writes(text)
                case _:
                    raise AssertionError(body)

    async def taken(self) -> None:
        """Until Slack is done with all that they did so far."""
        for parcel in list(self.did):
            await parcel.settled(seconds=600)

    async def _insists(self, message: Message, token: str) -> None:
        """Press until it is taken, for Slack brings a press once and shows that it failed.

        Some press again although the answer has come meanwhile.
        """
        press = _press(self.account, message, token)
        while True:
            parcel = press()
            self.did.append(parcel)
            await parcel.settled(seconds=600)
            if parcel.state is State.TAKEN:
                return
            self.failed += 1
            await asyncio.sleep(self.look)
            if self.account.last.text != message.text and self.chance.random() < 0.5:
                return

    def _notes(self) -> None:
        """What they did last is on its way."""
        self.did.append(self.account.world.post.parcels[-1])

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.account.world.changed()
        if not task.cancelled():
            task.result()


def _named(message: Message) -> str:
    return f"{message.channel.id}:{message.ts}"


def _choices(element: Json) -> list[tuple[str, str]]:
    """What can be chosen with an element: what it says, and what it sends."""
    name = element.get("action_id", "")
    if name == MENU:
        listed = options(element)
    elif name.startswith(f"{PRESS}."):
        listed = [element]
    else:
        listed = []
    return [(html.unescape(one["text"]["text"]), one["value"]) for one in listed]


def _press(account: Account, message: Message, token: str) -> Callable[[], Parcel]:
    """What makes a choice, also when the message offers it no more: their screen is stale."""
    for block, element in all_elements(message):
        if element.get("value") == token:
            return partial(account.sends_press, message, element, block["block_id"])
        for one in options(element):
            if one["value"] == token:
                chosen = {"selected_option": one}
                return partial(account._chooses, message, block, element, chosen)
    raise LookupError(token)


def is_event(parcel: Parcel) -> bool:
    """Whether Slack brings it until it is taken, or gives up."""
    return parcel.sort is Sort.EVENT


def inbound_id(parcel: Parcel) -> str:
    """By which name the house knows it."""
    return parcel.id if is_event(parcel) else f"t.{parcel.body['trigger_id']}"
