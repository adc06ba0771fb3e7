"""Slack as `skerry run` connects it: by sockets, over HTTP, for one workspace or for many."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.adapters.slack.manifest import SCOPES
from bot.commands.line import Health
from bot.commands.links import SLACK_APP
from bot.store import meta, outbox, people, workspaces
from bot.store.tables import workspace as workspace_table
from bot.trust.sealing import new_key
from scheduler.tick import now
from tests.conftest import Server, Urls, on_sqlite
from tests.fakes.slack import faults
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace
from tests.slack.whole import Whole, whole

PUBLIC = "https://skerry.example"


@pytest.fixture
def urls(tmp_path: Path) -> Urls:
    return on_sqlite(tmp_path)


@pytest.fixture
def key() -> bytes:
    return new_key()


def by_socket(slack: Slack, workspace: Workspace | None = None) -> dict[str, str]:
    token = {"slack_bot_token": workspace.token} if workspace else {}
    return token | {"slack_app_token": slack.app_token}


def over_http(slack: Slack, workspace: Workspace) -> dict[str, str]:
    return {"slack_bot_token": workspace.token, "slack_signing_secret": slack.signing_secret}


def for_many(slack: Slack) -> dict[str, str]:
    return by_socket(slack) | {
        "slack_client_id": slack.client_id,
        "slack_client_secret": slack.client_secret,
        "public_url": PUBLIC,
    }


def gone(house: Whole) -> bool:
    """Whether nobody is reached any more of those who take part."""

    def all_gone(conn: Connection) -> bool:
        everyone = people.everyone(conn)
        return bool(everyone) and all(people.places_gone(conn, each.id) for each in everyone)

    return house.reads(all_gone)


async def test_by_a_socket_somebody_who_writes_is_answered(
    slack: Slack, workspace: Workspace, urls: Urls, key: bytes
) -> None:
    async with whole(slack, urls, key, by_socket(slack, workspace)) as house:
        await house.answers(workspace.person(), "hello", "May I keep your answers?")
        assert (await house.is_told("Slack brings events over a socket")).well
        assert (await house.get("/slack/events")).status_code == 404
        row = house.reads(lambda conn: conn.execute(select(workspace_table)).one())
        assert (row.id, row.name, row.token) == (workspace.id, "Collective Leadership", None)
        assert house.reads(lambda conn: meta.noted(conn, SLACK_APP)) == slack.app_id
    assert not slack.sockets.connections


@pytest.mark.parametrize(
    ("lacking", "well"),
    [({"channels:read", "groups:read"}, True), ({"groups:read", "im:write"}, False)],
)
async def test_an_app_from_before_channels_is_well_and_is_told_what_it_lacks(  # noqa: PLR0913, PLR0917
    slack: Slack,
    workspace: Workspace,
    urls: Urls,
    key: bytes,
    lacking: set[str],
    well: bool,  # noqa: FBT001
) -> None:
    workspace.team.scopes -= lacking
    async with whole(slack, urls, key, by_socket(slack, workspace)) as house:
        await house.answers(workspace.person(), "hello", "May I keep your answers?")
        told = await house.is_told(f"The app lacks {', '.join(sorted(lacking))}.")
        assert told.well is well


async def test_over_http_somebody_who_writes_is_answered(
    slack: Slack, workspace: Workspace, urls: Urls, key: bytes
) -> None:
    async with whole(slack, urls, key, over_http(slack, workspace)) as house:
        assert (await house.is_told("none came yet")).well
        await slack.subscribe(f"{house.url}/slack/events")
        await house.answers(workspace.person(), "hello", "May I keep your answers?")
        assert (await house.get("/slack/install")).status_code == 404
    assert "apps.connections.open" not in {method for method, _ in slack.requests}


async def test_a_wrong_signing_secret_is_told_and_what_is_posted_later_by_others_is_not(
    slack: Slack, workspace: Workspace, urls: Urls, key: bytes
) -> None:
    wrong = over_http(slack, workspace) | {"slack_signing_secret": "0" * 32}
    async with whole(slack, urls, key, wrong) as house:
        body = b'{"type": "event_callback"}'
        url = f"{house.url}/slack/events"
        assert (await slack.hook.post(body, slack.hook.signed(body), url)).status_code == 401
        assert not (await house.is_told("not signed with SKERRY_SLACK_SIGNING_SECRET")).well


async def test_what_is_refused_while_health_is_being_told_is_told_next(
    slack: Slack, workspace: Workspace, urls: Urls, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = over_http(slack, workspace) | {"slack_signing_secret": "0" * 32}
    telling = Health.tell
    told: list[str] = []
    open_ = asyncio.Event()

    async def amid(health: Health, well: bool, detail: str) -> None:  # noqa: FBT001
        told.append(detail)
        await telling(health, well, detail)
        if len(told) == 1:
            await open_.wait()  # Health may be told before the web application answers.
            body = b'{"type": "event_callback"}'
            url = f"{house.url}/slack/events"
            await slack.hook.post(body, slack.hook.signed(body), url)

    monkeypatch.setattr(Health, "tell", amid)
    async with whole(slack, urls, key, wrong) as house:
        open_.set()
        await house.is_told("not signed with SKERRY_SLACK_SIGNING_SECRET")
        assert "none came yet" in told[0]


async def test_with_both_settings_the_socket_wins(
    slack: Slack, workspace: Workspace, urls: Urls, key: bytes
) -> None:
    both = by_socket(slack, workspace) | over_http(slack, workspace)
    async with whole(slack, urls, key, both) as house:
        assert slack.sockets.connections
        assert (await house.get("/slack/events")).status_code == 404


async def test_a_workspace_that_lets_us_in_is_answered_at_once(
    slack: Slack, urls: Urls, key: bytes
) -> None:
    outside = slack.workspace(name="Riverside Health", installed=False)
    async with whole(slack, urls, key, for_many(slack)) as house:
        page = await house.get("/slack/install")
        state = page.text.partition("state=")[2].partition("&")[0]
        cookie = page.headers["set-cookie"].partition(";")[0]
        person, back_to = outside.person(), f"{PUBLIC}/slack/install"
        code = outside.approves(person, scope=",".join(SCOPES), redirect_uri=back_to)
        back = await house.get("/slack/install", cookie, code=code, state=state)
        assert back.status_code == 200, back.text
        await house.answers(person, "hello", "May I keep your answers?")


async def test_who_removes_us_gets_nothing_more_and_staff_are_told(
    slack: Slack, workspace: Workspace, urls: Urls, key: bytes
) -> None:
    async with whole(slack, urls, key, by_socket(slack, workspace)) as house:
        person = workspace.person()
        await house.answers(person, "hello", "May I keep your answers?")
        workspace.uninstalls()
        at = now()
        await house.eventually(lambda: gone(house))
        assert not any(each.queued for each in house.reads(outbox.counts))
        part = await house.is_told("removed Skerry")
        news = f"Collective Leadership removed Skerry on {at.day} {at:%B}."
        assert part.detail == f"Slack brings events over a socket. {news}"
        assert part.well
        assert news in (await house.get("/healthz")).text
        (known,) = house.reads(workspaces.everywhere)
        assert known.reason in {"app_uninstalled", "tokens_revoked", "uninstalled", "revoked"}


async def test_a_token_that_slack_does_not_take_is_told_and_asked_of_again(
    slack: Slack, workspace: Workspace, urls: Urls, key: bytes
) -> None:
    slack.faults.add(faults.refuse("invalid_auth"), "auth.test", times=1)
    async with whole(slack, urls, key, by_socket(slack, workspace), heard=False) as house:
        part = await house.is_told("SKERRY_SLACK_BOT_TOKEN (invalid_auth)")
        assert not part.well
        assert (await house.is_told("Slack brings events over a socket")).well


async def test_it_serves_while_slack_is_away_and_connects_once_it_is_back(
    slack: Slack, workspace: Workspace, urls: Urls, key: bytes
) -> None:
    await slack.goes_away()
    async with whole(slack, urls, key, by_socket(slack, workspace), heard=False) as house:
        assert (await house.get("/healthz?database")).status_code == 200
        assert not (await house.is_told("Slack cannot be reached")).well
        await slack.comes_back()
        await house.until(lambda: slack.sockets.connections)
        await house.answers(workspace.person(), "hello", "May I keep your answers?")


async def test_over_http_what_comes_too_early_comes_again(
    slack: Slack, workspace: Workspace, urls: Urls, key: bytes
) -> None:
    """Slack has not said yet whose the token is: what is brought meanwhile is not lost."""
    slack.faults.add(faults.gateway(503), "auth.test", times=1)
    async with whole(slack, urls, key, over_http(slack, workspace), heard=False) as house:
        await slack.subscribe(f"{house.url}/slack/events")
        await house.answers(workspace.person(), "hello", "May I keep your answers?")
        assert slack.post.parcels[0].attempts[0].code == 500


async def test_a_wrong_token_of_one_workspace_keeps_no_other_out(
    slack: Slack, urls: Urls, key: bytes
) -> None:
    wrong = for_many(slack) | {"slack_bot_token": "xoxb-of-nobody"}
    async with whole(slack, urls, key, wrong) as house:
        part = await house.is_told("SKERRY_SLACK_BOT_TOKEN (invalid_auth)")
        assert not part.well
        assert slack.sockets.connections
        assert (await house.get("/slack/install")).status_code == 200


@pytest.fixture
def shared(postgres: Server, tmp_path: Path) -> Iterator[Urls]:
    """Databases that several houses share."""
    with postgres.pair(tmp_path) as pair:
        yield pair


async def test_two_processes_hold_a_socket_each_and_answer_once(
    slack: Slack, workspace: Workspace, shared: Urls, key: bytes
) -> None:
    """Slack lets an app have ten, so nobody needs a lease."""
    settings = by_socket(slack, workspace)
    async with whole(slack, shared, key, settings) as one, whole(slack, shared, key, settings):
        await one.until(lambda: len(slack.sockets.connections) == 2)
        robins = [workspace.person(f"Robin{number}") for number in range(4)]
        for person in robins:
            await one.answers(person, "hello", "May I keep your answers?")
        asked = [sum("May I keep your answers?" in text for text in each.sees) for each in robins]
        assert asked == [1] * 4
        assert all(each.acknowledged for each in slack.sockets.connections)
