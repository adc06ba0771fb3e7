"""`docs/circle-word-for-word.md` says what a circle is told today.

`SKERRY_CATALOGUE=write` writes it anew, to be read aloud.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.store.opening import Store
from tests.circles.conftest import BEN, CARO, DEV, HOST, PEOPLE
from tests.circles.looking import CLOSES, OPENS
from tests.circles.team import Message, Team

PAGE = Path(__file__).parents[2] / "docs" / "circle-word-for-word.md"
#: What each writes: what they see, think, saw, and ask; and how it is shown.
SAID = {
    BEN: (
        "The late shift hears of changes last.",
        "I would like ten minutes at handover.",
        "On Tuesday the new rota hung there, and nobody had said a word.",
        "What would make ten minutes possible?",
        "With my name",
    ),
    CARO: (
        "We have stopped asking each other for help.",
        "I think we are all tired.",
        "Twice this week I carried something alone, and so did you.",
        "Whom did you last ask?",
        "Without my name",
    ),
    DEV: (
        "Families notice when we talk with each other.",
        "More of that.",
        "A daughter said so at the door on Sunday.",
        "Where do we already do it well?",
        "With my name",
    ),
}


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_the_page_is_current(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    # People in the order in which they came: the lot then draws the same each time.
    monkeypatch.setattr("bot.store.people.new_id", map("{:032x}".format, count(1)).__next__)
    told = "\n".join(page(Team(store))).rstrip() + "\n"
    if os.environ.get("SKERRY_CATALOGUE") == "write":
        PAGE.write_text(told, encoding="utf-8")
    written = PAGE.read_text(encoding="utf-8")
    assert told == written, "write it anew: SKERRY_CATALOGUE=write, and this test"


def page(team: Team) -> Iterator[str]:
    yield "# A circle, word for word\n"
    yield "This page is played by a test, so it is what Skerry says today. Ada hosts a circle of"
    yield "seven in the channel *Ward Seven*. What follows `>` is said; buttons stand in [ ]. The"
    yield "page for hosts is [circles.md](circles.md).\n"
    team.joins_skerry(*PEOPLE)
    yield "## In the channel: Skerry is let in, and Ada sets it up\n"
    team.sets_up(HOST)
    yield from said(team.seen)
    yield "## In Ben's own chat: he joins by the button\n"
    before = len(team.said[BEN])
    team.joins(BEN, "Ben")
    yield from said(team.said[BEN][before:])
    for who, name in ((CARO, "Caro"), (DEV, "Dev"), *((one, "") for one in PEOPLE[4:])):
        team.joins(who, name)
    team.says(HOST, "Ada")
    team.says(HOST, "done")
    yield "## In the channel, on Monday at 09:30\n"
    before = len(team.seen)
    team.until(OPENS)
    yield from said(team.seen[before:])
    yield "## In Ben's own chat: he answers, and sees what he would show\n"
    before = len(team.said[BEN])
    answers(team, BEN)
    yield from said(team.said[BEN][before:])
    answers(team, CARO)
    answers(team, DEV)
    yield "## In the channel, five minutes later: the first message reads anew\n"
    team.goes_by(timedelta(minutes=5))
    yield from said([first(team)])
    yield "## In Ada's own chat, a day before the close: a line for who has not answered\n"
    before = len(team.said[HOST])
    team.until(CLOSES - timedelta(hours=23))
    yield from said(team.said[HOST][before:])
    yield "## In the channel, on Thursday at noon: all at once, in one thread\n"
    before = len(team.seen)
    team.until(CLOSES)
    yield from said([first(team), *team.seen[before:]])
    yield "## The question that is taken up\n"
    yield f"Ben presses [1]. For his eyes alone:\n\n> {team.presses(BEN, '1')}\n"
    team.presses(CARO, "1")
    before = len(team.seen)
    team.until(CLOSES + timedelta(days=1))
    yield from said(team.seen[before:])
    yield "## A week after it opened: what came of it?\n"
    before = len(team.seen)
    team.until(OPENS + timedelta(days=7))
    yield from said(team.seen[before:])
    yield '## Ben looks after his circles: he writes "circle" to Skerry\n'
    yield from said(team.says(BEN, "circle"))
    yield from said(team.says(BEN, "1"))


def answers(team: Team, who: str) -> None:
    team.opens(who, "Answer in my own chat")
    *parts, choice = SAID[who]
    for part in parts:
        team.says(who, part)
        team.says(who, "done")
    team.says(who, choice)


def first(team: Team) -> Message:
    """The message that opened the round, as it reads now."""
    return next(each for each in team.seen if "Answer in my own chat" in each.labels)


def said(messages: list[Message]) -> Iterator[str]:
    for each in messages:
        lines = each.text.splitlines()
        yield "\n".join(f"> {line}".rstrip() for line in lines)
        if each.labels:
            yield ">\n> " + " ".join(f"[{label}]" for label in each.labels)
        yield ""
