"""How long a circle is kept, and what becomes of one whose key is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select
from structlog.testing import capture_logs

from bot.adapters.port import Pace
from bot.delivery.deliverer import Deliverer
from bot.doors import Doors
from bot.records import Address, Arrived, Left, Outbound, Paragraph, Platform
from bot.requests import reach
from bot.store import (
    acknowledging,
    circles,
    forgetting,
    lanes,
    outbox,
    rounds,
)
from bot.store.circled import voice
from bot.store.circles import Circle, State
from bot.store.tables import metadata
from bot.store.tables import outbox as messages
from bot.trust.keyring import DEPLOYMENT
from tests.circles.conftest import BEN, CARO, DEV, EVE, HOST
from tests.circles.looking import CLOSES, OPENS
from tests.circles.team import CHANNEL, USUAL, WORDED, Team
from tests.fakes.adapter import FakeAdapter

#: What is stored is the same on either platform.
pytestmark = pytest.mark.parametrize("team", [Platform.TELEGRAM], indirect=True)
DAY = timedelta(days=1)


def doors(team: Team) -> Doors:
    store, adapters = team.store, {team.platform: FakeAdapter(team.platform)}
    deliverer = Deliverer(store.writer, store.keys, adapters, lambda: team.now)
    return Doors(team.house(), store, deliverer, adapters, lambda: team.now)


def of_circles(team: Team) -> dict[str, int]:
    """How many rows the tables of circles hold."""
    names = ("circle", "circle_member", "round", "voice", "vote")
    counted = {name: select(func.count()).select_from(metadata.tables[name]) for name in names}
    return team.run(lambda conn: {name: conn.scalar(each) or 0 for name, each in counted.items()})


def known(team: Team, message: str) -> str:
    return team.run(lambda conn: outbox.receipt(conn, message))


# How long it is kept.


async def test_a_circle_that_was_away_for_longer_than_words_are_kept_is_gone_with_its_key(
    ready: Team,
) -> None:
    circle = ready.circle()
    ready.until(OPENS)
    ready.answers(BEN, "kittiwake", "With my name")
    ready.does("", Left(), group=True)
    left = ready.now
    for now, stays in ((left + 360 * DAY, True), (left + 370 * DAY, False)):
        await doors(ready).sweep(now)
        assert (circle.id in ready.store.keys.owners()) is stays
    assert set(of_circles(ready).values()) == {0}
    owned = select(messages.c.id).where(messages.c.owner == circle.id)
    assert ready.run(lambda conn: conn.execute(owned).all()) == []


async def test_a_circle_that_is_back_counts_its_time_away_anew(ready: Team) -> None:
    ready.does("", Left(), group=True)
    ready.goes_by(300 * DAY)
    ready.does("", Arrived(), group=True, title="Ward Seven")
    assert ready.circle().state is State.ACTIVE
    ready.does("", Left(), group=True)
    ready.does("", Left(), group=True)  # Which does not put it off.
    await doors(ready).sweep(ready.now + 100 * DAY)
    assert ready.circle().state is State.AWAY


async def test_a_set_up_that_nobody_goes_on_with_is_folded_without_a_word_and_begins_anew(
    team: Team,
) -> None:
    team.does(HOST, Arrived(), group=True, title="Ward Seven")
    folded = team.circle()
    team.now += 20 * DAY
    team.opens(HOST, "Set up a circle")
    await doors(team).sweep(team.now + 29 * DAY)
    assert team.circle().id == folded.id
    before = list(team.texts)
    team.now += 31 * DAY
    await doors(team).sweep(team.now)
    team.listen()
    assert set(of_circles(team).values()) == {0}
    assert folded.id not in team.store.keys.owners()
    assert team.texts == before
    for answer in USUAL:  # Of what they were in the middle of.
        team.says(HOST, answer)
        team.says(HOST, "done") if answer in WORDED else None
    assert "no such circle" in team.last(HOST)

    team.commands(HOST, "circle")
    assert team.texts == [*before, before[0]]
    team.now += 31 * DAY
    await doors(team).sweep(team.now)
    team.sets_up(HOST)
    begun = team.circle()
    await doors(team).sweep(team.now + 60 * DAY)
    assert team.circle() == begun


def test_a_circle_is_away_once_its_platform_says_so_of_a_message(ready: Team) -> None:
    there = Address(id="", participant="", platform=ready.platform, place=CHANNEL)
    ready.run(lambda conn: reach.departed(conn, there, ready.now))
    assert ready.circle().state is State.AWAY


def test_a_circle_goes_along_when_a_message_finds_its_place_moved(ready: Team) -> None:
    there = ready.circle()
    paces = {ready.platform: Pace()}

    def moves(conn: Connection) -> None:
        message = Outbound(paragraphs=(Paragraph(text="Hello."),))
        place = Address(id=there.id, participant="", platform=ready.platform, place=CHANNEL)
        outbox.add(conn, ready.store.keys, place, message, now=ready.now, owner=there.id)
        (taken,), _ = lanes.claim(
            conn, ready.store.keys, ready.now, paces, most=1, lease=timedelta(minutes=1)
        )
        assert acknowledging.follow(conn, taken, "-1009", ready.now)

    ready.run(moves)
    ready.channel = "-1009"
    assert ready.circle() == replace(there, place="-1009")


def test_the_message_of_a_round_is_known_for_as_long_as_the_round(ready: Team) -> None:
    ready.until(OPENS)
    for who in (BEN, CARO, DEV):
        ready.answers(who, f"kittiwake-{who}", "With my name")
    ready.until(CLOSES)
    (held,) = ready.rounds()
    assert known(ready, held.message)
    for before in (ready.now, ready.now + 40 * DAY):
        while ready.run(lambda conn, at=before: outbox.purge(conn, at)):  # type: ignore[misc]
            pass
    assert known(ready, held.message)
    left = select(messages.c.id).where(messages.c.owner == held.circle)
    assert ready.run(lambda conn: conn.execute(left).scalars().all()) == [held.message]
    ready.run(lambda conn: rounds.remove(conn, held.id))
    while ready.run(lambda conn: outbox.purge(conn, ready.now + 40 * DAY)):
        pass
    assert known(ready, held.message) == ""


def test_who_chose_which_question_is_kept_until_one_is_taken_up(ready: Team) -> None:
    ready.until(OPENS)
    for who in (BEN, CARO, DEV):
        ready.answers(who, f"kittiwake-{who}", "With my name")
    ready.until(CLOSES)
    for who in (BEN, EVE):
        ready.presses(who, "2")
    (held,) = ready.rounds()
    assert of_circles(ready)["vote"] == 2
    assert held.vote_until is not None
    ready.until(held.vote_until)
    assert of_circles(ready)["vote"] == 0
    assert ready.rounds()[0].taken_up == held.questions[1]


def test_what_ended_in_a_circle_stays_known_for_a_while_and_to_a_stranger_not_at_all(
    ready: Team,
) -> None:
    circle = ready.circle()
    owned = select(func.count()).select_from(messages).where(messages.c.owner == circle.id)
    before = ready.run(lambda conn: conn.scalar(owned))
    nobody = Address(id="s" * 32, participant="", platform=ready.platform, place="stranger")
    bye = Outbound(paragraphs=(Paragraph(text="Goodbye."),))
    ready.run(
        lambda conn: outbox.add(
            conn, ready.store.keys, nobody, bye, now=ready.now, owner=DEPLOYMENT
        )
    )
    ready.listen()
    assert ready.run(lambda conn: outbox.purge(conn, ready.now - 30 * DAY)) == 1
    assert ready.run(lambda conn: conn.scalar(owned)) == before


async def test_the_pulse_lets_go_of_words_that_no_message_will_show(
    ready: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready.until(OPENS)
    for who in (BEN, CARO, DEV):
        ready.answers(who, f"kittiwake-{who}", "With my name")
    monkeypatch.setattr(ready, "listen", lambda: None)
    ready.until(CLOSES)
    words = select(func.count()).select_from(voice).where(voice.c.body.is_not(None))
    assert ready.run(lambda conn: conn.scalar(words)) == 3
    ready.does("", Left(), group=True)
    await doors(ready).circle(ready.now)
    assert ready.run(lambda conn: conn.scalar(words)) == 0


# Without its key.


@pytest.fixture
def keyless(ready: Team) -> Circle:
    """A circle whose key is gone while its rows are there, in the middle of a round."""
    ready.until(OPENS)
    for who in (BEN, CARO, DEV, EVE):
        ready.answers(who, f"kittiwake-{who}", "With my name")
    circle = ready.circle()
    ready.store.keys.forget(circle.id)
    return circle


async def test_the_pulse_goes_on_beside_a_circle_without_its_key(
    ready: Team, keyless: Circle
) -> None:
    other = ready.run(
        lambda conn: circles.add(
            conn,
            ready.store.keys,
            ready.platform,
            "-1002",
            title="Ward Eight",
            zone="Europe/London",
            language="en",
            now=ready.now,
        )
    )
    opens = {"state": State.ACTIVE, "next_at": CLOSES, "began_at": ready.now}
    ready.run(lambda conn: circles.change(conn, other.id, **opens))
    ready.now = CLOSES + timedelta(minutes=10)
    with capture_logs() as logs:
        await doors(ready).circle(ready.now)
        await doors(ready).retell(ready.now)
    held = ready.run(lambda conn: rounds.of_circle(conn, ready.store.keys, other.id))
    assert [each.number for each in held] == [1]
    said = {(log["circle"], log["error"]) for log in logs}
    assert said == {(keyless.id, "KeyGoneError")}
    assert len(logs) == 2  # What is due in its round, and the count to be said anew.
    with capture_logs() as logs:
        await doors(ready).circle(ready.now + timedelta(seconds=1))
        await doors(ready).retell(ready.now + timedelta(seconds=1))
    assert logs == []  # It is put off, and not tried each second.


async def test_a_circle_without_its_key_is_swept_and_no_other(
    ready: Team, keyless: Circle
) -> None:
    await doors(ready).sweep(ready.now)
    assert set(of_circles(ready).values()) == {0}
    assert ready.run(lambda conn: circles.sweep_keyless(conn, ready.store.keys)) == 0
    assert ready.says(BEN, "circles")


def test_a_circle_with_its_key_is_not_swept(ready: Team) -> None:
    assert ready.run(lambda conn: circles.sweep_keyless(conn, ready.store.keys)) == 0
    assert ready.circle().title == "Ward Seven"


def test_whoever_is_in_a_circle_without_its_key_can_be_forgotten(
    ready: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready.until(OPENS)
    for who in (BEN, CARO, DEV, EVE):
        ready.answers(who, f"kittiwake-{who}", "With my name")
    monkeypatch.setattr(ready, "listen", lambda: None)
    ready.until(CLOSES)
    store, circle, them = ready.store, ready.circle().id, ready.id_of(EVE)
    store.keys.forget(circle)
    forgetting.forget(store.engine, store.writer, store.keys, them)
    assert of_circles(ready)["voice"] == 3
    monkeypatch.undo()
    ready.listen()
    assert not any("kittiwake" in text for text in ready.texts)
