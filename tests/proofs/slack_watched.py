"""The fake Slack, watched: what it brings, whom it turns away, and when nobody listened."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.slack.hook import Hook
from tests.fakes.slack.post import Answer, Parcel
from tests.fakes.slack.records import Accepted, Message
from tests.fakes.slack.server import Slack

Json = dict[str, Any]

SEND = "chat.postMessage"
TOO_MANY = 429
#: Two programs call the Web API by two addresses: so it is known who calls.
ONE, OTHER = "one", "other"
#: Whose request is being answered.
_CALLER: ContextVar[str] = ContextVar("caller", default="")


@dataclass(eq=False)
class _Hook(Hook):
    """The request URL, which says what it brings, and whose answers can be lost."""

    watched: Watched | None = None

    async def carry(self, parcel: Parcel, number: int, reason: str) -> Answer:
        assert self.watched is not None
        self.watched.on_told(parcel)
        answer = await super().carry(parcel, number, reason)
        if not answer.reason and self.watched.loses(parcel):
            return Answer("http_timeout", 0)
        return answer

    @property
    def idle(self) -> bool:
        return self._going == 0


@dataclass(eq=False, repr=False)
class Watched(Slack):
    """The fake, which says what it brings, and knows which of two programs called."""

    #: Called with each thing that is brought.
    on_told: Callable[[Parcel], None] = lambda _: None
    #: Called when something was acknowledged; True when that is lost on its way.
    loses: Callable[[Parcel], bool] = lambda _: False
    #: How often each method was called with each token.
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: What met 429 because it came too fast, by method.
    hurried: Counter[str] = field(default_factory=Counter)
    #: Who sent each message, by the message's own name.
    senders: dict[str, str] = field(default_factory=dict)
    #: How long there was no socket at all, each time, in seconds.
    dark: list[float] = field(default_factory=list)
    #: Which parcel is in each envelope.
    _envelopes: dict[str, Parcel] = field(default_factory=dict)
    _dark_since: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.hook = _Hook(self.signing_secret, watched=self)
        self.sockets.on_sent = self._sent
        self.sockets.loses = self._acknowledged
        self.sockets.changed = self._socket_changed

    @property
    def sends(self) -> list[Accepted]:
        """Every message that was taken, without edits and reactions."""
        return [each for each in self.accepted if each.method == SEND]

    @property
    def other_root(self) -> str:
        """The other address of the Web API."""
        return f"{self.origin}/{OTHER}/api/"

    def _application(self) -> web.Application:
        app = super()._application()
        app.router.add_route("*", f"/{OTHER}/api/{{method}}", self._method)
        return app

    async def silence(self) -> None:
        """Until every connection is gone: all is read that anybody wrote who is dead."""
        runner = self.listening._runner
        assert runner is not None
        server: Any = runner.server
        while server.connections or self.sockets.connections or not self._hook_is_idle:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    @property
    def _hook_is_idle(self) -> bool:
        return isinstance(self.hook, _Hook) and self.hook.idle

    def accept(self, method: str, message: Message, params: Json) -> None:
        if method == SEND:
            self.senders[message.ts] = _CALLER.get()
        super().accept(method, message, params)

    async def _method(self, request: web.Request) -> web.StreamResponse:
        _CALLER.set(OTHER if request.path.startswith(f"/{OTHER}/") else ONE)
        return await super()._method(request)

    async def _answer(self, method: str, params: Json, token: str) -> web.StreamResponse:
        self.calls[method, token] += 1
        answered = await super()._answer(method, params, token)
        self.hurried[method] += answered.status == TOO_MANY
        return answered

    def _sent(self, parcel: Parcel, envelope: str) -> None:
        self._envelopes[envelope] = parcel
        self.on_told(parcel)

    def _acknowledged(self, told: Json) -> bool:
        parcel = self._envelopes.get(str(told.get("envelope_id")))
        return parcel is not None and self.loses(parcel)

    def _socket_changed(self) -> None:
        at = time.monotonic()
        if not self.sockets.connections:
            self._dark_since = self._dark_since or at
        elif self._dark_since:
            self.dark.append(at - self._dark_since)
            self._dark_since = 0.0
        self.changed()
