"""Renewing: a year after words were shared, their giver is asked whether they may stay shared.

One message a day at most, with the words as they are shared, in the giver's own hours and never
into a conversation. Silence leaves all as it is, and ends the asking.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never

from sqlalchemy import Connection

from bot.engine.conversation import Status
from bot.prompts.dates import on_day
from bot.records import LaneClass, Option, Outbound, Paragraph, Quote
from bot.requests.desk import Desk, House
from bot.requests.hours import BEING_HAD
from bot.requests.notices import ANY_DAY
from bot.store import conversations, dues, people, rhythms, shared
from bot.store.dues import Due, Kind
from bot.store.retention import months_before
from bot.store.shared import Shared
from scheduler.calendar import zone
from scheduler.campaign import Dates, Open, Step
from scheduler.course import course
from scheduler.verdict import Beside, Case, Defer, Expire, Go, Skip, verdict

#: After so many months somebody is asked.
AFTER_MONTHS = 12
#: Nobody is asked twice within this time, and so long an answer may be written.
ONE_A_DAY = timedelta(days=1)
#: How many people are found in one go.
_AT_ONCE = 200
#: What stands for the campaign of what is due here; no campaign's name has a `-`.
_NAME = "consent-again"
#: As a notice it comes on any day; unlike one it waits while a conversation is open.
_STEP = Step(
    id="consent",
    practice="consent",
    when=Dates(kind="dates", on=(date(2000, 1, 1),)),
    at="09:00",
    open=Open.QUEUE,
)
#: What its buttons send back begins so; then what is chosen, and the id of what is shared.
BUTTON = "consent:"
_STAY, _BACK = "stay", "back"
_TOKEN = re.compile(rf"{BUTTON}({_STAY}|{_BACK}):([0-9a-f]{{32}})")
#: How it is told with whom words without a name are shared, where a name might have gone along.
_NAMELESS = {"named": "level_unnamed", "public": "level_public_nameless"}


def plan(conn: Connection, now: datetime) -> int:
    """Note to whom something is due, some at a time; says to how many people."""
    ids = shared.to_be_asked(conn, months_before(now, AFTER_MONTHS), now, most=_AT_ONCE)
    found = [
        Due(
            campaign=_NAME,
            step=_STEP.id,
            participant=each,
            kind=Kind.CONSENT,
            name=_STEP.id,
            planned_at=now,
            at=now,
        )
        for each in ids
    ]
    dues.add(conn, found)
    return len(found)


def call(conn: Connection, house: House, due: Due, now: datetime) -> int:
    """Ask about the words shared longest ago, or put it off; how many messages it came to.

    What is due stays for a day, so that nothing more is asked within that day.
    """
    whose = due.participant
    found = shared.longest_unasked(conn, house.keys, whose, months_before(now, AFTER_MONTHS))
    if found is None:
        dues.remove(conn, due)
        return 0
    tomorrow = replace(due, planned_at=now, at=now + ONE_A_DAY, reason="")
    person = rhythms.of(conn, whose)
    present = people.reached(conn, whose)
    if person is None or present is None:
        dues.put(conn, [tomorrow])
        return 0
    case = Case(
        course=course(ANY_DAY, _STEP, person),
        planned_at=due.planned_at,
        due=due.at,
        beside=Beside(open=_is_at_something(conn, house, whose, now)),
    )
    match verdict(case, now):
        case Go():
            desk = Desk(
                conn=conn, house=house, now=now, present=present, lane_class=LaneClass.BROADCAST
            )
            _ask(desk, found)
            shared.asked(conn, whose, found.id, now)
            dues.put(conn, [tomorrow])
            return desk.said
        case Defer(at=at, reason=reason):
            dues.put(conn, [replace(due, at=at, reason=reason)])
        case Skip() | Expire():
            dues.put(conn, [tomorrow])
        case other:
            assert_never(other)
    return 0


def _is_at_something(conn: Connection, house: House, whose: str, now: datetime) -> bool:
    """Whether somebody is being asked something, or answers."""
    return any(
        each.status is Status.OPEN and now - each.touched_at < BEING_HAD
        for each in conversations.open_ones(conn, house.keys, whose)
    )


def _ask(desk: Desk, words: Shared) -> None:
    """Show what is shared, with whom, under what name and since when, and ask in one message."""
    given = datetime.combine(words.given_at, time(12), UTC)
    when = on_day(given, desk.now, zone("UTC"), desk.participant.language)
    nameless = None if words.name else _NAMELESS.get(words.level)
    level = desk.text(nameless or f"level_{words.level}")
    desk.send(
        Outbound(
            paragraphs=(
                *desk.words("consent_again", title=_title(words), when=when),
                *(Quote(text=each) for each in words.paragraphs),
                Paragraph(text=f"{level} {words.name}" if words.name else level),
                *desk.words("consent_again_silence"),
            ),
            options=tuple(
                Option(label=label, token=token) for token, label in _options(desk, words.id)
            ),
        )
    )


def _options(desk: Desk, id_: str) -> tuple[tuple[str, str], ...]:
    return (
        (f"{BUTTON}{_STAY}:{id_}", desk.text("consent_again_stay")),
        (f"{BUTTON}{_BACK}:{id_}", desk.text("consent_again_back")),
    )


def labels(desk: Desk) -> tuple[tuple[str, str], ...]:
    """What may be written in place of pressing a button, by what that sends; for a day only."""
    whose = desk.participant.id
    asked = shared.unanswered(desk.conn, whose, since=desk.now - ONE_A_DAY)
    return () if asked is None else _options(desk, asked)


def take(desk: Desk, token: str) -> None:
    """Let words stay shared or take them back, as often and as late as somebody likes."""
    found = _TOKEN.fullmatch(token)
    chosen, id_ = found.groups() if found else ("", "")
    whose = desk.participant.id
    every = shared.of(desk.conn, desk.house.keys, whose)
    words = next((each for each in every if each.id == id_), None)
    if words is None:
        desk.remark("consent_again_gone")
    elif chosen == _STAY:
        shared.kept(desk.conn, whose, id_, desk.now)
        desk.remark("consent_again_stays", title=_title(words))
    else:
        shared.take_back(desk.conn, whose, id_)
        desk.remark("consent_again_taken_back", title=_title(words))


def _title(words: Shared) -> str:
    return f"{words.title}: {words.about}" if words.about else words.title
