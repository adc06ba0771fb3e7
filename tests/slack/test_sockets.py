"""Socket Mode: nothing is lost when a connection ends, and nothing acknowledged too early."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from bot.adapters.slack import sockets as socketing
from bot.adapters.slack.sockets import (
    AWAY_DETAIL,
    FULL_DETAIL,
    OFF_DETAIL,
    TOKEN_DETAIL,
    WELL_DETAIL,
    Sockets,
)
from bot.records import Entry, Reply
from tests.fakes.slack import faults
from tests.fakes.slack.people import Person
from tests.fakes.slack.post import State
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace
from tests.slack.events import suggestion
from tests.slack.house import House, stopped
from tests.slack.ways import socketed


@pytest.fixture
async def house(slack: Slack, workspace: Workspace) -> AsyncIterator[House]:
    made = House(slack, workspace)
    yield made
    made.free.set()
    await made.ours.close()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are waited out in no time."""
    monkeypatch.setattr(socketing, "FIRST", 0.05)
    monkeypatch.setattr(socketing, "LONGEST", 0.2)


@pytest.fixture
def robin(workspace: Workspace) -> Person:
    return workspace.person()


async def heard(house: House, many: int) -> None:
    await house.slack.wait_for(lambda: len(house.heard) >= many and not house.slack.pending)


async def told(house: House, detail: str, *, well: bool = False) -> None:
    await house.slack.wait_for(lambda: (well, detail) in house.told)


# --- taken, then acknowledged ---------------------------------------------------------------


async def test_an_envelope_is_acknowledged_once_it_is_committed(
    house: House, robin: Person
) -> None:
    house.free.clear()
    async with socketed(house):
        robin.writes("Hello")
        await house.slack.wait_for(lambda: house.slack.sockets.connections[0].sent)
        await asyncio.sleep(0.1)
        assert house.slack.sockets.connections[0].acknowledged == 0
        house.free.set()
        await heard(house, 1)
        assert house.slack.sockets.connections[0].acknowledged == 1
        assert (True, WELL_DETAIL) in house.told


async def test_what_cannot_be_taken_is_not_acknowledged(house: House, robin: Person) -> None:
    house.slack.sockets.patience = 0.3
    house.trouble = [OSError("full")]
    async with socketed(house):
        robin.writes("Hello")
        await heard(house, 1)
    assert house.slack.post.retries == 1
    assert house.slack.sockets.strays == []


async def test_only_what_may_carry_an_answer_carries_one(house: House) -> None:
    """Slack says with each envelope whether it reads one."""
    house.reply = lambda _: Reply(found=(Entry(value="v", label="l"),))
    async with socketed(house):
        told = suggestion()
        told["team"]["id"] = next(iter(house.known.held))
        for may in (True, False):
            acknowledged: list[object] = []

            def note(answer: object, held: list[object] = acknowledged) -> bool:
                held.append(answer)
                return False

            house.slack.sockets.loses = note
            envelope = {
                "type": "interactive",
                "envelope_id": "e1",
                "payload": told,
                "accepts_response_payload": may,
            }
            await house.slack.sockets.send_raw(json.dumps(envelope))
            await house.slack.wait_for(lambda held=acknowledged: held)  # type: ignore[misc]
            (answer,) = acknowledged
            assert ("payload" in answer) is may  # type: ignore[operator]


async def test_what_is_no_envelope_is_let_by(house: House, robin: Person) -> None:
    async with socketed(house):
        for text in (
            "no JSON",
            "[]",
            "7",
            "[" * 5000,
            "{}",
            '{"type": "something"}',
            '{"type": "events_api", "envelope_id": 7, "payload": {}}',
            '{"type": "events_api", "envelope_id": "e", "payload": [1]}',
            '{"type": "events_api", "envelope_id": "e"}',
        ):
            await house.slack.sockets.send_raw(text)
        await house.slack.sockets.pings()
        robin.writes("Still here?")
        await heard(house, 1)
        assert house.slack.sockets.opened == 1
        # What cannot be read is acknowledged too, so that it comes only once.
        assert [each["envelope_id"] for each in house.slack.sockets.strays] == ["e", "e"]


async def test_a_thing_that_goes_on_holds_no_other_person(
    house: House, robin: Person, workspace: Workspace
) -> None:
    house.slack.faults.add(
        faults.hang(1), "users.info", when=lambda asked: asked["user"] == robin.id
    )
    async with socketed(house):
        robin.writes("First")
        workspace.person("Alex").writes("Second")
        await house.slack.wait_for(lambda: house.heard)
        assert house.last.text == "Second"
        await heard(house, 2)


# --- connections that end -------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_another_connection_is_open_before_the_old_one_ends(
    house: House, robin: Person, reason: str
) -> None:
    async with socketed(house):
        fewest = [1]
        house.slack.on_request = lambda *_: fewest.append(len(house.slack.sockets.connections))
        await house.slack.sockets.disconnects(reason, close=False)
        await house.slack.wait_for(lambda: house.slack.sockets.opened == 2)
        assert len(house.slack.sockets.connections) == 2
        assert min(fewest) == 1
        robin.writes("Over the new one")
        await heard(house, 1)
        assert house.slack.sockets.connections[1].acknowledged == 1
        assert house.slack.post.retries == 0


async def test_what_is_being_taken_is_acknowledged_where_it_came(
    house: House, robin: Person
) -> None:
    house.free.clear()
    async with socketed(house):
        robin.writes("In between")
        await house.slack.wait_for(lambda: house.slack.sockets.connections[0].sent)
        old = house.slack.sockets.connections[0]
        await house.slack.sockets.disconnects("warning", close=False)
        await house.slack.wait_for(lambda: house.slack.sockets.opened == 2)
        house.free.set()
        await heard(house, 1)
        assert old.acknowledged == 1
        assert house.slack.sockets.strays == []
        assert house.slack.post.retries == 0


async def test_an_old_connection_is_let_go_in_the_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socketing, "LINGER", 0.1)
    async with socketed(house):
        await house.slack.sockets.disconnects("warning", close=False)
        await house.slack.wait_for(lambda: house.slack.sockets.opened == 2)
        await house.slack.wait_for(lambda: len(house.slack.sockets.connections) == 1)
        assert not house.slack.sockets.connections[0].leaving


async def test_a_connection_that_is_cut_is_replaced_and_nothing_is_lost(
    house: House, robin: Person
) -> None:
    house.slack.sockets.patience = 1
    async with socketed(house):
        for number in range(4):
            robin.writes(str(number))
            await house.slack.wait_for(
                lambda many=number: len(house.heard) > many or not house.slack.pending  # type: ignore[misc]
            )
            house.slack.sockets.cuts()
            await house.slack.wait_for(lambda: house.slack.sockets.connections)
        await house.slack.wait_for(lambda: not house.slack.pending)
    assert {body.text for body in house.bodies} == {"0", "1", "2", "3"}
    assert house.slack.post.lost == []


async def test_what_was_taken_while_its_connection_was_cut_comes_again(
    house: House, robin: Person
) -> None:
    house.free.clear()
    async with socketed(house):
        robin.writes("Meanwhile")
        await house.slack.wait_for(lambda: house.slack.sockets.connections[0].sent)
        house.slack.sockets.cuts()
        await house.slack.wait_for(lambda: house.slack.sockets.opened == 2)
        house.free.set()
        await heard(house, 2)
    assert len({came.id for came in house.heard}) == 1
    assert house.slack.sockets.strays == []


async def test_a_connection_that_slack_closes_is_replaced(house: House, robin: Person) -> None:
    async with socketed(house):
        await house.slack.sockets.disconnects("refresh_requested")
        await house.slack.wait_for(lambda: house.slack.sockets.opened == 2)
        robin.writes("Hello")
        await heard(house, 1)


async def test_a_connection_that_answers_no_ping_is_replaced(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socketing, "BEAT", 0.1)
    monkeypatch.setattr(house.slack.sockets, "_hear", ignored)
    async with socketed(house):
        await house.slack.wait_for(lambda: house.slack.sockets.opened >= 2)


async def ignored(*_: object) -> None:
    """Hear nothing, not even a ping."""


async def test_connections_that_end_at_once_are_waited_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socketing, "FIRST", 0.2)
    async with socketed(house):
        house.slack.on_request = lambda *_: None
        for _ in range(2):
            await house.slack.wait_for(lambda: house.slack.sockets.connections)
            house.slack.sockets.cuts()
            await house.slack.wait_for(lambda: not house.slack.sockets.connections)
        await told(house, AWAY_DETAIL.format("EndedError"))
        await house.slack.wait_for(lambda: house.slack.sockets.connections)
    assert house.slack.sockets.opened <= 4


# --- Slack away, and tokens -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("invalid_auth", TOKEN_DETAIL),
        ("not_allowed_token_type", TOKEN_DETAIL),
        ("access_denied", OFF_DETAIL),
        ("internal_error", AWAY_DETAIL.format("internal_error")),
    ],
)
async def test_what_keeps_us_away_is_told_and_waited_out(
    house: House, robin: Person, code: str, detail: str
) -> None:
    house.slack.faults.add(faults.refuse(code), "apps.connections.open", times=2)
    async with socketed(house):
        await told(house, detail)
        await told(house, WELL_DETAIL, well=True)
        robin.writes("Hello")
        await heard(house, 1)


async def test_a_wrong_token_is_told_and_stands_in_no_detail(house: House) -> None:
    wrong = Sockets("xapp-wrong", house.slack.root, house.take, house.tell)
    running = asyncio.create_task(wrong.run())
    await told(house, TOKEN_DETAIL)
    await stopped(running)
    assert "xapp" not in str(house.told)


async def test_socket_mode_that_is_switched_off_is_told(house: House) -> None:
    async with socketed(house):
        await house.slack.sockets.disconnects("link_disabled")
        await told(house, OFF_DETAIL)
        house.slack.sockets.enabled = True
        await house.slack.wait_for(lambda: house.slack.sockets.opened == 2)


async def test_too_many_connections_are_waited_out(house: House) -> None:
    """Ten may be open: those of other processes, or of one that just ended."""
    others = [
        asyncio.create_task(
            Sockets(house.slack.app_token, house.slack.root, house.take, house.tell).run()
        )
        for _ in range(10)
    ]
    await house.slack.wait_for(lambda: len(house.slack.sockets.connections) == 10)
    house.slack.limits.on = False
    late = asyncio.create_task(
        Sockets(house.slack.app_token, house.slack.root, house.take, house.tell).run()
    )
    await told(house, FULL_DETAIL)
    await stopped(others.pop())
    await house.slack.wait_for(lambda: house.slack.sockets.opened == 11)
    for task in (late, *others):
        await stopped(task)


async def test_a_slack_that_comes_back_is_found_again(house: House, robin: Person) -> None:
    async with socketed(house):
        await house.slack.goes_away()
        await house.slack.wait_for(lambda: not all(well for well, _ in house.told))
        await house.slack.comes_back()
        await house.slack.wait_for(lambda: house.slack.sockets.connections)
        robin.writes("Hello")
        await heard(house, 1)


async def test_how_fast_we_may_ask_is_heeded(house: House) -> None:
    house.slack.faults.add(faults.flood(1), "apps.connections.open")
    began = asyncio.get_running_loop().time()
    async with socketed(house):
        assert asyncio.get_running_loop().time() - began >= 1


async def test_health_that_cannot_be_told_stops_nothing(house: House, robin: Person) -> None:
    async def broken(_well: bool, _detail: str) -> None:  # noqa: FBT001
        raise OSError

    running = asyncio.create_task(
        Sockets(house.slack.app_token, house.slack.root, house.take, broken).run()
    )
    await house.slack.wait_for(lambda: house.slack.sockets.connections)
    robin.writes("Hello")
    await heard(house, 1)
    await stopped(running)


async def test_health_is_told_again_and_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socketing, "TOLD", 0.02)
    async with socketed(house):
        await house.slack.wait_for(lambda: house.told.count((True, WELL_DETAIL)) > 2)


# --- the end --------------------------------------------------------------------------------


async def test_at_the_end_what_is_being_taken_is_acknowledged_and_nothing_more_is_taken(
    house: House, robin: Person, workspace: Workspace
) -> None:
    house.free.clear()
    house.slack.sockets.patience = 0.5
    async with socketed(house) as sockets:
        robin.writes("The last")
        await house.slack.wait_for(lambda: house.slack.sockets.connections[0].sent)
        await house.slack.wait_for(lambda: house.told)
        connection = sockets._now
        assert connection is not None
        closing = asyncio.create_task(connection.close(2))
        await asyncio.sleep(0.05)
        workspace.person("Alex").writes("Too late")
        await asyncio.sleep(0.05)
        house.free.set()
        await closing
    first, second = house.slack.post.parcels
    assert first.state is State.TAKEN
    assert second.attempts == [] or second.attempts[0].reason
    assert house.bodies[0].text == "The last"


async def test_what_does_not_end_is_left_to_the_next_process(
    house: House, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socketing, "LAST", 0.1)
    house.free.clear()
    async with asyncio.timeout(25):
        async with socketed(house):
            robin.writes("Never taken")
            await house.slack.wait_for(lambda: house.slack.sockets.connections[0].sent)
    assert house.heard == []
    with suppress(TimeoutError):
        await house.slack.wait_for(lambda: not house.slack.sockets.connections, 1)
    assert house.slack.sockets.connections == []
