"""PostgreSQL stopped and started under the load of a crowd on Telegram: nothing is lost."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from tests.proofs.conftest import Stoppable
from tests.proofs.telegram_voyage import Crossing, check
from tests.proofs.voyage import tell

#: How many messages Telegram takes between two stops.
MUCH = 15


async def prove(crossing: Crossing, stoppable: Stoppable, stops: int) -> None:
    """Stop the database so many times, in both ways, while the crowd writes."""
    async with crossing.begun() as telegram:
        program = crossing.make()
        program.go()
        try:
            for number in range(stops):
                sent = len(telegram.sends)
                await crossing.until(lambda sent=sent: len(telegram.sends) >= sent + MUCH)  # type: ignore[misc]
                await crossing.amid_a_send(partial(stoppable.stop, at_once=bool(number % 2)))
                polls = len(telegram.updates.polls)
                # It asks Telegram for nothing it could not keep.
                await asyncio.sleep(1)
                assert len(telegram.updates.polls) <= polls + 1
                await asyncio.to_thread(stoppable.start)
            await crossing.over()
            assert program.lives
            assert await program.ends() == 0
        finally:
            program.kill()


async def test_two_stops_lose_nothing(
    stoppable: Stoppable, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(stoppable.urls, master, seed=12, counted=True)
    await prove(crossing, stoppable, 2)
    figures = check(crossing)
    tell(capsys, f"PostgreSQL stopped twice: {figures}")
    assert figures.doubled == 0


@pytest.mark.soak
async def test_ten_stops_lose_nothing(
    stoppable: Stoppable, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(stoppable.urls, master, seed=110)
    await prove(crossing, stoppable, 10)
    figures = check(crossing)
    tell(capsys, f"PostgreSQL stopped ten times: {figures}")
    assert figures.doubled == 0
