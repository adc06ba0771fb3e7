"""A message that is deleted in the chat is gone here too, at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.records import Deleted, Media, Words
from tests.journeys.conftest import on_both
from tests.journeys.looking import at, current, held, is_nobody, kept, photos, words
from tests.journeys.someone import Someone, texts

pytestmark = on_both

PHOTO = Media(name="tea.jpg", mime="image/jpeg", content=b"\xff\xd8photo\xff\xd9")
GONE = "You deleted a message in this chat, so its words are gone from your answer here too."


def begun(someone: Someone, *lines: str) -> Someone:
    for line in ("journal", "yes", *lines):
        someone.says(line)
    return someone


def draft(someone: Someone) -> list[str]:
    now = current(someone)
    return [part.text for part in now.draft] if now else []


def test_a_message_leaves_the_draft_and_nothing_is_said(someone: Someone) -> None:
    begun(someone, "Ellen.", "She brought tea.")
    assert someone.deletes("Ellen.") == []
    assert draft(someone) == ["She brought tea."]
    someone.waits(timedelta(seconds=13))
    assert words(someone) == ["She brought tea."]


def test_a_draft_with_nothing_left_is_no_answer(someone: Someone) -> None:
    begun(someone, "Ellen.")
    someone.deletes("Ellen.")
    assert someone.waits(timedelta(minutes=5)) == []
    assert at(someone) == "nudge.question"
    assert words(someone) == []


def test_a_photo_of_the_draft_goes_from_the_store(someone: Someone) -> None:
    begun(someone)
    someone.sends(Words(message="p1", text="With tea.", media=PHOTO))
    assert photos(someone) == 1
    someone.does(Deleted(message="p1"))
    assert (photos(someone), draft(someone)) == (0, [])


def test_a_given_answer_of_an_open_conversation_lets_go_of_it(someone: Someone) -> None:
    for line in ("practise", "weekly", "3", "We argued.", "About beds.", "done"):
        someone.says(line)
    assert texts(someone.deletes("We argued.")) == [GONE]
    assert words(someone) == ["About beds."]
    assert texts(someone.deletes("About beds.")) == [GONE]
    assert words(someone) == []
    assert at(someone) == "weekly.gap"


def test_a_kept_answer_of_an_ended_conversation_lets_go_of_it_and_says_so(
    someone: Someone,
) -> None:
    begun(someone, "Ellen.", "She brought tea.", "done")
    assert current(someone) is None
    assert texts(someone.deletes("Ellen.")) == [GONE]
    assert words(someone) == ["She brought tea."]


def test_a_kept_answer_left_with_nothing_is_kept_no_longer(someone: Someone) -> None:
    begun(someone)
    someone.sends(Words(message="p1", text="With tea.", media=PHOTO))
    someone.says("done")
    before = len(kept(someone))
    assert texts(someone.does(Deleted(message="p1"))) == [GONE]
    assert (len(kept(someone)), photos(someone)) == (before - 1, 0)
    assert texts(someone.says("remember"))[0] == "There is nothing of yours here yet."


def test_words_beside_a_choice_go_and_the_choice_is_still_kept(someone: Someone) -> None:
    for line in ("practise", "weekly", "about a four", "4", "stop"):
        someone.says(line)
    assert words(someone) == ["about a four"]
    before = len(kept(someone))
    someone.deletes("about a four")
    assert (len(kept(someone)), words(someone)) == (before, [])
    assert kept(someone)[-1].answer.value == 4


def test_it_goes_however_long_ago_it_was_written(someone: Someone) -> None:
    begun(someone, "Ellen.", "done")
    someone.waits(timedelta(days=200))
    someone.deletes("Ellen.")
    assert words(someone) == []


def test_a_second_time_does_nothing_and_says_nothing(someone: Someone) -> None:
    begun(someone, "Ellen.", "done")
    someone.deletes("Ellen.")
    assert someone.deletes("Ellen.") == []


@pytest.mark.parametrize("message", ["never", "", "\ud800", "x" * 500])
def test_a_message_that_was_never_kept_is_no_matter(someone: Someone, message: str) -> None:
    begun(someone, "Ellen.", "done")
    before = (held(someone), kept(someone))
    assert someone.does(Deleted(message=message)) == []
    assert (held(someone), kept(someone)) == before
    assert someone.heard.parked is None


def test_a_reserved_word_that_is_deleted_changes_nothing(someone: Someone) -> None:
    begun(someone, "Ellen.", "done")
    assert someone.deletes("done") == []
    assert words(someone) == ["Ellen."]


def test_after_a_stop_it_goes_in_silence(someone: Someone) -> None:
    begun(someone, "Ellen.", "done")
    someone.says("stop")
    assert someone.deletes("Ellen.") == []
    assert words(someone) == []


def test_somebody_elses_message_of_the_same_name_stays(someone: Someone, other: Someone) -> None:
    for each in (someone, other):
        for line in ("journal", "yes"):
            each.says(line)
        each.says("Ellen.", message="same")
        each.says("done")
    someone.does(Deleted(message="same"))
    assert (words(someone), words(other)) == ([], ["Ellen."])


def test_nobody_new_is_made_of_a_deletion(stranger: Someone) -> None:
    assert stranger.does(Deleted(message="m1")) == []
    assert is_nobody(stranger)


def test_a_change_that_waits_for_an_answer_is_asked_about_no_more(someone: Someone) -> None:
    begun(someone, "Elen.", "done")
    someone.changes("Elen.", "Ellen.")
    assert at(someone) == "amend.which"
    said = texts(someone.deletes("Ellen."))
    assert said == [GONE]
    assert (words(someone), current(someone)) == ([], None)


def test_what_was_set_aside_lets_go_of_it_too(someone: Someone) -> None:
    begun(someone, "Ellen.", "later")
    someone.deletes("Ellen.")
    assert draft(someone) == []
    assert texts(someone.says("start"))[0] == "Welcome back. Here is where you were."


def test_what_is_open_and_has_nothing_of_it_stays_as_it_is(someone: Someone) -> None:
    begun(someone, "Ellen.", "done")
    for line in ("practise", "weekly", "3", "We argued."):
        someone.says(line)
    before = current(someone)
    assert texts(someone.deletes("Ellen.")) == [GONE]
    assert current(someone) == before
