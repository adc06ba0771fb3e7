"""`skerry` by a clock that is ahead, planning for a few people at a time.

`run` is made ready, then waits for a line on its standard input before it opens anything; any
other command is done at once.

usage: python -m tests.proofs.move_program WAITS [WORDS]
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Self

from bot import doors
from bot.__main__ import app
from bot.commands import steering
from bot.requests import planning
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
        """Make the program wait like this."""
        ahead = timedelta(seconds=self.ahead)

        class Ahead(datetime):
            """The clock of the house, ahead of ours."""

            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Self:
                return super().now(tz) + ahead

        vars(tick)["datetime"] = Ahead
        tick.PLAN = 1
        super().put()
        vars(planning)["_CUT"] = timedelta(seconds=self.cut)
        for room in (doors, steering):
            vars(room)["MOST_FANNED"] = self.fanned


def main() -> None:
    Waits(**json.loads(sys.argv[1])).put()
    if words := sys.argv[2:]:
        app(words)
    waits.is_ready()
    if sys.stdin.readline():
        app(["run"])


if __name__ == "__main__":
    main()
