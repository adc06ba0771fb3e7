"""Windows: an answer written at length, what is not sent yet, and what comes too late."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.records import Drafted, Outbound, Platform, Quote, Reply, Submitted, Unfolded
from bot.store.opening import Store
from tests.journeys.looking import at, current, held, is_nobody, kept, not_sent, rows, words
from tests.journeys.playing import begin
from tests.journeys.someone import Ids, Someone, quotes, texts

CANARY = "canary-6bc1bee22e409f96"
PAST = "The question you wrote this for is already past"


@pytest.fixture
def writer(store: Store, ids: Ids) -> Someone:
    """Somebody in Slack whose question in words is open."""
    someone = begin(Someone(store, place="D1", platform=Platform.SLACK, ids=ids), "joined")
    for line in ("journal", "yes"):
        someone.says(line)
    assert at(someone) == "nudge.question"
    return someone


def button(said: list[Outbound]) -> str:
    """What the button carries that opens a window."""
    found = [each.window for each in said if each.window is not None]
    assert found
    return found[-1].token


def unfolds(someone: Someone, token: str) -> Reply:
    assert someone.does(Unfolded(token=token)) == []
    return someone.heard.reply


def token_of(someone: Someone) -> str:
    """The token of the window of the open question."""
    window = unfolds(someone, button(someone.told)).window
    assert window is not None
    return window.token


def submits(someone: Someone, token: str, text: str, *, full: bool = False) -> list[Outbound]:
    body = Submitted(token=token, message=f"V{someone.count}", text=text, full=full)
    return someone.does(body)


def test_a_question_in_words_has_the_button_and_no_other_has_it(someone: Someone) -> None:
    someone.says("practise")
    energy = someone.says("weekly")
    assert all(each.window is None for each in energy)
    (stayed,) = someone.says("3")
    now = current(someone)
    assert now is not None
    assert stayed.window is not None
    assert stayed.window.label == "Write at length"
    assert stayed.window.token == f"{now.id}:{now.ask}:window"


def test_a_question_for_a_city_has_none(stranger: Someone) -> None:
    for line in ("hello", "keep my answers", "skip", "skip"):
        stranger.says(line)
    (asked,) = stranger.says("somewhere else")
    assert asked.window is None


def test_the_button_opens_a_window_with_the_question(writer: Someone) -> None:
    window = unfolds(writer, button(writer.told)).window
    assert window is not None
    assert f"{window.token}:window" == button(writer.told)
    assert window.paragraphs[0].text.startswith("What did someone do for you")
    assert max(map(len, (window.title, window.submit, window.close))) <= 24
    assert (window.label, window.text) == ("Your answer", "")


def test_a_window_shows_the_question_in_the_wording_it_was_put(someone: Someone) -> None:
    begin(someone, "an experiment")
    someone.waits(timedelta(days=7))
    for line in ("practise", "weekly", "3", "yes"):
        someone.says(line)
    window = unfolds(someone, button(someone.told)).window
    assert window is not None
    assert window.paragraphs == someone.told[-1].paragraphs


def test_opening_it_moves_nothing_and_is_written_down_nowhere(writer: Someone) -> None:
    before, counted = held(writer), rows(writer)
    token_of(writer)
    assert (held(writer), rows(writer)) == (before, counted)


def test_what_is_sent_is_the_whole_answer_at_once(writer: Someone) -> None:
    said = submits(writer, token_of(writer), "Ellen.\n\nShe brought tea.")
    assert texts(said)[-1].startswith("Thank you. You can leave it there.")
    assert words(writer) == ["Ellen.\n\nShe brought tea."]
    assert not writer.heard.alive
    assert writer.waits(timedelta(minutes=1)) == []


def test_it_joins_what_was_written_in_messages(writer: Someone) -> None:
    writer.says("Ellen.")
    submits(writer, token_of(writer), "She brought tea.")
    assert words(writer) == ["Ellen.\n\nShe brought tea."]


def test_with_no_quiet_gap_it_is_one_answer_to_one_question(writer: Someone) -> None:
    writer.gap = timedelta(0)
    for line in ("practise", "weekly", "3"):
        writer.says(line)
    assert at(writer) == "weekly.stayed"
    submits(writer, token_of(writer), "We argued.")
    assert at(writer) == "weekly.gap"
    assert words(writer) == ["We argued."]


@pytest.mark.parametrize("text", ["stop", "Done", "forget me", "1", "help"])
def test_a_reserved_word_in_a_window_is_an_answer(writer: Someone, text: str) -> None:
    submits(writer, token_of(writer), text)
    assert words(writer) == [text]


def test_nothing_of_a_long_text_is_cut(writer: Someone) -> None:
    text = "kittiwake \U0001f469\u200d\U0001f4bb\n" * 40_000
    submits(writer, token_of(writer), text)
    assert words(writer) == [text]


def test_half_a_letter_is_no_error(writer: Someone) -> None:
    token = token_of(writer)
    writer.does(Drafted(token=token, text="a\ud800"))
    submits(writer, token, "b\ud800")
    assert writer.heard.parked is None
    assert words(writer) == ["b\ufffd"]


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_window_says_that_nothing_is_there_yet(writer: Someone, text: str) -> None:
    said = texts(submits(writer, token_of(writer), text))
    assert said[0].startswith("There is nothing written here yet.")
    assert at(writer) == "nudge.question"


def test_a_full_window_goes_on_in_messages(writer: Someone) -> None:
    said = texts(submits(writer, token_of(writer), "First.", full=True))
    assert said[0].startswith("The window had no more room")
    assert writer.waits(timedelta(hours=1)) == []
    writer.says("Second.")
    writer.says("done")
    assert words(writer) == ["First.\n\nSecond."]


def test_an_empty_window_is_never_full(writer: Someone) -> None:
    said = texts(submits(writer, token_of(writer), "", full=True))
    assert said[0].startswith("There is nothing written here yet.")


def test_a_window_sent_twice_is_one_answer(writer: Someone) -> None:
    body = Submitted(token=token_of(writer), message="V1", text="Ellen.")
    writer.does(body, "u-1")
    assert writer.does(body, "u-1") == []
    assert words(writer) == ["Ellen."]


def test_what_comes_too_late_goes_back_to_its_writer(writer: Someone) -> None:
    token = token_of(writer)
    writer.says("skip")
    before = kept(writer)
    said = submits(writer, token, CANARY)
    assert texts(said)[0].startswith(PAST)
    assert quotes(said) == [CANARY]
    assert kept(writer) == before


def test_nothing_that_comes_too_late_is_told_at_once(writer: Someone) -> None:
    token = token_of(writer)
    writer.says("skip")
    assert submits(writer, token, " ") == []
    assert writer.heard.reply.toast.startswith("That button belongs to a question")


def test_an_old_button_opens_nothing(writer: Someone) -> None:
    old = button(writer.told)
    writer.says("skip")
    reply = unfolds(writer, old)
    assert reply.window is None
    assert reply.toast.startswith("That button belongs to a question")


@pytest.mark.parametrize("token", ["", "nonsense", f"{'0' * 32}:1:window", "\ud800", "x" * 999])
def test_a_forged_token_opens_nothing_and_loses_nothing(writer: Someone, token: str) -> None:
    assert unfolds(writer, token).toast
    writer.does(Drafted(token=token, text=CANARY))
    assert not_sent(writer) == []
    assert quotes(submits(writer, token, CANARY)) == [CANARY]
    assert at(writer) == "nudge.question"


def test_the_button_of_somebody_else_opens_nothing(writer: Someone, other: Someone) -> None:
    assert unfolds(other, button(writer.told)).window is None


def test_after_a_stop_words_go_back_to_their_writer(writer: Someone) -> None:
    token = token_of(writer)
    writer.says("stop")
    assert unfolds(writer, f"{token}:window").window is None
    said = submits(writer, token, CANARY)
    assert texts(said)[0].startswith("You have stopped Skerry")
    assert said[0].paragraphs[-1] == Quote(text=CANARY)


def test_what_was_set_aside_is_answered_from_its_window(writer: Someone) -> None:
    token = token_of(writer)
    for line in ("practise", "weekly", "3", "We argued."):
        writer.says(line)
    assert at(writer) == "weekly.stayed"
    submits(writer, token, "Ellen.")
    assert "Ellen." in words(writer)
    assert at(writer) == "weekly.stayed"  # It was set aside for that, and is taken up again.


# What is not sent yet.


def test_what_stands_there_is_there_again(writer: Someone) -> None:
    token = token_of(writer)
    for text in ("El", "Ellen brought"):
        assert writer.does(Drafted(token=token, text=text)) == []
    window = unfolds(writer, f"{token}:window").window
    assert window is not None
    assert window.text == "Ellen brought"
    assert not_sent(writer) == ["Ellen brought"]


def test_it_is_noted_once_however_often_it_is_told(writer: Someone) -> None:
    token, before = token_of(writer), rows(writer)
    for count in range(9):
        writer.does(Drafted(token=token, text="Ellen"[:count] + "."))
    assert rows(writer) == before | {"unsent": 1}


def test_a_window_that_was_emptied_leaves_nothing(writer: Someone) -> None:
    token = token_of(writer)
    writer.does(Drafted(token=token, text="Ellen"))
    writer.does(Drafted(token=token, text=" "))
    assert not_sent(writer) == []


def test_what_is_sent_is_unsent_no_more(writer: Someone) -> None:
    token = token_of(writer)
    writer.does(Drafted(token=token, text="Ellen"))
    submits(writer, token, "Ellen.")
    assert not_sent(writer) == []


def test_it_goes_with_its_conversation(writer: Someone) -> None:
    token = token_of(writer)
    writer.does(Drafted(token=token, text="Ellen"))
    writer.says("skip")
    assert current(writer) is None
    assert not_sent(writer) == []


def test_it_goes_when_a_newer_prompt_takes_its_place(writer: Someone) -> None:
    writer.does(Drafted(token=token_of(writer), text="Ellen"))
    writer.says("stop")
    assert not_sent(writer) == []


def test_it_stays_with_a_question_that_is_asked_again(writer: Someone) -> None:
    writer.does(Drafted(token=token_of(writer), text="Ellen"))
    writer.says("later")
    said = writer.waits(timedelta(days=3))
    window = unfolds(writer, button(said)).window
    assert window is not None
    assert window.text == "Ellen"
    assert not_sent(writer) == ["Ellen"]


def test_nothing_is_kept_of_a_question_that_is_past(writer: Someone) -> None:
    for line in ("practise", "weekly", "3"):
        writer.says(line)
    token = token_of(writer)
    writer.says("skip")
    writer.does(Drafted(token=token, text=CANARY))
    assert not_sent(writer) == []


def test_questions_only_keep_nothing_that_is_not_sent(store: Store, ids: Ids) -> None:
    paper = Someone(store, place="D2", platform=Platform.SLACK, ids=ids)
    paper.arrives()
    for line in ("no, questions only", "skip", "skip", "skip", "wait", "journal", "yes"):
        paper.says(line)
    token = token_of(paper)
    paper.does(Drafted(token=token, text=CANARY))
    assert not_sent(paper) == []
    submits(paper, token, CANARY)
    assert words(paper) == []


def test_writing_in_a_window_holds_the_quiet_gap_open(writer: Someone) -> None:
    writer.says("Ellen.")
    writer.waits(timedelta(seconds=10))
    token = token_of(writer)
    assert writer.waits(timedelta(seconds=10)) == []
    writer.does(Drafted(token=token, text="She"))
    assert writer.waits(timedelta(seconds=10)) == []
    assert texts(writer.waits(timedelta(seconds=10)))[0].startswith("Thank you.")
    assert words(writer) == ["Ellen."]


def test_export_has_what_is_not_sent(writer: Someone) -> None:
    writer.does(Drafted(token=token_of(writer), text=CANARY))
    page, data = writer.says("export")[0].files
    entry = json.loads(data.content)["answers"][-1]
    assert (entry["words"], entry["sent"]) == (CANARY, False)
    assert entry["question"].startswith("What did someone do for you")
    assert "Written in a window and not sent" in page.content.decode()


def test_export_has_what_is_not_sent_of_a_question_that_has_passed(writer: Someone) -> None:
    for line in ("practise", "weekly", "3"):
        writer.says(line)
    writer.does(Drafted(token=token_of(writer), text=CANARY))
    writer.says("skip")
    entry = json.loads(writer.says("export")[0].files[1].content)["answers"][-1]
    assert (entry["practice"], entry["question"]) == ("A weekly check-in", "")
    assert entry["words"] == CANARY


# Strangers.


def test_a_window_of_somebody_new_is_past(stranger: Someone) -> None:
    reply = unfolds(stranger, f"{'0' * 32}:1:window")
    assert reply.toast.startswith("That button belongs")
    stranger.does(Drafted(token=f"{'0' * 32}:1", text=CANARY))
    assert is_nobody(stranger)


def test_words_from_a_window_of_somebody_new_are_a_greeting_and_come_back(
    stranger: Someone,
) -> None:
    said = submits(stranger, f"{'0' * 32}:1", CANARY)
    assert quotes(said) == [CANARY]
    assert at(stranger) == "join.consent"


def test_the_button_goes_with_its_question_where_there_are_windows(
    writer: Someone, someone: Someone
) -> None:
    for each, gone in ((writer, True), (someone, False)):
        for line in ("journal", "yes", "Ellen."):
            each.says(line)
        now = current(each)
        assert now is not None
        each.says("done")
        over = (now.id, now.ask) in [(one.conversation, one.ask) for one in each.heard.settled]
        assert over is gone
