"""Calls: what is asked of Slack in a workspace's name, and what it means when it says no."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot.adapters.port import Departed, Throttled, Undeliverable, Unreachable
from bot.adapters.slack.errors import GONE, AnsweredError, undeliverable
from bot.adapters.slack.remembering import Newest
from bot.adapters.slack.transport import Transport
from bot.adapters.slack.workspaces import Workspace, Workspaces

#: For how many workspaces and methods it is remembered that Slack wants us to wait.
MOST_WAITS = 10_000
#: Said to a token that is good no more, whatever became of it.
_ENDED = GONE | {"invalid_auth", "not_authed", "token_expired"}

_log = structlog.get_logger("slack")


class Calls:
    """Slack's methods, by workspace; all that can go wrong is Undeliverable."""

    def __init__(
        self,
        transport: Transport,
        workspaces: Workspaces,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._workspaces = workspaces
        self._clock = clock
        #: Until when a method must wait in a workspace, in the clock's seconds.
        self._waits: Newest[tuple[str, str], float] = Newest(MOST_WAITS)

    async def call(self, team: str, method: str, params: Mapping[str, object]) -> dict[str, Any]:
        """A method's result; raises Undeliverable."""
        ours = await self.workspace(team)
        wait = (self._waits.get((team, method)) or 0) - self._clock()
        if wait > 0:
            raise Throttled(timedelta(seconds=wait))
        try:
            return await self._transport.call(ours.token, method, params)
        except Exception as error:  # noqa: BLE001 - Whatever it is, it is told as one of the family.
            trouble = undeliverable(error)
            if isinstance(trouble, Throttled):
                until = self._clock() + trouble.retry_after.total_seconds()
                self._waits.put((team, method), until)
            if isinstance(error, AnsweredError) and error.code in GONE:
                trouble = await self._doubted(ours, error)
        raise trouble

    async def workspace(self, team: str) -> Workspace:
        """A workspace; raises Departed when it does not let us in."""
        try:
            found = await self._workspaces.get(team)
        except Exception as error:
            raise Unreachable(type(error).__name__, uncertain=False) from error
        if found is None:
            raise Departed("no such workspace")
        return found

    async def leave(self, ours: Workspace, reason: str) -> None:
        """Go where a workspace says that we are no longer let in.

        Slack's events may be late: who let us in anew meanwhile has a token that is good. Raises
        Undeliverable when that cannot be seen, so that Slack tells it again.
        """
        try:
            await self._transport.call(ours.token, "auth.test", {})
        except AnsweredError as error:
            if error.code not in _ENDED:
                raise undeliverable(error) from None
        except Exception as error:
            raise undeliverable(error) from error
        else:
            _log.info("a workspace that was said to be gone lets us in")
            return
        await self._workspaces.remove(ours.id, reason)
        _log.info("a workspace no longer lets us in", reason=reason)

    async def _doubted(self, ours: Workspace, error: AnsweredError) -> Undeliverable:
        """What it means that a token is said to be gone: it is asked a second time."""
        try:
            now = await self.workspace(ours.id)
            if now.token != ours.token:
                return Unreachable("another token", uncertain=False)
            await self._transport.call(ours.token, "auth.test", {})
        except AnsweredError as again:
            if again.code not in GONE:
                return Unreachable(again.code or str(again.status), uncertain=False)
        except Exception as trouble:  # noqa: BLE001 - Then it is asked again with the next attempt.
            told = undeliverable(trouble)
            departed = isinstance(told, Departed)
            return told if departed else Unreachable(told.reason, uncertain=False)
        else:
            return Unreachable("gone and back", uncertain=False)
        try:
            await self._workspaces.remove(ours.id, "revoked")
        except Exception as trouble:  # noqa: BLE001 - The database may be away just now.
            return Unreachable(type(trouble).__name__, uncertain=False)
        _log.warning("a workspace no longer lets us in", reason=error.code)
        return Departed(error.code)
