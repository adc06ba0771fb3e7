"""What must not grow without bound: it ends within a time that no sound program comes near."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

#: Processor time that is enough even where others run beside and every line is counted.
_ENOUGH = 40.0


@contextmanager
def soon() -> Iterator[None]:
    """What is done within takes seconds of the processor and not minutes."""
    begun = time.thread_time()
    yield
    assert time.thread_time() - begun < _ENOUGH
