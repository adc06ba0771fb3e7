"""A team in one place, and each of them in a chat of their own, under one clock.

Everything goes through the doors, and the house is made anew from what is stored each time. What
waits in the outbox is taken out in its order; the platform's names of messages are made here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import TypeVar

from sqlalchemy import Connection, delete

from bot import turns
from bot.adapters.port import Pace, Receipt
from bot.records import (
    Arrived,
    Body,
    Commanded,
    Edit,
    Inbound,
    Invited,
    Option,
    Outbound,
    Platform,
    Press,
    Words,
)
from bot.requests import herald, rounds
from bot.requests.desk import House, Lately
from bot.store import acknowledging, circles, conversations, lanes, people
from bot.store import rounds as store_rounds
from bot.store.circles import Circle
from bot.store.opening import Store
from bot.store.rounds import Round
from bot.store.tables import conversation
from bot.turns import Heard
from tests.journeys.someone import _shelf as shelf
from tests.journeys.someone import library, measures

T = TypeVar("T")

#: A Friday morning; the next Monday is 9 November.
MORNING = datetime(2026, 11, 6, 9, 0, tzinfo=UTC)
CHANNEL = "-1001"


@dataclass
class Message:
    """Something said in a place, as it reads now."""

    name: str
    message: Outbound
    #: The platform's name of what it is a reply to.
    thread: str

    @property
    def text(self) -> str:
        return "\n\n".join(part.text for part in self.message.paragraphs)

    @property
    def labels(self) -> list[str]:
        return [option.label for option in self.message.options]

    def option(self, label: str) -> Option:
        return next(one for one in self.message.options if one.label == label)


@dataclass
class Team:
    """Some people, and the place that is theirs."""

    store: Store
    platform: Platform = Platform.TELEGRAM
    channel: str = CHANNEL
    now: datetime = MORNING
    said: dict[str, list[Message]] = field(default_factory=dict)
    heard: Heard = field(default_factory=Heard)
    #: Draws by lot: counts, so that each order is another one.
    draws: Callable[[], int] = field(default_factory=lambda: count(7).__next__)
    _count: count[int] = field(default_factory=lambda: count(1))
    _ids: count[int] = field(default_factory=lambda: count(1))

    def beside(self, channel: str) -> Team:
        """The same house in another channel, from now on."""
        other = Team(self.store, platform=self.platform, channel=channel, now=self.now)
        other._ids, other._count = self._ids, self._count
        return other

    # --- who does what ---

    def does(
        self,
        who: str,
        body: Body,
        *,
        group: bool = False,
        title: str = "",
        id_: str = "",
    ) -> Heard:
        """Somebody does something, in their own chat or in the channel."""
        self.now += timedelta(seconds=1)
        came = Inbound(
            platform=self.platform,
            id=id_ or f"u{next(self._count)}",
            place=self.channel if group else who,
            body=body,
            group=group,
            by=who if group else "",
            title=title if group else "",
        )
        house = self.house()
        self.heard = self.store.writer.submit(
            lambda conn: turns.hear(conn, house, came, self.now),
            otherwise=_otherwise,
        ).result(timeout=120)
        self.listen()
        return self.heard

    def says(self, who: str, text: str, message: str = "") -> list[Message]:
        """Somebody writes in their own chat; what they get."""
        before = len(self.said.get(who, []))
        self.does(who, Words(message=message or f"w{next(self._count)}", text=text))
        return self.said.get(who, [])[before:]

    def edits(self, who: str, message: str, text: str) -> None:
        self.does(who, Edit(message=message, text=text))

    def joins_skerry(self, *who: str) -> None:
        """They have been with Skerry for a while."""
        for one in who:
            self.does(one, Arrived())
            self.run(partial(_joined, platform=self.platform, who=one, now=self.now))

    def opens(self, who: str, label: str) -> list[Message]:
        """Somebody presses a button of the channel that opens their own chat."""
        before = len(self.said.get(who, []))
        button = next(each.option(label) for each in reversed(self.seen) if label in each.labels)
        assert button.opens
        self.does(who, Invited(code=button.token))
        return self.said.get(who, [])[before:]

    def presses(self, who: str, label: str) -> str:
        """Somebody presses a button in the channel; what they alone are shown."""
        button = next(each.option(label) for each in reversed(self.seen) if label in each.labels)
        assert not button.opens
        return self.does(who, Press(token=button.token), group=True).reply.toast

    def commands(self, who: str, text: str) -> str:
        """Somebody says a command in the channel."""
        return self.does(who, Commanded(text=text), group=True).reply.toast

    def sets_up(self, who: str, *answers: str) -> None:
        """The house is let into the channel, and somebody sets it up."""
        self.does(who, Arrived(), group=True, title="Ward Seven")
        self.opens(who, "Set up a circle")
        for answer in answers or USUAL:
            self.says(who, answer)
            self.says(who, "done") if answer in WORDED else None

    def joins(self, who: str, name: str = "") -> None:
        """Somebody joins the circle, by a name or by none."""
        self.opens(who, "Join the circle")
        self.says(who, name or "skip")
        if name:
            self.says(who, "done")

    def answers(self, who: str, words: str, choice: str, *, opens: bool = True) -> None:
        """Somebody answers the open round: three times in few words, and a question."""
        if opens:
            self.opens(who, "Answer in my own chat")
        for part in ("frame", "advocate", "illustrate", "inquire"):
            self.says(who, f"{words} {part}", message=f"{who}-{words}-{part}")
            self.says(who, "done")
        self.says(who, choice)

    # --- what is seen ---

    @property
    def seen(self) -> list[Message]:
        """What stands in the channel, the oldest first."""
        return self.said.setdefault(self.channel, [])

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.seen]

    def last(self, who: str) -> str:
        return self.said[who][-1].text

    # --- time ---

    def until(self, then: datetime) -> None:
        """Time goes by, and what is due in circles is done when it is due."""
        while self.now < then:
            self.now = min(then, self._soonest() or then)
            self.beats()

    def goes_by(self, time: timedelta) -> None:
        self.until(self.now + time)

    def beats(self) -> None:
        """The pulse beats once, as often as something is due."""
        house = self.house()
        for _ in range(50):
            opening = self.run(lambda conn: circles.opening(conn, self.now, 99))
            due = self.run(lambda conn: store_rounds.due(conn, self.now, 99))
            for each in opening:
                self.run(partial(rounds.open_due, house=house, circle_id=each, now=self.now))
            for id_, _ in due:
                self.run(partial(turns.tend_round, house=house, round_id=id_, now=self.now))
            self.listen()
            self._say_anew(house)
            if not opening and not due:
                return
        raise AssertionError("something is due for ever")

    def _say_anew(self, house: House) -> None:
        for id_, _ in self.run(lambda conn: store_rounds.unsaid(conn, self.now, 99)):
            done = self.run(partial(herald.redone, house=house, round_id=id_, now=self.now))
            if done is None:
                continue
            # What was said before its chat had another number can be changed no more.
            there = [each for each in self.said[done.place] if each.name == done.name]
            assert there or "/" in done.name, done.name
            for each in there:
                each.message = done.message
            self.run(partial(herald.said_anew, done=done, now=self.now, well=True))

    def _soonest(self) -> datetime | None:
        def ask(conn: Connection) -> datetime | None:
            keys = self.store.keys
            found = [each.next_at for each in circles.all_of(conn, keys)]
            for one in circles.all_of(conn, keys):
                for held in store_rounds.of_circle(conn, keys, one.id):
                    found += [held.due_at, held.redo_at]
            return min((each for each in found if each and each > self.now), default=None)

        return self.run(ask)

    # --- the house ---

    def house(self) -> House:
        return House(
            keys=self.store.keys,
            shelf=shelf(library()),
            quiet_gap=timedelta(seconds=12),
            zone="Europe/London",
            signposts="",
            retention_months=12,
            chance=self.draws,
            new_id=lambda: f"{next(self._ids):032x}",
            measures=measures(),
            lately=Lately(),
        )

    def circle(self) -> Circle:
        found = self.run(
            lambda conn: circles.at(conn, self.store.keys, self.platform, self.channel)
        )
        assert found is not None
        return found

    def rounds(self) -> tuple[Round, ...]:
        mine = self.circle().id
        return self.run(lambda conn: store_rounds.of_circle(conn, self.store.keys, mine))

    def id_of(self, who: str) -> str:
        found = self.run(lambda conn: people.find(conn, self.platform, who))
        assert found is not None
        return found.participant.id

    def listen(self) -> None:
        """Take what waits out of the outbox, each message where it goes."""

        def take(conn: Connection) -> None:
            while True:
                taken, _ = lanes.claim(
                    conn,
                    self.store.keys,
                    self.now,
                    {self.platform: Pace()},
                    most=1,
                    lease=timedelta(minutes=1),
                )
                if not taken:
                    return
                for each in taken:
                    name = str(next(self._count))
                    place = each.address.place
                    told = Message(name, each.message, each.message.thread)
                    self.said.setdefault(place, []).append(told)
                    receipt = Receipt(message=name)
                    acknowledging.sent(conn, each, receipt, self.now, more=False)

        self.run(take)

    def run(self, work: Callable[[Connection], T]) -> T:
        return self.store.writer.submit(work).result(timeout=120)

    def conversations(self, who: str) -> int:
        mine = self.id_of(who)
        return len(self.run(lambda conn: conversations.open_ones(conn, self.store.keys, mine)))


#: How a circle is usually set up: each second Monday at 09:30, open for three days.
USUAL = (
    "Fortnightly",
    "Monday",
    "09:30",
    "After three days, at noon",
    "Each chooses for themselves",
    "skip",
)
WORDED = ("09:30",)


def _joined(conn: Connection, platform: Platform, who: str, now: datetime) -> None:
    """Past joining: what it asks has been answered long ago."""
    found = people.find(conn, platform, who)
    assert found is not None
    theirs = found.participant.id
    conn.execute(delete(conversation).where(conversation.c.participant == theirs))
    people.change(conn, theirs, joined_at=now, keeps=True)


def _otherwise(_: Connection, error: Exception) -> Heard:
    """What came before is nothing new; nothing else may go wrong here."""
    if isinstance(error, turns.SeenBeforeError):
        return Heard(new=False)
    raise error
