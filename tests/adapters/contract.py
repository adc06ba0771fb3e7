"""The contract of all adapters: what a platform's row brings, so that one table tests them all.

A row is an adapter on its strict fake, over the real wire, and somebody who reads and writes
there. What a platform cannot do stands in its row with the reason, and nowhere else: a claim
that needs it is not made of that row.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.adapters.port import Adapter
from bot.records import NOTHING, Inbound, Reply, Words

#: How long anything may take on a machine with much else to do, in seconds.
PATIENCE = 60.0
#: How long a platform wants us to wait when it is asked to say so, in seconds.
WAIT = 7
#: A word that nobody but a person says: it must be in no reason and in no log.
CANARY = "periwinkle"


class Can(StrEnum):
    """What a platform can do, or cannot."""

    #: Options are buttons, and a press comes back.
    PRESS = "press"
    #: The buttons of a message that was sent can be changed.
    CHANGE = "change"
    #: Files can be sent.
    FILES = "files"
    #: Blank lines, and several spaces, are seen as they were written.
    SPACES = "spaces"
    #: What is written with control characters or with nothing at all does no harm.
    CONTROLS = "controls"
    #: A written message can have several lines.
    LINES = "lines"
    #: Several people write, each in a place of their own.
    SEVERAL = "several"
    #: Places of several people.
    GROUPS = "groups"
    #: Somebody can go, and a message to them says so.
    GO = "go"
    #: It tells us when somebody goes.
    TELL_GONE = "tell_gone"
    #: A message that was written can be written anew, and we are told.
    EDIT = "edit"
    #: It wants to know when something is taken, and keeps it until then.
    ACKNOWLEDGE = "acknowledge"
    #: It tells the same thing twice at times.
    REPEAT = "repeat"
    #: What could not be taken is tried again.
    AGAIN = "again"
    #: Nothing is sent after the end.
    END = "end"


class Trouble(StrEnum):
    """What goes wrong with a send, on order."""

    #: Too fast, and the platform says for how long to wait.
    THROTTLED = "throttled"
    #: Too fast, and it says no more than that.
    TOO_FAST = "too_fast"
    #: Nobody listens where the platform was.
    AWAY = "away"
    #: What stands before the platform says that it looks at nothing now.
    GATE = "gate"
    #: The platform is unwell: nothing arrives, but nobody can know.
    UNWELL = "unwell"
    #: The connection is cut before the message is accepted.
    CUT = "cut"
    #: The message is accepted, then the connection is cut.
    LOST = "lost"
    #: The message is accepted, and the answer cannot be read.
    GARBLED = "garbled"
    #: The message is accepted, and no answer comes.
    SILENT = "silent"
    #: The platform will not have it, and quotes it.
    REFUSED = "refused"


#: Of these a sender knows that nothing has arrived; of those it cannot know.
CERTAIN = (Trouble.AWAY, Trouble.GATE)
UNCERTAIN = (Trouble.UNWELL, Trouble.CUT, Trouble.LOST, Trouble.GARBLED)
#: Of these it is accepted all the same.
ARRIVES = frozenset({Trouble.LOST, Trouble.GARBLED, Trouble.SILENT})


class CannotError(Exception):
    """A row was asked for what it says it cannot do."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as its reader sees it."""

    text: str
    #: What its buttons say.
    labels: tuple[str, ...] = ()
    #: What in it is more than text: a mention that calls somebody, a link, bold.
    live: tuple[str, ...] = ()


class Person(Protocol):
    """Somebody in their chat with the bot."""

    @property
    def place(self) -> str:
        """The chat's name, as the adapter knows it."""

    def sees(self) -> list[Seen]:
        """What the bot has said to them, as it reads now."""

    def files(self) -> list[bytes]:
        """The files that they were sent."""

    def writes(self, text: str) -> None:
        """Say something to the bot."""

    def edits(self, text: str) -> None:
        """Write their last message anew."""

    def presses(self, label: str) -> None:
        """Press a button of the bot's last message, by what it says."""

    def says_in_a_group(self, text: str) -> None:
        """Say something to the bot where others are."""

    def goes(self) -> None:
        """Nobody is reached there any more."""


class Shore(Protocol):
    """A platform with its adapter."""

    @property
    def adapter(self) -> Adapter:
        """What is tested."""

    @property
    def ear(self) -> Ear:
        """What the adapter hands everything to."""

    @property
    def secrets(self) -> Sequence[str]:
        """What must never be in a log."""

    @property
    def nowhere(self) -> str:
        """A place where nobody ever was."""

    async def somebody(self, name: str) -> Person:
        """Somebody new, whom the bot may write to."""

    async def listens(self) -> None:
        """The adapter hears from now on, as it does in the house."""

    async def goes_wrong(self, trouble: Trouble, *, always: bool = False) -> None:
        """With the next message; `always`: with whatever is asked of the platform."""

    async def is_well(self) -> None:
        """Nothing goes wrong any more; until the adapter can send again."""

    def waiting(self) -> int:
        """How much was said, and the platform does not know that it is taken."""

    def repeats(self) -> None:
        """Tell the last thing once more."""

    async def settles(self) -> None:
        """Until all that the adapter does beside is done."""


class Lines:
    """Somebody who reads and writes lines, and nothing else; what there is more, a row adds."""

    def files(self) -> list[bytes]:
        return []

    def edits(self, text: str) -> None:  # noqa: ARG002 - It cannot.
        raise CannotError(Can.EDIT)

    def presses(self, label: str) -> None:  # noqa: ARG002 - It cannot.
        raise CannotError(Can.PRESS)

    def says_in_a_group(self, text: str) -> None:  # noqa: ARG002 - It cannot.
        raise CannotError(Can.GROUPS)

    def goes(self) -> None:
        raise CannotError(Can.GO)


class Plain:
    """A platform that keeps nothing for us, and does nothing beside; the same."""

    def waiting(self) -> int:
        raise CannotError(Can.ACKNOWLEDGE)

    def repeats(self) -> None:
        raise CannotError(Can.REPEAT)

    async def settles(self) -> None:
        """Nothing is done beside."""


@dataclass
class Ear:
    """The house as an adapter meets it: it hears, takes its time, or fails."""

    #: Everything that was handed over, also what could not be taken.
    tried: list[Inbound] = field(default_factory=list)
    heard: list[Inbound] = field(default_factory=list)
    #: What goes wrong, each once.
    troubles: deque[Exception] = field(default_factory=deque)
    #: Places whose words wait until the event is set.
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    #: The places being heard at this moment, and whether one ever was twice at once.
    busy: list[str] = field(default_factory=list)
    crowded: bool = False

    async def hear(self, came: Inbound) -> Reply:
        self.tried.append(came)
        self.crowded = self.crowded or came.place in self.busy
        self.busy.append(came.place)
        try:
            await asyncio.sleep(0)
            if came.place in self.held:
                await self.held[came.place].wait()
        finally:
            self.busy.remove(came.place)
        if self.troubles:
            raise self.troubles.popleft()
        self.heard.append(came)
        return NOTHING

    def holds(self, place: str) -> asyncio.Event:
        """Take time over what comes from here, until the event is set."""
        self.held[place] = asyncio.Event()
        return self.held[place]

    def of(self, place: str) -> list[Inbound]:
        """What was heard of somebody, each once: a platform may say it again."""
        return list({came.id: came for came in self.heard if came.place == place}.values())

    def texts(self, place: str) -> list[str]:
        """What somebody wrote, as it was heard."""
        return [came.body.text for came in self.of(place) if isinstance(came.body, Words)]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    name: str
    opened: Callable[[Path], AbstractAsyncContextManager[Shore]]
    #: What this platform cannot do or cannot suffer, each with its reason.
    cannot: Mapping[Can | Trouble, str]
