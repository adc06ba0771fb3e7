"""Telegram away, unwell, or polled by a stranger: it is said, waited out, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import islice

import httpx
import pytest

from bot.adapters.telegram.polling import AWAY_DETAIL, STRANGER_DETAIL, TOKEN_DETAIL
from tests.conftest import Urls
from tests.fakes.telegram.faults import (
    conflict,
    flood,
    garbage,
    gateway,
    lost,
    reset,
    unauthorised,
)
from tests.proofs.programs import PATIENCE, Program
from tests.proofs.telegram_crowd import Talker
from tests.proofs.telegram_program import Waits
from tests.proofs.telegram_voyage import Crossing, check
from tests.proofs.voyage import tell

pytestmark = pytest.mark.parametrize("urls", ["sqlite"], indirect=True)

#: What Telegram, or what stands before it, may do with anything at all; nothing is accepted.
TROUBLES = (
    gateway(500),
    gateway(502),
    gateway(504),
    garbage(),
    reset(),
    flood(1),
    unauthorised(),
    conflict(),
)
#: The same when the message was accepted all the same: it must come again.
UNCERTAIN = (gateway(502, accepted=True), garbage(accepted=True), lost())
#: How many requests each trouble meets.
TIMES = 3
#: Polls are tried again soon.
BRISK = Waits(stranger=0.3, longest=0.3)


@asynccontextmanager
async def at_work(crossing: Crossing) -> AsyncIterator[Program]:
    """A program that goes on living whatever happens."""
    program = crossing.make()
    program.go()
    try:
        yield program
        assert program.lives
        assert await program.ends() == 0
    finally:
        program.kill()


async def tells(program: Program, *, well: bool, detail: str) -> None:
    """Until `/healthz` says this of Telegram."""
    async with asyncio.timeout(PATIENCE):
        while True:
            status, parts = await program.health()
            part = parts.get("telegram", {})
            if part.get("state") == ("well" if well else "unwell") and detail in part["detail"]:
                assert (status == 200) is well, parts
                return
            await asyncio.sleep(0.05)


def waves(crossing: Crossing, size: int) -> Iterator[list[Talker]]:
    """The crowd, some at a time."""
    people = iter(crossing.people.values())
    while wave := list(islice(people, size)):
        yield wave


async def begins(crossing: Crossing, wave: list[Talker]) -> None:
    """Some people begin; until each has been answered twice."""
    for talker in wave:
        talker.begins()
    await crossing.until(lambda: all(len(talker.account.sees) > 1 for talker in wave))


async def stranger(crossing: Crossing) -> None:
    """Another program that polls with our token and confirms nothing, until it is cancelled."""
    poll = f"{crossing.telegram.root}/bot{crossing.telegram.token}/getUpdates"
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        while True:
            await client.post(poll, json={"timeout": 50, "limit": 1})
            await asyncio.sleep(0.1)


async def test_a_stranger_who_polls_is_named_until_they_go_and_nothing_is_lost(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=1, size=12, counted=True)
    wave = waves(crossing, 4)
    async with crossing.telegram.running(), at_work(crossing) as program:
        await begins(crossing, next(wave))
        await tells(program, well=True, detail="polled")
        polling = asyncio.create_task(stranger(crossing))
        await begins(crossing, next(wave))
        # Nobody writes for a while, so that no poll succeeds by chance.
        crossing.enough()
        await crossing.until(lambda: crossing.said)
        await tells(program, well=False, detail=STRANGER_DETAIL)
        assert not polling.done()
        said = await asyncio.to_thread(crossing.doctor)
        assert said["telegram"]["state"] == "unwell"
        assert said["telegram"]["detail"] == STRANGER_DETAIL
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling
        await tells(program, well=True, detail="polled")
        await begins(crossing, next(wave))
        await crossing.over()
        said = await asyncio.to_thread(crossing.doctor)
        assert said["telegram"]["state"] == "well"
    figures = check(crossing)
    tell(capsys, f"a stranger on the token: {figures}")
    assert figures.conflicts > 1
    assert figures.doubled == 0


async def test_a_platform_that_is_away_or_unwell_is_waited_out(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=2, size=12, waits=BRISK, counted=True)
    telegram = crossing.telegram
    wave = waves(crossing, 6)
    async with telegram.running():
        await telegram.goes_away()
        async with at_work(crossing) as program:
            away = AWAY_DETAIL.partition("(")[0]
            await tells(program, well=False, detail=away)
            first = next(wave)
            for talker in first:
                talker.begins()
            await telegram.comes_back()
            await tells(program, well=True, detail="polled")
            await crossing.until(lambda: all(len(each.account.sees) > 1 for each in first))
            await _trouble(crossing)
            await _leaves_amid_what_waits(crossing, program, next(wave))
            await crossing.over()
    figures = check(crossing)
    tell(
        capsys,
        f"away twice, {len(TROUBLES)} kinds of trouble with {TIMES} polls and {TIMES} sends each, "
        f"{len(UNCERTAIN)} sends that nobody heard of again: {figures}",
    )
    assert figures.doubled == len(UNCERTAIN)


async def _trouble(crossing: Crossing) -> None:
    """Every trouble meets so many polls and sends, while people write."""
    faults = crossing.telegram.faults
    orders = [
        faults.add(fault, method, times=TIMES)
        for fault in TROUBLES
        for method in ("sendMessage", "getUpdates")
    ]
    orders += [faults.add(fault, "sendMessage") for fault in UNCERTAIN]
    await crossing.until(lambda: all(order.times == 0 for order in orders))
    faults.clear()


async def _leaves_amid_what_waits(
    crossing: Crossing, program: Program, wave: list[Talker]
) -> None:
    """Telegram goes away while messages wait to be sent, and people go on writing."""
    telegram = crossing.telegram
    telegram.faults.add(gateway(502), "sendMessage", times=None)
    seen = len(telegram.sends)
    for talker in wave:
        talker.begins()
    await crossing.until(lambda: not telegram.updates.pending)
    await telegram.goes_away()
    assert len(telegram.sends) == seen
    await tells(program, well=False, detail=AWAY_DETAIL.partition("(")[0])
    telegram.faults.clear()
    await telegram.comes_back()
    await tells(program, well=True, detail="polled")
    await crossing.until(lambda: all(len(each.account.sees) > 1 for each in wave))


async def test_a_token_that_is_revoked_is_named_and_messages_wait(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=3, size=4)
    async with crossing.begun() as telegram, at_work(crossing) as program:
        await crossing.until(lambda: len(telegram.sends) >= 4)
        order = telegram.faults.add(unauthorised(), times=None)
        await tells(program, well=False, detail=TOKEN_DETAIL)
        await crossing.until(lambda: order.struck >= TIMES)
        telegram.faults.clear()
        await tells(program, well=True, detail="polled")
        await crossing.over()
    figures = check(crossing)
    tell(capsys, f"a token revoked and restored: {figures}")
    assert figures.doubled == 0
