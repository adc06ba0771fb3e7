"""Campaigns: prompts that come in each person's own rhythm, once, and what stops them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.records import Invited, Left, Outbound, Returned
from bot.requests import planning
from bot.store import campaigns, cohorts, dues, occasions
from bot.store.campaigns import Progress
from bot.store.dues import Kind
from scheduler.campaign import Campaign
from tests.journeys.conftest import on_both
from tests.journeys.looking import at
from tests.journeys.someone import Someone, texts

pytestmark = on_both

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
#: The Monday after the mornings on which these journeys begin.
MONDAY = datetime(2026, 11, 9, tzinfo=UTC)


def weekly(name: str = "inquiry", **more: Any) -> Campaign:  # noqa: ANN401 - A file says anything.
    step = {
        "id": "check_in",
        "practice": "weekly",
        "when": {"kind": "weekly", "on": ["tuesday"]},
        "at": "11:00",
    }
    step |= more.pop("step", {})
    told = {"name": name, "title": "A campaign", "starts": "2026-11-02", "steps": [step]}
    return Campaign.model_validate_json(json.dumps(told | more))


def ended(someone: Someone) -> list[tuple[str, str, str | None]]:
    """How their occasions ended: name, state, reason."""
    theirs = someone.id
    found = someone.asks(lambda conn: occasions.all_of(conn, theirs))
    return [(each.occasion.name, each.state.value, each.reason) for each in found]


def asks(said: list[Outbound]) -> int:
    """How many questions were put."""
    return sum(message.ask is not None for message in said)


def soonest(someone: Someone) -> datetime | None:
    return someone.asks(dues.soonest)


def test_the_hour_they_chose_wins_over_the_campaigns(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly())
    assert soonest(someone) == MONDAY + DAY + timedelta(hours=9, minutes=30)
    said = someone.lives(MONDAY + 2 * DAY)
    assert at(someone) == "weekly.energy"
    assert asks(said) == 1
    assert ended(someone) == [("week 1", "sent", None)]
    assert soonest(someone) == MONDAY + 8 * DAY + timedelta(hours=9, minutes=30)


def test_a_prompt_comes_once_a_week_and_takes_the_place_of_the_last(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly())
    someone.lives(MONDAY + 3 * WEEK)
    assert ended(someone) == [(f"week {week}", "sent", None) for week in (1, 2, 3)]


def test_days_they_chose_win_over_the_campaigns(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly(step={"when": {"kind": "weekly", "on": ["wednesday"]}}))
    assert soonest(someone) == MONDAY + 3 * DAY + timedelta(hours=9, minutes=30)


def test_a_change_in_the_settings_plans_anew_at_once(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly())
    for line in ("settings", "days and time", "ireland", "friday", "done", "16:30"):
        someone.says(line)
    assert soonest(someone) == MONDAY + 4 * DAY + timedelta(hours=16, minutes=30)


def test_whoever_stopped_or_paused_is_left_in_peace(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly())
    someone.says("pause until 24 November")
    assert someone.lives(MONDAY + 10 * DAY) == []
    someone.lives(MONDAY + 16 * DAY)
    someone.says("stop")
    someone.lives(MONDAY + 23 * DAY)
    assert ended(someone) == [
        ("week 1", "skipped", "paused"),
        ("week 2", "skipped", "paused"),
        ("week 3", "sent", None),
        ("week 4", "skipped", "stopped"),
    ]


def test_whoever_has_not_joined_is_not_in_it(stranger: Someone) -> None:
    stranger.arrives()
    stranger.starts(weekly())
    assert soonest(stranger) is None
    for line in ("keep my answers", "space", "skip", "uk time", "monday", "done", "08:00"):
        stranger.says(line)
    assert soonest(stranger) is None
    stranger.says("wait for my day")
    assert soonest(stranger) == MONDAY + timedelta(hours=8)


def test_a_cohorts_campaign_reaches_whoever_follows_its_invitation(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly(audience={"cohorts": ["Spring"]}))
    assert soonest(someone) is None
    made = someone.asks(lambda conn: cohorts.invite(conn, "Spring", now=someone.now))
    someone.does(Invited(code=made.code))
    assert soonest(someone) == MONDAY + DAY + timedelta(hours=9, minutes=30)


def test_whoever_is_unreachable_is_skipped_with_the_reason(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly())
    someone.does(Left())
    someone.lives(MONDAY + 2 * DAY)
    assert ended(someone) == [("week 1", "skipped", "unreachable")]


def test_a_holiday_moves_a_prompt_to_the_next_of_their_days(someone: Someone) -> None:
    someone.now = datetime(2026, 11, 27, tzinfo=UTC)
    # Saint Andrew's Day, 30 November 2026, is a Monday.
    for line in ("settings", "days and time", "uk time", "monday, thursday", "done", "09:30"):
        someone.says(line)
    someone.starts(weekly(step={"when": {"kind": "weekly", "on": ["monday"]}}))
    assert someone.lives(datetime(2026, 12, 1, tzinfo=UTC)) == []
    theirs = someone.id
    (due,) = someone.asks(lambda conn: dues.of_participant(conn, theirs))
    assert due.reason == "group_holiday"
    someone.lives(datetime(2026, 12, 4, tzinfo=UTC))
    assert ended(someone) == [("week 4", "sent", None)]


def test_an_outage_of_weeks_brings_one_prompt_and_no_burst(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly())
    someone.now = MONDAY + 3 * WEEK + 2 * DAY + timedelta(hours=12)
    assert asks(someone.lives(someone.now + 2 * DAY)) == 1
    *before, last = ended(someone)
    assert {(state, reason) for _, state, reason in before} == {("skipped", "next_occasion")}
    assert [name for name, _, _ in before] == ["week 1", "week 2", "week 3"]
    assert last == ("week 4", "sent", None)


def test_two_campaigns_do_not_meet_in_one_window(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly("low", rank=1))
    someone.starts(weekly("high", rank=5, step={"practice": "nudge"}))
    someone.lives(MONDAY + 2 * DAY)
    assert [each for each in ended(someone) if each[1] == "sent"] == [("week 1", "sent", None)]
    someone.lives(MONDAY + 4 * DAY)
    sent = [each for each in ended(someone) if each[1] == "sent"]
    assert len(sent) == 2


def test_a_reminder_comes_once_and_only_to_whoever_has_not_begun(
    someone: Someone, other: Someone
) -> None:
    for each in (someone, other):
        each.now = MONDAY
    someone.starts(weekly(step={"reminder": "3 hours", "closes": "2 days"}))
    someone.now = other.now = MONDAY + DAY + timedelta(hours=9, minutes=30)
    someone.is_called()
    other._listen()
    other.now = someone.now
    other.says("3")
    someone.lives(MONDAY + 5 * DAY)
    reminders = [text for text in texts(someone.told) if text.startswith("Only a reminder")]
    assert len(reminders) == 1
    other._listen()
    assert not any(text.startswith("Only a reminder") for text in texts(other.told))


def heads_up(someone: Someone) -> list[str]:
    return [text for text in texts(someone.told) if " comes in about 5 min" in text]


def test_a_line_comes_shortly_before_a_prompt_and_once(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly(step={"heads_up": 5}))
    assert soonest(someone) == MONDAY + DAY + timedelta(hours=9, minutes=25)
    someone.lives(MONDAY + DAY + timedelta(hours=9, minutes=29))
    assert len(heads_up(someone)) == 1
    assert ended(someone) == []
    someone.lives(MONDAY + 2 * DAY)
    assert len(heads_up(someone)) == 1
    assert ended(someone) == [("week 1", "sent", None)]


def test_no_line_comes_before_a_prompt_that_will_not(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly(step={"heads_up": 5}))
    someone.says("pause until 24 November")
    someone.lives(MONDAY + 10 * DAY)
    assert heads_up(someone) == []


def test_planning_anew_leaves_the_reminder_of_what_was_sent(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly(ends="2026-11-13", step={"reminder": "3 hours", "closes": "2 days"}))
    someone.now = MONDAY + DAY + timedelta(hours=9, minutes=30)
    someone.is_called()
    theirs = someone.id
    someone.asks(lambda conn: planning.plan_anew(conn, theirs, someone.now))
    (due,) = someone.asks(lambda conn: dues.of_participant(conn, theirs))
    assert due.kind is Kind.REMINDER


def test_a_paused_campaign_sends_nothing_and_resumes_without_a_burst(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly())
    someone.asks(lambda conn: campaigns.change(conn, "inquiry", Progress.PAUSED, someone.now))
    someone.lives(MONDAY + 2 * WEEK)
    someone.asks(lambda conn: campaigns.change(conn, "inquiry", Progress.RUNNING, someone.now))
    someone.lives(MONDAY + 3 * WEEK)
    assert ended(someone) == [
        ("week 1", "skipped", "frozen"),
        ("week 2", "skipped", "frozen"),
        ("week 3", "sent", None),
    ]


def test_whoever_is_forgotten_leaves_nothing_that_is_due(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly())
    someone.gone()
    assert soonest(someone) is None


@pytest.mark.parametrize("times", [1, 3])
def test_random_times_are_picked_once_and_kept(someone: Someone, times: int) -> None:
    someone.now = MONDAY - DAY
    someone.starts(
        weekly(
            step={
                "practice": "nudge",
                "at": None,
                "when": {
                    "kind": "random",
                    "times": times,
                    "days": ["monday", "wednesday", "friday"],
                },
            }
        )
    )
    theirs = someone.id
    before = someone.asks(lambda conn: dues.picked(conn, "inquiry", "check_in", theirs))
    someone.lives(MONDAY + WEEK - timedelta(hours=1))
    after = someone.asks(lambda conn: dues.picked(conn, "inquiry", "check_in", theirs))
    assert before.items() <= after.items()
    sent = [each for each in ended(someone) if each[1] == "sent"]
    assert len(sent) == min(times, 2)  # Their own days are two.


def test_an_hour_of_their_own_counts_outside_their_hours_too(someone: Someone) -> None:
    someone.now = MONDAY
    for line in ("settings", "days and time", "uk time", "tuesday", "done", "another", "20:30"):
        someone.says(line)
    for line in ("settings", "hours when", "office"):
        someone.says(line)
    someone.starts(weekly())
    someone.lives(MONDAY + 2 * DAY)
    assert ended(someone) == [("week 1", "sent", None)]


def test_a_paused_campaign_stands_in_nobodys_way(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly("low", rank=1))
    someone.starts(weekly("zhigh", rank=5))
    someone.asks(lambda conn: campaigns.change(conn, "zhigh", Progress.PAUSED, someone.now))
    someone.lives(MONDAY + 2 * DAY)
    assert ("week 1", "sent", None) in ended(someone)


def test_whoever_comes_back_to_a_campaign_of_a_platform_is_in_it_again(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly(audience={"platforms": ["terminal"]}))
    someone.does(Left())
    someone.lives(MONDAY + 2 * DAY)
    someone.does(Returned())
    someone.lives(MONDAY + 9 * DAY)
    assert [(state, reason) for _, state, reason in ended(someone)] == [
        ("skipped", "unreachable"),
        ("sent", None),
    ]


@pytest.fixture
def waits(someone: Someone) -> Someone:
    """Somebody who is in the middle of an answer, and behind it waits a campaign's prompt."""
    someone.now = MONDAY
    someone.starts(weekly(step={"practice": "nudge"}))
    someone.now = MONDAY + DAY + timedelta(hours=9)
    someone.says("practise")
    someone.says("a weekly check-in")
    someone.says("3")
    someone.lives(MONDAY + DAY + timedelta(hours=10))
    assert ended(someone) == [("week 1", "deferred", "open")]
    return someone


def finishes(someone: Someone) -> list[str]:
    """They come to the end of what they were at; what is said on the way."""
    said: list[str] = []
    for _ in range(20):
        if at(someone) is None or str(at(someone)).startswith("nudge"):
            break
        said += texts(someone.says("skip"))
    return said


def test_what_waits_behind_a_conversation_comes_when_that_is_over(waits: Someone) -> None:
    finishes(waits)
    assert str(at(waits)).startswith("nudge")
    assert ended(waits) == [("week 1", "sent", None)]


def test_what_waits_behind_a_conversation_does_not_come_once_its_campaign_is_cancelled(
    waits: Someone,
) -> None:
    waits.asks(lambda conn: campaigns.change(conn, "inquiry", Progress.CANCELLED, waits.now))
    waits.asks(lambda conn: planning.cancel(conn, "inquiry", waits.now))
    assert ended(waits) == [("week 1", "skipped", "cancelled")]
    finishes(waits)
    assert at(waits) is None
    assert ended(waits) == [("week 1", "skipped", "cancelled")]


def test_what_waits_behind_a_conversation_does_not_come_while_its_campaign_is_paused(
    waits: Someone,
) -> None:
    waits.asks(lambda conn: campaigns.change(conn, "inquiry", Progress.PAUSED, waits.now))
    finishes(waits)
    assert at(waits) is None
    assert ended(waits) == [("week 1", "skipped", "frozen")]


def test_stop_ends_what_waits_behind_a_conversation_and_says_why(waits: Someone) -> None:
    waits.says("stop")
    assert ended(waits) == [("week 1", "skipped", "stopped")]
