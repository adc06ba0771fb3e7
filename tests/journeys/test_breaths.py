"""A moment between several messages of one step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.records import Outbound, Paragraph
from bot.requests.breaths import Breaths
from tests.journeys.conftest import on_both
from tests.journeys.someone import Someone, texts

BREATH = timedelta(seconds=2)
SECOND = timedelta(seconds=1)


def message(length: int) -> Outbound:
    return Outbound(paragraphs=(Paragraph(text="x" * length),))


@pytest.mark.parametrize(
    ("lengths", "waits"),
    [
        ((10,), [0]),
        ((0, 0), [0, 0]),
        ((200, 10), [0, 3]),
        ((4000, 4000, 4000, 4000), [0, 4, 6, 6]),
    ],
)
def test_a_breath_goes_by_what_was_said_before(lengths: tuple[int, ...], waits: list[int]) -> None:
    breaths = Breaths(BREATH)
    told = [
        breaths.before(message(length) if length else Outbound(paragraphs=()))
        for length in lengths
    ]
    assert told == [each * SECOND for each in waits]


@on_both
def test_the_second_message_comes_a_moment_after_the_first(someone: Someone) -> None:
    someone.breath = BREATH
    someone.says("practise")
    (first,) = texts(someone.says("unknown"))
    assert someone.listens(SECOND) == []
    (second,) = texts(someone.listens(4 * SECOND))
    assert first.startswith("Ten minutes")
    assert second.startswith("How at ease")


@on_both
def test_what_is_said_in_between_is_taken_and_nothing_overtakes(someone: Someone) -> None:
    someone.breath = BREATH
    someone.says("practise")
    someone.says("unknown")
    assert someone.says("4") == []
    said = texts(someone.listens(4 * SECOND))
    assert said[0].startswith("How at ease")
    assert said[1].startswith("Solid ground")


@on_both
def test_after_stop_what_was_to_come_does_not_come(someone: Someone) -> None:
    someone.breath = BREATH
    someone.says("practise")
    someone.says("unknown")
    said = someone.says("stop") + someone.listens(10 * SECOND)
    assert len(said) == 1
    assert "How at ease" not in texts(said)[0]


@on_both
def test_help_does_not_wait(someone: Someone) -> None:
    someone.breath = BREATH
    someone.says("practise")
    someone.says("unknown")
    assert someone.says("help") != []
