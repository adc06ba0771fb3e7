"""The fake's request URL: signed, repeated and given up, before a house which answers on order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from tests.fakes.slack.hook import Unverified
from tests.fakes.slack.kit import buttons, words
from tests.fakes.slack.listening import Listening
from tests.fakes.slack.post import Parcel, State
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace

Json = dict[str, Any]


@dataclass
class Late:
    """An error which asks for no retry, after its time."""

    seconds: float


@dataclass
class House:
    """It notes what comes, and answers as a test says."""

    secret: str
    #: Answers still to give, then 200; a number is a code, a float a time to wait.
    answers: list[Any] = field(default_factory=list)
    heard: list[tuple[Json, dict[str, str]]] = field(default_factory=list)
    listening: Listening = field(init=False)
    echoes: bool = True

    def __post_init__(self) -> None:
        self.listening = Listening(self._application)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listening.port}/slack/events"

    @property
    def texts(self) -> list[str]:
        return [body["event"]["text"] for body, _ in self.heard]

    @property
    def retries(self) -> list[tuple[str, str]]:
        """Number and reason of each attempt."""
        names = ("X-Slack-Retry-Num", "X-Slack-Retry-Reason")
        return [(head.get(names[0], ""), head.get(names[1], "")) for _, head in self.heard]

    def _application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/slack/events", self._hear)
        return app

    async def _hear(self, request: web.Request) -> web.Response:
        raw = await request.text()
        headers = dict(request.headers)
        assert SignatureVerifier(self.secret).is_valid_request(raw, headers)
        if request.content_type != "application/json":
            posted = await request.post()
            self.heard.append((dict(posted), headers))
        else:
            body = await request.json()
            if body["type"] == "url_verification":
                return web.Response(text=body["challenge"] if self.echoes else "no")
            self.heard.append((body, headers))
        told = self.answers.pop(0) if self.answers else 200
        if isinstance(told, Late):
            await asyncio.sleep(told.seconds)
            return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
        if isinstance(told, float):
            await asyncio.sleep(told)
            told = 200
        there = {"Location": self.url}
        return told if isinstance(told, web.Response) else web.Response(status=told, headers=there)


@pytest.fixture
async def house(slack: Slack) -> AsyncIterator[House]:
    made = House(slack.signing_secret)
    await made.listening.open()
    await slack.subscribe(made.url)
    slack.post.minute = 0.02
    yield made
    await made.listening.close()


async def test_an_event_is_brought_signed_and_once(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: not slack.pending)
    assert house.texts == ["Hello"]
    assert house.retries == [("", "")]
    _, headers = house.heard[0]
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("Slackbot")


async def test_an_address_that_does_not_send_the_challenge_back_is_not_taken(
    slack: Slack, house: House
) -> None:
    house.echoes = False
    with pytest.raises(Unverified, match="no"):
        await slack.subscribe(house.url)


async def test_errors_are_retried_three_times_and_then_the_event_is_lost(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    house.answers = [500, 503, 404, 500]
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: slack.post.lost)
    assert house.retries == [("", "")] + [(str(n), "http_error") for n in (1, 2, 3)]
    assert [one.code for one in slack.post.lost[0].attempts] == [500, 503, 404, 500]
    assert slack.pending == []


async def test_a_slow_answer_is_a_timeout_and_the_first_retry_is_at_once(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    slack.hook.patience = 0.5
    house.answers = [1.0]
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: not slack.pending)
    assert house.retries == [("", ""), ("1", "http_timeout")]


async def test_no_retry_is_honoured_on_an_error(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    house.answers = [web.Response(status=500, headers={"X-Slack-No-Retry": "1"})]
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: slack.post.lost)
    assert len(house.heard) == 1


async def test_no_retry_on_a_late_error_leaves_the_first_retry(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    slack.hook.patience, slack.post.minute = 0.3, 0.8
    house.answers = [Late(0.5), 500]
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: slack.post.lost)
    assert house.retries == [("", ""), ("1", "http_timeout")]


async def test_two_redirects_are_followed_and_no_more(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    house.answers = [307, 307, 200]
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: not slack.pending)
    assert len(house.heard) == 3
    house.answers = [307, 307, 307]
    workspace.person("Wren").writes("Hello")
    await slack.wait_for(lambda: not slack.pending)
    assert house.retries[-1] == ("1", "too_many_redirects")


async def test_a_house_that_is_away_hears_of_it_when_it_is_back(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    slack.post.minute = 0.6
    await house.listening.close()
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: slack.post.attempts == 2)
    await house.listening.open()
    await slack.wait_for(lambda: not slack.pending)
    assert house.retries == [("2", "connection_failed")]


async def test_events_come_at_the_same_time(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    house.answers = [0.1, 0.1, 0.1]
    person = workspace.person()
    for text in ("One", "Two", "Three"):
        person.writes(text)
    await slack.wait_for(lambda: not slack.pending)
    assert slack.hook.busiest == 3


async def test_events_are_held_and_turned_about(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    person = workspace.person()
    slack.post.arrange = lambda parcels: parcels[::-1]
    with slack.post.held():
        person.writes("One")
        person.writes("Two")
        await asyncio.sleep(0.05)
        assert house.heard == []
    await slack.wait_for(lambda: not slack.pending)
    assert sorted(house.texts) == ["One", "Two"]


async def test_an_event_is_told_again_with_the_same_id(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    workspace.person().writes("Hello")
    await slack.wait_for(lambda: not slack.pending)
    slack.post.repeat(slack.post.parcels[0])
    await slack.wait_for(lambda: len(house.heard) == 2 and not slack.pending)
    first, second = (body["event_id"] for body, _ in house.heard)
    assert first == second
    assert house.retries[1] == ("1", "http_timeout")


async def test_an_interaction_is_a_form_and_is_not_repeated(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    person = workspace.person()
    blocks = [{"block_id": "b"} | words("Well?"), {"block_id": "c"} | buttons("Yes")]
    message = slack.say(person.channel, workspace.bot.id, "Well?", blocks=blocks, by_bot=True)
    house.answers = [500]
    press = await person.presses(message, "Yes").settled()
    assert list(house.heard[0][0]) == ["payload"]
    assert (press.state, press.error, len(house.heard)) == (State.LOST, "dispatch_failed", 1)
    assert person.errors == ["dispatch_failed"]


async def test_a_command_is_a_form_and_is_not_repeated(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    slack.hook.patience = 0.05
    house.answers = [0.2]
    person = workspace.person()
    command = person.uses("/skerry pause until Monday")
    assert command is not None
    await command.settled()
    body, _ = house.heard[0]
    assert (body["command"], body["text"]) == ("/skerry", "pause until Monday")
    assert (body["user_id"], body["channel_name"]) == (person.id, "directmessage")
    assert person.errors == ["operation_timeout"]


async def test_any_bytes_may_be_posted_with_any_headers(
    slack: Slack, workspace: Workspace, house: House
) -> None:
    raw = b'{"type": "event_callback", "event": {"type": "message", "text": "x"}}'
    headers = {"Content-Type": "application/json"} | slack.hook.signed(raw)
    assert (await slack.hook.post(raw, headers)).status_code == 200
    headers |= {"X-Slack-Signature": "v0=wrong"}
    assert (await slack.hook.post(raw, headers)).status_code == 500


async def test_any_event_may_be_pushed(slack: Slack, workspace: Workspace, house: House) -> None:
    parcel = slack.push({"type": "message", "text": None}, workspace)
    assert isinstance(parcel, Parcel)
    await parcel.settled()
    body, _ = house.heard[0]
    assert (body["event"], body["team_id"]) == ({"type": "message", "text": None}, workspace.id)
