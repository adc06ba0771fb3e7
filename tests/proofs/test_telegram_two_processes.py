"""Two programs on one PostgreSQL and one token: one polls, both send, each can do it all alone."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from sqlalchemy import text

from tests.conftest import Urls
from tests.fakes.telegram.records import Accepted
from tests.proofs.programs import Program
from tests.proofs.telegram_fate import Coroner
from tests.proofs.telegram_program import Waits
from tests.proofs.telegram_voyage import Crossing, check
from tests.proofs.voyage import tell

pytestmark = pytest.mark.parametrize("urls", ["postgresql"], indirect=True)

#: By which name each program calls the server: so the server knows who calls.
ONE, OTHER = "127.0.0.1", "localhost"
#: The right to poll is held for less time than usual.
BRISK = Waits(right=6.0, beat=1.0, watch=0.5)
#: How much both have sent before anything happens to one of them.
MUCH = 15


async def both(crossing: Crossing) -> tuple[Program, Program]:
    """Two programs at work; the first one polls."""
    telegram = crossing.telegram
    root = telegram.root.replace(ONE, OTHER)
    one, other = crossing.make(), crossing.make(PORT="0", TELEGRAM_BASE_URL=root)
    one.go()
    await crossing.until(lambda: telegram.calls[ONE, "getupdates"])
    other.go()
    await crossing.until(lambda: all(sent(crossing)[each] >= MUCH for each in (ONE, OTHER)))
    return one, other


def sent(crossing: Crossing) -> Counter[str]:
    """How many messages each program has sent."""
    return Counter(crossing.telegram.senders.values())


async def test_when_the_one_that_polls_is_killed_the_other_one_does_it_and_nothing_is_lost(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=4, waits=BRISK)
    telegram = crossing.telegram
    async with crossing.begun():
        one, other = await both(crossing)
        try:
            assert not telegram.calls[OTHER, "getupdates"]
            one.kill()
            began = time.monotonic()
            await crossing.until(lambda: telegram.calls[OTHER, "getupdates"])
            took = time.monotonic() - began
            with crossing.looking() as made:
                caught = Coroner(crossing, made).unacknowledged_of(ONE)
            await _much_more_of(crossing, OTHER)
            await crossing.over()
            assert await other.ends() == 0
        finally:
            one.kill()
            other.kill()
    figures = check(crossing)
    tell(
        capsys,
        f"two programs, one killed: the other polled after {took:.1f} s; "
        f"{sent(crossing)[ONE]} sent by it, {sent(crossing)[OTHER]} by the other; {figures}",
    )
    assert figures.doubled == caught
    assert figures.conflicts == 0


async def prove_frozen(crossing: Crossing, times: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Freeze the one that polls past its leases, so many times; then let it go on."""
    untold = 0
    _end_idle_transactions(crossing)
    async with crossing.begun() as telegram:
        one, other = await both(crossing)
        programs = {ONE: one, OTHER: other}
        try:
            with crossing.looking() as made:
                coroner = Coroner(crossing, made)
                for _ in range(times):
                    frozen = telegram.polled
                    awake = OTHER if frozen == ONE else ONE
                    amid = await crossing.amid_a_send(programs[frozen].freeze, frozen)
                    untold += coroner.unacknowledged_of(frozen)
                    polls = telegram.calls[awake, "getupdates"]
                    await crossing.until(lambda: telegram.calls[awake, "getupdates"] > polls)  # noqa: B023
                    await crossing.until(lambda: _came_again(crossing, amid, awake))  # noqa: B023
                    await _much_more_of(crossing, awake)
                    programs[frozen].thaw()
                    await _much_more_of(crossing, frozen)
            await crossing.over()
            assert [await one.ends(), await other.ends()] == [0, 0]
        finally:
            one.kill()
            other.kill()
    figures = check(crossing)
    tell(capsys, f"two programs, the one that polls frozen {times} times amid a send: {figures}")
    assert times <= figures.doubled <= untold
    assert "somebody else has the message" in crossing.log.read_text()


def _end_idle_transactions(crossing: Crossing) -> None:
    """Have PostgreSQL end the transaction of one that is frozen; others wait for its locks."""
    with crossing.looking() as made, made.begin() as conn:
        name = f'"{made.url.database}"'
        conn.execute(text(f"ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '2s'"))


def _came_again(crossing: Crossing, amid: Accepted, sender: str) -> bool:
    telegram = crossing.telegram
    again = [each for each in telegram.sends if each.message > amid.message]
    return any(
        (each.chat, each.html) == (amid.chat, amid.html)
        and telegram.senders[each.message] == sender
        for each in again
    )


async def _much_more_of(crossing: Crossing, name: str) -> None:
    before = sent(crossing)[name]
    await crossing.until(lambda: sent(crossing)[name] >= before + MUCH)


@pytest.mark.soak
async def test_one_that_is_frozen_past_its_leases_loses_nothing_and_changes_no_order(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    await prove_frozen(Crossing(urls, master, seed=5, waits=BRISK), 1, capsys)


@pytest.mark.soak
async def test_one_that_is_frozen_ten_times_loses_nothing_and_changes_no_order(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    await prove_frozen(Crossing(urls, master, seed=10), 10, capsys)
