"""Opening the store: the words' database, the key store that it needs, and the writer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from bot.store import meta
from bot.store.connect import connect
from bot.store.writer import Writer
from bot.trust.keyring import DEPLOYMENT, KeyRing

#: Reads the master keys, the one in use first; told whether the words' database is empty,
#: for a key is made only then.
Masters = Callable[[bool], Sequence[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What the house keeps everything in."""

    engine: Engine
    keys: KeyRing
    writer: Writer

    def close(self) -> None:
        """Finish what was begun and let go of both databases."""
        self.writer.close()
        self.keys.close()
        self.engine.dispose()


def open_store(url: str, keys_url: str, masters: Masters) -> Store:
    """Open both databases; the writer is not started yet.

    Raises StoreError, and the errors of the master key and of the key ring.
    """
    engine = connect(url)
    try:
        keys = _open_keys(engine, keys_url, masters)
        meta.note_key_store(engine, keys.id)
        keys.make(DEPLOYMENT)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine=engine, keys=keys, writer=Writer(engine))


def _open_keys(engine: Engine, keys_url: str, masters: Masters) -> KeyRing:
    first, *second = masters(meta.is_empty(engine))
    return KeyRing(
        keys_url,
        first,
        second[0] if second else None,
        reload=lambda: masters(False),  # noqa: FBT003 - The words' database is in use by now.
        expected=meta.key_store(engine),
    )
