"""Buttons where messages can be changed: what is chosen shows, what is past goes."""

from __future__ import annotations

from bot.records import Unkept, Words
from bot.store import outbox
from tests.journeys.looking import at, current, kept
from tests.journeys.someone import Someone, texts


def press(someone: Someone, label: str, message: str = "") -> str:
    """Press a button of the last message that has any; says which message that was."""
    shown = next(each for each in reversed(someone.told) if each.options)
    buttons = (*shown.options, *([shown.done] if shown.done else []))
    token = next(each.token for each in buttons if each.label.startswith(label))
    someone.presses(token, message or "77")
    return token


def test_a_choice_that_was_pressed_stands_on_its_message_without_buttons(
    someone: Someone,
) -> None:
    someone.says("journal")
    press(someone, "Yes")
    shown = someone.heard.shown
    assert shown is not None
    assert (shown.message, shown.options, shown.done) == ("77", (), None)
    assert shown.chosen.startswith("Yes")
    assert someone.heard.settled == ()


def test_one_of_several_is_marked_in_place_and_nothing_new_is_said(someone: Someone) -> None:
    for line in ("settings", "1", "uk time"):
        someone.says(line)
    before = len(someone.told)
    press(someone, "Monday")
    press(someone, "Friday")
    shown = someone.heard.shown
    assert len(someone.told) == before
    assert shown is not None
    assert [each.label for each in shown.options if each.chosen] == ["Monday", "Friday"]
    assert shown.done is not None
    someone.presses(next(each.token for each in shown.options if each.label == "Monday"), "77")
    now = current(someone)
    assert now is not None
    assert now.chosen == ("fri",)


def test_done_leaves_what_was_chosen_on_the_message(someone: Someone) -> None:
    for line in ("settings", "1", "uk time"):
        someone.says(line)
    press(someone, "Monday")
    press(someone, "Done")
    shown = someone.heard.shown
    assert shown is not None
    assert (shown.chosen, shown.options) == ("Monday", ())


def test_done_with_nothing_chosen_leaves_the_buttons(someone: Someone) -> None:
    for line in ("settings", "1", "uk time"):
        someone.says(line)
    press(someone, "Done")
    assert someone.heard.shown is None
    assert texts(someone.told)[-1].startswith("Nothing is chosen yet.")


def test_a_second_tap_on_an_old_view_shows_how_things_stand(someone: Someone) -> None:
    for line in ("settings", "1", "uk time"):
        someone.says(line)
    token = press(someone, "Monday")
    someone.presses(token, "77")
    shown = someone.heard.shown
    assert someone.heard.reply.toast
    assert shown is not None
    assert [each.label for each in shown.options if each.chosen] == ["Monday"]


def test_a_button_of_a_past_question_goes(someone: Someone) -> None:
    someone.says("practise")
    someone.says("weekly")
    button = someone.told[-1].options[0].token
    someone.says("3")
    someone.presses(button, "55")
    shown = someone.heard.shown
    assert someone.heard.reply.toast.startswith("That button belongs")
    assert shown is not None
    assert (shown.message, shown.options, shown.chosen) == ("55", (), "")


def test_a_typed_answer_settles_its_question_whose_message_is_known(someone: Someone) -> None:
    someone.says("practise")
    someone.says("weekly")
    someone.says("3")
    (settled,) = someone.heard.settled
    assert settled.chosen == "3"
    found = someone.asks(lambda conn: outbox.asked_in(conn, settled.conversation, settled.ask))
    assert len(found) == 1
    assert someone.heard.shown is None


def test_a_question_in_words_has_no_buttons_to_settle(someone: Someone) -> None:
    for line in ("journal", "yes", "Some words."):
        someone.says(line)
    someone.says("done")
    assert someone.heard.settled == ()


def test_stop_settles_what_was_open(someone: Someone) -> None:
    someone.says("journal")
    someone.says("stop")
    assert [each.chosen for each in someone.heard.settled] == [""]


def test_later_leaves_the_buttons_for_later(someone: Someone) -> None:
    someone.says("journal")
    someone.says("later")
    assert someone.heard.settled == ()


def test_what_cannot_be_kept_is_said_and_its_words_are_kept(someone: Someone) -> None:
    someone.says("journal")
    someone.says("yes")
    open_at = at(someone)
    for why, start in (
        (Unkept.KIND, "I cannot keep that kind"),
        (Unkept.SIZE, "That file is larger"),
        (Unkept.LOST, "I could not fetch"),
    ):
        said = someone.sends(Words(message=why, text="", unkept=why))
        assert texts(said)[0].startswith(start)
    assert at(someone) == open_at
    said = someone.sends(Words(message="c", text="Its caption.", unkept=Unkept.KIND))
    assert texts(said)[0].startswith("I cannot keep")
    someone.says("done")
    assert kept(someone)[-1].answer.text == "Its caption."
