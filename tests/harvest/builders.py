"""Releases and shared words for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.harvest.harvest import Harvest, Open
from bot.measures.loader import load
from bot.measures.measure import Measure
from bot.measures.release import Amount, Part, Release, Share, Told

MEASURES = load().measures
#: A day on which a count begins.
MONDAY = date(2026, 11, 2)
WEEK = timedelta(days=7)
HOSTILE = "<script>alert(1)</script> & $x^2$ \" ' =1+1"


def around(low: int, high: int | None = None) -> Amount:
    return Amount(low=low, high=low if high is None else high)


def percent(number: int) -> Share:
    return Share(percent=number)


def told(*parts: Part, groups: tuple[str, ...] = ("Spring",), many: Amount | None = None) -> Told:
    return Told(
        groups=groups,
        invited=around(60),
        opened=around(50),
        answered=around(45),
        contributed=many or around(40),
        parts=parts,
    )


def energy(
    share: Share | None = None, *, most: int | None = None, many: Amount | None = None
) -> Part:
    """The one part of `weekly_energy`; of nine people at most with a share alone."""
    counts = () if share or most is not None else ((1, 0), (2, 5), (3, 10), (4, 15), (5, 10))
    if not (share or most is not None):
        share = percent(60)
    return Part(
        name="weekly_energy",
        answered=many or around(40),
        favourable=share,
        counts=counts,
        most=most,
    )


def release(
    name: str, *groups: Told, since: date = MONDAY, until: date | None = None, id_: str = "r1"
) -> Release:
    measure: Measure = MEASURES[name]
    last = until or since + measure.weeks * WEEK - timedelta(days=1)
    return Release(id=id_, measure=measure, since=since, until=last, told=groups)


def weeks(*shares: Share | None) -> tuple[Release, ...]:
    """Counts of energy week after week; None where nobody was told of."""
    return tuple(
        release(
            "weekly_energy",
            *([told(energy(share))] if share else []),
            since=MONDAY + number * WEEK,
            id_=f"w{number}",
        )
        for number, share in enumerate(shares)
    )


def changed() -> Release:
    """Numbers for one item, a share for one, most for one; three are withheld."""
    return release(
        "confidence_since_start",
        told(
            Part(
                name="act",
                answered=around(40),
                favourable=percent(60),
                counts=((-2, 0), (-1, 5), (0, 10), (1, 15), (2, 10)),
            ),
            Part(name="ask_first", answered=around(8, 9), favourable=percent(40)),
            Part(name="convene", answered=around(20), most=0),
            Part(name="stay", answered=around(0)),
        ),
        id_="c1",
    )


def named_barriers() -> Release:
    counts = tuple(enumerate([25, 20, 15, 5, 0, 10, 10, 5, 0, 5, 15, 5]))
    part = Part(name="barriers", answered=around(40), counts=counts)
    return release("barriers", told(part), id_="b1")


@dataclass(frozen=True, kw_only=True)
class Story:
    """Shared words."""

    id: str = "s1"
    practice: str = "story"
    title: str = "The beds"
    level: str = "unnamed"
    name: str | None = "Ailsa"
    about: str = "What changed?"
    paragraphs: tuple[str, ...] = ("We argued about beds.", "Then we asked.")
    given_at: date = MONDAY


def harvest(*releases: Release, shared: Sequence[Story] = ()) -> Harvest:
    counts = (Open(measure="weekly_energy", title="Energy", groups=3, until=MONDAY + WEEK),)
    return Harvest(releases=releases, open=counts, shared=tuple(shared))


def whole() -> Harvest:
    """Some of everything."""
    return harvest(
        *weeks(percent(50), None, percent(60), percent(70), Share(most=True)),
        release("weekly_energy", told(energy(), groups=("Autumn",)), id_="w9"),
        changed(),
        named_barriers(),
        shared=[Story(), Story(id="s2", level="public", title="In the open")],
    )
