"""Titles: what people call a channel, asked when we are let in; a courtesy that gives up soon."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from bot.adapters.port import Undeliverable
from bot.adapters.slack import fields
from bot.adapters.slack.calls import Calls
from bot.adapters.slack.channels import title

#: How long what happened in a channel waits for the channel's name.
PATIENCE = timedelta(seconds=1.5)

_log = structlog.get_logger("slack")


async def title_of(calls: Calls, team: str, channel: str) -> str:
    """A channel's title; empty when Slack does not tell it in time, or may not."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            told = await calls.call(team, "conversations.info", {"channel": channel})
    except Undeliverable as error:
        _log.info("a channel's name is not known", reason=error.reason)
    except TimeoutError:
        _log.info("a channel's name is not known", reason="too slow")
    else:
        return title(fields.text(fields.part(told, "channel"), "name"))
    return ""
