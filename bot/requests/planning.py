"""Planning: what comes next for people in the campaigns that run, kept as it changes.

For each person and step one next occasion is kept. Whatever changes when somebody wants to hear
from us plans what is not yet sent anew; what then lies in the past is skipped as `past`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import product

from sqlalchemy import Connection

from bot.records import Occasion
from bot.requests import anchoring
from bot.requests.anchoring import Almanac
from bot.store import campaigns, dues, festivals, occasions, rhythms
from bot.store.campaigns import Progress, Started
from bot.store.dues import Due, Kind, Pick, Whose
from bot.store.occasions import State
from scheduler.anchors import anchored, withdrawn
from scheduler.campaign import Anchored, Campaign, Random, Step
from scheduler.course import Course, Planned, course, meant_for
from scheduler.festival import Festival
from scheduler.person import Person
from scheduler.picks import Picks
from scheduler.plan import next_due
from scheduler.plan import occasions as all_planned
from scheduler.reasons import Reason

#: No change of a rhythm moves an occasion further than this: it stays in its week or its month.
_FARTHEST = timedelta(days=32)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Running:
    """A campaign that was started, with its file read."""

    started: Started
    campaign: Campaign
    #: The festival it goes by, as it stands now; None when by none.
    festival: Festival | None = None

    def course(self, step: Step, person: Person) -> Course:
        """How one of its steps runs for somebody."""
        return course(self.campaign, step, person, self.festival)

    @property
    def frozen(self) -> bool:
        """Whether staff paused it."""
        return self.started.progress is Progress.PAUSED


@lru_cache(maxsize=256)
def _campaign(body: str) -> Campaign:
    return Campaign.model_validate_json(body)


def campaign_of(started: Started) -> Campaign:
    """A campaign as it was started."""
    return _campaign(started.body)


@lru_cache(maxsize=256)
def festival_of(body: str) -> Festival:
    """A festival as it is kept."""
    return Festival.model_validate_json(body)


def _read(conn: Connection, started: Started) -> Running:
    known = festivals.get(conn, started.festival) if started.festival else None
    festival = festival_of(known.body) if known else None
    return Running(started, _campaign(started.body), festival)


def start(conn: Connection, campaign: Campaign, now: datetime) -> None:
    """Keep a campaign as it is started; what comes next for people is planned by `plan`."""
    campaigns.start(
        conn,
        campaign.name,
        title=campaign.title,
        rank=campaign.rank,
        body=campaign.model_dump_json(),
        now=now,
        festival=campaign.festival or "",
    )


def running(conn: Connection) -> tuple[Running, ...]:
    """The campaigns that were started and not cancelled."""
    return tuple(
        _read(conn, each)
        for each in campaigns.all_of(conn)
        if each.progress is not Progress.CANCELLED
    )


def running_named(conn: Connection, name: str) -> Running | None:
    """One of them; None when none of that name runs."""
    started = campaigns.get(conn, name)
    over = started is None or started.progress is Progress.CANCELLED
    return None if started is None or over else _read(conn, started)


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A campaign for which everybody is to be planned."""

    name: str
    #: Up to when they were planned; None when all is to be planned anew.
    since: datetime | None
    #: Whether it is enough to `fan` out what its festival brings.
    festive: bool


def unplanned(conn: Connection, now: datetime) -> tuple[Unplanned, ...]:
    """The campaigns for which everybody is to be planned now.

    Those for which a command began it and was cut short, and those by a festival of which more
    comes near. Where nothing of a festival is near, nothing needs to be done but to say so.
    """
    until = now + anchoring.AHEAD
    found: list[Unplanned] = []
    for each in campaigns.unplanned(conn, cut=now - _CUT, until=until - _BEFORE):
        since, under = each.planned_until, _read(conn, each)
        if since is not None and not _near(under, since, until):
            campaigns.planned(conn, each.name, until=until, since=now)
        else:
            festive = since is not None or under.campaign.festive
            found.append(Unplanned(each.name, since, festive))
    return tuple(found)


#: A command that has changed a campaign and not planned for everybody by then was cut short.
_CUT = timedelta(minutes=1)
#: What comes near is planned this much sooner than it must be.
_BEFORE = timedelta(days=1)
#: No two zones are further apart, with a window that goes over midnight.
_APART = timedelta(hours=50)


def _near(running: Running, begin: datetime, end: datetime) -> bool:
    """Whether a festival may bring somebody something between two instants, in any zone."""
    return any(begin - _APART <= at <= end + _APART for at in _instants(running))


def far_off(conn: Connection, name: str, now: datetime) -> tuple[bool, bool]:
    """Whether nothing of a campaign is near, and whether all of it goes by a festival."""
    running = running_named(conn, name)
    if running is None:
        return True, True
    until = now + anchoring.AHEAD + _APART
    near = any(at <= until for at in _instants(running))
    festive = running.campaign.festive
    return festive and not near and not dues.count(conn, name), festive


def _instants(running: Running) -> Iterator[datetime]:
    """When a festival's steps come to somebody in its own zone who chose nothing."""
    if running.festival is None:
        return
    somebody = Person(id="", zone=running.festival.zone, joined_at=_LONG_AGO)
    for step in running.campaign.steps:
        under = running.course(step, somebody)
        if isinstance(step.when, Anchored):
            yield from (each.at for each in (*anchored(under), *withdrawn(under)))


def planned(conn: Connection, name: str, now: datetime) -> None:
    """Everybody is planned for in a campaign, as it stood then."""
    campaigns.planned(conn, name, until=now + anchoring.AHEAD, since=now)


def plan_in(conn: Connection, name: str, ids: Sequence[str], now: datetime) -> None:
    """Plan what comes next for some hundreds of people in one campaign."""
    under = running_named(conn, name)
    if under is not None:
        plan(conn, rhythms.held(conn, ids), [under], now)


def fan(
    conn: Connection, name: str, ids: Sequence[str], now: datetime, since: datetime | None = None
) -> None:
    """Plan what a campaign's festival brings some thousands of people whose ids are in order.

    With `since`, only what has come near since then is planned, and nothing is past by that.
    """
    under = running_named(conn, name)
    if under is None:
        return
    almanac = almanac_of(under)
    if almanac.shared:
        anchoring.plan_range(conn, almanac, ids[0], ids[-1], now, since)
        return
    before = dues.prompts_of(conn, ids, name)
    anchoring.plan(conn, rhythms.held(conn, ids), almanac, before, now, since)


def in_it(conn: Connection, name: str) -> int:
    """How many people a campaign is for."""
    under = running_named(conn, name)
    if under is None:
        return 0
    audience = under.campaign.audience
    return rhythms.count(conn, name, audience.cohorts, audience.platforms)


def to_come(conn: Connection, name: str, now: datetime) -> dict[tuple[str, str], int]:
    """What is to come in a campaign, counted by its step and why it was deferred, if it was.

    What a festival brings later than it is written down counts once for each it is for.
    """
    counted = dues.standing(conn, name)
    under = running_named(conn, name)
    if under is None or under.festival is None:
        return counted
    somebody = Person(id="", zone=under.festival.zone, joined_at=_LONG_AGO)
    written = {step for step, _ in counted}
    far = [
        step.id
        for step in under.campaign.steps
        if isinstance(step.when, Anchored) and step.id not in written
        if any(each.at > now for each in anchored(under.course(step, somebody)))
    ]
    people = in_it(conn, name) if far else 0
    return counted | {(step, ""): people for step in far if people}


def plan_anew(conn: Connection, participant_id: str, now: datetime) -> None:
    """Plan what comes next for somebody whose rhythm has changed."""
    person = rhythms.of(conn, participant_id)
    if person is not None:
        plan(conn, [person], running(conn), now)


def plan(
    conn: Connection, people: Iterable[Person], under: Sequence[Running], now: datetime
) -> None:
    """Plan what comes next for some hundreds of people in some campaigns, in place of what was."""
    some = tuple(people)
    only = under[0].started.name if len(under) == 1 else None
    before = dues.prompts_of(conn, [person.id for person in some], only)
    for each in under:
        if each.campaign.anchored:
            anchoring.plan(conn, some, almanac_of(each), before, now)
    _plan_rhythms(conn, some, under, before, now)


@lru_cache(maxsize=16)
def _almanac(campaign: str, festival: str) -> Almanac:
    """Kept by what both say, so that many chunks of people share the arithmetic."""
    return Almanac(
        campaign=_campaign(campaign), festival=festival_of(festival) if festival else None
    )


def almanac_of(running: Running) -> Almanac:
    """What a campaign brings by its festival."""
    festival = running.festival.model_dump_json() if running.festival else ""
    return _almanac(running.started.body, festival)


def _plan_rhythms(
    conn: Connection,
    some: Sequence[Person],
    under: Sequence[Running],
    before: Mapping[Whose, Due],
    now: datetime,
) -> None:
    """Plan the steps that go by the calendar alone."""
    steps = {
        each.started.name: [
            step for step in each.campaign.steps if not isinstance(step.when, Anchored)
        ]
        for each in under
    }
    if not any(steps.values()):
        return
    picks = dues.picks_of(conn, [person.id for person in some])
    found: list[Due] = []
    drawn: list[Pick] = []
    for person, each in product(some, under):
        meant = meant_for(each.campaign, person)
        for step in steps[each.started.name]:
            key = (each.started.name, step.id, person.id)
            old = before.get(key)
            its = each.course(step, person) if meant else None
            kept = picks.get(key, {})
            coming = next_due(its, kept, after=now) if its else None
            if old is not None and its is not None and (not coming or coming.name != old.name):
                coming = _moved(conn, its, kept, old, coming, now)
            if its is not None and coming is not None:
                found.append(_due(its, coming))
                drawn += _drawn(its, coming)
            elif old is not None:
                if old.planned_at <= now:
                    end(conn, old, step, State.SKIPPED, Reason.PAST, now)
                dues.remove(conn, old)
    dues.put(conn, found)
    dues.keep(conn, drawn)


def _moved(  # noqa: PLR0913, PLR0917 - In what, what was to come, what comes, and when.
    conn: Connection, under: Course, kept: Picks, old: Due, coming: Planned | None, now: datetime
) -> Planned | None:
    """What comes next, when it is not what was to come: what now lies in the past ends as `past`.

    What was sent before the change and would now lie ahead does not come again.
    """
    behind = ahead = False
    for each in all_planned(under, kept, after=min(old.planned_at, now) - _FARTHEST):
        if each.at > now + _FARTHEST:
            break
        behind = behind or each.name == old.name or each.at > old.planned_at
        ahead = ahead or (each.name == old.name and each.at > now)
        if behind and each.at <= now:
            end(conn, _due(under, each), under.step, State.SKIPPED, Reason.PAST, now)
    if old.planned_at <= now and not ahead:
        end(conn, old, under.step, State.SKIPPED, Reason.PAST, now)
    while coming and occasions.get(conn, occasion_of(_due(under, coming), under.step)):
        coming = next_due(under, kept, after=coming.at)
    return coming


def cancel(conn: Connection, name: str, now: datetime) -> None:
    """Take away all that comes next in a campaign; what was put off or waits ends as cancelled."""
    started = campaigns.get(conn, name)
    campaign = _campaign(started.body) if started else None
    for due in dues.of_campaign(conn, name):
        step = campaign.step(due.step) if campaign else None
        if step is not None and due.kind is Kind.PROMPT and due.planned_at <= now:
            end(conn, due, step, State.SKIPPED, Reason.CANCELLED, now)
    occasions.cancelled(conn, name, now)
    campaigns.clear(conn, name)
    campaigns.forget_picks(conn, name)


def following(conn: Connection, under: Course, after: datetime, now: datetime) -> Due | None:
    """The next occasion of a course after an instant; what is picked for it is kept.

    Of a festival's only one that is near: time brings the others. One that ended without being
    sent, and lies ahead again, is as if it had not ended.
    """
    names = under.campaign.name, under.step.id, under.person.id
    if isinstance(under.step.when, Anchored):
        ended = occasions.sent_of(conn, names[0], [names[2]]).get((names[1], names[2]), {})
        until = now + anchoring.AHEAD
        coming = (each for each in anchored(under) if after < each.at <= until)
        ahead = (e for e in coming if e.name not in ended or (e.at > now and not ended[e.name]))
        nearest = next(ahead, None)
        found = _due(under, nearest) if nearest else None
        if found is not None and found.name in ended:
            occasions.reopen(conn, [occasion_of(found, under.step)])
        return found
    picks = dues.picked(conn, *names) if isinstance(under.step.when, Random) else {}
    planned = next_due(under, picks, after=after)
    if planned is None:
        return None
    dues.keep(conn, _drawn(under, planned))
    return _due(under, planned)


def stands(under: Course, due: Due) -> bool:
    """Whether something is due as it is planned now; its festival may have moved meanwhile."""
    if not isinstance(under.step.when, Anchored):
        return True
    return any((each.name, each.at) == (due.name, due.planned_at) for each in anchored(under))


def _drawn(under: Course, planned: Planned) -> list[Pick]:
    """What was picked at random for it just now, to be kept."""
    if not planned.drawn:
        return []
    pick = Pick(
        campaign=under.campaign.name,
        step=under.step.id,
        participant=under.person.id,
        span=planned.span,
        times=planned.drawn,
    )
    return [pick]


def _due(under: Course, planned: Planned) -> Due:
    return Due(
        campaign=under.campaign.name,
        step=under.step.id,
        participant=under.person.id,
        name=planned.name,
        planned_at=planned.at,
        at=planned.at - timedelta(minutes=under.step.heads_up or 0),
    )


def occasion_of(due: Due, step: Step) -> Occasion:
    """What is due, as the occasion it is claimed as."""
    return Occasion(
        campaign=due.campaign,
        step=due.step,
        name=due.name,
        practice=step.practice,
        participant=due.participant,
    )


def end(  # noqa: PLR0913, PLR0917 - Which, how, why and when.
    conn: Connection, due: Due, step: Step, state: State, reason: Reason, now: datetime
) -> None:
    """Say that an occasion ends without being sent, unless it was sent already."""
    occasion = occasion_of(due, step)
    if occasions.claim(conn, occasion, now, due.planned_at):
        occasions.end(conn, occasion, state, now=now, reason=reason)
