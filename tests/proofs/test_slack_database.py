"""PostgreSQL stopped and started under the load of a crowd on Slack: nothing is lost.

Nothing is acknowledged that is not committed, so Slack brings it again. It gives an event up
after some six minutes: a database that is away for longer costs what was said meanwhile.
"""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from tests.proofs.conftest import Stoppable
from tests.proofs.slack_voyage import Crossing, check
from tests.proofs.voyage import tell

#: How many messages Slack takes between two stops.
MUCH = 15


async def prove(crossing: Crossing, stoppable: Stoppable, stops: int) -> None:
    """Stop the database so many times, in both ways, while the crowd writes."""
    slack = crossing.slack
    async with crossing.at_work():
        crossing.begins()
        for number in range(stops):
            sent = len(slack.sends)
            await crossing.until(lambda sent=sent: len(slack.sends) >= sent + MUCH)  # type: ignore[misc]
            await crossing.amid_a_send(partial(stoppable.stop, at_once=bool(number % 2)))
            await asyncio.sleep(1)
            await asyncio.to_thread(stoppable.start)
            await crossing.until(lambda: not crossing.at_stake)
        await crossing.over()


@pytest.mark.parametrize("posted", [False, pytest.param(True, marks=pytest.mark.soak)])
async def test_two_stops_lose_nothing(
    stoppable: Stoppable, master: bytes, *, posted: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(stoppable.urls, master, seed=12, posted=posted, minute=3.0, counted=True)
    await prove(crossing, stoppable, 2)
    figures = check(crossing)
    tell(capsys, f"PostgreSQL stopped twice, posted {posted}: {figures}")
    assert figures.doubled == 0


@pytest.mark.soak
async def test_ten_stops_lose_nothing(
    stoppable: Stoppable, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(stoppable.urls, master, seed=110, minute=3.0)
    await prove(crossing, stoppable, 10)
    figures = check(crossing)
    tell(capsys, f"PostgreSQL stopped ten times: {figures}")
    assert figures.doubled == 0
