"""The `response_url` of an interaction or command: five answers within half an hour.

With which words Slack refuses a sixth is not documented; `used_url` is what people report.
"""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from tests.fakes.slack import told
from tests.fakes.slack.answers import say
from tests.fakes.slack.blocks import checked_blocks
from tests.fakes.slack.faults import Refusal
from tests.fakes.slack.records import Channel, Message
from tests.fakes.slack.world import World

Json = dict[str, Any]


async def respond(world: World, request: web.Request) -> web.StreamResponse:
    """One answer."""
    name = f"{request.match_info['team']}/{request.match_info['number']}"
    kept = world.responses.get(name)
    try:
        body = json.loads(await request.read())
    except ValueError:
        return web.Response(status=400, text="invalid_payload")
    world.requests.append(("response_url", body))
    world.on_request("response_url", body)
    world.changed()
    if kept is None:
        return web.json_response({"ok": False, "error": "expired_url"}, status=404)
    channel, message, person, left = kept
    if left == 0:
        return web.json_response({"ok": False, "error": "used_url"}, status=404)
    kept[3] -= 1
    try:
        _carry_out(world, channel, message, person, body)
    except Refusal as refusal:
        return web.Response(status=400, text=refusal.error)
    return web.Response(text="ok")


def _carry_out(
    world: World, channel: Channel, message: Message | None, person: str, body: Json
) -> None:
    if message is None or not (body.get("replace_original") or body.get("delete_original")):
        new = say(world, channel, person, body)
        told.written(world, new)
        return
    before = message.wire
    if body.get("delete_original"):
        message.deleted = True
        told.deleted(world, message, before)
    else:
        message.edits.append(message.text)
        message.blocks = checked_blocks(world, body.get("blocks") or [])
        message.fallback, message.edited = str(body.get("text", "")), world.ts()
        told.changed(world, message, before)
    world.accept("response", message, body)
