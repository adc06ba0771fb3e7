"""Fixtures: the fake, and each library that talks with it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.telegram.clients import LIBRARIES, Client
from tests.fakes.telegram.clients import client as talking
from tests.fakes.telegram.server import Telegram


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    """The fake, listening."""
    async with Telegram().running() as running:
        yield running


@pytest.fixture(params=LIBRARIES)
async def client(
    request: pytest.FixtureRequest, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Client]:
    """Each library in turn."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # It warns of the old way.
    async with talking(request.param, telegram.root, telegram.token) as made:
        yield made
