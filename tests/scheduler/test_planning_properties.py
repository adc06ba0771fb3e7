"""What holds of planning whatever the campaign, the person and the zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.campaign import Campaign, Random, Weekday, span
from scheduler.course import Course, Planned, course
from scheduler.holidays import is_holiday
from scheduler.person import Person
from scheduler.plan import next_due, occasions
from scheduler.reasons import Reason
from scheduler.verdict import Case, Defer, Go, Skip, Verdict, verdict
from scheduler.windows import DAY, OWN_HOUR
from tests.scheduler.builders import person

ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/Nuuk",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
)
#: So many occasions of each course are looked at.
MANY = 15
LONG = timedelta(days=500)

zones = st.sampled_from(ZONES)
starts = st.dates(date(2027, 1, 1), date(2029, 6, 30)) | st.just(date(2011, 12, 1))
weekdays = st.lists(st.sampled_from(list(Weekday)), min_size=1, unique=True)
clocks = st.integers(0, DAY - 1).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
spans = st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)).filter(
    lambda span: span[0] != span[1] % DAY
)
hours = st.tuples(clocks, clocks).filter(lambda ends: ends[0] != ends[1]).map("-".join)


def kinds(first: date) -> st.SearchStrategy[dict[str, Any]]:
    some = st.none() | st.lists(st.integers(0, 30), min_size=1, unique=True)
    weekly = st.fixed_dictionaries(
        {"kind": st.just("weekly"), "on": weekdays, "every": st.integers(1, 4), "weeks": some}
    )
    monthly = st.fixed_dictionaries({"kind": st.just("monthly"), "day": st.integers(1, 31)})
    days = st.dates(first, first + timedelta(days=300))
    dates = st.fixed_dictionaries(
        {"kind": st.just("dates"), "on": st.lists(days, min_size=1, max_size=9, unique=True)}
    )
    random = st.fixed_dictionaries({"kind": st.just("random"), "times": st.integers(1, 7)})
    return weekly | monthly | dates | random


@st.composite
def campaigns(draw: st.DrawFn) -> Campaign:
    first = draw(starts)
    when = draw(kinds(first))
    step: dict[str, Any] = {"id": "look", "practice": "weekly", "when": when}
    step["closed"] = draw(st.sampled_from(["next_window", "skip"]))
    step["any_day"] = draw(st.booleans())
    if when["kind"] != "random":
        step["at"] = draw(clocks)
    return Campaign.model_validate(
        {
            "name": "any",
            "title": "Any",
            "starts": first,
            "weeks": draw(st.none() | st.integers(1, 40)),
            "window": draw(hours),
            "quiet": draw(st.none() | hours),
            "working_days": draw(weekdays),
            "holidays": draw(st.sampled_from(["GB-SCT", "IE", "none"])),
            "steps": [step],
        }
    )


@st.composite
def people(draw: st.DrawFn) -> Person:
    joined = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=draw(st.integers(-9999, 400)))
    return person(
        zone=draw(zones),
        joined_at=joined,
        days=draw(st.none() | st.lists(st.integers(0, 6), unique=True).map(tuple)),
        minute=draw(st.none() | st.integers(0, DAY - 1)),
        window=draw(st.none() | spans),
        holidays=draw(st.none() | st.sampled_from(["", "GB-SCT", "NZ"])),
    )


courses = st.builds(lambda made, who: course(made, made.steps[0], who), campaigns(), people())


def planned_of(under: Course) -> list[Planned]:
    before = datetime.combine(under.first - timedelta(days=9), datetime.min.time(), UTC)
    return list(islice(occasions(under, after=before), MANY))


@dataclass(frozen=True)
class Judged:
    """One occasion, the one that follows, what becomes of it, and when it goes if it does."""

    planned: Planned
    following: datetime | None
    verdict: Verdict
    sent: datetime | None


def lived(under: Course) -> Iterator[Judged]:
    """Each occasion as a scheduler that is never late would see it through."""
    for planned, then in pairwise([*planned_of(under), None]):
        assert planned is not None
        following = then.at if then else None
        case = Case(course=under, planned_at=planned.at, due=planned.at, following=following)
        found = verdict(case, planned.at)
        sent = planned.at if found == Go() else None
        if isinstance(found, Defer):
            assert verdict(replace(case, due=found.at), found.at) == Go()
            sent = found.at
        yield Judged(planned, following, found, sent)


@given(courses)
@settings(max_examples=150, deadline=None)
def test_occasions_come_in_order_with_names_of_their_own(under: Course) -> None:
    planned = planned_of(under)
    assert all(one.at < other.at for one, other in pairwise(planned))
    assert len({each.name for each in planned}) == len(planned)
    for each in planned:
        assert under.first <= each.wall.date() <= under.last
        assert each.at >= under.person.joined_at


@given(courses, st.timedeltas(timedelta(0), LONG))
@settings(max_examples=150, deadline=None)
def test_the_next_one_is_the_same_from_wherever_one_looks(under: Course, ahead: timedelta) -> None:
    after = datetime.combine(under.first, datetime.min.time(), UTC) + ahead
    known = [each for each in planned_of(under) if each.at > after]
    if known:
        assert next_due(under, after=after) == known[0]


def within(minute: int, span: tuple[int, int]) -> bool:
    """Whether a clock shows a time of a window, which may go over midnight."""
    opens, closes = span
    return opens <= minute < closes if opens < closes else not closes <= minute < opens


def is_open(under: Course, minute: int) -> bool:
    """Whether a prompt may come at a time of day, by what the person and the campaign said."""
    who, made = under.person, under.campaign
    own = who.minute if not isinstance(under.step.when, Random) else None
    if own is not None and own <= minute < own + OWN_HOUR:
        return True
    if who.window is not None:
        return within(minute, who.window)
    quiet = made.quiet is not None and within(minute, span(made.quiet))
    return within(minute, span(made.window)) and not quiet


@given(courses)
@settings(max_examples=150, deadline=None)
def test_nothing_is_sent_outside_the_window_or_on_a_holiday_or_before_joining(
    under: Course,
) -> None:
    for judged in lived(under):
        if judged.sent is None:
            continue
        wall = judged.sent.astimezone(under.where)
        who = under.person
        assert is_open(under, wall.hour * 60 + wall.minute)
        region = under.campaign.region if who.holidays is None else who.holidays
        assert not is_holiday(region, wall.date())
        assert judged.sent >= who.joined_at
        assert under.opening.day_of(judged.sent).weekday() in under.opening.days


@given(courses)
@settings(max_examples=150, deadline=None)
def test_a_deferral_never_reaches_the_next_occasion_or_the_last_day(under: Course) -> None:
    for judged in lived(under):
        if isinstance(judged.verdict, Defer):
            assert judged.planned.at < judged.verdict.at < under.end
            assert judged.following is None or judged.verdict.at < judged.following


@given(courses)
@settings(max_examples=150, deadline=None)
def test_never_two_in_one_minute_and_never_two_after_a_closed_time(under: Course) -> None:
    sent = [judged.sent for judged in lived(under) if judged.sent is not None]
    assert all(one < other for one, other in pairwise(sent))


@given(courses, zones, st.timedeltas(timedelta(0), LONG))
@settings(max_examples=150, deadline=None)
def test_a_new_zone_never_fires_the_past_at_once(
    under: Course, where: str, ahead: timedelta
) -> None:
    moved_at = datetime.combine(under.first, datetime.min.time(), UTC) + ahead
    there = course(under.campaign, under.step, replace(under.person, zone=where))
    for planned in planned_of(there):
        if planned.at < moved_at:
            case = Case(course=there, planned_at=planned.at, due=planned.at, changed_at=moved_at)
            assert verdict(case, moved_at) == Skip(Reason.PAST)
    coming = next_due(there, after=moved_at)
    assert coming is None or coming.at > moved_at


@given(courses, st.timedeltas(timedelta(0), timedelta(days=20)))
@settings(max_examples=150, deadline=None)
def test_after_an_outage_at_most_one_of_a_step_goes(under: Course, outage: timedelta) -> None:
    planned = planned_of(under)
    if not planned:
        return
    back = planned[0].at + outage
    missed = [each for each in pairwise([*planned, None]) if each[0] and each[0].at <= back]
    gone = 0
    for each, then in missed:
        assert each is not None
        case = Case(
            course=under, planned_at=each.at, due=each.at, following=then.at if then else None
        )
        gone += isinstance(verdict(case, back), Go | Defer)
    assert gone <= 1
