"""Telegram as it is heard: by polling, or by its webhook."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.routing import BaseRoute

from bot.adapters.port import Hear
from bot.adapters.telegram.adapter import Telegram
from bot.adapters.telegram.polling import AWAY_DETAIL, TOKEN_DETAIL, Poller
from bot.adapters.telegram.transport import TELEGRAM, transport
from bot.adapters.telegram.webhook import Hook, route
from bot.commands.line import USERNAME, Health, patiently
from bot.commands.opening import Opened
from bot.prompts.commands import group_menu, menu
from bot.prompts.house import languages
from bot.store import leases, meta
from bot.store.writer import Writer
from bot.trust.databases import is_sqlite
from scheduler.tick import now

#: What the parts of the house call Telegram.
PART = "telegram"
#: The right to poll.
POLL = "telegram poll"
#: How long it is held unless it is renewed, so that nobody waits long for a process that died.
LEASE = timedelta(seconds=10)


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


class TelegramLine:
    """The line to Telegram."""

    def __init__(self, house: Opened, hear: Hear) -> None:
        token = house.settings.telegram_token.get_secret_value()
        self._transport = transport(token, house.settings.telegram_base_url or TELEGRAM)
        self.adapter = Telegram(self._transport)
        self._settings = house.settings
        self._writer = house.store.writer
        self._hear = hear
        self._alone = is_sqlite(house.store.engine)
        self._health = Health(house.store.writer, PART)

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
        await patiently(self._know, self._health, _trouble)
        menus = asyncio.create_task(patiently(self._introduce, self._health, _trouble))
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
        await self.adapter.introduce(
            {language: menu(language) for language in languages()},
            {language: group_menu(language) for language in languages()},
        )


def _trouble(error: Exception) -> str:
    reason = getattr(error, "reason", type(error).__name__)
    return TOKEN_DETAIL if reason.startswith("401") else AWAY_DETAIL.format(reason)
