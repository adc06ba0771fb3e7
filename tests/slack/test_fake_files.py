"""The fake's files, both ways, and OAuth's access."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import faults
from tests.fakes.slack.kit import refused
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace

Json = dict[str, Any]
PNG = b"\x89PNG\r\n\x1a\n picture \x00\xff"


async def fetched(url: str, token: str = "") -> tuple[int, bytes, str]:
    """What is behind an address: code, bytes and type."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.read(), answer.content_type


async def test_a_file_is_uploaded_and_appears(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    person = workspace.person()
    done = await client.files_upload_v2(
        channel=person.channel.id,
        content=PNG,
        filename="walk.png",
        title="A walk",
        alt_txt="A path",
        initial_comment="Here it is",
    )
    assert done["file"]["title"] == "A walk"
    (file,) = person.last.files
    assert (file.content, file.mime, file.alt, person.last.text) == (
        PNG,
        "image/png",
        "A path",
        "Here it is",
    )
    assert [one.method for one in slack.accepted] == ["files.completeUploadExternal"]
    events = [p.body["event"] for p in slack.pending]
    assert events[0]["subtype"] == "file_share"
    found = (await client.files_info(file=file.id))["file"]
    assert found["shares"]["private"][person.channel.id][0]["ts"] == person.last.ts
    assert {"upload", "files.completeUploadExternal"} < {name for name, _ in slack.requests}


async def test_an_upload_must_be_whole_and_known(
    client: AsyncWebClient, slack: Slack, workspace: Workspace
) -> None:
    person = workspace.person()
    assert await refused(client.files_getUploadURLExternal(filename="x", length=0)) == (
        "invalid_arguments"
    )
    ticket = await client.files_getUploadURLExternal(filename="x.txt", length=5)
    async with aiohttp.ClientSession() as session:
        async with session.post(ticket["upload_url"], data=b"four") as answer:
            assert await answer.text() == "OK - 4"
        async with session.post(f"{slack.origin}/upload/v1/none", data=b"x") as answer:
            assert answer.status == 404
    files: list[Any] = [{"id": ticket["file_id"], "title": "x"}]
    where = person.channel.id
    told = client.files_completeUploadExternal(files=files, channel_id=where)
    assert await refused(told) == "file_update_failed"
    none: list[Any] = [{"id": "F404", "title": "x"}]
    told = client.files_completeUploadExternal(files=none, channel_id=where)
    assert await refused(told) == "file_not_found"


async def test_a_file_goes_to_a_channel_and_not_to_a_person_id(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    person = workspace.person()
    told = client.files_upload_v2(channel=person.id, content=b"x", filename="x.txt")
    assert await refused(told) == "invalid_channel"
    room = workspace.channel("learning", person)
    told = client.files_upload_v2(channel=room.id, content=b"x", filename="x.txt")
    assert await refused(told) == "posting_to_channel_denied"


async def test_a_file_from_a_person_is_told_and_downloaded(
    slack: Slack, workspace: Workspace
) -> None:
    person = workspace.person()
    message = person.sends_file(PNG, "image/png", "walk.png", "My walk")
    event = next(p.body["event"] for p in slack.pending if p.kind == "message")
    assert (event["subtype"], event["text"]) == ("file_share", "My walk")
    (file,) = event["files"]
    assert (file["mimetype"], file["size"], file["user"]) == ("image/png", len(PNG), person.id)
    for address in ("url_private", "url_private_download"):
        assert await fetched(file[address], workspace.token) == (200, PNG, "image/png")
    message.files[0].deleted = True
    assert (await fetched(file["url_private"], workspace.token))[0] == 404


async def test_without_the_right_token_a_login_page_comes(
    slack: Slack, workspace: Workspace
) -> None:
    message = workspace.person().sends_voice(b"voice")
    url = message.files[0].wire["url_private_download"]
    other = slack.workspace()
    for token in ("", "xoxb-other", other.token):
        code, body, kind = await fetched(url, token)
        assert (code, kind) == (200, "text/html")
        assert b"Sign in" in body
    workspace.team.scopes.discard("files:read")
    assert (await fetched(url, workspace.token))[2] == "text/html"


async def test_a_download_may_go_wrong(slack: Slack, workspace: Workspace) -> None:
    message = workspace.person().sends_voice(b"voice")
    assert message.files[0].wire["subtype"] == "slack_audio"
    url = message.files[0].wire["url_private"]
    slack.faults.add(faults.gateway(502), "file")
    assert (await fetched(url, workspace.token))[0] == 502
    slack.faults.add(faults.reset(), "file", times=None)
    with pytest.raises(aiohttp.ClientError):
        await fetched(url, workspace.token)


async def grant(slack: Slack, **params: str) -> Json:
    """What oauth.v2.access answers."""
    right = {"client_id": slack.client_id, "client_secret": slack.client_secret}
    url = f"{slack.root}oauth.v2.access"
    async with aiohttp.ClientSession() as session, session.post(url, data=right | params) as done:
        told: Json = await done.json()
        return told


async def test_a_code_is_good_once_and_for_its_address(slack: Slack) -> None:
    workspace = slack.workspace(installed=False)
    person = workspace.person()
    back = "https://skerry.example/slack/oauth_redirect"
    code = workspace.approves(person, scope="chat:write", redirect_uri=back)
    for params, error in (
        ({"code": "x"}, "invalid_code"),
        ({"code": code, "client_id": "1.2"}, "invalid_client_id"),
        ({"code": code, "client_secret": "x"}, "bad_client_secret"),
        ({"code": code}, "bad_redirect_uri"),
    ):
        assert (await grant(slack, **params))["error"] == error
    told = await grant(slack, code=code, redirect_uri=back)
    assert told["team"]["id"] == workspace.id
    assert (told["scope"], told["bot_user_id"]) == ("chat:write", workspace.bot.id)
    assert told["authed_user"]["id"] == person.id
    assert (await grant(slack, code=code, redirect_uri=back))["error"] == "invalid_code"
    client = AsyncWebClient(token=told["access_token"], base_url=slack.root)
    await client.chat_postMessage(channel=person.id, text="Hello")


async def test_the_token_stays_while_the_app_is_there_and_is_new_afterwards(
    slack: Slack,
) -> None:
    workspace = slack.workspace()
    person, first = workspace.person(), workspace.token
    again = await grant(slack, code=workspace.approves(person))
    assert again["access_token"] == first
    workspace.uninstalls()
    new = await grant(slack, code=workspace.approves(person))
    assert new["access_token"] != first


async def test_somebody_who_says_no_is_sent_back_with_an_error(slack: Slack) -> None:
    workspace = slack.workspace(installed=False)
    link = f"https://slack.com/oauth/v2/authorize?client_id={slack.client_id}&scope=a&state=s"
    back = workspace.visits(workspace.person(), link, approves=False)
    assert back == "?state=s&error=access_denied"
    with pytest.raises(LookupError):
        workspace.visits(workspace.person(), "https://slack.com/?client_id=x")
