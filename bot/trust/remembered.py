"""Remembered keys: a few Sealers for a short while, the least used forgotten first."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from bot.trust.sealing import Sealer

#: How long a found key is remembered, in seconds.
LIFE = 60.0
#: How many keys are remembered.
ROOM = 8192


class Remembered:
    """Sealers by owner. It may be used from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, room: int = ROOM) -> None:
        self._clock = clock
        self._room = room
        self._lock = Lock()
        self._kept: OrderedDict[str, tuple[float, Sealer]] = OrderedDict()
        self._drops = 0

    def get(self, owner: str) -> Sealer | None:
        """The Sealer of `owner`, if it is still remembered."""
        with self._lock:
            until, sealer = self._kept.get(owner, (0.0, None))
            if sealer is None:
                return None
            if self._clock() >= until:
                del self._kept[owner]
                return None
            self._kept.move_to_end(owner)
            return sealer

    def mark(self) -> int:
        """A mark to take before a key is looked up, for `put`."""
        with self._lock:
            return self._drops

    def put(self, sealer: Sealer, mark: int) -> None:
        """Remember a Sealer, unless somebody was forgotten since the mark was taken."""
        with self._lock:
            if mark != self._drops:
                return
            self._kept[sealer.owner] = (self._clock() + LIFE, sealer)
            self._kept.move_to_end(sealer.owner)
            if len(self._kept) > self._room:
                self._kept.popitem(last=False)

    def drop(self, owner: str) -> None:
        """Forget the Sealer of `owner`."""
        with self._lock:
            self._drops += 1
            self._kept.pop(owner, None)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._drops += 1
            self._kept.clear()
