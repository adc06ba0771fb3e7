"""What goes into anonymous counts: by consent alone, and taken back when it is no longer so."""

from __future__ import annotations

from bot.engine import events
from bot.engine.conversation import ENDED, Status
from bot.engine.effects import Ask, Drop, Hold, Pool, Remark, Unpool
from tests.engine.builders import (
    Player,
    an_answer,
    ask,
    choices,
    play,
    pool,
    pooled,
    scale,
)

ENERGY = "weekly_energy: energy"
POOLED = Pool("weekly_energy", (("energy", 4),), "")


def given_to_counts(player: Player) -> list[Pool | Unpool]:
    return [effect for effect in player.effects if isinstance(effect, Pool | Unpool)]


def at_the_pool() -> Player:
    """An energy that is pooled was answered with 4, and the pool is asked."""
    player = play(pooled(scale("energy")), pool("count", ENERGY), ask("more")).gap(0)
    player.presses("4")
    return player


def after_a_yes() -> Player:
    player = at_the_pool()
    player.presses("weekly_energy")
    player.is_done()
    assert given_to_counts(player) == [POOLED]
    assert player.at == "more"
    return player


def test_a_pooled_answer_is_never_kept_and_words_may_still_speak_of_it() -> None:
    player = play(pooled(scale("energy")), ask("more"))
    held, _ = player.presses("4")
    assert isinstance(held, Hold)
    assert held.answer.value == 4
    assert player.state.answers["energy"].value == 4


def test_a_pooled_answer_is_gone_with_its_conversation() -> None:
    for end in (events.Stopped(), events.Folded()):
        player = at_the_pool()
        player.feed(end)
        assert player.state.status in ENDED
        assert player.state.answers == {}
        assert player.kept == {}


def test_an_edit_beside_a_pooled_answer_keeps_nothing() -> None:
    player = play(pooled(scale("energy")), ask("more"))
    player.writes("tired")
    player.presses("4")
    player.edits("m1", "very tired")
    assert player.state.answers["energy"].text == "very tired"
    player.deletes("m1")
    assert player.state.answers["energy"].text == ""
    assert player.kept == {}


def test_a_pool_offers_what_was_answered_and_nothing_is_chosen() -> None:
    player = at_the_pool()
    assert player.asked.options == ("weekly_energy",)
    assert player.asked.chosen == ()
    assert player.asked.several
    assert player.asked.earlier is None


def test_a_pool_without_an_answer_is_passed_over_in_silence() -> None:
    player = play(pooled(scale("energy")), pool("count", ENERGY), ask("more"))
    (asked,) = player.skips()
    assert isinstance(asked, Ask)
    assert asked.turn == "more"
    player.goes_back()
    assert player.at == "energy"


def test_a_recall_alone_makes_no_offer_and_goes_with_an_answer() -> None:
    player = play(scale("energy"), pool("count", "change: then, energy"), ask("more"))
    player.knows(then=an_answer(value=2)).skips()
    assert player.at == "more"
    player.goes_back()
    player.presses("4")
    player.types("change")
    player.is_done()
    assert given_to_counts(player) == [Pool("change", (("then", 2), ("energy", 4)), "")]


def test_what_is_chosen_is_counted_in_the_order_of_the_offers_with_its_exact_values() -> None:
    offers = (ENERGY, "days_used: days, energy", "other: days")
    player = play(scale("energy"), choices("days"), pool("count", *offers))
    player.presses("4")
    player.types("red", "blue")
    player.is_done()
    player.types("days_used", "weekly_energy")
    player.is_done()
    assert given_to_counts(player) == [
        POOLED,
        Pool("days_used", (("days", ("red", "blue")), ("energy", 4)), ""),
    ]
    assert set(player.kept) == {"energy", "days"}


def test_done_with_nothing_chosen_and_skip_mean_no() -> None:
    for leave in (Player.is_done, Player.skips):
        player = at_the_pool()
        leave(player)
        assert given_to_counts(player) == []
        assert player.at == "more"


def test_what_is_chosen_and_never_finished_is_not_counted() -> None:
    for end in (events.Stopped(), events.Folded(), events.WentBack(), events.Skipped()):
        player = at_the_pool()
        player.presses("weekly_energy")
        player.rests()
        player.feed(end)
        assert given_to_counts(player) == []


def test_what_was_counted_stays_counted_when_the_conversation_ends_after_it() -> None:
    player = after_a_yes()
    player.feed(events.Folded())
    assert given_to_counts(player) == []


def test_coming_back_without_choosing_takes_it_back() -> None:
    for leave in (Player.is_done, Player.skips, lambda each: each.feed(events.Folded())):
        player = after_a_yes()
        player.goes_back()
        assert player.asked.earlier is not None
        assert player.asked.chosen == ()
        leave(player)
        assert given_to_counts(player) == [Unpool("weekly_energy", "")]


def test_another_answer_takes_back_what_was_counted_and_it_is_asked_anew() -> None:
    player = after_a_yes()
    player.goes_back()
    player.goes_back()
    assert given_to_counts(player) == [Unpool("weekly_energy", "")]
    player.presses("2")
    assert player.at == "count"
    assert player.asked.earlier is None


def test_another_answer_to_one_question_leaves_the_count_of_another() -> None:
    player = play(
        scale("energy"),
        pool("count", ENERGY),
        scale("useful"),
        pool("uses", "use: useful"),
        choices("again"),
    )
    for answer, measure in (("4", "weekly_energy"), ("5", "use")):
        player.presses(answer)
        player.presses(measure)
        player.is_done()
    player.goes_back()
    player.goes_back()
    assert given_to_counts(player) == [Unpool("use", "")]
    player.presses("1")
    assert given_to_counts(player) == []
    assert "count" in player.state.answers


def test_the_same_answer_again_takes_nothing_back() -> None:
    offers = pool("count", ENERGY)
    player = play(scale("energy"), offers, scale("other", to="energy"))
    player.presses("4")
    player.presses("weekly_energy")
    player.is_done()
    player.skips()
    assert player.at == "energy"
    player.presses("4")
    assert given_to_counts(player) == []
    player.goes_back()
    player.presses("3")
    assert given_to_counts(player) == []


def test_delete_that_takes_back_the_choice_then_the_answer() -> None:
    player = after_a_yes()
    player.takes_back()
    assert given_to_counts(player) == [Unpool("weekly_energy", "")]
    assert "count" not in player.state.answers
    player.takes_back()
    assert Drop("energy") in player.effects
    assert player.state.answers == {}
    assert given_to_counts(player) == []


def test_an_answer_taken_back_under_an_open_pool_is_offered_no_more() -> None:
    player = at_the_pool()
    before = player.state.ask
    player.takes_back()
    assert player.at == "more"
    player.presses("weekly_energy", ask=before)
    assert player.remarks == [Remark.STALE]
    assert given_to_counts(player) == []


def test_an_answer_taken_back_while_it_rests_is_offered_no_more() -> None:
    player = at_the_pool()
    player.rests()
    player.takes_back()
    assert player.state.status is Status.RESTING
    player.feed(events.TakenUp())
    assert player.at == "more"


def test_what_is_on_show_changes_with_a_new_number() -> None:
    player = play(scale("energy"), scale("use"), pool("count", ENERGY, "used: use"), ask("more"))
    player.presses("4")
    player.presses("5")
    first = player.asked
    player.takes_back()
    second = player.asked
    assert [first.options, second.options] == [("weekly_energy", "used"), ("weekly_energy",)]
    assert second.ask == first.ask + 1


def test_a_press_takes_a_choice_back_before_done() -> None:
    player = at_the_pool()
    player.presses("weekly_energy")
    player.feed(events.Pressed(player.state.ask, "weekly_energy", removes=True))
    assert player.state.chosen == ()
    player.is_done()
    assert given_to_counts(player) == []


def test_words_at_a_pool_are_no_answer_and_go_nowhere() -> None:
    player = at_the_pool()
    player.writes("Please do count it.")
    assert player.remarks == [Remark.CHOOSE_OFFER]
    player.presses("weekly_energy")
    player.is_done()
    assert given_to_counts(player) == [POOLED]
    assert player.state.draft == ()
    assert player.kept == {}
