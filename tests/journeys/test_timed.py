"""Practices that go on by themselves: in time, late, set aside, taken up, never after leaving.

The house is made anew for everything that happens here, as after a restart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import pytest

from bot.engine.conversation import Status
from bot.records import Composing, Left
from bot.store import conversations
from tests.journeys.conftest import on_both
from tests.journeys.looking import current, kept, words
from tests.journeys.someone import MORNING, Someone, texts

pytestmark = on_both


class Timed(NamedTuple):
    """How one is begun, where it then stands, how long until it goes on, and where to."""

    lines: Sequence[str]
    here: str
    seconds: int
    then: str


TIMED = {
    "stable_mind": Timed(("stable", "a few"), "three_breath", 60, "three_sounds"),
    "journaling": Timed(("guided", "here", "next"), "situation", 120, "energy"),
    "unknown": Timed(("unknown", "1", "a minute"), "pause", 60, "known"),
}
every = pytest.mark.parametrize("timed", TIMED.values(), ids=TIMED.keys())


def turn(someone: Someone) -> str | None:
    """The turn that is open."""
    now = current(someone)
    return now.at if now else None


def begun(someone: Someone, lines: Sequence[str], here: str) -> None:
    someone.says("practise")
    for line in lines:
        someone.says(line)
    assert turn(someone) == here


def later(someone: Someone, seconds: float) -> list[str]:
    return texts(someone.waits(timedelta(seconds=seconds)))


def hurried(someone: Someone, time: timedelta) -> list[str]:
    """Nobody is awake in the house for so long; then all that is due comes at once."""
    someone.now += time
    return texts(someone.waits(timedelta(0)))


@every
def test_it_goes_on_in_its_time(someone: Someone, timed: Timed) -> None:
    begun(someone, timed.lines, timed.here)
    assert later(someone, timed.seconds - 5) == []
    assert turn(someone) == timed.here
    assert len(later(someone, 5)) == 1
    assert turn(someone) == timed.then


@every
def test_moved_on_sooner_the_old_time_does_nothing(someone: Someone, timed: Timed) -> None:
    begun(someone, timed.lines, timed.here)
    later(someone, timed.seconds - 20)
    someone.says("next")
    assert turn(someone) == timed.then
    assert later(someone, 30) == []
    assert turn(someone) == timed.then


@every
def test_after_a_long_sleep_of_the_house_it_goes_one_on(someone: Someone, timed: Timed) -> None:
    begun(someone, timed.lines, timed.here)
    assert len(hurried(someone, timedelta(seconds=20 * timed.seconds))) == 1
    assert turn(someone) == timed.then


@every
@pytest.mark.parametrize("word", ["pause", "later"])
def test_set_aside_it_waits_and_then_begins_anew(
    someone: Someone, timed: Timed, word: str
) -> None:
    begun(someone, timed.lines, timed.here)
    later(someone, timed.seconds - 10)
    someone.says(word)
    assert later(someone, 900) == []
    assert turn(someone) == timed.here
    someone.says("start")
    assert turn(someone) == timed.here
    assert later(someone, timed.seconds - 5) == []
    later(someone, 5)
    assert turn(someone) == timed.then


@every
def test_after_stop_nothing_comes_by_itself(someone: Someone, timed: Timed) -> None:
    begun(someone, timed.lines, timed.here)
    someone.says("stop")
    assert later(someone, 10 * timed.seconds) == []
    assert turn(someone) not in {timed.here, timed.then}


@every
def test_after_leaving_nothing_comes_by_itself(someone: Someone, timed: Timed) -> None:
    begun(someone, timed.lines, timed.here)
    someone.does(Left())
    assert later(someone, 10 * timed.seconds) == []
    theirs = someone.id
    held = someone.asks(lambda conn: conversations.open_ones(conn, someone.store.keys, theirs))
    assert [(each.at, each.status) for each in held] == [(timed.here, Status.RESTING)]
    someone.says("next")
    assert turn(someone) == timed.then


@every
def test_after_being_forgotten_nothing_comes_by_itself(someone: Someone, timed: Timed) -> None:
    begun(someone, timed.lines, timed.here)
    someone.gone()
    assert later(someone, 10 * timed.seconds) == []


@every
def test_a_prompt_that_comes_round_waits_behind_it(someone: Someone, timed: Timed) -> None:
    begun(someone, timed.lines, timed.here)
    assert someone.is_due("weekly") == []
    later(someone, timed.seconds)
    assert turn(someone) == timed.then


def test_nobody_is_interrupted_in_the_middle_of_a_thought(someone: Someone) -> None:
    begun(someone, ("guided", "here", "next"), "situation")
    for line in ("One thing.", "Another.", "And a third."):
        later(someone, 110)
        someone.says(line)
    later(someone, 110)
    someone.does(Composing())
    assert later(someone, 110) == []
    assert turn(someone) == "situation"
    later(someone, 10)
    assert turn(someone) == "energy"
    assert words(someone)[-1:] == ["One thing.\n\nAnother.\n\nAnd a third."]


def test_an_unanswered_journal_goes_by_to_its_last_question_without_a_word_of_reproach(
    someone: Someone,
) -> None:
    begun(someone, ("guided", "on paper", "next"), "situation")
    said = later(someone, 11 * 120)
    assert len(said) == 11
    assert turn(someone) == "who_helps"
    later(someone, 180)
    assert turn(someone) is None


def test_whoever_is_here_again_goes_on_from_where_it_was_left(someone: Someone) -> None:
    begun(someone, ("guided", "here", "next"), "situation")
    someone.says("So far.")
    someone.does(Left())
    later(someone, 3600)
    assert words(someone)[-1:] == ["So far."]
    assert turn(someone) == "energy"
    someone.says("Here again.")
    later(someone, 120)
    assert turn(someone) == "tension"


def test_nothing_of_the_quiet_minutes_is_kept(someone: Someone) -> None:
    begun(someone, ("stable", "a few"), "three_breath")
    someone.says("a gull outside")
    later(someone, 3 * 60)
    someone.says("quieter")
    assert turn(someone) is None
    assert "stable_mind" not in {each.place.practice for each in kept(someone)}


@pytest.mark.parametrize(
    ("begins", "soon", "comes"),
    [
        (timedelta(hours=1), "more", timedelta(hours=5)),
        (timedelta(hours=9), "more", timedelta(hours=15)),
        (timedelta(hours=8), "within", timedelta(hours=2)),
        (timedelta(hours=10), "within", timedelta(hours=14)),
    ],
)
def test_a_long_quiet_time_ends_at_an_hour_at_which_they_may_be_written_to(
    someone: Someone, begins: timedelta, soon: str, comes: timedelta
) -> None:
    someone.says("practise")
    someone.says("stop")
    someone.now = MORNING + begins  # The hours are from 09:00 to 20:00.
    someone.says("start")
    begun(someone, ("listening", "a meeting", soon), "long_quiet" if soon == "more" else "quiet")
    here = turn(someone)
    assert later(someone, comes.total_seconds() - 60) == []
    assert turn(someone) == here
    assert len(later(someone, 60)) == 1
    assert turn(someone) == "noticing"


def test_what_is_written_in_that_time_and_next_go_on_at_once_as_ever(someone: Someone) -> None:
    someone.now = MORNING + timedelta(hours=9)
    begun(someone, ("listening", "a meeting", "more"), "long_quiet")
    assert later(someone, 6 * 3600) == []
    someone.says("next")
    assert turn(someone) == "noticing"
    assert later(someone, 24 * 3600) == []


def test_their_own_hours_count(someone: Someone) -> None:
    someone.says("settings")
    someone.says("hours")
    someone.says("any hour")
    someone.says("nothing")
    someone.now = MORNING + timedelta(hours=9)
    begun(someone, ("listening", "a meeting", "more"), "long_quiet")
    assert len(later(someone, 5 * 3600)) == 1
    assert turn(someone) == "noticing"


def test_a_short_quiet_time_ends_in_its_time_at_any_hour(someone: Someone) -> None:
    someone.now = MORNING + timedelta(hours=14)
    begun(someone, ("stable", "a few"), "three_breath")
    assert len(later(someone, 60)) == 1
