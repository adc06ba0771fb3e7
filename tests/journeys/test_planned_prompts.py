"""Prompts that a programme plans: one open at a time, each once, drafts never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.flows.practice import Library
from bot.prompts.words import read
from bot.records import LaneClass
from tests.journeys.conftest import on_both
from tests.journeys.looking import at, held, words
from tests.journeys.playing import begin
from tests.journeys.someone import Someone, library, texts

pytestmark = on_both

DAY = timedelta(days=1)


def test_an_occasion_is_claimed_once(someone: Someone) -> None:
    assert someone.is_due("weekly", "week 1") != []
    assert someone.is_due("weekly", "week 1") == []
    assert not someone.heard.new


def test_a_planned_prompt_goes_out_behind_replies(someone: Someone) -> None:
    said = someone.is_due("weekly")
    assert {each.lane_class for each in said} == {LaneClass.BROADCAST}


def test_a_newer_prompt_replaces_an_untouched_one(someone: Someone) -> None:
    someone.is_due("weekly")
    someone.waits(7 * DAY)
    someone.is_due("nudge")
    assert at(someone) == "nudge.moment"
    assert [each.status for each in held(someone) if each.practice == "weekly"] == ["folded"]


def test_a_prompt_waits_behind_a_conversation_being_had_and_opens_after_it(
    someone: Someone,
) -> None:
    someone.says("journal")
    someone.says("yes")
    someone.says("I was")
    assert someone.is_due("weekly") == []
    someone.says("going to say that.")
    said = texts(someone.says("done"))
    assert said[0] == "Thank you. You can leave it there."
    assert at(someone) == "weekly.energy"
    assert words(someone) == ["I was\n\ngoing to say that."]


def test_of_two_prompts_that_wait_the_newer_one_opens(someone: Someone) -> None:
    begin(someone, "half a check-in")
    someone.is_due("nudge")
    someone.is_due("listening")
    for _ in range(5):
        someone.says("skip")
    assert at(someone) == "listening.conversation"


def test_a_draft_is_never_lost_to_a_newer_prompt(someone: Someone) -> None:
    begin(someone, "half a check-in")
    someone.says("later")
    someone.says("And who decides.")
    someone.says("later")
    someone.is_due("nudge")
    someone.waits(DAY)
    someone.is_due("listening")
    assert words(someone) == ["We argued about beds.\n\nAnd who decides."]


def test_a_late_answer_is_taken_until_the_next_occasion(someone: Someone) -> None:
    someone.is_due("weekly")
    someone.waits(6 * DAY)
    someone.says("3")
    someone.says("Late, but here.")
    someone.says("done")
    assert words(someone) == ["Late, but here."]
    assert at(someone) == "weekly.gap"


def test_what_is_open_longer_than_half_a_day_gives_way(someone: Someone) -> None:
    begin(someone, "half a check-in")
    someone.waits(13 * timedelta(hours=1))
    assert someone.is_due("nudge") != []
    assert at(someone) == "nudge.moment"
    assert words(someone) == ["We argued about beds."]


def test_a_prompt_to_somebody_who_is_gone_says_nothing(someone: Someone) -> None:
    someone.gone()
    assert someone.is_due("weekly") == []


def changed(found: Library) -> Library:
    """The library as it is once somebody has reworded the nudge on disk."""
    source = "\n".join(
        f"{{% block {name} %}}{text}{{% endblock %}}"
        for name, text in {
            "moment": "Reworded?",
            "moment__write": "Go",
            "moment__later_today": "Hold on",
            "moment__not_today": "No go",
            "question": "Reworded question.",
            "question__rest": "Reworded rest.",
            "written": "Reworded end.",
            "another_day": "Reworded day.",
            "day_over": "Reworded evening.",
        }.items()
    )
    words_ = read(source.encode(), "en").words
    assert words_ is not None
    nudge = replace(found.practices["nudge"], words={"en": words_})
    return replace(found, practices={**found.practices, "nudge": nudge})


def test_a_practice_changed_on_disk_leaves_an_open_conversation_as_it_was(
    someone: Someone,
) -> None:
    house = someone.house()
    someone.asks(lambda conn: house.shelf.keep(conn, someone.now))
    someone.says("journal")
    someone.practices = changed(library())
    assert "Reworded" not in texts(someone.says("yes, ask me"))[0]
    someone.says("Ellen.")
    assert "Reworded" not in texts(someone.says("done"))[0]
    assert texts(someone.says("journal"))[0].startswith("Reworded?")
    assert "Ellen." in texts(someone.says("remember"))[1]


def test_a_practice_that_is_gone_from_disk_goes_on_and_can_be_left(someone: Someone) -> None:
    house = someone.house()
    someone.asks(lambda conn: house.shelf.keep(conn, someone.now))
    begin(someone, "half a check-in")
    there = {name: each for name, each in library().practices.items() if name != "weekly"}
    someone.practices = replace(library(), practices=there)
    someone.waits(9 * DAY)
    someone.says("start")
    said = someone.says("begin it afresh")
    assert someone.heard.parked is None
    assert said
