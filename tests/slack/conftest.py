"""Fixtures: the fake, and Slack's own client which talks with it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """The fake, listening."""
    async with Slack().running() as running:
        yield running


@pytest.fixture
def workspace(slack: Slack) -> Workspace:
    """A workspace with the app in it."""
    return slack.workspace()


@pytest.fixture
def client(slack: Slack, workspace: Workspace) -> AsyncWebClient:
    """Slack's own client, with the bot's token."""
    return AsyncWebClient(token=workspace.token, base_url=slack.root)
