"""Pure: dates, times, lengths and offsets as diaries write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.diaries.faults import UnfitError
from bot.diaries.texts import shown

_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_LENGTH = re.compile(
    r"([+-]?)P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?",
    re.ASCII,
)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?", re.ASCII)
_MOST_SECONDS = 59


@dataclass(frozen=True, slots=True)
class Written:
    """A time as it is written."""

    wall: datetime
    is_utc: bool
    #: True for a date alone.
    whole_day: bool


def read(written: str) -> Written:
    """Read a date or a time; raises UnfitError."""
    found = _TIME.fullmatch(written.strip().upper())
    try:
        if found:
            day = date(int(found[1]), int(found[2]), int(found[3]))
            if found[4] is None:
                return Written(datetime.combine(day, time()), is_utc=False, whole_day=True)
            seconds = min(_MOST_SECONDS, int(found[6]))  # A leap second is one more.
            at = time(int(found[4]), int(found[5]), seconds)
            return Written(datetime.combine(day, at), is_utc=bool(found[7]), whole_day=False)
    except ValueError:
        pass
    raise UnfitError(f"there is no such time as {shown(written)}. Enter its time anew")


def length(written: str) -> timedelta:
    """Read how long something takes; raises UnfitError."""
    found = _LENGTH.fullmatch(written.strip().upper())
    if not found:
        raise UnfitError(f"{shown(written)} is not how long something takes. Enter its end anew")
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups()[1:])
    taken = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -taken if found[1] == "-" else taken


def offset(written: str) -> timedelta:
    """Read how far a clock is before UTC; raises UnfitError."""
    found = _OFFSET.fullmatch(written.strip())
    if not found or int(found[2]) >= 24 or int(found[3]) > _MOST_SECONDS:  # noqa: PLR2004 - Hours.
        raise UnfitError(f"{shown(written)} is not how far a clock is from UTC. Give it another")
    ahead = timedelta(
        hours=int(found[2]), minutes=int(found[3]), seconds=min(_MOST_SECONDS, int(found[4] or 0))
    )
    return -ahead if found[1] == "-" else ahead
