"""The key store: a database of its own that holds people's data keys, wrapped by a master key.

It is never the words' database, its WAL or its backups (TRUST 2). These are the questions
asked of it; `keyring` is what the rest of the house talks to.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)

from bot.trust.databases import hold_schema, make_file, plain_faults, writing

metadata = MetaData()

#: One row for each owner of words.
wrapped_key = Table(
    "wrapped_key",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    #: The fingerprint of the master key that wrapped it.
    Column("master", String(32), nullable=False),
)

#: One row: what the store says about itself.
facts_table = Table(
    "facts",
    metadata,
    #: The store's id, 32 hexadecimal digits; the words' database notes it.
    Column("store", String(32), primary_key=True),
    #: The fingerprint of the master key in use.
    Column("master", String(32), nullable=False),
    #: Some bytes sealed by it, so that a wrong key is refused at once.
    Column("check", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the key store says about itself."""

    store: str
    master: str
    check: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """One owner's data key as it is kept."""

    owner: str
    wrapped: bytes
    master: str


def new_id() -> str:
    """Make the id of a new store."""
    return secrets.token_hex(16)


def make_tables(engine: Engine) -> None:
    """Make the tables where they are not there yet; raises StoreError."""
    make_file(engine)
    with plain_faults(engine), writing(engine).begin() as conn:
        hold_schema(conn)
        metadata.create_all(conn)


def has_tables(engine: Engine) -> bool:
    """Whether somebody made this key store before; raises StoreError."""
    with plain_faults(engine), engine.connect() as conn:
        return inspect(conn).has_table(facts_table.name)


_FACTS = select(facts_table.c.store, facts_table.c.master, facts_table.c.check)
_FACTS_SHARED = _FACTS.with_for_update(read=True)
_FACTS_HELD = _FACTS.with_for_update()


def facts(conn: Connection) -> Facts | None:
    """What the store says about itself; None while it is blank."""
    return _facts(conn, _FACTS)


def facts_shared(conn: Connection) -> Facts | None:
    """The same, and no rotation until this transaction ends."""
    return _facts(conn, _FACTS_SHARED)


def facts_held(conn: Connection) -> Facts | None:
    """The same, and no new key until this transaction ends."""
    return _facts(conn, _FACTS_HELD)


def _facts(conn: Connection, question: Select[str, str, bytes]) -> Facts | None:
    row = conn.execute(question).first()
    return None if row is None else Facts(store=row[0], master=row[1], check=row[2])


def set_facts(conn: Connection, said: Facts) -> None:
    """Write what the store says about itself in place of what it said."""
    conn.execute(delete(facts_table))
    conn.execute(
        insert(facts_table), {"store": said.store, "master": said.master, "check": said.check}
    )


def change_master(conn: Connection, said: Facts) -> None:
    """Write which master key is in use; whoever waits for the row then reads it anew."""
    conn.execute(update(facts_table).values(master=said.master, check=said.check))


_KEY = select(wrapped_key.c.owner, wrapped_key.c.wrapped, wrapped_key.c.master)
_KEY_OF = _KEY.where(wrapped_key.c.owner == bindparam("of"))


def key_of(conn: Connection, owner: str) -> Wrapped | None:
    """One owner's wrapped key; None when there is none."""
    row = conn.execute(_KEY_OF, {"of": owner}).first()
    return None if row is None else Wrapped(owner=row[0], wrapped=row[1], master=row[2])


def keys(conn: Connection) -> tuple[Wrapped, ...]:
    """Every wrapped key."""
    return tuple(
        Wrapped(owner=owner, wrapped=wrapped, master=master)
        for owner, wrapped, master in conn.execute(_KEY)
    )


def owners(conn: Connection) -> frozenset[str]:
    """Everybody who has a key."""
    return frozenset(conn.scalars(select(wrapped_key.c.owner)))


def count(conn: Connection) -> int:
    """How many have a key."""
    return conn.scalar(select(func.count()).select_from(wrapped_key)) or 0


def add(conn: Connection, new: Iterable[Wrapped]) -> None:
    """Keep new wrapped keys."""
    rows = [{"owner": key.owner, "wrapped": key.wrapped, "master": key.master} for key in new]
    if rows:
        conn.execute(insert(wrapped_key), rows)


_REPLACE = (
    update(wrapped_key)
    .where(wrapped_key.c.owner == bindparam("of"))
    .values(wrapped=bindparam("anew"), master=bindparam("by"))
)


def replace(conn: Connection, changed: Iterable[Wrapped]) -> None:
    """Keep these in place of their owners' wrapped keys."""
    rows = [{"of": key.owner, "anew": key.wrapped, "by": key.master} for key in changed]
    if rows:
        conn.execute(_REPLACE, rows)


def remove(conn: Connection, owner: str) -> None:
    """Delete one owner's wrapped key."""
    conn.execute(delete(wrapped_key).where(wrapped_key.c.owner == owner))
