"""Random picks: a week's times, made once and then kept as wall times (CALENDAR 5). Pure.

Chance comes from outside. `by_name` always says the same of the same name, so that a dry run
says what will come; what was picked is stored all the same, since people change their rhythm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import blake2b

from scheduler.campaign import Random
from scheduler.course import Course, days_of_week, existing
from scheduler.windows import wall_of

#: A whole number from 0 up to but without the second argument, for a name.
Chance = Callable[[str, int], int]
#: The wall times picked, by the name of their week: `week 5`.
Picks = Mapping[str, tuple[datetime, ...]]


def by_name(name: str, below: int) -> int:
    """A number below another that looks like chance and is the same for the same name."""
    digest = blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % below


def draw(course: Course, when: Random, week: int, chance: Chance) -> tuple[datetime, ...]:
    """Pick a week's wall times, each on another of the allowed days, in order.

    Where there are fewer allowed days than picks, each day gets one.
    """
    name = f"{course.campaign.name}/{course.step.id}/{course.person.id}/week {week}"
    days = existing(course, days_of_week(course, week, sorted(course.opening.days)))
    least = min(when.at_least or when.times, when.times)
    count = least + chance(f"{name}/times", when.times - least + 1)
    minutes = [each for span in course.opening.spans for each in range(*span)]
    picked = []
    for number in range(min(count, len(days))):
        day = days.pop(chance(f"{name}/day {number}", len(days)))
        picked.append(wall_of(day, minutes[chance(f"{name}/minute {number}", len(minutes))]))
    return tuple(sorted(picked))
