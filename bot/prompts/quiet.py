"""When nothing comes: a person's hours and public holidays, as words speak of them."""

from __future__ import annotations

from bot.prompts.dates import hour, locale_of
from bot.prompts.house import house
from bot.prompts.render import render

#: A whole day, from midnight to midnight.
_ANY_HOUR = (0, 24 * 60)
_NONE = "none"


def hours(window: tuple[int, int] | None, language: str) -> str:
    """Between which hours somebody is written to, such as `between 09:00 and 20:00`."""
    if window is None:
        return _said(language, "hours_usual")
    if window == _ANY_HOUR:
        return _said(language, "hours_any")
    opens, closes = (hour(minute % _ANY_HOUR[1], language) for minute in window)
    return _said(language, "hours_between", opens=opens, closes=closes)


def holidays(region: str, language: str) -> str:
    """What public holidays are to somebody, such as `quiet, as in Scotland`."""
    if not region:
        return _said(language, "holidays_usual")
    if region == _NONE:
        return _said(language, "holidays_none")
    return _said(language, "holidays_of", region=region_called(region, language))


def region_called(region: str, language: str) -> str:
    """What a region is called: by the house, else as the country is; else its code."""
    block = f"region_{region.replace('-', '_').lower()}"
    if block in house(language).blocks:
        return _said(language, block)
    return str(locale_of(language).territories.get(region, region))


def _said(language: str, block: str, **names: str) -> str:
    return "".join(part.text for part in render(house(language), block, names))
