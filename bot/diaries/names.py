"""Pure: by what name a session is known, in a diary and here.

A session that came from a diary is named after its UID, so that it keeps its name whatever becomes
of its title and its time. One that was made here goes into diaries under its own name.
"""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import blake2b

#: The longest UID that a session keeps.
_LONGEST = 255
_OURS = re.compile(r"([a-z0-9]+(?:[_-][a-z0-9]+)*)\.([a-z0-9_]+)\.skerry@.+")
_LONGEST_ID = 40


def made(session: str, festival: str, host: str) -> str:
    """The UID, in diaries, of a session that was made here."""
    return f"{session}.{festival}.skerry@{host}"


def is_of(uid: str, festival: str) -> bool:
    """Whether it is the UID of a session that was made in a festival of this name."""
    found = _OURS.fullmatch(uid)
    return found is not None and found[2] == festival


def session_of(uid: str) -> str:
    """The name of the session of a UID."""
    found = _OURS.fullmatch(uid)
    return found[1] if found and len(found[1]) <= _LONGEST_ID else hashed(uid)


def hashed(uid: str) -> str:
    """A name that comes of a UID alone."""
    return f"d{blake2b(uid.encode(), digest_size=8).hexdigest()}"


def kept(uid: str, of: datetime | None = None) -> str:
    """The UID that a session keeps; `of` is which time of a series it stands for."""
    whole = uid if of is None else f"{uid}_{of:%Y%m%d}"
    if len(whole) <= _LONGEST:
        return whole
    return f"{blake2b(whole.encode(), digest_size=16).hexdigest()}@long.skerry.invalid"
