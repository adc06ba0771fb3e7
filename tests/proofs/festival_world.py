"""A small world in which a festival moves: people, their campaign, and everything that happens.

One seeded Random decides all of it. What people were to get is noted beside what they got, and
the rules are held against both in `festival_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any, NamedTuple
from unittest import mock
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, select

from bot import prompting, turns
from bot.records import Body, Inbound, Invited, Left, Platform, Returned, Standing, Words
from bot.requests import festivals, planning
from bot.requests.desk import House
from bot.requests.shelf import Shelf
from bot.store import campaigns, cohorts, dues, occasions, people, rhythms
from bot.store.campaigns import Progress
from bot.store.dues import Due, Kind
from bot.store.occasions import Record
from bot.store.opening import Store
from bot.store.tables import outbox
from bot.trust.databases import writing
from scheduler.campaign import Campaign
from scheduler.festival import Festival, Session, moved
from scheduler.person import Person
from tests.proofs import almanac, festival_oracle
from tests.proofs.almanac import ZONES, Rhythm

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_ASKED = (
    select(func.count())
    .select_from(outbox)
    .where(
        outbox.c.rank == 2,
        outbox.c.ask.is_not(None),
        outbox.c.participant.in_(bindparam("ids", expanding=True)),
    )
)
#: So many people are planned for in one transaction.
CHUNK = 2
#: So often something may be due at one moment.
_MOST_CALLED = 100
#: How often the pulse looks at what comes near, in truth each ten seconds; sooner where planning
#: was cut short.
BEAT, SOON = timedelta(hours=12), timedelta(hours=3)
#: So far ahead, at least, what comes is written down.
NEAR = timedelta(hours=36)
_DATES = (date(2027, 3, 8), date(2027, 5, 3), date(2027, 9, 20), date(2027, 10, 11))
_KINDS = ("session", "session", "cafe", "opening", "visit")
#: What comes months later would only take time.
_STEPS = [name for name in festival_oracle.STEPS if name != "sixty"]
_STATUSES = ("approved", "approved", "live", "draft", "postponed", "cancelled")
#: What may happen, and how often; the rest of the time nothing does but that time passes.
_OPERATIONS = {
    "move": 6,
    "last minute": 3,
    "undo": 3,
    "length": 2,
    "add": 3,
    "shift": 5,
    "status": 5,
    "remove": 1,
    "pause": 1,
    "resume": 5,
    "cancel": 0.15,
    "down": 5,
    "join": 2,
    "enter": 2,
    "zone": 2,
    "stop": 1,
    "start": 2,
    "rest": 1,
    "leave": 1,
    "return": 2,
    "left": 1,
    "back": 2,
}


class _RestlessError(Exception):
    """What is called is due again at once, and again."""


class Passed(NamedTuple):
    """The time of an occasion went by, by the plan that was in force then."""

    who: str
    step: str
    name: str
    at: datetime
    #: Whether the pulse beat, and whether they were planned for since the festival last changed.
    up: bool
    known: bool
    #: Why it may not have come at that very moment; empty when it should have.
    why_not: str


class Sent(NamedTuple):
    """Something was said."""

    due: Due
    now: datetime
    why_not: str
    #: When it is planned by the plan in force, and since when for them; None when it is not.
    at: datetime | None
    since: Planned
    #: Whether the time of the next one of its step had come.
    overtaken: bool


class Ended(NamedTuple):
    """An occasion ended without being sent when it was called."""

    due: Due
    now: datetime
    reason: str
    why_not: str
    #: Whether the step has another one after it.
    follows: bool


class Withdrawn(NamedTuple):
    """The time of a session's occasion went by while the session was off."""

    who: str
    step: str
    name: str
    up: bool
    known: bool


class Planned(NamedTuple):
    """Somebody was planned for."""

    now: datetime
    plan: dict[str, dict[str, datetime]]
    #: Whether the pulse beat then.
    up: bool


@dataclass
class World:
    """A campaign by a festival, some people, and what happened to them."""

    store: Store
    shelf: Shelf
    seed: int
    conn: Connection = field(init=False)
    size: int = 4
    length: int = 35
    happened: list[str] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    withdrawn: list[Withdrawn] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    #: How many questions of the campaign stand in the outbox.
    asked: int = 0
    rows: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    #: What was found amiss on the way: by which rule, and what.
    amiss: list[tuple[str, object]] = field(default_factory=list)
    plannings: dict[str, list[Planned]] = field(default_factory=dict)
    #: The festival as it stood, from when on.
    history: list[tuple[datetime, Festival]] = field(default_factory=list)
    #: Who has left the campaign at some time.
    leavers: set[str] = field(default_factory=set)
    held: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.name, self.feast = f"goes_{self.seed}", f"feast_{self.seed}"
        self.first = self.chance.choice(_DATES)
        self.now = datetime.combine(self.first, time(6, 0, 7), UTC)
        self.up, self.frozen, self.over = True, False, False
        self.back = self.now
        #: Whether all that was due was done at last.
        self.rests = False
        self.people: dict[str, Person] = {}
        self.places: dict[str, str] = {}
        #: Who has not been planned for since the festival last changed.
        self.behind: set[str] = set()
        #: Whether planning anew was cut short.
        self.cut = False
        self._plans_of: dict[tuple[str, date], dict[str, dict[str, datetime]]] = {}
        self._count = count(1)
        #: When what was sent had been planned for.
        self.got: dict[tuple[str, str, str], datetime] = {}
        self.before: list[Festival] = []
        self.house = House(
            keys=self.store.keys,
            shelf=self.shelf,
            quiet_gap=timedelta(0),
            zone="Europe/London",
            signposts="",
            retention_months=12,
            chance=lambda: 0,
            new_id=lambda: f"{self.seed:08x}{next(self._count):024x}",
        )

    # What there is at first.

    def live(self) -> None:
        """Everything happens, and then time goes on until nothing is to come."""
        with (
            mock.patch("bot.store.people.new_id", self.house.new_id),
            writing(self.store.engine).begin() as self.conn,
        ):
            with suppress(_RestlessError):
                self._live()
                self.rests = True
            self._hold("the pulse comes to rest", self.rests, self.now)
            campaigns.change(self.conn, self.name, Progress.CANCELLED, self.now)
            planning.cancel(self.conn, self.name, self.now)

    def _live(self) -> None:
        self._begin()
        for _ in range(self.length):
            self._passes(self._pause())
            verb = self.chance.choices([*_OPERATIONS], [*_OPERATIONS.values()])[0]
            self._does(verb)
        self._comes_up()
        if self.frozen and not self.over:
            self._does("resume")
        self._passes(2 * SOON)
        if not self.cut:
            self._is_next()
        self._passes(max(self.now, *self._ats()) - self.now + 3 * DAY)
        conn = self.conn
        for who in self.people:
            self.rows[who] = occasions.all_of(conn, who)
        self.asked = conn.scalar(_ASKED, {"ids": [*self.people]}) or 0

    def _begin(self) -> None:
        chance = self.chance
        opens: date = self.first + chance.randint(4, 24) * DAY
        closes: date = opens + chance.randint(1, 5) * DAY
        if chance.random() < 0.4:
            opens = datetime.combine(opens, time(chance.choice((0, 9, 18)), 30))
            closes = datetime.combine(closes, time(23, chance.choice((0, 45))))
            closes += chance.choice((timedelta(0), timedelta(minutes=75 - closes.minute)))
        made = {"name": self.feast, "title": "A feast", "opens": opens, "closes": closes}
        self.festival = Festival.model_validate(made | {"zone": chance.choice(ZONES)})
        sessions = tuple(self._session() for _ in range(chance.randint(2, 8)))
        self.festival = self._with(sessions)
        self.history.append((self.now, self.festival))
        steps = chance.sample(_STEPS, 5)
        self.campaign = Campaign.model_validate(
            {
                "name": self.name,
                "title": "By a feast",
                "starts": self.first,
                "festival": self.feast,
                "holidays": "none",
                "audience": {"cohorts": chance.choice(([], [f"Hosts {self.seed}"]))},
                "window": chance.choice(("00:00-24:00", "08:30-22:00")),
                "counts_from": chance.choice(("start", "start", "joining")),
                "working_days": almanac.WEEKDAYS[: chance.choice((5, 7))],
                "steps": [festival_oracle.written(name) for name in steps],
            }
        )
        conn = self.conn
        festivals.keep(conn, self.festival, self.now)
        planning.start(conn, self.campaign, self.now)
        for _ in range(self.size - 2):
            self._joins()
        self._plans()

    def _session(self) -> Session:
        chance = self.chance
        first = self.festival.first
        days = (self.festival.last - first).days
        day = first + chance.randint(0, days) * DAY
        starts = datetime.combine(day, time(chance.choice((9, 9, 11, 14, 21)), 0))
        more: dict[str, Any] = {"zone": chance.choice((None, None, *ZONES[:4]))}
        if chance.random() < 0.5:
            more["ends"] = starts + timedelta(minutes=chance.choice((45, 60, 90)))
        return Session.model_validate(
            {
                "id": f"s{chance.randint(1, 99)}-{next(self._count)}",
                "title": "A session",
                "kind": chance.choice(_KINDS),
                "starts": starts,
                "status": "approved" if chance.random() < 0.8 else chance.choice(_STATUSES),
                **more,
            }
        )

    def _with(self, sessions: tuple[Session, ...]) -> Festival:
        return self.festival.model_copy(update={"sessions": sessions}, deep=True)

    # Time.

    def _pause(self) -> timedelta:
        chance = self.chance
        spans = (MINUTE, 20 * MINUTE, HOUR, 5 * HOUR, DAY, 4 * DAY)
        rough = chance.choices(spans, (1, 2, 2, 4, 5, 2))[0] * chance.uniform(0.3, 1.7)
        return timedelta(seconds=rough // timedelta(seconds=1) // 2 * 2 + 1)

    def _passes(self, span: timedelta) -> None:
        """Time goes by; the pulse beats, unless it is down."""
        until = self.now + span
        while self.now < until:
            if not self.up and self.now >= self.back:
                self._comes_up()
            if self.up:
                self._beats()
            beat = SOON if self.cut else BEAT
            self._goes_on(min(until, self.now + beat if self.up else self.back))

    def _goes_on(self, until: datetime) -> None:
        self._notes_what_passes(until)
        if not self.up:
            self.now = until
            return
        self._pulse()
        while True:
            conn = self.conn
            soonest = dues.soonest(conn)
            if soonest is None or soonest > until:
                break
            self.now = max(self.now, soonest)
            self._pulse()
        self.now = until

    def _goes_down(self) -> None:
        """The pulse is down for hours or days, and staff and people go on meanwhile."""
        self.up = False
        self.back = self.now + self.chance.choice((2, 9, 40, 120)) * HOUR

    def _comes_up(self) -> None:
        """What is due is called a moment before it is looked at what comes near."""
        if not self.up:
            self.up = True
            self.happened.append(f"{self.now} the pulse is back")
            self._pulse()

    def _pulse(self) -> None:
        for _ in range(_MOST_CALLED):
            found = dues.come(self.conn, self.now, 50)
            for due in found:
                self._calls(self.conn, due)
            if not found:
                return
        raise _RestlessError

    def _calls(self, conn: Connection, due: Due) -> None:
        due = dues.get(conn, due) or due
        heard = prompting.call(conn, self.house, due, self.now)
        assert due.kind is Kind.PROMPT
        who = due.participant
        plan = self._plan(who).get(due.step, {})
        why_not = self.why_not(who, due.step, self.now)
        if heard.said:
            at, since = plan.get(due.name), self._since(who, due.step, due.name)
            ended = self._ended(who, due.step)
            overtaken = any(
                due.planned_at < other <= self.now
                and (name not in ended or self.got.get((who, due.step, name)) == other)
                for name, other in plan.items()
            )
            self.sent.append(Sent(due, self.now, why_not, at, since, overtaken))
            self.got[who, due.step, due.name] = due.planned_at
        elif plan.get(due.name) != due.planned_at:
            self._is_planned(who, self.now)
        else:
            follows = any(at > due.planned_at for at in plan.values())
            for each in occasions.all_of(conn, who):
                this = (each.occasion.step, each.occasion.name) == (due.step, due.name)
                if this and each.reason:
                    self.ended.append(Ended(due, self.now, each.reason, why_not, follows))

    def _ended(self, who: str, step: str) -> set[str]:
        """The occasions of a step that have ended for somebody."""
        theirs = (each.occasion for each in occasions.all_of(self.conn, who))
        return {each.name for each in theirs if each.step == step}

    def _beats(self) -> None:
        """What comes near is planned, and what was cut short, as `Doors.plan` does it."""
        for each in planning.unplanned(self.conn, self.now):
            if each.name != self.name:
                continue
            anew = each.since is None
            self.happened += [f"{self.now} the pulse plans on"] * anew
            work = partial(planning.plan_in, name=each.name)
            if each.festive:
                work = partial(planning.fan, name=each.name, since=each.since)
            whole = self.chance.random() < 0.9
            self._plans_some(work, far_off=False, all_of_it=whole, anew=anew)

    # What was to come.

    def _plan(self, who: str) -> dict[str, dict[str, datetime]]:
        """What the festival as it stands brings them."""
        zone, first = self.people[who].zone, self.first
        if self.campaign.counts_from == "joining":
            first = max(first, self.entered(who).astimezone(ZoneInfo(zone)).date())
        if (zone, first) not in self._plans_of:
            self._plans_of[zone, first] = {
                step.id: festival_oracle.planned(step.id, self.festival, zone, first)
                for step in self.campaign.steps
            }
        return self._plans_of[zone, first]

    def is_meant(self, who: str) -> bool:
        """Whether the campaign is for them."""
        person, wanted = self.people[who], self.campaign.audience.cohorts
        return self.name not in person.left and (not wanted or wanted[0] in person.cohorts)

    def entered(self, who: str) -> datetime:
        """Since when it is."""
        person, wanted = self.people[who], self.campaign.audience.cohorts
        into = [at for name, at in person.entered if name in wanted]
        return max([person.joined_at, *into])

    def _ats(self) -> list[datetime]:
        """When all of it is that the festival still brings, in each of their zones."""
        steps = [step.id for step in self.campaign.steps if step.when.kind != "weekly"]
        plans = [self._plan(who) for who in self.people]
        return [at for plan in plans for step in steps for at in plan[step].values()]

    def _since(self, who: str, step: str, name: str) -> Planned:
        """Since which planning somebody's plan has had an occasion where it is now."""
        noted = self.plannings[who]
        since = noted[-1]
        for each in reversed(noted):
            if each.plan[step].get(name) != since.plan[step].get(name):
                break
            since = each
        return since

    def _notes_what_passes(self, until: datetime) -> None:
        for who in self.people:
            if self.over or not self.is_meant(who):
                continue
            entered = self.entered(who)
            for step, names in self._plan(who).items():
                for name, at in names.items():
                    ours = self.now < at <= until and at >= entered
                    if ours and (who, step, name) not in self.got:
                        known, why_not = who not in self.behind, self.why_not(who, step, at)
                        if step == "weekly" and name in self._ended(who, step):
                            why_not = "ended"
                        self.passed.append(Passed(who, step, name, at, self.up, known, why_not))
                off = festival_oracle.withdrawn(step, self.festival, self.people[who].zone)
                for name, at in off.items():
                    if self.now < at <= until and at >= entered:
                        known = who not in self.behind
                        self.withdrawn.append(Withdrawn(who, step, name, self.up, known))

    def why_not(self, who: str, step: str, at: datetime) -> str:
        """Why nothing may come to somebody at an instant; empty when it may."""
        person, told = self.people[who], festival_oracle.STEPS[step]
        if ("awaited", True) in told.more:
            return "no_practice"
        rhythm = Rhythm(
            zone=person.zone,
            stopped=person.standing is Standing.STOPPED,
            paused_until=person.paused_until,
            reachable=person.reachable,
            joined_at=person.joined_at,
        )
        its = self.campaign.step(step)
        assert its is not None
        found = [*almanac.away(at, rhythm), *almanac.closed(at, rhythm, self.campaign, its)]
        return " ".join([*found, *["frozen"] * self.frozen])

    # Planning anew.

    def _plans(self, *, all_of_it: bool = True, moved: bool = False) -> None:
        """A command plans for everybody, some at a time; or dies on the way."""
        far_off, festive = planning.far_off(self.conn, self.name, self.now)
        work = planning.fan if moved or festive else planning.plan_in
        self._plans_some(partial(work, name=self.name), far_off=far_off, all_of_it=all_of_it)

    def _plans_some(
        self, work: Callable[..., object], *, far_off: bool, all_of_it: bool, anew: bool = True
    ) -> None:
        at, some = self.now, sorted(self.people)
        chunks = [some[first : first + CHUNK] for first in range(0, len(some), CHUNK)]
        if not all_of_it:
            chunks = chunks[: self.chance.randint(0, len(chunks) - 1)]
        for chunk in [] if far_off else chunks:
            work(self.conn, ids=chunk, now=at)
            for who in chunk:
                self._is_planned(who, at, anew=anew)
            if self.chance.random() < 0.2:
                self._goes_on(self.now + self.chance.randint(1, 40) * timedelta(seconds=1))
        self.cut = not all_of_it
        if self.cut:
            self.behind |= set(some) - {who for chunk in chunks for who in chunk}
        else:
            planning.planned(self.conn, self.name, at)
            for who in some if far_off else []:
                self._is_planned(who, at)
        if self.up:
            self._pulse()
        if all_of_it and not self.over:
            self._is_next()

    def _is_planned(self, who: str, at: datetime, *, anew: bool = True) -> None:
        self.behind.discard(who)
        if anew or not self.plannings.get(who):
            self.plannings.setdefault(who, []).append(Planned(at, self._plan(who), self.up))

    def was_dropped(self, who: str, step: str, name: str, at: datetime) -> bool:
        """Whether an occasion was not to come any more, as the festival stood at an instant."""
        noted = [each.plan[step] for each in self.plannings[who] if each.now == at]
        if any(name not in plan for plan in noted):
            return True
        held = [festival for since, festival in self.history if since <= at][-1]
        return name in festival_oracle.withdrawn(step, held, "Europe/London")

    def was_ever_dropped(self, step: str, name: str) -> bool:
        """Whether the festival ever stood so that it did not bring an occasion to somebody."""
        return any(
            name not in festival_oracle.planned(step, held, zone, self.first)
            for _, held in self.history
            for zone in ZONES
        )

    def _hold(self, rule: str, holds: object, what: object) -> None:
        self.held[rule] = self.held.get(rule, 0) + 1
        if not holds:
            self.amiss.append((rule, (what, f"at {self.now}", self.happened[-3:])))

    def _is_next(self) -> None:
        """What comes next for everybody is the first that lies ahead and was not sent."""
        conn = self.conn
        rows = dues.prompts_of(conn, sorted(self.people))
        for who in self.people:
            plan, entered = self._plan(who), self.entered(who)
            for step in self.campaign.steps:
                row, over = rows.get((self.name, step.id, who)), set(self.got)
                if step.id == "weekly":  # What has ended in a rhythm does not come again.
                    over = {(who, step.id, name) for name in self._ended(who, step.id)}
                ahead = sorted(
                    (at, name)
                    for name, at in plan[step.id].items()
                    if at > self.now and at >= entered and (who, step.id, name) not in over
                )
                if self.over or not self.is_meant(who):
                    self._hold("nothing comes to whom it is not for", row is None, row)
                    continue
                if row is not None and row.planned_at <= self.now:
                    stands = plan[step.id].get(row.name) == row.planned_at
                    fresh = (who, step.id, row.name) not in self.got
                    self._hold("what waits is still planned so", stands and fresh, row)
                    continue
                found = (row.at, row.name) if row else None
                wanted = ahead[0] if ahead else None
                far = row is None and (wanted is None or wanted[0] > self.now + NEAR)
                right = far or found == wanted
                self._hold("the next one comes next", right, (who, step.id, found, wanted))

    # What happens.

    def _does(self, verb: str) -> None:
        self.happened.append(f"{self.now} {verb}")
        match verb:
            case "pause" | "resume" | "cancel":
                self._steers(verb)
            case "down":
                self._goes_down()
            case "last minute":
                self._moves_at_the_last_minute()
            case "join":
                self._joins()
            case "enter" | "zone" | "stop" | "start" | "rest" | "leave" | "return":
                self._changes(verb)
            case "left" | "back":
                self._changes(verb)
            case _:
                self._changes_the_festival(verb)

    def _steers(self, verb: str) -> None:
        if self.over or ((verb == "pause") == self.frozen and verb != "cancel"):
            return
        after = {"pause": "PAUSED", "resume": "RUNNING", "cancel": "CANCELLED"}[verb]
        conn = self.conn
        campaigns.change(conn, self.name, Progress[after], self.now)
        if verb == "cancel":
            planning.cancel(conn, self.name, self.now)
        self.over, self.frozen = verb == "cancel", verb == "pause"
        if verb == "resume":
            self._plans()

    def _changes_the_festival(self, verb: str, *, cut: bool = False) -> None:
        new = self._changed(verb)
        if new is None or new == self.festival:
            return
        self.happened[-1] += f": {new.opens} to {new.closes}"
        self.before.append(self.festival)
        self.festival = Festival.model_validate(new.model_dump())
        self._plans_of = {}
        self.history.append((self.now, self.festival))
        self.behind = set(self.people)
        conn = self.conn
        festivals.keep(conn, self.festival, self.now)
        whole = self.chance.random() < 0.7 and not cut
        self.happened[-1] += "" if whole else ", cut short"
        self._plans(all_of_it=whole, moved=True)

    def _moves_at_the_last_minute(self) -> None:
        """It moves shortly before something is due, and nobody is planned for at once."""
        soonest = dues.soonest(self.conn)
        if not self.up or self.cut or soonest is None or soonest > self.now + 5 * DAY:
            return
        self._passes(max(soonest - self.now - 10 * MINUTE, timedelta(seconds=1)))
        self._changes_the_festival("move", cut=True)
        self._passes(HOUR)

    def _changed(self, verb: str) -> Festival | None:
        held, chance = self.festival, self.chance
        if verb == "undo" and self.before:
            return self.before[-1]
        if verb in {"move", "undo"}:
            by = chance.choice((-9, -3, -1, 1, 2, 5, 12))
            near = held.first if chance.random() < 0.5 else self.now.date() + 2 * DAY
            return moved(held, near + by * DAY)
        if verb == "length":
            return moved(held, held.first, held.first + chance.randint(0, 5) * DAY)
        if verb == "add":
            return self._with((*held.sessions, self._session()))
        if not held.sessions:
            return None
        one = chance.choice(held.sessions)
        rest = tuple(each for each in held.sessions if each is not one)
        if verb == "remove":
            return self._with(rest)
        if verb == "shift":
            apart = chance.choice((-48, -3, -1, 1, 2, 24)) * HOUR
            there: dict[str, Any] = {
                "starts": one.starts + apart,
                "ends": one.ends + apart if one.ends else None,
            }
        else:
            there = {"status": chance.choice(_STATUSES)}
        return self._with((*rest, Session.model_validate(one.model_dump() | there)))

    # People.

    def _joins(self) -> None:
        number = len(self.people)
        if number >= self.size:
            return
        zone, place = self.chance.choice(ZONES), f"chat-{self.seed}-{number}"
        conn = self.conn
        added = people.add(
            conn,
            self.store.keys,
            Platform.TELEGRAM,
            place,
            language="en",
            zone=zone,
            now=self.now,
        )
        who = added.participant.id
        people.change(conn, who, keeps=True, joined_at=self.now, zone_chosen=True)
        self.places[who] = place
        self._looks(conn, who)
        if self.chance.random() < 0.5:
            self._enters(conn, who)
        planning.plan_anew(conn, who, self.now)
        self._looks(conn, who)
        self._is_planned(who, self.now)

    def _enters(self, conn: Connection, who: str) -> None:
        made = cohorts.invite(conn, f"Hosts {self.seed}", now=self.now)
        self._hears(conn, who, Invited(code=made.code))

    def _hears(self, conn: Connection, who: str, body: Body) -> None:
        came = Inbound(
            platform=Platform.TELEGRAM,
            id=f"u{self.seed}-{next(self._count)}",
            place=self.places[who],
            body=body,
        )
        turns.hear(conn, self.house, came, self.now)

    def _looks(self, conn: Connection, who: str) -> None:
        found = rhythms.of(conn, who)
        assert found is not None
        self.people[who] = found

    def _changes(self, verb: str) -> None:
        """Somebody changes something."""
        who = self.chance.choice([*self.people])
        conn = self.conn
        with mock.patch.object(planning, "plan", side_effect=planning.plan) as planned:
            self._change(conn, who, verb)
        self._looks(conn, who)
        if planned.called:
            self._is_planned(who, self.now)
        if self.people[who].left:
            self.leavers.add(who)

    def _change(self, conn: Connection, who: str, verb: str) -> None:
        match verb:
            case "enter":
                self._enters(conn, who)
            case "zone":
                there, until = self.chance.choice(ZONES), self.people[who].paused_until
                people.change(conn, who, zone=there)
                if until is not None:  # They named a date: it is that date on a new clock too.
                    midnight = festival_oracle.shows(datetime.combine(until, time()), there)
                    people.change(conn, who, paused_until=midnight)
                planning.plan_anew(conn, who, self.now)
            case "left":
                self._hears(conn, who, Left())
            case "back":
                self._hears(conn, who, Returned())
            case _:
                words = {
                    "rest": f"pause until {self._days_on(who)}",
                    "leave": "leave campaign 1",
                    "return": "return to campaign 1",
                }
                said = Words(message=f"m{next(self._count)}", text=words.get(verb, verb))
                self._hears(conn, who, said)

    def _days_on(self, who: str) -> str:
        there = almanac.Rhythm(zone=self.people[who].zone, joined_at=self.now)
        return (there.wall(self.now).date() + self.chance.randint(1, 9) * DAY).isoformat()


def told(world: World) -> Iterator[str]:
    """What happened, for whoever reads why a property failed."""
    yield f"seed {world.seed}, {[step.id for step in world.campaign.steps]}"
    yield from world.happened
