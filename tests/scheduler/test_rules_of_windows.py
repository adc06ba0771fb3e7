"""The calendar's rules 5 to 8, each by its name, with the examples of docs/calendar.md."""

from __future__ import annotations

from datetime import date, time

import pytest

from scheduler.calendar import (
    zone,
)
from scheduler.holidays import holidays_of, is_holiday, regions
from scheduler.plan import next_due
from scheduler.reasons import Reason
from scheduler.verdict import Defer, Go, Skip
from scheduler.windows import Opening, spans, wall_of
from tests.scheduler.builders import (
    ALWAYS,
    at,
    first,
    judged,
    person,
    running,
    walls,
)

LONDON = zone("Europe/London")


# Rule 5: random picks.

NUDGE = {"kind": "random", "times": 2, "window": "10:00-17:00"}


def test_rule_5_picks_are_made_once_and_kept_as_wall_times() -> None:
    nudge = running(when=NUDGE)
    [one, two] = first(2, nudge)
    assert one.drawn == two.drawn == (one.wall, two.wall)
    assert (one.name, two.name) == ("week 0.1", "week 0.2")
    kept = {one.span: one.drawn}
    again = next_due(nudge, kept, after=at("2027-01-01"), chance=lambda *_: 0)
    assert again is not None
    assert again.wall == one.wall
    assert again.drawn == ()


def test_rule_5_kept_picks_move_with_the_persons_clock() -> None:
    tuesday, thursday = date(2027, 1, 5), date(2027, 1, 7)
    picks = {"week 0": (wall_of(tuesday, 667), wall_of(thursday, 1000))}
    here = next_due(running(when=NUDGE), picks, after=at("2027-01-04"))
    there = next_due(
        running(person(zone="America/New_York"), when=NUDGE), picks, after=at("2027-01-04")
    )
    assert here is not None
    assert there is not None
    assert (here.at, there.at) == (at("2027-01-05 11:07"), at("2027-01-05 16:07"))


def test_rule_5_picks_come_from_the_chance_that_is_given() -> None:
    def least(name: str, below: int) -> int:
        return 0

    planned = next_due(running(when=NUDGE), after=at("2027-01-01"), chance=least)
    assert planned is not None
    assert [f"{wall:%a %H:%M}" for wall in planned.drawn] == ["Mon 10:00", "Tue 10:00"]


def test_rule_5_once_or_twice_a_week() -> None:
    sometimes = running(when=NUDGE | {"at_least": 1}, weeks=20)
    counts = {len(planned.drawn) for planned in first(40, sometimes)}
    assert counts == {1, 2}


def test_rule_5_one_pick_a_week_is_named_by_its_week() -> None:
    assert first(1, running(when=NUDGE | {"times": 1}))[0].name == "week 0"


def test_rule_5_where_somebody_has_fewer_days_each_gets_one() -> None:
    often = running(person(days=(1, 3)), when=NUDGE | {"times": 4}, weeks=1)
    assert [f"{planned.wall:%a}" for planned in first(9, often)] == ["Tue", "Thu"]


def test_rule_5_picks_are_within_their_own_days_and_window() -> None:
    evening = running(person(days=(5,), window=(1140, 1260)), when=NUDGE | {"times": 1}, weeks=9)
    for planned in first(9, evening):
        assert planned.wall.weekday() == 5
        assert time(19) <= planned.wall.time() < time(21)


def test_rule_5_a_step_at_random_may_have_days_of_its_own() -> None:
    midweek = running(when=NUDGE | {"times": 1, "days": ["wednesday"]}, weeks=3)
    assert {f"{planned.wall:%a}" for planned in first(3, midweek)} == {"Wed"}


# Rule 6: windows and quiet hours.


@pytest.mark.parametrize(
    ("window", "quiet", "own", "open_at"),
    [
        ((540, 1200), None, None, ((540, 1200),)),
        ((540, 1200), (720, 780), None, ((540, 720), (780, 1200))),
        ((540, 1200), (480, 600), None, ((600, 1200),)),
        ((540, 1200), (1140, 1260), None, ((540, 1140),)),
        ((540, 1200), (1320, 420), None, ((540, 1200),)),
        ((540, 1200), (1140, 600), None, ((600, 1140),)),
        ((540, 1200), (500, 1300), None, ()),
        ((1320, 120), None, None, ((1320, 1560),)),
        ((1320, 120), (0, 60), None, ((1320, 1440), (1500, 1560))),
        ((0, 1440), None, None, ((0, 1440),)),
        # An hour of one's own is open for two hours, wherever it is.
        ((540, 1200), None, 420, ((420, 1200),)),
        ((540, 1200), None, 60, ((60, 180), (540, 1200))),
        ((540, 1200), None, 1380, ((540, 1200), (1380, 1440))),
        ((540, 1200), None, 600, ((540, 1200),)),
        ((540, 1200), (720, 780), 730, ((540, 720), (730, 1200))),
        ((1320, 120), (0, 60), 30, ((1320, 1440), (1470, 1560))),
    ],
)
def test_rule_6_the_hours_that_are_open(
    window: tuple[int, int],
    quiet: tuple[int, int] | None,
    own: int | None,
    open_at: tuple[tuple[int, int], ...],
) -> None:
    assert spans(window, quiet, own) == open_at


def opening(*open_at: tuple[int, int], days: tuple[int, ...] = tuple(range(7))) -> Opening:
    return Opening(where=LONDON, days=frozenset(days), spans=open_at)


@pytest.mark.parametrize(
    ("now", "closed"),
    [
        ("2027-01-08 08:59:59", Reason.QUIET),
        ("2027-01-08 09:00", None),
        ("2027-01-08 19:59:59", None),
        ("2027-01-08 20:00", Reason.QUIET),
    ],
)
def test_rule_6_the_start_is_in_a_window_and_the_end_is_not(
    now: str, closed: Reason | None
) -> None:
    assert opening((540, 1200)).closed(at(now)) is closed


def test_rule_6_the_small_hours_belong_to_the_day_the_window_opened() -> None:
    """From 22:00 to 02:00 on Fridays only: Saturday's 01:00 is Friday's, Friday's Thursday's."""
    night = opening((1320, 1560), days=(4,))
    assert night.closed(at("2027-01-09 01:00")) is None
    assert night.day_of(at("2027-01-09 01:00")) == date(2027, 1, 8)
    assert night.closed(at("2027-01-08 01:00")) is Reason.WORKING_DAYS
    assert night.closed(at("2027-01-09 02:00")) is Reason.WORKING_DAYS
    assert night.closed(at("2027-01-08 21:00")) is Reason.QUIET


def test_rule_6_a_time_in_the_small_hours_comes_at_the_end_of_its_day() -> None:
    owl = running(person(days=(4,), minute=60, window=(1320, 120)))
    assert walls(1, owl) == ["Sat 2027-01-09 01:00"]
    assert judged(owl, "2027-01-09 01:00") == Go()


def test_rule_6_nothing_is_deferred_to_midnight() -> None:
    """Good Friday, 26 March 2027: the default window opens on Monday at 09:00, summer time."""
    assert judged(running(), "2027-03-26 10:00") == Defer(
        at("2027-03-29 08:00"), Reason.GROUP_HOLIDAY
    )


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        ("2027-01-08 12:30", "2027-01-08 12:30"),
        ("2027-01-08 07:00", "2027-01-08 09:00"),
        ("2027-01-08 21:00", "2027-01-11 09:00"),
        ("2027-01-09 12:00", "2027-01-11 09:00"),
    ],
)
def test_rule_6_the_earliest_allowed_minute(now: str, allowed: str) -> None:
    assert opening((540, 1200), days=(0, 1, 2, 3, 4)).earliest(at(now)) == at(allowed)


def test_rule_6_a_window_that_opens_in_a_gap_opens_at_its_end() -> None:
    assert opening((90, 180)).earliest(at("2027-03-28 00:30")) == at("2027-03-28 01:00")


def test_rule_6_a_window_that_lies_in_a_gap_does_not_open_that_day() -> None:
    assert opening((75, 105)).earliest(at("2027-03-28 00:30")) == at("2027-03-29 00:15")


def test_rule_6_a_window_that_comes_twice_opens_twice() -> None:
    """On 31 October 2027 London's 01:30 comes at 00:30 and at 01:30 UTC."""
    window = opening((90, 105))
    assert window.earliest(at("2027-10-31 00:00")) == at("2027-10-31 00:30")
    assert window.earliest(at("2027-10-31 00:50")) == at("2027-10-31 01:30")


def test_rule_6_where_nothing_is_ever_open_there_is_no_earliest_minute() -> None:
    assert opening().earliest(at("2027-01-08")) is None
    under = running(quiet="08:00-21:00")
    assert judged(under, "2027-01-08 10:00") == Skip(Reason.QUIET)


# Rule 7: holidays.


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        (date(2027, 12, 25), True),  # A Saturday,
        (date(2027, 12, 27), True),  # and its substitute.
        (date(2027, 12, 26), True),
        (date(2027, 12, 28), True),
        (date(2027, 12, 29), False),
        (date(2027, 11, 30), True),  # Saint Andrew's Day.
        (date(2027, 1, 2), True),
        (date(2027, 1, 4), True),
    ],
)
def test_rule_7_the_real_day_and_its_substitute_both_count(day: date, holiday: bool) -> None:  # noqa: FBT001
    assert is_holiday("GB-SCT", day) is holiday


def test_rule_7_a_region_may_be_a_country_or_none() -> None:
    assert is_holiday("IE", date(2027, 3, 17))
    assert not is_holiday("", date(2027, 12, 25))
    assert {"GB-SCT", "IE", "DE-BY"} <= regions()
    with pytest.raises(NotImplementedError):
        holidays_of("XX", 2027)


@pytest.mark.parametrize(
    ("theirs", "day", "reason"),
    [
        (None, "2027-11-30 10:00", Reason.GROUP_HOLIDAY),
        ("IE", "2027-11-30 10:00", None),
        ("IE", "2027-03-17 10:00", Reason.HOLIDAY),
        ("", "2027-11-30 10:00", None),
    ],
)
def test_rule_7_the_region_they_chose_comes_in_place_of_the_campaigns(
    theirs: str | None, day: str, reason: Reason | None
) -> None:
    assert running(person(holidays=theirs)).opening.closed(at(day)) is reason


def test_rule_7_the_persons_local_date_decides() -> None:
    """It is still Christmas in Honolulu when it is Boxing Day's morning in London."""
    there = running(person(zone="Pacific/Honolulu", holidays="US"), **ALWAYS | {"holidays": "US"})
    assert there.opening.closed(at("2026-12-26 08:00")) is Reason.HOLIDAY
    assert there.opening.closed(at("2026-12-26 11:00")) is None


def test_rule_7_over_midnight_neither_day_may_be_a_holiday() -> None:
    """31 December is none, 1 and 2 January are."""
    owl = running(person(window=(1320, 120), days=EVERY), holidays="GB-SCT")
    assert owl.opening.closed(at("2027-12-31 23:00")) is None
    assert owl.opening.closed(at("2028-01-01 01:00")) is Reason.GROUP_HOLIDAY
    assert owl.opening.closed(at("2028-01-05 01:00")) is Reason.GROUP_HOLIDAY


EVERY = tuple(range(7))


# Rule 8: paused until.


@pytest.mark.parametrize(
    ("now", "reason"),
    [("2027-01-07 23:59", Reason.PAUSED), ("2027-01-08 00:00", None)],
)
def test_rule_8_the_day_they_named_is_active_again(now: str, reason: Reason | None) -> None:
    away = running(person(paused_until=date(2027, 1, 8)))
    assert away.away(at(now)) is reason


def test_rule_8_it_is_a_date_on_their_own_clock() -> None:
    away = running(person(zone="Pacific/Auckland", paused_until=date(2027, 1, 8)))
    assert away.away(at("2027-01-07 10:59")) is Reason.PAUSED
    assert away.away(at("2027-01-07 11:00")) is None


def test_rule_5_where_no_minute_is_open_nothing_is_picked() -> None:
    assert next_due(running(when=NUDGE, quiet="09:00-18:00"), after=at("2027-01-01")) is None
