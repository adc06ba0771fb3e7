"""Anchoring: what comes next for people in the steps that go by a festival.

Only what is near is written down, some days ahead, and time brings the rest: so a festival moves
at once for a hundred thousand people, and little of what was written is in vain. People who share
a zone and a window share the arithmetic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.records import Occasion
from bot.store import dues, fanning, occasions, rhythms
from bot.store.dues import Due, Whose
from bot.store.fanning import Crowd
from scheduler.anchors import Ended, Span, anchored, settle, withdrawn
from scheduler.campaign import Anchored, Campaign, Step, span
from scheduler.course import Planned, course, entered, meant_for
from scheduler.festival import Festival
from scheduler.person import Person
from scheduler.reasons import Reason

#: So far ahead it is written down what comes; further than any two zones are apart.
AHEAD = timedelta(days=3)
_NOTHING: Ended = {}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
#: So many rhythms are remembered.
_MOST_KNOWN = 20_000


class Brought(NamedTuple):
    """All that a step brings somebody, in the order of time, and what is withdrawn."""

    step: Step
    planned: tuple[Planned, ...]
    gone: tuple[Planned, ...]

    def near(self, until: datetime) -> bool:
        """Whether any of it comes by then, or has come."""
        return any(each.at <= until for each in (*self.planned[:1], *self.gone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Almanac:
    """What a campaign's steps bring by a festival, worked out once for all who share a rhythm."""

    campaign: Campaign
    festival: Festival | None
    _known: dict[tuple[object, ...], tuple[Brought, ...]] = field(default_factory=dict)
    #: What of that is near, up to the one instant that was asked about last.
    _near: dict[tuple[object, ...], tuple[Brought, ...]] = field(default_factory=dict)
    _until: list[datetime] = field(default_factory=list)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that go by it."""
        return tuple(each for each in self.campaign.steps if isinstance(each.when, Anchored))

    @property
    def shared(self) -> bool:
        """Whether it is the same for all in a zone, but for those with windows over midnight."""
        return self.campaign.counts_from == "start" and not _late(span(self.campaign.window))

    def near(self, person: Person, until: datetime) -> tuple[Brought, ...]:
        """What the steps bring somebody of which anything comes by then, or has come."""
        if self._until != [until]:
            self._until[:] = [until]
            self._near.clear()
        key = self._key(person)
        found = self._near.get(key)
        if found is None:
            near = (each for each in self.brings(person) if each.near(until))
            found = self._near[key] = tuple(near)
        return found

    def _key(self, person: Person) -> tuple[object, ...]:
        """What people share for whom it is the same."""
        key: tuple[object, ...] = (person.zone,)
        if _late(person.window or span(self.campaign.window)):
            key = (person.zone, person.window)
        if self.campaign.counts_from == "joining":
            key = (*key, entered(self.campaign, person))
        return key

    def brings(self, person: Person) -> tuple[Brought, ...]:
        """What each step that goes by the festival brings somebody."""
        key = self._key(person)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = tuple(
                Brought(step, anchored(under), withdrawn(under))
                for step in self.campaign.steps
                if isinstance(step.when, Anchored)
                for under in [course(self.campaign, step, person, self.festival)]
            )
        return found


def _late(window: tuple[int, int]) -> bool:
    """Whether a window goes over midnight: then an early hour belongs to the day before."""
    opens, closes = window
    return closes <= opens


@dataclass(slots=True)
class _Sheet:
    """What is to be written for some people, gathered first."""

    put: list[Due] = field(default_factory=list)
    remove: list[Due] = field(default_factory=list)
    again: list[Occasion] = field(default_factory=list)
    past: list[tuple[Occasion, datetime]] = field(default_factory=list)
    cancelled: list[tuple[Occasion, datetime]] = field(default_factory=list)


def plan(  # noqa: PLR0913, PLR0917 - For whom, of what, how it stood, and since when.
    conn: Connection,
    people: Sequence[Person],
    almanac: Almanac,
    before: Mapping[Whose, Due],
    now: datetime,
    since: datetime | None = None,
) -> None:
    """Plan what comes next for some hundreds of people, in place of what came next `before`.

    What lay between `since` and now was not planned before, and is due: it is not past.
    """
    ahead = (min(since, now) if since else now, now + AHEAD)
    name = almanac.campaign.name
    ended = occasions.sent_of(conn, name, [person.id for person in people])
    olds: dict[str, dict[str, Due]] = defaultdict(dict)
    for due in before.values():
        if due.campaign == name:
            olds[due.participant][due.step] = due
    sheet = _Sheet()
    for person in people:
        held = olds.get(person.id, {})
        if not meant_for(almanac.campaign, person):
            _drop(sheet, almanac, held, now)
            continue
        all_there_is = almanac.near(person, ahead[1])
        if held:  # What was written down may not be near any more.
            steps = {each.step.id for each in all_there_is} | held.keys()
            all_there_is = tuple(e for e in almanac.brings(person) if e.step.id in steps)
        for brought in all_there_is:
            over = ended.get((brought.step.id, person.id), _NOTHING)
            if ahead[0] < now:  # Whatever has ended meanwhile, its time came.
                come = {each.name: True for each in brought.planned if each.at <= now}
                over = {name: sent or name in come for name, sent in over.items()}
            _settle(sheet, almanac, brought, person, held.get(brought.step.id), over, ahead)
    occasions.reopen(conn, sheet.again)
    occasions.finish(conn, sheet.past, Reason.PAST, now)
    occasions.finish(conn, sheet.cancelled, Reason.CANCELLED, now)
    dues.remove_all(conn, sheet.remove)
    dues.put(conn, sheet.put)


def _drop(sheet: _Sheet, almanac: Almanac, held: Mapping[str, Due], now: datetime) -> None:
    """Nothing of a campaign comes any more to somebody it is not for."""
    for due in held.values():
        step = almanac.campaign.step(due.step)
        if step is None or not isinstance(step.when, Anchored):
            continue
        sheet.remove.append(due)
        if due.planned_at <= now:
            occasion = _of(step, almanac, due.participant, due.name)
            sheet.past.append((occasion, due.planned_at))


def _settle(  # noqa: PLR0913, PLR0917 - Onto what, of what, for whom, and how it stood.
    sheet: _Sheet,
    almanac: Almanac,
    brought: Brought,
    person: Person,
    old: Due | None,
    over: Ended,
    ahead: Span,
) -> None:
    step, planned, gone = brought
    since = entered(almanac.campaign, person)
    waiting = (old.name, old.planned_at) if old else None
    found = settle(planned, since=since, ahead=ahead, ended=over, waiting=waiting)
    coming = found.coming

    def of(each: Planned) -> tuple[Occasion, datetime]:
        return _of(step, almanac, person.id, each.name), each.at

    if found.past:
        sheet.past += map(of, found.past)
    if found.again:
        sheet.again += [_of(step, almanac, person.id, name) for name in found.again]
    if gone:
        begin, end = ahead
        near = (each for each in gone if begin < each.at <= end and each.at >= since)
        sheet.cancelled += map(of, near)
    if old is not None:
        stands = next((each for each in planned if each.name == old.name), None)
        ends = _of(step, almanac, person.id, old.name), old.planned_at
        if stands is None:
            sheet.cancelled.append(ends)
        elif old.planned_at <= ahead[0] and stands.at < since:
            sheet.past.append(ends)  # It has moved to before it was for them.
    if coming is None:
        if old is not None:
            sheet.remove.append(old)
    elif not (found.waits or (old and waiting == (coming.name, coming.at))):
        sheet.put.append(
            Due(
                campaign=almanac.campaign.name,
                step=step.id,
                participant=person.id,
                name=coming.name,
                planned_at=coming.at,
                at=coming.at,
            )
        )


def _of(step: Step, almanac: Almanac, participant: str, name: str) -> Occasion:
    return Occasion(
        campaign=almanac.campaign.name,
        step=step.id,
        name=name,
        practice=step.practice,
        participant=participant,
    )


def plan_range(  # noqa: PLR0913, PLR0917 - Of what, for whom, where, and since when.
    conn: Connection,
    almanac: Almanac,
    first: str,
    last: str,
    now: datetime,
    since: datetime | None = None,
) -> None:
    """Plan what comes next for some thousands of people, from one id to another.

    The same as `plan`, by statements for all of a zone at once. Who has a window over midnight, or
    something that waits, is planned for one by one.
    """
    campaign = almanac.campaign
    ahead = begin, _ = (min(since, now) if since else now, now + AHEAD)
    audience = campaign.audience
    crowd = Crowd(
        campaign=campaign.name,
        steps=[step.id for step in almanac.steps],
        first=first,
        last=last,
        cohorts=audience.cohorts,
        platforms=audience.platforms,
    )
    alone = fanning.odd(conn, crowd, begin)
    if alone:
        people = rhythms.held(conn, alone)
        before = dues.prompts_of(conn, alone, campaign.name)
        plan(conn, people, almanac, before, now, since)
    crowd = replace(crowd, but=frozenset(alone))
    brought = {
        where: almanac.brings(Person(id="", zone=where, joined_at=_LONG_AGO))
        for where in fanning.zones(conn, crowd)
    }
    written = fanning.written(conn, crowd)
    for index, step in enumerate(almanac.steps):
        planned = _by_name({where: each[index].planned for where, each in brought.items()})
        gone = _by_name({where: each[index].gone for where, each in brought.items()})
        if since is None and step.id in written:
            fanning.withdraw(conn, crowd, step.id, step.practice, planned.keys(), now)
        _fan(conn, crowd, step, planned, gone, ahead, now)


def _by_name(brought: Mapping[str, Sequence[Planned]]) -> dict[str, dict[str, datetime]]:
    """By the name of each occasion its instant in every zone, in the order of time."""
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for where, occasions_ in brought.items():
        for each in occasions_:
            found[each.name][where] = each.at
    return dict(sorted(found.items(), key=lambda item: (min(item[1].values()), item[0])))


def _fan(  # noqa: PLR0913, PLR0917 - Whom, which, what, and when.
    conn: Connection,
    crowd: Crowd,
    step: Step,
    planned: Mapping[str, Mapping[str, datetime]],
    gone: Mapping[str, Mapping[str, datetime]],
    ahead: Span,
    now: datetime,
) -> None:
    """Write down what is near, and end what is past or withdrawn."""
    begin, until = ahead
    for name, at in planned.items():
        near = {where: each for where, each in at.items() if begin < each <= until}
        past = {where: each for where, each in at.items() if each <= begin}
        if near:
            still = {where: each for where, each in near.items() if each > now}
            fanning.reopen(conn, crowd, step.id, name, still)
            fanning.bring(conn, crowd, step.id, name, near)
        if past:
            fanning.end(conn, crowd, step.id, step.practice, name, past, Reason.PAST, now)
    for name, at in gone.items():
        near = {where: each for where, each in at.items() if begin < each <= until}
        if near:
            fanning.end(conn, crowd, step.id, step.practice, name, near, Reason.CANCELLED, now)
