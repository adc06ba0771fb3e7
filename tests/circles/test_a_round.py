"""A round of a circle, from the moment it opens until its question is taken up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from bot.records import Deleted, Invited, Press
from bot.store import people
from bot.store.rounds import State
from tests.circles.conftest import BEN, BOTH, CARO, DEV, EVE, FINN, GRETA, HOST, ONE, PEOPLE
from tests.circles.looking import (
    AGAIN,
    ANSWER,
    CLOSES,
    MARK,
    MINE,
    NAMED,
    OPENS,
    UNNAMED,
    gives,
    opening,
    shown,
)
from tests.circles.team import Team


def decides(team: Team, what: str) -> None:
    """The host says what becomes of few voices."""
    team.says(HOST, what)


# --- opening and counting -----------------------------------------------------------------------


@BOTH
def test_it_opens_with_one_quiet_message(ready: Team) -> None:
    before = len(ready.seen)
    ready.until(OPENS)
    (opened,) = ready.seen[before:]
    assert opened.labels == [ANSWER]
    assert "No voice so far: there is time." in opened.text
    assert "Thursday 19 November, 12:00" in opened.text


@BOTH
def test_nothing_is_shown_before_it_closes_and_then_all_at_once(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, DEV)
    gives(ready, UNNAMED, CARO)
    assert "kittiwake" not in "\n".join(ready.texts)
    ready.until(CLOSES - timedelta(seconds=1))
    assert "kittiwake" not in "\n".join(ready.texts)
    ready.until(CLOSES)
    reveal, which = (one for one in ready.seen if "kittiwake" in one.text)
    assert all(reveal.text.count(f"kittiwake-{who} frame") == 1 for who in (BEN, CARO, DEV))
    assert [reveal.text.count(each) for each in ("Ben:", "Dev:", "A voice:")] == [1, 1, 1]
    assert "Caro" not in reveal.text
    assert which.labels == ["1", "2", "3"]
    assert reveal.thread == which.thread == ready.seen[-3].name


@ONE
def test_each_lot_gives_the_voices_another_order(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.until(CLOSES - MARK)
    ready.draws = iter([3, 1, 2, *range(4, 99)]).__next__
    ready.until(CLOSES)
    heard = sorted((BEN, CARO, DEV), key=ready.id_of)
    places = [shown(ready).index(f"kittiwake-{who} frame") for who in heard]
    assert sorted(range(3), key=places.__getitem__) == [1, 2, 0]


@ONE
def test_the_count_changes_only_at_the_marks_of_the_clock(ready: Team) -> None:
    ready.until(OPENS + timedelta(minutes=1))
    gives(ready, NAMED, BEN)
    gives(ready, UNNAMED, CARO)
    assert ready.now < OPENS + MARK
    ready.beats()
    assert "No voice so far" in opening(ready)
    ready.until(OPENS + MARK - timedelta(seconds=1))
    assert "No voice so far" in opening(ready)
    ready.until(OPENS + MARK)
    assert "So far: 2 of 7." in opening(ready)


@ONE
def test_the_count_names_nobody_and_is_the_same_whatever_was_chosen(ready: Team) -> None:
    ready.until(OPENS)
    reads = []
    for who, choice in ((BEN, NAMED), (CARO, UNNAMED), (DEV, MINE)):
        gives(ready, choice, who)
        ready.goes_by(MARK)
        reads.append(opening(ready))
    assert [read.split("\n\n")[-1] for read in reads] == [
        "So far: 1 of 7.",
        "So far: 2 of 7.",
        "So far: 2 of 7.",
    ]
    everything = "\n".join(ready.texts)
    assert not any(name in everything for name in ("Ada", "Ben", "Caro", "Dev"))


@ONE
def test_answering_anew_puts_the_new_words_in_place_of_those_that_were_not_shown(
    ready: Team,
) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.opens(BEN, ANSWER)
    ready.answers(BEN, "guillemot-kittiwake", UNNAMED, opens=False)
    ready.goes_by(MARK)
    assert "So far: 3 of 7." in opening(ready)
    ready.until(CLOSES)
    assert "guillemot-kittiwake frame" in shown(ready)
    assert f"kittiwake-{BEN} frame" not in shown(ready)
    assert "Ben" not in shown(ready)


@ONE
def test_a_button_pressed_twice_asks_once(ready: Team) -> None:
    ready.until(OPENS)
    first = ready.opens(BEN, ANSWER)
    again = ready.opens(BEN, ANSWER)
    assert first[-1].text == again[-1].text
    assert ready.conversations(BEN) == 1
    ready.answers(BEN, "kittiwake", NAMED, opens=False)
    ready.goes_by(MARK)
    assert "So far: 1 of 7." in opening(ready)


@BOTH
def test_an_update_that_comes_twice_counts_once(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.until(CLOSES)
    button = ready.seen[-1].option("1")
    press = Press(token=button.token)
    assert ready.does(BEN, press, group=True, id_="twice").new
    assert not ready.does(BEN, press, group=True, id_="twice").new


# --- closing ------------------------------------------------------------------------------------


@ONE
def test_the_first_round_stays_open_even_when_all_are_in(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, *PEOPLE)
    ready.goes_by(timedelta(hours=1))
    assert not shown(ready)
    ready.until(CLOSES)
    assert shown(ready)


@ONE
def test_a_later_round_closes_at_once_when_all_are_in(ready: Team) -> None:
    ready.until(AGAIN)
    gives(ready, NAMED, *PEOPLE[:-1])
    ready.beats()
    assert not shown(ready)
    gives(ready, NAMED, GRETA)
    ready.beats()
    assert all(f"kittiwake-{who} frame" in shown(ready) for who in PEOPLE)


@ONE
def test_a_circle_of_two_does_not_close_early(team: Team) -> None:
    team.sets_up(HOST)
    team.says(HOST, "Ada")
    team.says(HOST, "done")
    team.joins(BEN, "Ben")
    team.until(AGAIN)
    gives(team, NAMED, HOST, BEN)
    team.goes_by(timedelta(hours=1))
    assert not shown(team)
    assert team.rounds()[0].state is State.OPEN


@ONE
def test_a_round_without_a_voice_is_folded_and_nobody_is_asked(ready: Team) -> None:
    ready.until(OPENS)
    before = len(ready.said[HOST])
    ready.until(CLOSES)
    assert ready.seen[-1].text.startswith("This round is folded")
    assert not ready.seen[-1].labels
    assert [one.text[:15] for one in ready.said[HOST][before:]] == ["Only a reminder"]


@ONE
def test_with_one_or_two_voices_the_host_is_asked_and_the_channel_reads_as_before(
    ready: Team,
) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO)
    ready.until(CLOSES - timedelta(minutes=1))
    before = list(ready.texts)
    ready.until(CLOSES)
    assert ready.texts == before
    assert "fewer than three voices" in ready.last(HOST)
    assert "Ben" not in ready.last(HOST)
    assert ready.rounds()[0].state is State.DECIDING


@ONE
def test_an_extended_round_is_open_for_two_more_days(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO)
    ready.until(CLOSES + timedelta(minutes=2))
    decides(ready, "Keep it open for two more days")
    assert "closes on Saturday 21 November, 12:00" in ready.seen[-1].text
    ready.beats()
    gives(ready, NAMED, DEV)
    ready.until(CLOSES + timedelta(days=2))
    assert all(f"kittiwake-{who} frame" in shown(ready) for who in (BEN, CARO, DEV))


@ONE
def test_what_an_extension_changes_in_the_count_also_waits_for_the_mark(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN)
    ready.until(CLOSES + timedelta(minutes=2))
    gives(ready, NAMED, CARO)
    decides(ready, "Keep it open for two more days")
    ready.beats()
    assert "So far: 1 of 7." in opening(ready)
    ready.until(CLOSES + MARK)
    assert "So far: 2 of 7." in opening(ready)


@BOTH
def test_few_voices_are_shown_without_names_if_the_host_says_so(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO)
    ready.until(CLOSES)
    decides(ready, "Show what is there, without names")
    assert shown(ready).count("A voice:") == 2
    assert "Ben" not in shown(ready)
    assert "Caro" not in shown(ready)


@ONE
def test_a_round_that_its_host_folds_shows_nothing_ever(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO)
    ready.until(CLOSES)
    decides(ready, "Fold it: each keeps their own")
    ready.until(OPENS + timedelta(days=13))
    assert not shown(ready)
    assert "This round is folded" in "\n".join(ready.texts)


@ONE
def test_what_nobody_decides_is_folded_at_noon_two_days_later(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO)
    ready.until(CLOSES + timedelta(days=2, seconds=-1))
    assert ready.rounds()[0].state is State.DECIDING
    ready.until(CLOSES + timedelta(days=2))
    assert ready.rounds()[0].state is State.FOLDED
    decides(ready, "Show what is there, without names")
    ready.goes_by(timedelta(hours=1))
    assert not shown(ready)


@ONE
def test_a_host_who_is_at_something_is_asked_once_it_has_come_to_its_end(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO)
    ready.until(CLOSES - timedelta(minutes=1))
    ready.opens(HOST, ANSWER)
    for part in ("frame", "advocate", "illustrate"):
        ready.says(HOST, f"{part}, slowly")
        ready.says(HOST, "done")
    ready.until(CLOSES)
    assert "fewer than three voices" not in ready.last(HOST)
    ready.says(HOST, "skip")
    asked = ready.says(HOST, MINE)
    assert "fewer than three voices" in asked[-1].text
    decides(ready, "Show what is there, without names")
    assert shown(ready).count("A voice:") == 2


@ONE
def test_with_its_host_gone_a_round_of_few_voices_is_folded(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO)
    ready.says(HOST, "stop")
    ready.until(CLOSES)
    assert ready.rounds()[0].state is State.FOLDED


@ONE
def test_a_voice_that_makes_three_is_enough_while_the_host_is_being_asked(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO)
    ready.until(CLOSES)
    gives(ready, NAMED, DEV)
    ready.beats()
    assert all(f"kittiwake-{who} frame" in shown(ready) for who in (BEN, CARO, DEV))
    seen = len(ready.seen)
    decides(ready, "Fold it: each keeps their own")
    ready.beats()
    assert len(ready.seen) == seen
    assert ready.rounds()[0].state is State.SHOWN


# --- late ---------------------------------------------------------------------------------------


@BOTH
def test_what_is_still_open_when_a_round_closes_comes_late_at_noon(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.opens(EVE, ANSWER)
    ready.until(CLOSES)
    ready.answers(EVE, "late-kittiwake", NAMED, opens=False)
    assert "with what else is late, on Friday 20 November, 12:00" in ready.said[EVE][-2].text
    assert "late-kittiwake" not in shown(ready)
    ready.until(CLOSES + timedelta(days=1))
    assert "Eve:\n\nlate-kittiwake frame" in shown(ready)


@ONE
def test_late_voices_come_together_and_in_no_order(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.until(CLOSES + timedelta(hours=3))
    gives(ready, UNNAMED, EVE)
    ready.until(CLOSES + timedelta(hours=20))
    gives(ready, UNNAMED, FINN)
    ready.until(CLOSES + timedelta(days=1))
    late = [one.text for one in ready.seen if "came a little later" in one.text]
    assert len(late) == 1
    assert late[0].count("A voice:") == 2


@ONE
def test_a_late_voice_without_a_name_is_kept_when_only_two_could_have_given_it(
    ready: Team,
) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, *PEOPLE[:5])
    ready.until(CLOSES + timedelta(hours=1))
    ready.answers(FINN, "late-kittiwake", UNNAMED)
    before = list(ready.texts)
    ready.until(CLOSES + timedelta(days=1, minutes=1))
    assert [text for text in ready.texts if "taken up" not in text][: len(before)] == before
    assert "late-kittiwake" not in shown(ready)
    assert "So few others could have come as late" in ready.last(FINN)


@ONE
def test_whoever_was_kept_back_may_give_it_anew_with_a_name(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, *PEOPLE[:5])
    ready.until(CLOSES + timedelta(hours=1))
    ready.answers(FINN, "late-kittiwake", UNNAMED)
    ready.until(CLOSES + timedelta(days=1, minutes=1))
    ready.answers(FINN, "later-kittiwake", NAMED)
    ready.until(CLOSES + timedelta(days=2))
    assert "Finn:\n\nlater-kittiwake frame" in shown(ready)


@ONE
def test_a_late_name_that_would_tell_who_had_none_does_not_stand(ready: Team) -> None:
    """Six of seven are heard then: the seventh would know who the voice without a name was."""
    ready.until(OPENS)
    gives(ready, NAMED, *PEOPLE[:4])
    gives(ready, UNNAMED, EVE)
    ready.until(CLOSES)
    assert shown(ready).count("A voice:") == 1
    ready.answers(FINN, "late-kittiwake", NAMED)
    ready.until(CLOSES + timedelta(days=1))
    assert "A voice:\n\nlate-kittiwake frame" in shown(ready)
    assert "Finn" not in shown(ready)


@ONE
def test_a_voice_that_was_shown_stays_as_it_is(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.until(CLOSES)
    said = ready.opens(BEN, ANSWER)
    assert "stands there already" in said[-1].text
    assert ready.conversations(BEN) == 0


# --- names --------------------------------------------------------------------------------------


@ONE
def test_no_name_stands_where_all_were_heard_and_one_has_none(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, *PEOPLE[:4])
    gives(ready, UNNAMED, *PEOPLE[4:])
    ready.until(CLOSES)
    assert shown(ready).count("A voice:") == 7


@ONE
def test_somebody_on_a_pause_is_nobody_who_could_have_given_a_voice(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, *PEOPLE[:3])
    gives(ready, UNNAMED, DEV, EVE)
    ready.says(FINN, "pause until 1 December")
    ready.until(CLOSES)
    assert shown(ready).count("A voice:") == 5


@ONE
def test_where_all_have_names_they_stand_even_if_all_were_heard(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, *PEOPLE)
    ready.until(CLOSES)
    assert "A voice:" not in shown(ready)
    assert "Greta:" in shown(ready)


def _plays(team: Team, opened: datetime, *keep: str) -> list[list[str]]:
    """A round with three voices, and some who answer it all and keep it: what was said there."""
    team.until(opened)
    start = len(team.seen) - 1
    gives(team, NAMED, BEN)
    gives(team, UNNAMED, CARO, DEV)
    gives(team, MINE, *keep)
    team.until(opened + timedelta(days=3, hours=2, minutes=30))
    return [sorted(one.text.split("\n\n")) for one in team.seen[start:]]


@ONE
def test_whoever_keeps_their_words_looks_like_somebody_who_was_away(ready: Team) -> None:
    closed, away, _ = _plays(ready, OPENS)
    closed_too, kept, _ = _plays(ready, AGAIN, EVE, FINN, GRETA)
    assert (closed, away) == (closed_too, kept)
    assert away.count("A voice:") == 2


# --- taking back --------------------------------------------------------------------------------


@BOTH
def test_changing_a_message_takes_the_voice_back_and_says_so(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV, EVE)
    before = len(ready.said[BEN])
    ready.edits(BEN, f"{BEN}-kittiwake-{BEN}-advocate", "something else")
    said = "\n".join(one.text for one in ready.said[BEN][before:])
    assert "it is not shown there" in said
    ready.goes_by(MARK)
    assert "So far: 3 of 7." in opening(ready)
    ready.until(CLOSES)
    assert f"kittiwake-{BEN} frame" not in shown(ready)


@BOTH
def test_deleting_a_message_takes_the_voice_back_and_says_so(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV, EVE)
    before = len(ready.said[BEN])
    ready.does(BEN, Deleted(message=f"{BEN}-kittiwake-{BEN}-frame"))
    assert "it is not shown there" in "\n".join(one.text for one in ready.said[BEN][before:])
    ready.until(CLOSES)
    assert f"kittiwake-{BEN} advocate" not in shown(ready)
    assert f"kittiwake-{CARO} advocate" in shown(ready)


@ONE
def test_deleting_what_was_said_last_takes_the_voice_back_too(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV, EVE)
    ready.says(BEN, "delete that")
    ready.says(BEN, "yes")
    ready.until(CLOSES)
    assert f"kittiwake-{BEN} frame" not in shown(ready)
    assert f"kittiwake-{CARO} frame" in shown(ready)


@ONE
def test_what_is_changed_after_the_close_changes_nothing_in_the_channel(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN)
    gives(ready, UNNAMED, CARO, DEV)
    ready.until(CLOSES + MARK)
    before = list(ready.texts)
    ready.edits(CARO, f"{CARO}-kittiwake-{CARO}-frame", "something else")
    ready.does(DEV, Deleted(message=f"{DEV}-kittiwake-{DEV}-frame"))
    ready.goes_by(timedelta(hours=1))
    assert ready.texts == before


# --- one round after the other ------------------------------------------------------------------


@ONE
def test_the_button_of_an_older_round_leads_to_the_one_that_is_open(ready: Team) -> None:
    ready.until(OPENS)
    old = ready.seen[-1].option(ANSWER)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.until(AGAIN)
    newest = ready.seen.pop()
    assert newest.option(ANSWER).token != old.token
    ready.answers(BEN, "kittiwake-new", NAMED)
    ready.seen.append(newest)
    ready.goes_by(MARK)
    assert "So far: 1 of 7." in newest.text


@ONE
def test_a_round_that_begins_closes_the_one_before(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.commands(HOST, "/circle now")
    ready.beats()
    assert f"kittiwake-{BEN} frame" in shown(ready)
    assert [each.state for each in ready.rounds()] == [State.OPEN, State.SHOWN]


@ONE
def test_after_an_outage_a_round_opens_late_or_not_at_all_but_never_two_at_once(
    ready: Team,
) -> None:
    ready.now = OPENS + timedelta(minutes=90)
    ready.beats()
    assert len(ready.rounds()) == 1
    ready.now = AGAIN + timedelta(hours=3)
    ready.beats()
    assert [each.state for each in ready.rounds()] == [State.FOLDED]
    ready.now = datetime(2026, 12, 14, 9, 31, tzinfo=UTC)
    ready.beats()
    assert [each.state for each in ready.rounds() if each.number == 2] == [State.OPEN]


@ONE
def test_no_reminder_comes_when_there_is_hardly_time_left(ready: Team) -> None:
    ready.until(OPENS)
    before = {who: len(ready.said[who]) for who in PEOPLE}
    ready.now = CLOSES - timedelta(hours=2)
    ready.beats()
    assert {who: len(ready.said[who]) for who in PEOPLE} == before


@ONE
def test_a_button_of_a_round_long_over_says_so(ready: Team) -> None:
    ready.until(OPENS)
    button = ready.seen[-1].option(ANSWER)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.until(CLOSES + timedelta(days=21, minutes=1))
    ready.does(EVE, Invited(code=button.token))
    assert ready.last(EVE).startswith("That round is over")


@ONE
def test_where_nothing_is_kept_a_voice_is_given_and_taken_back_all_the_same(ready: Team) -> None:
    for who in (BEN, CARO):
        mine = ready.id_of(who)
        ready.run(partial(people.change, participant_id=mine, keeps=False))
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV, EVE)
    ready.edits(BEN, f"{BEN}-kittiwake-{BEN}-inquire", "something else")
    assert "it is not shown there" in ready.last(BEN)
    ready.until(CLOSES)
    assert f"kittiwake-{BEN}" not in shown(ready)
    assert f"Caro:\n\nkittiwake-{CARO} frame" in shown(ready)


# --- which question is taken up -----------------------------------------------------------------


def _asked(team: Team) -> dict[str, str]:
    """The numbers of the questions, by whose they are."""
    which = next(one for one in reversed(team.seen) if "1" in one.labels)
    lines = [part.text for part in which.message.paragraphs]
    return {
        who: line.split(".")[0]
        for who in PEOPLE
        for line in lines
        if line.endswith(f"kittiwake-{who} inquire")
    }


def _shown_three(team: Team) -> dict[str, str]:
    team.until(OPENS)
    gives(team, NAMED, BEN, CARO, DEV)
    team.until(CLOSES)
    return _asked(team)


@BOTH
def test_the_question_that_most_chose_is_taken_up_at_noon_of_the_next_day(ready: Team) -> None:
    numbers = _shown_three(ready)
    for who in (HOST, BEN, EVE):
        assert numbers[CARO] in ready.presses(who, numbers[CARO])
    for who in (CARO, DEV):
        ready.presses(who, numbers[DEV])
    before = len(ready.seen)
    ready.until(CLOSES + timedelta(days=1, seconds=-1))
    assert len(ready.seen) == before
    ready.until(CLOSES + timedelta(days=1))
    assert f"kittiwake-{CARO} inquire" in ready.seen[-1].text
    assert "by lot" not in ready.seen[-1].text


@ONE
def test_whoever_changes_their_mind_counts_once(ready: Team) -> None:
    numbers = _shown_three(ready)
    for _ in range(3):
        ready.presses(BEN, numbers[BEN])
    ready.presses(CARO, numbers[BEN])
    ready.presses(CARO, numbers[CARO])
    ready.presses(DEV, numbers[CARO])
    ready.until(CLOSES + timedelta(days=1))
    assert f"kittiwake-{CARO} inquire" in ready.seen[-1].text


@ONE
def test_a_host_counts_no_more_than_another(ready: Team) -> None:
    numbers = _shown_three(ready)
    ready.presses(HOST, numbers[BEN])
    ready.presses(EVE, numbers[CARO])
    ready.presses(FINN, numbers[CARO])
    ready.until(CLOSES + timedelta(days=1))
    assert f"kittiwake-{CARO} inquire" in ready.seen[-1].text


@ONE
def test_where_two_have_as_many_a_lot_decides_and_it_is_said(ready: Team) -> None:
    numbers = _shown_three(ready)
    ready.presses(BEN, numbers[BEN])
    ready.presses(CARO, numbers[CARO])
    ready.until(CLOSES + timedelta(days=1))
    assert "drawn by lot" in ready.seen[-1].text
    assert f"kittiwake-{DEV}" not in ready.seen[-1].text


@ONE
def test_somebody_who_is_no_member_does_not_choose(ready: Team) -> None:
    numbers = _shown_three(ready)
    ready.joins_skerry("99")
    assert "Only those who are in this circle" in ready.presses("99", numbers[DEV])
    assert "I cannot tell who pressed that" in ready.presses("", numbers[DEV])
    ready.until(CLOSES + timedelta(days=1))
    assert "No question is taken up this time" in ready.seen[-1].text


@ONE
def test_it_is_too_late_to_choose_once_it_is_decided(ready: Team) -> None:
    numbers = _shown_three(ready)
    ready.until(CLOSES + timedelta(days=1))
    assert "No question" in ready.seen[-1].text
    before = list(ready.texts)
    assert numbers[BEN] not in ready.presses(BEN, numbers[BEN])
    ready.goes_by(timedelta(hours=1))
    assert ready.texts == before


@BOTH
def test_what_came_of_the_question_is_gathered_and_shown_in_the_same_thread(ready: Team) -> None:
    numbers = _shown_three(ready)
    root = ready.seen[-1].thread
    ready.presses(BEN, numbers[DEV])
    ready.until(OPENS + timedelta(days=7))
    asks = ready.seen[-1]
    assert asks.labels == ["Say what came of it"]
    assert asks.thread == root
    assert f"kittiwake-{DEV} inquire" in asks.text
    for who, choice in ((BEN, NAMED), (CARO, UNNAMED), (EVE, UNNAMED)):
        ready.opens(who, "Say what came of it")
        ready.says(who, f"puffin-{who}")
        ready.says(who, "done")
        ready.says(who, "skip")
        ready.says(who, choice)
    assert "puffin" not in "\n".join(ready.texts)
    ready.until(OPENS + timedelta(days=10, hours=3))
    (told,) = [one for one in ready.seen if "puffin" in one.text]
    assert told.thread == root
    assert all(told.text.count(f"puffin-{who}") == 1 for who in (BEN, CARO, EVE))
    assert told.text.count("Ben:") == 1
    assert told.text.count("A voice:") == 2
    assert not asks.labels
