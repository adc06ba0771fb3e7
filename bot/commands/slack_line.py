"""Slack as it is heard: by Socket Mode, or by what Slack posts here.

Slack lets an app have ten sockets and brings each event to one of them. So each process of ours
may hold one, and nobody needs a lease; over HTTP it is the proxy that chooses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NoReturn

from starlette.routing import BaseRoute

from bot.adapters.port import Hear
from bot.adapters.slack.adapter import Slack
from bot.adapters.slack.consent import AwayError, Consent, RefusedError
from bot.adapters.slack.installing import Installing
from bot.adapters.slack.manifest import FOR_CHANNELS, SCOPES
from bot.adapters.slack.sockets import AWAY_DETAIL, Sockets
from bot.adapters.slack.transport import SLACK, Transport
from bot.adapters.slack.webhook import PATH, route
from bot.commands.letting_in import LetIn
from bot.commands.line import Health, patiently
from bot.commands.links import SLACK_APP
from bot.commands.opening import Opened
from bot.store import meta
from scheduler.tick import now

#: What the parts of the house call Slack.
PART = "slack"
#: Seconds between two looks whether Slack can be reached, where it is Slack that calls.
LOOK = 30.0
REFUSED_DETAIL = (
    "Slack does not take SKERRY_SLACK_BOT_TOKEN ({}). Copy it again from the app's page "
    "(Install App), then restart Skerry."
)
SCOPES_DETAIL = (
    "The app lacks {}. Replace its manifest at Slack by what this prints, then install it again: "
    "skerry slack manifest"
)
#: How old a stamp may be (Slack's rule).
STALE, MINUTE = timedelta(minutes=5), timedelta(minutes=1)
CLOCK_DETAIL = (
    "Slack's requests are refused: this computer's clock and Slack's are {} minutes apart. Set "
    "the clock right, by NTP if you can. Slack tries again for some minutes only."
)
UNSIGNED_DETAIL = (
    "Requests were refused because they are not signed with SKERRY_SLACK_SIGNING_SECRET. Copy it "
    "again from the app's page (Basic Information), then restart Skerry."
)


class SlackLine:
    """The line to Slack."""

    def __init__(self, house: Opened, hear: Hear) -> None:
        settings = self._settings = house.settings
        self._base = settings.slack_base_url or SLACK
        self._token = settings.slack_bot_token.get_secret_value()
        self._hear = hear
        self._health = Health(house.store.writer, PART)
        self._writer = house.store.writer
        #: The id of our app, as Slack names it.
        self._app = ""
        self._let_in = LetIn(house.store, now, awaits=bool(self._token))
        self._transport = Transport(self._base)
        self._consent = Consent(
            self._transport,
            settings.slack_client_id,
            settings.slack_client_secret.get_secret_value(),
        )
        self.adapter = Slack(self._let_in, self._base, self._tell)
        #: What is wrong with the token in the settings, whatever else is well.
        self._trouble = ""
        #: What could be better and keeps nobody from being served.
        self._advice = ""
        #: When something came last, and why what came since was refused.
        self._came_at: datetime | None = None
        self._doubt = ""
        self._news = asyncio.Event()

    @property
    def routes(self) -> tuple[BaseRoute, ...]:
        """What the web application listens to for it."""
        settings = self._settings
        made: list[BaseRoute] = []
        if not settings.slack_socket:
            secret = settings.slack_signing_secret.get_secret_value()
            made.append(route(secret, self._take, self._refused))
        if settings.slack_install:
            made += Installing(self._consent, self._let_in, settings.public_url).routes
        return tuple(made)

    async def run(self) -> None:
        """Get to know the workspace of the settings, and hear, until cancelled."""
        knowing = asyncio.create_task(self._know())
        try:
            if not self._settings.slack_install:
                await knowing  # There is nobody else to be heard.
            await self._listen()
        finally:
            knowing.cancel()
            await asyncio.gather(knowing, return_exceptions=True)
            await self._transport.close()

    async def _listen(self) -> None:
        if self._settings.slack_socket:
            token = self._settings.slack_app_token.get_secret_value()
            await Sockets(token, self._base, self._take, self._tell).run()
        else:
            await self._look()

    async def _take(self, payload: Mapping[str, Any]) -> Mapping[str, Any] | None:
        self._came_at, self._doubt = now(), ""
        await self._note_app(payload.get("api_app_id"))
        return await self.adapter.take(payload, self._hear)

    async def _note_app(self, app: object) -> None:
        """Note our app's id, once: links that open the chat need it."""
        if not isinstance(app, str) or self._app == app:
            return
        self._app = app
        with suppress(Exception):  # A link is a courtesy: what was said goes on without it.
            await self._writer.run(lambda conn: meta.note(conn, SLACK_APP, app))

    def _refused(self, stamp: datetime, signed: bool) -> None:
        """A request was refused. Anybody may post what is not signed: it counts only at first."""
        off, before = abs(now() - stamp), self._doubt
        if signed and off > STALE:
            self._doubt = CLOCK_DETAIL.format(round(off / MINUTE))
        elif not signed and self._came_at is None:
            self._doubt = UNSIGNED_DETAIL
        if self._doubt != before:
            self._news.set()

    async def _know(self) -> None:
        """Learn from Slack whose the token in the settings is."""
        if self._token:
            await patiently(self._meet, self._health, self._troubled)

    async def _meet(self) -> None:
        workspace = await self._consent.workspace(self._token)
        await self._let_in.meet(workspace)
        missing = sorted(set(SCOPES) - set(workspace.scopes)) if workspace.scopes else []
        lacks = SCOPES_DETAIL.format(", ".join(missing)) if missing else ""
        ails = not set(missing) <= set(FOR_CHANNELS)
        self._trouble, self._advice = (lacks, "") if ails else ("", lacks)

    async def _look(self) -> NoReturn:
        """Say how it is, where it is Slack that calls us."""
        while True:
            self._news.clear()  # Before it is said: what comes amid that is said next.
            try:
                await self._consent.reached()
            except AwayError as error:
                await self._health.unwell(AWAY_DETAIL.format(error.reason))
            else:
                await self._say_well()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._news.wait()

    async def _say_well(self) -> None:
        if self._doubt:
            with suppress(Exception):
                await self._tell(False, self._doubt)
            return
        came = f"the last came at {self._came_at:%H:%M} UTC" if self._came_at else "none came yet"
        with suppress(Exception):  # Health is a courtesy: the database may be away just now.
            await self._tell(True, f"Slack posts events to {PATH}; {came}.")

    async def _tell(self, well: bool, detail: str) -> None:
        if well and self._trouble:
            well, detail = False, self._trouble
        elif well and self._advice:
            detail = f"{detail} {self._advice}"
        await self._health.tell(well, detail)

    def _troubled(self, error: Exception) -> str:
        """What is wrong, in words; it stands until the token is taken."""
        match error:
            case RefusedError():
                self._trouble = REFUSED_DETAIL.format(error.reason)
            case AwayError():
                self._trouble = AWAY_DETAIL.format(error.reason)
            case _:
                self._trouble = AWAY_DETAIL.format(type(error).__name__)
        return self._trouble
