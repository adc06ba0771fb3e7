"""A rehearsal answers as the house would, with nothing stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.flows.revisions import Compiled, pack, unpack
from bot.rehearsal import BOT, RanOutError, Rehearsal, passing
from tests.journeys.someone import MORNING, library


def compiled(name: str) -> Compiled:
    return unpack(pack(library().practices[name], library()).json)


def told(name: str, *lines: str) -> list[str]:
    rehearsal = Rehearsal(compiled=compiled(name), now=MORNING)
    return [line.text for line in rehearsal.play(lines) if line.by == BOT]


def test_settings_are_spoken_of_as_they_were_set() -> None:
    said = told("settings", "1", "somewhere else", "Warsaw", "wed", "done", "another time", "7.15")
    assert said[-1] == "Then it is Wednesday at 07:15 (time zone: Poland)."


def test_hours_and_holidays_are_spoken_of_as_they_were_set() -> None:
    said = told("settings", "hours", "mornings", "a day later", "nothing")
    assert said[-1].endswith(
        "Anything else comes between 08:00 and 12:00. "
        "Public holidays are quiet or not, as your programme decides."
    )
    said = told("settings", "holidays", "scotland")
    assert said[-1].startswith("Then public holidays are quiet, as in Scotland.")


def test_waits_are_jumped() -> None:
    said = told("listening", "a meeting", "more than an hour", "She paused.", "skip", "skip")
    assert said[-1].startswith("Thank you for listening.")


def test_reserved_words_move_it_as_they_would_a_chat() -> None:
    said = told("weekly", "3", "We argued.", "back", "delete that", "help", "later", "stop")
    assert any(text.startswith("Taken back.") for text in said)
    assert sum("stayed with you" in text for text in said) >= 3


def test_lines_after_the_end_are_counted() -> None:
    rehearsal = Rehearsal(compiled=compiled("nudge"), now=MORNING)
    list(rehearsal.play(["not today", "one more", "and another"]))
    assert rehearsal.left_over == 2


def test_time_that_passes_within_a_practice_begins_it_anew_from_a_day_on() -> None:
    said = told("nudge", "yes", "an hour later", "a day later", "not today")
    assert said[-1] == "That is fine. There will be another one, another day."


def test_running_out_names_the_turn() -> None:
    with pytest.raises(RanOutError) as ran_out:
        told("weekly", "3")
    assert ran_out.value.turn == "stayed"


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("three weeks later", timedelta(weeks=3)),
        ("A week later.", timedelta(weeks=1)),
        ("one month later", timedelta(days=30)),
        ("12 hours later", timedelta(hours=12)),
        ("an hour later", timedelta(hours=1)),
        ("later", None),
        ("many weeks later", None),
        ("We met a week later", None),
    ],
)
def test_a_line_that_lets_time_pass(line: str, time: timedelta | None) -> None:
    assert passing(line) == time
