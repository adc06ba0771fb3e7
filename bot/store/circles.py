"""Circles: groups with a place, how they are set up, and who has joined them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.records import Platform, Standing
from bot.store import showing
from bot.store.circled import circle, circle_member, round_, voice, vote
from bot.store.columns import Insert, each, new_id
from bot.store.tables import address, outbox, participant
from bot.trust.keyring import KeyGoneError, KeyRing
from scheduler.calendar import zone
from scheduler.rounds import USUAL, on_holiday

_TABLE, _MEMBERS = circle.name, circle_member.name


#: How the place of a pair begins, which is none of a platform's.
PAIR = "pair:"


class State(StrEnum):
    """How a circle stands."""

    #: Nobody has set it up yet.
    NEW = "new"
    ACTIVE = "active"
    #: Nothing can be said in its place: we were taken out, or it was put away.
    AWAY = "away"


class Body(BaseModel):
    """What is sealed of a circle."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: What its place is called.
    title: str = ""
    #: What it has set itself, in one sentence; empty for nothing.
    aspiration: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A group with a place."""

    id: str
    platform: Platform
    place: str
    state: State
    #: What leads a member's private chat to it.
    code: str
    handover: str
    zone: str
    language: str
    rhythm: str
    weekday: int
    minute: int
    open_for: str
    named: bool
    rounds: int
    began_at: datetime | None
    next_at: datetime | None
    title: str
    aspiration: str

    @property
    def is_pair(self) -> bool:
        """Whether it is two people without a channel."""
        return self.place.startswith(PAIR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who has joined a circle."""

    participant: str
    host: bool
    agrees: bool | None
    joined_at: datetime
    #: Whether they want to hear from us just now, and can be reached.
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A circle as one of its members has joined it."""

    circle: Circle
    #: The name they gave there; empty for none.
    name: str
    host: bool
    agrees: bool | None
    joined_at: datetime


def code() -> str:
    """Make a code that nobody guesses."""
    return secrets.token_urlsafe(16)


def add(  # noqa: PLR0913 - What is known of a circle that is new.
    conn: Connection,
    keys: KeyRing,
    platform: Platform,
    place: str,
    *,
    title: str,
    zone: str,
    language: str,
    now: datetime,
) -> Circle:
    """Take in a circle that nobody has set up yet; its key is made first."""
    id_ = new_id()
    sealed = keys.make(id_).seal(_TABLE, id_, Body(title=title).model_dump_json().encode())
    row = {
        "id": id_,
        "platform": platform,
        "place": place,
        "state": State.NEW,
        "code": code(),
        "zone": zone,
        "language": language,
        "rhythm": "on_the_spot",
        "weekday": 0,
        "minute": 570,
        "open_for": "three_days",
        "named": True,
        "rounds": 0,
        "made_at": now,
        "body": sealed,
    }
    conn.execute(insert(circle), row)
    found = get(conn, keys, id_)
    assert found is not None  # noqa: S101 - It was written a moment ago.
    return found


def get(conn: Connection, keys: KeyRing, id_: str, *, lock: bool = False) -> Circle | None:
    """One circle; with `lock`, nobody else changes it until the transaction ends."""
    return _one(conn, keys, select(circle).where(circle.c.id == id_), lock=lock)


def at(conn: Connection, keys: KeyRing, platform: Platform, place: str) -> Circle | None:
    """The circle of a place; None for a place that has none. Nobody else changes it meanwhile."""
    return _one(conn, keys, select(circle).where(_here(platform, place)), lock=True)


def within(conn: Connection, keys: KeyRing, platform: Platform, place: str) -> tuple[Circle, ...]:
    """The circles of a place and of its topics, which nobody else changes meanwhile."""
    here = (circle.c.place == place) | circle.c.place.startswith(f"{place}:", autoescape=True)
    found = select(circle).where(circle.c.platform == platform, here).order_by(circle.c.id)
    return tuple(_circle(keys, row) for row in conn.execute(found.with_for_update()).all())


def by_code(conn: Connection, keys: KeyRing, given: str) -> Circle | None:
    """The circle to which a code leads."""
    return _one(conn, keys, select(circle).where(circle.c.code == given), lock=True)


def by_handover(conn: Connection, keys: KeyRing, given: str) -> Circle | None:
    """The circle that whoever has this may take on."""
    return _one(conn, keys, select(circle).where(circle.c.handover == given), lock=True)


def all_of(conn: Connection, keys: KeyRing) -> tuple[Circle, ...]:
    """Every circle, the oldest first."""
    rows = conn.execute(select(circle).order_by(circle.c.made_at, circle.c.id)).all()
    return tuple(_circle(keys, row) for row in rows)


def of_participant(conn: Connection, keys: KeyRing, participant_id: str) -> tuple[Circle, ...]:
    """The circles that somebody has joined, the one joined first first."""
    theirs = circle.join(circle_member, circle_member.c.circle == circle.c.id)
    found = (
        select(circle)
        .select_from(theirs)
        .where(circle_member.c.participant == participant_id)
        .order_by(circle_member.c.joined_at, circle.c.id)
    )
    return tuple(_circle(keys, row) for row in conn.execute(found).all())


def joined(conn: Connection, keys: KeyRing, participant_id: str) -> tuple[Joined, ...]:
    """The circles that somebody has joined and how, the one joined first first."""
    mine = select(circle_member).where(circle_member.c.participant == participant_id)
    rows = {row.circle: row for row in conn.execute(mine)}
    return tuple(
        Joined(
            circle=each,
            name=name_of(conn, keys, each.id, participant_id) or "",
            host=rows[each.id].host,
            agrees=rows[each.id].agrees,
            joined_at=rows[each.id].joined_at,
        )
        for each in of_participant(conn, keys, participant_id)
    )


def opening(conn: Connection, now: datetime, most: int) -> tuple[str, ...]:
    """The circles whose next round is due to open, by their ids."""
    due = select(circle.c.id).where(circle.c.next_at <= now, circle.c.state == State.ACTIVE)
    return tuple(conn.scalars(due.order_by(circle.c.next_at, circle.c.id).limit(most)))


def change(conn: Connection, id_: str, **values: object) -> None:
    """Change what is named and leave the rest."""
    conn.execute(update(circle).where(circle.c.id == id_).values(**values))


def write(conn: Connection, keys: KeyRing, id_: str, body: Body) -> None:
    """Keep a circle's title and aspiration."""
    change(conn, id_, body=keys.sealer(id_).seal(_TABLE, id_, body.model_dump_json().encode()))


def remove(conn: Connection, keys: KeyRing, id_: str) -> None:
    """Delete a circle with all that is its own; its key goes first."""
    keys.forget(id_)
    rounds = select(round_.c.id).where(round_.c.circle == id_)
    for table in (vote, voice):
        conn.execute(delete(table).where(table.c.round.in_(rounds)))
    for whole in (round_, circle_member):
        conn.execute(delete(whole).where(whole.c.circle == id_))
    conn.execute(delete(outbox).where(outbox.c.owner == id_))
    conn.execute(delete(circle).where(circle.c.id == id_))


def away(conn: Connection, id_: str, now: datetime) -> None:
    """Nothing can be said in a circle's place from now on."""
    here = (circle.c.id == id_) & (circle.c.state != State.AWAY)
    conn.execute(update(circle).where(here).values(state=State.AWAY, away_at=now))


def departed(conn: Connection, platform: Platform, place: str, now: datetime) -> None:
    """The same by its place, whether or not there is a circle."""
    for id_ in conn.scalars(select(circle.c.id).where(_here(platform, place))).all():
        away(conn, id_, now)


def back(conn: Connection, id_: str, state: State) -> None:
    """Something can be said in a circle's place again."""
    change(conn, id_, state=state, away_at=None)


def sweep(conn: Connection, keys: KeyRing, before: datetime, most: int = 100) -> int:
    """Remove up to `most` circles that have been away since before then; say how many."""
    gone = select(circle.c.id).where(circle.c.state == State.AWAY, circle.c.away_at < before)
    some = gone.order_by(circle.c.away_at, circle.c.id).limit(most)
    found = conn.scalars(some.with_for_update(skip_locked=True)).all()
    for id_ in found:
        remove(conn, keys, id_)
    return len(found)


def touch(conn: Connection, id_: str, now: datetime) -> None:
    """Somebody has to do with a set-up that nobody has finished: it counts as made now."""
    unfinished = (circle.c.id == id_) & circle.c.began_at.is_(None)
    conn.execute(update(circle).where(unfinished).values(made_at=now))


def fold(conn: Connection, keys: KeyRing, before: datetime, most: int = 100) -> int:
    """Remove up to `most` circles whose set-up nobody has touched since then; say how many."""
    idle = (circle.c.state == State.NEW) & (circle.c.made_at < before)
    some = select(circle.c.id).where(idle).order_by(circle.c.made_at, circle.c.id).limit(most)
    found = conn.scalars(some.with_for_update(skip_locked=True)).all()
    for id_ in found:
        remove(conn, keys, id_)
    return len(found)


def sweep_keyless(conn: Connection, keys: KeyRing) -> int:
    """Remove every circle without a key: after a restore, or a removal cut short; say how many."""
    found = conn.scalars(select(circle.c.id)).all()  # First: a key is there before its row.
    having = keys.owners() if found else frozenset()
    without = [id_ for id_ in found if id_ not in having]
    for id_ in without:
        remove(conn, keys, id_)
    return len(without)


def _here(platform: Platform, place: str) -> ColumnElement[bool]:
    return (circle.c.platform == platform) & (circle.c.place == place)


def _one(conn: Connection, keys: KeyRing, found: Select[Any], *, lock: bool) -> Circle | None:
    row = conn.execute(found.with_for_update() if lock else found).first()
    return None if row is None else _circle(keys, row)


def _circle(keys: KeyRing, row: Row[Any]) -> Circle:
    body = Body.model_validate_json(keys.sealer(row.id).open(_TABLE, row.id, row.body))
    return Circle(
        id=row.id,
        platform=Platform(row.platform),
        place=row.place,
        state=State(row.state),
        code=row.code,
        handover=row.handover or "",
        zone=row.zone,
        language=row.language,
        rhythm=row.rhythm,
        weekday=row.weekday,
        minute=row.minute,
        open_for=row.open_for,
        named=row.named,
        rounds=row.rounds,
        began_at=row.began_at,
        next_at=row.next_at,
        title=body.title,
        aspiration=body.aspiration,
    )


# --- who is in it -----------------------------------------------------------------------------


def _join(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(circle_member)
    built: Insert = new.on_conflict_do_update(
        index_elements=["circle", "participant"],
        set_={
            "body": func.coalesce(new.excluded["body"], circle_member.c.body),
            "host": new.excluded["host"] | circle_member.c.host,
        },
    )
    return built


_JOIN = each(_join)


def join(  # noqa: PLR0913 - Who joins what, and how.
    conn: Connection,
    keys: KeyRing,
    id_: str,
    participant_id: str,
    *,
    name: str | None,
    host: bool,
    now: datetime,
) -> None:
    """Somebody joins a circle, by a name or by none; None leaves their name as it is."""
    body = None
    if name is not None:
        body = keys.sealer(participant_id).seal(_MEMBERS, id_, name.encode())
    row = {
        "circle": id_,
        "participant": participant_id,
        "host": host,
        "joined_at": now,
        "body": body,
    }
    conn.execute(_JOIN(conn), row)


def leave(conn: Connection, keys: KeyRing, id_: str, participant_id: str) -> bool:
    """Somebody is no member any more, and what they gave and was not sent yet goes with them.

    That a voice of theirs was shown stays known: who comes back is not heard twice in a round.
    """
    rounds = select(round_.c.id).where(round_.c.circle == id_)
    theirs = vote.c.round.in_(rounds) & (vote.c.participant == participant_id)
    conn.execute(delete(vote).where(theirs))
    showing.call_back(conn, keys, participant_id, id_)
    mine = (circle_member.c.circle == id_) & (circle_member.c.participant == participant_id)
    return conn.execute(delete(circle_member).where(mine)).rowcount > 0


def members(conn: Connection, id_: str) -> tuple[Member, ...]:
    """Who has joined a circle, the one who joined first first."""
    reached = (
        select(address.c.id)
        .where(address.c.participant == participant.c.id, address.c.gone_at.is_(None))
        .exists()
    )
    joined = circle_member.join(participant, participant.c.id == circle_member.c.participant)
    present = (participant.c.standing == Standing.ACTIVE) & reached
    found = (
        select(circle_member, present.label("present"), participant.c.paused_until)
        .select_from(joined)
        .where(circle_member.c.circle == id_)
        .order_by(circle_member.c.joined_at, circle_member.c.participant)
    )
    return tuple(
        Member(
            participant=row.participant,
            host=row.host,
            agrees=row.agrees,
            joined_at=row.joined_at,
            present=bool(row.present),
        )
        for row in conn.execute(found)
    )


def there(
    conn: Connection, id_: str, now: datetime, open_: tuple[datetime, datetime]
) -> frozenset[str]:
    """Those of a circle who are there while a round is open from then to then.

    They have not stopped, are reached, are on no pause just now, and have a working day in it that
    is no holiday of theirs.
    """
    joined = circle_member.join(participant, participant.c.id == circle_member.c.participant)
    found = (
        select(
            participant.c.id,
            participant.c.paused_until,
            participant.c.zone,
            participant.c.holidays,
        )
        .select_from(joined)
        .where(circle_member.c.circle == id_)
    )
    away = {
        row.id
        for row in conn.execute(found).all()
        if (row.paused_until is not None and row.paused_until > now)
        or on_holiday(row.holidays or USUAL, zone(row.zone), *open_)
    }
    present = (one.participant for one in members(conn, id_) if one.present)
    return frozenset(present) - away


def member(conn: Connection, id_: str, participant_id: str) -> Member | None:
    """Somebody as a member of a circle; None when they are none."""
    return next((one for one in members(conn, id_) if one.participant == participant_id), None)


_NAME = select(circle_member.c.body).where(
    circle_member.c.circle == bindparam("of"), circle_member.c.participant == bindparam("who")
)


def name_of(conn: Connection, keys: KeyRing, id_: str, participant_id: str) -> str | None:
    """The name of a member, empty when they gave none; None when they have not been asked."""
    body = conn.scalar(_NAME, {"of": id_, "who": participant_id})
    if body is None:
        return None
    try:
        plain = keys.sealer(participant_id).open(_MEMBERS, id_, body)
    except KeyGoneError:
        return None
    return plain.decode()


def set_host(conn: Connection, id_: str, participant_id: str, *, host: bool) -> None:
    """Say whether a member may change their circle."""
    mine = (circle_member.c.circle == id_) & (circle_member.c.participant == participant_id)
    conn.execute(update(circle_member).where(mine).values(host=host))


def without_host(conn: Connection, id_: str) -> None:
    """A circle has no host any more; whoever sets it up next is it."""
    conn.execute(update(circle_member).where(circle_member.c.circle == id_).values(host=False))


def agree(conn: Connection, id_: str, participant_id: str, *, agrees: bool) -> bool:
    """Note whether a circle's aspiration is a member's too; False for one who is no member."""
    mine = (circle_member.c.circle == id_) & (circle_member.c.participant == participant_id)
    return conn.execute(update(circle_member).where(mine).values(agrees=agrees)).rowcount > 0


def ask_anew(conn: Connection, id_: str) -> None:
    """Nobody has said yet whether the aspiration is theirs: it is another one."""
    conn.execute(update(circle_member).where(circle_member.c.circle == id_).values(agrees=None))


def sizes(conn: Connection) -> Mapping[str, int]:
    """How many people have joined each circle."""
    found = select(circle_member.c.circle, func.count()).group_by(circle_member.c.circle)
    return dict(conn.execute(found).all())
