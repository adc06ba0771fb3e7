"""Notices: one message of staff to an audience, within each person's hours unless it is urgent.

A notice is named by what it says, to whom and on which day. So the same command again goes on
where the first was cut short, and says nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from hashlib import blake2b
from typing import assert_never

from sqlalchemy import Connection

from bot.records import LaneClass, Occasion, Outbound, Paragraph
from bot.requests.desk import Desk, House
from bot.store import dues, notices, occasions, people, rhythms
from bot.store.dues import Due
from bot.store.notices import STEP, Notice
from bot.store.occasions import State
from scheduler.campaign import Campaign, Dates, Step, Weekday
from scheduler.course import course
from scheduler.holidays import NONE
from scheduler.person import Person
from scheduler.reasons import Reason
from scheduler.verdict import Case, Defer, Expire, Go, Skip, verdict

#: The most letters of a notice.
LONGEST = 1500
#: How the names of those begin that say what came of a count, and come from nobody.
GIVEN = "given-"
#: A message comes on any day: only hours, people's own holidays, pauses and a stop hold it back.
_STEP = Step(id=STEP, practice=STEP, when=Dates(kind="dates", on=(date(2000, 1, 1),)), at="09:00")
ANY_DAY = Campaign(
    name=STEP,
    title=STEP,
    starts=date(2000, 1, 1),
    holidays=NONE,
    working_days=tuple(Weekday),
    steps=(_STEP,),
)


def made(text: str, audience: str, *, urgent: bool, now: datetime) -> Notice:
    """A notice of today."""
    key = f"{now:%Y-%m-%d}\n{audience}\n{urgent}\n{text}"
    name = f"notice-{blake2b(key.encode(), digest_size=6).hexdigest()}"
    return Notice(name=name, text=text, urgent=urgent, made_at=now)


def address(conn: Connection, notice: Notice, to: Iterable[Person], now: datetime) -> int:
    """Have a notice said to some hundreds of people; says how many had not been told."""
    ids = notices.unsaid(conn, notice.name, [person.id for person in to])
    dues.put(conn, notices.dues_of(notice.name, ids, now))
    return len(ids)


def call(conn: Connection, house: House, due: Due, now: datetime) -> int:
    """Say it, defer it or end it; how many messages it came to."""
    notice = notices.get(conn, house.keys, due.campaign)
    person = rhythms.of(conn, due.participant)
    present = people.reached(conn, due.participant)
    if notice is None or person is None or present is None:
        dues.remove(conn, due)
        return 0
    found = _verdict(notice, person, due, now)
    if isinstance(found, Defer):
        dues.put(conn, [replace(due, at=found.at, reason=found.reason)])
        return 0
    dues.remove(conn, due)
    occasion = Occasion(
        campaign=notice.name, step=STEP, name=STEP, practice=STEP, participant=person.id
    )
    if not occasions.claim(conn, occasion, now, due.planned_at):
        return 0
    match found:
        case Go():
            desk = Desk(
                conn=conn, house=house, now=now, present=present, lane_class=LaneClass.BROADCAST
            )
            said = (Paragraph(text=part) for part in notice.text.split("\n\n"))
            begin = () if notice.name.startswith(GIVEN) else desk.words("notice")
            desk.send(Outbound(paragraphs=(*begin, *said)))
            occasions.end(conn, occasion, State.SENT, now=now)
            return desk.said
        case Skip(reason=reason) | Expire(reason=reason):
            occasions.end(conn, occasion, State.SKIPPED, now=now, reason=reason)
            return 0
        case other:
            assert_never(other)


def _verdict(
    notice: Notice, person: Person, due: Due, now: datetime
) -> Go | Defer | Skip | Expire:
    """What becomes of it; one that is urgent waits for no hours, and heeds a stop and a pause."""
    under = course(ANY_DAY, _STEP, person)
    if notice.urgent:
        away: Reason | None = under.away(now)
        return Skip(away) if away else Go()
    return verdict(Case(course=under, planned_at=due.planned_at, due=due.at), now)
