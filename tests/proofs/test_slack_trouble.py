"""Slack away, unwell, in a hurry, or with another clock: it is waited out, and nothing is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from bot.adapters.slack.sockets import AWAY_DETAIL
from tests.conftest import Urls
from tests.fakes.slack.faults import (
    Fault,
    Order,
    Refusal,
    flood,
    garbage,
    gateway,
    hang,
    lost,
    refuse,
    reset,
)
from tests.fakes.slack.post import State
from tests.proofs.programs import Program
from tests.proofs.slack_program import Waits
from tests.proofs.slack_voyage import Crossing, check
from tests.proofs.slack_watched import SEND
from tests.proofs.voyage import tell

pytestmark = pytest.mark.parametrize("urls", ["sqlite"], indirect=True)

#: What hangs hangs for so much longer than a send may take, in seconds.
LONGER = 2.0
WAITS = Waits(patience=5.0, lease=8.0)
#: What Slack, or what stands before it, may do with anything at all; nothing is accepted.
TROUBLES = (
    flood(1),
    gateway(500),
    gateway(502),
    gateway(503),
    gateway(504),
    garbage(),
    reset(),
    refuse("fatal_error"),
    refuse("service_unavailable"),
    refuse("invalid_auth"),
)
#: The same when the message was accepted all the same: it must come again.
UNCERTAIN = (
    gateway(502, accepted=True),
    garbage(accepted=True),
    lost(),
    Fault(accepted=True, refusal=Refusal("internal_error")),
)
#: What helps people see and is given up when it fails.
COURTESIES = ("chat.update", "chat.postEphemeral", "reactions.add", "users.info", "views.publish")
#: How many messages people write to be kept, at the least.
MUCH = 20
#: By how much a clock is off, in seconds; Slack's stamps are good for five minutes.
OFF = 600
AWAY = AWAY_DETAIL.partition("(")[0]
WELL = "Slack brings events over a socket."


async def test_a_platform_that_is_away_or_unwell_is_waited_out(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=2, waits=WAITS, minute=3.0, counted=True)
    slack = crossing.slack
    uncertain = (*UNCERTAIN, hang(crossing.waits.patience + LONGER))
    async with crossing.at_work() as program:
        await slack.goes_away()
        await program.tells("slack", well=False, detail=AWAY)
        await slack.comes_back()
        await program.tells("slack", well=True, detail=WELL)
        courtesies = [_everything(crossing, method) for method in COURTESIES]
        faults = (*TROUBLES, *uncertain)
        orders = [slack.faults.add(fault, SEND) for fault in faults]
        crossing.begins()
        await crossing.until(lambda: all(order.times == 0 for order in orders))
        slack.faults.clear()
        await crossing.until(
            lambda: sum(len(each.sent) for each in crossing.people.values()) > MUCH
        )
        await crossing.over()
    figures = check(crossing)
    suffered = sum(order.struck for one in courtesies for order in one)
    tell(
        capsys,
        f"away once, {len(TROUBLES)} kinds of trouble with sends, {len(uncertain)} sends that "
        f"nobody heard of again, {suffered} courtesies that met trouble: {figures}",
    )
    assert suffered
    assert figures.doubled == len(uncertain)


def _everything(crossing: Crossing, method: str) -> list[Order]:
    """A method which meets every trouble in turn, for as long as it lasts."""
    return [crossing.slack.faults.add(fault, method, times=3) for fault in TROUBLES]


async def test_a_socket_that_is_refused_at_first_is_asked_for_again(
    urls: Urls, master: bytes
) -> None:
    crossing = Crossing(urls, master, seed=8, size=4, strangers=0, minute=3.0)
    slack, opening = crossing.slack, "apps.connections.open"
    async with crossing.at_work() as program:
        orders = [slack.faults.add(fault, opening) for fault in TROUBLES if not _is_token(fault)]
        slack.sockets.cuts()
        await program.tells("slack", well=False, detail=AWAY)
        await crossing.until(lambda: all(order.times == 0 for order in orders))
        await program.tells("slack", well=True, detail=WELL)
        crossing.begins()
        await crossing.over()
    assert check(crossing).doubled == 0


def _is_token(fault: Fault) -> bool:
    """Whether it says that the token is wrong: then half a minute passes."""
    return fault.refusal is not None and fault.refusal.error == "invalid_auth"


@pytest.mark.parametrize("off", [pytest.param(-OFF, marks=pytest.mark.soak), OFF])
async def test_what_is_signed_by_another_clock_is_refused_until_the_clocks_agree(
    urls: Urls, master: bytes, off: int
) -> None:
    crossing = Crossing(
        urls, master, seed=7, size=2, strangers=0, posted=True, minute=0.2, counted=True
    )
    slack, talker = crossing.slack, next(iter(crossing.people.values()))
    right = slack.hook.stamp
    async with crossing.at_work() as program:
        slack.hook.stamp = _off(right, off)
        talker.account.writes("journal")
        parcel = slack.post.parcels[-1]
        await crossing.until(lambda: parcel.state is State.LOST)
        assert [each.code for each in parcel.attempts] == [401] * 4
        assert not slack.sends
        await crossing.patiently(_says(program, "clock and Slack's are 10 minutes apart"))
        slack.hook.stamp = right
        talker.begins()
        await crossing.over()
    assert slack.sends


async def _says(program: Program, detail: str) -> None:
    """Until health says something of Slack."""
    while detail not in (await program.health())[1].get("slack", {}).get("detail", ""):  # noqa: ASYNC110 - Nobody tells.
        await asyncio.sleep(0.1)


def _off(right: Callable[[], float], seconds: int) -> Callable[[], float]:
    return lambda: right() + seconds


@pytest.mark.parametrize("posted", [pytest.param(False, marks=pytest.mark.soak), True])
async def test_what_is_said_while_we_are_away_for_longer_than_slack_tries_is_never_heard(
    urls: Urls, master: bytes, *, posted: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """So it is with Slack: some six minutes, then an event is gone, and nobody is told."""
    crossing = Crossing(urls, master, seed=9, size=2, strangers=0, posted=posted, minute=0.05)
    slack, talker = crossing.slack, next(iter(crossing.people.values()))
    slack.sockets.patience = 0.5
    async with slack.running():
        began = time.monotonic()
        talker.account.writes("journal")
        await crossing.until(lambda: slack.post.lost)
        took = time.monotonic() - began
        slack.sockets.patience = 3.0
        async with crossing.joins_in():
            assert not slack.sends
            talker.begins()
            await crossing.over()
    tell(capsys, f"away, posted {posted}: Slack gave an event up after {took:.2f} s (scaled)")
    assert slack.sends
