"""`skerry run` killed while a campaign falls due: everybody gets their prompt, nobody three."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Connection, func, select

from bot.requests import planning
from bot.store import dues, people, rhythms
from bot.store.dues import Due
from bot.store.tables import occasion, outbox, participant
from scheduler.campaign import Campaign
from scheduler.tick import now
from tests.conftest import Urls
from tests.fakes.telegram.records import Accepted
from tests.proofs.programs import killed, slowness
from tests.proofs.telegram_program import Waits
from tests.proofs.telegram_voyage import Crossing
from tests.proofs.voyage import tell

WEEK = timedelta(weeks=1)


def _planned(at: datetime, size: int) -> Callable[[Connection], None]:
    """A campaign whose prompts to everybody fall due at an instant."""
    campaign = Campaign.model_validate(
        {
            "name": "big_moment",
            "title": "A big moment",
            "starts": (at - WEEK).date(),
            "holidays": "none",
            "window": "00:00-24:00",
            "working_days": [
                *("monday", "tuesday", "wednesday", "thursday", "friday"),
                *("saturday", "sunday"),
            ],
            "steps": [
                {
                    "id": "once",
                    "practice": "weekly",
                    "when": {"kind": "weekly", "on": [f"{at + timedelta(days=3):%A}".lower()]},
                }
            ],
        }
    )

    def plan(conn: Connection) -> None:
        whose = conn.scalars(select(participant.c.id)).all()
        for each in whose:
            people.change(conn, each, joined_at=at - WEEK)
        planning.start(conn, campaign, at)
        assert len(list(rhythms.everyone(conn))) == size
        first = Due(
            campaign="big_moment",
            step="once",
            participant="",
            name="week 0",
            planned_at=at,
            at=at,
        )
        dues.put(conn, [replace(first, participant=each) for each in whose])

    return plan


async def prove(crossing: Crossing, kills: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Kill the program while it plans and while it sends; then let it come to the end."""
    telegram, chance, size = crossing.telegram, Random(kills), crossing.size
    came: Counter[tuple[int, str]] = Counter()

    def accepted(each: Accepted) -> None:
        came[each.chat, each.html] += each.method.startswith("send")

    telegram.on_accept = accepted
    with crossing.opened() as store:
        store.writer.submit(_planned(now(), size)).result(30)
    caught = []
    async with telegram.running():
        program, spare = crossing.make(), crossing.make()
        for number in range(kills):
            with killed(program):
                program.go()
                if number < kills // 2:
                    await crossing.patiently(_claimed(crossing, chance.randint(1, size // 5)))
                else:
                    goal = sum(came.values()) + chance.randint(1, size // kills)
                    await crossing.until(lambda: sum(came.values()) >= goal)  # noqa: B023
            await telegram.silence()
            caught.append(_count(crossing))
            program, spare = spare, crossing.make()
        with killed(program, spare):
            program.go()
            await crossing.until(lambda: len({chat for chat, _ in came}) == size)
            await crossing.patiently(crossing.all_sent())
            assert await program.ends() == 0
    twice = sum(count - 1 for count in came.values())
    each = Counter(chat for chat, _ in came)
    tell(
        capsys,
        f"{kills} kills while {size} prompts fell due: {sum(came.values())} sends to "
        f"{len(each)} people, {twice} of them twice; claimed at each kill: {caught}",
    )
    assert len(set(each.values())) == 1, each
    # A kill catches what is on its way; on a machine that others slow down, that is more.
    assert twice <= kills * slowness()
    # A third time takes two kills that catch the same message.
    assert max(came.values()) <= 3
    with crossing.looking() as made, made.connect() as conn:
        ends = conn.execute(select(occasion.c.state, func.count()).group_by(occasion.c.state))
        assert [tuple(each) for each in ends] == [("sent", size)]
        assert conn.scalar(select(func.count()).select_from(outbox)) == each.total()


async def _claimed(crossing: Crossing, more: int) -> None:
    """Until so many more prompts have been put into the outbox, or all."""
    goal = min(_count(crossing) + more, crossing.size)
    while _count(crossing) < goal:  # noqa: ASYNC110 - Nobody tells.
        await asyncio.sleep(0.005)


def _count(crossing: Crossing) -> int:
    with crossing.looking() as made, made.connect() as conn:
        return conn.scalar(select(func.count()).select_from(occasion)) or 0


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
async def test_kills_while_prompts_fall_due_leave_nobody_out_and_double_one_each_at_most(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=6, size=80, strangers=0, waits=Waits(right=1.2))
    await prove(crossing, 4, capsys)


@pytest.mark.soak
async def test_twenty_kills_while_prompts_fall_due_leave_nobody_out(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=20, size=200, strangers=0, waits=Waits(right=1.2))
    await prove(crossing, 20, capsys)
