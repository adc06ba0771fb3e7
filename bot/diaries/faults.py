"""What is wrong with a diary, in a facilitator's words."""

from __future__ import annotations


class DiaryError(ValueError):
    """A diary of which nothing is taken in; its message is one line, `faults` are all of them."""

    def __init__(self, *faults: str) -> None:
        more = f" And {len(faults) - 1} more like it." if len(faults) > 1 else ""
        super().__init__(faults[0] + more)
        self.faults = faults


class UnfitError(ValueError):
    """Something in one event that cannot be used: what, and what to do."""


class TooMuchError(Exception):
    """Repeats that would take too long to work out."""
