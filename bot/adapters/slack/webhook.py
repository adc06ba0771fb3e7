"""The webhook: one address to which Slack posts events, commands and what people press."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.adapters.slack.bolt import Bolt, Refused, Take, untold

PATH = "/slack/events"
#: The largest body we read, in bytes.
LARGEST = 1024 * 1024


class _TooLargeError(Exception):
    """The body is larger than we read."""


def route(secret: str, take: Take, refused: Refused = untold) -> Route:
    """The webhook's place in the web application; `secret` is what Slack signs with."""
    bolt = Bolt(take, secret, refused=refused)

    async def webhook(request: Request) -> Response:
        try:
            body = await _read(request)
        except _TooLargeError:
            return PlainTextResponse("Too large.", status_code=413)
        except ClientDisconnect:
            return Response(status_code=400)
        answer = await bolt.posted(body, request.headers)
        headers = {"Content-Type": answer.headers["content-type"][0]} if answer.body else {}
        return Response(answer.body, answer.status, headers)

    return Route(PATH, webhook, methods=["POST"])


async def _read(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > LARGEST:
        raise _TooLargeError
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise _TooLargeError
    return bytes(body)
