"""What of a circle stands in a member's own export, and in nobody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.records import Platform
from bot.store import people
from tests.circles.conftest import BEN, CARO, DEV, EVE, GRETA, HOST
from tests.circles.looking import CLOSES, OPENS
from tests.circles.team import Team
from tests.journeys.test_what_is_kept import _Page

#: What is stored is the same on either platform.
pytestmark = pytest.mark.parametrize("team", [Platform.TELEGRAM], indirect=True)
PARTS = ("frame", "advocate", "illustrate", "inquire")


def exported(team: Team, who: str, word: str = "export") -> tuple[str, dict[str, Any]]:
    """What somebody reads on the page, and the data."""
    files = next(each.message.files for each in team.says(who, word) if each.message.files)
    page, data = files
    read = _Page()
    read.feed(page.content.decode())
    assert read.open == []
    return read.text, json.loads(data.content)


def test_a_member_has_their_circles_and_the_name_they_gave_there(ready: Team) -> None:
    page, data = exported(ready, BEN)
    assert "Your circles" in page
    assert "Ward Seven" in page
    assert "The name you gave there: Ben" in page
    assert "You host it." not in page
    (circle,) = data["circles"]
    assert circle.pop("joined_at").startswith("2026-11-06T09:")
    assert circle == {
        "title": "Ward Seven",
        "name": "Ben",
        "host": False,
        "agrees_with_its_aspiration": None,
    }
    assert data["rounds"] == []


def test_a_host_is_told_that_they_are_one(ready: Team) -> None:
    page, data = exported(ready, HOST)
    assert "You host it." in page
    assert data["circles"][0]["host"] is True


def test_whoever_is_in_no_circle_has_none_there(team: Team) -> None:
    assert not any(each.message.files for each in team.says(GRETA, "export"))


def test_what_waits_for_a_round_is_exported_until_it_is_shown(
    ready: Team,
) -> None:
    ready.until(OPENS)
    for who, choice in ((BEN, "With my name"), (CARO, "Without my name"), (DEV, "With my name")):
        ready.answers(who, f"kittiwake-{who}", choice)
    (given,) = exported(ready, BEN)[1]["rounds"]
    assert given == {
        "circle": "Ward Seven",
        "waiting_to_be_shown": True,
        "name": "Ben",
        "words": [f"kittiwake-{BEN} {part}" for part in PARTS],
        "question_chosen": None,
    }
    page, data = exported(ready, CARO)
    assert page.count(f"kittiwake-{CARO} frame") == 2  # As an answer, and as what waits.
    assert data["rounds"][0]["name"] is None
    ready.until(CLOSES)
    page, data = exported(ready, CARO)
    assert page.count(f"kittiwake-{CARO} frame") == 1
    assert "What you gave to rounds" not in page
    assert data["rounds"][0]["waiting_to_be_shown"] is False
    assert data["rounds"][0]["words"] == []


def test_the_question_somebody_chose_is_exported_to_them_alone(ready: Team) -> None:
    ready.until(OPENS)
    for who in (BEN, CARO, DEV):
        ready.answers(who, f"kittiwake-{who}", "With my name")
    ready.until(CLOSES)
    (held,) = ready.rounds()
    ready.presses(EVE, "2")
    page, data = exported(ready, EVE)
    assert held.questions[1] in page
    assert [each["question_chosen"] for each in data["rounds"]] == [held.questions[1]]
    assert held.questions[1] not in json.dumps(exported(ready, GRETA)[1])


def test_nobody_has_the_words_or_the_name_of_another_in_theirs(ready: Team) -> None:
    ready.until(OPENS)
    ready.answers(BEN, "kittiwake", "With my name")
    page, data = exported(ready, CARO)
    for theirs in ("kittiwake", "Ben"):
        assert theirs not in page
        assert theirs not in json.dumps(data)


@pytest.mark.parametrize("said", ["Dy gylchoedd", "Yr enw a roddaist ti yno: Ben"])
def test_it_is_said_in_welsh_too(ready: Team, said: str) -> None:
    them = ready.id_of(BEN)
    ready.run(lambda conn: people.change(conn, them, language="cy"))
    assert said in exported(ready, BEN, "allforio")[0]
