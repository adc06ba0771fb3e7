"""The herald: what Skerry says in a circle's place, in its language and by its clock.

What is said there is sealed under the circle's key and goes out by the lanes like all else. The
message that opened a round is said anew when its count or its state has changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.prompts.dates import days, hour, moment
from bot.prompts.house import house as words_of
from bot.prompts.render import render
from bot.records import Address, LaneClass, Option, Outbound, Paragraph, Platform, Quote
from bot.requests.desk import House
from bot.store import circles, outbox, rounds
from bot.store.circles import Circle
from bot.store.rounds import Round, State
from scheduler.calendar import zone
from scheduler.rounds import Rhythm

#: What a circle is asked of the question it took up.
LEARNING = "team_learning"
#: What the button of an answer carries, which opens the presser's own chat.
ANSWER = "ca-"
#: How long to wait before a message in the channel that is not there yet is said anew.
_AGAIN = timedelta(minutes=1)
#: The same where nothing can be said just now.
_HOUR = timedelta(hours=1)

Paragraphs = tuple[Paragraph | Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redone:
    """How the message that opened a round is to read now."""

    round: str
    redo_at: datetime
    platform: Platform
    place: str
    #: The platform's own name of it; empty while it has not gone out.
    name: str
    message: Outbound


@dataclass(frozen=True, slots=True, kw_only=True)
class Herald:
    """Speaks in a circle's place, in its language and by its clock."""

    conn: Connection
    house: House
    circle: Circle
    now: datetime

    def words(self, block: str, **names: str) -> Paragraphs:
        """The house's own words."""
        return render(words_of(self.circle.language), block, names)

    def text(self, block: str, **names: str) -> str:
        """The same as one line."""
        return " ".join(part.text for part in self.words(block, **names))

    def say(self, message: Outbound, *, thread: str = "", of: str = "") -> str:
        """Put a message into the outbox, perhaps one `of` a round's voices; its id there."""
        place = Address(
            id=self.circle.id,
            participant="",
            platform=self.circle.platform,
            place=self.circle.place,
        )
        return outbox.add(
            self.conn,
            self.house.keys,
            place,
            replace(message, thread=thread, lane_class=LaneClass.BROADCAST),
            now=self.now,
            owner=self.circle.id,
            conversation=of or None,
        )

    def moment(self, at: datetime) -> str:
        """An instant as the circle says it: `on Thursday 3 December, 12:00`."""
        return moment(at, self.now, zone(self.circle.zone), self.circle.language)

    def rhythm(self) -> str:
        """How often a circle has rounds, in words."""
        language = self.circle.language
        if self.circle.rhythm == Rhythm.ON_THE_SPOT:
            return self.text("circle_rhythm_on_the_spot")
        return self.text(
            f"circle_rhythm_{self.circle.rhythm}",
            day=days([self.circle.weekday], language),
            hour=hour(self.circle.minute, language),
        )


def opening(herald: Herald, held: Round) -> Outbound:
    """The message that opens a round, as it reads now."""
    circle, label = herald.circle, "round_answer_label"
    if held.practice == LEARNING:
        return _learning(herald, held)
    answer = Option(label=herald.text(label), token=f"{ANSWER}{held.id}", opens=True)
    if held.state is State.SHOWN:
        return Outbound(paragraphs=herald.words("round_closed_in_thread"), options=(answer,))
    if held.state is State.FOLDED:
        return Outbound(paragraphs=herald.words("round_folded"))
    agreed = circle.aspiration and has_agreed(herald)
    aspiration = (
        herald.words("round_opened_aspiration", aspiration=circle.aspiration) if agreed else ()
    )
    said = herald.words(
        "round_opened",
        practice=herald.house.shelf.title(held.practice, circle.language),
        close=herald.moment(held.closes_at),
        count=_count(herald, held),
    )
    return Outbound(paragraphs=(*aspiration, *said), options=(answer,))


def _learning(herald: Herald, held: Round) -> Outbound:
    said = herald.words(
        "round_learning_opened", question=held.taken_up, close=herald.moment(held.closes_at)
    )
    if held.state in {State.SHOWN, State.FOLDED}:
        return Outbound(paragraphs=herald.words("round_learning_closed", question=held.taken_up))
    label = herald.text("round_learning_label")
    answer = Option(label=label, token=f"{ANSWER}{held.id}", opens=True)
    return Outbound(paragraphs=said, options=(answer,))


def _count(herald: Herald, held: Round) -> str:
    """How many voices are in, of how many who are there; never whose."""
    inside = rounds.givers(herald.conn, held.id)
    of = len(there(herald, held) | inside)
    if not inside:
        return herald.text("round_count_none")
    block = "round_count_one" if len(inside) == 1 else "round_count"
    return herald.text(block, voices=str(len(inside)), of=str(of))


def there(herald: Herald, held: Round) -> frozenset[str]:
    """Those of a circle who are there while a round is open."""
    open_ = held.opened_at, held.closes_at
    return circles.there(herald.conn, herald.circle.id, herald.now, open_)


def has_agreed(herald: Herald) -> bool:
    """Whether more than half have said that the aspiration is theirs, and nobody has said no."""
    said = [one.agrees for one in circles.members(herald.conn, herald.circle.id)]
    return False not in said and said.count(True) * 2 > len(said)


def redone(conn: Connection, house: House, round_id: str, now: datetime) -> Redone | None:
    """How the message that opened a round is to read now; None when nothing is to be done.

    Where nothing can be said now, it is looked at again in an hour.
    """
    held = rounds.get(conn, house.keys, round_id)
    circle = None if held is None else circles.get(conn, house.keys, held.circle)
    if held is None or circle is None or held.redo_at is None:
        return None
    if circle.state is not circles.State.ACTIVE:
        rounds.said(conn, held.id, held.redo_at, now + _HOUR)
        return None
    herald = Herald(conn=conn, house=house, circle=circle, now=now)
    return Redone(
        round=held.id,
        redo_at=held.redo_at,
        platform=circle.platform,
        place=circle.place,
        name=outbox.receipt(conn, held.message),
        message=opening(herald, held),
    )


def said_anew(conn: Connection, done: Redone, now: datetime, *, well: bool) -> None:
    """Note that a message stands as it should, or is to be tried again."""
    rounds.said(conn, done.round, done.redo_at, None if well else now + _AGAIN)
