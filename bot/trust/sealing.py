"""Sealing: AES-256-GCM over people's words, each bound to its table, its owner and its row.

A sealed text is a random 96-bit nonce, the ciphertext and a 16-byte tag: 28 bytes more than
the plain one (TRUST 2).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: The length of every key, in bytes.
KEY_LENGTH = 32
#: The length of the nonce that opens every sealed text, in bytes.
NONCE_LENGTH = 12


class BrokenSealError(Exception):
    """A sealed text that this key does not open in this place: changed, moved, or another's."""


def new_key() -> bytes:
    """Make a random 256-bit key."""
    return secrets.token_bytes(KEY_LENGTH)


def joined(*parts: str) -> bytes:
    """Join names so that no two lists of names give the same bytes."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4) + part for part in encoded)


def seal(key: bytes, plain: bytes, aad: bytes) -> bytes:
    """Seal `plain` for the place that `aad` names."""
    return _seal(AESGCM(key), plain, aad)


def unseal(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Open what `seal` made for the same place; raises BrokenSealError."""
    return _unseal(AESGCM(key), sealed, aad)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Seals and opens the words of one owner."""

    #: A participant's id, or the name of a circle or of the deployment.
    owner: str
    cipher: AESGCM
    #: A key of its own for `digest`, made from the data key.
    marking: bytes

    def seal(self, table: str, row: str, plain: bytes) -> bytes:
        """Seal `plain` for this row of this table."""
        return _seal(self.cipher, plain, joined(table, self.owner, row))

    def open(self, table: str, row: str, sealed: bytes) -> bytes:
        """Open what was sealed for this row of this table; raises BrokenSealError."""
        return _unseal(self.cipher, sealed, joined(table, self.owner, row))

    def digest(self, table: str, plain: str) -> str:
        """A keyed hash of something short that is looked up in this table, as 64 hex digits.

        Whoever has the table and not the key cannot find out what it was by trying.
        """
        return hmac.digest(self.marking, joined(table, self.owner, plain), "sha256").hex()


def sealer(owner: str, key: bytes) -> Sealer:
    """Make the Sealer of `owner`, whose data key is `key`."""
    marking = hmac.digest(key, joined("digest", owner), "sha256")
    return Sealer(owner=owner, cipher=AESGCM(key), marking=marking)


def _seal(cipher: AESGCM, plain: bytes, aad: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_LENGTH)
    return nonce + cipher.encrypt(nonce, plain, aad)


def _unseal(cipher: AESGCM, sealed: bytes, aad: bytes) -> bytes:
    nonce, rest = sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:]
    try:
        return cipher.decrypt(nonce, rest, aad)
    except (InvalidTag, ValueError) as error:
        raise BrokenSealError(
            "Some sealed words do not open: the row was changed or moved, or its key is another's."
        ) from error
