"""Beside: what only helps a person see, done beside the main thing; it gives up quietly."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot.adapters.port import Undeliverable
from bot.adapters.slack import views, writing
from bot.adapters.slack.calls import Calls
from bot.adapters.slack.came import Answer, Came
from bot.adapters.slack.remembering import Newest
from bot.adapters.slack.workspaces import parts_of
from bot.records import Page, Reply

#: Of how many people it is remembered what they said last, and where they talk with us.
MOST_PEOPLE = 20_000
#: How long what is done beside may go on when we close.
LAST_WORDS = timedelta(seconds=5)
#: The reaction that shows that somebody was heard: something grows from it. It stays.
SIGN = "seedling"

_log = structlog.get_logger("slack")


class Beside:
    """Windows, pages, a few words for one person's eyes, and signs of life."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        #: What people said last that was not reacted to; and their conversations with us.
        self._said: Newest[str, tuple[str, str]] = Newest(MOST_PEOPLE)
        self._channels: Newest[str, str] = Newest(MOST_PEOPLE)
        #: The newest page of each person that is not shown yet.
        self._pages: dict[str, Page] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def note(self, place: str, channel: str, said: str = "") -> None:
        """Remember where somebody is, and when they said something."""
        if channel:
            self._channels.put(place, channel)
        if channel and said:
            self._said.put(place, (channel, said))

    def react(self, place: str) -> None:
        """React to what somebody said last, once."""
        said = self._said.pop(place)
        if said is not None:
            channel, ts = said
            reaction = {"channel": channel, "timestamp": ts, "name": SIGN}
            self.do(self._quietly(place, "reactions.add", reaction))

    def show(self, came: Came, place: str, reply: Reply) -> None:
        """What a reply wants shown at once."""
        if reply.window is not None and came.trigger:
            opened = {"trigger_id": came.trigger, "view": views.window(reply.window, place)}
            self.do(self._quietly(place, "views.open", opened))
        if reply.page is not None:
            self._show_page(place, reply.page)
        channel = came.channel or self._channels.get(place)
        if reply.toast and came.answer is Answer.QUIETLY and channel:
            said = writing.literally(reply.toast)
            toast = {"channel": channel, "user": came.by, **said}
            self.do(self._quietly(place, "chat.postEphemeral", toast))

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for."""
        if self._closed:
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def done(self) -> None:
        """Until nothing is being done."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        """Let it come to its end in a short time or not at all."""
        self._closed = True
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=LAST_WORDS.total_seconds())
        left = set(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _show_page(self, place: str, page: Page) -> None:
        """Show a page; while one is on its way, the newest waits for it."""
        on_its_way = place in self._pages
        self._pages[place] = page
        if not on_its_way:
            self.do(self._publish(place))

    async def _publish(self, place: str) -> None:
        _, user = parts_of(place)
        try:
            shown = None
            while shown is not self._pages[place]:
                shown = self._pages[place]
                view = {"user_id": user, "view": views.page(shown)}
                await self._quietly(place, "views.publish", view)
        finally:
            del self._pages[place]

    async def _quietly(self, place: str, method: str, params: Mapping[str, object]) -> None:
        team, _ = parts_of(place)
        try:
            await self._calls.call(team, method, params)
        except Undeliverable as error:
            _log.info("something was not shown", method=method, reason=error.reason)
