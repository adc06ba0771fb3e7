"""Somebody with an account, who goes on from one question to the next until it is enough."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from random import Random
from typing import ClassVar, TypeVar

from bot.engine.flow import Close
from bot.records import Body, Media, Option, Outbound, Paragraph
from tests.proofs.crowd import Person, read_as

#: How long they rest before they begin anew.
REST = 1.0
T = TypeVar("T")
#: How the button is called that ends an answer of which several may be chosen.
_DONE = ":done"
#: More nudges than anybody gets.
_ENDLESS = 10**6


@dataclass(eq=False)
class Talker:
    """What they have in mind, and how far they are, on whichever platform."""

    #: How long people look at buttons, in seconds.
    look: ClassVar[float]
    #: What some of their messages carry.
    carried: ClassVar[Media]
    chance: Random
    _: KW_ONLY
    #: Whether they write to a house that does not know them yet.
    stranger: bool = False
    mind: Person = field(init=False)
    #: What the platform calls their messages.
    sent: dict[str, str] = field(default_factory=dict)
    #: Whether what they did last was not answered yet.
    waits: bool = False
    #: Whether they do nothing more.
    rests: bool = False
    heard: str = ""

    def __post_init__(self) -> None:
        self.mind = Person(
            self.place,
            self.does,
            self.chance,
            nudges=_ENDLESS,
            stranger=self.stranger,
            silent=0.0,
            carried=self.carried,
        )

    @property
    def place(self) -> str:
        """The platform's name of where they are."""
        raise NotImplementedError

    def does(self, place: str, body: Body) -> None:
        """Do what they have in mind."""
        raise NotImplementedError

    def writes(self, text: str) -> str:
        """Write a message; what the platform calls it."""
        raise NotImplementedError

    @property
    def nudges(self) -> int:
        """How many nudges they have answered."""
        return max(self.mind.ended - self.stranger, 0)

    def begins(self) -> None:
        self.rests = False
        if self.stranger:
            self.mind.arrives()
        else:
            self.writes("journal")

    def reads(self, text: str, options: tuple[Option, ...]) -> None:
        """Read what came, as it came; what comes again is no answer."""
        if text != self.heard:
            self.heard, self.waits = text, False
        first = text.split("\n\n", maxsplit=1)[0]
        done = next((each for each in options if each.token.endswith(_DONE)), None)
        ways = tuple(each for each in options if each is not done)
        read = Outbound(paragraphs=(Paragraph(text=first),), options=ways, done=done)
        if options:
            self.later(self.look, self.mind.hears, read)
        elif not self.rests or read_as(first, Close):
            self.mind.hears(read)

    def later(self, seconds: float, does: Callable[[T], object], what: T) -> None:
        """Do something after a while, unless it is enough by then."""

        def do() -> None:
            if not self.rests:
                does(what)

        asyncio.get_running_loop().call_later(seconds, do)
