"""The outlook: a dry run in counts; how many get what on which day, and how full a week is. Pure.

People are looked at once, one after the other, in all campaigns together, and then let go: only
counts are kept. Those who share a rhythm are counted in one go, where nothing comes at random.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from enum import StrEnum

from bot.records import Standing
from scheduler.campaign import Campaign
from scheduler.course import entered, meant_for
from scheduler.person import Person
from scheduler.reasons import Reason
from scheduler.upcoming import Line, Plans

#: So many different rhythms are gathered before they are counted.
_GATHERED = 5_000


class Unplanned(StrEnum):
    """Why nothing is even planned for somebody in the audience."""

    #: They join, or come into its audience, when everything has been.
    JOINED = "joined_later"
    #: Nothing falls into the time that is looked at.
    NOTHING = "nothing_planned"


class Why(StrEnum):
    """Why one of two campaigns goes first, as `verdict` asks it."""

    #: Its rank is higher.
    RANK = "rank"
    #: The ranks are equal, and it is due earlier.
    EARLIER = "earlier"
    #: Both are due at once, and its name comes first.
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What one step brings to the people of one zone on one date of their own clocks."""

    day: date
    zone: str
    step: str
    people: int
    #: How many of them get it then because their planned time is closed.
    deferred: int
    #: What their clocks show, from the first of them to the last.
    earliest: time
    latest: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week, Monday to Sunday, in which some get more prompts than they should."""

    monday: date
    people: int
    #: What the one with the most gets.
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """Days on which prompts of two campaigns fall into one window of one person."""

    #: The name of the other campaign, and that of the one which goes first.
    other: str
    first: str
    why: Why
    #: How many, each day of each person being one.
    days: int
    #: The first such day.
    example: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a campaign would bring, in counts that name nobody."""

    #: How many are in the audience, and how many of them get anything.
    people: int
    reached: int
    #: How many prompts go.
    prompts: int
    #: In the order of dates, zones and steps.
    days: tuple[Day, ...]
    #: How many people get so many prompts in their fullest week, of all campaigns together.
    fullest: Mapping[int, int]
    #: How many people get more than they should in some week, and the weeks in which they do.
    overfull: int
    weeks: tuple[Week, ...]
    collisions: tuple[Collision, ...]
    #: How many people get nothing, by why.
    unreached: Mapping[Reason | Unplanned, int]
    #: How many prompts do not go, by why.
    skipped: Mapping[Reason, int]


def outlook(
    plans: Plans, people: Iterable[Person], *, beside: Sequence[Plans] = (), maximum: int
) -> Outlook:
    """What a campaign would bring, counted.

    `beside` are the campaigns that run at the same time; `maximum` is how many prompts of all
    of them a person should get in a week at most. Each prompt is counted as it is planned: what
    becomes of one that waits for another campaign's is judged when it comes.
    """
    counts = _Counts(plans, maximum)
    gathered: dict[tuple[object, ...], _Alike] = {}
    for person in people:
        if not meant_for(plans.campaign, person):
            counts.leave(person)
            continue
        theirs = [plans, *(each for each in beside if meant_for(each.campaign, person))]
        if not all(each.alike for each in theirs):
            counts.take(person, theirs, 1)
            continue
        key = tuple((each.campaign.name, each.rhythm(person)) for each in theirs)
        gathered.setdefault(key, _Alike(person, theirs)).count += 1
        if len(gathered) >= _GATHERED:
            counts.take_all(gathered.values())
            gathered.clear()
    counts.take_all(gathered.values())
    return counts.told()


@dataclass(slots=True)
class _Alike:
    """People who get the same: one of them, in which campaigns they are, and how many."""

    person: Person
    plans: list[Plans]
    count: int = 0


@dataclass(slots=True)
class _Cell:
    """A `Day` while it is counted."""

    earliest: time
    latest: time
    people: int = 0
    deferred: int = 0


class _Counts:
    """An outlook while it is counted."""

    def __init__(self, plans: Plans, maximum: int) -> None:
        self._campaign = plans.campaign
        self._now = plans.now
        self._maximum = maximum
        self._prompts = 0
        self._cells: dict[tuple[date, str, str], _Cell] = {}
        self._fullest: Counter[int] = Counter()
        self._weeks: dict[date, Counter[int]] = {}
        self._collisions: Counter[tuple[str, str, Why]] = Counter()
        self._examples: dict[tuple[str, str, Why], date] = {}
        self._reached = 0
        self._unreached: Counter[Reason | Unplanned] = Counter()
        self._skipped: Counter[Reason] = Counter()

    def leave(self, person: Person) -> None:
        """Count somebody who would be in the audience, had they not left the campaign."""
        left = self._campaign.name in person.left
        if left and meant_for(self._campaign, replace(person, left=frozenset())):
            self._unreached[Reason.LEFT] += 1

    def take_all(self, those: Iterable[_Alike]) -> None:
        """Count people who share their rhythms."""
        for each in those:
            self.take(each.person, each.plans, each.count)

    def take(self, person: Person, plans: Sequence[Plans], count: int) -> None:
        """Count so many people like this one; the first of the plans is the campaign at hand."""
        mine, *others = (each.of(person) for each in plans)
        going = [line for line in mine if line.goes]
        beside = [[line for line in other if line.goes] for other in others]
        for line in mine:
            if line.reason is not None and not line.goes:
                self._skipped[line.reason] += count
        if going:
            self._reached += count
            self._prompts += count * len(going)
        else:
            self._unreached[self._why_nothing(person, mine)] += count
        self._place(person.zone, going, count)
        self._load([*going, *(line for other in beside for line in other)], count)
        for plan, other in zip(plans[1:], beside, strict=True):
            self._meet(plan.campaign, going, other, count)

    def _why_nothing(self, person: Person, lines: Sequence[Line]) -> Reason | Unplanned:
        """Why somebody gets nothing: what stops most of their prompts, or why there are none."""
        reasons = Counter(line.reason for line in lines if line.reason is not None)
        if reasons:
            return min(reasons, key=lambda reason: (-reasons[reason], list(Reason).index(reason)))
        if person.standing is not Standing.ACTIVE:
            return Reason.STOPPED
        late = entered(self._campaign, person) > self._now
        return Unplanned.JOINED if late else Unplanned.NOTHING

    def _place(self, zone: str, going: Iterable[Line], count: int) -> None:
        """Put prompts into the calendar; of several on one day a person counts once."""
        seen: dict[tuple[date, str, str], bool] = {}
        for line in going:
            at = line.local.time()
            key = (line.local.date(), zone, line.step)
            cell = self._cells.get(key)
            if cell is None:
                cell = self._cells[key] = _Cell(at, at)
            elif at < cell.earliest:
                cell.earliest = at
            elif at > cell.latest:
                cell.latest = at
            seen[key] = seen.get(key, False) or line.state == "deferred"
        for key, deferred in seen.items():
            self._cells[key].people += count
            self._cells[key].deferred += count if deferred else 0

    def _load(self, lines: Iterable[Line], count: int) -> None:
        """Count the prompts of each week, and the people for whom there are too many."""
        weeks = Counter(_monday(line.local.date()) for line in lines)
        if weeks:
            self._fullest[max(weeks.values())] += count
        for monday, number in weeks.items():
            if number > self._maximum:
                self._weeks.setdefault(monday, Counter())[number] += count

    def _meet(
        self, other: Campaign, going: Sequence[Line], beside: Sequence[Line], count: int
    ) -> None:
        """Count the windows into which prompts of both fall, by who goes first."""
        theirs = {line.window: line for line in reversed(beside)}
        mine = {line.window: line for line in reversed(going) if line.window in theirs}
        for day, line in mine.items():
            first, why = _first(self._campaign, line, other, theirs[day])
            key = (other.name, first.name, why)
            self._collisions[key] += count
            self._examples[key] = min(day, self._examples.get(key, day))

    def told(self) -> Outlook:
        """All that was counted."""
        return Outlook(
            people=self._reached + self._unreached.total(),
            reached=self._reached,
            prompts=self._prompts,
            days=tuple(
                Day(
                    day=day,
                    zone=zone,
                    step=step,
                    people=cell.people,
                    deferred=cell.deferred,
                    earliest=cell.earliest,
                    latest=cell.latest,
                )
                for (day, zone, step), cell in sorted(
                    self._cells.items(), key=lambda each: each[0]
                )
            ),
            fullest=dict(sorted(self._fullest.items())),
            overfull=sum(
                count for number, count in self._fullest.items() if number > self._maximum
            ),
            weeks=tuple(
                Week(monday=monday, people=people.total(), most=max(people))
                for monday, people in sorted(self._weeks.items())
            ),
            collisions=tuple(
                Collision(
                    other=other, first=first, why=why, days=days, example=self._examples[key]
                )
                for key, days in sorted(self._collisions.items())
                for other, first, why in [key]
            ),
            unreached=dict(self._unreached.most_common()),
            skipped=dict(self._skipped.most_common()),
        )


def _first(one: Campaign, line: Line, other: Campaign, theirs: Line) -> tuple[Campaign, Why]:
    """Which of two campaigns goes first in a window, and why; see `verdict`."""
    if one.rank != other.rank:
        return max(one, other, key=lambda each: each.rank), Why.RANK
    if line.utc != theirs.utc:
        return (one if line.utc < theirs.utc else other), Why.EARLIER
    return min(one, other, key=lambda each: each.name), Why.NAME


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
