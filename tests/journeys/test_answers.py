"""What people write, how it becomes one answer, and how it is changed and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.records import Composing, Media, Words
from bot.store import answers
from bot.store.opening import Store
from tests.journeys.conftest import on_both
from tests.journeys.looking import at, current, kept, parked_ones, photos, words
from tests.journeys.someone import MORNING, Ids, Someone, quotes, texts

pytestmark = on_both

PHOTO = Media(name="tea.jpg", mime="image/jpeg", content=b"\xff\xd8canary\xff\xd9")
SECOND = timedelta(seconds=1)
VERBATIM = [
    "👩🏽‍⚕️ and 🏴󠁧󠁢󠁳󠁣󠁴󠁿 and 👨‍👩‍👧‍👦",
    "שלום עולם \u202eabc\u202c مرحبا",
    "a\x00b",
    "  two spaces,\n\n\n a line and a tab\t",
    "<!channel> <b>*bold*</b> _{{ person }}_ {% block %} \ue0000\ue001",
    "e\u0301 \u00e9 \ufeff \u2028 \u200b",
    "\\n %s {0} ' \" ; DROP TABLE answer; --",
]


def write(someone: Someone, *messages: str) -> None:
    someone.says("journal")
    someone.says("yes")
    for message in messages:
        someone.says(message)
    someone.says("done")


def test_several_messages_are_one_answer(someone: Someone) -> None:
    write(someone, "One.", "Two.", "Three.")
    assert words(someone) == ["One.\n\nTwo.\n\nThree."]


def test_the_quiet_gap_begins_anew_with_each_message(someone: Someone) -> None:
    someone.says("journal")
    someone.says("yes")
    for _ in range(5):
        someone.says("More.")
        assert someone.waits(10 * SECOND) == []
    assert texts(someone.waits(3 * SECOND))[0].startswith("Thank you.")
    assert words(someone) == ["\n\n".join(["More."] * 5)]


def test_composing_holds_the_gap_open(someone: Someone) -> None:
    someone.says("journal")
    someone.says("yes")
    someone.says("One.")
    for _ in range(5):
        assert someone.waits(10 * SECOND) == []
        someone.does(Composing())
    someone.says("Two.")
    someone.waits(13 * SECOND)
    assert words(someone) == ["One.\n\nTwo."]


def test_a_quiet_gap_survives_a_restart(someone: Someone, store: Store) -> None:
    someone.says("journal")
    someone.says("yes")
    someone.says("One.")
    after = Someone(store, now=someone.now, ids=someone.ids)
    assert texts(after.waits(12 * SECOND))[0].startswith("Thank you.")
    assert words(after) == ["One."]


def test_without_a_gap_each_message_is_a_whole_answer(store: Store) -> None:
    someone = Someone(store, gap=timedelta(0), ids=Ids())
    someone.arrives()
    someone.says("yes")
    someone.says("skip")
    someone.says("One.")
    assert words(someone) == ["One."]


def test_done_with_nothing_written_says_so(someone: Someone) -> None:
    someone.says("journal")
    someone.says("yes")
    assert texts(someone.says("done"))[0].startswith("There is nothing written here yet.")
    assert at(someone) == "nudge.question"


@pytest.mark.parametrize("text", VERBATIM)
def test_words_come_back_verbatim(someone: Someone, text: str) -> None:
    write(someone, text)
    assert parked_ones(someone) == 0
    assert words(someone) == [text]
    assert quotes(someone.says("remember")) == [text]


def test_a_message_of_a_megabyte_is_never_cut(someone: Someone) -> None:
    text = "Wörter und 👩🏽‍⚕️ " * 60_000
    assert len(text.encode()) > 1_000_000
    write(someone, text)
    assert words(someone) == [text]
    assert quotes(someone.says("remember")) == [text]


def test_half_of_a_surrogate_pair_is_no_reason_to_park(someone: Someone) -> None:
    write(someone, "half \ud83d of it")
    assert parked_ones(someone) == 0
    assert words(someone) == ["half \ufffd of it"]


def test_remember_shows_the_last_five_and_counts_the_rest(someone: Someone) -> None:
    for number in range(7):
        write(someone, f"Words {number}.")
    said = someone.says("remember")
    assert quotes(said) == [f"Words {number}." for number in range(2, 7)]
    assert "Not shown here: 2 more." in texts(said)[-2]


def test_words_beside_a_choice_are_remembered_too(someone: Someone) -> None:
    someone.says("journal")
    someone.says("Only because you ask so kindly.")
    someone.says("not today")
    assert quotes(someone.says("remember")) == ["Only because you ask so kindly."]


def test_an_answer_without_words_leaves_no_empty_quote(someone: Someone) -> None:
    someone.says("journal")
    someone.says("yes")
    someone.sends(Words(message="p1", text="", media=PHOTO))
    someone.says("done")
    said = someone.says("remember")
    assert "" not in quotes(said)


def test_an_edit_of_the_draft_changes_it_and_holds_the_gap_open(someone: Someone) -> None:
    someone.says("journal")
    someone.says("yes")
    someone.says("Elen.")
    assert someone.waits(10 * SECOND) == []
    assert someone.changes("Elen.", "Ellen.") == []
    assert someone.waits(10 * SECOND) == []
    someone.waits(3 * SECOND)
    assert words(someone) == ["Ellen."]


def test_an_edit_of_a_settled_answer_changes_it(someone: Someone) -> None:
    for line in ("practise", "weekly", "3", "Wee argued.", "done"):
        someone.says(line)
    assert texts(someone.changes("Wee argued.", "We argued.")) == [
        "I have changed your answer too."
    ]
    assert words(someone) == ["We argued."]
    assert at(someone) == "weekly.gap"


def test_an_edit_after_the_end_asks_first(someone: Someone) -> None:
    write(someone, "Elen.")
    someone.changes("Elen.", "Ellen.")
    assert at(someone) == "amend.which"
    assert words(someone) == ["Elen."]
    someone.says("yes")
    assert words(someone) == ["Ellen."]


def test_an_edit_after_the_end_may_be_left(someone: Someone) -> None:
    write(someone, "Ellen.")
    someone.changes("Ellen.", "Nobody.")
    someone.says("no, leave it as it was")
    assert words(someone) == ["Ellen."]


def test_an_edit_of_a_message_nobody_knows_says_nothing(someone: Someone) -> None:
    write(someone, "Ellen.")
    assert someone.edits("never", "canary") == []
    assert current(someone) is None
    assert words(someone) == ["Ellen."]


def test_an_edit_of_what_is_not_kept_asks_nothing(someone: Someone) -> None:
    someone.says("journal")
    someone.says("yes")
    someone.says("skip")
    assert someone.changes("skip", "skipp") == []
    write(someone, "Ellen.")
    while words(someone):
        someone.says("delete that")
    assert someone.changes("Ellen.", "Rosa.") == []


def test_an_edit_amid_another_practice_asks_and_then_goes_back(someone: Someone) -> None:
    write(someone, "Elen.")
    for line in ("practise", "weekly", "3", "We argued."):
        someone.says(line)
    someone.changes("Elen.", "Ellen.")
    someone.says("yes")
    assert at(someone) == "weekly.stayed"
    someone.says("done")
    assert words(someone) == ["Ellen.", "We argued."]


def test_an_edit_of_another_message_amid_an_amend_asks_again(someone: Someone) -> None:
    write(someone, "One.")
    write(someone, "Two.")
    someone.changes("One.", "1.")
    someone.changes("Two.", "2.")
    someone.says("yes")
    someone.says("yes")
    assert words(someone) == ["1.", "2."]
    assert current(someone) is None


def test_a_changed_hour_changes_the_hour(someone: Someone) -> None:
    for line in ("settings", "1", "skip", "skip", "another time", "18:40"):
        someone.says(line)
    someone.changes("18:40", "19:40")
    if current(someone) is not None:
        someone.says("yes")
    found = next(each.answer for each in kept(someone) if each.place.turn == "hour_other")
    assert (found.text, found.value) in {("18:40", "1120"), ("19:40", "1180")}


def test_delete_that_takes_back_the_last_message_of_a_draft(someone: Someone) -> None:
    someone.says("journal")
    someone.says("yes")
    someone.says("One.")
    someone.says("canary")
    someone.says("delete that")
    someone.says("done")
    assert words(someone) == ["One."]


def test_delete_that_takes_back_what_was_chosen_so_far(someone: Someone) -> None:
    for line in ("settings", "1", "skip", "monday", "delete that"):
        someone.says(line)
    now = current(someone)
    assert now is not None
    assert now.chosen == ()


def test_delete_that_takes_back_the_last_answer_of_an_open_conversation(
    someone: Someone,
) -> None:
    for line in ("practise", "weekly", "3", "canary", "done"):
        someone.says(line)
    someone.says("delete that")
    assert words(someone) == []


def test_delete_that_deletes_the_last_thing_kept(someone: Someone) -> None:
    write(someone, "One.")
    write(someone, "canary")
    said = texts(someone.says("delete that"))[0]
    assert 'the last thing you said, in "A journaling nudge"' in said
    assert words(someone) == ["One."]


def test_delete_that_before_anything_was_answered_deletes_what_was_kept_before(
    someone: Someone,
) -> None:
    write(someone, "canary")
    someone.says("practise")
    someone.says("delete that")
    assert words(someone) == []


def test_delete_that_while_it_rests_takes_back_its_words(someone: Someone) -> None:
    for line in ("journal", "yes", "canary", "later", "delete that"):
        someone.says(line)
    someone.says("One.")
    someone.says("done")
    assert words(someone) == ["One."]


@pytest.mark.parametrize("settled", [False, True])
def test_delete_that_deletes_the_photo_too(someone: Someone, settled: bool) -> None:  # noqa: FBT001
    for line in ("practise", "weekly", "3"):
        someone.says(line)
    someone.sends(Words(message="p1", text="", media=PHOTO))
    if settled:
        someone.says("done")
    assert photos(someone) == 1
    someone.says("delete that")
    assert photos(someone) == 0


def test_a_photo_that_was_replaced_is_deleted(someone: Someone) -> None:
    for line in ("practise", "weekly", "3"):
        someone.sends(Words(message=line, text=line))
    someone.sends(Words(message="p1", text="", media=PHOTO))
    for line in ("done", "back", "Words instead.", "done"):
        someone.says(line)
    assert words(someone) == ["Words instead."]
    assert photos(someone) == 0


def test_recall_after_deletion_finds_nothing(someone: Someone) -> None:
    for line in ("practise", "weekly", "3", "skip", "skip", "skip", "canary", "done", "skip"):
        someone.says(line)
    while kept(someone):
        someone.says("delete that")
    someone.waits(timedelta(days=7))
    for line in ("practise", "weekly", "3"):
        assert quotes(someone.says(line)) == []
    assert at(someone) == "weekly.stayed"
    assert quotes(someone.says("remember")) == []


def test_back_replaces_an_answer(someone: Someone) -> None:
    for line in ("practise", "weekly", "3", "One.", "done", "back", "Two.", "done"):
        someone.says(line)
    assert words(someone) == ["Two."]


def test_what_is_kept_says_when_it_was_said(someone: Someone) -> None:
    write(someone, "One.")
    theirs = someone.id
    (found, *_) = someone.asks(lambda conn: answers.latest(conn, someone.store.keys, theirs, 1))
    assert MORNING < found.answer.said_at <= someone.now
