"""Media: photos and voice notes as they came, sealed with their names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select

from bot.records import Media
from bot.store.tables import media, new_id
from bot.trust.keyring import KeyRing
from bot.trust.sealing import Sealer

_TABLE = media.name
_LENGTH = 4
_LABEL: TypeAdapter[tuple[str, str]] = TypeAdapter(tuple[str, str])


def add(  # noqa: PLR0913 - Whose, where, what and when.
    conn: Connection,
    keys: KeyRing,
    participant_id: str,
    conversation_id: str,
    given: Media,
    *,
    now: datetime,
) -> str:
    """Keep a photo or voice note and say its id."""
    media_id = new_id()
    sealed = keys.sealer(participant_id).seal(_TABLE, media_id, _packed(given))
    row = {
        "id": media_id,
        "participant": participant_id,
        "conversation": conversation_id,
        "said_at": now,
        "content": sealed,
    }
    conn.execute(insert(media), row)
    return media_id


def get(conn: Connection, keys: KeyRing, participant_id: str, media_id: str) -> Media | None:
    """One photo or voice note of this participant."""
    here = (media.c.participant == participant_id) & (media.c.id == media_id)
    content = conn.scalar(select(media.c.content).where(here))
    return None if content is None else _opened(keys.sealer(participant_id), media_id, content)


def all_of(conn: Connection, keys: KeyRing, participant_id: str) -> Iterator[tuple[str, Media]]:
    """Every photo and voice note of this participant by its id, fetched one by one."""
    theirs = select(media.c.id).where(media.c.participant == participant_id)
    for media_id in conn.scalars(theirs.order_by(media.c.said_at, media.c.id)).all():
        one = get(conn, keys, participant_id, media_id)
        if one is not None:
            yield media_id, one


def remove(conn: Connection, participant_id: str, media_ids: Collection[str]) -> None:
    """Delete photos and voice notes of this participant."""
    conn.execute(
        delete(media).where(media.c.participant == participant_id, media.c.id.in_(media_ids))
    )


def _packed(given: Media) -> bytes:
    """The label's length, the label, then the content."""
    label = _LABEL.dump_json((given.name, given.mime))
    return len(label).to_bytes(_LENGTH) + label + given.content


def _opened(sealer: Sealer, media_id: str, content: bytes) -> Media:
    plain = sealer.open(_TABLE, media_id, content)
    end = _LENGTH + int.from_bytes(plain[:_LENGTH])
    name, mime = _LABEL.validate_json(plain[_LENGTH:end])
    return Media(name=name, mime=mime, content=plain[end:])
