"""Who has let us in on Slack: the store's workspaces, and the one whose token is in the settings.

What is found is remembered for a minute at most, for there may be several processes: one that
misses a removal finds every token of that workspace refused, and nothing waits to be sent there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.adapters.slack.workspaces import Workspace
from bot.store import visits, workspaces
from bot.store.opening import Store

#: How long what was found is remembered, in seconds.
REMEMBERED = 60.0

_log = structlog.get_logger("slack")


class NotKnownYetError(Exception):
    """Slack has not said yet whose the token in the settings is: ask again."""


class LetIn:
    """The workspaces that let us in; it is the adapter's `Workspaces`, over the store."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        *,
        awaits: bool = False,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with what the store knows; `awaits` when the settings have a token too."""
        self._writer = store.writer
        self._keys = store.keys
        self._clock = clock
        self._ticks = ticks
        #: The one whose token stands in the settings, once Slack has said which it is.
        self._single: Workspace | None = None
        self._awaits = awaits
        self._found: dict[str, tuple[float, Workspace | None]] = {}
        self._changes = 0

    async def get(self, team: str) -> Workspace | None:
        """One workspace; None for one that never let us in, or no longer does.

        Raises NotKnownYetError, so that nothing that comes early is lost.
        """
        until, found = self._found.get(team, (0.0, None))
        if self._ticks() < until:
            return found
        changes = self._changes
        found = await self._look_up(team)
        if changes == self._changes:  # Else it may have gone while we looked.
            self._found[team] = self._ticks() + REMEMBERED, found
        return found

    async def keep(self, workspace: Workspace) -> None:
        """It has let us in, for the first time or anew."""
        at = self._clock()
        await self._writer.run(
            lambda conn: workspaces.keep(conn, self._keys, workspace, at), workspace.id
        )
        self._forget(workspace.id)
        _log.info("a workspace let us in")

    async def meet(self, workspace: Workspace) -> None:
        """The one whose token stands in the settings lets us in."""
        at = self._clock()
        await self._writer.run(lambda conn: workspaces.meet(conn, workspace, at), workspace.id)
        self._single, self._awaits = workspace, False
        self._forget(workspace.id)

    async def remove(self, team: str, reason: str) -> None:
        """It no longer lets us in: nothing more is sent there."""
        at = self._clock()
        ended = await self._writer.run(
            lambda conn: workspaces.remove(conn, team, reason, at), team
        )
        self._forget(team)
        _log.warning("a workspace removed us", reason=reason, ended=ended)

    async def begin(self, secret: str) -> None:
        """Somebody sets out to let us in."""
        at = self._clock()
        await self._writer.run(lambda conn: visits.begin(conn, secret, at))

    async def end(self, secret: str) -> bool:
        """Somebody comes back; whether they had set out, in time, and for the first time."""
        at = self._clock()
        return await self._writer.run(lambda conn: visits.end(conn, secret, at))

    async def _look_up(self, team: str) -> Workspace | None:
        kept, known = await self._writer.run(
            lambda conn: (workspaces.get(conn, self._keys, team), workspaces.known(conn, team))
        )
        if self._single is not None and self._single.id == team:
            removed = known is not None and known.removed_at is not None
            return None if removed else self._single
        if kept is None and self._awaits:
            raise NotKnownYetError
        return kept

    def _forget(self, team: str) -> None:
        self._changes += 1
        self._found.pop(team, None)
