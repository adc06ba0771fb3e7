"""`skerry` by a clock that is ahead, planning for a few people at a time.

`run` is made ready, then waits for a line on its standard input before it opens anything; any
other command is done at once.

usage: python -m tests.proofs.move_program WAITS [WORDS]
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from scheduler import tick
from tests.proofs import waits


@dataclass(frozen=True, kw_only=True)
class Waits(waits.Waits):
    """How far ahead its clock is, and after how long a move counts as cut short; in seconds."""

    ahead: float = 0.0
    cut: float = 60.0
    #: For how many people a festival's move is written at once.
    fanned: int = 20

    def put(self) -> None:
        """Make the program wait like this; before anything else is imported."""
        here, ahead = tick.now, timedelta(seconds=self.ahead)
        tick.now = lambda: here() + ahead
        tick.Tick.__init__.__defaults__ = (tick.now,)
        tick.PLAN = 1
        super().put()
        vars(import_module("bot.requests.planning"))["_CUT"] = timedelta(seconds=self.cut)
        for room in ("bot.doors", "bot.commands.steering"):
            vars(import_module(room))["MOST_FANNED"] = self.fanned


def main() -> None:
    Waits(**json.loads(sys.argv[1])).put()
    app = import_module("bot.__main__").app
    if words := sys.argv[2:]:
        app(words)
    waits.is_ready()
    if sys.stdin.readline():
        app(["run"])


if __name__ == "__main__":
    main()
