"""Meta: what the words' database says about itself, above all which key store it needs.

Other things are noted here too that are of the deployment and of nobody in it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, exists, or_, select

from bot.store import counted
from bot.store.tables import (
    Insert,
    campaign,
    cohort,
    each,
    feed,
    festival,
    health,
    invitation,
    invitee,
    lease,
    meta,
    metadata,
    outbox_bot,
    outbox_chat,
    preview,
    revision,
    visit,
    workspace,
)
from bot.trust.databases import plain_faults, writing

#: The tables that hold nothing of anybody: a database with these alone counts as empty.
NOBODYS = (
    meta,
    revision,
    outbox_bot,
    outbox_chat,
    cohort,
    invitation,
    invitee,
    campaign,
    festival,
    preview,
    feed,
    lease,
    health,
    workspace,
    visit,
    *counted.NOBODYS,
)
#: But a token that is kept needs the keys it was sealed with, as notices do.
_TOKENS = exists().where(workspace.c.token.is_not(None))

_KEY_STORE = "key store"


def _say(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(meta)
    built: Insert = new.on_conflict_do_update(
        index_elements=["name"], set_={"value": new.excluded.value}
    )
    return built


_SAY = each(_say)


def is_empty(engine: Engine) -> bool:
    """Whether nothing of anybody is kept here yet; raises StoreError."""
    somebodys = [
        exists().select_from(table) for table in metadata.sorted_tables if table not in NOBODYS
    ]
    with plain_faults(engine), engine.connect() as conn:
        return not conn.scalar(select(or_(*somebodys, _TOKENS)))


def key_store(engine: Engine) -> str | None:
    """The id of the key store that these words need; None while any would do.

    Raises StoreError.
    """
    if is_empty(engine):
        return None
    with plain_faults(engine), engine.connect() as conn:
        found: str | None = conn.scalar(select(meta.c.value).where(meta.c.name == _KEY_STORE))
        return found


def note_key_store(engine: Engine, store: str) -> None:
    """Note which key store seals the words; raises StoreError."""
    with plain_faults(engine), writing(engine).begin() as conn:
        conn.execute(_SAY(conn), {"name": _KEY_STORE, "value": store})


def note(conn: Connection, name: str, value: str) -> None:
    """Note something about the deployment, in place of what was noted under this name."""
    conn.execute(_SAY(conn), {"name": name, "value": value})


def noted(conn: Connection, name: str) -> str | None:
    """What was noted under a name; None when nothing was."""
    found: str | None = conn.scalar(select(meta.c.value).where(meta.c.name == name))
    return found
