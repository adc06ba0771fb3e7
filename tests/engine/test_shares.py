"""What of a person's words goes to others: after a preview, by choice, and only as it stands."""

from __future__ import annotations

from bot.engine import events
from bot.engine.effects import Ask, Remark, Share, Unshare
from tests.engine.builders import Player, ask, play, scale, share

SHARED = Share("pass_on", ("well", "better"), "named", "")


def shares(player: Player) -> list[Share | Unshare]:
    return [effect for effect in player.effects if isinstance(effect, Share | Unshare)]


def at_the_share() -> Player:
    turns = (ask("well"), ask("better"), share("pass_on", "well", "better", levels="named public"))
    player = play(*turns, scale("last")).gap(0)
    player.writes("The songs.", "More breaks.")
    return player


def after_a_yes() -> Player:
    player = at_the_share()
    player.presses("named")
    assert shares(player) == [SHARED]
    assert player.at == "last"
    return player


def test_keeping_it_to_oneself_stands_first_and_nothing_is_chosen() -> None:
    player = at_the_share()
    assert player.asked.options == ("mine", "named", "public")
    assert player.asked.chosen == ()
    assert not player.asked.several


def test_a_share_without_words_is_passed_over_in_silence() -> None:
    player = play(ask("well"), share("pass_on", "well"), scale("last"))
    (asked,) = player.skips()
    assert isinstance(asked, Ask)
    assert asked.turn == "last"


def test_only_what_was_answered_is_shared() -> None:
    player = play(ask("well"), ask("better"), share("pass_on", "well", "better")).gap(0)
    player.skips()
    player.writes("More breaks.")
    player.types("named")
    assert shares(player) == [Share("pass_on", ("better",), "named", "")]


def test_a_share_is_no_answer_that_is_kept() -> None:
    assert set(after_a_yes().kept) == {"well", "better"}


def test_mine_done_and_skip_share_nothing() -> None:
    for leave in (lambda each: each.presses("mine"), Player.is_done, Player.skips):
        player = at_the_share()
        leave(player)
        assert shares(player) == []
        assert player.at == "last"


def test_coming_back_without_choosing_takes_it_back() -> None:
    for leave in (
        lambda each: each.presses("mine"),
        Player.is_done,
        Player.skips,
        lambda each: each.feed(events.Stopped()),
    ):
        player = after_a_yes()
        player.goes_back()
        leave(player)
        assert shares(player) == [Unshare("pass_on")]


def test_another_circle_takes_the_place_of_the_first() -> None:
    player = after_a_yes()
    player.goes_back()
    player.presses("public")
    assert shares(player) == [Share("pass_on", ("well", "better"), "public", "")]


def test_a_word_changed_later_takes_it_back() -> None:
    player = after_a_yes()
    player.edits("m1", "The songs and the bread.")
    assert shares(player) == [Unshare("pass_on")]
    player.edits("m1", "The bread.")
    assert shares(player) == []
    player.goes_back()
    assert player.asked.earlier is None


def test_a_message_deleted_later_takes_it_back() -> None:
    player = after_a_yes()
    player.deletes("m2")
    assert shares(player) == [Unshare("pass_on")]


def test_an_answer_taken_back_later_takes_it_back() -> None:
    player = after_a_yes()
    player.takes_back()
    assert shares(player) == [Unshare("pass_on")]


def test_words_changed_under_an_open_preview_are_shown_anew() -> None:
    player = at_the_share()
    number = player.state.ask
    player.edits("m1", "The songs and the bread.")
    assert player.asked.turn == "pass_on"
    assert player.asked.ask == number + 1
    player.presses("named", ask=number)
    assert player.remarks == [Remark.STALE]
    assert shares(player) == []


def test_words_all_deleted_under_an_open_preview_are_offered_no_more() -> None:
    player = at_the_share()
    player.deletes("m1")
    player.deletes("m2")
    assert player.at == "last"
    assert shares(player) == []


def test_words_at_a_share_are_no_answer() -> None:
    player = at_the_share()
    player.writes("Only to Ann.")
    assert player.remarks == [Remark.CHOOSE_OFFER]
    player.skips()
    assert shares(player) == []
    assert set(player.kept) == {"well", "better"}
