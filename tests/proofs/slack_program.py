"""`skerry run` on Slack with shorter waits, for tests that kill it and stop it.

It is made ready, then waits for a line on its standard input before it opens anything.

usage: python -m tests.proofs.slack_program WAITS
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

from bot.__main__ import app
from bot.adapters.slack import sockets
from bot.commands import line, slack_line
from tests.proofs import waits


@dataclass(frozen=True, kw_only=True)
class Waits(waits.Waits):
    """How long it waits where tests have less time; in seconds."""

    #: After a failed connection: the first wait, and the longest.
    first: float = 0.2
    longest: float = 1.0
    #: Between two times that it is told how Slack is.
    told: float = 1.0
    #: How long a connection stays that Slack wants to end.
    linger: float = 30.0

    def put(self) -> None:
        """Make the program wait like this."""
        super().put()
        sockets.FIRST, sockets.LONGEST = self.first, self.longest
        sockets.TOLD, sockets.LINGER = self.told, self.linger
        line.FIRST, line.LONGEST = self.first, self.longest
        slack_line.LOOK = self.told


if __name__ == "__main__":
    Waits(**json.loads(sys.argv[1])).put()
    waits.is_ready()
    if sys.stdin.readline():
        app(["run"])
