"""A campaign's file for tests, and what the loader makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.campaigns.loader import Campaigns, load
from bot.flows.faults import Fault
from bot.flows.loader import load as load_flows
from bot.flows.practice import Library

GOOD = """\
name: small
title: A small campaign
starts: 2027-01-04
ends: 2027-06-30
audience:
  cohorts: [north]
working_days: [monday, tuesday, wednesday, thursday, friday]
steps:
  - id: look
    practice: weekly
    when: {kind: weekly, on: [friday]}
    at: "10:00"
    reminder: 1 day
    closes: 6 days
  - id: surprise
    practice: nudge
    when: {kind: random, times: 2}
"""


@cache
def library() -> Library:
    """The practices there are."""
    return load_flows()


@dataclass(frozen=True)
class Desk:
    """A folder of campaigns."""

    path: Path

    def put(self, text: str | bytes = GOOD, name: str = "small.yaml") -> Path:
        file = self.path / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def load(self, *places: Path) -> Campaigns:
        return load(library(), places or [self.path])

    def faults(self) -> tuple[Fault, ...]:
        return self.load().faults

    def told(self, text: str | bytes) -> list[tuple[int, str]]:
        """The lines and faults of a campaign."""
        self.put(text)
        return [(each.line, each.fault) for each in self.faults()]
