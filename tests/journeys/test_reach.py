"""Reach: invitations, blocking and coming back, and places of several people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.records import Arrived, Composing, Invited, Left, Press, Returned, Words
from bot.store import cohorts, occasions, people
from tests.journeys.looking import at, parked_ones, person, rows
from tests.journeys.someone import Someone, texts


def invited(
    someone: Someone, name: str = "Spring", days: int | None = None, most: int | None = None
) -> str:
    ends = someone.now + timedelta(days=days) if days else None
    made = someone.asks(
        lambda conn: cohorts.invite(conn, name, now=someone.now, ends_at=ends, capacity=most)
    )
    return made.code


def cohorts_of(someone: Someone) -> tuple[str, ...]:
    id_ = someone.id
    return someone.asks(lambda conn: cohorts.of(conn, id_))


def test_a_stranger_with_an_invitation_is_told_its_cohort_and_then_joins(
    stranger: Someone,
) -> None:
    said = texts(stranger.does(Invited(code=invited(stranger))))
    assert said[0] == 'Your invitation is for "Spring". Good to have you here.'
    assert said[1].startswith("Hello, I am Skerry.")
    assert at(stranger) == "join.consent"
    assert cohorts_of(stranger) == ("Spring",)


def test_somebody_who_is_here_joins_one_more_cohort_and_goes_on(someone: Someone) -> None:
    someone.says("journal")
    someone.does(Invited(code=invited(someone)))
    said = texts(someone.does(Invited(code=invited(someone, "Autumn"))))
    assert "Autumn" in said[0]
    assert cohorts_of(someone) == ("Autumn", "Spring")
    assert at(someone) == "nudge.moment"


@pytest.mark.parametrize("code", ["nonsense", "' OR 1=1 --", ""])
def test_an_invitation_nobody_knows_shuts_nobody_out(stranger: Someone, code: str) -> None:
    said = texts(stranger.does(Invited(code=code)))
    assert said[0].startswith("I do not know that invitation")
    assert at(stranger) == "join.consent"
    assert cohorts_of(stranger) == ()


def test_an_invitation_whose_time_is_over_is_one_nobody_knows(stranger: Someone) -> None:
    code = invited(stranger, days=1)
    stranger.now += timedelta(days=1)
    assert texts(stranger.does(Invited(code=code)))[0].startswith("I do not know")


def test_whoever_comes_when_all_places_are_taken_is_told_so_and_welcomed(
    someone: Someone, stranger: Someone
) -> None:
    code = invited(someone, most=1)
    someone.does(Invited(code=code))
    stranger.now = someone.now
    said = texts(stranger.does(Invited(code=code)))
    assert said[0].startswith(
        'The invitation for "Spring" has no place left, so you are not in it.'
    )
    assert said[1].startswith("Hello, I am Skerry.")
    assert at(stranger) == "join.consent"
    assert (cohorts_of(someone), cohorts_of(stranger)) == (("Spring",), ())
    again = texts(someone.does(Invited(code=code)))
    assert again[0] == 'Your invitation is for "Spring". Good to have you here.'


def test_following_an_invitation_undoes_a_stop_as_start_does(someone: Someone) -> None:
    code = invited(someone)
    someone.says("stop")
    someone.does(Invited(code=code))
    assert person(someone).standing == "active"


def test_whoever_blocks_us_is_sent_nothing_until_they_are_heard_again(someone: Someone) -> None:
    someone.says("journal")
    assert someone.does(Left()) == []
    assert someone.is_due("weekly", "week 5") == []
    theirs = someone.id
    planned = someone.asks(lambda conn: occasions.all_of(conn, theirs))
    assert [(each.state, each.reason) for each in planned] == [("skipped", "unreachable")]
    assert someone.does(Returned()) == []
    assert texts(someone.is_due("weekly", "week 6")) != []


def test_words_from_somebody_who_was_gone_are_answered(someone: Someone) -> None:
    someone.does(Left())
    assert texts(someone.says("help"))[0].startswith("Skerry is automated.")
    theirs = someone.id
    assert someone.asks(lambda conn: people.places_gone(conn, theirs)) == frozenset()


@pytest.mark.parametrize("body", [Left(), Returned()])
def test_somebody_nobody_knows_may_come_and_go_unnoted(
    stranger: Someone, body: Left | Returned
) -> None:
    before = rows(stranger)
    assert stranger.does(body) == []
    after = rows(stranger)
    assert {name for name in after if after[name] != before[name]} <= {"inbound", "outbox_bot"}


def test_a_group_is_offered_a_circle_and_nobody_in_it_is_noted(someone: Someone) -> None:
    before = rows(someone)
    for body in (Arrived(), Words(message="1", text="")):
        someone.does_in("-100", body)
    assert texts(someone.told[-2:]) == [texts(someone.told[-1:])[0]] * 2
    assert "I do not read along" in texts(someone.told[-1:])[0]
    assert someone.elsewhere == ["-100", "-100"]
    after = rows(someone)
    assert after["participant"] == before["participant"]
    assert after["conversation"] == before["conversation"]
    assert after["circle"] == before["circle"] + 1


@pytest.mark.parametrize(
    "body", [Press(token="x"), Composing(), Left(), Invited(code="x"), Returned()]
)
def test_nothing_else_in_a_group_is_answered(
    someone: Someone, body: Press | Composing | Left | Invited | Returned
) -> None:
    assert someone.does_in("-100", body) == []
    assert parked_ones(someone) == 0
