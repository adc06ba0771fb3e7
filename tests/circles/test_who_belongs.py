"""A button's code that is passed on: who is not in the circle's place does not come in by it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot import doors as opened
from bot.delivery.deliverer import Deliverer
from bot.doors import Doors
from bot.records import Inbound, Invited, Platform
from bot.requests import pairs
from bot.store import circles, people
from tests.circles.conftest import BEN, CARO, HOST, ONE
from tests.circles.looking import ANSWER, OPENS
from tests.circles.team import CHANNEL, Team
from tests.circles.test_who_is_in_it import HOSTS, JOIN, NEW, hosts, members, tends
from tests.fakes.adapter import FakeAdapter

SETS_UP = "Set up a circle"


def code(team: Team, label: str) -> str:
    """What a button of the channel's carries."""
    return next(one.option(label) for one in reversed(team.seen) if label in one.labels).token


def heard(team: Team, who: str, since: int = 0) -> str:
    return "\n\n".join(one.text for one in team.said.get(who, [])[since:])


def house(team: Team, adapter: FakeAdapter) -> Doors:
    adapters = {team.platform: adapter}
    deliverer = Deliverer(team.store.writer, team.store.keys, adapters, lambda: team.now)
    return Doors(team.house(), team.store, deliverer, adapters, lambda: team.now)


def brought(team: Team, who: str, token: str, id_: str) -> Inbound:
    return Inbound(platform=team.platform, id=id_, place=who, body=Invited(code=token))


@ONE
def test_somebody_outside_comes_in_by_no_button_and_is_told_what_to_do(ready: Team) -> None:
    ready.until(OPENS)
    tends(ready, HOST, "Hand it on to a new host")
    ready.joins_skerry(NEW)
    for label in (JOIN, SETS_UP, HOSTS, ANSWER):
        since = len(ready.said[NEW])
        ready.does(NEW, Invited(code=code(ready, label), belongs=False))
        told = heard(ready, NEW, since)
        assert "as far as I can see, you are not in it" in told, label
        assert "add you to the group" in told
        assert not any(each in told for each in ("Ward Seven", "Ada", "7"))
    assert ready.conversations(NEW) == 0
    assert (NEW in members(ready), hosts(ready)) == (False, [HOST])


@ONE
def test_somebody_outside_hears_that_and_no_more_in_their_language(ready: Team) -> None:
    brings = Invited(code=code(ready, JOIN), belongs=False)
    ready.does(NEW, brings)
    (told,) = ready.said[NEW]
    assert "you are not in it" in told.text
    theirs = ready.id_of(NEW)
    ready.run(lambda conn: people.change(conn, theirs, language="cy"))
    ready.does(NEW, brings)
    assert "dwyt ti ddim ynddo" in ready.last(NEW)
    assert len(ready.said[NEW]) == 2
    assert ready.conversations(NEW) == 0


@ONE
def test_a_code_is_of_no_use_on_another_platform(ready: Team) -> None:
    elsewhere = Team(ready.store, platform=Platform.SLACK, channel="T1:C1", now=ready.now)
    elsewhere._ids, elsewhere._count = ready._ids, ready._count
    elsewhere.joins_skerry("T1:U1")
    elsewhere.does("T1:U1", Invited(code=code(ready, JOIN)))
    assert "you are not in it" in elsewhere.last("T1:U1")
    assert elsewhere.conversations("T1:U1") == 0


@ONE
def test_nobody_comes_in_between_two_who_host_together(ready: Team) -> None:
    two = {ready.id_of(BEN): "Ben", ready.id_of(CARO): "Caro"}
    made = ready.run(
        lambda conn: pairs.plan(
            conn,
            ready.house(),
            two,
            ready.platform,
            title="A session",
            starts=ready.now + timedelta(hours=1),
            ends=ready.now + timedelta(hours=2),
            now=ready.now,
        )
    )
    ready.joins_skerry(NEW)
    ready.does(NEW, Invited(code=f"cj-{made.code}"))
    assert "you are not in it" in ready.last(NEW)
    assert len(ready.run(lambda conn: circles.members(conn, made.id))) == 2


# --- what is asked of the platform --------------------------------------------------------------


@ONE
async def test_the_platform_is_asked_of_whoever_is_no_member_and_its_word_holds(
    ready: Team,
) -> None:
    ready.joins_skerry(NEW)
    adapter, token = FakeAdapter(ready.platform), code(ready, JOIN)
    doors = house(ready, adapter)
    adapter.members[CHANNEL, NEW] = False
    await doors.hear(brought(ready, NEW, token, "one"))
    ready.listen()
    assert "you are not in it" in ready.last(NEW)
    adapter.members[CHANNEL, NEW] = True
    await doors.hear(brought(ready, NEW, token, "two"))
    ready.listen()
    assert "What name may stand" in ready.last(NEW)
    assert adapter.asked == [(CHANNEL, NEW)] * 2
    for id_, made_up in enumerate((token + "x", "cj-", "ca-nowhere", "abcdefghjk")):
        await doors.hear(brought(ready, NEW, made_up, f"made up {id_}"))
    await doors.hear(brought(ready, BEN, token, "of a member"))
    assert len(adapter.asked) == 2


@ONE
async def test_where_the_platform_takes_too_long_nobody_knows_and_they_are_let_in(
    ready: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(FakeAdapter):
        async def belongs(self, place: str, person: str) -> bool | None:
            await asyncio.sleep(60)
            return await super().belongs(place, person)

    monkeypatch.setattr(opened, "PATIENCE", timedelta(0))
    ready.joins_skerry(NEW)
    await house(ready, Slow(ready.platform)).hear(brought(ready, NEW, code(ready, JOIN), "one"))
    ready.listen()
    ready.says(NEW, "skip")
    assert NEW in members(ready)


@ONE
async def test_a_code_of_a_circle_without_its_key_is_taken_and_set_aside(ready: Team) -> None:
    token = code(ready, JOIN)
    ready.store.keys.forget(ready.circle().id)
    ready.joins_skerry(NEW)
    told = await house(ready, FakeAdapter(ready.platform)).hear(brought(ready, NEW, token, "one"))
    assert told.new
