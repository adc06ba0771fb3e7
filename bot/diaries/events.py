"""Pure: one event of a diary, with what a programme can use of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from icalendar.parser import split_on_unescaped_comma

from bot.diaries import times
from bot.diaries.components import Component, Property
from bot.diaries.faults import TooMuchError, UnfitError
from bot.diaries.moments import Moment, moments
from bot.diaries.rules import Rule, rule
from bot.diaries.texts import lines, plain
from bot.diaries.zones import Clocks
from scheduler.festival import EventType, Session, Status

#: How long a session is whose diary does not say.
USUAL = 55
_MINUTE = timedelta(minutes=1)
_LONGEST_DAY = timedelta(days=1)
#: So many categories are looked at.
_MANY = 20
_LATEST = 2**31 - 1
_STATUS = {"CANCELLED": Status.CANCELLED, "TENTATIVE": Status.SUBMITTED}
_SAID = re.compile(r"(host|access)\s*:\s*(.+)", re.IGNORECASE)
_PRIVATE = frozenset({"PRIVATE", "CONFIDENTIAL"})
#: What others call the kinds of events.
_KINDS = {each.value: each for each in EventType} | {"café": EventType.CAFE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of a diary, which may come again."""

    uid: str
    sequence: int
    starts: Moment
    minutes: int
    #: Why it is no session; empty when it is one.
    left_out: str
    #: Which time of its series it stands for; None when for itself.
    instead: Moment | None
    rules: tuple[Rule, ...]
    more: tuple[Moment, ...]
    fewer: tuple[Moment, ...]
    title: str
    status: Status
    kind: EventType
    host: str
    theme: str
    access: str
    #: Whether some of its text was longer than fits.
    clipped: bool

    @property
    def in_series(self) -> bool:
        """Whether it is one of several by its UID."""
        return bool(self.rules or self.more or self.instead)


def event(given: Component, clocks: Clocks, *, cancelled: bool) -> Event:
    """Read an event; raises UnfitError."""
    try:
        return _event(given, clocks, cancelled=cancelled)
    except OverflowError:
        raise UnfitError("its times are out of all bounds. Enter them anew") from None
    except TooMuchError:
        raise UnfitError("its time zone changes too often. Give it another") from None


def title(given: Component) -> str:
    """What an event is called; never empty."""
    return plain(_text(given.one("SUMMARY"))) or "Untitled session"


def _event(given: Component, clocks: Clocks, *, cancelled: bool) -> Event:
    uid = plain(_text(given.one("UID")))
    if not uid:
        raise UnfitError("it has no UID, by which it is known again. Export it from a diary")
    starts = next(_times(given, "DTSTART", clocks), None)
    if starts is None:
        raise UnfitError("it does not say when it starts. Give it a time")
    takes = _takes(given, starts, clocks)
    if any("RANGE" in each.params for each in given.all("RECURRENCE-ID")):
        raise UnfitError("a change of it is for all that follow. Make those a series of their own")
    if len(given.all("RRULE")) > 1:
        raise UnfitError("it comes again by several rules. Make those several events")
    said = dict(_said(given))
    kind, theme = _categories(given)
    texts = {
        "title": title(given),
        "host": said.get("host") or _organiser(given),
        "theme": theme,
        "access": said.get("access", ""),
    }
    fitting = {name: text[: _most(name)].rstrip() for name, text in texts.items()}
    status = _STATUS.get(_value(given, "STATUS"), Status.APPROVED)
    return Event(
        uid=uid,
        sequence=_sequence(given),
        starts=starts,
        minutes=max(1, round(takes / _MINUTE)) if takes else USUAL,
        left_out=_left_out(given, starts, takes),
        instead=next(_times(given, "RECURRENCE-ID", clocks), None),
        rules=tuple(rule(each.value, starts.wall) for each in given.all("RRULE")),
        more=tuple(_times(given, "RDATE", clocks)),
        fewer=tuple(_times(given, "EXDATE", clocks)),
        status=Status.CANCELLED if cancelled else status,
        kind=kind,
        clipped=fitting != texts,
        **fitting,
    )


def _times(given: Component, name: str, clocks: Clocks) -> Iterator[Moment]:
    for each in given.all(name):
        if each.value.strip():
            yield from moments(each, clocks)


def _takes(given: Component, starts: Moment, clocks: Clocks) -> timedelta:
    """How long it takes; nothing when that is not said."""
    ends = next(_times(given, "DTEND", clocks), None)
    if ends is not None:
        takes = ends.at - starts.at
    elif length := given.one("DURATION"):
        takes = times.length(length.value)
    else:
        return timedelta()
    if takes < timedelta():
        raise UnfitError("it ends before it starts. Give it a later end")
    return takes


def _left_out(given: Component, starts: Moment, takes: timedelta) -> str:
    if _value(given, "CLASS") in _PRIVATE:
        return "private"
    if starts.whole_day:
        return "all day"
    return "longer than a day" if takes > _LONGEST_DAY else ""


def _sequence(given: Component) -> int:
    written = _value(given, "SEQUENCE") or "0"
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", written):
        raise UnfitError("its SEQUENCE is no number. Export it again")
    return min(max(0, int(written)), _LATEST)


def _said(given: Component) -> Iterator[tuple[str, str]]:
    """What its description says of its host and of access, the first line of each."""
    for line in reversed(lines(_text(given.one("DESCRIPTION")))):
        if found := _SAID.fullmatch(line):
            yield found[1].lower(), found[2]


def _organiser(given: Component) -> str:
    """The organiser's name, where that is a name."""
    organiser = given.one("ORGANIZER")
    name = plain(organiser.params.get("CN", "")) if organiser else ""
    return "" if "@" in name else name


def _categories(given: Component) -> tuple[EventType, str]:
    """The first category that is a kind of event, and all others."""
    lists = [split_on_unescaped_comma(each.value) for each in given.all("CATEGORIES")[:_MANY]]
    found = [plain(part) for parts in lists for part in parts[:_MANY]]
    kind = next((each for each in found if each.lower() in _KINDS), None)
    if kind is not None:
        found.remove(kind)
    theme = ", ".join(each for each in found if each)
    return (EventType.SESSION if kind is None else _KINDS[kind.lower()]), theme


def _text(given: Property | None) -> str:
    return given.text if given else ""


def _value(given: Component, name: str) -> str:
    found = given.one(name)
    return found.value.strip().upper() if found else ""


def _most(name: str) -> int:
    """How long a session's text may be."""
    limits = (getattr(each, "max_length", 0) for each in Session.model_fields[name].metadata)
    return max(limits)
