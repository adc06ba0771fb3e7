"""The fake's Socket Mode, through Slack's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.kit import refused
from tests.fakes.slack.post import State
from tests.fakes.slack.server import Slack
from tests.fakes.slack.sockets import MOST
from tests.fakes.slack.workspace import Workspace


class House:
    """What a client hears, and whether it acknowledges."""

    def __init__(self, client: SocketModeClient) -> None:
        self.client = client
        self.heard: list[SocketModeRequest] = []
        self.answers = True

    async def hear(self, client: Any, request: SocketModeRequest) -> None:  # noqa: ANN401
        self.heard.append(request)
        if self.answers:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id))

    @property
    def texts(self) -> list[str]:
        return [one.payload["event"]["text"] for one in self.heard]


@asynccontextmanager
async def connected(slack: Slack) -> AsyncIterator[House]:
    """A client that listens."""
    web = AsyncWebClient(base_url=slack.root)
    client = SocketModeClient(app_token=slack.app_token, web_client=web, ping_interval=0.2)
    house = House(client)
    client.socket_mode_request_listeners.append(house.hear)
    before = slack.sockets.opened
    await client.connect()  # type: ignore[no-untyped-call]  # Slack left it so.
    await slack.wait_for(lambda: slack.sockets.opened > before)
    try:
        yield house
    finally:
        await client.close()  # type: ignore[no-untyped-call]  # The same.


@pytest.fixture
async def house(slack: Slack) -> AsyncIterator[House]:
    async with connected(slack) as made:
        yield made


async def test_an_event_is_acknowledged_by_its_envelope(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    person = workspace.person()
    message = person.writes("Hello")
    assert [parcel.kind for parcel in slack.pending] == ["message"]
    await slack.wait_for(lambda: not slack.pending)
    (heard,) = house.heard
    assert (heard.type, heard.retry_attempt, heard.retry_reason) == ("events_api", 0, "")
    body = heard.payload
    assert body["team_id"] == workspace.id
    assert body["authorizations"][0]["user_id"] == workspace.bot.id
    assert body["event"]["ts"] == message.ts
    assert body["event"]["channel_type"] == "im"
    assert slack.post.parcels[0].state is State.TAKEN


async def test_an_event_that_nobody_acknowledges_comes_again_and_is_lost_at_last(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    slack.sockets.patience, slack.post.minute = 0.05, 0.02
    house.answers = False
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: slack.post.lost)
    assert [one.retry_attempt for one in house.heard] == [0, 1, 2, 3]
    assert [one.retry_reason for one in house.heard] == ["", "timeout", "timeout", "timeout"]
    assert len({one.payload["event_id"] for one in house.heard}) == 1
    assert len({one.envelope_id for one in house.heard}) == 4
    assert (slack.pending, slack.post.retries) == ([], 3)


async def test_a_late_acknowledgement_counts_nothing(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    slack.sockets.patience = 0.05
    house.answers = False
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: len(house.heard) == 2)
    first = SocketModeResponse(house.heard[0].envelope_id)
    await house.client.send_socket_mode_response(first)
    await slack.wait_for(lambda: slack.sockets.strays)
    assert slack.pending


async def test_what_a_cut_connection_did_not_acknowledge_comes_over_the_next(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    house.answers = False
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: house.heard)
    house.answers = True
    slack.sockets.cuts()
    await slack.wait_for(lambda: not slack.pending)
    assert house.texts == ["Hello", "Hello"]
    assert slack.sockets.opened == 2
    assert house.heard[1].retry_attempt == 1


async def test_an_event_waits_a_little_for_a_connection(
    slack: Slack, workspace: Workspace
) -> None:
    workspace.person().writes("Hello")
    async with connected(slack) as house:
        await slack.wait_for(lambda: not slack.pending)
        assert [one.retry_attempt for one in house.heard] == [0]


async def test_each_event_goes_to_one_of_several_connections(
    slack: Slack, workspace: Workspace
) -> None:
    person = workspace.person()
    async with connected(slack) as one, connected(slack) as two:
        for number in range(6):
            person.writes(str(number))
        await slack.wait_for(lambda: not slack.pending)
        assert (len(one.heard), len(two.heard)) == (3, 3)
        assert sorted(one.texts + two.texts) == list("012345")


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_client_that_is_told_to_go_comes_back(
    slack: Slack, workspace: Workspace, house: House, reason: str
) -> None:
    await slack.sockets.disconnects(reason)
    await slack.wait_for(lambda: slack.sockets.opened == 2)
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: not slack.pending)
    assert house.texts == ["Hello"]


async def test_a_link_that_is_disabled_opens_no_more(slack: Slack, house: House) -> None:
    await slack.sockets.disconnects("link_disabled")
    web = AsyncWebClient(base_url=slack.root)
    told = await refused(web.apps_connections_open(app_token=slack.app_token))
    assert told == "access_denied"


async def test_pings_are_answered_both_ways(slack: Slack, house: House) -> None:
    (connection,) = slack.sockets.connections
    await slack.wait_for(lambda: connection.pings >= 2)
    await slack.sockets.pings()
    await slack.wait_for(lambda: connection.pongs)


async def opened(slack: Slack, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    """One connection by hand."""
    web = AsyncWebClient(base_url=slack.root)
    url = (await web.apps_connections_open(app_token=slack.app_token))["url"]
    return await session.ws_connect(str(url))


async def test_the_eleventh_connection_is_refused(slack: Slack) -> None:
    slack.limits.on = False
    async with aiohttp.ClientSession() as session:
        kept = [await opened(slack, session) for _ in range(MOST)]
        for number, connection in enumerate(kept):
            hello = await connection.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", number + 1)
        last = await opened(slack, session)
        assert (await last.receive_json())["reason"] == "too_many_websockets"
        assert (await last.receive()).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
        assert (len(slack.sockets.connections), slack.sockets.refused) == (MOST, 1)


async def test_a_ticket_is_good_once(slack: Slack) -> None:
    web = AsyncWebClient(base_url=slack.root)
    url = (await web.apps_connections_open(app_token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_connections_are_for_the_apps_own_token(
    slack: Slack, workspace: Workspace, client: AsyncWebClient
) -> None:
    assert await refused(client.apps_connections_open(app_token=workspace.token)) == (
        "not_allowed_token_type"
    )
    assert await refused(client.apps_connections_open(app_token="xapp-other")) == "invalid_auth"
    other = AsyncWebClient(base_url=slack.root, token=slack.app_token)
    assert await refused(other.auth_test()) == "not_allowed_token_type"


async def test_a_raw_text_reaches_the_client(slack: Slack, house: House) -> None:
    await slack.sockets.send_raw("not json")
    await slack.sockets.send_raw('{"type": "events_api", "envelope_id": "e1", "payload": {}}')
    await slack.wait_for(lambda: slack.sockets.strays)
    assert slack.sockets.strays == [{"envelope_id": "e1"}]


async def test_two_events_may_be_turned_about(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    person = workspace.person()
    slack.post.arrange = lambda parcels: parcels[::-1]
    with slack.post.held():
        person.writes("One")
        person.writes("Two")
    await slack.wait_for(lambda: not slack.pending)
    assert house.texts == ["Two", "One"]


async def test_an_acknowledgement_may_be_lost(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    slack.post.to_lose = 1
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: not slack.pending)
    assert [one.retry_attempt for one in house.heard] == [0, 1]
