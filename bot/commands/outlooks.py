"""An outlook as tables and plain sentences, for whoever plans a campaign."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from textwrap import fill
from typing import Any

from rich.padding import Padding
from rich.text import Text

from bot.commands.printing import many, persons, table
from bot.commands.refusing import out
from scheduler.campaign import Campaign
from scheduler.outlook import Day, Outlook, Unplanned, Why
from scheduler.reasons import Reason

#: A calendar of more rows is told by the week; one of more weeks, without its zones.
MOST_DAYS = 100
MOST_WEEKS = 200
#: So many of the weeks in which somebody gets too much are named.
_NAMED = 10
#: Sentences are no wider than this.
_WIDE = 100
_REASONS: Mapping[Reason | Unplanned, str] = {
    Reason.NO_PRACTICE: "its practice is still being written",
    Reason.STOPPED: "they said stop",
    Reason.LEFT: "they left this campaign",
    Reason.PAUSED: "they paused, and are not back by then",
    Reason.UNREACHABLE: "they cannot be reached at any address",
    Reason.HOLIDAY: "it is a public holiday of the region they chose",
    Reason.GROUP_HOLIDAY: "it is a public holiday of the campaign's region",
    Reason.WORKING_DAYS: "it is not one of their days",
    Reason.QUIET: "it is outside their hours",
    Reason.NEXT_OCCASION: "the next one of its step would be there by then",
    Reason.ENDED: "the campaign would be over by then",
    Unplanned.JOINED: "they join when all of it has been",
    Unplanned.NOTHING: "nothing of it falls into these days",
}
_WHYS: Mapping[Why, str] = {
    Why.RANK: "its rank is higher",
    Why.EARLIER: "equal ranks; it comes earlier",
    Why.NAME: "equal ranks, both at once; its name is first in the alphabet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told, and the words for it."""

    campaign: Campaign
    outlook: Outlook
    #: The first day that is looked at, and the last.
    first: date
    last: date
    #: The campaigns that run at the same time.
    beside: Sequence[Campaign]
    #: How many prompts a person should get in a week at most.
    maximum: int
    #: What each practice is called.
    practices: Mapping[str, str]
    #: Whether the people are made up.
    made_up: bool
    #: Whether the calendar is told by day, however long it is.
    by_day: bool

    def of_step(self, name: str) -> str:
        """What a step's practice is called, with the step's name where several have that one."""
        steps = {
            step.id: self.practices.get(
                step.practice, step.practice.replace("_", " ").capitalize()
            )
            for step in self.campaign.steps
        }
        alike = [step for step, title in steps.items() if title == steps[name]]
        return f"{steps[name]} ({name})" if alike[1:] else steps[name]

    def of_campaign(self, name: str) -> str:
        """What a campaign is called, with its name where several are called so."""
        titles = {each.name: each.title for each in (self.campaign, *self.beside)}
        alike = [each for each, title in titles.items() if title == titles[name]]
        return f"{titles[name]} ({name})" if alike[1:] else titles[name]


def tell(told: Told, awaited: Sequence[str] = ()) -> None:
    """Print what comes when, how much it is, where campaigns meet and who gets nothing."""
    found = told.outlook
    out.print(Text(told.campaign.title, style="bold"))
    _say(
        f"A dry run from {_long(told.first)} to {_long(told.last)}. Nothing is sent. "
        f"{_in_it(found)}"
    )
    if awaited:
        _say(
            f"Still being written is the practice of: {', '.join(awaited)}. Until it is there, "
            "nothing comes of that; here it is shown as if it were."
        )
    if found.prompts:
        _calendar(told)
        _load(told)
        _collisions(told)
    _unreached(told)
    _skipped(told)
    out.print()
    _say("Each prompt with --each; for programs, --json; for a diary, --ics FILE.")


def _in_it(found: Outlook) -> str:
    if not found.people:
        return "Nobody is in its audience, so nobody would get anything."
    if not found.reached:
        return f"Its audience is {persons(found.people)}, and nobody would get anything."
    if found.people == 1:
        return f"Its audience is 1 person, who would get {many(found.prompts, 'prompt')} in all."
    return (
        f"Its audience is {persons(found.people)}; {found.reached:,} of them would get "
        f"{many(found.prompts, 'prompt')} in all."
    )


def _calendar(told: Told) -> None:
    """The calendar, in as much detail as there is room for."""
    days = told.outlook.days
    _head("What comes when")
    if told.by_day or len(days) <= MOST_DAYS:
        _say("So many people get it on that day. Days and times are those of their own clocks.")
        _show(told, "People", _by(days, lambda each: each.day), by_zone=True)
    else:
        _say(
            f"By day it has {len(days):,} rows; see them with --by-day. Here the prompts of each "
            "week are counted. Days and times are those of people's own clocks."
        )
        rows = {(_monday(each.day), each.step, each.zone) for each in days}
        weeks = _by(days, lambda each: _monday(each.day))
        _show(told, "Prompts", weeks, by_zone=len(rows) <= MOST_WEEKS)
    if any(each.deferred for each in days):
        _say(
            "Moved: so many of them get it later than planned, because a holiday, a day off or "
            "quiet hours close their planned time."
        )


def _by(days: Iterable[Day], key: Callable[[Day], Any]) -> list[tuple[Any, list[Day]]]:
    """The calendar's days put together by something they share, in its order."""
    found: dict[Any, list[Day]] = {}
    for each in days:
        found.setdefault(key(each), []).append(each)
    return sorted(found.items(), key=lambda each: each[0])


def _show(
    told: Told, counted: str, parts: Iterable[tuple[date, list[Day]]], *, by_zone: bool
) -> None:
    """A table of days or of weeks, and in each of them of steps, and in each of those of zones."""
    order = {step.id: number for number, step in enumerate(told.campaign.steps)}
    by_week = counted == "Prompts"
    moved = any(each.deferred for each in told.outlook.days)
    shown = table("", "Time zone", f">{counted}", "Time", ">Moved" if moved else "")
    for first, part in parts:
        when = _short(first)
        shown.add_row(Text(f"Week of {when}" if by_week else when, style="bold"))
        for _, step in _by(part, lambda each: order[each.step]):
            name = told.of_step(step[0].step)
            label = f"{_weekdays(step)}: {name}" if by_week else name
            for _, row in _by(step, lambda each: each.zone if by_zone else ""):
                shown.add_row(Padding(Text(label), (0, 0, 0, 2)), *map(Text, _cells(row)))
                label = ""
    out.print(shown, soft_wrap=False)


def _cells(row: Sequence[Day]) -> Iterator[str]:
    """Where, how many, at what times, and how many of them later than planned."""
    zones = {each.zone for each in row}
    yield f"{len(zones)} zones" if len(zones) > 1 else row[0].zone
    yield f"{sum(each.people for each in row):,}"
    earliest = f"{min(each.earliest for each in row):%H:%M}"
    latest = f"{max(each.latest for each in row):%H:%M}"
    yield earliest if earliest == latest else f"{earliest}-{latest}"
    moved = sum(each.deferred for each in row)
    yield f"{moved:,}" if moved else ""


def _weekdays(days: Iterable[Day]) -> str:
    """From which weekday to which, `Tue` or `Tue-Thu`."""
    first, last = min(each.day for each in days), max(each.day for each in days)
    return f"{first:%a}" if first == last else f"{first:%a}-{last:%a}"


def _load(told: Told) -> None:
    """How many prompts people get in their fullest week, and for how many that is too much."""
    found, most = told.outlook, told.maximum
    _head("How much it is for one person")
    _say(
        "So many people get so many prompts in their fullest week, Monday to Sunday. "
        f"{_with(told)}"
    )
    shown = table(">Prompts", ">People", "")
    for number, people in found.fullest.items():
        too_many = f"more than {most}" if number > most else ""
        shown.add_row(str(number), f"{people:,}", too_many)
    out.print(shown, soft_wrap=False)
    if not found.weeks:
        _say(f"Nobody gets more than {most} in a week.")
        return
    _say(
        f"Too much: {persons(found.overfull)} would get more than {many(most, 'prompt')} "
        "in a week. Leave something out, or put it further apart. --max sets another limit."
    )
    shown = table("Week of", ">People", ">The most one gets")
    for week in found.weeks[:_NAMED]:
        shown.add_row(_long(week.monday), f"{week.people:,}", str(week.most))
    out.print(shown, soft_wrap=False)
    if more := found.weeks[_NAMED:]:
        _say(f"And {many(len(more), 'more week')}.")


def _collisions(told: Told) -> None:
    """Where another campaign wants the same day of the same person."""
    found = told.outlook.collisions
    _head("Where campaigns meet")
    if not found:
        _say(_no_collisions(told))
        return
    _say(
        "Two campaigns never come to one person on one day. One goes first, and the other waits "
        "for that person's next day, or does not come. Each day of each person counts as one."
    )
    shown = table("Other campaign", "Goes first", "Because", ">Days", "For example")
    for each in found:
        mine = each.first == told.campaign.name
        shown.add_row(
            Text(told.of_campaign(each.other)),
            "this one" if mine else "the other",
            _WHYS[each.why],
            f"{each.days:,}",
            _short(each.example),
        )
    out.print(shown, soft_wrap=False)


def _no_collisions(told: Told) -> str:
    if told.beside:
        return "It never falls on one day with another campaign, for anybody."
    if told.made_up:
        return "For made-up people no other campaign runs. Name one with --beside to see."
    return "No other campaign runs."


def _unreached(told: Told) -> None:
    found = told.outlook
    if not found.people:
        return
    _head("Who gets nothing")
    if not found.unreached:
        _say("Everybody in its audience gets something.")
        return
    _say("So many people in its audience would get nothing at all.")
    _reasons(found.unreached, "People")


def _skipped(told: Told) -> None:
    if told.outlook.skipped:
        _head("What does not come")
        _say("So many prompts are planned and would not go.")
        _reasons(told.outlook.skipped, "Prompts")


def _reasons(counts: Mapping[Reason, int] | Mapping[Reason | Unplanned, int], of: str) -> None:
    shown = table(f">{of}", "Because")
    for reason, count in counts.items():
        shown.add_row(f"{count:,}", _REASONS.get(reason, reason.replace("_", " ")))
    out.print(shown, soft_wrap=False)


def _with(told: Told) -> str:
    """Which campaigns are counted together."""
    names = [f'"{told.of_campaign(each.name)}"' for each in told.beside]
    if not names:
        return "Only this campaign is counted."
    if not told.outlook.collisions:
        return f"Counted with it: {', '.join(names)}."
    return (
        f"Counted with it: {', '.join(names)}. All are counted as planned; where campaigns meet, "
        "it may come out a little different."
    )


def _head(words: str) -> None:
    out.print()
    out.print(Text(words, style="bold"))


def _say(words: str) -> None:
    out.print(fill(words, min(out.width, _WIDE)), markup=False)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _long(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
