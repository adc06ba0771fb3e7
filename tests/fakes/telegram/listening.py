"""A web server in the test's own event loop, which can be gone and come back in no time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from tests.fakes.cutting import cut

Cut = Callable[[], None]
#: Where the way to cut a connection stands in the scope of its requests.
CUT = "tests.cut"


@dataclass
class Listening:
    """One port of loopback, with an application behind it."""

    app: ASGIApp
    port: int = 0
    _server: asyncio.Server | None = None
    _state: ServerState = field(default_factory=ServerState)

    async def open(self) -> None:
        """Listen, on the port of before if there was one."""
        config = Config(
            self._with_cut,
            interface="asgi3",
            proxy_headers=False,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
        )
        config.load()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: H11Protocol(config, self._state, {}), "127.0.0.1", self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Cut every connection and stop listening."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._state.connections):
            cut(cast("asyncio.Transport", cast("Any", connection).transport))
        tasks = list(self._state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()
        await asyncio.sleep(0)
        self._server = None

    async def _with_cut(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = cast("Any", send).__self__.transport
        scope[CUT] = lambda: cut(transport)
        with suppress(asyncio.CancelledError):  # It is cut off, and says so to nobody.
            await self.app(scope, receive, send)
