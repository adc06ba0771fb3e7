"""`skerry run` by the real clock, for minutes: each prompt goes out on its minute, and once."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select

from bot.records import Platform
from bot.requests import planning
from bot.store import people, rhythms
from bot.store.occasions import State
from bot.store.tables import occasion
from scheduler.campaign import Campaign
from scheduler.tick import now
from tests.conftest import Urls
from tests.fakes.telegram.records import Accepted
from tests.proofs.programs import killed
from tests.proofs.telegram_voyage import Crossing
from tests.proofs.voyage import tell

MINUTE = timedelta(minutes=1)
ZONES = ("Europe/London", "Asia/Kathmandu", "America/Nuuk", "Australia/Lord_Howe")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: As late as this, a prompt still came on its minute: the pulse, the lanes and a loaded machine.
LATE = timedelta(seconds=6)


def steps(zone: str, first: datetime, minutes: int) -> list[dict[str, object]]:
    """A step for each of the next minutes, as the clock in a zone shows it."""
    walls = [(first + number * MINUTE).astimezone(ZoneInfo(zone)) for number in range(minutes)]
    name = zone.rpartition("/")[2].lower()
    return [
        {
            "id": f"{name}_{wall:%H%M}",
            "practice": "nudge",
            "when": {"kind": "dates", "on": [wall.date().isoformat()]},
            "at": f"{wall:%H:%M}",
        }
        for wall in walls
    ]


def planned(crossing: Crossing, first: datetime, minutes: int) -> None:
    """One person in each zone, and a prompt to each of them in each of the next minutes."""
    places = list(crossing.people)

    def plan(conn: Connection) -> None:
        for place, zone in zip(places, ZONES, strict=True):
            found = people.find(conn, Platform.TELEGRAM, place)
            assert found is not None
            whose = found.participant.id
            people.change(conn, whose, zone=zone, zone_chosen=True, joined_at=now())
        planning.start(conn, campaign(first, minutes), now())
        planning.plan(conn, list(rhythms.everyone(conn)), planning.running(conn), now())

    with crossing.opened() as store:
        store.writer.submit(plan).result(30)


def campaign(first: datetime, minutes: int) -> Campaign:
    """All steps of all zones; those of other zones come to a person at other hours."""
    told = {
        "name": "minutes",
        "title": "Minute by minute",
        "starts": (first - timedelta(days=2)).date(),
        "holidays": "none",
        "window": "00:00-24:00",
        "working_days": DAYS,
        "steps": [step for zone in ZONES for step in steps(zone, first, minutes)],
    }
    return Campaign.model_validate(told)


async def prove(crossing: Crossing, minutes: int, capsys: pytest.CaptureFixture[str]) -> None:
    first = now().replace(second=0, microsecond=0) + 2 * MINUTE
    planned(crossing, first, minutes)
    came: Counter[tuple[int, int]] = Counter()
    late: list[timedelta] = []

    def accepted(each: Accepted) -> None:
        if each.method.startswith("send") and each.markup:
            number = int((now() - first) / MINUTE)
            came[each.chat, number] += 1
            late.append(now() - first - number * MINUTE)

    crossing.telegram.on_accept = accepted
    async with crossing.telegram.running():
        program = crossing.make()
        with killed(program):
            program.go()
            end = first + (minutes - 1) * MINUTE + 2 * LATE
            await asyncio.sleep((end - now()).total_seconds())
            assert await program.ends() == 0
    worst = max(late).total_seconds()
    tell(
        capsys,
        f"{minutes} minutes by the real clock: {came.total()} prompts to {len(ZONES)} people in "
        f"{len(ZONES)} zones, the latest {worst:.1f} s into its minute",
    )
    wanted = {(int(place), number) for place in crossing.people for number in range(minutes)}
    assert came == Counter(wanted)
    assert max(late) <= LATE
    with crossing.looking() as made, made.connect() as conn:
        sent = select(func.count()).where(occasion.c.state == State.SENT)
        assert conn.scalar(sent) == len(wanted)


@pytest.mark.soak
async def test_prompts_come_on_their_minute_by_the_real_clock(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    await prove(Crossing(urls, master, seed=1, size=len(ZONES), strangers=0), 5, capsys)
