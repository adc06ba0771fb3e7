"""The frozen records that rooms share: who is there, what came in, what goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Platform(StrEnum):
    """Where people talk."""

    #: The terminal that `skerry run` was started in.
    TERMINAL = "terminal"
    #: Telegram's Bot API.
    TELEGRAM = "telegram"
    #: Slack, by Socket Mode or signed HTTP.
    SLACK = "slack"


class LaneClass(StrEnum):
    """What may overtake what on its way out: help before replies before broadcasts."""

    #: An answer to `help`: always first.
    HELP = "help"
    #: The next turn of a conversation somebody is having now.
    REPLY = "reply"
    #: A planned prompt or a notice to many.
    BROADCAST = "broadcast"


class OnUncertain(StrEnum):
    """What to do when a send may or may not have arrived."""

    #: Send again: better twice than never.
    RESEND = "resend"
    #: Leave it: better never than twice.
    SKIP = "skip"


class Standing(StrEnum):
    """Whether a participant wants to hear from us."""

    #: Prompts may come.
    ACTIVE = "active"
    #: Only `start` resumes; nothing is sent meanwhile but what they ask for.
    STOPPED = "stopped"
    #: Their key is being deleted and then their rows.
    FORGETTING = "forgetting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A person who practises."""

    #: Random, 32 hexadecimal digits; the only name logs may use.
    id: str
    standing: Standing
    #: The language of their prompts, a folder's name below `bot/prompts`.
    language: str
    #: An IANA zone name.
    zone: str
    #: The weekdays they like prompts on, 0 for Monday to 6 for Sunday.
    days: tuple[int, ...]
    #: Minutes after midnight on their own clock.
    minute: int
    #: No planned prompt before this instant; None when not paused.
    paused_until: datetime | None
    #: False in paper mode: prompts only, no answer is kept.
    keeps: bool
    #: Between which minutes after midnight planned prompts may come; None when they never said.
    window: tuple[int, int] | None = None
    #: The region whose public holidays are quiet for them, `none`; empty when they never said.
    holidays: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a participant is reached on one platform."""

    #: Random, 32 hexadecimal digits.
    id: str
    participant: str
    platform: Platform
    #: The platform's own name of the chat.
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A photo or voice note as it came, or a file we send."""

    #: What a person would call the file: `photo.jpg`, `your-words.html`.
    name: str
    #: Its media type, such as `image/jpeg`.
    mime: str
    content: bytes


class Unkept(StrEnum):
    """Why something a message carried cannot be kept."""

    #: A kind we have no place for: a sticker, a film, a poll.
    KIND = "unsupported"
    #: Larger than the platform lets us fetch.
    SIZE = "too_large"
    #: The platform did not give it to us.
    LOST = "not_fetched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A message somebody wrote, with the photo or voice note it may carry."""

    #: The platform's id of the message, unique in its chat.
    message: str
    text: str
    media: Media | None = None
    #: Set when it carried something that is not here; its text is.
    unkept: Unkept | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An earlier message now reads otherwise."""

    message: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button pressed; `token` is what we gave the button (see Option.token)."""

    token: str
    #: The platform's id of the message the button stands on; empty where it cannot be changed.
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composing:
    """Somebody is still writing: a sign that holds the quiet gap open, nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Somebody opened the chat: as `start`, but it does not undo a stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Somebody followed an invitation: as `start`, and they join its cohort."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Nobody is reached here any more: they blocked us, or took us out of the group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Somebody who had left is reached here again; they have said nothing yet."""


Body = Words | Edit | Press | Composing | Arrived | Invited | Left | Returned


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One thing a platform told us, mapped by its adapter."""

    platform: Platform
    #: The platform's id of the update, the same at every repetition of it.
    id: str
    #: The platform's own name of the chat.
    place: str
    body: Body
    #: The language the platform says this person uses; empty when it does not say.
    language: str = ""
    #: True when the place belongs to several people.
    group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Plain text; an adapter escapes all of it."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A person's own words, verbatim, set apart from ours."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing that can be chosen: shown as a button, and typed by label or number."""

    label: str
    #: What a press sends back; at most 64 bytes (Telegram's limit on callback data).
    token: str
    #: True when it is among those chosen so far.
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One message on its way to one address."""

    paragraphs: tuple[Paragraph | Quote, ...]
    options: tuple[Option, ...] = ()
    files: tuple[Media, ...] = ()
    #: The button that ends an answer; None when nothing is being gathered.
    done: Option | None = None
    lane_class: LaneClass = LaneClass.REPLY
    on_uncertain: OnUncertain = OnUncertain.RESEND
    #: The number of the question it asks within its conversation; None when it asks nothing.
    ask: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How the buttons of a message that was sent are to look from now on."""

    #: The platform's id of the message.
    message: str
    #: What was chosen, in words; empty when nothing was.
    chosen: str = ""
    #: The buttons that stay; without any, all go.
    options: tuple[Option, ...] = ()
    done: Option | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A question whose buttons have done their work."""

    conversation: str
    ask: int
    #: What was chosen, in words; empty when nothing was.
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One planned prompt to one person, named so that it is sent once (CALENDAR: sent once)."""

    campaign: str
    step: str
    #: The anchor or ordinal, such as `week 5`; never a date.
    name: str
    practice: str
    participant: str
