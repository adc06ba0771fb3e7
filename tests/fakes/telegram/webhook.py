"""The webhook: updates brought to the bot, in the order of each chat, until it takes them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.fakes.telegram.faults import bad
from tests.fakes.telegram.updates import Update, Updates
from tests.fakes.telegram.wire import truth, whole

Json = dict[str, Any]

SECRET = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_SECRET = 256
#: Telegram wants HTTPS. Tests serve plain HTTP, so loopback may.
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Delivery:
    """One attempt to bring an update, and what the bot answered: 0 when it did not."""

    update: int
    chat: int
    code: int


@dataclass
class Webhook:
    """Where updates are brought, and how it goes."""

    updates: Updates
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    #: How long a second lasts, when it waits before it tries again.
    second: float = 0.02
    #: The longest wait between two attempts, in such seconds.
    longest: float = 60
    #: How long the bot may take to answer, in real seconds.
    patience: float = 5
    deliveries: list[Delivery] = field(default_factory=list)
    #: The most attempts that went on at once.
    busiest: int = 0
    last_error: str = ""
    last_error_date: int = 0
    _going: int = 0
    _lanes: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _client: httpx.AsyncClient | None = None
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(40))

    def set(self, params: Json) -> bool:
        """Begin to bring updates, or end it with an empty address."""
        url = str(params.get("url") or "")
        secret = str(params.get("secret_token") or "")
        if url:
            check_url(url)
        if len(secret) > LONGEST_SECRET:
            raise bad("secret token is too long")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise bad("secret token contains unallowed characters")
        self.halt()
        if truth(params, "drop_pending_updates"):
            self.updates.pending.clear()
        self.updates.allow(params.get("allowed_updates"))
        self.url, self.secret = url, secret
        self.max_connections = min(max(whole(params, "max_connections", 40), 1), 100)
        self._room = asyncio.Semaphore(self.max_connections)
        self.last_error, self.last_error_date = "", 0
        if url:
            self.updates.end_poll("Conflict: terminated by setWebhook request")
        self.pump()
        return True

    def delete(self, params: Json) -> bool:
        dropping = {"drop_pending_updates": params.get("drop_pending_updates")}
        return self.set({"url": ""} | dropping)

    def info(self) -> Json:
        told: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.pending),
        }
        if self.url:
            told |= {"max_connections": self.max_connections, "ip_address": "127.0.0.1"}
        if self.updates.named:
            told["allowed_updates"] = self.updates.named
        if self.last_error:
            told["last_error_date"] = self.last_error_date
            told["last_error_message"] = self.last_error
        return told

    def pump(self) -> None:
        """See that every chat with something to tell has somebody who tells it."""
        if not self.url:
            return
        for update in self.updates.arrange(list(self.updates.visible)):
            if update.chat not in self._lanes:
                self._lanes[update.chat] = asyncio.create_task(self._serve(update.chat))

    def halt(self) -> None:
        """Bring nothing more for now."""
        for lane in self._lanes.values():
            lane.cancel()
        self._lanes.clear()

    async def close(self) -> None:
        lanes = list(self._lanes.values())
        self.halt()
        await asyncio.gather(*lanes, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _serve(self, chat: int) -> None:
        wait = 1.0
        while update := next((one for one in self.updates.visible if one.chat == chat), None):
            after = await self._bring(update)
            if after is None:
                wait = 1.0
                self.updates.take(update)
                continue
            await asyncio.sleep((after or wait) * self.second)
            wait = min(wait * 2, self.longest)
        self._lanes.pop(chat, None)

    async def _bring(self, update: Update) -> float | None:
        """None when the bot took it, else how long it wants to be left alone."""
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self.patience, trust_env=False)
        headers = {SECRET: self.secret} if self.secret else {}
        async with self._room:
            self._going += 1
            self.busiest = max(self.busiest, self._going)
            self.updates.changed()
            try:
                answer = await self._client.post(self.url, json=update.wire, headers=headers)
            except httpx.TransportError as error:
                return self._failed(update, 0, said(error), 0.0)
            finally:
                self._going -= 1
        if answer.is_success:
            self.deliveries.append(Delivery(update.id, update.chat, answer.status_code))
            return None
        phrase = HTTPStatus(answer.status_code).phrase
        why = f"Wrong response from the webhook: {answer.status_code} {phrase}"
        return self._failed(
            update, answer.status_code, why, float(answer.headers.get("Retry-After", 0))
        )

    def _failed(self, update: Update, code: int, why: str, after: float) -> float:
        self.last_error, self.last_error_date = why, update.date
        self.deliveries.append(Delivery(update.id, update.chat, code))
        self.updates.changed()
        return after


def said(error: httpx.TransportError) -> str:
    """What Telegram would call it."""
    if isinstance(error, httpx.ConnectError):
        return "Connection refused"
    if isinstance(error, httpx.TimeoutException):
        return "Read timeout expired"
    return "Connection reset by peer"


def check_url(url: str) -> None:
    """Refuse an address which Telegram would not call."""
    address = urlsplit(url)
    if address.scheme == "http" and address.hostname in LOOPBACK:
        return
    if address.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if address.port not in {None, 443, 80, 88, 8443}:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
