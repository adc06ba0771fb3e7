"""Bolt as transport only: one way in for what comes over HTTP and over sockets.

Bolt checks signatures and answers Slack's first handshake. All else is handed on before anything
of Bolt's looks at it, and answered once it is committed: Bolt itself would answer while a
listener is still at work, and knows no repetition. It would also read a body before it has
checked who sent it, stumble over one in an odd shape, and write down one that is signed wrongly.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from http import HTTPStatus
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot.adapters.slack.remembering import Newest
from bot.adapters.slack.transport import quiet

#: How long Slack's stamps are good, in both directions, so that none is forgotten too early.
REPLAYABLE = timedelta(minutes=10)
#: How many requests are remembered, so that none is taken twice.
MOST_REQUESTS = 50_000
#: In which headers Slack signs a request.
SIGNATURE, STAMP = "X-Slack-Signature", "X-Slack-Request-Timestamp"
_SIGNED = re.compile(r"v0=[0-9a-f]{64}")
_STAMPED = re.compile(r"[0-9]{1,11}")
_EPOCH, _SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)

Payload = Mapping[str, Any]
GoOn = Callable[[], Awaitable[BoltResponse]]
#: What takes a request, and says what answers it.
Take = Callable[[Payload], Awaitable[Payload | None]]
#: What is told of a refused request: its stamp, and whether it is signed with our secret.
Refused = Callable[[datetime, bool], None]

_log = structlog.get_logger("slack")


def untold(_stamp: datetime, _signed: bool) -> None:  # noqa: FBT001 - It is a Refused.
    """Nobody wants to know."""


class _Handing(AsyncMiddleware):
    """The place in Bolt's app at which a request is handed on."""

    def __init__(
        self, handed: Callable[[AsyncBoltRequest, GoOn], Awaitable[BoltResponse]]
    ) -> None:
        self._handed = handed

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: GoOn,  # noqa: A002 - Its signature is Bolt's.
    ) -> BoltResponse:
        """Hand a request on."""
        del resp
        return await self._handed(req, next)


class Bolt:
    """Bolt's app. `posted` is for HTTP, `brought` for sockets."""

    def __init__(
        self,
        take: Take,
        secret: str = "",
        clock: Callable[[], float] = time.monotonic,
        refused: Refused = untold,
    ) -> None:
        self._take = take
        self._refused = refused
        self._signs = SignatureVerifier(secret or token_hex(32))
        self._clock = clock
        #: Signatures of requests that were taken or are being taken, and since when.
        self._requests: Newest[str, float] = Newest(MOST_REQUESTS)
        self._app = AsyncApp(
            name="skerry",
            logger=quiet(),
            # Without a secret nothing is signed, and nothing that is posted is believed.
            signing_secret=secret or token_hex(32),
            authorize=_unasked,
            # Given a function, Bolt would take every body apart for its arguments.
            before_authorize=_Handing(self._handed),
            ssl_check_enabled=False,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
        )

    async def posted(self, body: bytes, headers: Mapping[str, str]) -> BoltResponse:
        """What to answer to what was posted."""
        signature, stamp = headers.get(SIGNATURE, ""), headers.get(STAMP, "")
        if not _SIGNED.fullmatch(signature) or not _STAMPED.fullmatch(stamp):
            return _refused()
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return _refused()
        request = AsyncBoltRequest(body="", headers={SIGNATURE: signature, STAMP: stamp})
        request.raw_body = text
        answer = await self._app.async_dispatch(request)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            ours = self._signs.generate_signature(timestamp=stamp, body=text) or ""
            self._refused(_EPOCH + int(stamp) * _SECOND, compare_digest(ours, signature))
        return answer

    async def brought(self, payload: Payload) -> BoltResponse:
        """What to answer to what came over a socket."""
        request = AsyncBoltRequest(body="", mode="socket_mode")
        request.body = dict(payload)
        return await self._app.async_dispatch(request)

    async def _handed(self, req: AsyncBoltRequest, go_on: GoOn) -> BoltResponse:
        """Hand on what is Slack's; by now its signature is checked."""
        signature = req.headers.get(SIGNATURE.lower(), [""])[0]
        if req.mode == "http":
            req.body = read(req.raw_body)
            # What is sought may be sought again within the second, and changes nothing.
            if req.body.get("type") != "block_suggestion" and self._is_known(signature):
                return _refused()
        if req.body.get("type") == "url_verification":
            return await go_on()
        try:
            answer = await self._take(req.body)
        except Exception as error:  # noqa: BLE001 - It is not acknowledged, and comes again.
            _log.warning("something is not taken yet", error=type(error).__name__)
            self._requests.pop(signature)
            return BoltResponse(status=500)
        return BoltResponse(status=200, body=dict(answer) if answer is not None else "")

    def _is_known(self, signature: str) -> bool:
        """Whether this very request was made before; one that failed is forgotten.

        Slack stamps each of its own repetitions anew; one within the same second as the first,
        whose answer was lost, is refused and comes again after a minute.
        """
        now = self._clock()
        since = self._requests.get(signature)
        if since is not None and now - since < REPLAYABLE.total_seconds():
            return True
        self._requests.put(signature, now)
        return False


def read(body: str) -> dict[str, Any]:
    """What was posted: JSON, or a form which may carry JSON; nothing when it is neither."""
    try:
        if body.lstrip().startswith(("{", "[")):
            told = json.loads(body)
        else:
            form = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=100))
            told = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _refused() -> BoltResponse:
    return BoltResponse(status=401, body={"error": "invalid request"})


async def _unasked() -> AuthorizeResult:
    """Bolt wants to know who may come in; whoever takes the request asks, and not Bolt."""
    raise LookupError
