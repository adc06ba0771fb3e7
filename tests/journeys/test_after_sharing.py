"""What becomes of what somebody shared: it is exported, and follows the answers it is from."""

from __future__ import annotations

import json

from bot.engine.conversation import About
from bot.records import Outbound
from bot.store import people, shared
from bot.store.shared import Shared
from tests.journeys.conftest import on_both
from tests.journeys.someone import MORNING, Someone, texts

pytestmark = on_both

WALK = About(id="walk", title="A walk by the firth", group="spring", ends_at=MORNING)
DUNES, TEA = "The dunes.", "A longer tea."


def passed_on(someone: Someone) -> tuple[Shared, ...]:
    whose = someone.id
    return someone.asks(lambda conn: shared.of(conn, someone.store.keys, whose))


def shares(someone: Someone) -> None:
    """Feed back on a session, count nothing, and let whoever evaluates read the words."""
    someone.is_due("session_feedback", about=(WALK,))
    for line in ("A walk by the firth", "for all of it", "4", "5", "fresh thinking", "done"):
        someone.says(line)
    for line in (DUNES, "done", TEA, "done", "whoever evaluates may read it"):
        someone.says(line)


def exported(said: list[Outbound]) -> tuple[str, str]:
    page, data = said[0].files
    return page.content.decode(), data.content.decode()


def test_what_is_shared_is_in_both_files_of_an_export(someone: Someone) -> None:
    shares(someone)
    assert len(passed_on(someone)) == 1
    page, data = exported(someone.says("export"))
    (one,) = json.loads(data)["shared"]
    assert (one["level"], one["name"], one["given_on"]) == ("evaluator", None, "2026-11-03")
    assert [each.split("\n\n")[1] for each in one["words"]] == [DUNES, TEA]
    assert "A walk by the firth" in one["title"]
    assert "What you have shared" in page
    assert "May be read by the people who evaluate the programme." in page
    assert page.partition("What you have shared")[2].count(DUNES) == 1


def test_a_count_that_waits_is_in_both_files_too(someone: Someone) -> None:
    someone.is_due("weekly")
    for line in ("4", "A handover.", "done", "No gap.", "done", "4", "Ask", "done", "1"):
        someone.says(line)
    for line in ("energy", "done"):
        someone.says(line)
    page, data = exported(someone.says("export"))
    (one,) = json.loads(data)["waiting_to_be_counted"]
    assert one["measure"] == "weekly_energy"
    assert f"<li>{one['title']}</li>" in page


def no_longer(said: list[Outbound]) -> bool:
    return any("is no longer shared" in each for each in texts(said))


def test_delete_that_takes_back_what_was_shared_of_it(someone: Someone) -> None:
    shares(someone)
    said: list[Outbound] = []
    while passed_on(someone):
        said = someone.says("delete that")
        assert texts(said)[0].startswith("I have deleted the last thing you said"), texts(said)
    assert no_longer(said)


def test_an_answer_that_was_not_shared_can_go_by_itself(someone: Someone) -> None:
    shares(someone)
    someone.says("journal")
    for line in ("yes", "Something else.", "done", "delete that"):
        someone.says(line)
    assert len(passed_on(someone)) == 1
    assert not no_longer(someone.told)


def test_a_message_deleted_in_the_chat_is_no_longer_shared(someone: Someone) -> None:
    shares(someone)
    assert no_longer(someone.deletes(DUNES))
    assert passed_on(someone) == ()
    assert not no_longer(someone.deletes(TEA))


def test_an_answer_that_is_changed_after_the_end_is_no_longer_shared(someone: Someone) -> None:
    shares(someone)
    someone.changes(TEA, "A longer tea with Ann.")
    assert len(passed_on(someone)) == 1
    assert no_longer(someone.says("yes, change it too"))
    assert passed_on(someone) == ()


def test_an_answer_that_is_left_as_it_was_stays_shared(someone: Someone) -> None:
    shares(someone)
    someone.changes(TEA, "A longer tea with Ann.")
    someone.says("no, leave it as it was")
    assert len(passed_on(someone)) == 1


def test_words_that_are_shared_and_not_kept_follow_their_messages_too(someone: Someone) -> None:
    whose = someone.id
    someone.asks(lambda conn: people.change(conn, whose, keeps=False))
    someone.is_due("session_feedback", about=(WALK,))
    for line in ("A walk by the firth", "for all of it", "4", "5", "fresh thinking", "done"):
        someone.says(line)
    for line in (DUNES, "done", TEA, "done", "whoever evaluates may read it"):
        someone.says(line)
    assert len(passed_on(someone)) == 1
    assert no_longer(someone.changes(TEA, "No tea."))
    assert passed_on(someone) == ()


def test_somebody_who_stopped_hears_nothing_of_it(someone: Someone) -> None:
    shares(someone)
    someone.says("stop")
    assert someone.deletes(DUNES) == []
    assert passed_on(someone) == ()
