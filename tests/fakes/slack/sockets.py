"""Socket Mode: envelopes over WebSockets, each to one of up to ten connections.

Slack's docs do not say how it chooses among them, so they take turns; nor what an event meets
while no connection is open: it waits for its three seconds, as if one had not answered. Nor do
they say how a used ticket is refused: here it is 408 before the handshake.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

from aiohttp import WSMessage, WSMsgType, web

from tests.fakes.cutting import cut
from tests.fakes.slack.post import Answer, Parcel, Sort

Json = dict[str, Any]

#: The interactions whose acknowledgement may carry something.
CARRYING = {"view_submission", "block_suggestion"}
MOST = 10


@dataclass(eq=False)
class Connection:
    """One open socket of the app."""

    number: int
    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport
    #: What was sent over it and is not acknowledged.
    waiting: dict[str, asyncio.Future[Answer]] = field(default_factory=dict)
    #: Whether it was told to go: it gets nothing more while there are others.
    leaving: bool = False
    #: Envelopes sent and acknowledged over it, and pings and pongs that came.
    sent: int = 0
    acknowledged: int = 0
    pings: int = 0
    pongs: int = 0


@dataclass(eq=False)
class Sockets:
    """All connections, and what is sent over them."""

    app_id: str
    changed: Callable[[], None]
    #: How long the app may take to acknowledge, in real seconds.
    patience: float = 3
    #: How long a ticket is good, in real seconds; it is good once.
    ticket_life: float = 30
    connections: list[Connection] = field(default_factory=list)
    #: Whether Socket Mode is switched on for the app.
    enabled: bool = True
    #: Envelopes that the app acknowledged too late or twice, or that were never sent.
    strays: list[Json] = field(default_factory=list)
    #: How many connections were ever open, and how many were refused.
    opened: int = 0
    refused: int = 0
    #: Called with each parcel that is sent, and the name of its envelope.
    on_sent: Callable[[Parcel, str], None] = lambda _parcel, _envelope: None
    #: Called with each acknowledgement; True loses it.
    loses: Callable[[Json], bool] = lambda _: False
    _tickets: dict[str, float] = field(default_factory=dict)
    _turn: count[int] = field(default_factory=count)
    _free: asyncio.Event = field(default_factory=asyncio.Event)

    def ticket(self) -> str:
        """A new ticket for one connection."""
        ticket = str(uuid4())
        self._tickets[ticket] = time.monotonic()
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from its handshake to its end."""
        made = self._tickets.pop(request.query.get("ticket", ""), None)
        if made is None or time.monotonic() - made > self.ticket_life or not self.enabled:
            self.refused += 1
            return web.Response(status=408)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        transport = request.transport
        if transport is None:
            return socket
        if len(self.connections) >= MOST:
            self.refused += 1
            await socket.send_json(self._farewell("too_many_websockets"))
            cut(transport)
            return socket
        self.opened += 1
        connection = Connection(self.opened, socket, transport)
        self.connections.append(connection)
        try:
            await socket.send_json(self._hello())
            self._free.set()
            self.changed()
            async for message in socket:
                await self._hear(connection, message)
        finally:
            self._gone(connection)
        return socket

    async def carry(self, parcel: Parcel, number: int, reason: str) -> Answer:
        """One attempt, over one connection."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        envelope = str(uuid4())
        try:
            async with asyncio.timeout(self.patience):
                connection = await self._next()
                connection.waiting[envelope] = answer
                connection.sent += 1
                self.on_sent(parcel, envelope)
                try:
                    await connection.socket.send_json(wrapped(parcel, envelope, number, reason))
                except ConnectionError:
                    return Answer("connection_failed", 0)
                finally:
                    self.changed()
                return await answer
        except TimeoutError:
            return Answer("timeout", 0)
        finally:
            for one in self.connections:
                one.waiting.pop(envelope, None)

    async def disconnects(self, reason: str, *connections: Connection, close: bool = True) -> None:
        """Say `warning`, `refresh_requested` or `link_disabled`, then perhaps close."""
        if reason == "link_disabled":
            self.enabled = False
        for one in connections or tuple(self.connections):
            one.leaving = True
            await one.socket.send_json(self._farewell(reason))
        if close:
            for one in connections or tuple(self.connections):
                await one.socket.close()

    def cuts(self, *connections: Connection) -> None:
        """End connections with no word."""
        for one in connections or tuple(self.connections):
            cut(one.transport)

    async def pings(self) -> None:
        """Slack's own ping, on every connection."""
        for one in self.connections:
            await one.socket.ping(b"Ping from applink-1")

    async def send_raw(self, text: str) -> None:
        """Any text on every connection."""
        for one in self.connections:
            await one.socket.send_str(text)

    async def _next(self) -> Connection:
        while True:
            staying = [one for one in self.connections if not one.leaving]
            if chosen := staying or self.connections:
                return chosen[next(self._turn) % len(chosen)]
            self._free.clear()
            await self._free.wait()

    async def _hear(self, connection: Connection, message: WSMessage) -> None:
        match message.type:
            case WSMsgType.PING:
                connection.pings += 1
                await connection.socket.pong(message.data)
            case WSMsgType.PONG:
                connection.pongs += 1
            case WSMsgType.TEXT:
                self._take(connection, message.data)
            case _:
                pass
        self.changed()

    def _take(self, connection: Connection, text: str) -> None:
        try:
            told = json.loads(text)
        except ValueError:
            told = {"text": text}
        if not isinstance(told, dict) or self.loses(told):
            return
        waiting = connection.waiting.get(str(told.get("envelope_id")))
        if waiting is None or waiting.done():
            self.strays.append(told)
            return
        connection.acknowledged += 1
        payload = told.get("payload")
        waiting.set_result(Answer(body=payload if isinstance(payload, dict) else None))

    def _gone(self, connection: Connection) -> None:
        self.connections.remove(connection)
        for waiting in connection.waiting.values():
            if not waiting.done():
                waiting.set_result(Answer("connection_failed", 0))
        self.changed()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                "host": "applink-1",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": self.app_id},
        }

    @staticmethod
    def _farewell(reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}


def wrapped(parcel: Parcel, envelope: str, number: int, reason: str) -> Json:
    """The envelope of one attempt."""
    told: Json = {"envelope_id": envelope, "payload": parcel.body, "type": parcel.sort.value}
    if parcel.sort is Sort.EVENT:
        return told | {
            "accepts_response_payload": False,
            "retry_attempt": number,
            "retry_reason": reason.removeprefix("http_"),
        }
    carrying = parcel.sort is Sort.COMMAND or parcel.kind in CARRYING
    return told | {"accepts_response_payload": carrying}
