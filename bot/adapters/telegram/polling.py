"""Polling: updates are fetched, committed, and only then confirmed.

Updates of one chat are taken in their order, chats beside each other. What is confirmed is
everything up to the last update before which all are committed, so that a crash loses nothing:
what was not confirmed comes again, and is known by its id. One process polls a token at a time.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.adapters.telegram.errors import wait_of
from bot.adapters.telegram.transport import Transport

#: Seconds that one poll waits for something to come; and while a stranger may be about, for a
#: poll that ends at once meets nobody.
WAIT, DOUBT = 25, 5
#: The most updates of one poll; Telegram's limit.
MOST = 100
#: What we want to hear of: the rest is not sent to us.
WANTED = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")
#: Seconds between two looks at whether the lease is free, and between two that it is still ours.
WATCH, BEAT = 1.0, 2.0
#: Seconds to wait after a failure: the first, and the longest.
FIRST, LONGEST = 1.0, 30.0
#: Seconds to wait when somebody else uses the token.
STRANGER = 20.0
#: Seconds that updates being taken have to end when we stop.
LAST = 5.0

STRANGER_DETAIL = (
    "Another program asks for updates with this token (409). Stop it, or make a new token "
    "with BotFather and set SKERRY_TELEGRAM_TOKEN."
)
WEBHOOK_DETAIL = (
    "A webhook was set for this token, so nothing could be polled; it was taken away. When this "
    "comes again, another program uses the token: stop it."
)
TOKEN_DETAIL = "Telegram does not know this token. Copy it again from BotFather."  # noqa: S105
AWAY_DETAIL = "Telegram cannot be reached ({}). Skerry goes on trying; nothing is lost."

_log = structlog.get_logger("telegram")

Update = Mapping[str, Any]
T = TypeVar("T")


def place_of(update: Update) -> str:
    """The chat that an update is of, so that it waits for those before it; or nothing."""
    for told in update.values():
        if not isinstance(told, Mapping):
            continue
        within = told.get("message")
        holder = within if isinstance(within, Mapping) else told
        chat = holder.get("chat")
        if isinstance(chat, Mapping) and isinstance(chat.get("id"), int):
            return str(chat["id"])
    return ""


class Lease(Protocol):
    """The right to poll, which one process holds at a time."""

    async def hold(self) -> int | None:
        """Take it, or go on with it; its token, or None while another process holds it.

        The token is another one when somebody else held it in between.
        """

    async def let_go(self) -> None:
        """Give it back."""


class Poller:
    """Fetches updates and hands each to `take`, until it is stopped."""

    def __init__(
        self,
        transport: Transport,
        take: Callable[[Update], Awaitable[None]],
        lease: Lease,
        tell: Callable[[bool, str], Awaitable[None]],
    ) -> None:
        self._transport = transport
        self._take = take
        self._lease = lease
        self._tell = tell
        #: The last update taken on each place; whoever comes next waits for it.
        self._last: dict[str, asyncio.Task[None]] = {}
        #: Updates that were fetched and are not confirmed; True once they are committed.
        self._known: dict[int, bool] = {}
        #: The token of the lease under which they were fetched.
        self._token: int | None = None
        self._progress = asyncio.Event()
        self._failures = 0
        #: Whether it was last told that all is well; if not, a poll that waits would keep it back.
        self._well = False
        #: When somebody else was met last, in the loop's seconds.
        self._met = -math.inf

    async def run(self) -> None:
        """Poll until cancelled; then let what is being taken come to its end."""
        try:
            while True:
                try:
                    await self._round()
                except Exception as error:  # noqa: BLE001 - Whatever it is, polling must go on.
                    await self._away(error)
        finally:
            await self._end()

    async def _round(self) -> None:
        """One poll; whatever goes wrong is waited out."""
        try:
            if not await self._hold():
                await asyncio.sleep(WATCH)
                return
            updates = await self._while_held(self._fetch())
        except Conflict as error:
            await self._conflict(error)
        except InvalidToken:
            await self._fail(TOKEN_DETAIL, LONGEST)
        except RetryAfter as error:
            await asyncio.sleep(wait_of(error).total_seconds())
        else:
            if updates is None:
                return
            self._failures = 0
            if not self._doubts:
                await self._say(well=True, detail="Telegram is polled.")
            self._dispatch(updates)
            await self._let_progress()

    async def _hold(self) -> bool:
        """Take the lease, or go on with it; after somebody else, nothing is left to confirm."""
        token = await self._lease.hold()
        if token != self._token:
            self._known.clear()
            self._token = token
        return bool(token)

    async def _while_held(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Do something, but end it at once when the lease is lost; then None."""
        working, holding = asyncio.create_task(work), asyncio.create_task(self._until_lost())
        try:
            await asyncio.wait({working, holding}, return_when=asyncio.FIRST_COMPLETED)
            return await working if working.done() else None
        finally:
            for task in (working, holding):
                task.cancel()
            await asyncio.gather(working, holding, return_exceptions=True)

    async def _until_lost(self) -> None:
        """Go on with the lease until another has it, or until nobody can say whose it is."""
        with suppress(Exception):  # Who cannot ask in time may have lost it.
            held = True
            while held:
                await asyncio.sleep(BEAT)
                async with asyncio.timeout(BEAT):
                    held = await self._lease.hold() == self._token

    async def _fetch(self) -> list[Update]:
        """Ask for what is new, and confirm what is committed."""
        offset = self._confirmable()
        asked: dict[str, Any] = {"limit": MOST, "allowed_updates": WANTED}
        asked["timeout"] = self._patience if all(self._known.values()) else 0
        if offset is not None:
            asked["offset"] = offset + 1
        updates = await self._transport.call("getUpdates", **asked)
        if offset is not None:
            self._known = {id_: done for id_, done in self._known.items() if id_ > offset}
        return [each for each in updates if isinstance(each, Mapping)]

    @property
    def _doubts(self) -> bool:
        """Whether the stranger whom we met may still be about."""
        return asyncio.get_running_loop().time() < self._met + STRANGER * 1.5

    @property
    def _patience(self) -> int:
        """How long a poll may wait."""
        if self._doubts:
            return DOUBT
        return WAIT if self._well else 0

    def _confirmable(self) -> int | None:
        """The last update up to which all are committed; None when there is none."""
        last = None
        for id_ in sorted(self._known):
            if not self._known[id_]:
                break
            last = id_
        return last

    def _dispatch(self, updates: list[Update]) -> None:
        """Begin to take what is new, each chat in its order."""
        for update in updates:
            id_ = update.get("update_id")
            if not isinstance(id_, int) or id_ in self._known:
                continue
            self._known[id_] = False
            place = place_of(update)
            task = asyncio.create_task(self._until_taken(self._last.get(place), id_, update))
            self._last[place] = task
            task.add_done_callback(lambda done, place=place: self._over(place, done))  # type: ignore[misc]

    def _over(self, place: str, done: asyncio.Task[None]) -> None:
        if self._last.get(place) is done:
            del self._last[place]

    async def _until_taken(
        self, before: asyncio.Task[None] | None, id_: int, update: Update
    ) -> None:
        """Take an update once those before it in its chat are taken; try until it is."""
        if before is not None:
            await asyncio.wait([before])
        wait = FIRST
        while True:
            try:
                await self._take(update)
            except Exception as error:  # noqa: BLE001 - It is not confirmed until it is taken.
                _log.warning("an update is not taken yet", error=type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST)
            else:
                break
        if id_ in self._known:
            self._known[id_] = True
        self._progress.set()

    async def _let_progress(self) -> None:
        """While something is being taken, look again when it is taken, or soon."""
        self._progress.clear()
        if any(not done for done in self._known.values()):
            with suppress(TimeoutError):
                async with asyncio.timeout(FIRST):
                    await self._progress.wait()

    async def _conflict(self, error: Conflict) -> None:
        """Somebody else has the updates: another process of ours, a stranger, or a webhook."""
        if "webhook" in error.message:
            await self._transport.call("deleteWebhook")
            await self._fail(WEBHOOK_DETAIL, FIRST)
        elif await self._hold():
            self._met = asyncio.get_running_loop().time()
            await self._fail(STRANGER_DETAIL, STRANGER)

    async def _away(self, error: Exception) -> None:
        """The platform or the database does not answer; each further wait is longer."""
        name = error.message if isinstance(error, TelegramError) else type(error).__name__
        self._failures += 1
        wait = min(FIRST * 2 ** min(self._failures - 1, 10), LONGEST)
        await self._fail(AWAY_DETAIL.format(name[:80]), wait)

    async def _fail(self, detail: str, wait: float) -> None:
        _log.warning("polling failed", detail=detail)
        await self._say(well=False, detail=detail)
        await asyncio.sleep(wait)

    async def _say(self, *, well: bool, detail: str) -> None:
        self._well = well
        with suppress(Exception):  # Health is a courtesy: the database may be away just now.
            await self._tell(well, detail)

    async def _end(self) -> None:
        """Confirm what is committed and give the lease back, in a short time or not at all."""
        tasks = list(self._last.values())
        if tasks:
            await asyncio.wait(tasks, timeout=LAST)
        with suppress(Exception):
            async with asyncio.timeout(LAST):
                offset = self._confirmable()
                if offset is not None and await self._lease.hold() == self._token:
                    await self._transport.call("getUpdates", offset=offset + 1, limit=1, timeout=0)
                await self._lease.let_go()
        for task in tasks:
            task.cancel()
