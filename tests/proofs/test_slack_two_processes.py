"""Two programs on one PostgreSQL and one app: each has a socket, both hear and both send."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import text

from tests.conftest import Urls
from tests.fakes.slack.records import Accepted
from tests.proofs.programs import Program, killed
from tests.proofs.slack_fate import Coroner
from tests.proofs.slack_voyage import Crossing, check
from tests.proofs.slack_watched import ONE, OTHER, SEND
from tests.proofs.voyage import tell

pytestmark = pytest.mark.parametrize("urls", ["postgresql"], indirect=True)

#: How much both have sent before anything happens to one of them.
MUCH = 15


def two(crossing: Crossing) -> tuple[Program, Program]:
    """Two programs made ready."""
    root = crossing.slack.other_root
    return crossing.make(), crossing.make(PORT="0", SLACK_BASE_URL=root)


async def both_work(crossing: Crossing, one: Program, other: Program) -> None:
    """Both have opened, each with a socket, and both have sent."""
    slack = crossing.slack
    await crossing.listens(one)
    other.go()
    await crossing.until(lambda: len(slack.sockets.connections) == 2)
    crossing.begins()
    await crossing.until(lambda: all(sent(crossing)[each] >= MUCH for each in (ONE, OTHER)))


def sent(crossing: Crossing) -> Counter[str]:
    """How many messages each program has sent."""
    return Counter(crossing.slack.senders.values())


async def _much_more_of(crossing: Crossing, name: str) -> None:
    before = sent(crossing)[name]
    await crossing.until(lambda: sent(crossing)[name] >= before + MUCH)


async def test_two_share_what_slack_brings_and_nothing_is_taken_or_sent_twice(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=31, minute=3.0)
    slack = crossing.slack
    async with slack.running():
        one, other = two(crossing)
        with killed(one, other):
            await both_work(crossing, one, other)
            heard = {each.number: each.acknowledged for each in slack.sockets.connections}
            await crossing.over()
            assert [await one.ends(), await other.ends()] == [0, 0]
    figures = check(crossing)
    tell(capsys, f"two programs: acknowledged {heard}, sent {dict(sent(crossing))}; {figures}")
    assert min(heard.values()) >= MUCH
    assert figures.doubled == 0


async def test_when_one_is_killed_the_other_takes_over_and_nothing_is_lost(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=32, minute=3.0)
    async with crossing.slack.running():
        one, other = two(crossing)
        with killed(one, other):
            await both_work(crossing, one, other)
            one.kill()
            with crossing.looking() as made:
                caught = Coroner(crossing, made).unacknowledged_of(ONE)
            await _much_more_of(crossing, OTHER)
            await crossing.over()
            assert await other.ends() == 0
    figures = check(crossing)
    tell(capsys, f"two programs, one killed: sent {dict(sent(crossing))}; {figures}")
    assert figures.doubled == caught


@pytest.mark.soak
async def test_one_that_is_frozen_past_its_lease_loses_nothing_and_changes_no_order(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """Slack ends a socket whose other end does not answer its pings; here it is cut."""
    crossing = Crossing(urls, master, seed=33, minute=3.0)
    slack = crossing.slack
    _end_idle_transactions(crossing)
    async with slack.running():
        one, other = two(crossing)
        with killed(one, other):
            await both_work(crossing, one, other)
            socket = min(slack.sockets.connections, key=lambda each: each.number)
            amid = await crossing.amid_a_send(one.freeze, ONE)
            slack.sockets.cuts(socket)
            await crossing.until(lambda: _came_again(crossing, amid))
            await _much_more_of(crossing, OTHER)
            one.thaw()
            await _much_more_of(crossing, ONE)
            await crossing.over()
            assert [await one.ends(), await other.ends()] == [0, 0]
    figures = check(crossing)
    tell(capsys, f"two programs, one frozen amid a send: {figures}")
    assert figures.doubled >= 1
    assert "somebody else has the message" in crossing.log.read_text()


def _end_idle_transactions(crossing: Crossing) -> None:
    """Have PostgreSQL end the transaction of one that is frozen; others wait for its locks."""
    with crossing.looking() as made, made.begin() as conn:
        name = f'"{made.url.database}"'
        conn.execute(text(f"ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '2s'"))


def _came_again(crossing: Crossing, amid: Accepted) -> bool:
    slack = crossing.slack
    return any(
        each.method == SEND
        and (each.team, each.channel, each.text) == (amid.team, amid.channel, amid.text)
        and each.id > amid.id
        and slack.senders[each.id] == OTHER
        for each in slack.sends
    )
