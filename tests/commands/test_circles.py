"""`skerry circles`: what staff see of circles, and what they can do with one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.records import Platform
from bot.store import circles, people
from bot.store.circles import State
from tests.commands.skerry import Skerry

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture
def skerry(tmp_path: Path) -> Skerry:
    return Skerry(tmp_path)


@pytest.fixture
def circle(skerry: Skerry) -> str:
    """A circle of one, who hosts it, and its id."""
    with skerry.store() as store:

        def make(conn: Connection) -> str:
            made = circles.add(
                conn,
                store.keys,
                Platform.SLACK,
                "T1:C1",
                title="ward-seven",
                zone="Europe/London",
                language="en",
                now=NOON,
            )
            one = people.add(
                conn, store.keys, Platform.SLACK, "T1:U1", language="en", zone="UTC", now=NOON
            )
            me = one.participant.id
            circles.join(conn, store.keys, made.id, me, name="Ada", host=True, now=NOON)
            circles.change(conn, made.id, state=State.ACTIVE, began_at=NOON, rhythm="weekly")
            return made.id

        found: str = store.writer.submit(make).result()
    return found


def test_where_there_is_none_it_says_how_one_begins(begun: Skerry) -> None:
    assert "Let Skerry into a channel" in begun.does("circles", "list")


def test_a_circle_is_listed_with_how_many_are_in_it_and_not_who(
    skerry: Skerry, circle: str
) -> None:
    said = skerry.does("circles", "list")
    assert circle[:8] in said
    assert "ward-seven" in said
    (told,) = map(json.loads, skerry.does("circles", "list", "--json").splitlines())
    assert (told["circle"], told["members"], told["state"]) == (circle, 1, "active")
    assert "Ada" not in said


def test_a_round_begun_by_staff_is_open_and_does_not_say_how_many_are_in(
    skerry: Skerry, circle: str
) -> None:
    assert "is open until" in skerry.does("circles", "round", circle[:8])
    shown = json.loads(skerry.does("circles", "show", circle[:6], "--json"))
    (held,) = shown["round_list"]
    assert (held["state"], held["voices"]) == ("open", None)
    assert "ward-seven" in skerry.does("circles", "show", circle)


def test_a_circle_that_rests_opens_no_round_by_itself(skerry: Skerry, circle: str) -> None:
    assert "rests" in skerry.does("circles", "rest", circle)
    (told,) = map(json.loads, skerry.does("circles", "list", "--json").splitlines())
    assert (told["rhythm"], told["next"]) == ("on_the_spot", None)


def test_a_circle_whose_host_is_gone_can_be_taken_on(skerry: Skerry, circle: str) -> None:
    skerry.does("circles", "host", circle)
    with skerry.store() as store, store.engine.connect() as conn:
        assert not any(one.host for one in circles.members(conn, circle))


def test_it_is_removed_when_that_is_meant(skerry: Skerry, circle: str) -> None:
    assert "Nothing was removed" in skerry.refuses("circles", "remove", circle, typed="n\n")
    skerry.does("circles", "remove", circle, "--yes")
    assert "No circles yet" in skerry.does("circles", "list")


def test_one_that_is_not_there_is_said_in_one_line(skerry: Skerry, circle: str) -> None:
    assert circle
    assert "skerry circles list" in skerry.refuses("circles", "show", "zz")


def test_no_round_begins_where_nothing_can_be_said(skerry: Skerry, circle: str) -> None:
    with skerry.store() as store:
        away = store.writer.submit(lambda conn: circles.change(conn, circle, state=State.AWAY))
        away.result()
    assert "is away" in skerry.refuses("circles", "round", circle)


def test_two_who_host_together_are_made_a_pair(skerry: Skerry, circle: str) -> None:
    with skerry.store() as store:

        def two(conn: Connection) -> list[str]:
            return [
                people.add(
                    conn, store.keys, Platform.SLACK, place, language="en", zone="UTC", now=NOON
                ).participant.id
                for place in ("T1:U2", "T1:U3")
            ]

        ids = store.writer.submit(two).result()
    when = ("--starts", "2097-02-08T10:00", "--ends", "2097-02-08T11:00")
    assert "a day before" in skerry.does("circles", "pair", *ids, "--names", "Ada, Ben", *when)
    told = [json.loads(line) for line in skerry.does("circles", "list", "--json").splitlines()]
    assert [(each["title"], each["members"]) for each in told] == [
        ("ward-seven", 1),
        ("Ada and Ben", 2),
    ]
    made = told[1]["circle"]
    assert "is a pair" in skerry.refuses("circles", "round", made)
    late = ("--starts", "2017-02-08T10:00", "--ends", "2017-02-08T11:00")
    assert "later one" in skerry.refuses("circles", "pair", *ids, "--names", "Ada, Ben", *late)
    assert "both their names" in skerry.refuses("circles", "pair", *ids, "--names", "Ada", *when)
    odd = ("--starts", "soon", "--ends", "2097-02-08T11:00")
    assert "not a time" in skerry.refuses("circles", "pair", *ids, "--names", "Ada, Ben", *odd)
    nobody = ("0" * 32, ids[0])
    assert "Nobody has" in skerry.refuses("circles", "pair", *nobody, "--names", "A, B", *when)
