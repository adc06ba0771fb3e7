"""A team in a channel of the fake Slack's, and each of them in their own chat with the house."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.adapters.port import Pace
from bot.records import Platform
from bot.store import circles, people, rounds
from bot.store.circles import Circle
from bot.store.rounds import Round
from bot.store.tables import outbox
from scheduler.tick import now
from tests.conftest import Urls
from tests.fakes.slack.people import Person
from tests.fakes.slack.records import Channel, Message
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace
from tests.slack.whole import Whole, whole

#: How a circle is set up here: each choice, and what is then asked.
SET_UP = (
    ("Weekly", "On which day?"),
    ("Monday", "And at what time?"),
    ("09:30", "When should a round close"),
    ("After three days, at noon", "May names stand beside"),
    ("Each chooses for themselves", "Has your team set itself something"),
    ("skip", "What name may stand beside your words"),
)
#: How somebody joins Skerry: each answer, and what is then asked.
NEW = (
    ("Yes, keep my answers", "What are you here for"),
    ("Space to reflect", "What would make it worth your time?"),
    ("An hour a week.", "Which time zone are you in?"),
    ("UK time", "Which days suit you?"),
    ("skip", "And at what time?"),
    ("09:30", "Would you like to begin now?"),
    ("Wait for my day", "What name may stand beside"),
)
#: How somebody answers a round: the name of each answer, and a piece of what is then said.
PARTS = (
    ("frame", "what do you think about it"),
    ("advocate", "Is there an example"),
    ("illustrate", "Which question about it"),
    ("inquire", "These are your words"),
)


@dataclass
class Gathering:
    """A channel with a circle, and how its people come by."""

    house: Whole
    workspace: Workspace
    channel: Channel
    members: list[Person]
    #: How far the house's clock is ahead of the real one.
    ahead: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        running = self.house.running
        running._deliverer._clock = running._doors._clock = self.now
        running._tick._clock = running._doors._buttons._clock = self.now
        running._deliverer._paces = {Platform.SLACK: Pace()}

    def now(self) -> datetime:
        return now() + self.ahead

    @property
    def circle(self) -> Circle | None:
        keys, here = self.house.opened.store.keys, f"{self.workspace.id}:{self.channel.id}"
        every = self.house.reads(lambda conn: circles.all_of(conn, keys))
        return next((one for one in every if one.place == here), None)

    @property
    def its(self) -> Circle:
        found = self.circle
        assert found is not None, "there is no circle here"
        return found

    @property
    def rounds(self) -> tuple[Round, ...]:
        keys, mine = self.house.opened.store.keys, self.its.id
        return self.house.reads(lambda conn: rounds.of_circle(conn, keys, mine))

    @property
    def sees(self) -> list[str]:
        """What the house has said in the channel to everybody, as it reads now."""
        return [each.text for each in self.channel.from_bot if not each.only_for]

    @property
    def said(self) -> str:
        return "\n".join(self.sees)

    def with_button(self, label: str) -> Message:
        """The newest message in the channel that has this button."""
        found = [each for each in self.channel.from_bot if label in each.labels]
        assert found, f"no button says {label!r}: {self.sees}"
        return found[-1]

    async def shows(self, text: str, times: int = 1) -> Message:
        """Until this stands in the channel; the newest message in which it does."""

        def found() -> list[Message]:
            return [each for each in self.channel.from_bot if text in each.text]

        try:
            await self.house.until(lambda: len(found()) >= times)
        except TimeoutError:
            raise AssertionError(f"{text!r} was not said, but {self.sees}") from None
        return found()[-1]

    async def hears(self, person: Person, since: int, text: str) -> None:
        """Until somebody is told this in their own chat."""
        try:
            await self.house.until(lambda: any(text in one for one in person.sees[since:]))
        except TimeoutError:
            raise AssertionError(f"{text!r} was not said, but {person.sees[since:]}") from None

    async def says(self, person: Person, typed: str, then: str) -> None:
        since = len(person.sees)
        person.writes(typed)
        await self.hears(person, since, then)

    async def opens(self, person: Person, label: str, then: str) -> None:
        """Somebody presses a button in the channel that opens their own chat."""
        since = len(person.sees)
        person.presses(self.with_button(label), label)
        await self.hears(person, since, then)

    async def whispers(self, person: Person, text: str) -> None:
        """Until somebody alone is shown this in the channel."""

        def shown() -> list[str]:
            return [one.text for one in person.whispers if one.channel is self.channel]

        try:
            await self.house.until(lambda: any(text in one for one in shown()))
        except TimeoutError:
            raise AssertionError(f"{text!r} was not shown, but {shown()}") from None

    async def is_set_up(self, host: Person, name: str) -> None:
        """Somebody sets the circle up and is in it by a name."""
        await self.opens(host, "Set up a circle", "How often should a round open?")
        for typed, then in SET_UP:
            await self.says(host, typed, then)
        await self.says(host, name, "You are in")
        await self.shows("This is a circle now.")

    async def joins(self, person: Person, name: str = "skip") -> None:
        """Somebody who is with Skerry joins the circle."""
        await self.opens(person, "Join the circle", "What name may stand beside")
        await self.says(person, name, "You are in")

    async def joins_as_new(self, person: Person, name: str = "skip") -> None:
        """Somebody joins Skerry first, because nobody knows them yet."""
        await self.opens(person, "Join the circle", "May I keep your answers?")
        for typed, then in NEW:
            await self.says(person, typed, then)
        await self.says(person, name, "You are in")

    async def answers(
        self, person: Person, word: str, choice: str, *, then: str = "wait for"
    ) -> None:
        """Somebody answers the round that is open, each time with a word of their own."""
        await self.opens(person, "Answer in my own chat", "What do you see in your team's work")
        for part, asked in PARTS:
            await self.says(person, f"{word}-{part}", asked)
        await self.says(person, choice, then)

    async def is_known(self, person: Person) -> None:
        """Somebody has been with Skerry for a while."""
        place = f"{self.workspace.id}:{person.id}"
        keys = self.house.opened.store.keys
        at = now() - timedelta(days=9)
        await self.house.opened.store.writer.run(
            lambda conn: people.change(
                conn,
                people.add(
                    conn,
                    keys,
                    Platform.SLACK,
                    place,
                    language="en",
                    zone="Europe/London",
                    now=at,
                ).participant.id,
                keeps=True,
                joined_at=at,
            )
        )

    async def turns(self, at: datetime | None) -> None:
        """The house's clock stands at an instant from now on."""
        assert at is not None
        self.ahead = at - now()

    async def all_is_said(self) -> None:
        """Until everything is taken and nothing waits to be sent."""
        await self.house.until(lambda: not self.house.slack.pending)
        waits = select(func.count()).select_from(outbox).where(outbox.c.ended_at.is_(None))
        await self.house.eventually(lambda: not self.house.reads(lambda conn: conn.scalar(waits)))

    async def round_opens(self) -> Message:
        """The time of the next round comes."""
        before = len(self.rounds)
        await self.turns(self.its.next_at)
        await self.house.eventually(lambda: len(self.rounds) > before)
        message = await self.shows("A round is open")
        await self.all_is_said()
        return message

    async def round_closes(self) -> None:
        """The time of the open round is over, and nothing waits to be said."""
        open_one = self.rounds[0]
        await self.turns(open_one.closes_at)
        await self.house.eventually(lambda: self.rounds[0].state != open_one.state)
        await self.all_is_said()


@asynccontextmanager
async def gathered(
    slack: Slack, workspace: Workspace, urls: Urls, key: bytes
) -> AsyncIterator[Gathering]:
    """Five people in a channel with a circle, of whom two were new to Skerry; and one more."""
    slack.limits.on = False
    token = {"slack_bot_token": workspace.token, "slack_app_token": slack.app_token}
    names = ("Ada", "Ben", "Caro", "Dev", "Eve", "Finn")
    everyone = [workspace.person(name) for name in names]
    ada, ben, caro, dev, eve, _ = everyone
    async with whole(slack, urls, key, token) as house:
        channel = workspace.channel("ward-7", *everyone)
        team = Gathering(house, workspace, channel, everyone)
        for one in (ada, ben, caro):
            await team.is_known(one)
        ada.invites_bot(channel)
        await team.shows("Anybody here may set it up")
        await team.is_set_up(ada, "Ada & Co")
        await team.joins(ben, "Ben")
        await team.joins(caro)
        await team.joins_as_new(dev)
        await team.joins_as_new(eve, "Eve")
        yield team
