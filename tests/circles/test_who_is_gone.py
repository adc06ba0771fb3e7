"""Whoever is forgotten or leaves takes along what was not sent, and no row tells of the rest."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import Connection, delete, select

from bot.adapters.port import Pace, Receipt
from bot.records import Platform
from bot.requests import circles as tending
from bot.requests.desk import Desk
from bot.store import acknowledging, circles, forgetting, lanes, people, rounds, showing
from bot.store.circled import voice
from bot.store.rounds import State
from bot.store.sending import Ending, Sending
from bot.store.tables import outbox
from bot.trust.databases import writing
from tests.circles.conftest import BEN, CARO, DEV, EVE, HOST
from tests.circles.looking import CLOSES, OPENS
from tests.circles.team import Team

#: What is stored is the same on either platform.
pytestmark = pytest.mark.parametrize("team", [Platform.TELEGRAM], indirect=True)
MINUTE = timedelta(minutes=1)
NAMED, UNNAMED = "With my name", "Without my name"
GIVE_WAY = ("forgotten", "left")


@pytest.fixture
def held(ready: Team, monkeypatch: pytest.MonkeyPatch) -> Team:
    """Four have answered and the round has closed; what it shows waits in the outbox."""
    ready.until(OPENS)
    for who, choice in ((BEN, NAMED), (CARO, UNNAMED), (DEV, NAMED), (EVE, NAMED)):
        ready.answers(who, f"kittiwake-{who}", choice)
    holds(ready, monkeypatch)
    ready.until(CLOSES)
    assert shown(ready) == []
    return ready


def holds(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing goes out for now."""
    monkeypatch.setattr(team, "listen", lambda: None)


def goes_on(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything goes out again, and the pulse beats."""
    monkeypatch.undo()
    team.listen()
    settles(team)
    team.beats()


def settles(team: Team) -> None:
    for id_, _ in team.run(lambda conn: showing.unsettled(conn, 9)):
        team.run(lambda conn, id_=id_: showing.settle(conn, team.store.keys, id_))  # type: ignore[misc]


def shown(team: Team) -> list[str]:
    return [text for text in team.texts if "kittiwake" in text]


def gone(team: Team, who: str, how: str = "forgotten") -> str:
    """Somebody is forgotten, or leaves the circle; who they were."""
    store, circle, them = team.store, team.circle().id, team.id_of(who)
    if how == "left":
        team.run(lambda conn: circles.leave(conn, store.keys, circle, them))
    else:
        forgetting.forget(store.engine, store.writer, store.keys, them)
    return them


def claimed(team: Team) -> Sending:
    """The reveal, in the hands of whoever sends it."""

    def take(conn: Connection) -> Sending | None:
        paces = {team.platform: Pace()}
        found, _ = lanes.claim(conn, team.store.keys, team.now, paces, most=9, lease=MINUTE)
        for each in found:
            if any("kittiwake" in part.text for part in each.message.paragraphs):
                return each
            acknowledging.sent(conn, each, Receipt(message="m"), team.now, more=False)
        return None

    for _ in range(50):
        if found := team.run(take):
            return found
    raise AssertionError("no reveal waits")


def rows(team: Team) -> list[tuple[object, ...]]:
    """What the rows of voices hold beside their round and giver."""
    found = select(voice.c.conversation, voice.c.shown_in, voice.c.body)
    return team.run(lambda conn: [tuple(row) for row in conn.execute(found)])


def waiting(team: Team) -> int:
    newest = team.rounds()[0].id
    return len(team.run(lambda conn: rounds.waiting(conn, team.store.keys, newest)))


@pytest.mark.parametrize("how", GIVE_WAY)
def test_a_reveal_that_waits_goes_out_without_the_words_of_whoever_is_gone(
    held: Team, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    gone(held, EVE, how)
    goes_on(held, monkeypatch)
    text = "\n".join(shown(held))
    assert all(f"kittiwake-{who} frame" in text for who in (BEN, CARO, DEV))
    assert f"kittiwake-{EVE}" not in text
    revealed, asked = shown(held)
    assert revealed.count("frame") == 3
    assert asked.count("inquire") == 3
    assert rows(held) == [(None, None, None)] * 3


def test_what_has_too_few_voices_left_is_not_shown_unasked(
    ready: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready.until(OPENS)
    for who in (BEN, CARO, DEV):
        ready.answers(who, f"kittiwake-{who}", NAMED)
    holds(ready, monkeypatch)
    ready.until(CLOSES)
    gone(ready, DEV)
    goes_on(ready, monkeypatch)
    assert shown(ready) == []
    (held,) = ready.rounds()
    assert held.state is State.DECIDING
    assert held.questions == ()
    assert waiting(ready) == 2


def test_what_is_being_sent_may_arrive_and_nothing_of_it_is_said_again(
    held: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = claimed(held)
    gone(held, EVE)
    assert held.run(
        lambda conn: acknowledging.sent(conn, sending, Receipt(message="m9"), held.now)
    )
    goes_on(held, monkeypatch)
    assert shown(held) == []
    assert rows(held) == [(None, None, None)] * 3


def test_what_could_not_be_sent_meanwhile_is_not_tried_again_with_their_words(
    held: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = claimed(held)
    gone(held, EVE)
    held.run(lambda conn: acknowledging.again(conn, sending, held.now, "timeout"))
    goes_on(held, monkeypatch)
    held.goes_by(MINUTE)
    text = "\n".join(shown(held))
    assert f"kittiwake-{BEN}" in text
    assert f"kittiwake-{EVE}" not in text
    assert len(shown(held)) == 2


def test_whoever_is_forgotten_while_it_is_taken_finds_it_on_its_way(held: Team) -> None:
    """On PostgreSQL the two happen at once: one waits for the other, and sees what it did."""
    before = claimed(held)
    held.run(lambda conn: acknowledging.again(conn, before, held.now, "throttled"))
    paces = {held.platform: Pace()}
    forgetter = Thread(target=gone, args=(held, EVE))
    with writing(held.store.engine).begin() as conn:
        (sending,), _ = lanes.claim(conn, held.store.keys, held.now, paces, most=1, lease=MINUTE)
        forgetter.start()
        forgetter.join(0.3)
        assert forgetter.is_alive()
    forgetter.join(20)
    assert held.run(
        lambda conn: acknowledging.sent(conn, sending, Receipt(message="m9"), held.now)
    )
    settles(held)
    assert rows(held) == [(None, None, None)] * 3


def test_what_is_half_said_is_not_said_to_its_end_nor_anew(
    held: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said again without them, the two would tell which words were theirs."""
    sending = claimed(held)
    half = Receipt(message="m9")
    held.run(lambda conn: acknowledging.sent(conn, sending, half, held.now, more=True))
    gone(held, EVE)
    goes_on(held, monkeypatch)
    held.goes_by(MINUTE)
    assert shown(held) == []
    assert rows(held) == [(None, None, None)] * 3


@pytest.mark.parametrize("how", GIVE_WAY)
def test_late_voices_that_wait_come_without_those_of_whoever_is_gone(
    ready: Team, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    ready.until(OPENS)
    for who in (BEN, CARO, DEV):
        ready.answers(who, f"kittiwake-{who}", NAMED)
    ready.until(CLOSES)
    before = len(shown(ready))
    for who in (EVE, HOST):
        ready.answers(who, f"late-{who}", NAMED)
    holds(ready, monkeypatch)
    ready.goes_by(timedelta(days=2))
    gone(ready, EVE, how)
    goes_on(ready, monkeypatch)
    assert len(shown(ready)) == before
    (late,) = [text for text in ready.texts if f"late-{HOST}" in text]
    assert f"late-{EVE}" not in late
    assert set(rows(ready)) == {(None, None, None)}


def test_once_it_is_sent_no_row_says_whose_voice_is_whose(
    held: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(shown_in and body for _, shown_in, body in rows(held))
    monkeypatch.undo()
    held.listen()
    assert rows(held) == [(None, None, None)] * 4


@pytest.mark.parametrize("ending", [Ending.REFUSED, Ending.DEPARTED])
def test_whatever_became_of_the_reveal_no_row_keeps_its_words(held: Team, ending: Ending) -> None:
    sending = claimed(held)
    held.run(lambda conn: acknowledging.ended(conn, sending, ending, "gone", held.now))
    settles(held)
    assert rows(held) == [(None, None, None)] * 4
    assert held.run(lambda conn: showing.unsettled(conn, 9)) == ()


def test_voices_whose_message_nobody_knows_any_more_are_let_go(held: Team) -> None:
    circle = held.circle().id
    held.run(lambda conn: conn.execute(delete(outbox).where(outbox.c.owner == circle)))
    settles(held)
    assert rows(held) == [(None, None, None)] * 4


def test_a_voice_that_is_queued_is_not_given_twice(
    held: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert waiting(held) == 0
    (one,) = held.rounds()
    conversation = "c" * 32
    them = held.id_of(BEN)
    assert held.run(lambda conn: rounds.take_back(conn, them, conversation)) == ()
    held.run(lambda conn: rounds.let_go(conn, one.id))
    goes_on(held, monkeypatch)
    assert len(shown(held)) == 2


def test_whoever_has_given_nothing_goes_and_nothing_is_called_back(
    held: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone(held, "7")
    goes_on(held, monkeypatch)
    assert f"kittiwake-{EVE}" in "\n".join(shown(held))
    assert len(rows(held)) == 4


def test_the_circle_of_a_host_who_is_forgotten_stays_and_anybody_can_take_it_on(
    ready: Team,
) -> None:
    circle = ready.circle()
    assert not may_change(ready, BEN)
    host = gone(ready, HOST)
    assert ready.circle() == circle
    there = ready.run(lambda conn: circles.members(conn, circle.id))
    assert host not in {one.participant for one in there}
    assert may_change(ready, BEN)
    ready.until(OPENS)
    assert ready.rounds()[0].state is State.OPEN


def may_change(team: Team, who: str) -> bool:
    def ask(conn: Connection) -> bool:
        present = people.find(conn, team.platform, who)
        assert present is not None
        desk = Desk(conn=conn, house=team.house(), now=team.now, present=present)
        found = circles.at(conn, team.store.keys, team.platform, team.channel)
        assert found is not None
        return tending.may_change(desk, found)

    return team.run(ask)


def test_a_round_that_is_over_is_gone_with_all_that_was_in_it(
    held: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on(held, monkeypatch)
    (first,) = held.rounds()
    assert first.over_at is not None
    held.until(first.over_at)
    assert first.id not in {each.id for each in held.rounds()}
    left = select(voice.c.round).where(voice.c.round == first.id)
    assert held.run(lambda conn: conn.execute(left).all()) == []
