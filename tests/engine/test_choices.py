"""Scales, a choice of one, choices of several: buttons, typed labels, words beside them."""

import pytest

from bot.engine import events
from bot.engine.conversation import Answer, Status
from bot.engine.effects import Ask, Keep, Note, Remark, Set
from bot.engine.flow import Reading, Request, Setting, Turn
from bot.engine.script import lay_out
from tests.engine.builders import (
    NOON,
    Player,
    a_flow,
    ask,
    choice,
    choices,
    close,
    play,
    scale,
    words,
)


def test_a_scale_shows_its_points() -> None:
    player = play(scale("energy", 3))
    assert player.effects == (Ask("energy", 0, 1, options=("1", "2", "3")),)


def test_a_press_answers_a_scale_with_a_number() -> None:
    player = play(scale("energy"), ask("step"))
    effects = player.presses("4")
    answer = Answer(value=4, said_at=NOON)
    assert effects == (Keep("energy", answer), Ask("step", 0, 2))


def test_a_typed_number_answers_a_scale() -> None:
    player = play(scale("energy"), ask("step"))
    player.types("2")
    assert player.kept["energy"].value == 2


def test_a_point_that_the_scale_does_not_have_is_stale() -> None:
    player = play(scale("energy", 3))
    for point in ("0", "4", "x", "\u0663"):
        assert player.types(point) == (Note(Remark.STALE),)
    assert player.at == "energy"


def test_a_choice_shows_its_options_and_takes_one() -> None:
    player = play(choice("tried", "yes", "partly", "no"), ask("step"))
    assert player.asked == Ask("tried", 0, 1, options=("yes", "partly", "no"))
    effects = player.presses("partly")
    assert effects == (
        Keep("tried", Answer(value="partly", said_at=NOON)),
        Ask("step", 0, 2),
    )


def test_an_option_leads_where_it_leads() -> None:
    player = play(choice("tried", "yes", "no > way"), ask("what", to="end"), ask("way"))
    player.presses("no")
    assert player.at == "way"
    player.goes_back()
    player.presses("yes")
    assert player.at == "what"


def test_the_first_of_several_typed_options_answers_a_choice_of_one() -> None:
    player = play(choice("tried", "yes", "no"))
    player.types("nonsense", "no", "yes")
    assert player.kept["tried"].value == "no"


def test_a_typed_option_that_is_not_there_is_stale() -> None:
    player = play(choice("tried"))
    before = player.state
    assert player.types("maybe") == (Note(Remark.STALE),)
    assert player.types() == (Note(Remark.STALE),)
    assert player.state == before


def test_a_stale_press_is_answered_and_changes_nothing() -> None:
    player = play(choice("tried"), choice("sure"))
    player.presses("yes")
    before = player.state
    assert player.presses("no", ask=1) == (Note(Remark.STALE),)
    assert player.presses("no", ask=3) == (Note(Remark.STALE),)
    assert player.state == before


def test_a_doubled_press_answers_only_once() -> None:
    player = play(choice("tried"), choice("sure"), ask("step"))
    player.presses("yes", ask=1)
    player.presses("yes", ask=1)
    assert player.remarks == [Remark.STALE]
    assert player.at == "sure"


def test_words_typed_at_a_choice_ask_for_an_option_and_are_kept_beside_it() -> None:
    player = play(choice("tried"), ask("step"))
    assert player.writes("well") == (Note(Remark.CHOOSE),)
    assert player.writes("sort of") == (Note(Remark.CHOOSE),)
    assert player.state.wake_at is None
    player.presses("yes")
    answer = player.kept["tried"]
    assert (answer.value, words(answer.parts)) == ("yes", ["well", "sort of"])
    assert player.state.draft == ()


def test_words_typed_at_a_scale_are_kept_beside_its_number() -> None:
    player = play(scale("energy"), ask("step"))
    assert player.writes("low") == (Note(Remark.CHOOSE),)
    player.presses("2")
    assert (player.kept["energy"].value, player.kept["energy"].text) == (2, "low")


@pytest.mark.parametrize("turn", [scale("t"), choice("t")])
def test_done_without_a_choice_asks_for_one(turn: Turn) -> None:
    player = play(turn, ask("step"))
    assert player.is_done() == (Note(Remark.CHOOSE),)
    player.writes("words")
    assert player.is_done() == (Note(Remark.CHOOSE),)
    assert player.at == "t"


def test_done_at_a_choice_answered_before_keeps_the_answer() -> None:
    player = play(choice("tried", "yes", "no > way"), ask("what", to="end"), ask("way"))
    player.presses("no")
    player.goes_back()
    player.is_done()
    assert player.at == "way"
    assert player.kept["tried"].value == "no"


def test_words_added_at_a_choice_answered_before_stand_beside_its_option() -> None:
    player = play(choice("tried", "yes", "no > way"), ask("what", to="end"), ask("way"))
    player.presses("no")
    player.goes_back()
    player.writes("no time")
    player.is_done()
    assert player.at == "way"
    assert (player.kept["tried"].value, player.kept["tried"].text) == ("no", "no time")


def test_words_added_at_an_ask_answered_before_replace_it() -> None:
    player = play(ask("noticing"), ask("step"))
    player.answers("one")
    player.goes_back()
    player.answers("two")
    assert player.kept["noticing"].text == "two"
    assert player.kept["noticing"].value is None


def test_an_option_named_done_can_be_pressed() -> None:
    player = play(choice("plan", "done", "changed", "dropped"))
    player.presses("done")
    assert player.kept["plan"].value == "done"


def test_an_option_named_done_can_be_typed() -> None:
    player = play(choice("plan", "done", "changed"))
    player.types("done")
    assert player.kept["plan"].value == "done"


def test_choices_gather_until_done() -> None:
    player = play(choices("days", "mon", "tue", "wed"), ask("step"))
    assert player.asked == Ask("days", 0, 1, options=("mon", "tue", "wed"), several=True)
    player.presses("wed")
    assert player.effects == (
        Ask("days", 0, 1, options=("mon", "tue", "wed"), chosen=("wed",), several=True),
    )
    assert player.state.begun
    player.presses("mon")
    assert player.state.chosen == ("mon", "wed")
    player.presses("done")
    assert player.at == "step"
    assert player.kept["days"].value == ("mon", "wed")
    assert not player.state.chosen


def test_a_press_on_a_chosen_option_takes_it_away() -> None:
    player = play(choices("days", "mon", "tue", "wed"))
    player.types("mon", "wed")
    player.feed(events.Pressed(player.state.ask, "mon", removes=True))
    assert player.asked.chosen == ("wed",)
    assert player.state.chosen == ("wed",)


def test_a_doubled_press_of_one_of_several_does_not_take_it_away() -> None:
    player = play(choices("days", "mon", "tue"))
    player.presses("mon", ask=1)
    player.presses("mon", ask=1)
    assert player.remarks == [Remark.STALE]
    assert player.state.chosen == ("mon",)


def test_quick_presses_on_the_buttons_first_shown_all_count() -> None:
    player = play(choices("days", "mon", "tue", "wed"))
    for day in ("mon", "tue", "wed"):
        player.presses(day, ask=1)
    assert player.state.chosen == ("mon", "tue", "wed")


def test_a_doubled_press_that_takes_away_changes_nothing_more() -> None:
    player = play(choices("days", "mon", "tue"))
    player.types("mon", "tue")
    player.feed(events.Pressed(1, "mon", removes=True))
    assert player.feed(events.Pressed(1, "mon", removes=True)) == (Note(Remark.STALE),)
    assert player.state.chosen == ("tue",)


def test_an_option_typed_again_is_no_longer_chosen_and_its_ask_stands() -> None:
    player = play(choices("days", "mon", "tue", "wed"))
    player.types("mon", "tue", "wed")
    player.types("wed", "mon", "nonsense")
    assert player.asked.chosen == player.state.chosen == ("tue",)
    player.types("tue")
    assert player.is_done() == (Note(Remark.CHOOSE_SOME),)
    assert player.state.ask == 1


def test_options_typed_again_with_a_new_one_add_it_and_take_none_away() -> None:
    player = play(choices("days", "mon", "tue", "wed"))
    player.types("wed", "mon")
    player.types("mon", "tue", "nonsense")
    assert player.state.chosen == ("mon", "tue", "wed")
    assert player.state.ask == 1


def test_an_unknown_press_at_choices_is_stale() -> None:
    player = play(choices("days", "mon", "tue"))
    assert player.presses("fri") == (Note(Remark.STALE),)
    assert player.state.ask == 1


def test_done_with_none_chosen_asks_for_some() -> None:
    player = play(choices("days"), ask("step"))
    assert player.is_done() == (Note(Remark.CHOOSE_SOME),)
    player.writes("none of these")
    assert player.is_done() == (Note(Remark.CHOOSE_SOME),)
    assert player.at == "days"


def test_words_typed_at_choices_are_kept_beside_them() -> None:
    player = play(choices("days", "mon", "tue"), ask("step"))
    player.presses("mon")
    assert player.writes("mornings") == (Note(Remark.CHOOSE_FROM),)
    player.is_done()
    answer = player.kept["days"]
    assert (answer.value, answer.text) == (("mon",), "mornings")


def test_words_typed_where_something_is_set_are_kept_nowhere() -> None:
    player = play(
        choice("tongue", "en = en", "cy = cy", sets=Setting.LANGUAGE),
        choices("days", "mon = 0", "tue = 1", sets=Setting.DAYS),
        ask("step"),
    )
    before = player.state
    assert player.writes("dutch") == (Note(Remark.CHOOSE_ONLY),)
    assert player.is_done() == (Note(Remark.CHOOSE_ONLY),)
    assert player.state == before
    player.presses("en")
    assert player.writes("weekend") == (Note(Remark.CHOOSE_FROM_ONLY),)
    player.presses("tue")
    player.is_done()
    assert [each.text for each in player.kept.values()] == ["", ""]


def test_words_typed_in_a_practice_of_the_house_are_kept_nowhere() -> None:
    flow = a_flow(choice("way", "on", "off"), close(request=Request.LEAVE))
    script = lay_out(flow.model_copy(update={"listed": False}), {}, {})
    player = Player(script=script).open()
    assert player.writes("hm") == (Note(Remark.CHOOSE_ONLY),)
    assert player.skips()[0] != Note(Remark.SKIPPED_WORDS)
    assert player.kept == {}


def hours() -> Player:
    return play(
        choice(
            "hour", "early = 480", "late = 990", "another > other = ", sets=Setting.HOUR, to="end"
        ),
        ask("other", reads=Reading.HOUR, sets=Setting.HOUR),
    )


def test_an_hour_typed_beside_the_hours_on_show_is_taken() -> None:
    player = hours()
    effects = player.writes("7")
    assert Set(Setting.HOUR, "420") in effects
    assert player.state.status is Status.CLOSED
    assert (player.kept["hour"].value, player.kept["other"].value) == ("another", "420")


def test_what_is_no_hour_is_told_how_one_is_written_and_is_not_kept() -> None:
    player = hours()
    before = player.state
    assert player.writes("25:99") == (Note(Remark.CHOOSE_HOUR),)
    assert player.state == before


def test_what_could_not_be_read_is_no_part_of_the_answer() -> None:
    player = play(ask("zone", reads=Reading.ZONE, sets=Setting.ZONE), ask("step"))
    player.writes("Gondor", "Edinburgh")
    assert player.kept["zone"].text == "Edinburgh"
    player.goes_back()
    player.writes("Mordor")
    player.skips()
    assert player.remarks == []
    assert player.kept["zone"].text == "Edinburgh"


def test_done_at_choices_answered_before_keeps_them() -> None:
    player = play(choices("days", "mon", "tue"), ask("step"))
    player.types("mon")
    player.is_done()
    player.goes_back()
    assert player.asked.chosen == ()
    assert player.asked.earlier == player.kept["days"]
    player.is_done()
    assert player.at == "step"
    assert player.kept["days"].value == ("mon",)


def test_a_choice_sets_what_its_option_means() -> None:
    player = play(choice("keeps", "paper = no", "here = yes", sets=Setting.KEEPS))
    player.presses("paper")
    assert Set(Setting.KEEPS, "no") in player.effects


def test_an_option_without_a_value_sets_its_name() -> None:
    player = play(choice("language", "en", "gd", sets=Setting.LANGUAGE))
    player.presses("gd")
    assert Set(Setting.LANGUAGE, "gd") in player.effects


def test_an_option_with_an_empty_value_sets_nothing() -> None:
    player = play(choice("language", "same = ", "gd", sets=Setting.LANGUAGE))
    player.presses("same")
    assert player.kept["language"].value == "same"
    assert not any(isinstance(effect, Set) for effect in player.effects)


def test_of_several_options_only_those_with_a_value_set_something() -> None:
    player = play(choices("days", "mon = 0", "any = ", "tue = 1", sets=Setting.DAYS))
    player.types("any", "mon", "tue")
    player.is_done()
    assert Set(Setting.DAYS, "0,1") in player.effects


def test_choices_set_their_values_together_in_the_order_shown() -> None:
    player = play(choices("days", "mon = 0", "tue = 1", "wed", sets=Setting.DAYS))
    player.types("wed", "mon")
    player.is_done()
    assert [effect for effect in player.effects if isinstance(effect, Set)] == [
        Set(Setting.DAYS, "0,wed")
    ]


def test_a_choice_to_which_only_words_are_said_sets_nothing() -> None:
    player = play(choice("keeps", sets=Setting.KEEPS), ask("step"))
    player.writes("I do not mind")
    player.skips()
    assert player.kept == {}
    assert not any(isinstance(effect, Set) for effect in player.effects)


def test_a_choice_that_sets_nothing_sets_nothing() -> None:
    player = play(choice("tried"))
    player.presses("yes")
    assert not any(isinstance(effect, Set) for effect in player.effects)


def test_an_ask_sets_nothing_by_its_words_alone() -> None:
    player = play(ask("name", sets=Setting.LANGUAGE))
    player.answers("Gaelic")
    assert not any(isinstance(effect, Set) for effect in player.effects)
