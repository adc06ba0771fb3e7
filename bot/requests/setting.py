"""Setting: the one place where what a person chose about themselves is changed.

A practice and the page beside the chat both come here, with the same words for the same thing.
"""

from __future__ import annotations

from typing import assert_never

from bot.engine.flow import Setting
from bot.prompts.places import zone_of
from bot.records import Inbound
from bot.requests.desk import Desk


def choose(desk: Desk, setting: Setting, value: str) -> None:
    """Change a setting as its person chose; of hours and holidays, nothing is as usual."""
    match setting:
        case Setting.ZONE:
            desk.change(zone=value, zone_chosen=True)
        case Setting.DAYS:
            days = tuple(sorted({int(day) for day in value if day.isdecimal()}))
            desk.change(days=days, chosen=_with(desk, "d"))
        case Setting.HOUR:
            desk.change(minute=int(value), chosen=_with(desk, "h"))
        case Setting.WINDOW:
            opens, _, closes = value.partition("-")
            desk.change(window=(int(opens), int(closes)) if value else None)
        case Setting.HOLIDAYS:
            desk.change(holidays=value)
        case Setting.KEEPS:
            desk.change(keeps=value == "yes")
        case Setting.LANGUAGE:
            desk.change(language=value, chosen=_with(desk, "l"))
        case _:
            assert_never(setting)


def follow(desk: Desk, came: Inbound) -> None:
    """Follow what the platform says of their zone and language, unless they chose their own."""
    person = desk.participant
    if came.zone and came.zone != person.zone and not desk.present.zone_chosen:
        zone = zone_of(came.zone)
        if zone is not None and zone != person.zone:
            desk.change(zone=zone)
    if came.language and "l" not in desk.present.chosen:
        language = desk.house.shelf.speaks(came.language)
        if language is not None and language != person.language:
            desk.change(language=language)


def _with(desk: Desk, letter: str) -> str:
    """What was chosen, and this."""
    return "".join(sorted({*desk.present.chosen, letter}))
