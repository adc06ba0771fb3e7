"""The key ring: makes, finds and forgets people's data keys, and changes the master key.

A key is committed before `make` returns, so it exists before the first row it seals, and it is
gone from the key store before `forget` returns. A found key is remembered for a minute at most,
so that what another process forgets is soon forgotten here too (TRUST 2).

KeyRingError
    KeyGoneError, WrongKeyError, KeysLostError
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from bot.trust import keystore
from bot.trust.databases import engine, file_of, hold_schema, plain_faults, vacuum, writing
from bot.trust.keystore import Facts, Wrapped
from bot.trust.master import fingerprint
from bot.trust.remembered import Remembered
from bot.trust.sealing import BrokenSealError, Sealer, joined, new_key, seal, sealer, unseal

#: The owner of what belongs to no single person: a parked message, a relay.
DEPLOYMENT = "deployment"
#: How the owners of the ballot box's keys begin: of a day, of a count, of what was told last.
DAY, COUNT, GATE = "day:", "count:", "gate:"
PASSING = (DAY, COUNT, GATE)

_CHECK = b"This is the master key of this key store."


class KeyRingError(Exception):
    """A key cannot be had; one line says what happened and what to do."""


class KeyGoneError(KeyRingError):
    """There is no key for this owner: they were forgotten, or never there."""


class WrongKeyError(KeyRingError):
    """The master key at hand is not the one that this key store needs."""


class KeysLostError(KeyRingError):
    """This is not the key store that the words' database was written with."""


class KeyRing:
    """Everybody's data keys, in a key store of their own. It may be used from any thread."""

    def __init__(
        self,
        url: str,
        master: bytes,
        previous: bytes | None = None,
        reload: Callable[[], Sequence[bytes]] | None = None,
        *,
        expected: str | None = None,
    ) -> None:
        """Open the key store, or make it when `expected` is None and there is none.

        `previous` is a second master key that may still be needed, `reload` reads the keys anew
        when neither fits, and `expected` is the id that the words' database has noted.
        Raises KeysLostError, WrongKeyError and StoreError.
        """
        self.engine: Engine = engine(url)
        self._writing = writing(self.engine)
        self._masters = {fingerprint(key): key for key in (previous, master) if key}
        self._reload = reload
        self._lock = Lock()
        self._sealers = Remembered()
        try:
            self.id = self._open(master, expected)
        except BaseException:
            self.engine.dispose()
            raise

    def make(self, owner: str) -> Sealer:
        """Make the key of `owner`, committed on return; one that is there stays as it is."""
        self._make(owner)
        return self.sealer(owner)

    def _make(self, owner: str) -> None:
        try:
            with plain_faults(self.engine), self._writing.begin() as conn:
                if not keystore.key_of(conn, owner):
                    said = keystore.facts_shared(conn)
                    if said is None:
                        raise self._lost()
                    keystore.add(conn, [self._wrap(owner, new_key(), said)])
        except IntegrityError:  # Somebody else was faster: theirs it is.
            pass

    def sealer(self, owner: str) -> Sealer:
        """What seals and opens the words of `owner`; raises KeyGoneError."""
        if known := self._sealers.get(owner):
            return known
        mark = self._sealers.mark()
        with plain_faults(self.engine), self.engine.connect() as conn:
            found = keystore.key_of(conn, owner)
        if found is None:
            raise KeyGoneError(f"There is no key for {owner}: what it sealed is gone.")
        made = sealer(owner, self._unwrap(found))
        self._sealers.put(made, mark)
        return made

    def make_secret(self, owner: str) -> bytes:
        """Make a secret that opens no words, committed on return; one that is there stays."""
        self._make(owner)
        return self.secret(owner)

    def secret(self, owner: str) -> bytes:
        """The bare secret of `owner`, read anew each time and never remembered.

        Raises KeyGoneError.
        """
        with plain_faults(self.engine), self.engine.connect() as conn:
            found = keystore.key_of(conn, owner)
        if found is None:
            raise KeyGoneError(f"There is no key for {owner}: what it sealed is gone.")
        return self._unwrap(found)

    def forget(self, owner: str) -> None:
        """Delete the key of `owner`: every word it sealed is unreadable from now on."""
        with plain_faults(self.engine):
            with self._writing.begin() as conn:
                keystore.remove(conn, owner)
            self._sealers.drop(owner)
            vacuum(self.engine, keystore.wrapped_key.name)

    def forget_all(self, owners: Iterable[str]) -> None:
        """Delete the keys of several owners that open no words of people, in one go."""
        with plain_faults(self.engine):
            with self._writing.begin() as conn:
                for owner in owners:
                    keystore.remove(conn, owner)
            vacuum(self.engine, keystore.wrapped_key.name)

    def owners(self) -> frozenset[str]:
        """Everybody who has a key that seals words."""
        return frozenset(each for each in self._owners() if not each.startswith(PASSING))

    def passing(self) -> frozenset[str]:
        """The owners of the ballot box's keys."""
        return frozenset(each for each in self._owners() if each.startswith(PASSING))

    def _owners(self) -> frozenset[str]:
        with plain_faults(self.engine), self.engine.connect() as conn:
            return keystore.owners(conn)

    def rotate(self, new_master: bytes) -> int:
        """Wrap every key with a new master key, all or none; say how many were wrapped.

        It may be repeated, with the same key, as often as need be.
        """
        self._know(new_master)
        with plain_faults(self.engine):
            with self._writing.begin() as conn:
                said = keystore.facts_held(conn)
                if said is None:
                    raise self._lost()
                new = self._facts(said.store, new_master)
                old = [key for key in keystore.keys(conn) if key.master != new.master]
                keystore.replace(
                    conn, [self._wrap(key.owner, self._unwrap(key), new) for key in old]
                )
                if said.master != new.master:
                    keystore.change_master(conn, new)
            vacuum(self.engine, keystore.wrapped_key.name)
        return len(old)

    def all_wrapped(self) -> tuple[Facts, tuple[Wrapped, ...]]:
        """What the key store holds at this moment, still wrapped, for its backup.

        Keys of the ballot box are never backed up (TRUST 3.5).
        """
        with plain_faults(self.engine), self._writing.begin() as conn:
            said = keystore.facts_held(conn)
            if said is None:
                raise self._lost()
            found = keystore.keys(conn)
        return said, tuple(key for key in found if not key.owner.startswith(PASSING))

    def close(self) -> None:
        """Let go of the key store and of every key remembered."""
        self._sealers.clear()
        self.engine.dispose()

    def _open(self, master: bytes, expected: str | None) -> str:
        if expected is not None and not self._is_there():
            raise self._lost()
        keystore.make_tables(self.engine)
        with plain_faults(self.engine), self._writing.begin() as conn:
            hold_schema(conn)
            said = keystore.facts(conn)
            if said is None and expected is None and not keystore.count(conn):
                said = self._facts(keystore.new_id(), master)
                keystore.set_facts(conn, said)
        if said is None or (expected is not None and said.store != expected):
            raise self._lost()
        self._prove(said)
        return said.store

    def _is_there(self) -> bool:
        path = file_of(self.engine)
        return (path is None or path.exists()) and keystore.has_tables(self.engine)

    def _facts(self, store: str, master: bytes) -> Facts:
        check = seal(master, _CHECK, joined("facts", store))
        return Facts(store=store, master=fingerprint(master), check=check)

    def _prove(self, said: Facts) -> None:
        try:
            unseal(self._master(said.master), said.check, joined("facts", said.store))
        except BrokenSealError:
            raise self._lost() from None

    def _wrap(self, owner: str, key: bytes, said: Facts) -> Wrapped:
        wrapped = seal(self._master(said.master), key, joined("wrapped_key", owner))
        return Wrapped(owner=owner, wrapped=wrapped, master=said.master)

    def _unwrap(self, found: Wrapped) -> bytes:
        return unseal(
            self._master(found.master), found.wrapped, joined("wrapped_key", found.owner)
        )

    def _master(self, wanted: str) -> bytes:
        """The master key with this fingerprint; looks for new ones once before it gives up."""
        with self._lock:
            if wanted not in self._masters and self._reload:
                self._masters |= {fingerprint(key): key for key in self._reload()}
            if key := self._masters.get(wanted):
                return key
        raise WrongKeyError(
            "The master key is not the one that the key store was written with. "
            "Put the right one back, or name it in SKERRY_MASTER_KEY_PREVIOUS."
        )

    def _know(self, master: bytes) -> None:
        with self._lock:
            self._masters[fingerprint(master)] = master

    def _lost(self) -> KeysLostError:
        return KeysLostError(
            "The key store is blank or another one, and the words need the one they were "
            "written with. Mend SKERRY_KEYS_URL, or restore the key store's backup."
        )
