"""A harvest: releases and shared words, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from bot.harvest import words
from bot.harvest.shared import Words
from bot.measures.measure import Measure
from bot.measures.release import Part, Release, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Counts of one measure that are still open, of which nothing can be seen."""

    measure: str
    title: str
    groups: int
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What a programme may learn."""

    releases: tuple[Release, ...] = ()
    open: tuple[Open, ...] = ()
    shared: Sequence[Words] = ()

    def by_measure(self) -> Iterator[tuple[Measure, tuple[Release, ...]]]:
        """Each measure as it was counted last, with its releases, oldest first."""
        ordered = sorted(self.releases, key=lambda each: (each.measure.name, each.until, each.id))
        for _, found in groupby(ordered, key=lambda each: each.measure.name):
            several = tuple(found)
            yield several[-1].measure, several


def ordered(release: Release) -> tuple[Told, ...]:
    """The groups of a release by their names: no order says that one is before another."""
    return tuple(sorted(release.told, key=words.groups))


def parts(measure: Measure, told: Told) -> tuple[Part, ...]:
    """Every part of a measure; one that is not told at all holds nothing."""
    known = {part.name: part for part in told.parts}
    return tuple(
        known.get(name, Part(name=name, answered=told.contributed)) for name in measure.parts
    )
