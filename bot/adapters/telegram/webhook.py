"""The webhook: one address to which Telegram posts updates, each with our secret.

An update is acknowledged once it is committed; until then Telegram brings it again, and what
follows in that chat waits. What can never be read is acknowledged too, so that it blocks nobody.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from hmac import compare_digest
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.adapters.telegram.polling import AWAY_DETAIL, FIRST, LONGEST, TOKEN_DETAIL, WANTED
from bot.adapters.telegram.transport import Transport

PATH = "/telegram/webhook"
#: In which header Telegram sends the secret.
HEADER = "X-Telegram-Bot-Api-Secret-Token"
#: The largest body we read, in bytes.
LARGEST = 1024 * 1024
#: Seconds after which an update that could not be committed is to come again.
AGAIN = 5
#: How many updates Telegram may bring at once.
AT_ONCE = 40
#: Seconds between two looks at how the webhook is.
LOOK = 60.0

_log = structlog.get_logger("telegram")


class _TooLargeError(Exception):
    """The body is larger than we read."""


def route(secret: str, take: Callable[[Mapping[str, Any]], Awaitable[None]]) -> Route:
    """The webhook's place in the web application."""

    async def webhook(request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if not compare_digest(given.encode(), secret.encode()):
            return PlainTextResponse("Not for you.", status_code=401)
        try:
            body = await _read(request)
        except _TooLargeError:
            return PlainTextResponse("Too large.", status_code=413)
        except ClientDisconnect:
            return Response(status_code=400)
        return await _taken(body, take)

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


async def _taken(body: bytes, take: Callable[[Mapping[str, Any]], Awaitable[None]]) -> Response:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        update = None
    if not isinstance(update, dict):
        _log.warning("an update that is none was left out", size=len(body))
        return Response()
    try:
        await take(update)
    except Exception as error:  # noqa: BLE001 - Telegram keeps it, and brings it again.
        _log.warning("an update is not taken yet", error=type(error).__name__)
        return Response(status_code=503, headers={"Retry-After": str(AGAIN)})
    return Response()


class Hook:
    """Sets the webhook and looks after it, until it is cancelled."""

    def __init__(
        self,
        transport: Transport,
        public_url: str,
        secret: str,
        tell: Callable[[bool, str], Awaitable[None]],
    ) -> None:
        self._transport = transport
        self._url = public_url.rstrip("/") + PATH
        self._secret = secret
        self._tell = tell

    async def run(self) -> None:
        """Set it, waiting out whatever fails; then tell how it is, every minute."""
        wait = FIRST
        while True:
            try:
                await self._set()
                while True:
                    await self._tell(*await self._look())
                    wait = FIRST
                    await asyncio.sleep(LOOK)
            except Exception as error:  # noqa: BLE001 - Whatever it is, it is waited out.
                detail = self._detail(error)
                _log.warning("the webhook could not be set or seen", detail=detail)
                await self._told(detail)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST)

    def _detail(self, error: Exception) -> str:
        """What went wrong, and what to do."""
        match error:
            case InvalidToken():
                return TOKEN_DETAIL
            case BadRequest():
                return (
                    f"Telegram refuses {self._url} as a webhook ({error.message[:120]}). Set "
                    "SKERRY_PUBLIC_URL to an https address on port 443, 80, 88 or 8443."
                )
            case TelegramError():
                return AWAY_DETAIL.format(error.message[:80])
            case _:
                return AWAY_DETAIL.format(type(error).__name__)

    async def _told(self, detail: str) -> None:
        try:
            await self._tell(False, detail)  # noqa: FBT003 - Well, then in which words.
        except Exception as error:  # noqa: BLE001 - The database may be away just now.
            _log.warning("health could not be told", error=type(error).__name__)

    async def _set(self) -> None:
        await self._transport.call(
            "setWebhook",
            url=self._url,
            secret_token=self._secret,
            allowed_updates=WANTED,
            max_connections=AT_ONCE,
        )

    async def _look(self) -> tuple[bool, str]:
        """How Telegram sees the webhook: well or not, and in words."""
        info = await self._transport.call("getWebhookInfo")
        if info.get("url") != self._url:
            return False, (
                "The webhook of this token was changed by another program. Stop that program, "
                "then restart Skerry."
            )
        waiting = int(info.get("pending_update_count", 0))
        failed = info.get("last_error_message")
        if waiting and failed:
            return False, f"{waiting} updates wait. Telegram says of {self._url}: {failed[:120]}"
        return True, f"Telegram brings updates to {self._url}."
