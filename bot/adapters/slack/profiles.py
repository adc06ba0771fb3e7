"""Profiles: in which zone people are and which language they read, asked once a day."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

from bot.adapters.port import Undeliverable
from bot.adapters.slack import fields
from bot.adapters.slack.calls import Calls
from bot.adapters.slack.reading import profile
from bot.adapters.slack.remembering import Newest
from bot.adapters.slack.workspaces import parts_of

#: How many people's profiles are remembered, for how long, and for how long that one failed.
MOST, FRESH, FAILED = 20_000, timedelta(days=1), timedelta(minutes=1)
#: How long what somebody said waits for their profile.
PATIENCE = timedelta(seconds=1.5)

#: A zone and a language; empty where nobody knows.
Profile = tuple[str, str]


class Profiles:
    """What Slack knows of people, as far as it was asked."""

    def __init__(self, calls: Calls, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._clock = clock
        #: Each profile, and until when it is fresh.
        self._known: Newest[str, tuple[Profile, float]] = Newest(MOST)

    async def of(self, place: str) -> Profile:
        """Somebody's profile; with nothing in it when Slack does not tell in time."""
        found = self._known.get(place)
        if found is not None and self._clock() < found[1]:
            return found[0]
        team, user = parts_of(place)
        told, fresh = found[0] if found else ("", ""), FAILED
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                asked = {"user": user, "include_locale": True}
                answer = await self._calls.call(team, "users.info", asked)
            told, fresh = profile(fields.part(answer, "user")), FRESH
        except (Undeliverable, TimeoutError):
            pass  # It is a courtesy: nobody's words wait for it longer than this.
        self._put(place, told, fresh)
        return told

    async def is_bot(self, place: str) -> bool:
        """Whether this is no person at all; who is not known is taken for a person."""
        team, user = parts_of(place)
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                answer = await self._calls.call(team, "users.info", {"user": user})
        except (Undeliverable, TimeoutError):
            return False
        return fields.part(answer, "user").get("is_bot") is True

    def learn(self, place: str, zone: str, language: str) -> None:
        """Slack said by itself what somebody's profile now is."""
        before = self._known.get(place)
        held = before[0] if before else ("", "")
        self._put(place, (zone or held[0], language or held[1]), FRESH)

    def _put(self, place: str, told: Profile, fresh: timedelta) -> None:
        self._known.put(place, (told, self._clock() + fresh.total_seconds()))
