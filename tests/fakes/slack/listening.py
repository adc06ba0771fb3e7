"""A web server in the test's own event loop, with sockets, which can go and come back at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from aiohttp import web

from tests.fakes.cutting import cut


@dataclass
class Listening:
    """One port of loopback, with an application behind it."""

    #: Makes the application anew each time it opens.
    make: Callable[[], web.Application]
    port: int = 0
    _server: asyncio.Server | None = None
    _runner: web.AppRunner | None = field(default=None)

    async def open(self) -> None:
        """Listen, on the port of before if there was one."""
        self._runner = web.AppRunner(
            self.make(), access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        protocol = cast("Any", self._runner.server)
        self._server = await loop.create_server(protocol, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Cut every connection and stop listening."""
        if self._server is None or self._runner is None:
            return
        self._server.close()
        for connection in list(cast("Any", self._runner.server).connections):
            if connection.transport is not None:
                cut(connection.transport)
        await self._runner.cleanup()
        await self._server.wait_closed()
        await asyncio.sleep(0)
        self._server = self._runner = None
