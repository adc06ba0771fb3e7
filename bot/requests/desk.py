"""The desk one turn works at: the transaction, who is there, and what goes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Unpack

from bot.prompts.house import house
from bot.prompts.render import render
from bot.records import LaneClass, Media, Option, Outbound, Paragraph, Participant, Quote
from bot.store import outbox, people
from bot.store.people import Present

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.requests.shelf import Shelf
    from bot.trust.keyring import KeyRing


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


@dataclass(slots=True, kw_only=True)
class Desk:
    """One turn's work; lives as long as its transaction."""

    conn: Connection
    house: House
    now: datetime
    present: Present
    #: In which class of lane what is said goes out.
    lane_class: LaneClass = LaneClass.REPLY
    #: A short answer to a press, shown by the platform itself.
    toast: str = ""
    #: True when words were gathered and a sign of life is due.
    heard: bool = False
    #: How many messages were put into the outbox.
    said: int = 0
    #: Last words to somebody who is to be forgotten once the turn is committed.
    farewell: Outbound | None = None
    #: The conversation this turn moved last, for whoever routes an edit later.
    conversation: str | None = None

    @property
    def participant(self) -> Participant:
        """Who this turn is for, as changed so far."""
        return self.present.participant

    def send(self, message: Outbound) -> None:
        """Put a message into the outbox; one that says nothing stays away."""
        if not (message.paragraphs or message.options or message.files):
            return
        self.said += 1
        outbox.add(
            self.conn,
            self.house.keys,
            self.present.address,
            replace(message, lane_class=self.lane_class),
            now=self.now,
            conversation=self.conversation,
        )

    def words(self, block: str, **names: str) -> tuple[Paragraph | Quote, ...]:
        """The house's own words in this person's language."""
        return render(house(self.participant.language), block, names)

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
        shipped = (part.text for part in self.words("signposts"))
        return self.house.signposts or "\n\n".join(shipped)

    def change(self, **fields: Unpack[people.Changes]) -> None:
        """Change something about this person, at once for the rest of the turn too."""
        people.change(self.conn, self.participant.id, **fields)
        self.present = people.changed(self.present, **fields)
