"""`skerry run` with shorter waits, for tests that kill it and stop it.

It is made ready, then waits for a line on its standard input before it opens anything.

usage: python -m tests.proofs.telegram_program WAITS
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import timedelta

from bot.__main__ import app
from bot.adapters.telegram import polling
from bot.commands import telegram_line
from tests.proofs import waits


@dataclass(frozen=True, kw_only=True)
class Waits(waits.Waits):
    """How long it waits where tests have less time; in seconds."""

    #: Between two polls when somebody else polls, how long a poll then waits, and the longest
    #: after other failures.
    stranger: float = 1.0
    doubt: int = 1
    longest: float = 1.0
    #: How long the right to poll is held, and how often it is renewed and asked for.
    right: float = 10.0
    beat: float = 2.0
    watch: float = 1.0

    def put(self) -> None:
        """Make the program wait like this."""
        super().put()
        polling.STRANGER, polling.DOUBT = self.stranger, self.doubt
        polling.LONGEST = self.longest
        telegram_line.LEASE = timedelta(seconds=self.right)
        polling.BEAT, polling.WATCH = self.beat, self.watch


if __name__ == "__main__":
    Waits(**json.loads(sys.argv[1])).put()
    waits.is_ready()
    if sys.stdin.readline():
        app(["run"])
