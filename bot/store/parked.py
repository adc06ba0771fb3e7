"""Parked: what a turn could not digest, sealed until it is mended.

It is sealed under its writer's own key, so that forgetting them closes it too, or under the
deployment's when it is not known whose it is.

Staff see what kind of error it was and where in the code, never a word of what was written.
"""

from __future__ import annotations

import base64
import json
import traceback
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import Connection, delete, insert, select, update

from bot.records import Address, Body, Inbound, Media, Platform, Unkept
from bot.store.tables import new_id, parked
from bot.trust.keyring import DEPLOYMENT, KeyRing

_TABLE = parked.name
_BODIES = {kind.__name__: kind for kind in get_args(Body)}
_ROOM = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """What staff may know of a parked message."""

    id: str
    platform: Platform
    #: The platform's id of the update.
    inbound: str
    #: The kind of error, and where in the code it was raised.
    error: str
    whereabouts: str
    parked_at: datetime
    #: When it was taken up again with success.
    replayed_at: datetime | None


def add(  # noqa: PLR0913 - What, why, whose and when.
    conn: Connection,
    keys: KeyRing,
    came: Inbound,
    error: BaseException,
    *,
    participant: str | None,
    now: datetime,
) -> str:
    """Set a message aside with its error, and say the id it is known by."""
    parked_id = new_id()
    sealer = keys.sealer(participant) if participant else keys.make(DEPLOYMENT)
    sealed = sealer.seal(_TABLE, parked_id, _packed(came))
    row = {
        "id": parked_id,
        "platform": came.platform,
        "inbound": came.id,
        "participant": participant,
        "error": type(error).__qualname__[:_ROOM],
        "whereabouts": whereabouts(error),
        "parked_at": now,
        "body": sealed,
    }
    conn.execute(insert(parked), row)
    return parked_id


def whereabouts(error: BaseException) -> str:
    """Where in the code an error was raised; its own text may hold somebody's words."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = frames[-1]
    return f"{Path(last.filename).name}:{last.lineno} in {last.name}"[:_ROOM]


_COLUMNS = (
    parked.c.id,
    parked.c.platform,
    parked.c.inbound,
    parked.c.error,
    parked.c.whereabouts,
    parked.c.parked_at,
    parked.c.replayed_at,
)


def waiting(conn: Connection) -> tuple[Parked, ...]:
    """What is parked and not yet taken up again, the oldest first."""
    found = select(*_COLUMNS).where(parked.c.replayed_at.is_(None)).order_by(parked.c.parked_at)
    return tuple(_parked_of(row) for row in conn.execute(found))


def get(conn: Connection, parked_id: str) -> Parked | None:
    """What staff may know of one parked message."""
    row = conn.execute(select(*_COLUMNS).where(parked.c.id == parked_id)).first()
    return None if row is None else _parked_of(row)


def message(conn: Connection, keys: KeyRing, parked_id: str) -> Inbound | None:
    """A parked message itself, to be taken up again; never to be shown to staff."""
    held = select(parked.c.participant, parked.c.body).where(parked.c.id == parked_id)
    found = conn.execute(held).first()
    return None if found is None else _opened(keys, found[0] or DEPLOYMENT, parked_id, found[1])


def done(conn: Connection, parked_id: str, *, now: datetime) -> None:
    """Note that a parked message was taken up again with success, and let go of its words."""
    held = update(parked).where(parked.c.id == parked_id)
    conn.execute(held.values(replayed_at=now, body=b""))


def remove_from(conn: Connection, keys: KeyRing, addresses: tuple[Address, ...]) -> None:
    """Delete what came from these addresses and was parked before anybody knew whose it was.

    What somebody did in a group is theirs too.
    """
    places = {(there.platform, there.place) for there in addresses}
    unknown = select(parked.c.id, parked.c.body).where(parked.c.participant.is_(None))
    for id_, body in conn.execute(unknown).all():
        came = _opened(keys, DEPLOYMENT, id_, body)
        if not places.isdisjoint({(came.platform, came.place), (came.platform, came.by)}):
            conn.execute(delete(parked).where(parked.c.id == id_))


def _parked_of(row: Any) -> Parked:  # noqa: ANN401 - A row of _COLUMNS.
    return Parked(
        id=row[0],
        platform=Platform(row[1]),
        inbound=row[2],
        error=row[3],
        whereabouts=row[4],
        parked_at=row[5],
        replayed_at=row[6],
    )


def _packed(came: Inbound) -> bytes:
    plain = asdict(came) | {"kind": type(came.body).__name__}
    return json.dumps(plain, default=lambda content: base64.b64encode(content).decode()).encode()


def _opened(keys: KeyRing, owner: str, parked_id: str, body: bytes) -> Inbound:
    plain = json.loads(keys.sealer(owner).open(_TABLE, parked_id, body))
    kind = _BODIES[plain.pop("kind")]
    fields = plain.pop("body")
    if carried := fields.get("media"):
        fields["media"] = Media(**carried | {"content": base64.b64decode(carried["content"])})
    if unkept := fields.get("unkept"):
        fields["unkept"] = Unkept(unkept)
    if "values" in fields:
        fields["values"] = tuple(fields["values"])
    plain["platform"] = Platform(plain["platform"])
    return Inbound(**plain, body=kind(**fields))
