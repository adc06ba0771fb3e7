"""A year by a virtual clock: campaigns, people who change their minds, outages and crashes.

The pulse is here a loop that jumps from one due instant to the next, many in one transaction.
All that happens is decided by one seeded Random, and everything that was done is noted beside
how somebody's rhythm stood then.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple
from unittest import mock

from sqlalchemy import Connection

from bot import prompting, turns
from bot.records import Body, Inbound, Left, Platform, Returned, Words
from bot.requests import festivals, planning
from bot.requests.desk import House
from bot.requests.shelf import Shelf
from bot.store import campaigns, conversations, dues, occasions, people, rhythms
from bot.store.campaigns import Progress
from bot.store.dues import Due, Kind
from bot.store.occasions import Record
from bot.store.opening import Store
from bot.trust.databases import writing
from scheduler.calendar import instant, zone
from scheduler.campaign import Campaign
from scheduler.festival import Festival, moved
from tests.proofs import almanac
from tests.proofs.almanac import ZONES, Rhythm

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: So many calls share a transaction, and so large a share of these is undone and done again.
CHUNK, CRASHES = 60, 0.06
#: How often what waits behind an invitation is asked about: each quarter of an hour is slow.
AGAIN = timedelta(hours=6)
#: How often it is looked at what comes near: each ten seconds is slow.
BEAT = timedelta(days=1)
#: How often a year somebody changes something.
CHANGES = 7
_CHANGES = ("zone", "days", "hour", "window", "holidays", "stop", "pause", "left")
_DAYS = (None, None, (0,), (1, 3), (2, 4, 5), (6,), (0, 1, 2, 3), tuple(range(7)))
_HOURS = (None, None, 0, 15, 90, 150, 8 * 60, 9 * 60 + 30, 13 * 60, 23 * 60 + 30)
_WINDOWS = (None, None, None, (600, 900), (22 * 60, 2 * 60), (0, 1440), (6 * 60, 8 * 60))
#: When the festivals open, as shares of the year.
_OPENS = {"feast": 0.23, "fair": 0.60}
_REGIONS = (None, None, "none", "GB-SCT", "IE", "US-NY", "EG")


@dataclass(frozen=True, kw_only=True)
class Call:
    """What one call of the pulse came to."""

    seq: int
    now: datetime
    due: Due
    rhythm: Rhythm
    frozen: bool
    said: int
    #: How it was put off; None when it was not.
    deferred: Due | None
    #: The end of the last outage.
    woke: datetime

    @property
    def outage(self) -> bool:
        """Whether it had been due before the last outage was over."""
        return self.due.at < self.woke


@dataclass(frozen=True, kw_only=True)
class Wrote:
    """Somebody wrote something."""

    seq: int
    now: datetime
    participant: str
    #: The conversation that has an answer of theirs by now; None when none is open.
    begun: str | None


class Change(NamedTuple):
    """Somebody's rhythm changed."""

    seq: int
    now: datetime
    what: str


class _Timer(NamedTuple):
    at: datetime
    order: int
    who: str
    says: str


class _Event(NamedTuple):
    at: datetime
    order: int
    what: str
    who: int


class _CrashError(Exception):
    """The process died before it could commit."""


@dataclass
class Year:
    """A store with people and campaigns in it, and what happened to them."""

    store: Store
    folder: Path
    size: int
    months: int = 12
    seed: int = 1
    #: How often things go wrong or are changed; 0 for a year in which nothing does.
    trouble: float = 1.0
    begins: datetime = datetime(2027, 1, 4, tzinfo=UTC)
    calls: list[Call] = field(default_factory=list)
    wrote: list[Wrote] = field(default_factory=list)
    changes: dict[str, list[Change]] = field(default_factory=dict)
    #: When campaigns were paused, resumed and cancelled.
    steered: dict[str, list[Change]] = field(default_factory=dict)
    rhythm: dict[str, Rhythm] = field(default_factory=dict)
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)
    crashes: int = 0
    steps: int = 0
    rows: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    coming: dict[str, tuple[Due, ...]] = field(default_factory=dict)
    queued: set[str] = field(default_factory=set)
    started: dict[str, Campaign] = field(default_factory=dict)
    #: The festivals as they stood, each from when on, by name.
    feasts: dict[str, list[tuple[int, Festival]]] = field(default_factory=dict)
    #: Up to when the pulse had beaten when a campaign was cancelled: not through an outage.
    ran: dict[str, datetime] = field(default_factory=dict)
    #: What had come and not ended when a campaign was cancelled.
    waited: dict[str, list[Due]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.ends = self.begins + timedelta(days=30.4 * self.months)
        self.real = self.begins
        self.skew = timedelta()
        self._engine = writing(self.store.engine)
        self._frozen: set[str] = set()
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._timers: list[_Timer] = []
        self._events: list[_Event] = []
        self._count = count(1)
        self._woke = self.begins
        self._beat = self.begins
        self._ran = self.begins
        shelf = Shelf(almanac.practices(self.folder))
        self.house = House(
            keys=self.store.keys,
            shelf=shelf,
            quiet_gap=timedelta(0),
            zone="Europe/London",
            signposts="",
            retention_months=12,
            chance=lambda: 0,
            new_id=lambda: f"{next(self._count):032x}",
        )

    @property
    def now(self) -> datetime:
        """What the machine's clock shows."""
        return self.real + self.skew

    def live(self) -> None:
        """Let the year go by; what waits behind an invitation is asked about less often."""
        with (
            mock.patch("bot.store.people.new_id", self.house.new_id),
            mock.patch("scheduler.verdict.AGAIN", AGAIN),
        ):
            self._live()

    def _live(self) -> None:
        self._write_down_events()
        for event in sorted(self._events):
            self._pulse(max(self.real, event.at))
            self._meet(event)
        self._pulse(max(self.real, self.ends) + MINUTE)
        with self._engine.begin() as conn:
            for who in self.rhythm:
                self.rows[who] = occasions.all_of(conn, who)
                self.coming[who] = dues.of_participant(conn, who)
                waits = conversations.queued(conn, self.store.keys, who)
                self.queued |= {each.id for each in waits}

    # What happens, written down beforehand.

    def _write_down_events(self) -> None:
        span, chance = self.ends - self.begins, self.chance
        order = count()

        def at(share: float, what: str, who: int = -1) -> None:
            self._events.append(_Event(self.begins + share * span, next(order), what, who))

        for who in range(self.size):
            at(0.0 if chance.random() < 0.7 else chance.uniform(0, 0.8), "join", who)
        for share, what in (
            (0.0, "start inquiry"),
            (0.0, "start nudge"),
            (0.0, "start rounds"),
            (0.02, "start feast"),
            (0.15, "start spring"),
            (0.19, "later feast"),
            (0.303, "between feast"),
            (0.33, "start walk"),
            (0.36, "pause walk"),
            (0.42, "resume walk"),
            (0.48, "start fair"),
            (0.55, "start trial"),
            (0.6055, "cancel fair"),
            (0.70, "cancel trial"),
            (0.74, "start autumn"),
            (0.82, "pause inquiry"),
            (0.90, "resume inquiry"),
        ):
            at(share, what)
        self._write_down_trouble(at)

    def _write_down_trouble(self, at: Callable[..., None]) -> None:
        chance, year = self.chance, self.trouble * self.months / 12
        for who in range(self.size):
            for _ in range(round(CHANGES * year * chance.uniform(0.3, 1.7))):
                at(chance.random(), chance.choice(_CHANGES), who)
        for what, times in (("minutes", 20), ("hours", 10), ("days", 4), ("weeks", 2)):
            for _ in range(round(times * year)):
                at(chance.random(), f"outage {what}")
        for _ in range(round(8 * year)):
            share = chance.random()
            at(share, "clock on")
            at(share + chance.uniform(0, 0.02), "clock back")

    # The pulse.

    def _pulse(self, until: datetime) -> None:
        """Call what is due until an instant, in transactions that may be undone and done again."""
        while self.real < until:
            crashes = self.trouble > 0 and self.chance.random() < CRASHES
            try:
                with self._engine.begin() as conn:
                    chunk = _Chunk(self, conn, until)
                    chunk.run(crashes=crashes)
            except _CrashError:
                self.crashes += 1
                continue
            self.real, self._timers = chunk.real, chunk.timers
            self.calls += chunk.calls
            self.wrote += chunk.wrote
            self._beat, self._ran = chunk.beat, self.now

    def _meet(self, event: _Event) -> None:
        verb, _, name = event.what.partition(" ")
        match verb:
            case "outage":
                self._goes_down(name)
            case "clock":
                self.steps += 1
                self.skew += HOUR if name == "on" else -HOUR
            case "start" | "pause" | "resume" | "cancel" if name:
                with self._engine.begin() as conn:
                    self._steer(conn, verb, name)
            case "later" | "between":
                with self._engine.begin() as conn:
                    self._move(conn, verb, name)
            case "join":
                with self._engine.begin() as conn:
                    self._join(conn)
            case _ if event.who < len(self._names):
                self._change(self._names[event.who], verb)
            case _:
                pass

    def _goes_down(self, how: str) -> None:
        """Nothing is called for a while, and nobody is heard."""
        unit = {"minutes": MINUTE, "hours": HOUR, "days": DAY, "weeks": 7 * DAY}[how]
        most = {"minutes": 50, "hours": 20, "days": 5, "weeks": 3}[how]
        begin, self.real = self.real, self.real + self.chance.uniform(1, most) * unit
        self.outages.append((begin + self.skew, self.real + self.skew))
        self._woke = self.now

    # Staff.

    def _steer(self, conn: Connection, verb: str, name: str) -> None:
        now, today = self.now, self.now.date()
        if verb == "start":
            made = {
                "inquiry": almanac.inquiry,
                "nudge": almanac.nudge,
                "rounds": almanac.rounds,
                "walk": almanac.walk,
                "trial": almanac.trial,
            }
            if name in _OPENS:
                opens = (self.begins + _OPENS[name] * (self.ends - self.begins)).date()
                self._becomes(conn, almanac.festival(name, opens))
                found = almanac.festive(name, today)
            else:
                found = made[name](today) if name in made else almanac.listening(name, today)
            planning.start(conn, found, now)
            self.started[name] = found
            self._plan_all(conn, name)
        elif verb == "pause":
            campaigns.change(conn, name, Progress.PAUSED, now)
            self._frozen.add(name)
        elif verb == "resume":
            campaigns.change(conn, name, Progress.RUNNING, now)
            self._frozen.discard(name)
            self._plan_all(conn, name)
        else:
            come = (due for due in dues.of_campaign(conn, name) if due.planned_at <= now)
            self.waited[name] = [due for due in come if due.kind is Kind.PROMPT]
            self.ran[name] = self._ran
            campaigns.change(conn, name, Progress.CANCELLED, now)
            planning.cancel(conn, name, now)
        self.steered.setdefault(name, []).append(Change(next(self._count), now, verb))

    def _plan_all(self, conn: Connection, name: str) -> None:
        running = planning.running_named(conn, name)
        assert running is not None
        planning.plan(conn, list(rhythms.everyone(conn)), [running], self.now)
        planning.planned(conn, name, self.now)

    def _becomes(self, conn: Connection, festival: Festival) -> None:
        festivals.keep(conn, festival, self.now)
        states = self.feasts.setdefault(festival.name, [])
        states.append((next(self._count), festival))

    def _move(self, conn: Connection, how: str, name: str) -> None:
        """Staff move a festival: before anything of it was sent, or amid it."""
        held = self.feasts[name][-1][1]
        self._becomes(conn, moved(held, held.first + (25 if how == "later" else 9) * DAY))
        planning.fan(conn, name, rhythms.joined(conn), self.now)
        planning.planned(conn, name, self.now)
        self.steered[name].append(Change(next(self._count), self.now, "move"))

    # People.

    def _join(self, conn: Connection) -> None:
        number, chance = len(self._names), self.chance
        there = ZONES[number % len(ZONES)]
        added = people.add(
            conn,
            self.store.keys,
            Platform.TELEGRAM,
            f"chat-{number}",
            language="en",
            zone=there,
            now=self.now,
        )
        who = added.participant.id
        rhythm = Rhythm(
            zone=there,
            days=chance.choice(_DAYS),
            minute=chance.choice(_HOURS),
            window=chance.choice(_WINDOWS),
            holidays=chance.choice(_REGIONS),
            joined_at=self.now,
        )
        people.change(conn, who, keeps=True, joined_at=self.now, zone_chosen=True)
        self._numbers[who] = number
        self._names.append(who)
        self.changes[who] = []
        self._keeps(conn, who, rhythm, "join")

    def _keeps(self, conn: Connection, who: str, rhythm: Rhythm, what: str) -> None:
        """Keep a changed rhythm as the chat does, and plan anew."""
        self.rhythm[who] = rhythm
        people.change(
            conn,
            who,
            zone=rhythm.zone,
            chosen="d" * (rhythm.days is not None) + "h" * (rhythm.minute is not None),
            window=rhythm.window,
        )
        if (
            rhythm.paused_until is not None
        ):  # They named a date: it is that date on a new clock too.
            until = instant(rhythm.paused_until, time(), zone(rhythm.zone))
            people.change(conn, who, paused_until=until)
        if rhythm.holidays is not None:
            people.change(conn, who, holidays=rhythm.holidays)
        if rhythm.days is not None:
            people.change(conn, who, days=rhythm.days)
        if rhythm.minute is not None:
            people.change(conn, who, minute=rhythm.minute)
        planning.plan_anew(conn, who, self.now)
        self.changes[who].append(Change(next(self._count), self.now, what))

    def _change(self, who: str, what: str) -> None:
        """Somebody changes their mind."""
        rhythm, chance = self.rhythm[who], self.chance
        with self._engine.begin() as conn:
            match what:
                case "zone":
                    there = chance.choice(ZONES)
                    self._keeps(conn, who, replace(rhythm, zone=there), what)
                case "days":
                    days = chance.choice(_DAYS[2:])
                    self._keeps(conn, who, replace(rhythm, days=days), what)
                case "hour":
                    self._keeps(conn, who, replace(rhythm, minute=chance.choice(_HOURS[2:])), what)
                case "window":
                    window = chance.choice(_WINDOWS[3:])
                    self._keeps(conn, who, replace(rhythm, window=window), what)
                case "holidays":
                    region = chance.choice(_REGIONS[2:])
                    self._keeps(conn, who, replace(rhythm, holidays=region), what)
                case _:
                    self._come_or_go(conn, who, what)

    def _come_or_go(self, conn: Connection, who: str, what: str) -> None:
        rhythm = self.rhythm[who]
        if what == "left":
            self._hears(conn, who, Left() if rhythm.reachable else Returned())
            changed = replace(rhythm, reachable=not rhythm.reachable)
        elif rhythm.stopped or (what == "stop" and rhythm.paused_until):
            self._hears(conn, who, Words(message=self._message(), text="start"))
            changed = replace(rhythm, stopped=False, paused_until=None, reachable=True)
        elif what == "stop":
            self._hears(conn, who, Words(message=self._message(), text="stop"))
            changed = replace(rhythm, stopped=True, reachable=True)
        else:
            day = rhythm.wall(self.now).date() + self.chance.randint(1, 40) * DAY
            text = f"pause until {day.isoformat()}"
            self._hears(conn, who, Words(message=self._message(), text=text))
            kept = people.get(conn, who)
            assert kept is not None
            assert kept.paused_until == instant(day, time(), zone(rhythm.zone)), text
            changed = replace(rhythm, paused_until=day, reachable=True)
        self.rhythm[who] = changed
        self.changes[who].append(Change(next(self._count), self.now, what))

    def _message(self) -> str:
        return f"m{next(self._count)}"

    def _hears(self, conn: Connection, who: str, body: Body) -> None:
        turns.hear(conn, self.house, self.came(who, body), self.now)

    def came(self, who: str, body: Body) -> Inbound:
        place = f"chat-{self._numbers[who]}"
        return Inbound(
            platform=Platform.TELEGRAM, id=f"u{next(self._count)}", place=place, body=body
        )

    def is_frozen(self, campaign: str) -> bool:
        return campaign in self._frozen


class _Chunk:
    """What one transaction does; nothing of it stays when it is undone."""

    def __init__(self, year: Year, conn: Connection, until: datetime) -> None:
        self.year, self.conn, self.until = year, conn, until
        self.real = year.real
        self.timers = list(year._timers)
        self.beat = year._beat
        self.calls: list[Call] = []
        self.wrote: list[Wrote] = []

    @property
    def now(self) -> datetime:
        return self.real + self.year.skew

    def run(self, *, crashes: bool) -> None:
        """Do what is due, and then perhaps die; raises _CrashError."""
        going = True
        while going and len(self.calls) < CHUNK:
            found = dues.come(self.conn, self.now, CHUNK)
            for each in found:
                self._call(each)
            going = bool(found) or self._goes_on()
        if crashes:
            raise _CrashError

    def _goes_on(self) -> bool:
        """On to what comes next; False at the end."""
        if self.real >= self.beat:
            self._looks_ahead()
        soonest = dues.soonest(self.conn)
        due = soonest - self.year.skew if soonest is not None else self.until
        writes = self.timers[0].at if self.timers else self.until
        at = max(self.real, min(due, writes, self.beat))
        if at >= self.until:
            self.real = self.until
            return False
        late = self.year.chance.choice((0, 0, 400))
        self.real = min(at + timedelta(milliseconds=late), self.until)
        while self.timers and self.timers[0].at <= self.real:
            self._writes(heapq.heappop(self.timers))
        return True

    def _looks_ahead(self) -> None:
        """What comes near is planned for everybody, as `Doors.plan` does it."""
        self.beat = self.real + BEAT
        ids = rhythms.joined(self.conn)
        for each in planning.unplanned(self.conn, self.now):
            if each.festive and ids:
                planning.fan(self.conn, each.name, ids, self.now, each.since)
            planning.planned(self.conn, each.name, self.now)

    def _call(self, due: Due) -> None:
        year, conn = self.year, self.conn
        before = dues.get(conn, due)
        heard = prompting.call(conn, year.house, due, self.now)
        after = dues.get(conn, due)
        put_off = after is not None and after.name == due.name
        self.calls.append(
            Call(
                seq=next(year._count),
                now=self.now,
                due=before or due,
                rhythm=year.rhythm[due.participant],
                frozen=year.is_frozen(due.campaign),
                said=heard.said,
                deferred=after if put_off else None,
                woke=year._woke,
            )
        )
        if heard.said and due.kind is Kind.PROMPT:
            self._answers(due.participant)

    def _answers(self, who: str) -> None:
        """Perhaps they answer: not at all, only the first question, or both."""
        chance, order = self.year.chance, self.year._count
        will = chance.random()
        if will < 0.45:
            return
        soon = self.real + chance.choice((1, 20, 400, 2000)) * MINUTE
        heapq.heappush(self.timers, _Timer(soon, next(order), who, "first"))
        if will > 0.6:
            then = soon + chance.choice((1, 30, 600)) * MINUTE
            heapq.heappush(self.timers, _Timer(then, next(order), who, "second"))

    def _writes(self, timer: _Timer) -> None:
        year = self.year
        if not year.rhythm[timer.who].reachable:
            return
        text = f"It is well, {timer.order}."
        body = Words(message=f"m{timer.order}", text=text)
        turns.hear(self.conn, year.house, year.came(timer.who, body), self.now)
        held = conversations.open_ones(self.conn, year.house.keys, timer.who)
        begun = [each.id for each in held if each.answers or each.draft]
        self.wrote.append(
            Wrote(
                seq=next(year._count),
                now=self.now,
                participant=timer.who,
                begun=begun[0] if begun else None,
            )
        )
