"""What goes wrong in the fake on order, and its limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import faults
from tests.fakes.slack.faults import Fault
from tests.fakes.slack.kit import refused
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace


@pytest.fixture
def client(slack: Slack, workspace: Workspace) -> AsyncWebClient:
    """It tries nothing again."""
    return AsyncWebClient(token=workspace.token, base_url=slack.root, retry_handlers=[])


async def test_a_refusal_strikes_as_often_as_it_is_told(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    person = workspace.person()
    order = slack.faults.add(faults.refuse("internal_error"), "chat.postMessage", times=2)
    for _ in range(2):
        told = client.chat_postMessage(channel=person.id, text="x")
        assert await refused(told) == "internal_error"
    await client.chat_postMessage(channel=person.id, text="x")
    assert (order.struck, person.sees) == (2, ["x"])


async def test_a_fault_strikes_only_what_it_is_for(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    slack.faults.add(
        faults.refuse("fatal_error"), "users.info", when=lambda params: params["user"] == "U9"
    )
    person = workspace.person()
    await client.users_info(user=person.id)
    assert await refused(client.users_info(user="U9")) == "fatal_error"
    slack.faults.add(faults.refuse("fatal_error"), times=None)
    assert await refused(client.auth_test()) == "fatal_error"
    slack.faults.clear()
    await client.auth_test()


async def test_a_flood_says_how_long_to_wait(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    slack.faults.add(faults.flood(7))
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    answer = caught.value.response
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer["error"] == "ratelimited"


async def test_a_client_that_waits_is_let_through(slack: Slack, workspace: Workspace) -> None:
    slack.faults.add(faults.flood(1))
    handlers: list[AsyncRetryHandler] = [AsyncRateLimitErrorRetryHandler(max_retry_count=1)]
    client = AsyncWebClient(token=workspace.token, base_url=slack.root, retry_handlers=handlers)
    await client.auth_test()
    assert [method for method, _ in slack.requests] == ["auth.test", "auth.test"]


@pytest.mark.parametrize("code", [500, 502, 503, 504])
async def test_a_gateway_answers_with_a_page(
    client: AsyncWebClient, slack: Slack, code: int
) -> None:
    slack.faults.add(faults.gateway(code))
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert caught.value.response.status_code == code


@pytest.mark.parametrize(("fault", "arrives"), [(faults.reset, False), (faults.lost, True)])
async def test_a_connection_is_cut_before_or_after(
    client: AsyncWebClient,
    slack: Slack,
    workspace: Workspace,
    fault: Callable[[], Fault],
    arrives: bool,  # noqa: FBT001 - A case.
) -> None:
    person = workspace.person()
    slack.faults.add(fault())
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=person.id, text="x")
    assert bool(person.sees) == arrives


async def test_garbage_is_no_json(client: AsyncWebClient, slack: Slack) -> None:
    slack.faults.add(faults.garbage())
    with pytest.raises(SlackApiError, match="JSON"):
        await client.auth_test()


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_hang_answers_late_or_never(
    slack: Slack,
    workspace: Workspace,
    accepted: bool,  # noqa: FBT001 - A case.
) -> None:
    person = workspace.person()
    slack.faults.add(faults.hang(0.2, accepted=accepted))
    client = AsyncWebClient(token=workspace.token, base_url=slack.root, retry_handlers=[])
    sending = client.chat_postMessage(channel=person.id, text="x")
    if accepted:
        await sending
    else:
        with pytest.raises(aiohttp.ClientError):
            await sending
    assert bool(person.sees) == accepted


async def test_slack_goes_away_and_comes_back(client: AsyncWebClient, slack: Slack) -> None:
    await slack.goes_away()
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.auth_test()
    await slack.comes_back()
    await client.auth_test()


async def test_messages_to_one_channel_come_slowly_after_a_few(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    slack.limits.channel = 0.5
    robin, wren = workspace.person("Robin"), workspace.person("Wren")
    for number in range(3):
        await client.chat_postMessage(channel=robin.id, text=str(number))
    told = client.chat_postMessage(channel=robin.channel.id, text="4")
    assert await refused(told) == "ratelimited"
    await client.chat_postMessage(channel=wren.id, text="1")
    assert slack.limits.provoked == 1
    await asyncio.sleep(2.05)
    await client.chat_postMessage(channel=robin.id, text="4")


async def test_a_tier_is_counted_by_method_and_workspace(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    slack.limits.tiers[4] = 2
    person = workspace.person()
    for _ in range(2):
        await client.users_info(user=person.id)
    assert await refused(client.users_info(user=person.id)) == "ratelimited"
    other = slack.workspace()
    there = AsyncWebClient(token=other.token, base_url=slack.root)
    await there.users_info(user=other.person().id)


async def test_limits_may_be_switched_off(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    slack.limits.on = False
    person = workspace.person()
    for number in range(10):
        await client.chat_postMessage(channel=person.id, text=str(number))
    assert len(person.sees) == 10
