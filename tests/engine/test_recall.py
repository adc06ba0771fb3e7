"""A person's own earlier words, and which wording of a question they get."""

from dataclasses import replace

import pytest

from bot.engine.effects import Say
from bot.engine.flow import RecallOf
from tests.engine.builders import (
    CONVERSATION,
    Player,
    a_flow,
    an_answer,
    ask,
    play,
    ready,
    recall,
    say,
    wait,
    within,
)

SECRET = "what I hoped for in March"
RECALLS = {"hope": RecallOf(turn="noticing")}


def stored(player: Player) -> str:
    return CONVERSATION.dump_json(player.state).decode()


def test_earlier_words_are_shown() -> None:
    player = ready(recall("before", "hope"), ask("noticing"), recalls=RECALLS)
    player.knows(hope=an_answer(SECRET)).open()
    assert player.said == ["before"]
    assert player.at == "noticing"


def test_without_earlier_words_a_recall_is_passed_over() -> None:
    player = play(recall("before", "hope"), ask("noticing"), recalls=RECALLS)
    assert player.said == []
    assert player.at == "noticing"


def test_a_recalled_answer_is_never_in_the_state() -> None:
    player = ready(recall("before", "hope"), ask("noticing"), ask("step"), recalls=RECALLS)
    player.knows(hope=an_answer(SECRET)).open()
    assert SECRET not in stored(player)
    player.answers("one")
    assert SECRET not in stored(player)
    player.rests()
    player.goes_back()
    assert SECRET not in stored(player)


def test_words_deleted_since_are_not_shown_again() -> None:
    player = ready(ask("a"), recall("before", "hope"), ask("b"), recalls=RECALLS)
    player.knows(hope=an_answer(SECRET)).open()
    player.knows().skips()
    assert player.said == []


def test_a_sub_flow_recalls_under_its_own_name() -> None:
    inner = a_flow(recall("before", "hope"), name="inner", recalls=RECALLS)
    player = ready(within("rhythm", "inner"), ask("step"), library=[inner])
    player.context = replace(player.context, recalled={"hope": an_answer(SECRET)})
    assert player.open().said == []
    again = ready(within("rhythm", "inner"), ask("step"), library=[inner])
    again.context = replace(again.context, recalled={"rhythm.hope": an_answer(SECRET)})
    assert again.open().said == ["rhythm.before"]


@pytest.mark.parametrize(("ordinal", "wording"), [(0, 0), (1, 1), (2, 2), (3, 0), (7, 1)])
def test_each_conversation_gets_the_next_wording(ordinal: int, wording: int) -> None:
    wordings = {"hello": 3, "before": 3, "settle": 3, "noticing": 3, "end": 3}
    player = ready(
        say("hello"),
        recall("before", "hope"),
        wait("settle"),
        ask("noticing"),
        wordings=wordings,
        recalls=RECALLS,
    )
    player.conversation = replace(player.state, ordinal=ordinal)
    player.knows(hope=an_answer(SECRET)).open()
    assert player.effects == (
        Say("hello", wording),
        Say("before", wording),
        Say("settle", wording),
    )
    player.is_done()
    assert player.asked.wording == wording
    player.answers("one")
    assert player.kept["noticing"].wording == wording
    assert player.effects[-1] == Say("end", wording)


def test_a_wording_not_asked_lately_is_chosen() -> None:
    for chance, wording in ((0, 1), (1, 3), (2, 1), (5, 3)):
        player = ready(ask("nudge", fresh_weeks=8), ask("step"), wordings={"nudge": 4})
        player.draws(chance, nudge={0, 2}).open()
        assert player.asked.wording == wording
        player.answers("one")
        assert player.kept["nudge"].wording == wording


def test_when_every_wording_was_asked_lately_the_rest_is_asked() -> None:
    player = ready(ask("nudge", fresh_weeks=8), ask("step"), wordings={"nudge": 2})
    player.draws(1, nudge={0, 1}).open()
    assert player.asked.wording is None
    player.answers("one")
    assert player.kept["nudge"].wording is None


def test_with_none_asked_lately_chance_picks_among_all() -> None:
    player = ready(ask("nudge", fresh_weeks=8), wordings={"nudge": 3}).draws(5)
    assert player.open().asked.wording == 2


def test_what_another_turn_asked_lately_does_not_count() -> None:
    player = ready(ask("nudge", fresh_weeks=8), wordings={"nudge": 2})
    assert player.draws(0, other={0}).open().asked.wording == 0


def test_a_wording_once_chosen_stays_with_its_conversation() -> None:
    player = ready(ask("nudge", fresh_weeks=8), ask("step"), wordings={"nudge": 9})
    wording = player.draws(4).open().asked.wording
    player.draws(7, nudge={4}).rests(hours=1)
    player.is_woken()
    assert player.asked.wording == wording == 4
    player.skips()
    player.goes_back()
    assert player.asked.wording == wording


def test_a_question_that_may_repeat_itself_is_not_drawn_by_chance() -> None:
    player = ready(ask("noticing"), wordings={"noticing": 3}).draws(2, noticing={0})
    assert player.open().asked.wording == 0
    assert player.state.wordings == {}


def test_an_answer_shown_again_is_ones_own_and_not_the_recalled_one() -> None:
    player = ready(recall("before", "hope"), ask("hope"), ask("b"), recalls=RECALLS)
    player.knows(hope=an_answer(SECRET)).open()
    assert player.asked.earlier is None
