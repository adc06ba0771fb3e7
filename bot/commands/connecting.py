"""Connecting: a line to each platform that the settings name."""

from __future__ import annotations

from bot.adapters.port import Hear
from bot.commands.line import Line
from bot.commands.opening import Opened


def lines(house: Opened, hear: Hear) -> list[Line]:
    """A line to each platform that the settings have a token for.

    A platform's library takes time and memory to import: only those that are used are.
    """
    made: list[Line] = []
    if house.settings.has_telegram:
        from bot.commands.telegram_line import TelegramLine  # noqa: PLC0415 - See above.

        made.append(TelegramLine(house, hear))
    if house.settings.has_slack:
        from bot.commands.slack_line import SlackLine  # noqa: PLC0415 - See above.

        made.append(SlackLine(house, hear))
    return made
