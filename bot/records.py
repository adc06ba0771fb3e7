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
    #: What a picture shows, in words, for somebody who does not see it; empty when nobody said.
    alt: str = ""


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
    #: Whether they are in the place of several people that the code is of, as far as the platform
    #: says; None when it does not.
    belongs: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Nobody is reached here any more: they blocked us, or took us out of the group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Somebody who had left is reached here again; they have said nothing yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """A place of several people has another name from now on."""

    #: The platform's own name of it now.
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """A place of several people is called something else: its title stands in the Inbound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """Somebody went out of a place of several people: whoever `Inbound.by` names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """An earlier message was taken out of the chat by whoever wrote it."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded:
    """A reserved word sent by the platform's own command or from a page; never an answer."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Somebody opened the chat, or the page beside it; they have said nothing."""

    #: True for the page.
    page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiled:
    """Their profile on the platform changed: its zone or language stands in the Inbound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfolded:
    """Somebody wants to write their answer at length, in a window."""

    #: What the button carried that opened it (see Option.token).
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What stands in a window so far, not sent yet."""

    #: The token of its Window.
    token: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What was written in a window, sent."""

    #: The token of its Window.
    token: str
    #: The platform's id of the window, in the place of a message's.
    message: str
    text: str
    #: True when the window took no more letters: the answer goes on in messages.
    full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """A field of a page was changed."""

    #: The name of the field (see Field.name).
    field: str
    #: What it holds now; several in the order shown.
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """The first letters of what somebody seeks in a field of a page."""

    field: str
    text: str


Body = (
    Words
    | Edit
    | Deleted
    | Press
    | Composing
    | Arrived
    | Invited
    | Commanded
    | Looked
    | Profiled
    | Unfolded
    | Drafted
    | Submitted
    | Adjusted
    | Sought
    | Left
    | Returned
    | Migrated
    | Renamed
    | Parted
)


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
    #: The IANA zone the platform says this person is in; empty when it does not say.
    zone: str = ""
    #: True when the place belongs to several people.
    group: bool = False
    #: In a place of several people: the private chat of whoever did it, by the platform's own
    #: name; empty when it does not say.
    by: str = ""
    #: In a place of several people: what they call it; empty when the platform does not say.
    title: str = ""


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
    #: True when a press opens the presser's own chat with us, and brings the token there as the
    #: code of an Invited; then it is 1 to 64 of `A-Za-z0-9_-` (Telegram's limit on deep links).
    opens: bool = False

    def numbered(self, number: int) -> str:
        """As a line of a list; a label that begins with its number has it once."""
        own = self.label.split()[:1] == [str(number)]
        return self.label if own else f"{number}. {self.label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One message on its way to one address."""

    paragraphs: tuple[Paragraph | Quote, ...]
    options: tuple[Option, ...] = ()
    files: tuple[Media, ...] = ()
    #: The button that ends an answer; None when nothing is being gathered.
    done: Option | None = None
    #: The button that opens a window to write at length, where a platform has windows.
    window: Option | None = None
    lane_class: LaneClass = LaneClass.REPLY
    on_uncertain: OnUncertain = OnUncertain.RESEND
    #: The number of the question it asks within its conversation; None when it asks nothing.
    ask: int | None = None
    #: A short line said quietly below all else: who can read the answer.
    aside: str = ""
    #: The message it is a reply to: in the outbox that one's id, for an adapter the platform's own
    #: name of it; empty for none.
    thread: str = ""


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
class Window:
    """A window in which one answer is written at length."""

    #: What a draft and the answer carry back: `conversation:ask`.
    token: str
    #: Its name, and what its buttons say; at most 24 characters each (Slack's limit).
    title: str
    submit: str
    close: str
    #: The question.
    paragraphs: tuple[Paragraph | Quote, ...]
    #: What the field is called, and what was written in it so far.
    label: str
    text: str = ""
    #: A short line said quietly: who can read the answer.
    aside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The name of a part of a page."""

    text: str


class FieldKind(StrEnum):
    """How a field of a page is filled in."""

    #: One of a few.
    ONE = "one"
    #: Several of a few.
    SEVERAL = "several"
    #: A time of day, as `09:30`.
    CLOCK = "clock"
    #: A date, as `2027-02-08`; empty for none.
    DATE = "date"
    #: One of very many, found by its first letters (see Sought).
    SEARCH = "search"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that a field can hold."""

    value: str
    #: At most 75 characters.
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something on a page that its reader can change there."""

    name: str
    label: str
    kind: FieldKind
    entries: tuple[Entry, ...] = ()
    #: What it holds now.
    chosen: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A button on a page that says a reserved word."""

    label: str
    #: What it sends back as a Commanded: `export`.
    word: str
    #: What is asked before it does so; empty for nothing.
    confirm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Buttons beside each other on a page."""

    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of somebody's own, beside the chat."""

    parts: tuple[Heading | Paragraph | Quote | Field | Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a platform shows at once, once a turn is committed; all else goes out by the lanes."""

    #: A short answer to a press or a command.
    toast: str = ""
    #: The window that was asked for.
    window: Window | None = None
    #: How the page now is, when it was opened or changed.
    page: Page | None = None
    #: What was found for a field.
    found: tuple[Entry, ...] = ()


#: Nothing is shown at once.
NOTHING = Reply()


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
