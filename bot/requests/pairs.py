"""Pairs: two who host together, each in their own chat, before and after.

A pair is a circle of two without a channel. Each writes alone; what they choose to show goes to
the other when the other's comes to them, and otherwise to nobody. Where the numbers they showed
lie far apart, one more round opens: what might the other have seen?
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.engine.conversation import About
from bot.engine.options import ROUND
from bot.records import LaneClass, Outbound, Platform, Quote
from bot.requests.desk import Asks, Desk, House
from bot.store import circles, outbox, rounds
from bot.store.circles import PAIR, Circle
from bot.store.rounds import Round, State

#: What a pair is asked before it hosts, and afterwards.
BEFORE, AFTER = "host_preparation", "facilitator_debrief"
#: What both are asked then whose numbers for how it went lie so many steps apart.
APART, FAR = "pair_apart", 2
#: How long before and after hosting they are asked, and how long they have afterwards.
EARLIER, LATER, OPEN_FOR = timedelta(days=1), timedelta(minutes=15), timedelta(hours=24)


def plan(  # noqa: PLR0913 - Who hosts what, and when.
    conn: Connection,
    house: House,
    two: Mapping[str, str],
    platform: Platform,
    *,
    title: str,
    starts: datetime,
    ends: datetime,
    now: datetime,
) -> Circle:
    """Make a pair of two people, by their ids with their names, and its two rounds."""
    keys = house.keys
    made = circles.add(
        conn,
        keys,
        platform,
        f"{PAIR}{house.new_id()}",
        title=title,
        zone=house.zone,
        language="en",
        now=now,
    )
    for who, name in two.items():
        circles.join(conn, keys, made.id, who, name=name, host=True, now=now)
    circles.change(conn, made.id, state=circles.State.ACTIVE, began_at=now, rounds=2)
    opens = max(starts - EARLIER, now)
    later = ends + LATER
    for number, (practice, at, until) in enumerate(
        ((BEFORE, opens, max(starts, opens)), (AFTER, later, later + OPEN_FOR)), 1
    ):
        planned = rounds.new(
            made.id,
            number=number,
            practice=practice,
            opened_at=at,
            closes_at=until,
            remind_at=None,
            message="",
        )
        rounds.add(conn, keys, replace(planned, state=State.PLANNED))
    return made


def partner(conn: Connection, house: House, circle: Circle, who: str) -> str:
    """The name of the other one of a pair."""
    other = next(
        (each for each in circles.members(conn, circle.id) if each.participant != who), None
    )
    if other is None:
        return ""
    return circles.name_of(conn, house.keys, circle.id, other.participant) or ""


def open_(
    conn: Connection, circle: Circle, held: Round, desks: Mapping[str, Desk], house: House
) -> tuple[Asks, ...]:
    """Ask both of a pair, each in their own chat; whoever is not there is not waited for."""
    asks: list[Asks] = []
    rounds.save(conn, house.keys, rounds.changed(held, state=State.OPEN))
    for who, desk in sorted(desks.items()):
        if held.practice != APART:
            desk.remark("pair_round_for", partner=partner(desk.conn, house, circle, who))
        about = About(
            id=held.id,
            title=desk.circle(circle.title),
            group=ROUND,
            ends_at=held.closes_at,
            name=circles.name_of(desk.conn, house.keys, circle.id, who) or "",
        )
        asks.append(Asks(desk=desk, practice=held.practice, about=about))
    return tuple(asks)


def reveal(
    conn: Connection, held: Round, desks: Mapping[str, Desk], house: House, now: datetime
) -> None:
    """Show each what the other chose to show, both at once; one alone shows nothing."""
    voices = rounds.waiting(conn, house.keys, held.id)
    both = voices.keys() <= desks.keys() and len(voices) > 1
    for who in sorted(voices.keys() & desks.keys()):
        desk = desks[who]
        if not both:
            desk.remark("pair_folded")
            continue
        for other, words in voices.items():
            if other != who:
                said = desk.words("pair_revealed", partner=words.name)
                quotes = tuple(Quote(text=each) for each in words.paragraphs)
                shown = Outbound(paragraphs=(*said, *quotes), lane_class=LaneClass.BROADCAST)
                # Sealed under its writer's key, so that it goes with them if they are forgotten.
                outbox.add(
                    conn, house.keys, desk.present.address, shown, now=desk.now, owner=other
                )
                desk.said += 1
    rounds.let_go(conn, held.id)
    state = State.SHOWN if both else State.FOLDED
    ended = rounds.changed(held, state=state, closes_at=now, over_at=now + timedelta(days=21))
    rounds.save(conn, house.keys, ended)
    if both and far_apart(each.score for each in voices.values()):
        _look_again(conn, house, held, now)


def far_apart(scores: Iterable[int | None]) -> bool:
    """Whether both gave a number and saw it far from alike."""
    given = [score for score in scores if score is not None]
    return len(given) > 1 and max(given) - min(given) >= FAR


def _look_again(conn: Connection, house: House, held: Round, now: datetime) -> None:
    """Open one more round of a pair, due at the next beat, for what the other may have seen."""
    asked = rounds.new(
        held.circle,
        number=held.number + 1,
        practice=APART,
        opened_at=now,
        closes_at=now + OPEN_FOR,
        remind_at=None,
        message="",
    )
    rounds.add(conn, house.keys, replace(asked, state=State.PLANNED))
    circles.change(conn, held.circle, rounds=asked.number)
