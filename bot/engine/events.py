"""What can happen to a conversation: a closed union, one frozen record each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.engine.conversation import Part


@dataclass(frozen=True, slots=True)
class Opened:
    """It is to say its first words."""


@dataclass(frozen=True, slots=True)
class Replied:
    """Its participant wrote a message or sent a photo or voice note."""

    part: Part
    #: True when the answer goes on in another message, however long that takes.
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Chose:
    """Its participant typed the label or number of an option, or of several."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pressed:
    """Its participant pressed a button of the ask with this number."""

    ask: int
    option: str
    #: True when the button showed the option as chosen: pressing it takes the choice back.
    removes: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    """A message that belongs to it now reads otherwise."""

    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message that belongs to it was taken out of the chat."""

    message: str


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Its participant took back the last thing they said in it."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Its participant said `done` or `next`."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Its participant passed over the open turn."""


@dataclass(frozen=True, slots=True)
class WentBack:
    """Its participant wants the question before this one again."""


@dataclass(frozen=True, slots=True)
class Composing:
    """Its participant is still writing: the quiet gap starts anew."""


@dataclass(frozen=True, slots=True)
class Elapsed:
    """The wake-up with this number is due."""

    wake: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """Its participant said `later` or `pause`; None waits for them alone."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class TakenUp:
    """Its participant came back to it: what is open is asked again."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A newer one takes its place."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Its participant said `stop`."""


Event = (
    Opened
    | Replied
    | Chose
    | Pressed
    | Edited
    | Deleted
    | Unsaid
    | Finished
    | Skipped
    | WentBack
    | Composing
    | Elapsed
    | SetAside
    | TakenUp
    | Folded
    | Stopped
)
