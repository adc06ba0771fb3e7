"""Files: photos and clips that people send are fetched, files of ours are brought.

A file that cannot be had within some seconds is given up and its writer is told, for Slack
brings an event four times and then never again: better the words without the photo.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.adapters import photos
from bot.adapters.port import Receipt, Refused, Throttled, Undeliverable, Unreachable
from bot.adapters.slack import fields
from bot.adapters.slack.calls import Calls
from bot.adapters.slack.came import FileRef
from bot.adapters.slack.errors import undeliverable
from bot.adapters.slack.messages import LARGEST, name_of
from bot.adapters.slack.texts import cleaned
from bot.adapters.slack.transport import TooLongError, Transport
from bot.adapters.slack.workspaces import is_group, parts_of, place_of
from bot.records import Media, Unkept

#: The waits between the attempts at a file, and how long all of them may take.
WAITS = (timedelta(seconds=0.5), timedelta(seconds=2))
PATIENCE = timedelta(seconds=60)
#: How many photos are unpacked at once, for each may take 200 MB.
AT_ONCE = 1
#: What sound begins with, and what it then is.
_SOUNDS = (
    (0, b"OggS", "voice.ogg", "audio/ogg"),
    (0, b"\x1aE\xdf\xa3", "voice.webm", "audio/webm"),
    (4, b"ftyp", "voice.m4a", "audio/mp4"),
)
_PAGE = "text/html"
#: The longest description of a picture that Slack takes.
_ALT = 1000

Sleep = Callable[[float], Awaitable[None]]

_log = structlog.get_logger("slack")


class Files:
    """Files in both directions."""

    def __init__(self, transport: Transport, calls: Calls, sleep: Sleep = asyncio.sleep) -> None:
        self._transport = transport
        self._calls = calls
        self._sleep = sleep
        self._room = asyncio.Semaphore(AT_ONCE)

    # --- what people send -------------------------------------------------------------------

    async def fetch(self, team: str, ref: FileRef) -> Media | Unkept:
        """The file, or why it cannot be kept; never raises Undeliverable."""
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                mime, content = await self._content(team, ref)
        except TooLongError:
            return Unkept.SIZE
        except (Undeliverable, TimeoutError) as error:
            reason = error.reason if isinstance(error, Undeliverable) else "too slow"
            _log.warning("a file was not fetched", reason=reason)
            return Unkept.LOST
        if mime == _PAGE:
            # Who may not have a file is shown how to log in.
            _log.warning("a file was not fetched", reason="a page instead")
            return Unkept.LOST
        return await self._kept(ref, content)

    async def _content(self, team: str, ref: FileRef) -> tuple[str, bytes]:
        """What an attempt gets; what may pass is tried again, what is final is raised."""
        waits = iter(WAITS)
        while True:
            try:
                ours = await self._calls.workspace(team)
                return await self._transport.fetch(ours.token, ref.url, LARGEST)
            except TooLongError:
                raise
            except Exception as error:  # noqa: BLE001 - What it is decides what follows.
                trouble = undeliverable(error)
            wait = next(waits, None)
            if wait is None or not isinstance(trouble, Unreachable | Throttled):
                raise trouble
            await self._sleep(wait.total_seconds())

    async def _kept(self, ref: FileRef, content: bytes) -> Media | Unkept:
        if ref.voice:
            return _sound(content)
        async with self._room:
            return await asyncio.to_thread(photos.clean, content) or Unkept.KIND

    # --- what we send -----------------------------------------------------------------------

    async def send(self, place: str, file: Media, thread: str = "") -> Receipt:
        """Bring a file into somebody's conversation with us; raises Undeliverable.

        `thread` is when the message was written that it is a reply to; empty for none.

        Until the last step nobody can see it, so only that one may have been done unknown to us.
        """
        team, whom = parts_of(place)
        try:
            channel = await self._channel(team, whom)
            name = await self._brought(team, file)
        except Unreachable as error:
            raise _before_it(error) from error
        done = {
            "files": json.dumps([{"id": name, "title": _named(file)}]),
            "channel_id": channel,
            **({"thread_ts": thread} if thread else {}),
        }
        await self._calls.call(team, "files.completeUploadExternal", done)
        return Receipt(message=name_of(channel, name))

    async def _channel(self, team: str, whom: str) -> str:
        """The conversation in which somebody gets a file: Slack wants it by name."""
        if is_group(place_of(team, whom)):
            return whom
        told = await self._calls.call(team, "conversations.open", {"users": whom})
        channel = fields.room(fields.part(told, "channel"), "id")
        if not channel:
            raise Unreachable("odd answer", uncertain=False)
        return channel

    async def _brought(self, team: str, file: Media) -> str:
        """The id of a file that is at Slack and that nobody has yet."""
        asked = {"filename": _named(file), "length": len(file.content)}
        if alt := file.alt.strip():
            asked["alt_txt"] = alt if len(alt) <= _ALT else f"{alt[: _ALT - 1]}\u2026"
        told = await self._calls.call(team, "files.getUploadURLExternal", asked)
        name, url = fields.name(told, "file_id"), fields.text(told, "upload_url")
        if not name or not url:
            raise Unreachable("odd answer", uncertain=False)
        try:
            await self._transport.put(url, file.content)
        except Exception as error:
            raise undeliverable(error) from error
        return name


def _before_it(error: Unreachable) -> Undeliverable:
    """What it means for a file that a step before the last one failed.

    Who may write and may not bring files would wait with all that comes after it; so this is no.
    """
    if error.reason == "missing_scope":
        return Refused(error.reason)
    return Unreachable(error.reason, uncertain=False)


def _named(file: Media) -> str:
    return cleaned(file.name).strip() or "file"


def _sound(content: bytes) -> Media | Unkept:
    """A clip, by what it begins with and not by what it is said to be."""
    for at, begins, name, mime in _SOUNDS:
        if content[at:].startswith(begins):
            return Media(name=name, mime=mime, content=content)
    return Unkept.KIND
