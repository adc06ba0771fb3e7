"""Forgetting: somebody's key, then every row of theirs, so that no word of them opens again.

The order is the promise (TRUST 2): that they are being forgotten is committed first, so that
whatever interrupts it, `finish` takes it up at the next start; then their key goes, so that
every word is unreadable at once, in old backups too; then the rows; then SQLite's WAL.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, delete, select

from bot.records import Standing
from bot.store import linking, outbox, parked, people, showing
from bot.store.tables import metadata, participant
from bot.store.writer import Writer
from bot.trust.databases import checkpoint
from bot.trust.keyring import KeyRing


def forget(engine: Engine, writer: Writer, keys: KeyRing, participant_id: str) -> None:
    """Forget somebody; returns when it is done. Raises StoreError."""
    writer.submit(lambda conn: begin(conn, participant_id)).result()
    keys.forget(participant_id)
    writer.submit(lambda conn: delete_rows(conn, keys, participant_id)).result()
    checkpoint(engine)


def begin(conn: Connection, participant_id: str) -> None:
    """Note that somebody is being forgotten."""
    people.change(conn, participant_id, standing=Standing.FORGETTING)


def finish(engine: Engine, writer: Writer, keys: KeyRing) -> int:
    """Finish the forgettings that were interrupted; say how many. Raises StoreError."""
    begun = writer.submit(people.forgetting).result()
    for person in begun:
        forget(engine, writer, keys, person.id)
    return len(begun)


def sweep_keyless(conn: Connection, keys: KeyRing) -> int:
    """Delete the rows of everybody without a key, after a restore; say how many people."""
    having = keys.owners()
    without = [id_ for id_ in conn.scalars(select(participant.c.id)) if id_ not in having]
    for participant_id in without:
        delete_rows(conn, keys, participant_id)
    return len(without)


def delete_rows(conn: Connection, keys: KeyRing, participant_id: str) -> None:
    """Delete every row of somebody in every table.

    What waits to be shown in their circles does not go out with their words.
    """
    people.get(conn, participant_id, lock=True)
    showing.hold(conn, participant_id)
    showing.call_back(conn, keys, participant_id)
    linking.forget(conn, participant_id)
    outbox.forget(conn, participant_id)
    parked.remove_from(conn, keys, people.addresses(conn, participant_id))
    for table in reversed(metadata.sorted_tables):
        if "participant" in table.c:
            conn.execute(delete(table).where(table.c.participant == participant_id))
    conn.execute(delete(participant).where(participant.c.id == participant_id))
