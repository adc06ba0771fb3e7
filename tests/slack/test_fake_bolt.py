"""The fake against Bolt itself: over HTTP with its signature, over sockets, and OAuth."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.slack.kit import buttons, words
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace
from tests.fakes.telegram.listening import Listening

Json = dict[str, Any]


def listeners(app: AsyncApp) -> AsyncApp:
    """A small bot: it says back what it hears, and takes a press and a command."""

    @app.event("message")
    async def hear(event: Json, say: Any) -> None:  # noqa: ANN401
        if "subtype" not in event:
            await say(text=event["text"], blocks=[words(event["text"]), buttons("Again")])

    @app.action("a0")
    async def press(ack: Any, body: Json, client: AsyncWebClient) -> None:  # noqa: ANN401
        await ack()
        message = body["message"]
        await client.chat_update(
            channel=body["channel"]["id"], ts=message["ts"], text="Pressed", blocks=[]
        )

    @app.command("/skerry")
    async def command(ack: Any, body: Json) -> None:  # noqa: ANN401
        match body["text"]:
            case "all":
                await ack(text="Hello all", response_type="in_channel")
            case "wrong":
                await ack(text="x", blocks=[{"type": "shout"}])
            case words_said:
                await ack(f"You said {words_said}")

    return app


def made(slack: Slack, workspace: Workspace) -> AsyncApp:
    client = AsyncWebClient(token=workspace.token, base_url=slack.root)
    return listeners(AsyncApp(client=client, signing_secret=slack.signing_secret))


@asynccontextmanager
async def served(app: AsyncApp) -> AsyncIterator[str]:
    """Where Bolt is behind a web server."""
    handler = AsyncSlackRequestHandler(app)

    async def handle(request: Request) -> Response:
        return await handler.handle(request)

    paths = ("/slack/events", "/slack/install", "/slack/oauth_redirect")
    routes = [Route(path, handle, methods=["GET", "POST"]) for path in paths]
    listening = Listening(Starlette(routes=routes))
    await listening.open()
    try:
        yield f"http://127.0.0.1:{listening.port}"
    finally:
        await listening.close()


@pytest.fixture(params=["http", "sockets"])
async def bolt(
    request: pytest.FixtureRequest, slack: Slack, workspace: Workspace
) -> AsyncIterator[AsyncApp]:
    """The bot, brought everything in each of the two ways."""
    app = made(slack, workspace)
    if request.param == "http":
        async with served(app) as here:
            await slack.subscribe(f"{here}/slack/events")
            yield app
        return
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt left it so.
    yield app
    await handler.close_async()  # type: ignore[no-untyped-call]  # The same.


async def test_a_message_is_heard_and_answered(
    slack: Slack, workspace: Workspace, bolt: AsyncApp
) -> None:
    person = workspace.person()
    person.writes("Hello & welcome")
    await slack.wait_for(lambda: person.sees and not slack.pending)
    assert person.sees == ["Hello & welcome"]
    assert slack.post.lost == []


async def test_a_press_changes_the_message(
    slack: Slack, workspace: Workspace, bolt: AsyncApp
) -> None:
    person = workspace.person()
    person.writes("Hello")
    await slack.wait_for(lambda: person.sees)
    press = await person.presses(person.last, "Again").settled()
    await slack.wait_for(lambda: person.sees == ["Pressed"])
    assert (press.error, person.errors) == ("", [])


async def test_a_command_is_answered_to_one_person_alone(
    slack: Slack, workspace: Workspace, bolt: AsyncApp
) -> None:
    person = workspace.person()
    room = workspace.channel("learning", person)
    command = person.uses("/skerry pause until Monday", channel=room)
    assert command is not None
    await command.settled()
    (whisper,) = person.whispers
    assert (whisper.text, whisper.channel) == ("You said pause until Monday", room)


async def test_an_answer_to_a_command_may_be_for_all(
    slack: Slack, workspace: Workspace, bolt: AsyncApp
) -> None:
    person = workspace.person()
    command = person.uses("/skerry all")
    assert command is not None
    await command.settled()
    assert (person.sees, person.whispers) == (["Hello all"], [])
    command = person.uses("/skerry wrong")
    assert command is not None
    await command.settled()
    assert command.error.startswith("invalid_blocks: [ERROR] unsupported type: shout")


async def test_a_command_that_nobody_registered_is_not_brought(
    slack: Slack, workspace: Workspace, bolt: AsyncApp
) -> None:
    person = workspace.person()
    assert person.uses("/other word") is None
    assert person.errors == ["/other is not a valid command"]


async def test_bolt_refuses_what_is_not_signed_by_slack(
    slack: Slack, workspace: Workspace
) -> None:
    raw = b'{"type": "event_callback", "event": {"type": "message"}}'
    async with served(made(slack, workspace)) as here:
        for ago, code in ((0, 200), (290, 200), (302, 401)):
            stamp = int(slack.hook.stamp()) - ago
            headers = {"Content-Type": "application/json"} | slack.hook.signed(raw, stamp)
            answer = await slack.hook.post(raw, headers, f"{here}/slack/events")
            assert answer.status_code == code


async def test_bolt_knows_nothing_of_a_rate_limit(slack: Slack, workspace: Workspace) -> None:
    slack.post.minute = 0.01
    async with served(made(slack, workspace)) as here:
        await slack.subscribe(f"{here}/slack/events")
        parcel = await workspace.rate_limited().settled()
    assert [attempt.code for attempt in parcel.attempts] == [404] * 4


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_an_app_is_installed_by_oauth(slack: Slack, tmp_path: Path) -> None:
    workspace = slack.workspace("T0NEW", "New", installed=False)
    person = workspace.person()
    settings = AsyncOAuthSettings(
        client_id=slack.client_id,
        client_secret=slack.client_secret,
        scopes=["chat:write", "im:history"],
        install_page_rendering_enabled=False,
        installation_store=FileInstallationStore(base_dir=str(tmp_path)),
        state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(tmp_path / "state")),
    )
    client = AsyncWebClient(base_url=slack.root)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret, oauth_settings=settings)
    async with served(listeners(app)) as here:
        async with httpx.AsyncClient(trust_env=False) as browser:
            page = await browser.get(f"{here}/slack/install")
            back = workspace.visits(person, page.headers["location"])
            cookie = {"Cookie": page.headers["set-cookie"].partition(";")[0]}
            done = await browser.get(f"{here}/slack/oauth_redirect{back}", headers=cookie)
            assert done.status_code == 200
        assert workspace.team.scopes == {"chat:write", "im:history"}
        await slack.subscribe(f"{here}/slack/events")
        person.writes("Hello")
        await slack.wait_for(lambda: person.sees == ["Hello"])
