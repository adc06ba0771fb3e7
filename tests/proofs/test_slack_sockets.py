"""Slack's sockets cut, renewed, too many: every event is taken once, and the gaps are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.adapters.slack.sockets import FULL_DETAIL
from tests.conftest import Urls
from tests.fakes.slack.sockets import MOST
from tests.proofs.slack_voyage import Crossing, check
from tests.proofs.voyage import tell

Socket = aiohttp.ClientWebSocketResponse

pytestmark = pytest.mark.parametrize("urls", ["sqlite"], indirect=True)

#: How much is sent between two things that happen to the socket.
MUCH = 8
#: How long Slack leaves between its word and the end, in seconds; it says about ten.
WARNED = 1.0
WELL = "Slack brings events over a socket."


async def _sends_more(crossing: Crossing) -> None:
    before = len(crossing.slack.sends)
    await crossing.until(lambda: len(crossing.slack.sends) >= before + MUCH)


@pytest.mark.parametrize("times", [2, pytest.param(4, marks=pytest.mark.soak)])
async def test_a_socket_that_is_renewed_leaves_no_gap_and_one_that_is_cut_a_short_one(
    urls: Urls, master: bytes, times: int, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=21, minute=3.0, counted=True)
    slack, dark = crossing.slack, dict[str, list[float]]()
    async with crossing.at_work():
        crossing.begins()
        await _sends_more(crossing)
        slack.dark.clear()
        for word in ("warning", "refresh_requested"):
            for _ in range(times):
                await _renew(crossing, word)
            dark[f"{word}, then the end"] = list(slack.dark)
            slack.dark.clear()
        for _ in range(times):
            await slack.sockets.disconnects("refresh_requested")
            await _sends_more(crossing)
        dark["refresh_requested and the end at once"] = list(slack.dark)
        slack.dark.clear()
        for _ in range(times):
            slack.sockets.cuts()
            await _sends_more(crossing)
        dark["cut"] = list(slack.dark)
        await crossing.over()
    figures = check(crossing)
    gaps = "; ".join(
        f"{what}: {times} times, {len(each)} gaps"
        + (f" of {max(each) * 1000:.0f} ms at most" if each else "")
        for what, each in dark.items()
    )
    tell(capsys, f"sockets: {gaps}; {figures}")
    assert not dark["warning, then the end"]
    assert not dark["refresh_requested, then the end"]
    assert figures.doubled == 0


async def _renew(crossing: Crossing, word: str) -> None:
    """Slack says that a socket will end, goes on a while, and ends it once there is another."""
    slack = crossing.slack
    (old,) = [each for each in slack.sockets.connections if not each.leaving]
    opened = slack.sockets.opened
    await slack.sockets.disconnects(word, old, close=False)
    await crossing.until(lambda: slack.sockets.opened > opened)
    await _sends_more(crossing)
    await old.socket.close()


@asynccontextmanager
async def _others(crossing: Crossing, count: int) -> AsyncIterator[list[Socket]]:
    """So many sockets of somebody who has our token, reads all and acknowledges nothing."""
    slack, made = crossing.slack, list[Socket]()
    headers = {"Authorization": f"Bearer {slack.app_token}"}
    async with aiohttp.ClientSession() as session:
        for _ in range(count):
            url = f"{slack.root}apps.connections.open"
            async with session.post(url, headers=headers) as answer:
                told = await answer.json()
            made.append(await session.ws_connect(told["url"]))
            await made[-1].receive()
        yield made
        for each in made:
            await each.close()


async def test_an_eleventh_connection_is_named_until_there_is_room_and_then_all_is_taken(
    urls: Urls, master: bytes
) -> None:
    crossing = Crossing(urls, master, seed=22, size=6, minute=3.0)
    slack = crossing.slack
    async with (
        slack.running(),
        _others(crossing, MOST) as others,
        crossing.joins_in(heard=False) as program,
    ):
        await program.tells("slack", well=False, detail=FULL_DETAIL)
        assert slack.sockets.refused
        for each in others:
            await each.close()
        await program.tells("slack", well=True, detail=WELL)
        crossing.begins()
        await crossing.over()
    assert check(crossing).doubled == 0


async def test_a_second_connection_that_acknowledges_nothing_delays_and_loses_nothing(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody else on our token: what Slack brought to them comes again, to us."""
    crossing = Crossing(urls, master, seed=23, minute=3.0)
    slack = crossing.slack
    async with crossing.at_work():
        async with _others(crossing, 1):
            crossing.begins()
            theirs = slack.sockets.connections[-1]
            await crossing.until(lambda: theirs.sent >= MUCH)
            await asyncio.sleep(slack.sockets.patience / 2)
        await crossing.over()
    figures = check(crossing)
    tell(capsys, f"somebody else's socket took {theirs.sent} things: {figures}")
    assert theirs.acknowledged == 0
    assert figures.doubled == 0
