"""The desk one turn works at: the transaction, who is there, and what goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, TypedDict, Unpack

from bot.prompts.dates import moment
from bot.prompts.distress import shipped
from bot.prompts.house import house
from bot.prompts.render import render
from bot.records import (
    NOTHING,
    Entry,
    LaneClass,
    Media,
    Option,
    Outbound,
    Page,
    Paragraph,
    Participant,
    Platform,
    Quote,
    Reply,
    Settled,
    Shown,
    Window,
)
from bot.store import outbox, people
from bot.store.people import Present
from scheduler.calendar import instant, zone

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.engine.conversation import About
    from bot.engine.distress import Rules
    from bot.measures.measure import Measure
    from bot.requests.shelf import Shelf
    from bot.trust.keyring import KeyRing


#: How long help that nobody asked for does not come again by itself.
NOT_AGAIN = timedelta(hours=6)
#: The platforms where a question in words has a button that opens a window.
WINDOWED = frozenset({Platform.SLACK})
#: Stands for "until they say so", where a pause has no date.
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
#: What about a person decides when planned prompts come to them.
RHYTHM = frozenset({"zone", "days", "minute", "window", "holidays", "joined_at"})
#: What about a person decides whether they are there at all.
PRESENCE = frozenset({"standing", "paused_until"})


@dataclass(slots=True)
class Lately:
    """To whom help came by itself a short while ago: in this process's memory and nowhere else.

    No row, no log and no command has it, and it is gone with the process: better help twice than
    a mark on somebody. The message that it answered stands with it, because a turn may be tried
    again.
    """

    _came: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def lets(self, person: str, message: str, now: datetime) -> bool:
        """Whether help may come to somebody for this message; if so, it counts as having come."""
        self._came = {
            each: (what, at) for each, (what, at) in self._came.items() if now - at < NOT_AGAIN
        }
        return self._came.setdefault(person, (message, now))[0] == message


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every turn shares."""

    keys: KeyRing
    shelf: Shelf
    quiet_gap: timedelta
    #: The zone of people who have not said theirs.
    zone: str
    #: What help says of where to turn; the shipped words when empty.
    signposts: str
    #: How many months words are kept for people who have not chosen.
    retention_months: int
    #: Draws a number at random; picks among wordings.
    chance: Callable[[], int]
    #: Makes a random id of 32 hexadecimal digits.
    new_id: Callable[[], str]
    #: What may be counted without names.
    measures: Mapping[str, Measure] = field(default_factory=dict)
    #: By what rules distress is noticed.
    distress: tuple[Rules, ...] = field(default_factory=shipped)
    lately: Lately = field(default_factory=Lately)
    #: The shortest time between two messages of one step; zero sends them at once.
    breath: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressedOn:
    """A button that was pressed: on which message, and of which question."""

    message: str
    conversation: str
    ask: int

    @property
    def question(self) -> tuple[str, int]:
        """The conversation and the number of its question."""
        return self.conversation, self.ask


class Replied(TypedDict, total=False):
    """What a Reply has, each by its name."""

    toast: str
    window: Window | None
    page: Page | None
    found: tuple[Entry, ...]


@dataclass(slots=True, kw_only=True)
class Desk:
    """One turn's work; lives as long as its transaction."""

    conn: Connection
    house: House
    now: datetime
    present: Present
    #: In which class of lane what is said goes out.
    lane_class: LaneClass = LaneClass.REPLY
    #: What the platform shows at once.
    reply: Reply = NOTHING
    #: The button that was pressed, when its message can be changed.
    pressed: PressedOn | None = None
    #: How the buttons of that message are to look; None leaves them.
    shown: Shown | None = None
    #: Questions that are over, whose buttons are to go.
    settled: list[Settled] = field(default_factory=list)
    #: True when something changed that decides when planned prompts come.
    replans: bool = False
    #: True when they stopped, paused or came back.
    comes_or_goes: bool = False
    #: True when words were gathered and a sign of life is due.
    heard: bool = False
    #: How many messages were put into the outbox.
    said: int = 0
    #: Last words to somebody who is to be forgotten once the turn is committed.
    farewell: Outbound | None = None
    #: Who became one with somebody else and has nothing left but a key; empty for nobody.
    leaves: str = ""
    #: The conversation this turn moved last, for whoever routes an edit later.
    conversation: str | None = None

    @property
    def participant(self) -> Participant:
        """Who this turn is for, as changed so far."""
        return self.present.participant

    def answer(self, **fields: Unpack[Replied]) -> None:
        """Have the platform show something at once, beside what it shows already."""
        self.reply = replace(self.reply, **fields)

    def send(self, message: Outbound, *, after: timedelta = timedelta(0)) -> None:
        """Put a message into the outbox; not one that says nothing, nor where nobody is.

        It goes out `after` a time at the earliest.
        """
        if not (message.paragraphs or message.options or message.files) or self.present.gone:
            return
        self.said += 1
        outbox.add(
            self.conn,
            self.house.keys,
            self.present.address,
            replace(message, lane_class=self.lane_class),
            now=self.now,
            due_at=self.now + after,
            conversation=self.conversation,
        )

    def take_buttons_off(self) -> None:
        """The pressed message loses its buttons, and shows what was chosen on it, if it was."""
        on = self.pressed
        if on is None:
            return
        here = [each for each in self.settled if (each.conversation, each.ask) == on.question]
        self.settled = [each for each in self.settled if each not in here]
        chosen = here[0].chosen if here else ""
        self.shown = Shown(message=on.message, chosen=chosen)

    def circle(self, title: str) -> str:
        """What a circle is called; where its platform does not say, words for that."""
        return title or self.text("circle_untitled")

    def moment(self, at: datetime) -> str:
        """An instant on this person's own clock."""
        person = self.participant
        return moment(at, self.now, zone(person.zone), person.language)

    def title(self, practice: str) -> str:
        """What a practice is called in this person's language."""
        return self.house.shelf.title(practice, self.participant.language)

    def words(self, block: str, **names: str) -> tuple[Paragraph | Quote, ...]:
        """The house's own words in this person's language."""
        return render(house(self.participant.language), block, names)

    def text(self, block: str, **names: str) -> str:
        """The same as plain text, for what a platform shows at once."""
        return "\n\n".join(part.text for part in self.words(block, **names))

    def remark(
        self,
        block: str,
        *,
        after: tuple[Paragraph | Quote, ...] = (),
        options: tuple[Option, ...] = (),
        files: tuple[Media, ...] = (),
        **names: str,
    ) -> None:
        """Say one of the house's own pieces."""
        paragraphs = (*self.words(block, **names), *after)
        self.send(Outbound(paragraphs=paragraphs, options=options, files=files))

    @property
    def signposts(self) -> str:
        """Where to turn in need: the deployment's words, else the shipped ones."""
        return self.house.signposts or self.text("signposts")

    @property
    def retention_months(self) -> int:
        """How many months this person's words are kept."""
        return self.present.retention_months or self.house.retention_months

    def change(self, **fields: Unpack[people.Changes]) -> None:
        """Change something about this person, at once for the rest of the turn too.

        A pause ends with a date: in another zone, at another instant.
        """
        until = self.participant.paused_until
        if until is not None and until < FOREVER and "zone" in fields:
            day = until.astimezone(zone(self.participant.zone)).date()
            fields.setdefault("paused_until", instant(day, time(), zone(fields["zone"])))
        people.change(self.conn, self.participant.id, **fields)
        self.replans = self.replans or not RHYTHM.isdisjoint(fields)
        self.comes_or_goes = self.comes_or_goes or not PRESENCE.isdisjoint(fields)
        self.present = people.changed(self.present, **fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """A practice that somebody is to be asked, once what they are at has come to its end."""

    desk: Desk
    practice: str
    about: About
