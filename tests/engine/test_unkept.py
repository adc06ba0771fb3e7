"""Answers that live no longer than their conversation."""

from __future__ import annotations

import pytest

from bot.engine.conversation import Status
from bot.engine.effects import Drop, Hold, Keep, Remark
from bot.engine.flow import Turn
from tests.engine.builders import (
    ask,
    branch,
    choice,
    choices,
    close,
    play,
    pooled,
    scale,
    unkept,
    wait,
)


@pytest.mark.parametrize(
    ("turn", "given"),
    [
        (ask("a"), "words"),
        (scale("a"), "3"),
        (choice("a", "here", "there"), "here"),
        (choices("a", "here", "there"), "here"),
        (wait("a"), "words"),
    ],
)
def test_such_an_answer_is_in_the_conversation_and_kept_nowhere(turn: Turn, given: str) -> None:
    player = play(unkept(turn), ask("b"))
    if given == "words":
        player.answers(given)
    else:
        player.types(given)
        if turn.kind == "choices":
            player.is_done()
    assert player.at == "b"
    assert "a" in player.state.answers
    assert player.kept == {}
    assert player.held.keys() == {"a"}
    player.answers("kept words")
    assert player.kept.keys() == {"b"}
    assert player.state.status is Status.CLOSED
    assert player.state.answers == {}


def test_a_branch_goes_by_it() -> None:
    player = play(
        unkept(choice("how", "short", "long")),
        branch("way", ("how is short", "end")),
        ask("more"),
        close("end"),
    )
    player.types("short")
    assert player.state.status is Status.CLOSED


def test_an_edit_and_a_deletion_change_what_is_held() -> None:
    player = play(unkept(ask("a")), ask("b"))
    player.answers("one", "two")
    effects = player.edits("m1", "uno")
    assert any(isinstance(effect, Hold) for effect in effects)
    player.deletes("m2")
    assert player.held["a"].text == "uno"
    assert not any(isinstance(effect, Keep) for effect in player.effects)
    assert Drop("a") in player.deletes("m1")


def test_what_is_written_when_it_folds_is_not_kept_either() -> None:
    player = play(unkept(ask("a")))
    player.writes("half a thought")
    player.skips()
    assert player.kept == {}


def test_words_beside_such_a_choice_are_said_not_to_be_kept() -> None:
    for turn in (unkept(choice("a")), pooled(scale("a"))):
        player = play(turn)
        player.writes("hard to say")
        assert player.remarks == [Remark.CHOOSE_ONLY]
        player.skips()
        assert player.kept == {}
