"""What somebody lets be counted or shares: shown exactly, never without a choice, taken back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, select

from bot.engine.conversation import About
from bot.records import Outbound, Quote
from bot.requests import counting
from bot.store import counts, shared
from bot.store.counted import open_count, turnout
from bot.store.shared import Shared
from bot.trust.keyring import COUNT, DAY
from tests.journeys.conftest import on_both
from tests.journeys.looking import kept
from tests.journeys.playing import begin
from tests.journeys.someone import MORNING, Someone, measures, texts

pytestmark = on_both

WALK = About(
    id="walk", title="A walk by the firth", group="spring", ends_at=MORNING - timedelta(minutes=10)
)
TALK = About(id="talk", title="On power", group="spring", ends_at=MORNING - timedelta(minutes=10))
CHECK_IN = ("4", "A handover that took its time.", "done", "No gap.", "done", "4", "Ask", "done")


def labels(message: Outbound) -> list[str]:
    return [option.label for option in message.options]


def waiting(someone: Someone) -> list[str]:
    whose = someone.id
    found = someone._run(lambda conn: counts.waiting(conn, whose))
    return [each.measure for each in found]


def passed_on(someone: Someone) -> tuple[Shared, ...]:
    whose = someone.id
    return someone._run(lambda conn: shared.of(conn, someone.store.keys, whose))


def stages(someone: Someone) -> dict[str, int]:
    """How far they have come, by measure and cell."""

    def work(conn: Connection) -> dict[str, int]:
        found = select(open_count.c.measure, open_count.c.cell, turnout.c.stage).join(
            turnout, turnout.c.count == open_count.c.id
        )
        return {f"{row.measure} {row.cell}".strip(): row.stage for row in conn.execute(found)}

    return someone._run(work)


def checks_in(someone: Someone) -> Outbound:
    """A weekly check-in up to the question of what may be counted."""
    someone.is_due("weekly")
    for line in CHECK_IN:
        someone.says(line)
    return someone.says("1")[-1]


def feeds_back(someone: Someone, *about: About) -> Outbound:
    someone.is_due("session_feedback", about=about)
    for line in ("A walk by the firth", "for all of it", "4", "5"):
        someone.says(line)
    return someone.says("fresh thinking")[-1]


def test_the_exact_value_is_shown_and_nothing_is_chosen(someone: Someone) -> None:
    asked = checks_in(someone)
    assert labels(asked) == ["Energy: 4 of 5"]
    assert not any(option.chosen for option in asked.options)
    assert asked.aside == "Nothing is counted unless you choose it here."


def test_what_was_given_is_said_before_the_close(someone: Someone) -> None:
    checks_in(someone)
    someone.says("1")
    said = texts(someone.says("done"))
    assert said[0] == (
        "This waits to be counted tonight, without your name: Energy: 4 of 5. Until then, "
        '"take back" undoes it.'
    )
    assert "Ask" in said[1]


def test_done_alone_lets_nothing_leave(someone: Someone) -> None:
    checks_in(someone)
    said = someone.says("done")
    assert not any("counted tonight" in each for each in texts(said))
    assert waiting(someone) == []


def test_passing_over_lets_nothing_leave(someone: Someone) -> None:
    checks_in(someone)
    someone.says("skip")
    assert waiting(someone) == []


def test_what_is_chosen_waits_for_the_night(someone: Someone) -> None:
    checks_in(someone)
    someone.says("energy")
    assert waiting(someone) == []
    someone.says("done")
    assert waiting(someone) == ["weekly_energy"]


def test_take_back_gives_it_back(someone: Someone) -> None:
    checks_in(someone)
    someone.says("1")
    someone.says("done")
    asked = someone.says("take back")[-1]
    assert labels(asked)[0] == "Energy in the week (waits to be counted)"
    assert texts(someone.says("1")) == ["It is yours alone again."]
    assert waiting(someone) == []
    assert "nothing to take back" in texts(someone.says("take back"))[0]


def test_what_one_chooses_to_take_back_is_no_answer_that_is_kept(someone: Someone) -> None:
    checks_in(someone)
    someone.says("1")
    someone.says("done")
    before = len(kept(someone))
    someone.says("take back")
    someone.says("1")
    assert len(kept(someone)) == before


def test_leaving_it_as_it_is_takes_nothing_back(someone: Someone) -> None:
    checks_in(someone)
    someone.says("1")
    someone.says("done")
    someone.says("take back")
    someone.says("leave it as it is")
    assert waiting(someone) == ["weekly_energy"]


def test_with_too_few_others_it_still_waits_after_the_night(someone: Someone) -> None:
    checks_in(someone)
    someone.says("1")
    someone.says("done")
    counting.nightly(someone.store, measures(), someone.now + timedelta(days=1))
    assert waiting(someone) == ["weekly_energy"]


def test_after_the_drop_nobody_can_find_it_and_that_is_said(someone: Someone) -> None:
    checks_in(someone)
    someone.says("1")
    someone.says("done")
    for hour, place in enumerate(("ada", "ben"), 1):
        one = Someone(
            someone.store, place=place, ids=someone.ids, now=someone.now + timedelta(hours=hour)
        )
        begin(one, "joined")
        checks_in(one)
        one.says("1")
        one.says("done")
    someone.now += timedelta(days=1)
    counting.nightly(someone.store, measures(), someone.now)
    assert waiting(someone) == []
    assert "cannot be found again" in texts(someone.says("take back"))[0]
    someone.is_due("weekly", "the same week")
    for line in ("2", "the short version", "Rain.", "done", "Again.", "done"):
        someone.says(line)
    someone.says("1")
    assert "has you in it already" in "\n".join(texts(someone.says("done")))


def loses_keys(someone: Someone, kind: str) -> None:
    keys = someone.store.keys
    keys.forget_all(each for each in keys.passing() if each.startswith(kind))


def test_a_count_whose_key_is_lost_takes_nothing_and_that_is_said(someone: Someone) -> None:
    checks_in(someone)
    loses_keys(someone, COUNT)
    someone.says("1")
    assert "is not being counted any more" in "\n".join(texts(someone.says("done")))
    assert waiting(someone) == []


def test_a_day_whose_key_is_lost_is_another_day_for_whoever_shares_then(
    someone: Someone,
) -> None:
    checks_in(someone)
    someone.says("1")
    someone.says("done")
    loses_keys(someone, DAY)
    someone.is_due("weekly", "another")
    for line in ("2", "the short version", "Rain.", "done", "Again.", "done", "1", "done"):
        someone.says(line)
    counting.nightly(someone.store, measures(), someone.now + timedelta(days=1))
    assert waiting(someone) == ["weekly_energy"]


def test_going_back_and_choosing_another_number_asks_again(someone: Someone) -> None:
    checks_in(someone)
    someone.says("1")
    someone.says("done")
    assert waiting(someone) == ["weekly_energy"]
    someone.is_due("weekly", "another week")
    someone.says("2")
    assert waiting(someone) == ["weekly_energy"]


def test_how_far_somebody_came_is_noted_and_not_what_they_said(someone: Someone) -> None:
    someone.is_due("weekly")
    assert stages(someone) == {"weekly_energy": 0, "weekly_tried": 0}
    someone.says("4")
    assert stages(someone) == {"weekly_energy": 2, "weekly_tried": 1}


def test_session_feedback_asks_which_one_and_keeps_no_number(someone: Someone) -> None:
    asked = someone.is_due("session_feedback", about=(WALK, TALK))[-1]
    assert labels(asked) == ["A walk by the firth", "On power", "Not there this time"]
    for line in ("A walk by the firth", "for all of it", "4", "5", "fresh thinking"):
        someone.says(line)
    for line in ("1", "2", "done", "The dunes.", "done", "A longer tea.", "done"):
        someone.says(line)
    found = [each.place for each in kept(someone)]
    turns = {each.turn for each in found if each.practice == "session_feedback"}
    assert turns == {"went_well", "better"}
    assert waiting(someone) == ["session_safe", "session_useful"]
    assert stages(someone)["session_useful spring/walk"] == 2
    assert stages(someone)["session_useful spring/talk"] == 0


def both_waiting(someone: Someone) -> Outbound:
    """The feedback of two sessions, each with one number that waits; the second can go back."""
    someone.is_due("session_feedback", about=(WALK, TALK))
    for line in ("A walk by the firth", "for all of it", "4", "5", "fresh thinking", "1", "done"):
        someone.says(line)
    for line in ("The dunes.", "done", "A longer tea.", "done", "done"):
        someone.says(line)
    someone.is_due("session_feedback", "the talk", about=(WALK, TALK))
    for line in ("On power", "for all of it", "2", "5", "fresh thinking", "1"):
        someone.says(line)
    asked = someone.says("done")[-1]
    assert cells(someone) == ["spring/talk", "spring/walk"]
    return asked


def cells(someone: Someone) -> list[str]:
    """The sessions of which a share waits."""
    whose = someone.id
    found = someone._run(lambda conn: counts.waiting(conn, whose))
    return sorted(each.cell for each in found)


def test_going_back_in_one_sessions_feedback_leaves_the_share_of_another(
    someone: Someone,
) -> None:
    both_waiting(someone)
    someone.says("back")
    someone.says("done")
    assert cells(someone) == ["spring/walk"]


def test_what_waits_of_two_sessions_is_told_apart_when_it_is_taken_back(
    someone: Someone,
) -> None:
    both_waiting(someone)
    assert sorted(labels(someone.says("take back")[-1]))[-2:] == [
        "Usefulness of the session: A walk by the firth (waits to…",
        "Usefulness of the session: On power (waits to be counted)",
    ]


def test_another_answer_on_one_session_leaves_the_share_of_another(someone: Someone) -> None:
    both_waiting(someone)
    for line in ("back", "back", "back", "3"):
        someone.says(line)
    assert cells(someone) == ["spring/walk"]


def test_choosing_another_session_takes_back_what_was_given_of_the_first(
    someone: Someone,
) -> None:
    both_waiting(someone)
    for line in ("back",) * 6:
        someone.says(line)
    someone.says("Not there this time")
    assert cells(someone) == ["spring/walk"]


def test_a_session_three_days_over_is_not_counted_any_more(someone: Someone) -> None:
    asked = feeds_back(someone, WALK)
    assert labels(asked)[0] == "Useful: 4 of 5"
    someone.now += timedelta(days=4)
    someone.says("1")
    assert "is not being counted any more" in "\n".join(texts(someone.says("done")))
    assert waiting(someone) == []


def test_words_are_passed_on_as_they_were_shown_and_can_be_taken_back(someone: Someone) -> None:
    feeds_back(someone, WALK)
    for line in ("done", "The dunes.", "done", "A longer tea.", "done"):
        someone.says(line)
    someone.says("whoever evaluates may read it")
    (one,) = passed_on(someone)
    assert (one.level, one.name, one.about) == ("evaluator", None, "A walk by the firth")
    assert [each.split("\n\n")[1] for each in one.paragraphs] == ["The dunes.", "A longer tea."]
    someone.says("take back")
    someone.says("1")
    assert passed_on(someone) == ()


def test_silence_passes_nothing_on(someone: Someone) -> None:
    feeds_back(someone, WALK)
    for line in ("done", "The dunes.", "done", "skip", "skip"):
        someone.says(line)
    assert passed_on(someone) == ()


def test_a_story_goes_out_with_a_name_only_where_that_is_chosen(someone: Someone) -> None:
    lines = ("It was quiet.", "done", "skip", "skip", "skip", "skip", "skip", "skip", "1")
    for name, level, told in (
        ("Quoted without my name", "unnamed", None),
        ("Quoted with", "named", "Ada of Fife"),
    ):
        someone.is_due("story_of_change", level)
        for line in (*lines, "Ada of Fife", "done"):
            someone.says(line)
        someone.says(name)
        one = passed_on(someone)[-1]
        assert (one.level, one.name) == (level, told)
        someone.says("skip")


TOLD = ("It was quiet.", "done", "skip", "skip", "skip", "skip", "skip", "skip", "1")


def test_the_name_that_would_go_with_a_story_is_shown(someone: Someone) -> None:
    someone.is_due("story_of_change")
    for line in (*TOLD, "Ada of Fife"):
        someone.says(line)
    asked = someone.says("done")[-1]
    assert Quote(text="Ada of Fife") in asked.paragraphs
    assert labels(asked)[3:] == ["Quoted with the name I gave", "Anyone, with that name"]
    someone.says("Anyone, with that name")
    (one,) = passed_on(someone)
    assert (one.level, one.name) == ("public", "Ada of Fife")


def test_without_a_name_none_is_offered_and_none_goes(someone: Someone) -> None:
    someone.is_due("story_of_change")
    for line in TOLD:
        someone.says(line)
    asked = someone.says("skip")[-1]
    assert "You gave no name" in str(asked.paragraphs)
    assert labels(asked)[2:] == ["Quoted without my name", "Anyone, without a name"]
    pressed = asked.options[3].token.rpartition(":")[0]
    someone.presses(f"{pressed}:4")
    assert someone.heard.reply.toast.startswith("That button belongs to a question")
    assert "Please pick from these" in texts(someone.says("quoted with the name I gave"))[0]
    assert passed_on(someone) == ()
    someone.says("Anyone, without a name")
    (one,) = passed_on(someone)
    assert (one.level, one.name) == ("public", None)


def test_a_name_that_is_changed_is_asked_about_anew(someone: Someone) -> None:
    someone.is_due("story_of_change")
    told = (*TOLD[:4], "my team", *TOLD[5:])
    for line in (*told, "Ada of Fife", "done", "Anyone, with that name"):
        someone.says(line)
    assert len(passed_on(someone)) == 1
    someone.changes("Ada of Fife", "A nurse")
    assert passed_on(someone) == ()


def test_a_part_of_a_story_that_is_changed_goes_out_changed(someone: Someone) -> None:
    someone.is_due("story_of_change")
    for line in ("It was quiet.", "done", "Mary Canary rang.", "done", "skip", "skip", "skip"):
        someone.says(line)
    said = [*someone.says("skip"), *someone.says("skip")]
    assert "Mary Canary rang." in str(said)
    someone.says("something to change")
    someone.says("what happened")
    someone.says("A colleague rang.")
    said = someone.says("done")
    assert "A colleague rang." in str(said)
    assert "Canary" not in str(said)
    assert labels(said[-1]) == ["Fine as it stands", "Something to change"]
    # A part that was left out can still be told.
    for line in ("something to change", "what stood in its way", "The rota.", "done"):
        someone.says(line)
    for line in ("fine as it stands", "skip", "quoted without"):
        someone.says(line)
    someone.says("skip")
    (one,) = passed_on(someone)
    told = [each.split("\n\n")[-1] for each in one.paragraphs]
    assert told == ["It was quiet.", "A colleague rang.", "The rota."]
    everybodys = someone.asks(lambda conn: shared.all_shared(conn, someone.store.keys))
    page, data = someone.says("export")[0].files
    assert "Canary" not in f"{everybodys}{page.content.decode()}{data.content.decode()}"
    assert "A colleague rang." in data.content.decode()


def test_whoever_passes_over_what_to_change_gets_on(someone: Someone) -> None:
    someone.is_due("story_of_change")
    for line in ("It was quiet.", "done", *["skip"] * 6, "something to change", "how it was"):
        someone.says(line)
    said: list[Outbound] = []
    for line in ("skip", "something to change", "skip", "skip"):
        said = someone.says(line)
    assert "name" in texts(said)[-1]
