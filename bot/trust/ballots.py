"""Ballots: sealed so that only a count's own secret opens them, and all of one length.

A ballot is sealed twice (TRUST 3): first to the secret of its count, then to a secret that lives
for a day. Sealing needs only the public half of a secret. Whoever has a secret opens what was
sealed to it and knows whose token is whose; once it is destroyed, nobody does. A seal is 48 bytes
longer than what it holds, and never looks the same twice.
"""

from __future__ import annotations

import hmac

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from bot.trust.sealing import KEY_LENGTH, BrokenSealError, joined

#: The length of every packed ballot, in bytes: ten items or 25 options fit.
LENGTH = 32
#: The length of a token, in bytes: 128 bits.
TOKEN_LENGTH = 16

#: What fits into the byte that a number is packed in.
_FEWEST, _MOST = -128, 127


class OverlongBallotError(ValueError):
    """A ballot that does not fit into the one length that all of them have."""


def public_of(secret: bytes) -> bytes:
    """The public half of a secret of 32 bytes: enough to seal, and to nothing else."""
    return bytes(_box(secret).public_key)


def seal(public: bytes, plain: bytes) -> bytes:
    """Seal `plain` so that only the secret behind `public` opens it."""
    return SealedBox(PublicKey(public)).encrypt(plain)


def open_(secret: bytes, sealed: bytes) -> bytes:
    """Open what was sealed to the public half of `secret`; raises BrokenSealError."""
    try:
        return SealedBox(_box(secret)).decrypt(sealed)
    except CryptoError as error:
        raise BrokenSealError(
            "A sealed ballot does not open: it was changed, or its key is another's."
        ) from error


def token(secret: bytes, measure: str, group: str, participant: str) -> str:
    """What counts a person once in one group of one count, as 32 hex digits.

    Whoever has the secret can tell whose it is by trying everybody; without it nobody can.
    """
    whole = hmac.digest(_key(secret, "token"), joined(measure, group, participant), "sha256")
    return whole[:TOKEN_LENGTH].hex()


def packed(ballot: tuple[tuple[int, ...], ...]) -> bytes:
    """A ballot as bytes, of one length for every measure; raises OverlongBallotError."""
    numbers = [number for part in ballot for number in part]
    size = 1 + len(ballot) + len(numbers)
    if size > LENGTH or any(not _FEWEST <= number <= _MOST for number in numbers):
        raise OverlongBallotError(f"a ballot does not fit into {LENGTH} bytes")
    parts = (_byte(len(part)) + b"".join(map(_byte, part)) for part in ballot)
    return (_byte(len(ballot)) + b"".join(parts)).ljust(LENGTH, b"\0")


def unpacked(plain: bytes) -> tuple[tuple[int, ...], ...]:
    """The ballot that was packed; raises BrokenSealError when these bytes are none."""
    ballot = list[tuple[int, ...]]()
    rest = plain[1:]
    for _ in range(plain[0] if len(plain) == LENGTH else 0):
        size = rest[0] if rest else 0
        ballot.append(tuple(int.from_bytes([each], signed=True) for each in rest[1 : 1 + size]))
        rest = rest[1 + size :]
    found = tuple(ballot)
    if 1 + len(found) + sum(map(len, found)) > LENGTH or packed(found) != plain:
        raise BrokenSealError("What was sealed is no ballot.")
    return found


def _byte(number: int) -> bytes:
    return number.to_bytes(1, signed=number < 0)


def _box(secret: bytes) -> PrivateKey:
    # Made anew each time: a secret that was destroyed must not live on in memory here.
    return PrivateKey(_key(secret, "box"))


def _key(secret: bytes, use: str) -> bytes:
    """One of the two keys that are made from a secret."""
    if len(secret) != KEY_LENGTH:
        raise ValueError(f"a secret has {KEY_LENGTH} bytes")
    return hmac.digest(secret, joined("ballots", use), "sha256")
