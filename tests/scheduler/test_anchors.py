"""What goes by a festival: rules 3 and 12 to 15 of docs/calendar.md, with its examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.anchors import Settled, anchored, settle, withdrawn
from scheduler.campaign import anchor
from scheduler.course import Course, Planned, course
from scheduler.festival import Festival, moved
from scheduler.person import Person
from scheduler.plan import next_due, occasions
from scheduler.reasons import Reason
from scheduler.verdict import Case, Defer, Go, Skip, verdict
from tests.scheduler.builders import ALWAYS, LONG_AGO, at, campaign, person
from tests.scheduler.test_festival import festival, session

SPRING = festival()
FAR = at("2040-01-01")
DAYS = {"kind": "festival_day"}
AFTER: dict[str, Any] = {"kind": "session", "on": "10 minutes after it ends"}


def under(
    when: dict[str, Any],
    by: Festival | None = SPRING,
    who: Person | None = None,
    **fields: Any,  # noqa: ANN401 - Whatever a campaign or step has.
) -> Course:
    """A step that goes by a festival, for somebody."""
    made = campaign(when=when, **{"starts": "2026-12-01"} | fields)
    return course(made, made.steps[0], who or person(), by)


def on(text: str, by: Festival = SPRING, who: Person | None = None, **fields: Any) -> str:  # noqa: ANN401 - As above.
    """When a step comes that goes by when a festival opens or closes."""
    [planned] = anchored(under({"kind": "festival", "on": text}, by, who, **fields))
    return f"{planned.wall:%a %F %H:%M}"


def walls(running: Course) -> list[str]:
    return [f"{planned.wall:%a %F %H:%M}" for planned in anchored(running)]


# Rule 3: days by the calendar, hours as they go by.


@pytest.mark.parametrize(
    ("text", "comes"),
    [
        ("3 weeks before it opens", "Mon 2027-01-18 10:00"),
        ("1 week before it opens", "Mon 2027-02-01 10:00"),
        ("1 day before it opens", "Sun 2027-02-07 10:00"),
        ("the day it opens", "Mon 2027-02-08 10:00"),
        ("1 day after it opens", "Tue 2027-02-09 10:00"),
        # It closes on Thursday at 24:00, which is Thursday.
        ("1 day before it closes", "Wed 2027-02-10 10:00"),
        ("the day it closes", "Thu 2027-02-11 10:00"),
        ("2 days after it closes", "Sat 2027-02-13 10:00"),
        ("60 days after it closes", "Mon 2027-04-12 10:00"),
    ],
)
def test_rule_3_days_are_counted_from_the_day_it_opens_or_closes(text: str, comes: str) -> None:
    assert on(text) == comes


@pytest.mark.parametrize(
    ("text", "comes"),
    [
        ("90 minutes before it opens", "2027-02-07 22:30"),
        ("when it opens", "2027-02-08 00:00"),
        ("12 hours after it opens", "2027-02-08 12:00"),
        ("when it closes", "2027-02-12 00:00"),
        ("30 minutes before it closes", "2027-02-11 23:30"),
    ],
)
def test_rule_3_hours_and_minutes_go_by_from_the_instant(text: str, comes: str) -> None:
    [planned] = anchored(under({"kind": "festival", "on": text}))
    assert planned.at == at(comes)


def test_rule_3_the_persons_own_clock_says_which_day_it_is() -> None:
    """At midnight in London it is Sunday evening in New York, and Monday noon in Auckland."""
    assert on("the day it opens", who=person(zone="America/New_York")) == "Sun 2027-02-07 10:00"
    assert on("the day it opens", who=person(zone="Pacific/Auckland")) == "Mon 2027-02-08 10:00"
    assert on("the day it closes", who=person(zone="Pacific/Auckland")) == "Fri 2027-02-12 10:00"


def test_rule_3_a_festival_that_closes_at_midnight_closes_on_the_day_before() -> None:
    timed = festival(closes="2027-02-12 00:00")
    assert on("the day it closes", timed) == "Thu 2027-02-11 10:00"
    assert on("the day it closes", festival(closes="2027-02-12 00:01")) == "Fri 2027-02-12 10:00"
    assert on("the day it opens", festival(opens="2027-02-08 00:00")) == "Mon 2027-02-08 10:00"


def test_rule_3_the_days_of_a_festival_are_dates_on_every_clock() -> None:
    for zone in ("Europe/London", "America/New_York", "Pacific/Auckland"):
        assert walls(under(DAYS, who=person(zone=zone))) == [
            "Mon 2027-02-08 10:00",
            "Tue 2027-02-09 10:00",
            "Wed 2027-02-10 10:00",
            "Thu 2027-02-11 10:00",
        ]


def test_rule_3_some_days_of_a_festival() -> None:
    some = under({"kind": "festival_day", "days": [4, 1, 9]})
    assert [planned.name for planned in anchored(some)] == ["festival day 1", "festival day 4"]


def test_rule_3_a_day_that_a_place_left_out_has_no_prompt() -> None:
    """Samoa had no 30 December 2011."""
    gone = festival(opens="2011-12-29", closes="2011-12-31")
    there = under(DAYS, gone, person(zone="Pacific/Apia"), starts="2011-01-01")
    assert [planned.name for planned in anchored(there)] == ["festival day 1", "festival day 3"]


def test_rule_3_a_day_before_a_session_that_a_place_left_out_has_no_prompt() -> None:
    """At ten in London on the 30th it is the 31st there, and the day before that never was."""
    both = [session("a", "2011-12-31 10:00"), session("b", "2011-12-30 10:00")]
    gone = festival(opens="2011-12-29", closes="2011-12-31", sessions=both)
    when = {"kind": "session", "on": "1 day before it starts"}
    there = under(when, gone, person(zone="Pacific/Apia"), starts="2011-01-01")
    assert [planned.name for planned in anchored(there)] == ["session a"]


def test_rule_3_an_offset_over_a_change_of_clocks_keeps_the_time_of_day() -> None:
    """London's clocks go forward on 28 March 2027."""
    opens = festival(opens="2027-03-31", closes="2027-04-02")
    assert on("1 week before it opens", opens) == "Wed 2027-03-24 10:00"
    [planned] = anchored(under({"kind": "festival", "on": "72 hours before it opens"}, opens))
    assert planned.at == at("2027-03-27 23:00")


def test_rule_3_days_without_a_time_of_day_come_at_that_of_the_anchor() -> None:
    when = {"kind": "festival", "on": "3 days before it opens"}
    made = campaign(when=when, starts="2026-12-01")
    step = made.steps[0].model_copy(update={"at": None})
    spring = festival(opens="2027-03-29 09:30", closes="2027-03-30")
    [planned] = anchored(course(made, step, person(), spring))
    assert f"{planned.wall:%a %F %H:%M}" == "Fri 2027-03-26 09:30"


def test_rule_3_small_hours_of_a_window_over_midnight_belong_to_its_day() -> None:
    owl = under(DAYS, window="22:00-02:00", at="01:00")
    assert walls(owl)[0] == "Tue 2027-02-09 01:00"


# Nobody's own days and hour move a festival; their window holds.


def test_own_days_and_hour_do_not_move_it() -> None:
    own = person(days=(4,), minute=420)
    for when in (DAYS, {"kind": "festival", "on": "1 week before it opens"}):
        assert walls(under(when, who=own)) == walls(under(when))


def test_own_days_do_not_close_it_and_working_days_do() -> None:
    """Somebody who chose Fridays gets Monday's; on a Sunday it waits, unless any day will do."""
    when = {"kind": "festival", "on": "1 day before it opens"}
    friday = person(days=(4,))

    def judged(running: Course) -> object:
        [planned] = anchored(running)
        return verdict(Case(course=running, planned_at=planned.at, due=planned.at), planned.at)

    assert judged(under(when | {"on": "the day it opens"}, who=friday)) == Go()
    assert judged(under(when, who=friday)) == Defer(at("2027-02-08 09:00"), Reason.WORKING_DAYS)
    assert judged(under(when, who=friday, any_day=True)) == Go()


def test_any_day_does_not_take_the_place_of_days_that_people_chose() -> None:
    made = campaign(any_day=True, when={"kind": "weekly", "on": ["sunday"]})
    for days, closed in (((4,), Reason.WORKING_DAYS), (None, None)):
        running = course(made, made.steps[0], person(days=days))
        assert running.opening.closed(at("2027-01-10 10:00")) is closed


def test_their_own_window_and_pause_hold() -> None:
    late = under(DAYS, who=person(window=(720, 1080), paused_until=date(2027, 2, 9)))
    [first, second, *_] = anchored(late)
    assert late.away(first.at) is Reason.PAUSED
    case = Case(course=late, planned_at=second.at, due=second.at)
    assert verdict(case, second.at) == Defer(at("2027-02-09 12:00"), Reason.QUIET)


# Sessions.

PROGRAMME = [
    session("zebra", "2027-02-08 11:00"),
    session("apple", "2027-02-08 11:00"),
    session("long", "2027-02-08 11:00", minutes=90),
    session("cafe", "2027-02-08 09:00", kind="cafe"),
    session("draft", "2027-02-09 09:00", status="draft"),
    session("gone", "2027-02-09 11:00", status="cancelled"),
    session("later", "2027-02-10 11:00", status="postponed", kind="cafe"),
]
MANY = festival(sessions=PROGRAMME)


def named(running: Course) -> list[tuple[str, str]]:
    return [(planned.name, f"{planned.at:%F %H:%M}") for planned in anchored(running)]


def test_sessions_that_end_together_are_one_occasion_named_by_the_first_of_their_names() -> None:
    assert named(under(AFTER, MANY)) == [
        ("session cafe", "2027-02-08 10:05"),
        ("session apple", "2027-02-08 12:05"),
        ("session long", "2027-02-08 12:40"),
    ]


def test_sessions_that_start_together_are_one_occasion() -> None:
    assert named(under({"kind": "session", "on": "15 minutes before it starts"}, MANY)) == [
        ("session cafe", "2027-02-08 08:45"),
        ("session apple", "2027-02-08 10:45"),
    ]


def test_sessions_together_are_so_on_every_clock() -> None:
    """One in Berlin that ends at the same instant as one in London."""
    both = [
        session("b", "2027-02-08 11:00"),
        session("a", "2027-02-08 12:00", zone="Europe/Berlin"),
    ]
    assert named(under(AFTER, festival(sessions=both))) == [("session a", "2027-02-08 12:05")]


def test_only_sessions_of_the_kinds_that_are_named() -> None:
    assert named(under(AFTER | {"kinds": ["cafe", "launch"]}, MANY)) == [
        ("session cafe", "2027-02-08 10:05")
    ]


def test_a_day_before_a_session_comes_at_the_steps_time_of_day() -> None:
    when = {"kind": "session", "on": "3 days before it starts", "kinds": ["cafe"]}
    assert walls(under(when, MANY, at="15:00")) == ["Fri 2027-02-05 15:00"]


def test_a_day_before_several_sessions_of_one_day_comes_once() -> None:
    when = {"kind": "session", "on": "1 day before it starts"}
    assert named(under(when, MANY)) == [("session apple", "2027-02-07 10:00")]
    # On Auckland's clock one of them is on the next day.
    night = [session("late", "2027-02-08 12:00"), session("early", "2027-02-08 09:00")]
    there = under(when, festival(sessions=night), person(zone="Pacific/Auckland"))
    assert [planned.name for planned in anchored(there)] == ["session early", "session late"]


def test_a_session_that_ends_at_midnight_ends_on_the_day_before() -> None:
    night = festival(sessions=[session("night", "2027-02-08 23:00", minutes=60)])
    assert walls(under({"kind": "session", "on": "1 day after it ends"}, night)) == [
        "Tue 2027-02-09 10:00"
    ]


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        (None, ["session gone", "session later"]),
        (["cafe"], ["session later"]),
        (["session"], ["session gone"]),
    ],
)
def test_what_was_cancelled_or_postponed_is_withdrawn(
    kinds: list[str] | None, names: list[str]
) -> None:
    running = under(AFTER | {"kinds": kinds}, MANY)
    assert [planned.name for planned in withdrawn(running)] == names
    assert {planned.name for planned in anchored(running)}.isdisjoint(names)


def test_nothing_is_withdrawn_from_what_does_not_go_by_sessions() -> None:
    assert withdrawn(under(DAYS, MANY)) == ()
    assert withdrawn(under(AFTER, None)) == ()


def test_without_a_festival_nothing_comes() -> None:
    for when in (DAYS, AFTER, {"kind": "festival", "on": "when it opens"}):
        assert anchored(under(when, None)) == ()
        assert next_due(under(when, None), after=LONG_AGO) is None


def test_nothing_comes_after_the_campaigns_last_day() -> None:
    assert len(anchored(under(DAYS, ends="2027-02-09"))) == 2


# Rule 12: joining.


def test_rule_12_whoever_joins_while_a_festival_is_on_gets_what_comes_from_then_on() -> None:
    late = person(joined_at=at("2027-02-09 10:00"))
    coming = occasions(under(DAYS, who=late), after=at("2027-01-01"))
    assert [planned.name for planned in coming] == [
        *("festival day 2", "festival day 3", "festival day 4")
    ]
    later = person(joined_at=at("2027-02-09 10:01"))
    planned = next_due(under(DAYS, who=later), after=at("2027-01-01"))
    assert planned is not None
    assert planned.name == "festival day 3"


# Rule 13: moved.


def planned_anew(before: Course, now: str, by: Festival, ended: Mapping[str, bool]) -> Settled:
    """What becomes of a step whose festival moves."""
    coming = next_due(before, after=at(now) - timedelta(seconds=1))
    waiting = (coming.name, coming.at) if coming else None
    return settle(
        anchored(replace(before, festival=by)),
        since=LONG_AGO,
        ahead=(at(now), FAR),
        ended=ended,
        waiting=waiting,
    )


WEEK_BEFORE = {"kind": "festival", "on": "1 week before it opens"}


def test_rule_13_a_festival_that_moves_on_takes_what_is_not_sent_with_it() -> None:
    later = moved(SPRING, date(2027, 3, 8))
    found = planned_anew(under(WEEK_BEFORE), "2027-01-20", later, {})
    assert found.coming is not None
    assert f"{found.coming.wall:%a %F %H:%M}" == "Mon 2027-03-01 10:00"
    assert (found.past, found.again, found.waits) == ((), (), False)


def test_rule_13_what_comes_to_lie_in_the_past_is_past_and_not_sent_at_once() -> None:
    """On 30 January the festival is brought forward from 8 to 1 February."""
    earlier = moved(SPRING, date(2027, 2, 1))
    found = planned_anew(under(WEEK_BEFORE), "2027-01-30", earlier, {})
    assert found.coming is None
    assert [planned.name for planned in found.past] == ["opens-7d"]


def test_rule_13_what_was_sent_does_not_come_again() -> None:
    """The intention went out on 1 February; on the 2nd the festival moves on to March."""
    later = moved(SPRING, date(2027, 3, 8))
    found = planned_anew(under(WEEK_BEFORE), "2027-02-02", later, {"opens-7d": True})
    assert found == Settled(coming=None, waits=False, past=(), again=())


def test_rule_13_what_was_skipped_and_lies_ahead_again_comes_after_all() -> None:
    """They were away on 1 February, and the intention was skipped; then the festival moves on."""
    later = moved(SPRING, date(2027, 3, 8))
    found = planned_anew(under(WEEK_BEFORE), "2027-02-02", later, {"opens-7d": False})
    assert found.coming is not None
    assert (found.coming.name, found.again) == ("opens-7d", ("opens-7d",))


def test_rule_13_what_waits_and_has_not_moved_goes_on_waiting() -> None:
    """Due on the first day at 10:00 and deferred to the evening; at noon a session is added."""
    running = under(DAYS)
    first = anchored(running)[0]
    found = settle(
        anchored(running),
        since=LONG_AGO,
        ahead=(at("2027-02-08 12:00"), FAR),
        ended={},
        waiting=(first.name, first.at),
    )
    assert found == Settled(coming=first, waits=True, past=(), again=())


def test_rule_13_a_new_session_that_is_over_is_past() -> None:
    running = under(AFTER, MANY)
    found = settle(
        anchored(running), since=LONG_AGO, ahead=(at("2027-02-08 12:30"), FAR), ended={}
    )
    assert [planned.name for planned in found.past] == ["session cafe", "session apple"]
    assert found.coming is not None
    assert found.coming.name == "session long"


def test_rule_13_a_festival_that_moves_over_a_change_of_clocks_keeps_its_times_of_day() -> None:
    """From February to the week in which London's clocks go forward."""
    running = under(AFTER, MANY)
    spring = replace(running, festival=moved(MANY, date(2027, 3, 29)))
    assert [f"{planned.wall:%a %H:%M}" for planned in anchored(running)] == [
        f"{planned.wall:%a %H:%M}" for planned in anchored(spring)
    ]
    assert named(spring)[0] == ("session cafe", "2027-03-29 09:05")


# Rule 14: sent once, named by its anchor.


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1 week before it opens", "opens-7d"),
        ("7 days before it opens", "opens-7d"),
        ("the day it opens", "opens"),
        ("1 day after it closes", "closes+1d"),
        ("60 days after it closes", "closes+60d"),
        ("2 hours before it opens", "opens-120m"),
        ("90 minutes after it closes", "closes+90m"),
        ("when it closes", "closes"),
    ],
)
def test_rule_14_an_occasion_is_named_by_its_anchor(text: str, name: str) -> None:
    assert anchor(text).name == name
    [planned] = anchored(under({"kind": "festival", "on": text}))
    assert planned.name == name


@pytest.mark.parametrize("when", [DAYS, AFTER, WEEK_BEFORE])
def test_rule_14_a_moved_festival_keeps_its_names(when: dict[str, Any]) -> None:
    running = under(when, MANY)
    later = replace(running, festival=moved(MANY, date(2027, 6, 7)))
    names = [planned.name for planned in anchored(running)]
    assert names
    assert [planned.name for planned in anchored(later)] == names


def test_rule_14_a_session_that_moves_keeps_its_name() -> None:
    held = session("maps", "2027-02-08 11:00")
    before = under(AFTER, festival(sessions=[held]))
    after = under(AFTER, festival(sessions=[held | {"starts": "2027-02-10 15:00"}]))
    assert [each.name for each in anchored(before)] == [each.name for each in anchored(after)]


# Rule 15: every ending has its reason.


def test_rule_15_a_practice_that_is_awaited_is_the_reason() -> None:
    running = under(DAYS, awaited=True)
    [first, *_] = anchored(running)
    case = Case(course=running, planned_at=first.at, due=first.at, absent=True)
    assert verdict(case, first.at) == Skip(Reason.NO_PRACTICE)


# What holds whatever is planned, has ended and waits.

BEGIN = datetime(2027, 2, 1, tzinfo=UTC)
minutes = st.integers(0, 100)


@st.composite
def plans(draw: st.DrawFn) -> tuple[Planned, ...]:
    found = draw(st.lists(minutes, max_size=12, unique=True))
    made = []
    for number, minute in enumerate(sorted(found)):
        instant = BEGIN + timedelta(minutes=minute)
        made.append(Planned(name=f"n{number}", wall=instant.replace(tzinfo=None), at=instant))
    return tuple(made)


@st.composite
def cases(draw: st.DrawFn) -> tuple[tuple[Planned, ...], dict[str, Any]]:
    planned = draw(plans())
    names = [each.name for each in planned]
    ended = draw(st.dictionaries(st.sampled_from(names or ["other"]), st.booleans()))
    waiting = None
    waits = draw(st.booleans())
    if planned and waits:
        one = draw(st.sampled_from(planned))
        waiting = (one.name, one.at + timedelta(minutes=draw(st.sampled_from([0, 0, 1]))))
    since = BEGIN + timedelta(minutes=draw(minutes) - 50)
    now = BEGIN + timedelta(minutes=draw(minutes))
    ahead = (now, now + timedelta(minutes=draw(minutes)))
    return planned, {"since": since, "ahead": ahead, "ended": ended, "waiting": waiting}


@given(cases())
@settings(max_examples=500, deadline=None)
def test_what_was_sent_never_comes_and_everything_else_has_its_place(
    case: tuple[tuple[Planned, ...], dict[str, Any]],
) -> None:
    planned, given_ = case
    (now, until), since, ended = given_["ahead"], given_["since"], given_["ended"]
    found = settle(planned, **given_)
    coming = found.coming
    past = {each.name for each in found.past}
    again = set(found.again)
    assert past.isdisjoint(again)
    assert len(past) == len(found.past)
    assert not any(ended.get(name) for name in past | again)
    if coming is not None:
        assert not ended.get(coming.name)
        assert coming.name not in past
        assert coming.at >= since
        assert (coming.at > now) is not found.waits
    if found.waits:
        assert coming is not None
        assert given_["waiting"] == (coming.name, coming.at)
    for each in planned:
        if each.at < since or each.at > until or ended.get(each.name):
            assert each.name not in past | again
            assert each is not coming
        elif each.at > now:
            assert (each.name in again) is (ended.get(each.name) is False)
            assert coming is not None
            assert coming.at <= each.at
        elif each.name in ended:  # It ended without being sent, and stays so.
            assert each.name not in past | again
        else:  # Past, or the one that waits, or behind that.
            behind = found.waits and coming is not None and coming.at <= each.at
            assert (each.name in past) is not behind


@given(st.integers(0, 400), st.integers(-400, 400))
@settings(max_examples=100, deadline=None)
def test_every_occasion_of_a_festival_has_a_name_of_its_own_wherever_it_moves(
    first: int, second: int
) -> None:
    """And settled on the way, whatever was sent before is never what comes."""
    day = date(2027, 1, 1) + timedelta(days=first)
    for when in (DAYS, AFTER, WEEK_BEFORE):
        before = under(when, moved(MANY, day), **ALWAYS)
        after = replace(before, festival=moved(MANY, day + timedelta(days=second)))
        now = datetime.combine(day, datetime.min.time(), UTC)
        sent = {each.name: True for each in anchored(before) if each.at <= now}
        planned = anchored(after)
        assert len({each.name for each in planned}) == len(planned)
        assert all(one.at <= other.at for one, other in pairwise(planned))
        found = settle(planned, since=LONG_AGO, ahead=(now, FAR), ended=sent)
        assert found.coming is None or found.coming.name not in sent
        assert {each.name for each in found.past}.isdisjoint(sent)


def test_what_lies_further_ahead_is_left_to_a_later_day() -> None:
    planned = anchored(under(DAYS))
    ahead = at("2027-02-01"), planned[0].at - timedelta(seconds=1)
    assert settle(planned, since=LONG_AGO, ahead=ahead, ended={}).coming is None
    ahead = ahead[0], planned[0].at
    assert settle(planned, since=LONG_AGO, ahead=ahead, ended={}).coming == planned[0]
