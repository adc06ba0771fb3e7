"""A dry run as entries of a calendar: one for each time at which a step comes to somebody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.commands.printing import persons
from bot.diaries.writing import Entry
from bot.flows.practice import Library
from scheduler.calendar import zone
from scheduler.campaign import Campaign, Random
from scheduler.upcoming import Line

_MINUTE = timedelta(minutes=1)
#: How many minutes one takes whose practice is not there yet.
_USUAL = 10


@dataclass(slots=True)
class _Slot:
    """An entry while it is counted."""

    first: datetime
    last: datetime
    people: int = 0


def entries(
    campaign: Campaign, lines: Iterable[Line], practices: Library, usual: str
) -> Iterator[Entry]:
    """What goes, in the order of time, on the clock of the campaign's zone or of the usual one.

    Of a step at random there is one entry a day, from the first time to the last.
    """
    where = campaign.zone or usual
    steps = {step.id: step for step in campaign.steps}
    at_random = {step.id for step in campaign.steps if isinstance(step.when, Random)}
    clock = zone(where)
    slots: dict[tuple[str, str, datetime | date], _Slot] = {}
    for line in lines:
        if line.goes:
            drawn = line.step in at_random
            at = line.utc.astimezone(clock).date() if drawn else line.utc
            key = (line.step, "" if drawn else line.occasion, at)
            slot = slots.setdefault(key, _Slot(line.utc, line.utc))
            slot.first, slot.last = min(slot.first, line.utc), max(slot.last, line.utc)
            slot.people += 1
    for (step, occasion, at), slot in sorted(
        slots.items(), key=lambda each: (each[1].first, each[0][:2])
    ):
        name = steps[step].practice
        practice = practices.practices.get(name)
        yield Entry(
            uid="-".join((step, *occasion.split(), f"{at:%Y%m%d}", *_clock(at))),
            title=f"{campaign.title}: {practice.flow.title if practice else name}",
            description=_described(slot, drawn=step in at_random),
            starts=slot.first,
            minutes=(slot.last - slot.first) // _MINUTE
            + (practice.flow.minutes if practice else _USUAL),
            zone=where,
        )


def _clock(at: date) -> tuple[str, ...]:
    """The time of an instant, as a part of a name; a day has none."""
    return (f"{at:%H%M%S}",) if isinstance(at, datetime) else ()


def _described(slot: _Slot, *, drawn: bool) -> str:
    who = persons(slot.people)
    return f"{who}, at times nobody can foresee" if drawn else who
