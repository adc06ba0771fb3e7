"""files.* and the addresses beside them: uploads and downloads.

A real upload is shared a moment after files.completeUploadExternal has answered; here it is shared
before, though the answer says as little as the real one. Bytes which are not as long as announced
are `file_update_failed` here; Slack's docs do not say.
"""

from __future__ import annotations

import mimetypes
from typing import Any
from uuid import uuid4

from aiohttp import web

from tests.fakes.slack import told as events
from tests.fakes.slack.accounts import File
from tests.fakes.slack.calls import Call
from tests.fakes.slack.chatting import check_open, content, thread
from tests.fakes.slack.faults import Refusal, missing
from tests.fakes.slack.records import Channel, Standing
from tests.fakes.slack.wire import needed, string, structured
from tests.fakes.slack.world import World

Json = dict[str, Any]

LONGEST_ALT = 1000
#: What anybody without the right token gets instead of a file, with code 200.
LOGIN = (
    "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>"
)


def get_upload_url(call: Call) -> Json:
    """files.getUploadURLExternal."""
    name, length = needed(call.params, "filename"), string(call.params, "length", "0")
    if not length.isdecimal() or int(length) == 0:
        raise missing("length")
    alt = string(call.params, "alt_txt")
    if len(alt) > LONGEST_ALT:
        raise Refusal("alt_txt_too_large")
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    world, bot = call.world, call.team.bot.id
    file = File(
        world.name("F"), call.team.id, bot, name, mime, b"", world.now, world.origin, alt=alt
    )
    ticket = uuid4().hex
    world.uploads[ticket] = (file, int(length))
    return {"upload_url": f"{world.origin}/upload/v1/{ticket}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """files.completeUploadExternal."""
    named = structured(call.params, "files", "invalid_arguments")
    if not isinstance(named, list) or not named:
        raise missing("files")
    files = [_uploaded(call, one) for one in named]
    where = _where(call)
    blocks: list[Json] = []
    words = string(call.params, "initial_comment")
    if where is not None and not words and call.params.get("blocks"):
        words, blocks = content(call)
    ts = thread(call, where) if where is not None else ""
    for file in files:
        call.team.files[file.id] = file
    if where is None:
        for file in files:
            call.world.note(call.method, call.team, "", file.id, call.params)
    else:
        message = call.world.say(where, call.team.bot.id, words, blocks=blocks, by_bot=True)
        message.files, message.subtype, message.thread_ts = files, "file_share", ts
        message.more = call.told()
        for file in files:
            file.shares.append((where.id, message.ts))
        call.world.accept(call.method, message, call.params)
        events.written(call.world, message)
    return {"files": [{"id": file.id, "title": file.title or file.name} for file in files]}


def info(call: Call) -> Json:
    """files.info."""
    file = call.team.files.get(needed(call.params, "file"))
    if file is None:
        raise Refusal("file_not_found")
    if file.deleted:
        raise Refusal("file_deleted")
    shares: dict[str, list[Json]] = {}
    for channel, ts in file.shares:
        shares.setdefault(channel, []).append({"ts": ts})
    private = {"private": shares} if shares else {}
    ims = [channel for channel in shares if channel.startswith("D")]
    told = {"shares": private, "ims": ims, "channels": [], "groups": []}
    return {"file": file.wire | told, "comments": []}


def _uploaded(call: Call, named: Any) -> File:  # noqa: ANN401 - It comes from outside.
    """A file which was announced and has come whole."""
    name = named.get("id") if isinstance(named, dict) else None
    mine = [one for one in call.world.uploads.values() if one[0].team == call.team.id]
    announced = next((one for one in mine if one[0].id == name), None)
    if announced is None or name in call.team.files:
        raise Refusal("file_not_found")
    file, length = announced
    if len(file.content) != length:
        raise Refusal("file_update_failed")
    file.title = str(named.get("title") or file.name)
    return file


def _where(call: Call) -> Channel | None:
    """The conversation in which files are to be shared."""
    name = string(call.params, "channel_id") or string(call.params, "channels")
    if not name:
        return None
    channel = call.team.channels.get(name)
    if channel is None:
        raise Refusal("invalid_channel")
    try:
        check_open(call, channel)
    except Refusal:
        raise Refusal("posting_to_channel_denied") from None
    if channel.refuses:
        raise Refusal("posting_to_channel_denied")
    return channel


async def receive(world: World, request: web.Request) -> web.StreamResponse:
    """The bytes of a file that was announced: raw, or as a form."""
    announced = world.uploads.get(request.match_info["ticket"])
    if announced is None:
        return web.Response(status=404, text="Not Found")
    file, _ = announced
    if request.content_type.startswith("multipart/"):
        posted = await request.post()
        part = next(iter(posted.values()), "")
        whole = part.file.read() if isinstance(part, web.FileField) else part
        file.content = whole.encode() if isinstance(whole, str) else bytes(whole)
    else:
        file.content = await request.read()
    return web.Response(text=f"OK - {len(file.content)}")


def give(world: World, request: web.Request) -> web.StreamResponse:
    """The bytes of a file, for whoever has the right token; a login page for everybody else."""
    team_id, _, name = request.match_info["file"].partition("-")
    _, _, token = request.headers.get("Authorization", "").partition(" ")
    team, standing = world.tokens.get(token, (None, Standing.GONE))
    allowed = team is not None and team.id == team_id and "files:read" in team.scopes
    if team is None or standing is not Standing.INSTALLED or not allowed:
        return web.Response(text=LOGIN, content_type="text/html")
    file = team.files.get(name)
    if file is None or file.deleted:
        return web.Response(
            status=404, text="<html>File not found</html>", content_type="text/html"
        )
    return web.Response(body=file.content, content_type=file.mime)
