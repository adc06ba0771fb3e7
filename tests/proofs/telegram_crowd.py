"""The crowd on the fake Telegram: what people of the proofs do, done with messages and buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from bot.engine.flow import Close
from bot.records import Arrived, Body, Media, Option, Outbound, Paragraph, Press, Words
from tests.fakes.telegram.people import Person as Account
from tests.fakes.telegram.records import Message
from tests.proofs.crowd import Person, read_as

#: How long people look at buttons, in seconds: a chat takes about one message a second, and
#: the message whose button was pressed is changed beside those that follow.
LOOK = 1.8
#: How long they rest before they begin anew.
REST = 1.0
_VOICE = Media(name="voice.ogg", mime="audio/ogg", content=b"OggS")
T = TypeVar("T")
#: More nudges than anybody gets.
_ENDLESS = 10**6


@dataclass(eq=False)
class Talker:
    """Somebody with an account, who goes on from one question to the next, until enough."""

    account: Account
    chance: Random
    #: Whether they write to a house that does not know them yet.
    stranger: bool = False
    mind: Person = field(init=False)
    #: What Telegram calls their messages.
    sent: dict[str, str] = field(default_factory=dict)
    #: Whether what they did last was not answered yet.
    waits: bool = False
    #: Whether they do nothing more.
    rests: bool = False
    _heard: str = ""

    def __post_init__(self) -> None:
        self.mind = Person(
            self.place,
            self._does,
            self.chance,
            nudges=_ENDLESS,
            stranger=self.stranger,
            silent=0.0,
            carried=_VOICE,
        )

    @property
    def place(self) -> str:
        return str(self.account.id)

    @property
    def nudges(self) -> int:
        """How many nudges they have answered."""
        return max(self.mind.ended - self.stranger, 0)

    def begins(self) -> None:
        self.rests = False
        if self.stranger:
            self.mind.arrives()
        else:
            self._writes("journal")

    def hears(self, message: Message) -> None:
        """Read what came, as it came; what comes again is no answer."""
        if message.text != self._heard:
            self._heard, self.waits = message.text, False
        buttons = [button for row in message.buttons for button in row]
        options = tuple(
            Option(token=button["callback_data"], label=button["text"]) for button in buttons
        )
        first = message.text.split("\n\n")[0]
        read = Outbound(paragraphs=(Paragraph(text=first),), options=options)
        if options:
            self._later(LOOK, self.mind.hears, read)
        elif not self.rests or read_as(first, Close):
            self.mind.hears(read)

    def _does(self, _place: str, body: Body) -> None:
        match body:
            case Arrived():
                self.account.starts()
                self.waits = True
            case Press(token=token):
                self.account.presses(self.account.last, token)
                self.waits = True
            case Words(text="journal"):
                self._later(REST, self._writes, "journal")
            case Words(message=name, text=text, media=None):
                self.sent[name] = self._writes(text)
            case Words(message=name, text=text, media=Media(content=content)):
                self.sent[name] = str(self.account.sends_voice(content, text).id)
            case _:
                raise AssertionError(body)

    def _writes(self, text: str) -> str:
        self.waits = True
        return str(self.account.writes(text).id)

    def _later(self, seconds: float, does: Callable[[T], object], what: T) -> None:
        """Do something after a while, unless it is enough by then."""

        def do() -> None:
            if not self.rests:
                does(what)

        asyncio.get_running_loop().call_later(seconds, do)
