"""A house that is killed again and again loses no word, doubles none and keeps the order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random

import pytest

from tests.conftest import Urls
from tests.fakes.shore import Moment
from tests.proofs.voyage import Caught, Process, Voyage, check_sends, check_words, go, kill, tell

#: When a house is killed: at the so-many-th moment of a kind, or after some time (None).
_WHEN = (*Moment, None)
#: The most moments, and the most seconds, that a house lives through.
_MOST, _LONGEST = 25, 1.2


@dataclass
class Fate:
    """Decides when the house that runs now is killed."""

    chance: Random
    #: The house that runs now: it is killed there and then, before it can take what it was told.
    house: Process | None = None
    when: Moment | None = None
    left: int = 0
    struck: asyncio.Event = field(default_factory=asyncio.Event)

    def draw(self, number: int) -> None:
        self.when = _WHEN[number % len(_WHEN)]
        self.left = self.chance.randint(1, _MOST)
        self.struck.clear()

    def rest(self) -> None:
        self.when, self.left = None, 0
        self.struck.clear()

    def cuts(self, moment: Moment, _place: str) -> bool:
        """From the moment the house is to die, the shore hears nothing more from it."""
        if self.struck.is_set():
            return True
        if moment is self.when:
            self.left -= 1
            if self.left == 0:
                self.struck.set()
                assert self.house is not None
                self.house.kill()
        return self.struck.is_set()

    async def comes(self) -> None:
        if self.when is None:
            await asyncio.sleep(self.chance.uniform(0.1, _LONGEST))
            self.struck.set()
        else:
            await self.struck.wait()


async def sail(voyage: Voyage, kills: int) -> list[Caught]:
    """Kill the house so many times while the crowd practises, then let it go to the end."""
    fate = Fate(voyage.chance)
    voyage.shore.cuts = fate.cuts
    caught: list[Caught] = []
    house, spare = voyage.make(), voyage.make()
    try:
        async with voyage.begun():
            with voyage.looking() as made:
                for number in range(kills):
                    fate.draw(number)
                    fate.house = house
                    go(house)
                    await voyage.patiently(fate.comes())
                    kill(house)
                    caught.append(voyage.caught(made))
                    voyage.shore.cut("house")
                    house, spare = spare, voyage.make()
            assert not all(person.finished for person in voyage.people.values())
            fate.rest()
            go(house)
            await voyage.patiently(voyage.over())
    finally:
        kill(house)
        kill(spare)
    return caught


async def prove(voyage: Voyage, kills: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Sail, check everything, tell the figures."""
    caught = await sail(voyage, kills)
    words = check_words(voyage)
    doubled = check_sends(voyage)
    tell(
        capsys,
        f"{voyage.urls.words.partition(':')[0]}: {kills} kills, {words} messages of "
        f"{voyage.size} people, {voyage.shore.done} updates, {voyage.shore.repeated} told again, "
        f"{len(voyage.shore.accepted)} sends, {doubled} of them twice; caught half done: "
        f"{sum(each.untaken for each in caught)} not committed, "
        f"{sum(each.unacknowledged for each in caught)} not acknowledged, "
        f"{sum(each.unsent for each in caught)} claimed and not sent, "
        f"{sum(each.untold for each in caught)} sent and not acknowledged",
    )
    assert all(
        any(getattr(each, half) for each in caught)
        for half in ("untaken", "unacknowledged", "unsent", "untold")
    )
    # Whatever came twice is what a kill caught between the platform and the acknowledgement.
    assert doubled == sum(each.untold for each in caught)


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
async def test_five_kills_lose_no_word_and_repeat_only_what_they_caught_on_its_way(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    await prove(Voyage(urls, master, seed=6, size=8), 5, capsys)


@pytest.mark.soak
async def test_twenty_five_kills_lose_no_word_and_repeat_only_what_they_caught_on_its_way(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    # As fast as Telegram lets a bot speak.
    await prove(Voyage(urls, master, seed=25, nudges=4, pace=30), 25, capsys)
