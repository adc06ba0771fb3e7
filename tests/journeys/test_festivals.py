"""Festivals: prompts that go by one, what becomes of them when it moves, and what staff say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.records import Invited
from bot.requests import festivals, notices, planning, previews
from bot.store import campaigns, cohorts, dues, rhythms
from bot.store import notices as kept_notices
from bot.store.campaigns import Progress
from bot.store.previews import LASTS
from scheduler.campaign import Campaign
from scheduler.festival import Festival, Session, Status, moved
from tests.conftest import Urls
from tests.journeys.conftest import on_both
from tests.journeys.looking import held, words
from tests.journeys.someone import Someone, texts
from tests.journeys.test_campaigns import DAY, MONDAY, WEEK, asks, ended
from tests.proofs.test_canary import Canaries, everything

pytestmark = on_both

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
#: It opens on Monday 23 November 2026, two weeks after the first Monday.
OPENS = date(2026, 11, 23)
FIRST = datetime.combine(OPENS, time(), UTC)


def session(name: str, day: int, clock: str, **more: Any) -> Session:  # noqa: ANN401
    starts = f"{OPENS + (day - 1) * DAY} {clock}"
    return Session.model_validate({"id": name, "title": name, "starts": starts} | more)


FEAST = Festival(
    name="feast",
    title="A feast",
    opens=OPENS,
    closes=OPENS + 3 * DAY,
    sessions=(
        session("walk", 1, "10:00"),
        session("talk", 2, "14:00"),
        session("song", 2, "14:00"),
    ),
)
AHEAD = {"kind": "festival", "on": "1 week before it opens"}
LATER = {"kind": "festival", "on": "60 days after it closes"}
AFTER = {"kind": "session", "on": "10 minutes after it ends"}


def goes_by(*steps: dict[str, Any], **more: Any) -> Campaign:  # noqa: ANN401
    """A campaign by the feast; on any day and at any hour, so that nothing else defers it."""
    each: dict[str, Any] = {"practice": "nudge", "any_day": True}
    told = {
        "name": "festive",
        "title": "By the feast",
        "starts": "2026-11-09",
        "festival": "feast",
        "holidays": "none",
        "window": "00:00-24:00",
        "steps": [{"id": f"step_{number}"} | each | step for number, step in enumerate(steps, 1)],
    }
    return Campaign.model_validate_json(json.dumps(told | more))


def begins(someone: Someone, campaign: Campaign, now: datetime = MONDAY) -> None:
    someone.now = now
    someone.asks(lambda conn: festivals.keep(conn, FEAST, someone.now))
    someone.starts(campaign)
    someone.asks(lambda conn: planning.planned(conn, campaign.name, someone.now))


def becomes(someone: Someone, festival: Festival, *, planned: bool = True) -> None:
    """Staff change the feast; what goes by it is planned anew, unless that is cut short."""

    def change(conn: Connection) -> None:
        for name in festivals.keep(conn, festival, someone.now):
            if planned:
                planning.fan(conn, name, rhythms.joined(conn), someone.now)
                planning.planned(conn, name, someone.now)

    someone.asks(change)


def looks_ahead(someone: Someone) -> None:
    """The pulse plans what comes near, and what was cut short."""

    def plan(conn: Connection) -> None:
        for each in planning.unplanned(conn, someone.now):
            ids = rhythms.joined(conn)
            if each.festive:
                planning.fan(conn, each.name, ids, someone.now, each.since)
            else:
                planning.plan_in(conn, each.name, ids, someone.now)
            planning.planned(conn, each.name, someone.now)

    someone.asks(plan)


def lives(someone: Someone, until: datetime) -> list[datetime]:
    """Time goes by, with a look ahead twice a day; when something was asked of them."""
    came: list[datetime] = []
    while someone.now < until:
        looks_ahead(someone)
        soonest = someone.asks(dues.soonest)
        step = min(until, someone.now + 12 * HOUR)
        someone.now = min(step, soonest) if soonest and soonest > someone.now else step
        came += [someone.now] * asks(someone.is_called())
    return came


def steer(someone: Someone, progress: Progress) -> None:
    """Staff pause, resume or cancel it, as the commands do."""

    def change(conn: Connection) -> None:
        campaigns.change(conn, "festive", progress, someone.now)
        if progress is Progress.CANCELLED:
            planning.cancel(conn, "festive", someone.now)
        if progress is Progress.RUNNING:
            planning.plan_in(conn, "festive", rhythms.joined(conn), someone.now)

    someone.asks(change)


def changed(name: str, **more: object) -> Festival:
    """The feast with one of its sessions changed."""
    sessions = [
        each.model_copy(update=more) if each.id == name else each for each in FEAST.sessions
    ]
    return FEAST.model_copy(update={"sessions": tuple(sessions)})


def at_day(day: int, clock: str) -> datetime:
    """A time on a day of the feast; days before it are 0, -1, and so on."""
    return datetime.combine(OPENS + (day - 1) * DAY, time.fromisoformat(clock), UTC)


# When they come.


def test_the_prompts_of_a_festival_come_at_their_times(someone: Someone) -> None:
    steps: list[dict[str, Any]] = [
        {"when": AHEAD, "at": "10:00"},
        {"when": {"kind": "festival_day", "days": [1, 4]}, "at": "08:30"},
        {"when": AFTER},
        {"when": {"kind": "festival", "on": "3 hours after it closes"}},
    ]
    begins(someone, goes_by(*steps))
    came = lives(someone, FIRST + WEEK)
    assert came == [
        at_day(-6, "10:00"),
        at_day(1, "08:30"),
        at_day(1, "11:05"),
        at_day(2, "15:05"),
        at_day(4, "08:30"),
        at_day(5, "03:00"),
    ]
    assert [(name, state) for name, state, _ in ended(someone)] == [
        ("opens-7d", "sent"),
        ("festival day 1", "sent"),
        ("session walk", "sent"),
        ("session song", "sent"),
        ("festival day 4", "sent"),
        ("closes+180m", "sent"),
    ]


def test_their_own_days_and_hour_do_not_move_a_festival(someone: Someone) -> None:
    begins(someone, goes_by({"when": {"kind": "festival_day", "days": [1]}, "at": "20:00"}))
    assert lives(someone, FIRST + WEEK) == [at_day(1, "20:00")]


def test_sessions_of_one_day_bring_one_word_the_evening_before(someone: Someone) -> None:
    late = session("late", 2, "19:00")
    feast = FEAST.model_copy(update={"sessions": (*FEAST.sessions, late)})
    before = {"when": {"kind": "session", "on": "1 day before it starts"}, "at": "18:00"}
    begins(someone, goes_by(before))
    becomes(someone, feast)
    assert lives(someone, FIRST + WEEK) == [at_day(0, "18:00"), at_day(1, "18:00")]
    assert {state for _, state, _ in ended(someone)} == {"sent"}


# When it moves.


@pytest.mark.parametrize("by", [9, -6])
def test_a_move_before_the_sends_moves_them_all(someone: Someone, by: int) -> None:
    begins(someone, goes_by({"when": AHEAD, "at": "10:00"}, {"when": AFTER}))
    becomes(someone, moved(FEAST, OPENS + by * DAY))
    came = lives(someone, FIRST + 4 * WEEK)
    assert came == [
        at_day(-6 + by, "10:00"),
        at_day(1 + by, "11:05"),
        at_day(2 + by, "15:05"),
    ]


def test_a_move_between_sends_moves_what_is_not_sent_and_sends_nothing_again(
    someone: Someone,
) -> None:
    begins(someone, goes_by({"when": AHEAD, "at": "10:00"}, {"when": AFTER}))
    assert lives(someone, at_day(2, "09:00")) == [at_day(-6, "10:00"), at_day(1, "11:05")]
    becomes(someone, moved(FEAST, OPENS + 2 * WEEK))
    assert lives(someone, FIRST + 5 * WEEK) == [at_day(2, "15:05") + 2 * WEEK]
    assert [name for name, _, _ in ended(someone)] == ["opens-7d", "session walk", "session song"]


def test_a_move_after_the_sends_sends_nothing(someone: Someone) -> None:
    begins(someone, goes_by({"when": AHEAD, "at": "10:00"}, {"when": AFTER}))
    assert len(lives(someone, FIRST + WEEK)) == 3
    becomes(someone, moved(FEAST, OPENS + 3 * WEEK))
    assert lives(someone, FIRST + 6 * WEEK) == []
    assert len(ended(someone)) == 3


def test_what_a_move_leaves_behind_is_past_and_comes_once_it_lies_ahead_again(
    someone: Someone,
) -> None:
    begins(someone, goes_by({"when": AHEAD, "at": "10:00"}))
    becomes(someone, moved(FEAST, OPENS - 10 * DAY))
    assert lives(someone, MONDAY + DAY) == []
    assert ended(someone) == [("opens-7d", "skipped", "past")]
    becomes(someone, moved(FEAST, OPENS + DAY))
    assert lives(someone, FIRST + WEEK) == [at_day(-5, "10:00")]
    assert ended(someone) == [("opens-7d", "sent", None)]


@pytest.mark.parametrize("counts_from", ["start", "joining"])
def test_many_that_were_past_come_once_they_lie_ahead_again(
    someone: Someone, counts_from: str
) -> None:
    step = {"when": {"kind": "festival_day"}, "at": "08:30"}
    begins(someone, goes_by(step, counts_from=counts_from))
    becomes(someone, moved(FEAST, MONDAY.date() - 4 * DAY))
    assert {reason for _, _, reason in ended(someone)} == {"past"}
    becomes(someone, moved(FEAST, MONDAY.date() + DAY))
    came = lives(someone, FIRST)
    assert came == [MONDAY + day * DAY + timedelta(hours=8.5) for day in range(1, 5)]


def test_what_waits_and_moves_to_before_they_joined_ends_as_past(someone: Someone) -> None:
    step = {"when": {"kind": "festival", "on": "the day it opens"}, "at": "13:00"}
    begins(someone, goes_by(step, window="18:00-20:00"))
    lives(someone, at_day(1, "14:00"))
    assert ended(someone) == []
    becomes(someone, moved(FEAST, OPENS - 8 * WEEK))
    assert ended(someone) == [("opens", "skipped", "past")]


def test_what_moved_while_nobody_planned_anew_does_not_go_at_its_old_time(
    someone: Someone,
) -> None:
    begins(someone, goes_by({"when": AHEAD, "at": "10:00"}))
    lives(someone, at_day(-6, "09:50"))
    becomes(someone, moved(FEAST, OPENS + 2 * DAY), planned=False)
    someone.now = at_day(-6, "10:00")
    assert asks(someone.is_called()) == 0
    assert ended(someone) == []
    assert lives(someone, FIRST) == [at_day(-4, "10:00")]


def test_what_came_near_while_nobody_looked_comes_when_somebody_does(someone: Someone) -> None:
    begins(someone, goes_by({"when": AHEAD, "at": "10:00"}))
    someone.now = at_day(-6, "11:30")
    looks_ahead(someone)
    assert asks(someone.is_called()) == 1


def test_what_comes_near_is_not_past_for_who_is_planned_for_alone(someone: Someone) -> None:
    step = {"when": {"kind": "festival_day"}, "at": "08:30"}
    begins(someone, goes_by(step, counts_from="joining"))
    assert len(lives(someone, FIRST + WEEK)) == 4


def test_an_outage_of_days_loses_no_occasion_and_never_bursts(someone: Someone) -> None:
    begins(someone, goes_by({"when": {"kind": "festival_day"}, "at": "08:30"}))
    lives(someone, at_day(-3, "12:00"))
    someone.now = at_day(3, "12:00")
    assert asks(someone.is_called()) <= 1
    assert lives(someone, FIRST + WEEK)[-1:] == [at_day(4, "08:30")]
    names = [f"festival day {number}" for number in (1, 2, 3, 4)]
    assert sorted(name for name, _, _ in ended(someone)) == names
    assert sum(state == "sent" for _, state, _ in ended(someone)) == 2


# Sessions.


def test_a_session_that_is_cancelled_ends_as_cancelled(someone: Someone) -> None:
    begins(someone, goes_by({"when": AFTER}))
    lives(someone, at_day(0, "12:00"))
    becomes(someone, changed("walk", status=Status.CANCELLED))
    assert lives(someone, FIRST + WEEK) == [at_day(2, "15:05")]
    assert ("session walk", "skipped", "cancelled") in ended(someone)


def test_a_session_that_is_postponed_and_comes_back_is_asked_about(someone: Someone) -> None:
    begins(someone, goes_by({"when": AFTER}))
    lives(someone, at_day(0, "12:00"))
    becomes(someone, changed("walk", status=Status.POSTPONED))
    assert lives(someone, at_day(2, "08:00")) == []
    assert ended(someone) == [("session walk", "skipped", "cancelled")]
    back = datetime(2026, 11, 25, 16, 0)  # noqa: DTZ001 - On the festival's clock.
    becomes(someone, changed("walk", starts=back))
    assert lives(someone, FIRST + WEEK) == [at_day(2, "15:05"), at_day(3, "17:05")]
    assert ("session walk", "sent", None) in ended(someone)


def test_a_session_that_comes_back_far_ahead_comes_before_a_later_one(someone: Someone) -> None:
    walk, song = session("walk", 1, "10:00"), session("song", 3, "20:00")

    def with_talk(day: int, clock: str, **more: Any) -> Festival:  # noqa: ANN401
        talk = session("talk", day, clock, **more)
        return FEAST.model_copy(update={"sessions": (walk, talk, song)})

    begins(someone, goes_by({"when": AFTER}))
    becomes(someone, with_talk(-1, "20:00"))
    lives(someone, at_day(-1, "12:05"))
    becomes(someone, with_talk(-1, "20:00", status=Status.POSTPONED))
    assert ended(someone) == [("session talk", "skipped", "cancelled")]
    becomes(someone, with_talk(3, "12:00"))
    assert lives(someone, at_day(0, "12:10")) == []
    # The look that begins this one reaches not quite to the talk.
    assert lives(someone, at_day(1, "12:00")) == [at_day(1, "11:05")]
    someone.now = at_day(3, "13:05")  # Nobody has looked since.
    assert asks(someone.is_called()) == 1
    assert lives(someone, FIRST + WEEK) == [at_day(3, "21:05")]
    assert {(state, reason) for _, state, reason in ended(someone)} == {("sent", None)}


def test_a_session_that_moves_is_asked_about_at_its_new_time_alone(someone: Someone) -> None:
    begins(someone, goes_by({"when": AFTER}))
    lives(someone, at_day(1, "10:30"))
    there = datetime(2026, 11, 23, 16, 0)  # noqa: DTZ001 - On the festival's clock.
    becomes(someone, changed("walk", starts=there))
    assert lives(someone, at_day(2, "00:00")) == [at_day(1, "17:05")]


def test_a_practice_that_is_awaited_ends_as_no_practice(someone: Someone) -> None:
    awaited = {"when": AHEAD, "at": "10:00", "practice": "not_written_yet", "awaited": True}
    begins(someone, goes_by(awaited, {"when": AFTER}))
    assert len(lives(someone, FIRST + WEEK)) == 2
    assert ended(someone)[0] == ("opens-7d", "skipped", "no_practice")


# Steering.


def test_a_campaign_that_is_cancelled_stops_what_comes_sixty_days_later(
    someone: Someone,
) -> None:
    begins(someone, goes_by({"when": AHEAD, "at": "10:00"}, {"when": LATER, "at": "10:00"}))
    assert len(lives(someone, FIRST + 2 * WEEK)) == 1
    steer(someone, Progress.CANCELLED)
    assert lives(someone, FIRST + 80 * DAY) == []
    assert someone.asks(dues.soonest) is None


def test_what_comes_sixty_days_later_comes(someone: Someone) -> None:
    begins(someone, goes_by({"when": LATER, "at": "10:00"}))
    assert lives(someone, FIRST + 80 * DAY) == [at_day(64, "10:00")]


def test_pause_and_resume_never_burst(someone: Someone) -> None:
    begins(someone, goes_by({"when": {"kind": "festival_day"}, "at": "08:30"}, {"when": AFTER}))
    lives(someone, at_day(1, "08:00"))
    steer(someone, Progress.PAUSED)
    assert lives(someone, at_day(3, "12:00")) == []
    steer(someone, Progress.RUNNING)
    assert lives(someone, FIRST + WEEK) == [at_day(4, "08:30")]
    assert {reason for _, _, reason in ended(someone)} == {"frozen", None}


# Joining mid-way.


@pytest.mark.parametrize(("counts_from", "week"), [("joining", "week 0"), ("start", "week 2")])
def test_who_joins_mid_way_has_the_week_that_the_campaign_says(
    someone: Someone, counts_from: str, week: str
) -> None:
    someone.now = MONDAY + 2 * WEEK + HOUR
    step = {
        "id": "one",
        "practice": "nudge",
        "when": {"kind": "weekly", "on": ["tuesday"]},
        "at": "11:00",
    }
    told = {
        "name": "programme",
        "title": "A programme",
        "starts": "2026-11-09",
        "counts_from": counts_from,
        "audience": {"cohorts": ["Spring"]},
        "steps": [step],
    }
    someone.starts(Campaign.model_validate(told))
    assert someone.asks(dues.soonest) is None
    enters(someone, "Spring")
    lives(someone, MONDAY + 2 * WEEK + 2 * DAY)
    assert ended(someone) == [(week, "sent", None)]


def enters(someone: Someone, cohort: str) -> None:
    made = someone.asks(lambda conn: cohorts.invite(conn, cohort, now=someone.now))
    someone.does(Invited(code=made.code))


# Notices.


def tells(someone: Someone, said: str, *, urgent: bool = False) -> int:
    """Staff tell everybody; says how many had not been told."""
    keys = someone.store.keys

    def work(conn: Connection) -> int:
        made = notices.made(said, "festive", urgent=urgent, now=someone.now)
        kept_notices.keep(conn, keys, made)
        return notices.address(conn, made, rhythms.everyone(conn), someone.now)

    return someone.asks(work)


def hears(someone: Someone, until: datetime, wanted: str) -> list[datetime]:
    """When something is said to them in the time to come."""
    came: list[datetime] = []
    while someone.now < until:
        soonest = someone.asks(dues.soonest)
        step = min(until, someone.now + HOUR)
        someone.now = min(step, soonest) if soonest and soonest > someone.now else step
        came += [someone.now for text in texts(someone.is_called()) if wanted in text]
    return came


NIGHT = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)
ROOM = "We meet in the library."


def test_a_notice_comes_within_their_hours(someone: Someone) -> None:
    someone.now = NIGHT
    assert tells(someone, ROOM) == 1
    assert hears(someone, NIGHT + DAY, ROOM) == [NIGHT + 6 * HOUR]


def test_a_notice_comes_on_any_day_of_theirs_or_not(someone: Someone) -> None:
    someone.now = datetime(2026, 11, 8, 12, 0, tzinfo=UTC)
    tells(someone, ROOM)
    assert hears(someone, someone.now + DAY, ROOM)[:1] == [datetime(2026, 11, 8, 13, tzinfo=UTC)]


def test_an_urgent_notice_comes_at_once(someone: Someone) -> None:
    someone.now = NIGHT
    tells(someone, ROOM, urgent=True)
    assert [ROOM in text for text in texts(someone.is_called())] == [True]


@pytest.mark.parametrize("urgent", [False, True])
def test_no_notice_comes_after_a_stop(someone: Someone, urgent: bool) -> None:  # noqa: FBT001
    someone.now = NIGHT
    someone.says("stop")
    tells(someone, ROOM, urgent=urgent)
    assert hears(someone, NIGHT + 3 * DAY, ROOM) == []


def test_not_even_an_urgent_notice_comes_while_they_pause(someone: Someone) -> None:
    someone.now = NIGHT
    someone.says("pause until 24 November")
    tells(someone, ROOM, urgent=True)
    assert hears(someone, NIGHT + 3 * WEEK, ROOM) == []


def test_the_same_notice_again_says_nothing_twice(someone: Someone) -> None:
    someone.now = NIGHT
    assert tells(someone, ROOM) == 1
    assert tells(someone, ROOM) == 0
    assert len(hears(someone, NIGHT + 12 * HOUR, ROOM)) == 1
    assert tells(someone, ROOM) == 0
    assert hears(someone, NIGHT + 20 * HOUR, ROOM) == []


def test_who_came_later_is_told_by_the_same_notice_alone(someone: Someone, other: Someone) -> None:
    someone.now = other.now = NIGHT
    theirs = other.id

    def first(conn: Connection) -> int:
        made = notices.made(ROOM, "festive", urgent=False, now=NIGHT)
        kept_notices.keep(conn, someone.store.keys, made)
        only = [each for each in rhythms.everyone(conn) if each.id != theirs]
        return notices.address(conn, made, only, NIGHT)

    assert someone.asks(first) == 1
    assert tells(someone, ROOM) == 1


def test_the_words_of_a_notice_are_sealed(someone: Someone, urls: Urls) -> None:
    canaries = Canaries()
    someone.now = NIGHT
    tells(someone, canaries("notice"))
    lying = everything(urls)
    assert not {name for name, content in lying.items() if canaries.found(content)}
    assert len(hears(someone, NIGHT + DAY, canaries("notice"))) == 1
    lying = everything(urls)
    assert not {name for name, content in lying.items() if canaries.found(content)}


# Previews.


def previewed(someone: Someone) -> str:
    campaign = goes_by(
        {"when": AHEAD, "at": "10:00", "practice": "weekly"},
        {"when": AFTER},
        {"when": LATER, "at": "10:00", "practice": "not_written_yet", "awaited": True},
    )
    return someone.asks(lambda conn: previews.make(conn, campaign, FEAST, someone.now))


def left_behind(someone: Someone) -> tuple[object, ...]:
    """What a practice leaves behind: answers, conversations, what is due, what was sent."""
    theirs = someone.id
    return (
        words(someone),
        {each.practice for each in held(someone)} - {"menu"},
        someone.asks(lambda conn: dues.of_participant(conn, theirs)),
        ended(someone),
    )


@pytest.fixture
def follow(someone: Someone) -> Callable[[str], list[str]]:
    return lambda code: texts(someone.does(Invited(code=code)))


def test_a_preview_plays_each_step_in_the_order_of_its_time(
    someone: Someone, follow: Callable[[str], list[str]]
) -> None:
    someone.now = MONDAY
    begin, *steps, end = follow(previewed(someone))[:5]
    assert '"By the feast"' in begin
    assert [text.partition(".")[0] for text in steps] == ["1 of 3", "2 of 3", "3 of 3"]
    assert "10:00" in steps[0]
    assert "11:05" in steps[1]
    assert "still being written" in steps[2]
    assert "That was all" in end


def test_a_preview_begins_no_practice_and_keeps_nothing(
    someone: Someone, follow: Callable[[str], list[str]]
) -> None:
    someone.now = MONDAY
    code, before = previewed(someone), left_behind(someone)
    follow(code)
    someone.says("This is no answer to anything.")
    assert left_behind(someone) == before


def test_a_preview_is_over_after_an_hour(
    someone: Someone, follow: Callable[[str], list[str]]
) -> None:
    someone.now = MONDAY
    code = previewed(someone)
    someone.now = MONDAY + LASTS - 2 * timedelta(seconds=1)
    assert any("By the feast" in text for text in follow(code))
    assert not any("By the feast" in text for text in follow(code))
