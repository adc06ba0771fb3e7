"""Whether a campaign makes sense: what its models cannot see, all of it at once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from bot.engine.checks.findings import Path, nearest, suggest
from bot.prompts.places import zone_named
from scheduler.calendar import week_of
from scheduler.campaign import (
    Anchored,
    AtFestival,
    AtSession,
    Campaign,
    Dates,
    FestivalDays,
    Random,
    Step,
    Weekday,
    Weekly,
    after,
    anchor,
    minute,
    numbers,
    span,
)
from scheduler.holidays import NONE, is_holiday, regions
from scheduler.windows import DAY, Span, spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong, and what to do about it."""

    #: Its place in the file.
    at: Path
    fault: str
    mend: str
    #: Other places it is about: when one of those could not be read, nothing is said.
    about: tuple[Path, ...] = ()
    #: True when nothing is wrong, and staff should know it all the same.
    note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a campaign may name."""

    #: Practices that can begin, and those that have faults of their own.
    practices: Collection[str]
    faulty: Collection[str] = ()
    #: IANA zone names.
    zones: Collection[str] = field(default_factory=tuple)


def check(campaign: Campaign, known: Known) -> Iterator[Finding]:
    """Everything wrong with a campaign."""
    yield from _frame(campaign)
    yield from _festival(campaign)
    yield from _names(campaign, known)
    yield from _hours(campaign)
    yield from _twice(("working_days",), campaign.working_days)
    for index, step in enumerate(campaign.steps):
        at: Path = ("steps", index)
        yield from _practice(at, step, known)
        yield from _time(campaign, step, at)
        yield from _days(campaign, step, (*at, "when"))
        yield from _reminder(step, at)
        yield from _heads_up(step, at)


def _frame(campaign: Campaign) -> Iterator[Finding]:
    """From when to when."""
    starts, ends = campaign.starts, campaign.ends
    if starts and ends and ends < starts:
        mend = "Put the later date after `ends:`."
        fault = f"it ends on {ends}, before it starts on {starts}"
        yield Finding(at=("ends",), fault=fault, mend=mend, about=(("starts",),))
    if ends and campaign.weeks:
        fault = "`ends` and `weeks` both say when it is over"
        yield Finding(at=("weeks",), fault=fault, mend="Take one out.", about=(("ends",),))


def _festival(campaign: Campaign) -> Iterator[Finding]:
    """A festival, and steps that go by it."""
    if campaign.festival and not any(isinstance(each.when, Anchored) for each in campaign.steps):
        fault = "it names a festival, and no step goes by it"
        mend = "Take `festival` out, or give a step `when: {kind: festival, ...}`."
        about = tuple(("steps", index, "when") for index, _ in enumerate(campaign.steps))
        yield Finding(at=("festival",), fault=fault, mend=mend, about=about)
    if campaign.counts_from == "joining":
        for index, step in enumerate(campaign.steps):
            if isinstance(step.when, Dates):
                fault = f"step `{step.id}` has dates, and the campaign counts from joining"
                mend = "Take other days, such as `kind: weekly`, or `counts_from: start`."
                at: Path = ("steps", index, "when", "kind")
                yield Finding(at=at, fault=fault, mend=mend, about=(("counts_from",),))


def _names(campaign: Campaign, known: Known) -> Iterator[Finding]:
    """Zones, regions, and names of steps."""
    if campaign.zone is not None and campaign.zone not in known.zones:
        mend = f"Did you mean `{near_zone(campaign.zone, known.zones)}`?"
        yield Finding(at=("zone",), fault=f"there is no time zone `{campaign.zone}`", mend=mend)
    if campaign.region and campaign.region not in regions():
        near = nearest(campaign.region, regions()) or "GB-SCT"
        mend = f"Did you mean `{near}`? For no holidays at all, write `{NONE}`."
        fault = f"no holidays are known for `{campaign.holidays}`"
        yield Finding(at=("holidays",), fault=fault, mend=mend)
    seen: dict[str, int] = {}
    for index, step in enumerate(campaign.steps):
        first = seen.setdefault(step.id, index)
        if first != index:
            fault = f"two steps are named `{step.id}`"
            about = (("steps", first, "id"),)
            mend = "Give each a name of its own."
            yield Finding(at=("steps", index, "id"), fault=fault, mend=mend, about=about)


def near_zone(name: str, zones: Collection[str]) -> str:
    """The zone of the city somebody named, else one that is written nearly so."""
    city = name.rpartition("/")[2].replace("_", " ")
    return zone_named(city) or nearest(name, zones) or "Europe/London"


def _practice(at: Path, step: Step, known: Known) -> Iterator[Finding]:
    """Its practice is there, or the step says that it is awaited."""
    name, place = step.practice, (*at, "practice")
    awaited = partial(Finding, at=(*at, "awaited"), about=(place,), note=True)
    if name in known.faulty:
        fault = f"practice `{name}` has faults of its own"
        yield Finding(at=place, fault=fault, mend="Mend those first: `skerry flows check`.")
    elif step.awaited and name in known.practices:
        fault = f"step `{step.id}` need not wait: practice `{name}` is in the library"
        yield awaited(fault=fault, mend="Nothing must be done; you may take `awaited` out.")
    elif step.awaited:
        fault = f"step `{step.id}` waits for practice `{name}`, which is not in the library yet"
        yield awaited(fault=fault, mend="Nothing must be done; until then, this step is silent.")
    elif name not in known.practices:
        mend = suggest(name, sorted(known.practices), "Name a practice.")
        yield Finding(at=place, fault=f"there is no practice `{name}`", mend=mend)


def _hours(campaign: Campaign) -> Iterator[Finding]:
    """Windows and quiet hours."""
    yield from _same_ends(("window",), campaign.window)
    yield from _same_ends(("quiet",), campaign.quiet)
    if not _open(campaign.window, campaign.quiet):
        fault = "the quiet hours leave nothing of the window"
        mend = "Make the one shorter or the other longer."
        yield Finding(at=("quiet",), fault=fault, mend=mend, about=(("window",),))


def _equal(hours: str | None) -> bool:
    return hours is not None and span(hours)[0] == span(hours)[1]


def _same_ends(at: Path, hours: str | None) -> Iterator[Finding]:
    if _equal(hours):
        fault = f"`{at[-1]}` begins and ends at the same time"
        yield Finding(at=at, fault=fault, mend="Write two times; all day is 00:00-24:00.")


def _open(window: str, quiet: str | None) -> tuple[Span, ...]:
    """What quiet hours leave of a window; those that are no hours take nothing."""
    return spans(span(window), span(quiet) if quiet and not _equal(quiet) else None)


def _time(campaign: Campaign, step: Step, at: Path) -> Iterator[Finding]:
    """The time of day."""
    finding = partial(Finding, at=(*at, "at"), about=((*at, "when"), ("window",), ("quiet",)))
    if isinstance(step.when, Random):
        if step.at is not None:
            fault = "a step at random has no fixed time"
            yield finding(fault=fault, mend="Take `at` out; `window` under `when` gives hours.")
    elif _timeless(step):
        if step.at is not None:
            fault = "minutes and hours are counted from the festival, without a time of day"
            yield finding(fault=fault, mend="Take `at` out, or count days.")
    elif step.at is None:
        fault = f"step `{step.id}` has no time"
        yield finding(fault=fault, mend='Add a line such as `at: "10:00"`.')
    elif not _within(minute(step.at), _open(campaign.window, campaign.quiet)):
        hours = campaign.window + (f" without {campaign.quiet}" if campaign.quiet else "")
        fault = f"{step.at} is outside the hours in which prompts may come: {hours}"
        yield finding(fault=fault, mend="Take another time, or change `window` or `quiet`.")


def _timeless(step: Step) -> bool:
    """Whether it comes minutes or hours before or after something, whatever the time of day."""
    when = step.when
    return isinstance(when, AtFestival | AtSession) and anchor(when.on).days is None


def _within(at: int, hours: Iterable[Span]) -> bool:
    return any(opens <= each < closes for opens, closes in hours for each in (at, at + DAY))


def _days(campaign: Campaign, step: Step, at: Path) -> Iterator[Finding]:
    when = step.when
    match when:
        case Weekly():
            yield from _twice((*at, "on"), when.on)
            yield from _closed_days(campaign, step, when.on, (*at, "on"))
            yield from _twice((*at, "weeks"), when.weeks or ())
            yield from _weeks(campaign, when, (*at, "weeks"))
        case Random():
            yield from _random(campaign, step, when, at)
        case Dates():
            yield from _twice((*at, "on"), when.on)
            yield from _dates(campaign, step, when, (*at, "on"))
        case FestivalDays():
            yield from _twice((*at, "days"), when.days or ())
        case AtSession():
            yield from _twice((*at, "kinds"), when.kinds or ())
        case _:
            pass  # A day of the month falls on any weekday.


def _twice(at: Path, entries: Sequence[str | date | int]) -> Iterator[Finding]:
    """Entries of a list that stand there already."""
    for index, entry in enumerate(entries):
        if entry in entries[:index]:
            fault = f"`{entry}` stands twice"
            yield Finding(at=(*at, index), fault=fault, mend="Take one of them out.")


def _working_days(campaign: Campaign, step: Step) -> Sequence[Weekday]:
    """The days on which a step may come to people who chose none."""
    return tuple(Weekday) if step.any_day else campaign.working_days


def _closed_days(
    campaign: Campaign, step: Step, days: Sequence[Weekday], at: Path
) -> Iterator[Finding]:
    for index, day in enumerate(days):
        if day not in _working_days(campaign, step) and day not in days[:index]:
            yield Finding(
                at=(*at, index),
                fault=f"`{day}` is not one of the campaign's working days",
                mend=f"Take another day, or list them: `working_days: [..., {day}]`.",
                about=(("working_days",), (*at[:2], "any_day")),
            )


def _weeks(campaign: Campaign, when: Weekly, at: Path) -> Iterator[Finding]:
    """Weeks in which it cannot come."""
    last = _last_week(campaign)
    for index, week in enumerate(when.weeks or ()):
        finding = partial(Finding, at=(*at, index), about=(("ends",), ("weeks",), ("starts",)))
        if week % when.every:
            fault = f"week {week} is none of those that `every: {when.every}` allows"
            yield finding(fault=fault, mend="Take `every` out, or the week.")
        elif last is not None and week > last:
            fault = f"week {week} lies after the campaign's last week, which is {last}"
            yield finding(fault=fault, mend="The first week is 0; take an earlier one.")


def _last_week(campaign: Campaign) -> int | None:
    """The number of its last week; the latest it can be when nobody knows its first day yet."""
    if campaign.starts is not None and campaign.last_day is not None:
        return week_of(campaign.last_day, campaign.starts)
    return campaign.weeks


def _random(campaign: Campaign, step: Step, when: Random, at: Path) -> Iterator[Finding]:
    days = when.days or ()
    yield from _twice((*at, "days"), days)
    yield from _closed_days(campaign, step, days, (*at, "days"))
    allowed = len(numbers(tuple(days or _working_days(campaign, step))))
    if when.times > allowed:
        fault = f"{when.times} times a week do not fit on {allowed} allowed days"
        mend = "Each comes on another day: allow more days, or ask fewer times."
        about = (("working_days",),)
        yield Finding(at=(*at, "times"), fault=fault, mend=mend, about=about)
    if when.at_least is not None and when.at_least > when.times:
        fault = f"at least {when.at_least} times is more than {when.times}"
        mend = "`times` is the most; make `at_least` smaller."
        yield Finding(at=(*at, "at_least"), fault=fault, mend=mend)
    yield from _same_ends((*at, "window"), when.window)
    if when.window and not _open(when.window, campaign.quiet):
        fault = "the campaign's quiet hours leave nothing of this window"
        mend = "Take other hours."
        yield Finding(at=(*at, "window"), fault=fault, mend=mend, about=(("quiet",),))


def _dates(campaign: Campaign, step: Step, when: Dates, at: Path) -> Iterator[Finding]:
    """Dates on which nothing can go out."""
    for index, day in enumerate(when.on):
        if day in when.on[:index]:
            continue
        for key, fault, mend in _against(campaign, step, day):
            said = f"{day:%A}, {day}, {fault}"
            yield Finding(at=(*at, index), fault=said, mend=mend, about=((key,),))


def _against(campaign: Campaign, step: Step, day: date) -> Iterator[tuple[str, str, str]]:
    """What speaks against a date: by which of the campaign's keys, how, and what to do."""
    if campaign.starts is not None and day < campaign.starts:
        yield "starts", "lies before the campaign starts", "Take a later date."
    if campaign.last_day is not None and day > campaign.last_day:
        yield "ends", "lies after the campaign's last day", "Take an earlier date."
    if day.weekday() not in numbers(tuple(_working_days(campaign, step))):
        mend = "Take another date, or list its weekday in `working_days`."
        yield "working_days", "is not one of the campaign's working days", mend
    if campaign.region in regions() and is_holiday(campaign.region, day):
        mend = f"Take another date, or write `holidays: {NONE}`."
        yield "holidays", f"is a public holiday in {campaign.holidays}", mend


def _reminder(step: Step, at: Path) -> Iterator[Finding]:
    """One reminder, before the prompt closes."""
    if step.reminder is None:
        return
    closes = _closing(step)
    finding = partial(Finding, at=(*at, "reminder"), about=((*at, "closes"), (*at, "at")))
    if closes is None:
        fault = "there is a reminder, but the prompt never closes"
        yield finding(fault=fault, mend="Say when reminders end, for example `closes: 7 days`.")
    elif _lasting(step.reminder) >= closes:
        fault = f"the reminder after `{step.reminder}` comes when it has closed: `{step.closes}`"
        yield finding(fault=fault, mend="Remind sooner, or close later.")


def _heads_up(step: Step, at: Path) -> Iterator[Finding]:
    """A line before the prompt, where its time is set."""
    if step.heads_up is not None and isinstance(step.when, Random | Anchored):
        yield Finding(
            at=(*at, "heads_up"),
            about=((*at, "when"),),
            fault="a line before the prompt is for a time on set days",
            mend="Take `heads_up` out, or give the step days and a time of its own.",
        )


def _closing(step: Step) -> timedelta | None:
    """How long after its time a prompt closes; None when never."""
    if step.closes == "end of day":
        return timedelta(days=1, minutes=-minute(step.at or "00:00"))
    return None if step.closes == "never" else _lasting(step.closes)


def _lasting(text: str) -> timedelta:
    """How long after a prompt at least."""
    lasting = after(text)
    return timedelta(days=lasting.days, hours=lasting.hours) if lasting else timedelta(days=1)
