"""Who is in a circle: joining, being away, leaving, hosting, and a place that changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.records import (
    Arrived,
    Body,
    Invited,
    Left,
    Migrated,
    Parted,
    Renamed,
    Returned,
    Words,
)
from bot.store import circles, forgetting, people
from bot.store.circles import Member, State
from tests.circles.conftest import BEN, BOTH, CARO, DEV, EVE, HOST, ONE, PEOPLE
from tests.circles.looking import (
    AGAIN,
    ANSWER,
    CLOSES,
    MARK,
    NAMED,
    OPENS,
    UNNAMED,
    gives,
    opening,
    shown,
)
from tests.circles.team import USUAL, Team

JOIN, HOSTS = "Join the circle", "I will host it"
NEW = "99"


def members(team: Team) -> dict[str, Member]:
    mine = team.circle().id
    found = team.run(lambda conn: circles.members(conn, mine))
    known = {team.id_of(who): who for who in (*PEOPLE, NEW) if who in team.said}
    return {known[one.participant]: one for one in found}


def hosts(team: Team) -> list[str]:
    return [who for who, one in members(team).items() if one.host]


def tends(team: Team, who: str, what: str) -> str:
    """The word `circle`, and what to do with the only one they are in."""
    team.says(who, "circle")
    team.says(who, "1")
    return "\n\n".join(one.text for one in team.says(who, what))


# --- joining ------------------------------------------------------------------------------------


@BOTH
def test_somebody_joins_by_a_name_and_another_by_none(team: Team) -> None:
    team.sets_up(HOST)
    team.says(HOST, "skip")
    team.joins(BEN, "Ben")
    team.joins(CARO)
    assert set(members(team)) == {HOST, BEN, CARO}
    assert hosts(team) == [HOST]
    team.until(OPENS)
    gives(team, NAMED, BEN)
    for who in (HOST, CARO):
        team.opens(who, ANSWER)
        for part in ("frame", "advocate", "illustrate", "inquire"):
            team.says(who, f"kittiwake {part}")
            team.says(who, "done")
        assert team.said[who][-1].labels == ["Keep them to myself", UNNAMED]


@ONE
def test_joining_is_said_to_nobody_else(ready: Team) -> None:
    before = list(ready.texts)
    ready.joins_skerry(NEW)
    ready.joins(NEW, "Hanna")
    ready.goes_by(timedelta(hours=1))
    assert ready.texts == before


@ONE
def test_a_button_to_join_that_is_pressed_twice_asks_once(team: Team) -> None:
    team.sets_up(HOST)
    team.says(HOST, "skip")
    team.opens(BEN, JOIN)
    team.opens(BEN, JOIN)
    assert team.conversations(BEN) == 1
    team.says(BEN, "skip")
    assert BEN in members(team)
    assert team.conversations(BEN) == 0


@ONE
def test_whoever_is_in_it_is_told_so_when_they_join_again(ready: Team) -> None:
    (said,) = ready.opens(BEN, JOIN)
    assert "You are in" in said.text
    assert "already" in said.text
    assert ready.conversations(BEN) == 0


@BOTH
def test_joining_while_a_round_is_open_leads_straight_to_it(ready: Team) -> None:
    ready.joins_skerry(NEW)
    ready.until(OPENS)
    ready.opens(NEW, ANSWER)
    ready.says(NEW, "Hanna")
    ready.says(NEW, "done")
    ready.answers(NEW, "kittiwake-new", NAMED, opens=False)
    gives(ready, NAMED, BEN, CARO)
    ready.goes_by(MARK)
    assert "So far: 3 of 8." in opening(ready)
    ready.until(CLOSES)
    assert "Hanna:\n\nkittiwake-new frame" in shown(ready)


@BOTH
def test_somebody_new_joins_skerry_first_then_the_circle_then_answers(ready: Team) -> None:
    ready.until(OPENS)
    before = ready.opens(NEW, ANSWER)
    assert "Skerry" in before[0].text
    again = ready.opens(NEW, ANSWER)
    assert again[-1].text == before[-1].text
    assert not any("circle is a team" in one.text for one in (*before, *again))
    for _ in range(30):
        if "What name may stand" in ready.last(NEW):
            break
        labels = ready.said[NEW][-1].labels
        added = ready.last(NEW).startswith("So far")
        ready.says(NEW, "done" if added else labels[0] if labels else "skip")
    assert "What name may stand" in ready.last(NEW)
    ready.says(NEW, "Hanna")
    ready.says(NEW, "done")
    assert NEW in members(ready)
    ready.answers(NEW, "kittiwake-new", NAMED, opens=False)
    ready.goes_by(MARK)
    assert "So far: 1 of 8." in opening(ready)
    assert ready.conversations(NEW) == 0


@ONE
def test_somebody_who_has_stopped_is_told_how_to_come_back(ready: Team) -> None:
    ready.says(BEN, "stop")
    ready.until(OPENS)
    (said,) = ready.opens(BEN, ANSWER)
    assert "start" in said.text
    assert ready.conversations(BEN) == 0


@ONE
def test_a_code_that_leads_nowhere_does_nothing(ready: Team) -> None:
    for code in ("cj-nowhere", "cs-nowhere", "ch-nowhere", "ca-nowhere"):
        ready.does(BEN, Invited(code=code))
        assert "nothing was done" in ready.last(BEN)
    assert ready.conversations(BEN) == 0


@ONE
def test_a_code_to_take_it_over_is_of_no_use_before_it_is_handed_on(ready: Team) -> None:
    for code in ("ch-", "cj-", "cs-"):
        ready.does(BEN, Invited(code=code))
    assert hosts(ready) == [HOST]


# --- being away ---------------------------------------------------------------------------------


@BOTH
def test_a_pause_takes_out_of_the_count_and_coming_back_puts_in_again(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN)
    ready.says(CARO, "pause until 5 December")
    ready.goes_by(MARK)
    assert "So far: 1 of 6." in opening(ready)
    ready.says(CARO, "start")
    ready.goes_by(MARK)
    assert "So far: 1 of 7." in opening(ready)


@ONE
def test_whoever_has_a_holiday_on_each_working_day_of_a_round_is_not_waited_for(
    ready: Team,
) -> None:
    # In the United States the fourth Thursday of November is a holiday; that Friday is none.
    ready.until(datetime(2026, 11, 26, 9, 0, tzinfo=UTC))
    eve = ready.id_of(EVE)
    ready.run(lambda conn: people.change(conn, eve, holidays="US", zone="America/New_York"))
    id_ = ready.circle().id
    thursday, friday = (datetime(2026, 11, day, 15, 0, tzinfo=UTC) for day in (26, 27))

    def there(opens: datetime, closes: datetime) -> frozenset[str]:
        return ready.run(lambda conn: circles.there(conn, id_, ready.now, (opens, closes)))

    assert eve not in there(thursday, thursday)
    assert len(there(thursday, thursday)) == len(PEOPLE) - 1
    assert eve in there(thursday, friday)


@ONE
def test_a_stop_takes_out_of_the_count_too_but_leaves_a_voice_that_was_given(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.says(EVE, "stop")
    ready.says(BEN, "stop")
    ready.goes_by(MARK)
    assert "So far: 3 of 6." in opening(ready)
    ready.until(CLOSES)
    assert f"kittiwake-{BEN} frame" in shown(ready)


@ONE
def test_nobody_on_a_pause_is_waited_for_or_reminded(ready: Team) -> None:
    ready.until(AGAIN)
    for who in PEOPLE[3:]:
        ready.says(who, "pause until 20 December")
    before = len(ready.said[EVE])
    gives(ready, NAMED, HOST, BEN)
    assert not shown(ready)
    gives(ready, NAMED, CARO)
    ready.beats()
    assert shown(ready)
    assert len(ready.said[EVE]) == before


@ONE
def test_only_whoever_has_not_answered_is_reminded_and_in_their_own_chat(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN)
    before = {who: len(ready.said[who]) for who in PEOPLE}
    seen = list(ready.texts)
    ready.until(CLOSES - timedelta(hours=23))
    reminded = [who for who in PEOPLE if len(ready.said[who]) > before[who]]
    assert reminded == [who for who in PEOPLE if who != BEN]
    assert len(ready.texts) == len(seen)


# --- leaving ------------------------------------------------------------------------------------


@BOTH
def test_leaving_takes_along_what_is_not_shown_yet(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV, EVE)
    assert "You have left" in tends(ready, BEN, "Leave this circle")
    ready.goes_by(MARK)
    assert "So far: 3 of 6." in opening(ready)
    ready.until(CLOSES)
    assert f"kittiwake-{BEN}" not in shown(ready)
    assert f"kittiwake-{CARO} frame" in shown(ready)


@BOTH
def test_leaving_after_the_reveal_changes_nothing_that_is_shown(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN)
    gives(ready, UNNAMED, CARO, DEV)
    ready.until(CLOSES + MARK)
    before = list(ready.texts)
    tends(ready, CARO, "Leave this circle")
    ready.does(BEN, Parted(), group=True)
    ready.goes_by(timedelta(hours=2))
    assert ready.texts == before


@ONE
def test_what_comes_late_does_not_tell_of_whoever_has_left(ready: Team) -> None:
    """Only Finn and Greta can come late: a voice of Finn's would say what those who left chose."""
    ready.until(OPENS)
    gives(ready, NAMED, HOST, BEN, CARO)
    gives(ready, UNNAMED, DEV, EVE)
    ready.until(CLOSES + MARK)
    for who in (DEV, EVE):
        ready.does(who, Parted(), group=True)
    ready.answers("6", "late-kittiwake", NAMED)
    ready.until(CLOSES + timedelta(days=1))
    assert "late-kittiwake" not in shown(ready)
    assert "So few others" in ready.last("6")


@BOTH
def test_the_last_host_who_leaves_leaves_it_to_whoever_takes_it(ready: Team) -> None:
    tends(ready, HOST, "Leave this circle")
    assert hosts(ready) == []
    assert ready.seen[-1].labels == [HOSTS]
    ready.opens(DEV, HOSTS)
    assert hosts(ready) == [DEV]
    assert len(members(ready)) == 6


@BOTH
def test_a_host_who_goes_out_of_the_place_leaves_it_to_whoever_takes_it(ready: Team) -> None:
    ready.does(HOST, Parted(), group=True)
    assert HOST not in members(ready)
    assert ready.seen[-1].labels == [HOSTS]
    ready.opens(DEV, HOSTS)
    assert hosts(ready) == [DEV]


@ONE
def test_somebody_who_goes_out_of_the_place_is_a_member_no_more(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV, EVE)
    before = len(ready.seen)
    ready.does(BEN, Parted(), group=True)
    ready.does(BEN, Parted(), group=True)
    ready.does("", Parted(), group=True)
    ready.does("12345", Parted(), group=True)
    assert BEN not in members(ready)
    assert len(ready.seen) == before
    ready.until(CLOSES)
    assert f"kittiwake-{BEN}" not in shown(ready)


@ONE
def test_whoever_left_in_the_middle_of_an_answer_gives_nothing(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, CARO, DEV, EVE)
    ready.opens(BEN, ANSWER)
    ready.does(BEN, Parted(), group=True)
    ready.answers(BEN, f"kittiwake-{BEN}", NAMED, opens=False)
    assert any("not in its circle any more" in one.text for one in ready.said[BEN][-2:])
    ready.until(CLOSES)
    assert f"kittiwake-{BEN}" not in shown(ready)
    assert "Ben" not in shown(ready)


@ONE
def test_whoever_comes_back_joins_anew(ready: Team) -> None:
    tends(ready, BEN, "Leave this circle")
    ready.joins(BEN, "Benjamin")
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.until(CLOSES)
    assert "Benjamin:" in shown(ready)


@ONE
def test_whoever_is_forgotten_leaves_no_voice_and_is_counted_no_more(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV, EVE)
    mine, store = ready.id_of(BEN), ready.store
    forgetting.forget(store.engine, store.writer, store.keys, mine)
    ready.joins_skerry(NEW)
    ready.joins(NEW, "Hanna")
    ready.goes_by(MARK)
    assert "So far: 3 of 7." in opening(ready)
    ready.until(CLOSES)
    assert f"kittiwake-{BEN}" not in shown(ready)
    assert f"kittiwake-{CARO} frame" in shown(ready)


@ONE
def test_whoever_leaves_once_shown_and_comes_back_is_heard_once(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.until(CLOSES)
    tends(ready, BEN, "Leave this circle")
    ready.joins(BEN, "Ben")
    assert "stands there already" in ready.opens(BEN, ANSWER)[-1].text
    assert ready.conversations(BEN) == 0


# --- hosting ------------------------------------------------------------------------------------


@BOTH
def test_a_host_hands_on_and_whoever_takes_it_first_has_it(ready: Team) -> None:
    assert "Until somebody does, you are its host." in tends(
        ready, HOST, "Hand it on to a new host"
    )
    assert hosts(ready) == [HOST]
    ready.opens(CARO, HOSTS)
    assert hosts(ready) == [CARO]
    assert "has a new host" in ready.last(HOST)
    ready.opens(DEV, HOSTS)
    assert "no such circle" in ready.last(DEV)
    assert hosts(ready) == [CARO]
    assert len(members(ready)) == 7


@ONE
def test_whoever_would_host_it_joins_it_first(ready: Team) -> None:
    tends(ready, HOST, "Hand it on to a new host")
    ready.joins_skerry(NEW)
    ready.opens(NEW, HOSTS)
    assert "What name may stand" in ready.last(NEW)
    assert hosts(ready) == [HOST]
    ready.says(NEW, "skip")
    ready.opens(NEW, HOSTS)
    assert hosts(ready) == [NEW]


@ONE
def test_only_a_host_changes_a_circle(ready: Team) -> None:
    for what in ("Change how it is set up", "Hand it on to a new host", "Begin a round now"):
        assert "Only the host" in tends(ready, BEN, what)
    assert ready.rounds() == ()
    assert hosts(ready) == [HOST]
    setting_up = ready.seen[0].option("Set up a circle")
    ready.does(BEN, Invited(code=setting_up.token))
    assert "Only the host" in ready.last(BEN)


@ONE
def test_two_who_set_it_up_at_once_make_one_host(team: Team) -> None:
    team.does(HOST, Arrived(), group=True, title="Ward Seven")
    team.opens(HOST, "Set up a circle")
    team.opens(BEN, "Set up a circle")
    for who in (HOST, BEN):
        for answer in USUAL:
            team.says(who, answer)
            team.says(who, "done") if answer == "09:30" else None
    assert hosts(team) == [HOST]
    assert "Only the host" in "\n".join(one.text for one in team.said[BEN])


@BOTH
def test_setting_it_up_again_keeps_its_members_and_their_names(ready: Team) -> None:
    tends(ready, HOST, "Change how it is set up")
    for answer in ("Monthly", "Tuesday", "10:00"):
        ready.says(HOST, answer)
    for answer in ("done", "Next day, at noon", "Each chooses for themselves", "skip"):
        ready.says(HOST, answer)
    assert len(members(ready)) == 7
    assert ready.circle().next_at == datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    ready.until(datetime(2026, 12, 1, 10, 0, tzinfo=UTC))
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.until(datetime(2026, 12, 2, 12, 0, tzinfo=UTC))
    assert "Ben:" in shown(ready)


@ONE
def test_where_names_never_stand_nobody_is_offered_theirs(team: Team) -> None:
    team.sets_up(HOST, *USUAL[:4], "Never any names", "skip")
    team.says(HOST, "skip")
    for who in (BEN, CARO, DEV):
        team.joins(who, f"name {who}")
    team.until(OPENS)
    gives(team, UNNAMED, BEN, CARO, DEV)
    assert not any(NAMED in one.labels for one in team.said[BEN])
    team.until(CLOSES)
    assert shown(team).count("A voice:") == 3
    assert "name " not in shown(team)


@ONE
def test_names_that_were_chosen_do_not_stand_once_the_host_wants_none(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    tends(ready, HOST, "Change how it is set up")
    for answer in ("Fortnightly", "Monday", "09:30"):
        ready.says(HOST, answer)
    for answer in ("done", "After three days, at noon", "Never any names", "skip"):
        ready.says(HOST, answer)
    ready.until(CLOSES)
    assert shown(ready).count("A voice:") == 3
    assert "Ben" not in shown(ready)


@ONE
def test_a_host_who_passes_over_the_names_leaves_them_as_they_were(team: Team) -> None:
    team.sets_up(HOST, *USUAL[:4], "Never any names", "skip")
    team.says(HOST, "skip")
    tends(team, HOST, "Change how it is set up")
    for answer in ("Weekly", *("skip",) * 5):
        team.says(HOST, answer)
    assert team.circle().rhythm == "weekly"
    assert not team.circle().named


@BOTH
def test_a_host_begins_a_round_in_the_channel_and_nobody_else_does(ready: Team) -> None:
    assert "Only the host" in ready.commands(BEN, "/circle now")
    assert "Only the host" in ready.commands("", "/circle now")
    assert ready.rounds() == ()
    assert ready.commands(HOST, "/circle now") == ""
    assert len(ready.rounds()) == 1
    assert ready.seen[-1].labels == [ANSWER]


@ONE
def test_a_host_begins_a_round_in_their_own_chat_and_is_asked_at_once(ready: Team) -> None:
    tends(ready, HOST, "Begin a round now")
    assert ready.seen[-1].labels == [ANSWER]
    ready.answers(HOST, "kittiwake", NAMED, opens=False)
    ready.goes_by(MARK)
    assert "So far: 1 of 7." in opening(ready)


# --- its place ----------------------------------------------------------------------------------


@BOTH
def test_a_press_by_nobody_does_nothing(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.until(CLOSES)
    before = list(ready.texts)
    assert "I cannot tell who pressed that" in ready.presses("", "1")
    assert ready.texts == before


@BOTH
def test_words_said_to_us_in_the_channel_are_never_carried_inward(ready: Team) -> None:
    ready.until(OPENS)
    before = {who: [one.text for one in ready.said[who]] for who in PEOPLE}
    ready.does(BEN, Words(message="m", text="puffin, what do you think?"), group=True)
    assert "read nothing of what you write to each other" in ready.seen[-1].text
    assert "puffin" not in "\n".join(ready.texts)
    assert {who: [one.text for one in ready.said[who]] for who in PEOPLE} == before
    assert ready.conversations(BEN) == 0
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.until(CLOSES)
    assert "puffin" not in "\n".join(ready.texts)


@BOTH
def test_when_we_are_taken_out_while_a_round_is_open_nothing_is_lost(ready: Team) -> None:
    ready.until(OPENS)
    ready.does(BEN, Left(), group=True)
    assert ready.circle().state is State.AWAY
    gives(ready, NAMED, BEN, CARO, DEV)
    before = list(ready.texts)
    ready.until(CLOSES + timedelta(hours=5))
    assert ready.texts == before
    ready.does(BEN, Arrived(), group=True, title="Ward Seven")
    assert ready.circle().state is State.ACTIVE
    reminded = {who: len(ready.said[who]) for who in PEOPLE}
    ready.goes_by(timedelta(hours=1))
    assert all(f"kittiwake-{who} frame" in shown(ready) for who in (BEN, CARO, DEV))
    assert len(members(ready)) == 7
    assert {who: len(ready.said[who]) for who in PEOPLE} == reminded


@ONE
def test_when_we_return_before_the_close_the_count_is_said_anew(ready: Team) -> None:
    ready.until(OPENS)
    ready.does(BEN, Left(), group=True)
    gives(ready, NAMED, BEN, CARO, DEV)
    ready.goes_by(timedelta(hours=5))
    assert "No voice so far" in opening(ready)
    ready.does(BEN, Returned(), group=True)
    ready.goes_by(MARK)
    assert "So far: 3 of 7." in opening(ready)


@ONE
def test_when_we_return_the_next_round_opens_in_its_rhythm(ready: Team) -> None:
    ready.does(BEN, Left(), group=True)
    ready.until(OPENS + timedelta(days=1))
    assert ready.rounds() == ()
    ready.does(BEN, Returned(), group=True)
    assert ready.rounds() == ()
    ready.until(AGAIN)
    assert len(ready.rounds()) == 1


@BOTH
def test_a_place_that_has_another_name_keeps_its_circle_and_what_waits(ready: Team) -> None:
    ready.until(OPENS)
    gives(ready, NAMED, BEN, CARO, DEV)
    mine = ready.circle().id
    ready.does(BEN, Migrated(to="-1002"), group=True)
    ready.channel = "-1002"
    assert ready.circle().id == mine
    ready.said["-1002"] = ready.said.pop("-1001")
    ready.until(CLOSES)
    assert all(f"kittiwake-{who} frame" in shown(ready) for who in (BEN, CARO, DEV))


@ONE
def test_a_place_whose_new_name_was_heard_of_first_keeps_its_circle(ready: Team) -> None:
    mine = ready.circle().id
    ready.channel = "-1002"
    ready.does(BEN, Arrived(), group=True, title="Ward Seven")
    assert ready.circle().id != mine
    ready.channel = "-1001"
    ready.does(BEN, Migrated(to="-1002"), group=True)
    ready.channel = "-1002"
    assert ready.circle().id == mine


@BOTH
def test_a_place_that_is_called_something_else_is_called_so_here(ready: Team) -> None:
    ready.does(BEN, Renamed(), group=True, title="Ward Eight")
    ready.until(OPENS)
    assert "Ward Eight" in "\n".join(one.text for one in ready.opens(BEN, ANSWER))


@ONE
def test_what_happens_in_a_place_without_a_circle_is_no_error(team: Team) -> None:
    bodies: tuple[Body, ...] = (Left(), Returned(), Parted(), Renamed(), Migrated(to="-1002"))
    for body in bodies:
        team.does(HOST, body, group=True, title="Ward Seven")
    assert team.seen == []


# --- what it has set itself ---------------------------------------------------------------------

YES, NO = "Yes, that is ours", "No, not that"
ASPIRATION = "We say it while it is small."


def _proposed(team: Team) -> None:
    team.sets_up(HOST, *USUAL[:-1], ASPIRATION)
    team.says(HOST, "done")
    team.says(HOST, "skip")
    for who in (BEN, CARO, DEV):
        team.joins(who)


@BOTH
def test_what_more_than_half_agree_to_stands_at_the_beginning_of_each_round(team: Team) -> None:
    _proposed(team)
    for who in (BEN, CARO):
        assert "nobody sees which" in team.presses(who, YES)
    team.until(OPENS)
    assert ASPIRATION not in opening(team)
    team.presses(DEV, YES)
    team.goes_by(MARK)
    assert ASPIRATION in opening(team)


@ONE
def test_one_no_is_enough_and_nobody_sees_whose_it_was(team: Team) -> None:
    _proposed(team)
    for who in (HOST, BEN, CARO):
        team.presses(who, YES)
    assert team.presses(DEV, NO) == team.presses(BEN, YES)
    before = list(team.texts)
    team.goes_by(timedelta(hours=1))
    assert team.texts == before
    team.until(OPENS)
    assert ASPIRATION not in opening(team)
    team.presses(DEV, YES)
    team.goes_by(MARK)
    assert ASPIRATION in opening(team)


@ONE
def test_whoever_is_no_member_does_not_agree_for_the_others(team: Team) -> None:
    _proposed(team)
    for who in (BEN, CARO, EVE, ""):
        team.presses(who, YES)
    team.until(OPENS)
    assert ASPIRATION not in opening(team)


@ONE
def test_another_aspiration_is_agreed_to_anew(team: Team) -> None:
    _proposed(team)
    for who in (HOST, BEN, CARO):
        team.presses(who, YES)
    tends(team, HOST, "Change how it is set up")
    for answer in (*USUAL[:-1], "We ask before we advise."):
        team.says(HOST, answer)
    team.says(HOST, "done")
    team.until(OPENS)
    assert ASPIRATION not in opening(team)
    assert "We ask before we advise." not in opening(team)
