"""Connecting: each platform that the settings name, its adapter, and how it is heard."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from starlette.routing import BaseRoute

from bot.adapters.telegram.adapter import Telegram
from bot.adapters.telegram.polling import AWAY_DETAIL, FIRST, LONGEST, TOKEN_DETAIL, Poller
from bot.adapters.telegram.transport import TELEGRAM, transport
from bot.adapters.telegram.webhook import Hook, route
from bot.commands.opening import Opened
from bot.prompts.commands import menu
from bot.prompts.house import languages
from bot.records import Inbound
from bot.store import health, leases, meta
from bot.store.writer import Writer
from bot.trust.databases import is_sqlite
from scheduler.tick import now

#: What the parts of the house call Telegram.
PART = "telegram"
#: Under which name the bot's own name is kept, for links that lead to it.
USERNAME = "telegram username"
#: The right to poll.
POLL = "telegram poll"
#: How long it is held unless it is renewed, so that nobody waits long for a process that died.
LEASE = timedelta(seconds=10)
#: How often health is told at the least.
TOLD = timedelta(seconds=60)

Hear = Callable[[Inbound], Awaitable[str]]

_log = structlog.get_logger("telegram")


@dataclass
class _Health:
    """Tells how Telegram is, whenever that changes, and every minute."""

    writer: Writer
    last: tuple[bool, str] | None = None
    told_at: datetime | None = None

    async def tell(self, well: bool, detail: str) -> None:
        """Say how it is."""
        at = now()
        known = self.told_at is not None and at - self.told_at < TOLD
        if known and self.last == (well, detail):
            return
        await self.writer.run(
            lambda conn: health.tell(conn, PART, well=well, detail=detail, now=at)
        )
        self.last, self.told_at = (well, detail), at


class _Alone:
    """The right to poll of the one process that an SQLite file has."""

    async def hold(self) -> int:
        """It is always ours."""
        return 1

    async def let_go(self) -> None:
        """There is nobody to give it to."""


@dataclass
class _PollLease:
    """The right to poll, in the database of several processes."""

    writer: Writer
    holder: str = field(default_factory=lambda: secrets.token_hex(16))

    async def hold(self) -> int | None:
        """Take it, or go on with it; its token, or None while another process holds it."""
        at = now()
        return await self.writer.run(lambda conn: leases.hold(conn, POLL, self.holder, at, LEASE))

    async def let_go(self) -> None:
        """Give it back."""
        at = now()
        await self.writer.run(lambda conn: leases.let_go(conn, POLL, self.holder, at))


def lines(house: Opened, hear: Hear) -> list[Line]:
    """A line to each platform that the settings have a token for."""
    return [Line(house, hear)] if house.settings.has_platform else []


class Line:
    """Telegram as it is heard: by polling, or by its webhook."""

    def __init__(self, house: Opened, hear: Hear) -> None:
        token = house.settings.telegram_token.get_secret_value()
        self._transport = transport(token, house.settings.telegram_base_url or TELEGRAM)
        self.adapter = Telegram(self._transport)
        self._settings = house.settings
        self._writer = house.store.writer
        self._hear = hear
        self._alone = is_sqlite(house.store.engine)
        self._health = _Health(house.store.writer)

    @property
    def routes(self) -> tuple[BaseRoute, ...]:
        """What the web application listens to for it."""
        if not self._settings.webhook:
            return ()
        return (route(self._secret, self._take),)

    @property
    def _secret(self) -> str:
        return self._settings.telegram_webhook_secret.get_secret_value()

    async def run(self) -> None:
        """Get to know the bot, introduce it, and hear, until cancelled."""
        await self._patiently(self._know)
        menus = asyncio.create_task(self._patiently(self._introduce))
        try:
            if self._settings.webhook:
                url = self._settings.public_url
                await Hook(self._transport, url, self._secret, self._health.tell).run()
            else:
                lease = _Alone() if self._alone else _PollLease(self._writer)
                await Poller(self._transport, self._take, lease, self._health.tell).run()
        finally:
            menus.cancel()

    async def _take(self, update: Mapping[str, Any]) -> None:
        await self.adapter.take(update, self._hear)

    async def _know(self) -> None:
        me = await self.adapter.me()
        await self._writer.run(lambda conn: meta.note(conn, USERNAME, me.username))

    async def _introduce(self) -> None:
        await self.adapter.introduce({language: menu(language) for language in languages()})

    async def _patiently(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something once; whatever fails is waited out."""
        wait = FIRST
        while True:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - Whatever it is, it is waited out.
                detail = _trouble(error)
                _log.warning("telegram does not answer yet", detail=detail)
                await self._unwell(detail)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST)
            else:
                return

    async def _unwell(self, detail: str) -> None:
        try:
            await self._health.tell(False, detail)
        except Exception as error:  # noqa: BLE001 - The database may be away just now.
            _log.warning("health could not be told", error=type(error).__name__)


def _trouble(error: Exception) -> str:
    reason = getattr(error, "reason", type(error).__name__)
    return TOKEN_DETAIL if reason.startswith("401") else AWAY_DETAIL.format(reason)
