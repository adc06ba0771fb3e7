"""A team in a group of the fake Telegram's, and each of them in their own chat with the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.records import Platform
from bot.store import circles, rounds
from bot.store.circles import Circle
from bot.store.rounds import Round
from scheduler.tick import now
from tests.fakes.telegram.groups import Group
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.records import Message
from tests.telegram.house import Chat, House

#: How a circle is set up here: each choice, and what is then asked.
SET_UP = (
    ("Weekly", "On which day?"),
    ("Monday", "And at what time?"),
    ("09:30", "When should a round close"),
    ("After three days, at noon", "May names stand beside"),
    ("Each chooses for themselves", "Has your team set itself something"),
    ("skip", "What name may stand beside your words"),
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
    """A group with a circle, and how its people come by."""

    house: House
    group: Group
    #: The topic of a forum; none for a whole group.
    topic: int | None = None

    @property
    def place(self) -> str:
        return f"{self.group.id}:{self.topic}" if self.topic else str(self.group.id)

    @property
    def circle(self) -> Circle | None:
        keys, here = self.house.opened.store.keys, self.place
        every = self.house.reads(lambda conn: circles.all_of(conn, keys))
        return next(
            (one for one in every if (one.platform, one.place) == (Platform.TELEGRAM, here)), None
        )

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
    def said(self) -> str:
        """All that stands in the group, as it reads now."""
        return "\n".join(self.group.sees)

    def with_button(self, label: str) -> Message:
        """The newest message in the group that has this button."""
        found = [each for each in self.group.chat.from_bot if label in each.labels]
        assert found, f"no button says {label!r}: {self.group.sees}"
        return found[-1]

    async def sees(self, text: str, times: int = 1) -> Message:
        """Until this stands in the group; the newest message in which it does."""

        def found() -> list[Message]:
            return [each for each in self.group.chat.from_bot if text in each.text]

        try:
            await self.house.until(lambda: len(found()) >= times)
        except TimeoutError:
            raise AssertionError(f"{text!r} was not said, but {self.group.sees}") from None
        return found()[-1]

    async def opens(self, person: Person, label: str, then: str) -> Chat:
        """Somebody presses a button in the group that opens their own chat."""
        chat = self.house.chat(person)
        chat.acts()
        person.opens(self.with_button(label), label)
        await chat.hears(then)
        return chat

    async def is_set_up(self, host: Person, name: str) -> None:
        """Somebody sets the circle up and is in it by a name."""
        chat = await self.opens(host, "Set up a circle", "How often should a round open?")
        await chat.says_all(*SET_UP)
        await chat.says(name, "You are in")
        await self.sees("This is a circle now.")

    async def joins(self, person: Person, name: str = "skip") -> None:
        """Somebody who is with Skerry joins the circle."""
        chat = await self.opens(person, "Join the circle", "What name may stand beside")
        await chat.says(name, "You are in")

    async def joins_as_new(self, person: Person, name: str = "skip") -> None:
        """Somebody joins Skerry first, because nobody knows them yet."""
        chat = await self.opens(person, "Join the circle", "May I keep your answers?")
        await chat.presses("Yes, keep my answers", "What are you here for")
        await chat.presses("Space to reflect", "What would make it worth your time?")
        await chat.says("An hour a week.", "Which time zone are you in?")
        await chat.presses("UK time", "Which days suit you?")
        await chat.says("skip", "And at what time?")
        await chat.presses("09:30", "Would you like to begin now?")
        await chat.presses("Wait for my day", "What name may stand beside")
        await chat.says(name, "You are in")

    async def answers(
        self, person: Person, word: str, choice: str, *, more: str = "", then: str = "wait for"
    ) -> None:
        """Somebody answers the round that is open, each time with a word of their own."""
        chat = await self.opens(
            person, "Answer in my own chat", "What do you see in your team's work"
        )
        for part, asked in PARTS:
            await chat.says(f"{word}-{part}{more if part == 'frame' else ''}", asked)
        await chat.presses(choice, then)

    async def turns(self, at: datetime | None) -> None:
        """The house's clock stands at an instant from now on."""
        assert at is not None
        self.house.ahead = at - now()

    async def round_opens(self) -> Message:
        """The time of the next round comes."""
        before = len(self.rounds)
        await self.turns(self.its.next_at)
        await self.house.eventually(lambda: len(self.rounds) > before)
        message = await self.sees("A round is open")
        await self.house.all_is_said()
        return message

    async def round_closes(self) -> None:
        """The time of the open round is over, and nothing waits to be said."""
        open_one = self.rounds[0]
        await self.turns(open_one.closes_at)
        await self.house.eventually(lambda: self.rounds[0].state != open_one.state)
        await self.house.all_is_said()
