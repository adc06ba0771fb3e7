"""Files: a photo or voice note is fetched from Telegram, without what it would tell unasked.

What may pass is waited out, by us for seconds and by whoever brings the update for minutes; then
the file is given up, for behind one file that cannot be had everybody would wait.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from telegram.error import BadRequest, TelegramError

from bot.adapters import photos
from bot.adapters.port import Throttled, Undeliverable, Unreachable
from bot.adapters.telegram.attached import LARGEST, VOICE, FileRef
from bot.adapters.telegram.errors import undeliverable
from bot.adapters.telegram.transport import AnsweredError, TooLongError, Transport
from bot.records import Media, Unkept

#: The waits between the attempts at a file.
WAITS = (timedelta(seconds=0.5), timedelta(seconds=2))
#: The longest that Telegram may make us wait between two attempts.
PATIENCE = timedelta(seconds=10)
#: How long after the first failure a file is given up.
GIVE_UP = timedelta(minutes=10)
#: How many photos are unpacked at once, for each may take 200 MB.
AT_ONCE = 1
_SERVER = 500
_TOO_MANY = 429
_OGG = b"OggS"

Got = TypeVar("Got")
Sleep = Callable[[float], Awaitable[None]]


class Files:
    """What people send us, as far as it can be kept."""

    def __init__(
        self,
        transport: Transport,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._sleep = sleep
        self._clock = clock
        #: Since when a file could not be had, in the clock's seconds.
        self._away: dict[str, float] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    async def fetch(self, ref: FileRef) -> Media | Unkept:
        """The file, or why it cannot be kept; raises Unreachable when it may be had later."""
        try:
            got = await self._got(ref)
        except Unreachable:
            since = self._away.setdefault(ref.id, self._clock())
            if self._clock() - since < GIVE_UP.total_seconds():
                raise
            got = Unkept.LOST
        self._away.pop(ref.id, None)
        return got

    async def _got(self, ref: FileRef) -> Media | Unkept:
        try:
            content = await self._content(ref)
        except TooLongError:
            return Unkept.SIZE
        except BadRequest as error:
            return Unkept.SIZE if "too big" in error.message.casefold() else Unkept.LOST
        except AnsweredError:
            return Unkept.LOST
        return await self._kept(ref, content)

    async def _content(self, ref: FileRef) -> bytes:
        told = await self._patiently(lambda: self._transport.call("getFile", file_id=ref.id))
        path = told.get("file_path") if isinstance(told, dict) else None
        size = told.get("file_size") if isinstance(told, dict) else None
        if isinstance(size, int) and size > LARGEST:
            raise TooLongError
        if not isinstance(path, str) or path.startswith("/") or "://" in path:
            # Only a Bot API server for files of its own machine answers so.
            raise BadRequest("no path")
        return await self._patiently(lambda: self._transport.fetch(path, LARGEST))

    async def _patiently(self, attempt: Callable[[], Awaitable[Got]]) -> Got:
        """What an attempt gets; what may pass is tried again, what is final is raised."""
        waits = iter(WAITS)
        while True:
            try:
                return await attempt()
            except TelegramError as error:
                if _is_final(error):
                    raise
                trouble = undeliverable(error)
            wait = next(waits, None)
            if isinstance(trouble, Throttled) and wait is not None:
                wait = trouble.retry_after if trouble.retry_after <= PATIENCE else None
            if wait is None:
                raise _unreachable(trouble)
            await self._sleep(wait.total_seconds())

    async def _kept(self, ref: FileRef, content: bytes) -> Media | Unkept:
        if ref.mime == VOICE:
            if not content.startswith(_OGG):
                return Unkept.KIND
            return Media(name="voice.ogg", mime=ref.mime, content=content)
        async with self._room:
            return await asyncio.to_thread(photos.clean, content) or Unkept.KIND


def _is_final(error: TelegramError) -> bool:
    """Whether the same request would be refused again."""
    if isinstance(error, AnsweredError):
        return error.code < _SERVER and error.code != _TOO_MANY
    return isinstance(error, BadRequest | TooLongError)


def _unreachable(trouble: Undeliverable) -> Unreachable:
    return Unreachable(f"file: {trouble.reason}", uncertain=False)
