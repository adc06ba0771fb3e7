"""Festivals: what a change of one moves, and keeping it so that it is planned anew.

Plain functions inside one transaction. Planning anew for everybody is left to whoever asked,
some people at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from bot.requests import planning
from bot.requests.planning import Running
from bot.store import campaigns, festivals
from scheduler.anchors import anchored
from scheduler.campaign import Anchored, Step
from scheduler.course import Planned
from scheduler.festival import Festival
from scheduler.person import Person

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An occasion that a change of a festival moves, on the festival's own clock."""

    campaign: str
    step: str
    occasion: str
    #: When it was planned; None when it is new.
    was: datetime | None
    #: When it is planned now; None when it does not come any more.
    will: datetime | None
    #: True when that lies in the past: who has not had it does not get it.
    past: bool
    #: To how many people it went out already; nobody gets it twice.
    sent: int


def get(conn: Connection, name: str) -> Festival | None:
    """A festival as it stands; None when none has that name."""
    known = festivals.get(conn, name)
    return planning.festival_of(known.body) if known else None


def running(conn: Connection, name: str) -> tuple[Running, ...]:
    """The campaigns that go by a festival and were not cancelled."""
    found = (planning.running_named(conn, each.name) for each in campaigns.of_festival(conn, name))
    return tuple(each for each in found if each is not None)


def changes(conn: Connection, new: Festival, now: datetime) -> tuple[Change, ...]:
    """What another state of a festival would move, by campaign and in the order of time."""
    found: list[Change] = []
    for each in running(conn, new.name):
        sent = _sent(conn, each.started.name)
        its = [change for step in each.campaign.steps for change in _moved(each, step, new, now)]
        counted = [replace(one, sent=sent.get((one.step, one.occasion), 0)) for one in its]
        found += sorted(counted, key=lambda one: (one.will or one.was or _LONG_AGO, one.step))
    return tuple(found)


def _moved(under: Running, step: Step, new: Festival, now: datetime) -> Iterator[Change]:
    if not isinstance(step.when, Anchored):
        return
    before, after = _times(under, step), _times(replace(under, festival=new), step)
    for name in dict.fromkeys([*before, *after]):
        was, will = before.get(name), after.get(name)
        if (was and was.at) != (will and will.at):
            yield Change(
                campaign=under.started.name,
                step=step.id,
                occasion=name,
                was=was.wall if was else None,
                will=will.wall if will else None,
                past=will is not None and will.at <= now,
                sent=0,
            )


def _times(under: Running, step: Step) -> dict[str, Planned]:
    """When a step comes to somebody in the festival's own zone who chose nothing."""
    if under.festival is None:
        return {}
    somebody = Person(id="", zone=under.festival.zone, joined_at=_LONG_AGO)
    return {each.name: each for each in anchored(under.course(step, somebody))}


def _sent(conn: Connection, campaign: str) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for (step, name, sent), count in campaigns.named(conn, campaign).items():
        counts[step, name] += count if sent else 0
    return counts


def note(conn: Connection, festival: Festival, now: datetime) -> None:
    """Keep a festival of which nothing has changed that anything goes by."""
    body = festival.model_dump_json()
    festivals.put(conn, festival.name, title=festival.title, body=body, now=now)


def keep(conn: Connection, festival: Festival, now: datetime) -> tuple[str, ...]:
    """Keep a festival, new or changed; the names of the campaigns to be planned anew."""
    note(conn, festival, now)
    names = tuple(each.started.name for each in running(conn, festival.name))
    for name in names:
        campaigns.unplan(conn, name, now)
    return names


def steered(conn: Connection, name: str) -> tuple[campaigns.Started, ...]:
    """The campaigns that a name stands for: one campaign, or all that go by a festival."""
    one = campaigns.get(conn, name)
    return (one,) if one else campaigns.of_festival(conn, name)
