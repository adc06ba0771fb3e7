"""The example in the real house: somebody joins and practises over IRC, to the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from bot.adapters.port import Hear
from bot.commands.line import Line
from bot.commands.opening import New, Opened, opened
from bot.commands.run import _port, _Running
from bot.records import Occasion, Platform
from bot.settings import Settings
from bot.store import answers, conversations, health, people
from bot.store.lock import sole
from bot.store.people import Present
from bot.trust import master
from bot.trust.sealing import new_key
from tests.adapters.claims import until
from tests.adapters.irc import place_of
from tests.adapters.irc_line import PART, IrcLine
from tests.adapters.irc_server import Person, Server

T = TypeVar("T")

NUDGE = "What did someone do for you this week"
JOINING = (
    ("hello", "May I keep your answers?"),
    ("1", "What are you here for"),
    ("Space to reflect", "What would make it worth your time?"),
    ("An hour in which nobody asks me for anything.", "Which time zone are you in?"),
    ("UK time", "Which days suit you?"),
    ("tue, thu", "So far: Tuesday, Thursday."),
    ("done", "And at what time?"),
    ("09:30", "Would you like to begin now?"),
    ("2", "Then I will be here on"),
)


@dataclass
class House:
    """A house with its doors open to one IRC server."""

    server: Server
    opened: Opened
    running: _Running

    def reads(self, work: Callable[[Connection], T]) -> T:
        with self.opened.store.engine.connect() as conn:
            return work(conn)

    def present(self, person: Person) -> Present | None:
        place = place_of(person.nick)
        return self.reads(lambda conn: people.find(conn, Platform.TERMINAL, place))

    def words(self, person: Person) -> list[str]:
        """What somebody said in their own words, as it is kept."""
        found, keys = self.present(person), self.opened.store.keys
        assert found is not None
        kept = self.reads(lambda conn: answers.all_of(conn, keys, found.participant.id))
        return [each.answer.text for each in kept if each.answer.text]

    def is_over(self, person: Person) -> bool:
        """Whether no practice of theirs is open any more."""
        found, keys = self.present(person), self.opened.store.keys
        assert found is not None
        return not self.reads(
            lambda conn: conversations.open_ones(conn, keys, found.participant.id)
        )


async def hears(person: Person, text: str, then: str) -> None:
    """Somebody writes, and until they are answered so."""
    before = len(person.lines)
    person.writes(text)
    try:
        await until(lambda: then in " ".join(person.lines[before:]))
    except TimeoutError:
        raise AssertionError(f"{then!r} was not said, but {person.lines[before:]}") from None


async def joins(person: Person) -> None:
    for text, then in JOINING:
        await hears(person, text, then)


@asynccontextmanager
async def home(server: Server, folder: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """The house of `skerry run`, with the one line that is not in it yet."""

    def lines(house: Opened, hear: Hear) -> list[Line]:
        return [IrcLine(house, hear, server.port, server.password)]

    patch.setattr("bot.commands.run.lines", lines)
    patch.setattr("bot.commands.run.is_terminal", lambda: False)
    words, keys = (f"sqlite:///{folder}/{name}.sqlite" for name in ("words", "keys"))
    given = {"database_url": words, "keys_url": keys, "master_key": master.to_text(new_key())}
    # Validated, not made, so that nothing comes from the environment.
    settings = Settings.model_validate({**given, "port": 0, "quiet_gap": 0, "breath": 0})
    with _port(settings) as port, opened(settings, New.MADE) as found, sole(found.store.engine):
        held = replace(found, house=replace(found.house, chance=lambda: 0))
        house = House(server, held, _Running(held, port))
        task = asyncio.create_task(house.running.run())
        try:
            await until(lambda: server.bot)
            yield house
        finally:
            house.running._stopping.set()
            assert await task, "a part of it broke down"


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    async with Server().running() as server:
        async with home(server, tmp_path, monkeypatch) as made:
            yield made
        assert server.complaints == []
        await until(lambda: not server.clients)


# --- in the house -----------------------------------------------------------------------------


async def test_somebody_joins_and_practises_to_the_end(house: House) -> None:
    robin = house.server.person("Robin")
    await joins(robin)
    await hears(robin, "journal", "3. Not today")
    assert "1. Yes, ask me" in robin.lines
    await hears(robin, "1", NUDGE)
    answer = "Ellen said <b>*yes*</b> & meant it \U0001f642 \u05e9\u05dc\u05d5\u05dd."
    await hears(robin, answer, "Thank you.")
    assert house.is_over(robin)
    assert house.words(robin) == ["An hour in which nobody asks me for anything.", answer]
    told = house.reads(lambda conn: health.told(conn, PART))
    assert told is not None
    assert (told.well, told.detail) == (True, "IRC is connected.")


async def test_their_own_words_come_back_to_them(house: House) -> None:
    """The weekly check-in, whose experiment is quoted at its end."""
    robin = house.server.person("Robin")
    await joins(robin)
    await hears(robin, "practise", "A weekly check-in")
    await hears(robin, "weekly", "How much energy")
    await hears(robin, "3", "one moment this week")
    await hears(robin, "skip", "four parts")
    await hears(robin, "skip", "what may change")
    await hears(robin, "skip", "one small thing you could try")
    await hears(robin, "Ask *one* question.", "When could that be?")
    await hears(robin, "when a chance comes", "May any of these go into that count")
    await hears(robin, "done", "When a chance comes, as you said.")
    assert "| Ask *one* question." in robin.lines
    assert house.is_over(robin)


async def test_a_prompt_waits_for_a_server_that_is_away(house: House) -> None:
    robin = house.server.person("Robin")
    await joins(robin)
    present = house.present(robin)
    assert present is not None
    await house.server.goes_away()
    before = len(robin.lines)
    occasion = Occasion(
        campaign="c", step="s", name="week 1", practice="nudge", participant=present.participant.id
    )
    await house.running._doors.begin(occasion)
    await asyncio.sleep(0.3)
    assert len(robin.lines) == before
    await house.server.comes_back()
    await until(lambda: "1. Yes, ask me" in robin.lines[before:])
    await hears(robin, "yes", NUDGE)


async def test_whoever_goes_is_let_be_until_they_write_again(house: House) -> None:
    robin = house.server.person("Robin")
    await joins(robin)
    robin.quits()
    robin.writes("journal")
    await until(lambda: (found := house.present(robin)) and found.gone)
    robin.comes_back()
    await hears(robin, "journal", "Not today")
    present = house.present(robin)
    assert present is not None
    assert not present.gone
