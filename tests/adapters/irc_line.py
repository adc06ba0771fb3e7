"""IRC as it is heard: what a file in `bot/commands/` makes of the settings, for the example."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute

from bot.adapters.port import Hear, Pace
from bot.commands.line import Health
from bot.commands.opening import Opened
from tests.adapters.irc import Irc

#: What the parts of the house call IRC.
PART = "irc"


class IrcLine:
    """The line to IRC."""

    def __init__(self, house: Opened, hear: Hear, port: int, password: str) -> None:
        self.adapter = Irc("127.0.0.1", port, "skerry", password, Pace())
        self._hear = hear
        self._health = Health(house.store.writer, PART)

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Nobody calls us: we call the server."""
        return ()

    async def run(self) -> None:
        """Stay connected and hear, until cancelled."""
        await self.adapter.run(self._hear, self._health.tell)
