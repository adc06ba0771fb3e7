"""Linking: codes by which one person joins two chats, and how often codes were tried in a chat.

A code is kept as a hash under the deployment's key: it is short enough to be typed, and whoever
has a copy of the table must not find it by trying. It works once, for a quarter of an hour. A
clock that is put back brings no code to life that was made after the time it shows.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    case,
    delete,
    insert,
    or_,
    select,
    update,
)

from bot.records import Address
from bot.store.outbox import chat_of
from bot.store.tables import Insert, Instant, address, each, link, link_try
from bot.trust.keyring import DEPLOYMENT, KeyRing

#: How long a code works, and in what time tries are counted.
LIFE = timedelta(minutes=15)
#: So many codes may be tried in one chat in that time.
MOST_TRIES = 5
#: Clocks of two processes may differ by so much.
_SKEW = timedelta(minutes=1)

#: What a code is made of: letters and digits that nobody takes for one another.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
_DIGITS = "23456789"
_GROUPS = 3
_GROUP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A code that is good now, without the code."""

    hash: str
    #: Who made it, and the address where.
    participant: str
    address: str
    #: The address where it was used; None while it was not.
    used_by: str | None
    #: Whether whoever is there has said that they want it.
    agreed: bool


def make(conn: Connection, keys: KeyRing, there: Address, now: datetime) -> str:
    """Make a code for whoever is at an address; it takes the place of their earlier one."""
    code = "-".join(_group() for _ in range(_GROUPS))
    cancel(conn, there.participant)
    row = {
        "hash": _hash(keys, code),
        "participant": there.participant,
        "address": there.id,
        "made_at": now,
        "ends_at": now + LIFE,
    }
    conn.execute(insert(link), row)
    return code


def _group() -> str:
    """Three signs, a letter and a digit among them, so that no word is taken for a code."""
    while True:
        group = "".join(secrets.choice(_LETTERS + _DIGITS) for _ in range(_GROUP))
        if not (group.isalpha() or group.isdecimal()):
            return group


def _hash(keys: KeyRing, code: str) -> str:
    plain = re.sub(r"[^0-9a-z]", "", code.casefold())
    return keys.sealer(DEPLOYMENT).digest(link.name, plain)


def _tried(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(link_try)
    old, now = link_try.c, new.excluded.since
    over = old.since <= bindparam("long_ago", type_=Instant)
    built: Insert = new.on_conflict_do_update(
        index_elements=["chat"],
        set_={
            "count": case((over, 1), else_=old.count + 1),
            # A clock that was put back must not shut a chat for longer than that.
            "since": case((over | (old.since > now), now), else_=old.since),
        },
    ).returning(link_try.c.count)
    return built


_TRIED = each(_tried)


def may_try(conn: Connection, there: Address, now: datetime) -> bool:
    """Count one more try in a chat; False when there were too many lately."""
    row = {"chat": chat_of(there.platform, there.place), "count": 1, "since": now}
    count: int = conn.execute(_TRIED(conn), row | {"long_ago": now - LIFE}).scalar_one()
    return count <= MOST_TRIES


def _good(now: datetime) -> ColumnElement[bool]:
    return (link.c.ends_at > now) & (link.c.made_at <= now + _SKEW)


_COLUMNS = (link.c.hash, link.c.participant, link.c.address, link.c.used_by, link.c.agreed_at)


def find(conn: Connection, keys: KeyRing, code: str, now: datetime) -> Link | None:
    """The link of a code, held until the transaction ends; None for a code that is not good."""
    return _one(conn, (link.c.hash == _hash(keys, code)) & _good(now))


def made_at(conn: Connection, there: Address, now: datetime) -> Link | None:
    """The link whose code was made at an address, if its code was used."""
    return _one(conn, (link.c.address == there.id) & link.c.used_by.is_not(None) & _good(now))


def used_at(conn: Connection, there: Address, now: datetime) -> Link | None:
    """The link whose code was used at an address."""
    return _one(conn, (link.c.used_by == there.id) & _good(now))


def _one(conn: Connection, which: ColumnElement[bool]) -> Link | None:
    latest = select(*_COLUMNS).where(which).order_by(link.c.made_at.desc()).limit(1)
    row = conn.execute(latest.with_for_update()).first()
    if row is None:
        return None
    return Link(
        hash=row[0], participant=row[1], address=row[2], used_by=row[3], agreed=row[4] is not None
    )


def use(conn: Connection, found: Link, there: Address) -> None:
    """Use a code at an address; what was used there before is let go."""
    conn.execute(delete(link).where(link.c.used_by == there.id, link.c.hash != found.hash))
    conn.execute(_the(found).values(used_by=there.id))


def agree(conn: Connection, found: Link, now: datetime) -> None:
    """Note that whoever used the code wants it."""
    conn.execute(_the(found).values(agreed_at=now))


def _the(found: Link) -> Any:  # noqa: ANN401
    return update(link).where(link.c.hash == found.hash)


def cancel(conn: Connection, participant_id: str) -> None:
    """Let go of the code somebody made, used or not."""
    conn.execute(delete(link).where(link.c.participant == participant_id))


def prune(conn: Connection, now: datetime) -> None:
    """Delete codes whose time is over, and what was counted longer ago."""
    conn.execute(delete(link).where(~_good(now)))
    conn.execute(delete(link_try).where(link_try.c.since <= now - LIFE))


def let_go(conn: Connection, there: Address) -> None:
    """Delete what is known of an address that is to be nobody's."""
    conn.execute(delete(link).where(or_(link.c.used_by == there.id, link.c.address == there.id)))
    conn.execute(delete(link_try).where(link_try.c.chat == chat_of(there.platform, there.place)))


def forget(conn: Connection, participant_id: str) -> None:
    """Delete everything that links hold of somebody."""
    own = address.c.participant == participant_id
    theirs = select(address.c.id).where(own)
    chats = select(address.c.platform + ":" + address.c.place).where(own)
    conn.execute(delete(link_try).where(link_try.c.chat.in_(chats)))
    conn.execute(delete(link).where(link.c.used_by.in_(theirs)))
    cancel(conn, participant_id)
