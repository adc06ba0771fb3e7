"""Later, pause, stop, and coming back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.looking import at, current, held, person, words
from tests.journeys.playing import begin
from tests.journeys.someone import Someone, quotes, texts

DAY = timedelta(days=1)
#: The Tuesday's window is half an hour away, the next is on Thursday.
WINDOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def test_later_says_when_and_the_prompt_is_back_then(someone: Someone) -> None:
    someone.says("journal")
    assert "later today" in texts(someone.says("later"))[0]
    assert someone.waits(WINDOW - someone.now - timedelta(seconds=1)) == []
    assert "two minutes" in texts(someone.waits(timedelta(seconds=1)))[0]
    someone.now += timedelta(hours=1)
    assert "on Thursday 5 November" in texts(someone.says("later"))[0]
    assert someone.waits(WINDOW + 2 * DAY - someone.now - timedelta(seconds=1)) == []
    assert len(someone.waits(timedelta(seconds=1))) == 1


def test_later_keeps_the_draft(someone: Someone) -> None:
    begin(someone, "half a check-in")
    someone.says("later")
    assert quotes(someone.waits(DAY)) == ["We argued about beds."]


def test_anything_said_takes_up_what_was_set_aside(someone: Someone) -> None:
    begin(someone, "half a check-in")
    someone.says("later")
    someone.says("And who decides.")
    someone.says("done")
    assert words(someone) == ["We argued about beds.\n\nAnd who decides."]
    assert someone.waits(DAY) == []


def test_what_was_set_aside_until_later_is_back_even_after_something_else(
    someone: Someone,
) -> None:
    someone.says("practise")
    someone.says("weekly")
    someone.says("later")
    someone.says("journal")
    someone.says("not today")
    assert any("energy" in text for text in texts(someone.waits(DAY)))


@pytest.mark.parametrize(
    ("phrase", "when"),
    [
        ("pause until Monday", "on Monday 9 November"),
        ("Pause until the 9th of November.", "on Monday 9 November"),
        ("/pause until 9 November", "on Monday 9 November"),
        ("pause until tomorrow", "tomorrow"),
        ("pause for two weeks", "on Tuesday 17 November"),
        ("pause till 3 March", "on Wednesday 3 March 2027"),
        ("pause until 2026-12-01", "on Tuesday 1 December"),
        ("pause until tuesday", "on Tuesday 10 November"),
    ],
)
def test_pause_until_a_date_says_the_date(someone: Someone, phrase: str, when: str) -> None:
    (said,) = texts(someone.says(phrase))
    assert when in said
    assert person(someone).paused_until is not None


@pytest.mark.parametrize(
    "date",
    [
        *("the cows come home", "yesterday", "31 February", "3 March 2020", "today", "0", "99/99"),
        *("13/13/2026", "Mon\x00day", "\u0661 \u0645\u0627\u0631\u0633", "9999999999 days"),
    ],
)
def test_a_date_that_cannot_be_read_changes_nothing(someone: Someone, date: str) -> None:
    someone.says("journal")
    before = current(someone)
    (said,) = texts(someone.says(f"pause until {date}"))
    assert said.startswith("I could not read that date.")
    assert person(someone).paused_until is None
    assert current(someone) == before


def test_a_pause_with_no_date_in_it_is_an_answer_where_words_are_asked_for(
    someone: Someone,
) -> None:
    someone.says("journal")
    someone.says("yes")
    (said,) = texts(someone.says("Pause until we have heard everyone."))
    assert said.startswith("I found no date in that, so it stays with your answer.")
    someone.says("done")
    assert words(someone) == ["Pause until we have heard everyone."]
    assert person(someone).paused_until is None


def test_opening_the_chat_does_not_undo_a_stop(someone: Someone) -> None:
    someone.says("stop")
    assert texts(someone.arrives()) == [
        'Skerry is stopped, as you asked. To begin again, write "start".'
    ]
    assert person(someone).standing == "stopped"


def test_pause_is_silence_until_they_say_start(someone: Someone) -> None:
    someone.says("practise")
    someone.says("listening")
    someone.says("a meeting")
    someone.says("within the hour")
    someone.says("pause")
    assert someone.waits(60 * DAY) == []
    said = someone.says("start")
    assert person(someone).paused_until is None
    assert said


def test_pause_silences_what_was_set_aside_until_later_too(someone: Someone) -> None:
    begin(someone, "half a check-in")
    someone.says("later")
    someone.says("journal")
    someone.says("pause until 1 December")
    assert someone.waits(10 * DAY) == []


def test_a_planned_prompt_does_not_come_during_a_pause(someone: Someone) -> None:
    someone.says("pause until Monday")
    assert someone.is_due("weekly") == []
    someone.waits(7 * DAY)
    assert someone.is_due("weekly") != []


def test_what_was_paused_until_a_date_comes_back_on_the_day_that_was_said(
    someone: Someone,
) -> None:
    begin(someone, "half a check-in")
    (said,) = texts(someone.says("pause until Monday"))
    assert "I come back on Tuesday 10 November" in said
    until = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)
    assert someone.waits(until - someone.now - timedelta(seconds=1)) == []
    assert quotes(someone.waits(timedelta(seconds=1))) == ["We argued about beds."]


def test_stop_ends_all_that_was_open_and_keeps_what_was_written(someone: Someone) -> None:
    begin(someone, "half a check-in")
    someone.says("journal")
    someone.says("yes")
    someone.says("Ellen.")
    someone.says("stop")
    assert {each.status for each in held(someone)} <= {"closed", "folded", "stopped"}
    assert set(words(someone)) == {"We argued about beds.", "Ellen."}
    assert someone.waits(30 * DAY) == []


def test_coming_back_within_a_week_goes_on_where_it_was(someone: Someone) -> None:
    begin(someone, "half a check-in")
    someone.waits(6 * DAY)
    said = texts(someone.arrives())
    assert said[0].startswith("Welcome back.")
    assert at(someone) == "weekly.gap"


@pytest.mark.parametrize("mark", ["0", "f"])
def test_coming_back_after_a_week_is_a_choice_whatever_the_ids(
    someone: Someone, mark: str
) -> None:
    """Ids are random: which of two conversations is current may not hang on them."""
    someone.ids.mark = "8"
    begin(someone, "half a check-in")
    someone.waits(9 * DAY)
    someone.ids.mark = mark
    someone.says("start")
    assert at(someone) == "return.way"
    assert texts(someone.says("go on from there"))[0].startswith("Then here")
    assert at(someone) == "weekly.gap"


@pytest.mark.parametrize("mark", ["0", "f"])
def test_something_else_in_the_middle_is_the_one_being_had_whatever_the_ids(
    someone: Someone, mark: str
) -> None:
    someone.ids.mark = "8"
    begin(someone, "half a check-in")
    someone.ids.mark = mark
    someone.says("journal")
    assert at(someone) == "nudge.moment"
    someone.says("not today")
    assert at(someone) == "weekly.stayed"


def test_beginning_afresh_keeps_what_was_answered(someone: Someone) -> None:
    begin(someone, "half a check-in")
    someone.waits(9 * DAY)
    someone.says("start")
    someone.says("begin it afresh")
    assert at(someone) == "weekly.energy"
    assert words(someone) == ["We argued about beds."]


def test_settings_change_what_later_says(someone: Someone) -> None:
    for line in ("settings", "1", "uk", "saturday", "done", "another time", "18:40"):
        someone.says(line)
    someone.says("journal")
    assert "on Saturday 7 November" in texts(someone.says("later"))[0]
    until = datetime(2026, 11, 7, 18, 40, tzinfo=UTC)
    assert someone.waits(until - someone.now - timedelta(seconds=1)) == []
    assert len(someone.waits(timedelta(seconds=1))) == 1


def test_another_zone_changes_when_later_is(someone: Someone) -> None:
    someone.says("journal")
    for line in ("settings", "1", "somewhere else", "New York", "skip", "skip"):
        someone.says(line)
    someone.says("journal")
    someone.says("later")
    until = datetime(2026, 11, 3, 14, 30, tzinfo=UTC)
    assert someone.waits(until - someone.now - timedelta(seconds=1)) == []
    assert len(someone.waits(timedelta(seconds=1))) == 1


def test_a_nudge_never_repeats_a_question_within_eight_weeks(someone: Someone) -> None:
    asked: list[tuple[str, datetime]] = []
    for number in range(60):
        someone.chance = number * 7919
        someone.says("journal")
        (question,) = texts(someone.says("yes"))
        someone.says("skip")
        again = [when for text, when in asked if text == question]
        own = question.startswith("You have met all my questions")
        assert own or all(someone.now - when > 56 * DAY for when in again)
        asked.append((question, someone.now))
        someone.waits(DAY)
    assert len({question for question, _ in asked}) == 53


def test_a_pause_ends_on_its_date_in_whichever_zone_they_are_then(someone: Someone) -> None:
    someone.says("pause until 16 November")
    someone.says("settings")
    someone.says("time zone")
    someone.says("Auckland")
    # Midnight in Auckland, which has summer time then.
    assert person(someone).zone == "Pacific/Auckland"
    assert person(someone).paused_until == datetime(2026, 11, 15, 11, tzinfo=UTC)


def test_a_pause_without_a_date_has_none_in_another_zone_either(someone: Someone) -> None:
    someone.says("pause")
    before = person(someone).paused_until
    for line in ("settings", "time zone", "Auckland"):
        someone.says(line)
    assert person(someone).paused_until == before
