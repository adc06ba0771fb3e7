"""The rules of the calendar, held against everything that a year brought."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, pairwise

from sqlalchemy import select

from bot.store.dues import Kind
from bot.store.occasions import Record, State
from bot.store.tables import outbox
from scheduler.campaign import Closed, Open, Step
from tests.proofs import festival_oracle
from tests.proofs.almanac import ANCHORED, away, closed, on_their_clock, window_day
from tests.proofs.virtual_year import Call, Year

#: Ends for which nothing but the calendar is the reason.
_CLOSED = frozenset({"holiday", "group_holiday", "working_days", "quiet"})
_AWAY = frozenset({"stopped", "paused", "unreachable"})
_LATE = timedelta(hours=2)
_QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)

Key = tuple[str, str, str, str]


@dataclass
class Findings:
    """What was held against the rules, and what broke one."""

    year: Year
    breaches: list[tuple[str, str]] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)

    def hold(self, rule: str, holds: object, what: object = "") -> None:
        self.held[rule] += 1
        if not holds:
            self.breaches.append((rule, str(what)))

    @property
    def broken(self) -> Counter[str]:
        return Counter(rule for rule, _ in self.breaches)


def judge(year: Year) -> Findings:
    """Hold every rule against every call, every occasion and the outbox."""
    findings = Findings(year)
    calls: dict[Key, list[Call]] = defaultdict(list)
    begun: dict[str, int] = {}
    for wrote in reversed(year.wrote):
        if wrote.begun is not None:
            begun[wrote.begun] = wrote.seq
    for call in year.calls:
        calls[_key(call)].append(call)
    rows = {
        (each.occasion.campaign, each.occasion.step, who, each.occasion.name): each
        for who, theirs in year.rows.items()
        for each in theirs
    }
    for key, of_one in calls.items():
        _occasion(findings, key, of_one, rows.get(key), begun)
    for key, row in rows.items():
        _ending(findings, key, row, calls.get(key, []))
    said: dict[str, list[Call]] = defaultdict(list)
    for call in year.calls:
        if call.said:
            said[call.due.participant].append(call)
    for who in year.rhythm:
        _person(findings, who, said[who])
    for due in chain.from_iterable(year.waited.values()):
        found = rows.get((due.campaign, due.step, due.participant, due.name))
        ends = found is not None and found.reason == "cancelled"
        findings.hold("what waits ends with its campaign", ends, (due, found))
    _outbox(findings, rows)
    return findings


def _key(call: Call) -> Key:
    return call.due.campaign, call.due.step, call.due.participant, call.due.name


def _step(year: Year, key: Key) -> Step:
    found = year.started[key[0]].step(key[1])
    assert found is not None
    return found


def _occasion(
    findings: Findings, key: Key, calls: list[Call], row: Record | None, begun: dict[str, int]
) -> None:
    """What was called of one occasion: what was said, put off and left."""
    year, hold = findings.year, findings.hold
    campaign, step = year.started[key[0]], _step(year, key)
    for call in calls:
        if call.due.kind is Kind.PROMPT and step.when.kind in ANCHORED:
            if call.said:
                at = _by_the_festival(year, call).get(call.due.name)
                hold("planned by the festival as it stands", at == call.due.planned_at, (at, call))
        elif call.due.kind is Kind.PROMPT and call.due.at == call.due.planned_at:
            fits = on_their_clock(call.due.planned_at, call.rhythm, step)
            hold("planned by their own clock", fits, call)
        if call.deferred is not None:
            _deferral(findings, key, call)
        if not call.said:
            continue
        never = [*away(call.now, call.rhythm), *closed(call.now, call.rhythm, campaign, step)]
        hold("nothing while away, closed or frozen", not never and not call.frozen, (never, call))
        hold("nothing before joining", call.due.planned_at >= call.rhythm.joined_at, call)
        hold("never early", call.now >= call.due.at, call)
        over = [each for each in year.steered[key[0]] if each.what == "cancel"]
        hold("nothing once cancelled", all(call.seq < each.seq for each in over), call)
        resumed = [each for each in year.steered[key[0]] if each.what == "resume"]
        paused = [each for each in year.steered[key[0]] if each.what == "pause"]
        between = any(
            out.now <= call.due.planned_at < back.now
            for out, back in zip(paused, resumed, strict=False)
        )
        prompt = call.due.kind is Kind.PROMPT
        hold("nothing made up for after a pause", not prompt or not between, call)
    prompts = [each for each in calls if each.said and each.due.kind is Kind.PROMPT]
    reminders = [each for each in calls if each.said and each.due.kind is Kind.REMINDER]
    hold("each occasion once", len(prompts) <= 1, prompts)
    hold("one reminder at most", len(reminders) <= (step.reminder is not None), reminders)
    for call in reminders:
        assert row is not None
        wrote = begun.get(row.conversation or "")
        hold("no reminder once begun", wrote is None or wrote > call.seq, call)


def _by_the_festival(year: Year, call: Call) -> dict[str, datetime]:
    """When a step comes by the festival as it stood at a call."""
    states = year.feasts[call.due.campaign]
    held = [festival for seq, festival in states if seq < call.seq][-1]
    starts = year.begins.date()
    return festival_oracle.planned(call.due.step, held, call.rhythm.zone, starts)


def _deferral(findings: Findings, key: Key, call: Call) -> None:
    """Put off to the first allowed minute, and not as far as the next one."""
    year, hold = findings.year, findings.hold
    later = call.deferred
    assert later is not None
    campaign, step = year.started[key[0]], _step(year, key)
    hold("put off, not back", later.at > call.now, call)
    if call.due.kind is Kind.REMINDER:
        return
    shut = [*closed(later.at, call.rhythm, campaign, step)]
    hold("put off to an allowed minute", not shut, (shut, call))
    if later.reason in _CLOSED:
        hold("put off for a reason", later.reason in set(_why(year, key, call)), call)
        at = call.now
        while at < later.at - _QUARTER and [*closed(at, call.rhythm, campaign, step)]:
            at += _QUARTER
        hold("put off to the first minute", at >= later.at - _QUARTER, (at, call))


def _why(year: Year, key: Key, call: Call) -> Iterator[str]:
    yield from away(call.now, call.rhythm)
    yield from closed(call.now, call.rhythm, year.started[key[0]], _step(year, key))


def _ending(findings: Findings, key: Key, row: Record, calls: list[Call]) -> None:
    """Each occasion ends in a state, with a reason that held."""
    year, hold = findings.year, findings.hold
    prompts = [each for each in calls if each.due.kind is Kind.PROMPT]
    hold("none stays claimed", row.state is not State.CLAIMED, (key, row))
    waits = row.conversation in year.queued
    hold("deferred only while it waits", row.state is not State.DEFERRED or waits, (key, row))
    hold("a reason unless sent", (row.reason is None) == (row.state is State.SENT), (key, row))
    reason = row.reason or ""
    if reason == "past":
        own = [_milli(each.now) for each in year.changes[key[2]]]
        staff = [_milli(each.now) for each in year.steered[key[0]]]
        hold("past only when something changed", row.changed_at in own + staff, (key, row))
        return
    if reason == "cancelled":
        over = [_milli(each.now) for each in year.steered[key[0]] if each.what == "cancel"]
        hold("cancelled only once cancelled", row.changed_at in over, (key, row))
        return
    if reason in {"stopped", "frozen"} and row.conversation is not None:
        # It waited behind a conversation.
        _ended_waiting(findings, key, row)
        return
    if not prompts:
        hold("nothing ends by itself", reason == "superseded", (key, row))
        return
    last = prompts[-1]
    if reason in _CLOSED | _AWAY:
        hold(f"{reason} only when so", reason in set(_why(year, key, last)), (key, row, last))
        kind = _step(year, key).closed
        away_or_skip = reason in _AWAY or kind is Closed.SKIP
        hold("closed skips only where the file says so", away_or_skip, (key, row, last))
    elif reason == "frozen":
        hold("frozen only when so", last.frozen, (key, row, last))
    elif reason == "late":
        after = last.outage and last.now - last.due.at > _LATE
        hold("late only after an outage", after, (key, row, last))
    elif reason == "open" and row.state is State.SKIPPED:
        hold("open only where it leaves", _step(year, key).open is Open.LEAVE, (key, row, last))
    elif reason == "open" and row.state is State.EXPIRED:
        hold("open only where it queues", _step(year, key).open is Open.QUEUE, (key, row, last))


def _ended_waiting(findings: Findings, key: Key, row: Record) -> None:
    """What waited behind a conversation ends when its person stops or its campaign is paused."""
    year, hold = findings.year, findings.hold
    if row.reason == "stopped":
        stops = [_milli(each.now) for each in year.changes[key[2]] if each.what == "stop"]
        hold("stopped while waiting only by a stop", row.changed_at in stops, (key, row))
        return
    steered = [each for each in year.steered[key[0]] if _milli(each.now) <= row.changed_at]
    paused = bool(steered) and steered[-1].what == "pause"
    hold("frozen while waiting only when paused", paused, (key, row))


def _person(findings: Findings, who: str, theirs: list[Call]) -> None:
    """What came to one person, beside each other."""
    year, hold = findings.year, findings.hold
    prompts = [each for each in theirs if each.due.kind is Kind.PROMPT]
    for one, other in pairwise(prompts):
        apart = one.due.campaign == other.due.campaign or _apart(year, one, other)
        hold("one campaign in a window", apart, (one, other))
    steps: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in prompts:
        steps[call.due.campaign, call.due.step].append(call)
    for (name, _), of_one in steps.items():
        for one, other in pairwise(of_one if name not in year.feasts else ()):
            hold("one prompt of a step in a day", _apart(year, one, other), (one, other))
    for began, after in year.outages:
        back = [
            each
            for each in theirs
            if began < each.due.at < after == each.woke and each.now - each.due.at > _LATE
        ]
        festive = Counter(
            (each.due.campaign, each.due.step) for each in back if each.due.campaign in year.feasts
        )
        others = [each for each in back if each.due.campaign not in year.feasts]
        once = all(count == 1 for count in festive.values())
        hold("no burst after an outage", len(others) <= 1 and once, back)
    for campaign in year.started.values():
        for step in campaign.steps:
            if step.when.kind in ANCHORED:
                _festive(findings, who, campaign.name, step)
            else:
                _contiguous(findings, who, campaign.name, step)


def _apart(year: Year, one: Call, other: Call) -> bool:
    """Whether two calls are in windows of two days, on their clock as it stood at the second."""
    campaign, step = year.started[other.due.campaign], _step(year, _key(other))
    days = {window_day(each.now, other.rhythm, campaign, step) for each in (one, other)}
    return len(days) > 1


def _contiguous(findings: Findings, who: str, campaign: str, step: Step) -> None:
    """No occasion between the first and the last is without its end, and the next is known."""
    year, hold = findings.year, findings.hold
    found = sorted(
        {
            int(row.occasion.name.split()[1].partition(".")[0])
            for row in year.rows[who]
            if (row.occasion.campaign, row.occasion.step) == (campaign, step.id)
        }
    )
    every = step.when.every if step.when.kind == "weekly" else 1
    for one, other in pairwise(found):
        hold("none without its end", other - one == every, (who, campaign, step.id, one, other))
    ends = year.started[campaign].last_day is not None or step.when.kind == "dates"
    over = ends or any(each.what == "cancel" for each in year.steered[campaign])
    coming = [
        each
        for each in year.coming[who]
        if (each.campaign, each.step, each.kind) == (campaign, step.id, Kind.PROMPT)
    ]
    if not over:
        hold("something comes next", len(coming) == 1, (who, campaign, step.id))
    hold("nothing is left behind", all(each.at > year.now for each in coming), coming)


def _festive(findings: Findings, who: str, campaign: str, step: Step) -> None:
    """Whatever the festival brought, as it stood at last, has its end; nothing else was sent.

    What came near in an outage at whose end the campaign was cancelled was never written down.
    """
    year, rhythm = findings.year, findings.year.rhythm[who]
    over = year.ran.get(campaign, year.now)
    began = max(rhythm.joined_at, year.steered[campaign][0].now)
    names = {
        row.occasion.name
        for row in year.rows[who]
        if (row.occasion.campaign, row.occasion.step) == (campaign, step.id)
    }
    held = year.feasts[campaign][-1][1]
    brought = festival_oracle.planned(step.id, held, rhythm.zone, year.begins.date())
    for name, at in brought.items():
        if began <= at < over - 2 * _DAY:
            known = name in names
            findings.hold("none of a festival's without its end", known, (who, step.id, name, at))


def _outbox(findings: Findings, rows: dict[Key, Record]) -> None:
    """What was put into the outbox is what was sent, and nothing else."""
    year, hold = findings.year, findings.hold
    with year.store.engine.connect() as conn:
        found = conn.execute(
            select(
                outbox.c.participant, outbox.c.conversation, outbox.c.ask, outbox.c.queued_at
            ).where(outbox.c.rank == 2)
        ).all()
    asked = Counter(each.conversation for each in found if each.ask is not None)
    hold("each invitation asks once", not asked or max(asked.values()) == 1, asked.most_common(3))
    sent = {row.conversation for row in rows.values() if row.state is State.SENT}
    hold("what was asked was an occasion", asked.keys() <= sent, asked.keys() - sent)
    said = Counter((call.due.participant, _milli(call.now)) for call in year.calls if call.said)
    put = Counter((each.participant, _milli(each.queued_at)) for each in found)
    hold("the outbox has what was said", said.keys() == put.keys(), said.keys() ^ put.keys())
    ids = [row.conversation for row in rows.values() if row.conversation]
    hold("one conversation each", len(ids) == len(set(ids)))


def _milli(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def figures(findings: Findings) -> str:
    """How the year went, in a few lines."""
    year = findings.year
    ends = Counter(
        f"{row.state} {row.reason or ''}".strip() for rows in year.rows.values() for row in rows
    )
    reminders = sum(call.said for call in year.calls if call.due.kind is Kind.REMINDER)
    changes = Counter(each.what for of in year.changes.values() for each in of)
    told = ", ".join(f"{count} {name}" for name, count in ends.most_common())
    happened = ", ".join(f"{count} {name}" for name, count in sorted(changes.items()))
    return (
        f"{year.months} months of {year.size} people: {sum(ends.values())} occasions: {told}; "
        f"{reminders} reminders; {len(year.calls)} calls, {year.crashes} crashes, "
        f"{len(year.outages)} outages, {year.steps} clock steps; {happened}; "
        f"{sum(findings.held.values())} checks of {len(findings.held)} rules"
    )
