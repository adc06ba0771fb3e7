"""`skerry campaigns move` killed half-way, while `skerry run` is at work beside it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.records import Occasion
from bot.requests import festivals, planning
from bot.store import dues, occasions, people, rhythms
from bot.store.dues import Due
from bot.store.occasions import State
from bot.store.tables import due, occasion, outbox
from scheduler.campaign import Campaign
from scheduler.festival import Festival
from scheduler.tick import now
from tests.conftest import Urls
from tests.proofs.move_program import Waits
from tests.proofs.nursery import Child, born
from tests.proofs.programs import PATIENCE, killed, slowness
from tests.proofs.telegram_voyage import Crossing
from tests.proofs.voyage import kill, tell

CAMPAIGNS = 4
SECOND, DAY, WEEK = timedelta(seconds=1), timedelta(days=1), timedelta(weeks=1)
#: So soon after everything begins the festival would open.
SOON = 6 * SECOND
#: The festival is moved by so many days.
BY = 2 * DAY


def _campaign(name: str, steps: list[dict[str, Any]], **more: object) -> Campaign:
    told = {
        "name": name,
        "title": name,
        "starts": (now() - WEEK).date(),
        "holidays": "none",
        "window": "00:00-24:00",
        "steps": [{"practice": "nudge", "any_day": True, **step} for step in steps],
    }
    return Campaign.model_validate(told | more)


@dataclass
class Moving(Crossing):
    """A festival that would open at the next minute, by a clock that is ahead by so much."""

    module = "tests.proofs.move_program"
    waits: Waits = field(default_factory=Waits)

    def __post_init__(self) -> None:
        super().__post_init__()
        at = now()
        self.opens = (at + timedelta(minutes=1)).replace(second=0, microsecond=0)
        ahead = (self.opens - SOON * slowness() - at) / SECOND
        self.waits = replace(self.waits, ahead=ahead)
        with self.opened() as store:
            store.writer.submit(self._begin).result(30)

    @property
    def now(self) -> datetime:
        return now() + self.waits.ahead * SECOND

    def _begin(self, conn: Connection) -> None:
        """Everybody waits for the opening; half have had what comes before it."""
        feast = Festival(
            name="feast",
            title="A feast",
            opens=self.opens.replace(tzinfo=None),
            closes=(self.opens + DAY).replace(tzinfo=None),
            zone="UTC",
        )
        festivals.keep(conn, feast, self.now)
        ids = rhythms.joined(conn) or [each.id for each in people.everyone(conn)]
        for each in ids:
            people.change(conn, each, joined_at=self.now - WEEK)
        steps = [
            {"id": "opened", "when": {"kind": "festival", "on": "when it opens"}},
            {"id": "before", "when": {"kind": "festival", "on": "30 minutes before it opens"}},
        ]
        for number in range(CAMPAIGNS):
            name = f"by_it_{number}"
            planning.start(conn, _campaign(name, steps, festival="feast"), self.now)
            planning.fan(conn, name, ids, self.now)
            planning.planned(conn, name, self.now)
            for each in ids[: self.size // 2]:
                had = Occasion(
                    campaign=name,
                    step="before",
                    name="opens-30m",
                    practice="nudge",
                    participant=each,
                )
                occasions.reopen(conn, [had])
                assert occasions.claim(conn, had, self.now - WEEK)
                occasions.end(conn, had, State.SENT, now=self.now - WEEK)
        busy = _campaign(
            "busy", [{"id": "once", "when": {"kind": "weekly", "on": ["monday"]}, "at": "09:00"}]
        )
        planning.start(conn, busy, self.now)
        planning.planned(conn, busy.name, self.now)
        first = Due(
            campaign="busy",
            step="once",
            participant="",
            name="week 0",
            planned_at=self.now,
            at=self.now,
        )
        dues.put(conn, [replace(first, participant=each) for each in ids])

    def move(self) -> Child:
        """The command, begun."""
        day = f"{self.opens + BY:%Y-%m-%d}"
        words = ("campaigns", "move", "feast", "--opens", day, "--yes")
        with self.log.open("ab") as errors:
            return born(
                *(self.module, self.waits.written(), *words),
                errors=errors,
                folder=self.urls.folder,
                settings=self.environment,
            )

    def planned(self) -> Counter[tuple[str, datetime]]:
        """What comes next by the festival, counted by its step and time."""
        found = (
            select(due.c.step, due.c.planned_at, func.count())
            .where(due.c.campaign != "busy", due.c.kind == "prompt")
            .group_by(due.c.step, due.c.planned_at)
        )
        with self.looking() as made, made.connect() as conn:
            return Counter({(step, at): count for step, at, count in conn.execute(found)})

    async def comes(self, holds: Callable[[], bool]) -> None:
        """Until something is so that nobody tells."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not await asyncio.to_thread(holds):  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
        except TimeoutError:
            pytest.fail(f"{self.planned()}; {self.state()}")

    @property
    def moved(self) -> int:
        """How many occasions are at their new time."""
        new = self.opens + BY - DAY
        return sum(count for (_, at), count in self.planned().items() if at > new)


async def prove(
    moving: Moving, kills: int, *, again: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Kill the command while it plans; then it is run again, or the pulse goes on with it."""
    telegram, chance, caught = moving.telegram, Random(moving.seed), list[int]()
    all_of_it = CAMPAIGNS * (moving.size + moving.size // 2)
    telegram.on_accept = lambda _: None
    async with telegram.running():
        program = moving.make()
        with killed(program):
            program.go()
            await moving.patiently(program.serves())
            for number in range(kills):
                goal = all_of_it * (number + chance.random()) / kills
                command = moving.move()
                await moving.comes(lambda: command.poll() is not None or moving.moved >= goal)  # noqa: B023
                kill(command)
                caught.append(moving.moved)
            if again:
                command = moving.move()
                assert await asyncio.to_thread(command.wait, PATIENCE) == 0, moving.state()
                kill(command)
            await moving.comes(lambda: moving.moved == all_of_it)
            await moving.comes(lambda: moving.now > moving.opens + 2 * SECOND)
            await moving.patiently(moving.all_sent())
            assert await program.ends() == 0
    tell(
        capsys,
        f"{kills} kills of a move while {moving.size} prompts were sent "
        f"({moving.urls.words.partition(':')[0]}): of {all_of_it} occasions {caught} were at "
        "their new time at each kill, and all at the end",
    )
    _check(moving)


def _check(moving: Moving) -> None:
    """Everything unsent is at its new time, nothing went at the old one, nothing again."""
    new, people = moving.opens + BY, moving.size
    assert moving.planned() == {
        ("opened", new): CAMPAIGNS * people,
        ("before", new - timedelta(minutes=30)): CAMPAIGNS * (people - people // 2),
    }
    with moving.looking() as made, made.connect() as conn:
        ends = conn.execute(select(occasion.c.campaign, occasion.c.state)).all()
        assert Counter((name == "busy", state) for name, state in ends) == {
            (True, "sent"): people,
            (False, "sent"): CAMPAIGNS * (people // 2),
        }
        assert conn.scalar(select(func.count()).where(outbox.c.ask.is_not(None))) == people
    came = Counter(each.chat for each in moving.telegram.sends)
    assert len(came) == people
    assert len(set(came.values())) == 1


def _moving(urls: Urls, master: bytes, seed: int, size: int = 120, **waits: float) -> Moving:
    return Moving(
        urls,
        master,
        seed=seed,
        size=size,
        strangers=0,
        waits=Waits(**waits),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
async def test_a_move_that_is_killed_and_run_again_moves_everything_once(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    moving = _moving(urls, master, 3, size=60, fanned=10)
    await prove(moving, 2, again=True, capsys=capsys)


@pytest.mark.soak
async def test_a_move_that_is_killed_five_times_moves_everything_once(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    await prove(_moving(urls, master, 5), 5, again=True, capsys=capsys)


@pytest.mark.soak
async def test_a_move_that_is_killed_is_brought_to_its_end_by_the_pulse(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    await prove(_moving(urls, master, 7, cut=6), 2, again=False, capsys=capsys)
