"""Sockets: Socket Mode, in which Slack brings everything over WebSockets that we open.

slack_sdk's client would close a connection before it has the next one, acknowledge over the new
one what came over the old, and look for a lost one every few seconds only; so this is ours. Each
envelope is taken by itself and acknowledged over its own connection once it is committed. A
connection that is to end goes on until another is open and all that it brought is taken.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import structlog

from bot.adapters.port import Throttled
from bot.adapters.slack import fields
from bot.adapters.slack.bolt import Bolt, Take
from bot.adapters.slack.errors import AnsweredError, undeliverable
from bot.adapters.slack.transport import SLACK, Transport

#: Seconds between two pings of ours; without an answer within half of it, a connection is over.
BEAT = 10.0
#: Seconds for a connection to be opened and greeted.
PATIENCE = 15.0
#: Seconds between two times that it is told that all is well.
TOLD = 30.0
#: Seconds to wait after a failure: the first, and the longest.
FIRST, LONGEST = 1.0, 30.0
#: Seconds that a connection stays which Slack wants to end, and that remain at the very end for
#: what is being taken.
LINGER, LAST = 30.0, 5.0
_OK = 200

WELL_DETAIL = "Slack brings events over a socket."
TOKEN_DETAIL = (
    "Slack does not know the app's token for Socket Mode. Copy it again from the app's page "  # noqa: S105
    "(Basic Information, App-Level Tokens) into SKERRY_SLACK_APP_TOKEN."
)
OFF_DETAIL = (
    "Socket Mode is switched off for this app. Switch it on at the app's page, or leave "
    "SKERRY_SLACK_APP_TOKEN out and let Slack post events."
)
FULL_DETAIL = (
    "Ten sockets of this app are open, and Slack allows no more. Stop a Skerry that is not "
    "needed; this one goes on trying."
)
AWAY_DETAIL = "Slack cannot be reached ({}). Skerry goes on trying."
_TOKEN = frozenset(
    {"account_inactive", "invalid_auth", "not_allowed_token_type", "not_authed", "token_revoked"}
)
_FULL = "too_many_websockets"
_OFF = frozenset({"access_denied", "link_disabled", "socket_mode_not_enabled"})

Tell = Callable[[bool, str], Awaitable[None]]

_log = structlog.get_logger("slack")


class EndedError(Exception):
    """A connection ended before it was of any use."""


class Connection:
    """One WebSocket, from its greeting to its end."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, bolt: Bolt) -> None:
        self._socket = socket
        self._bolt = bolt
        #: Set once Slack has greeted us, and once it wants the connection to end or it has ended.
        self.greeted, self.leaving = asyncio.Event(), asyncio.Event()
        #: Why Slack wants it to end.
        self.reason = ""
        self._taking: set[asyncio.Task[None]] = set()
        self._closing = False
        self._reading = asyncio.create_task(self._read())

    async def ended(self) -> None:
        """Until nothing more can come."""
        await asyncio.wait([self._reading])

    async def drain(self) -> None:
        """Take nothing more, until all that is being taken is acknowledged."""
        self._closing = True
        while self._taking:
            await asyncio.wait(set(self._taking))

    async def close(self, seconds: float) -> None:
        """Let go, after some seconds for what is being taken."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.drain()
        left = set(self._taking)
        for task in (self._reading, *left):
            task.cancel()
        await asyncio.gather(self._reading, *left, return_exceptions=True)
        with suppress(Exception):
            await self._socket.close()

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._heard(message.data)
        finally:
            self.leaving.set()

    def _heard(self, text: str) -> None:
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            return
        if not isinstance(told, dict):
            return
        match told.get("type"):
            case "hello":
                self.greeted.set()
            case "disconnect":
                self.reason = fields.text(told, "reason")
                self.leaving.set()
            case _ if fields.text(told, "envelope_id") and not self._closing:
                task = asyncio.create_task(self._take(told))
                self._taking.add(task)
                task.add_done_callback(self._taking.discard)
            case _:
                pass

    async def _take(self, told: dict[str, Any]) -> None:
        """Take an envelope, and acknowledge it when it is committed."""
        payload = told.get("payload")
        answer = await self._bolt.brought(payload if isinstance(payload, dict) else {})
        if answer.status != _OK:
            return
        done: dict[str, Any] = {"envelope_id": told["envelope_id"]}
        if answer.body and told.get("accepts_response_payload") is True:
            done["payload"] = json.loads(answer.body)
        try:
            await self._socket.send_json(done)
        except Exception as error:  # noqa: BLE001 - Slack brings it again, and it is known then.
            _log.info("an envelope was not acknowledged", error=type(error).__name__)


class Sockets:
    """Keeps a connection open, and another before it ends, until it is cancelled."""

    def __init__(self, app_token: str, base_url: str, take: Take, tell: Tell) -> None:
        self._token = app_token
        self._transport = Transport(base_url or SLACK)
        self._bolt = Bolt(take)
        self._tell = tell
        self._failures = 0
        self._now: Connection | None = None
        #: Connections that are to end.
        self._leaving: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Listen until cancelled; then let what is being taken come to its end."""
        try:
            while True:
                try:
                    await self._round()
                except Exception as error:  # noqa: BLE001 - Whatever it is, it is waited out.
                    await self._fail(error)
        finally:
            await self._end()

    async def _round(self) -> None:
        """Open a connection, let the one before it end, and stay with it until it is to end."""
        before, opened = self._now, await self._open()
        self._now = opened
        if before is not None:
            self._let_go(before)
        clock = asyncio.get_running_loop().time
        since = clock()
        while not opened.leaving.is_set():
            await self._say(well=True, detail=WELL_DETAIL)
            with suppress(TimeoutError):
                async with asyncio.timeout(TOLD):
                    await opened.leaving.wait()
        if opened.reason:
            _log.info("Slack wants a connection to end", reason=opened.reason[:40])
        if opened.reason in _OFF:
            raise AnsweredError(_OK, opened.reason)
        if clock() - since < FIRST:
            raise EndedError(opened.reason)
        self._failures = 0

    async def _open(self) -> Connection:
        """A connection that Slack has greeted."""
        told = await self._transport.call(self._token, "apps.connections.open", {})
        async with asyncio.timeout(PATIENCE):
            socket = await self._transport.session.ws_connect(
                fields.text(told, "url"), heartbeat=BEAT, max_msg_size=0
            )
            connection = Connection(socket, self._bolt)
            waits = [
                asyncio.create_task(event.wait())
                for event in (connection.greeted, connection.leaving)
            ]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                await connection.close(0)
                raise
            finally:
                for task in waits:
                    task.cancel()
        if connection.greeted.is_set():
            return connection
        await connection.close(0)
        raise EndedError(connection.reason)

    def _let_go(self, connection: Connection) -> None:
        task = asyncio.create_task(self._until_over(connection))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _until_over(self, connection: Connection) -> None:
        """Let a connection end: Slack may still bring something over it for a while."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER):
                    await connection.ended()
            await connection.drain()
        finally:
            await connection.close(LAST)

    async def _fail(self, error: Exception) -> None:
        """Say what is wrong, and wait; each further wait is longer."""
        code = error.code if isinstance(error, AnsweredError) else ""
        if code in _TOKEN:
            detail, wait = TOKEN_DETAIL, LONGEST
        elif code in _OFF:
            detail, wait = OFF_DETAIL, LONGEST
        else:
            trouble = undeliverable(error)
            full = str(error) == _FULL
            detail = FULL_DETAIL if full else AWAY_DETAIL.format(trouble.reason[:40])
            wait = min(FIRST * 2 ** min(self._failures, 10), LONGEST)
            if isinstance(trouble, Throttled):
                wait = trouble.retry_after.total_seconds()
        self._failures += 1
        _log.warning("no socket", detail=detail)
        await self._say(well=False, detail=detail)
        await asyncio.sleep(wait)

    async def _say(self, *, well: bool, detail: str) -> None:
        with suppress(Exception):  # Health is a courtesy: the database may be away just now.
            await self._tell(well, detail)

    async def _end(self) -> None:
        """Acknowledge what is being taken, in a short time or not at all."""
        leaving = set(self._leaving)
        for task in leaving:
            task.cancel()
        await asyncio.gather(*leaving, return_exceptions=True)
        if self._now is not None:
            await self._now.close(LAST)
        await self._transport.close()
