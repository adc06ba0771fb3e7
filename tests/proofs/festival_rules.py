"""The rules, held against everything that happened while a festival moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from bot.store.occasions import State
from tests.proofs.festival_world import Ended, Passed, World

_LATE = timedelta(hours=2)
#: Ends that something at the moment of the call must have been the reason for.
_SEEN = frozenset(
    {
        "no_practice",
        "stopped",
        "paused",
        "unreachable",
        "working_days",
        "quiet",
        "frozen",
    }
)
_KNOWN = _SEEN | {"past", "cancelled", "left", "late", "next_occasion"}


@dataclass
class Findings:
    """How often each rule was held against something, and what broke it."""

    held: Counter[str] = field(default_factory=Counter)
    breaches: list[tuple[str, str]] = field(default_factory=list)
    #: What happened where a rule was broken.
    stories: list[str] = field(default_factory=list)

    def hold(self, rule: str, holds: object, what: object) -> None:
        self.held[rule] += 1
        if not holds:
            self.breaches.append((rule, str(what)))

    @property
    def broken(self) -> Counter[str]:
        return Counter(rule for rule, _ in self.breaches)


def judge(world: World, findings: Findings) -> None:
    """Hold every rule against one world."""
    findings.held.update(world.held)
    findings.breaches += [(rule, str(what)) for rule, what in world.amiss]
    _what_was_sent(world, findings)
    _what_came_due(world, findings)
    _how_it_ended(world, findings)


def _what_was_sent(world: World, findings: Findings) -> None:
    hold = findings.hold
    times = Counter((each.due.participant, each.due.step, each.due.name) for each in world.sent)
    for each, count in times.items():
        hold("nothing is sent twice", count == 1, each)
    hold("each is asked once", world.asked == len(world.sent), (world.asked, len(world.sent)))
    for one in world.sent:
        hold("sent as it is planned now", one.at == one.due.planned_at, one)
        hold("never early", one.now >= (one.at or one.due.planned_at), one)
        hold("nothing while away, closed or frozen", not one.why_not, one)
        hold("nothing goes at or after the next of its step", not one.overtaken, one)
        # What comes due while the pulse is down stays in its order, whatever changes meanwhile.
        made_up = one.since.up and one.due.planned_at < one.since.now
        hold("what a change leaves behind is not made up for", not made_up, one)


def _what_came_due(world: World, findings: Findings) -> None:
    sent = {(each.due.participant, each.due.step, each.due.name): each.now for each in world.sent}
    rows = {
        (who, each.occasion.step, each.occasion.name)
        for who, theirs in world.rows.items()
        for each in theirs
    }
    for each in world.passed:
        key = each.who, each.step, each.name
        if each.up and each.known and not each.why_not:
            findings.hold("what may come comes at its time", sent.get(key) == each.at, each)
        if not _nobody_saw(world, each):
            findings.hold("what came due has ended", key in rows, each)
    for off in world.withdrawn:
        seen = off.up and off.known and not world.over and off.who not in world.leavers
        if seen:
            key = off.who, off.step, off.name
            findings.hold("a session that is off has ended", key in rows, off)


def _nobody_saw(world: World, passed: Passed) -> bool:
    """Its time went by while nobody looked; when somebody did, it was for them no more."""
    later = [each for each in world.plannings[passed.who] if each.now > passed.at]
    times = {each.plan[passed.step].get(passed.name) for each in later}
    if passed.up and passed.known and times <= {passed.at}:
        return False
    entered = world.entered(passed.who)
    before = any(at is None or at < entered for at in times)
    gone = world.over or passed.who in world.leavers
    return gone or before or world.was_ever_dropped(passed.step, passed.name)


def _how_it_ended(world: World, findings: Findings) -> None:
    hold = findings.hold
    for who, theirs in world.rows.items():
        plannings = {each.now for each in world.plannings[who]}
        for row in theirs:
            is_sent = row.state is State.SENT
            ends = {State.SENT, State.SKIPPED, State.EXPIRED}
            hold("it ends in a state", row.state in ends, row)
            hold("a reason unless sent", (row.reason is None) == is_sent, row)
            hold("a reason that is known", row.reason is None or row.reason in _KNOWN, row)
            key = who, row.occasion.step, row.occasion.name
            hold("sent is what was said", is_sent == (key in world.got), row)
            if row.reason == "past":
                seen = row.changed_at in plannings
                hold("past only when it was planned anew", seen, row)
            if row.reason == "cancelled" and not world.over:
                off = world.was_dropped(*key, row.changed_at)
                hold("cancelled only when it does not come any more", off, row)
            if row.reason == "left":
                hold("left only by who left", who in world.leavers, row)
    for each in world.ended:
        hold("the reason is the true one", any(_is_true(each)), each)


def _is_true(ended: Ended) -> Iterator[bool]:
    yield ended.reason in ended.why_not.split()
    yield ended.reason == "late" and ended.now - ended.due.at > _LATE
    yield ended.reason == "next_occasion" and ended.follows
